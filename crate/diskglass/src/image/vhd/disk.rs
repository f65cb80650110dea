//! The disk as the guest sees it.

use super::bat::{Block, BlockTable};
use crate::bytes::{Bytes, Location, ReadAt, ReadError, check_range};
use std::rc::Rc;

/// A fixed image's disk: the bytes before the footer.
pub(super) struct FixedDisk {
    pub(super) file: Bytes,
    /// Size of the disk by the footer.
    pub(super) size: u64,
    /// Bytes of it that are in the file.
    pub(super) there: u64,
}

impl ReadAt for FixedDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size, offset, buf.len() as u64)?;
        if check_range(self.there, offset, buf.len() as u64).is_err() {
            return Err(ReadError::Unmapped {
                offset: offset.max(self.there),
                why: "the file ends before this place",
            });
        }
        self.file.read_exact_at(offset, buf)
    }

    fn locate(&self, offset: u64) -> Option<Location> {
        let mut found = self.file.locate(offset).filter(|_| offset < self.there)?;
        found.contiguous = found.contiguous.min(self.there - offset);
        Some(found)
    }
}

/// The disk of an image with a block allocation table.
pub(super) struct BlockDisk {
    pub(super) table: Rc<BlockTable>,
    /// What is not in this image: `None` where there is no parent, or it was not given.
    pub(super) parent: Option<Bytes>,
}

/// Where a run of guest bytes comes from.
enum Run {
    Zero,
    Parent,
    /// This byte of the file.
    File(u64),
}

impl BlockDisk {
    /// The run of at most `length` bytes (more than 0) at `offset`, and how long it is.
    fn run(&self, offset: u64, length: u64) -> Result<(Run, u64), ReadError> {
        let table = &self.table;
        let inside = offset % table.block_bytes;
        let length = length.min(table.block_bytes - inside);
        let absent = if table.has_parent { Run::Parent } else { Run::Zero };
        let start = match table.block(offset / table.block_bytes)? {
            Block::Absent => return Ok((absent, length)),
            Block::At(start) => start,
            Block::InMetadata(_) => {
                return Err(ReadError::Unmapped {
                    offset,
                    why: "the table leads into metadata for this block",
                });
            }
            Block::PastEnd(_) => {
                return Err(ReadError::Unmapped {
                    offset,
                    why: "the table leads past the end of the file for this block",
                });
            }
        };
        let data = start + table.bitmap_bytes() + inside;
        if !table.has_parent {
            // Every reader takes an allocated block of a dynamic disk as it is, whatever its bitmap says.
            return Ok((Run::File(data), length));
        }
        let bit = |sector: u64| -> Result<bool, ReadError> {
            let [byte] = table.file.read_array(start + sector / 8)?;
            Ok(byte & (0x80 >> (sector % 8)) != 0)
        };
        let mut sector = inside / 512;
        let own = bit(sector)?;
        let mut end = (sector + 1) * 512 - inside;
        while end < length {
            sector += 1;
            if bit(sector)? != own {
                break;
            }
            end += 512;
        }
        Ok((if own { Run::File(data) } else { Run::Parent }, end.min(length)))
    }

    fn read_parent(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        let Some(parent) = &self.parent else {
            return Err(ReadError::Unmapped {
                offset,
                why: "this part is in the parent, which was not given",
            });
        };
        // A child may be larger than its parent: what lies beyond it is zero.
        let there =
            usize::try_from(parent.size().saturating_sub(offset)).unwrap_or(usize::MAX).min(buf.len());
        let (from_parent, beyond) = buf.split_at_mut(there);
        beyond.fill(0);
        if from_parent.is_empty() { Ok(()) } else { parent.read_exact_at(offset, from_parent) }
    }
}

impl ReadAt for BlockDisk {
    fn size(&self) -> u64 {
        self.table.disk_bytes
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size(), offset, buf.len() as u64)?;
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let (run, length) = self.run(at, rest.len() as u64)?;
            let length = usize::try_from(length).unwrap_or(rest.len()).min(rest.len());
            let (now, later) = rest.split_at_mut(length);
            match run {
                Run::Zero => now.fill(0),
                Run::Parent => self.read_parent(at, now)?,
                Run::File(from) => self.table.file.read_exact_at(from, now)?,
            }
            at += length as u64;
            rest = later;
        }
        Ok(())
    }

    fn locate(&self, offset: u64) -> Option<Location> {
        let left = self.size().checked_sub(offset).filter(|left| *left > 0)?;
        let (run, length) = self.run(offset, left).ok()?;
        let mut found = match run {
            Run::Zero => return None,
            Run::Parent => self.parent.as_ref()?.locate(offset)?,
            Run::File(at) => self.table.file.locate(at)?,
        };
        found.contiguous = found.contiguous.min(length);
        Some(found)
    }
}
