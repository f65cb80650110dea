//! Integers at places that only the bytes themselves tell.

use crate::structure::Endian;

/// The integer of `length` bytes (at most 8) at `at`; `None` where they are not all there.
pub(super) fn int(bytes: &[u8], at: usize, length: usize, endian: Endian) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    Some(match endian {
        Endian::Big => bytes.iter().fold(0, fold),
        Endian::Little => bytes.iter().rev().fold(0, fold),
    })
}

/// The same, least significant byte first.
pub(super) fn le(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    int(bytes, at, length, Endian::Little)
}

/// The same, most significant byte first.
pub(super) fn be(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    int(bytes, at, length, Endian::Big)
}

/// The same as an index into memory.
pub(super) fn index(number: Option<u64>) -> Option<usize> {
    usize::try_from(number?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_any_length() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        assert_eq!((le(&bytes, 1, 2), be(&bytes, 1, 2)), (Some(0x302), Some(0x203)));
        assert_eq!(be(&bytes, 1, 8), Some(0x0203_0405_0607_0809));
        assert_eq!((le(&bytes, 2, 8), le(&bytes, usize::MAX, 1)), (None, None));
        assert_eq!(index(le(&bytes, 0, 1)), Some(1));
    }
}
