//! Reading a file from front to back in large pieces.

use crate::bytes::{ReadAt, ReadError};
use crate::limits;

/// The smallest piece that is read.
const LEAST: usize = 128 << 10;

/// A piece of a file that was read ahead.
#[derive(Default)]
pub(in crate::image::vmdk) struct Ahead {
    start: u64,
    length: usize,
    bytes: Vec<u8>,
}

impl Ahead {
    /// The `length` bytes at `offset`. What is read beyond them ends about at `until`, for nobody is going to ask for more.
    pub(in crate::image::vmdk) fn get(
        &mut self,
        file: &dyn ReadAt,
        offset: u64,
        length: usize,
        until: u64,
    ) -> Result<&[u8], ReadError> {
        let inside = |start: u64, there: usize| {
            let from = usize::try_from(offset.checked_sub(start)?).ok()?;
            let end = from.checked_add(length)?;
            (end <= there).then_some(from..end)
        };
        let range = match inside(self.start, self.length) {
            Some(range) => range,
            None => {
                self.fill(file, offset, length, until)?;
                0..length
            }
        };
        let past = ReadError::PastEnd { offset, length: length as u64, size: file.size() };
        self.bytes.get(range).ok_or(past)
    }

    fn fill(&mut self, file: &dyn ReadAt, offset: u64, length: usize, until: u64) -> Result<(), ReadError> {
        let wanted = usize::try_from(until.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = wanted.clamp(LEAST, limits::SCAN_CHUNK).max(length) as u64;
        let there = file.size().saturating_sub(offset).min(wanted);
        // Where even the bytes asked for are not there, reading says so.
        let count = usize::try_from(there).unwrap_or(0).max(length);
        crate::bytes::check_range(file.size(), offset, count as u64)?;
        self.length = 0;
        if self.bytes.len() < count {
            self.bytes.resize(count, 0);
        }
        file.read_exact_at(offset, self.bytes.get_mut(..count).unwrap_or_default())?;
        self.start = offset;
        self.length = count;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Location;
    use std::cell::RefCell;

    struct Noting(Vec<u8>, RefCell<Vec<(u64, usize)>>);

    impl ReadAt for Noting {
        fn size(&self) -> u64 {
            self.0.size()
        }
        fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
            self.1.borrow_mut().push((offset, buf.len()));
            self.0.read_exact_at(offset, buf)
        }
        fn locate(&self, _: u64) -> Option<Location> {
            None
        }
    }

    #[test]
    fn reads_each_piece_once() {
        let data: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        let file = Noting(data.clone(), RefCell::default());
        let mut ahead = Ahead::default();
        for at in (0..2_900_000).step_by(50_000) {
            let got = ahead.get(&file, at, 50_000, 3_000_000).unwrap();
            assert_eq!(got, &data[usize::try_from(at).unwrap()..][..50_000]);
        }
        assert_eq!(file.1.borrow().len(), 3, "a piece of 1 MiB each");
        assert_eq!(ahead.get(&file, 2_999_990, 10, 3_000_000).unwrap(), &data[2_999_990..]);
        assert!(ahead.get(&file, 2_999_990, 11, 3_000_000).is_err());
        assert!(ahead.get(&file, u64::MAX, 1, u64::MAX).is_err());
        assert!(ahead.get(&file, 5, usize::MAX, u64::MAX).is_err());
        let mut ahead = Ahead::default();
        ahead.get(&file, 0, 16, 16).unwrap();
        assert_eq!(file.1.borrow().last(), Some(&(0, LEAST)), "little is read where little is left");
    }
}
