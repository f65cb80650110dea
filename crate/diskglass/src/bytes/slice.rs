use super::{Bytes, Location, ReadAt, ReadError, check_range};

/// A stretch of other bytes that remembers where it came from.
pub struct Slice {
    inner: Bytes,
    start: u64,
    length: u64,
}

impl Slice {
    /// The `length` bytes of `inner` at `start`, cut to what is there: a slice never reaches past its bytes.
    pub fn new(inner: Bytes, start: u64, length: u64) -> Self {
        let there = inner.size().saturating_sub(start);
        Self { inner, start, length: length.min(there) }
    }
}

impl ReadAt for Slice {
    fn size(&self) -> u64 {
        self.length
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.length, offset, buf.len() as u64)?;
        self.inner.read_exact_at(self.start + offset, buf)
    }

    fn locate(&self, offset: u64) -> Option<Location> {
        if offset >= self.length {
            return None;
        }
        let mut found = self.inner.locate(self.start + offset)?;
        found.contiguous = found.contiguous.min(self.length - offset);
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn is_cut_to_what_is_there() {
        let bytes: Bytes = Rc::new(vec![0_u8, 1, 2, 3]);
        let slice: Bytes = Rc::new(Slice::new(bytes, 2, 100));
        assert_eq!(slice.size(), 2);
        assert_eq!(slice.read_array::<2>(0).unwrap(), [2, 3]);
        assert!(slice.read_array::<2>(1).is_err());
    }
}
