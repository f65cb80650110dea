//! Random-access bytes: the one interface between all layers.
//!
//! A dropped file is bytes; an opened image is bytes (what the guest sees); a partition is a [`Slice`] of those
//! bytes; a volume is read from that slice. Every layer can say where one of its bytes lies in a supplied file
//! ([`ReadAt::locate`]), so that every finding points at a real place.

mod cache;
mod error;
mod joined;
mod set;
mod slice;

pub use cache::{BLOCK_BYTES, Blocks, Cached};
pub use error::ReadError;
pub use joined::{Joined, Piece};
pub use set::{FileEntry, FileSet, Lookup};
pub use slice::Slice;

use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// Shared random-access bytes.
pub type Bytes = Rc<dyn ReadAt>;

/// A supplied file, by its place in the [`FileSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// Where a byte lies in a supplied file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The supplied file.
    pub file: FileId,
    /// Byte offset in that file.
    pub offset: u64,
    /// How many bytes from here on lie one after the other in that file (at least 1).
    pub contiguous: u64,
}

/// A stretch of a supplied file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The supplied file.
    pub file: FileId,
    /// Byte offset in that file.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
}

/// What a stretch of bytes is made of, as far as that is known before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Bytes that have to be read; that may still fail.
    Stored,
    /// Zeros that are stored nowhere.
    Zeros,
    /// Nothing that could be read. Why.
    Lost(&'static str),
}

/// Random-access bytes of a known length.
///
/// Reads are exact: either the whole buffer is filled or an error says where reading failed. Implementations must
/// not panic for any `offset` and must not allocate in proportion to numbers found in an image.
pub trait ReadAt {
    /// Length in bytes.
    fn size(&self) -> u64;

    /// Fills `buf` with the bytes at `offset`.
    ///
    /// # Errors
    /// [`ReadError::PastEnd`] when the range is not inside [`size`](Self::size); [`ReadError::Unmapped`] when a table of
    /// the image leads nowhere; [`ReadError::Io`] when the host could not read.
    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError>;

    /// Where the byte at `offset` lies in a supplied file; `None` where nothing backs it (zeros, a missing extent).
    fn locate(&self, offset: u64) -> Option<Location>;

    /// What the bytes from `offset` on, which is inside [`size`](Self::size), are made of, and for how many of the next
    /// `length` (at least 1) that is so. The rest may be the same.
    ///
    /// # Errors
    /// [`ReadError::Io`] when the host could not read the tables that say so.
    fn ground(&self, _offset: u64, length: u64) -> Result<(Ground, u64), ReadError> {
        Ok((Ground::Stored, length))
    }
}

/// What every reader can do on top of [`ReadAt`].
impl dyn ReadAt + '_ {
    /// Reads `N` bytes at `offset`.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`].
    pub fn read_array<const N: usize>(&self, offset: u64) -> Result<[u8; N], ReadError> {
        let mut buf = [0; N];
        self.read_exact_at(offset, &mut buf)?;
        Ok(buf)
    }

    /// Reads `length` bytes at `offset`. The range is compared with the size before anything is allocated.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`].
    pub fn read_vec(&self, offset: u64, length: usize) -> Result<Vec<u8>, ReadError> {
        check_range(self.size(), offset, length as u64)?;
        let mut buf = vec![0; length];
        self.read_exact_at(offset, &mut buf)?;
        Ok(buf)
    }

    /// Reads at most `length` bytes at `offset`: fewer where the bytes end, none past the end.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`], but not [`ReadError::PastEnd`].
    pub fn read_up_to(&self, offset: u64, length: usize) -> Result<Vec<u8>, ReadError> {
        let offset = offset.min(self.size());
        let there = (self.size() - offset).min(length as u64);
        self.read_vec(offset, usize::try_from(there).unwrap_or(0))
    }
}

/// Checks that `length` bytes at `offset` lie inside `size` bytes.
///
/// # Errors
/// [`ReadError::PastEnd`] when they do not.
pub fn check_range(size: u64, offset: u64, length: u64) -> Result<(), ReadError> {
    match offset.checked_add(length) {
        Some(end) if end <= size => Ok(()),
        _ => Err(ReadError::PastEnd { offset, length, size }),
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size(), offset, buf.len() as u64)?;
        let from = usize::try_from(offset).ok().and_then(|start| self.get(start..)?.get(..buf.len()));
        match from {
            Some(from) => {
                buf.copy_from_slice(from);
                Ok(())
            }
            None => Err(ReadError::PastEnd { offset, length: buf.len() as u64, size: self.size() }),
        }
    }

    /// Plain memory is no supplied file.
    fn locate(&self, _offset: u64) -> Option<Location> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_exact_or_refused() {
        let bytes: Bytes = Rc::new(vec![1_u8, 2, 3, 4]);
        assert_eq!(bytes.read_array::<2>(1).unwrap(), [2, 3]);
        assert_eq!(bytes.read_up_to(3, 10).unwrap(), [4]);
        assert!(bytes.read_up_to(9, 10).unwrap().is_empty());
        assert!(matches!(
            bytes.read_array::<2>(3),
            Err(ReadError::PastEnd { offset: 3, length: 2, size: 4 })
        ));
        assert!(bytes.read_array::<1>(u64::MAX).is_err());
    }
}
