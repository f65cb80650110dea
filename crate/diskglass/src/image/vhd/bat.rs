//! The block allocation table: what its entries and the bitmaps of its blocks say of a place on the guest's disk.

use crate::bytes::{Bytes, ReadError, Span};
use crate::limits;
use crate::structure::span_at;
use std::ops::Range;

/// An entry of a block that is not allocated.
pub(super) const NOT_ALLOCATED: u32 = u32::MAX;

/// Bytes of a bitmap read at once: all of it for blocks of 2 MiB.
const BITMAP_CHUNK: u64 = 512;

/// The table with all that is needed to follow it. Its numbers were checked against the file before.
pub(super) struct BlockTable {
    /// The whole file.
    pub(super) file: Bytes,
    /// Byte offset of the table.
    pub(super) offset: u64,
    /// Entries that lie in the file and are examined.
    pub(super) entries: u64,
    /// Blocks that the disk needs.
    pub(super) blocks: u64,
    /// Bytes of a block's data.
    pub(super) block_bytes: u64,
    /// Footer copy, header, table, locators: no block may lie here.
    pub(super) metadata: Vec<Range<u64>>,
    /// Byte offset of XenServer's map of the blocks, where there is one that can be followed.
    pub(super) batmap: Option<u64>,
    /// First byte after all blocks: the end footer, or the end of the file.
    pub(super) data_end: u64,
    /// Bytes of the guest's disk.
    pub(super) disk_bytes: u64,
    /// Whether what is not allocated comes from a parent.
    pub(super) has_parent: bool,
    /// Whether XenServer's tools wrote it: they may leave old data where a bit is clear.
    pub(super) is_xen: bool,
}

/// What an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Not allocated: zeros, or the parent.
    Absent,
    /// The bitmap starts at this byte of the file; the data follows it.
    At(u64),
    /// The entry leads into metadata, at this byte.
    InMetadata(u64),
    /// The block starts at this byte and reaches past the end.
    PastEnd(u64),
}

/// What a stretch of the guest's disk is by one image of a chain. Reading, translating and its steps all come from this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// How long it is, at least 1.
    pub(super) length: u64,
    /// What it is.
    pub(super) made: Made,
    /// Its block.
    pub(super) block: u64,
    /// The block's entry; `None` where the table has none.
    pub(super) entry: Option<u32>,
    /// The bit of its first sector, where that was looked at.
    pub(super) bit: Option<Bit>,
}

/// What a stretch is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// The bytes of the file from here on.
    Own(u64),
    /// Not in this image: zeros, or the parent.
    Elsewhere,
    /// The table leads nowhere. Why.
    Invalid(&'static str),
}

/// A bit of a block's bitmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bit {
    /// The sector of the block.
    pub(super) sector: u64,
    /// The byte of the file that holds it.
    pub(super) at: u64,
    /// Whether it is set.
    pub(super) set: bool,
}

impl Bit {
    /// The bit of a sector in its byte: the most significant is the first.
    pub(super) fn mask(sector: u64) -> u8 {
        0x80 >> (sector % 8)
    }
}

impl BlockTable {
    /// Bytes of the bitmap in front of a block: a bit per sector, whole sectors.
    pub(super) fn bitmap_bytes(&self) -> u64 {
        bitmap_bytes(self.block_bytes)
    }

    /// Bytes of a block with its bitmap.
    pub(super) fn stride(&self) -> u64 {
        self.bitmap_bytes() + self.block_bytes
    }

    /// Bytes of the table as far as it is examined.
    pub(super) fn bytes(&self) -> u64 {
        self.entries * 4
    }

    pub(super) fn meaning(&self, entry: u32) -> Block {
        if entry == NOT_ALLOCATED {
            return Block::Absent;
        }
        let start = u64::from(entry) * 512;
        let end = start + self.stride();
        if self.metadata.iter().any(|area| start < area.end && area.start < end) {
            Block::InMetadata(start)
        } else if end > self.data_end {
            Block::PastEnd(start)
        } else {
            Block::At(start)
        }
    }

    /// The entry of a block; `None` where the table has none.
    pub(super) fn entry(&self, index: u64) -> Result<Option<u32>, ReadError> {
        if index >= self.entries {
            return Ok(None);
        }
        Ok(Some(u32::from_be_bytes(self.file.read_array(self.offset + index * 4)?)))
    }

    /// At most `count` entries from `first` on, and not more than are read at once.
    pub(super) fn page(&self, first: u64, count: u64) -> Result<Vec<u32>, ReadError> {
        let count = self.entries.saturating_sub(first).min(count).min(limits::SCAN_CHUNK as u64 / 4);
        let raw = self.file.read_vec(self.offset + first.min(self.entries) * 4, to_usize(count * 4))?;
        Ok(raw.as_chunks::<4>().0.iter().map(|raw| u32::from_be_bytes(*raw)).collect())
    }

    /// Where the entry of a block lies.
    pub(super) fn entry_span(&self, index: u64) -> Option<Span> {
        span_at(&*self.file, self.offset + index * 4, 4)
    }

    /// The guest's bytes that a block stands for; shorter for the last one, empty past the end of the disk.
    pub(super) fn guest(&self, index: u64) -> (u64, u64) {
        let start = index.saturating_mul(self.block_bytes);
        (start, self.disk_bytes.saturating_sub(start).min(self.block_bytes))
    }

    /// The longest stretch of at most `length` bytes (at least 1) at `offset` of the guest's disk that is the same.
    pub(super) fn stretch(&self, offset: u64, length: u64) -> Result<Stretch, ReadError> {
        let (block, inside) = (offset / self.block_bytes, offset % self.block_bytes);
        let in_block = length.min(self.block_bytes - inside);
        let entry = self.entry(block)?;
        let stretch = |length, made| Stretch { length, made, block, entry, bit: None };
        let Some(number) = entry else {
            return Ok(stretch(
                length,
                Made::Invalid("the block allocation table has no entry for this block"),
            ));
        };
        let start = match self.meaning(number) {
            Block::Absent => {
                let blocks =
                    self.absent_from(block, inside.saturating_add(length).div_ceil(self.block_bytes))?;
                let there = blocks.saturating_mul(self.block_bytes) - inside;
                return Ok(stretch(length.min(there), Made::Elsewhere));
            }
            Block::InMetadata(_) => {
                let why = "the table leads into metadata for this block";
                return Ok(stretch(in_block, Made::Invalid(why)));
            }
            Block::At(start) | Block::PastEnd(start) => start,
        };
        let cut_off = Made::Invalid("the file ends before this part of the block");
        let data = start + self.bitmap_bytes() + inside;
        let own = match self.data_end.checked_sub(data).filter(|there| *there > 0) {
            Some(there) => stretch(in_block.min(there), Made::Own(data)),
            None => stretch(in_block, cut_off),
        };
        // Every reader takes an allocated block of a dynamic disk as it is, whatever its bitmap says.
        if !self.has_parent {
            return Ok(own);
        }
        if start + self.bitmap_bytes() > self.data_end {
            return Ok(stretch(in_block, cut_off));
        }
        let (bit, sectors) = self.equal_bits(start, inside / 512, (inside + in_block).div_ceil(512))?;
        let length = (sectors * 512 - inside % 512).min(in_block);
        let found = if bit.set { own } else { stretch(length, Made::Elsewhere) };
        Ok(Stretch { length: found.length.min(length), bit: Some(bit), ..found })
    }

    /// How many blocks from `first` on, at most `most`, are not allocated one after the other. `first` is not.
    fn absent_from(&self, first: u64, most: u64) -> Result<u64, ReadError> {
        if most <= 1 {
            return Ok(1);
        }
        let page = self.page(first, most.min(limits::ABSENT_RUN))?;
        Ok(page.iter().take_while(|entry| **entry == NOT_ALLOCATED).count().max(1) as u64)
    }

    /// The bit of a sector of the block at byte `start`, and how many sectors up to `end` have the same.
    fn equal_bits(&self, start: u64, sector: u64, end: u64) -> Result<(Bit, u64), ReadError> {
        let mut first: Option<Bit> = None;
        let mut at = sector;
        while at < end {
            let from = at / 8;
            let count = end.div_ceil(8).min(from + BITMAP_CHUNK) - from;
            let bytes = self.file.read_vec(start + from, to_usize(count))?;
            for byte in bytes {
                let byte_end = (at / 8 + 1) * 8;
                while at < byte_end.min(end) {
                    let set = byte & Bit::mask(at) != 0;
                    match first {
                        None => first = Some(Bit { sector, at: start + sector / 8, set }),
                        Some(bit) if bit.set != set => return Ok((bit, at - sector)),
                        Some(_) => {}
                    }
                    at += 1;
                }
            }
        }
        let none = Bit { sector, at: start + sector / 8, set: false };
        Ok((first.unwrap_or(none), (at - sector).max(1)))
    }

    /// How many of the first `sectors` bits of the bitmap at byte `at` are set.
    pub(super) fn sectors_marked(&self, at: u64, sectors: u64) -> Result<u64, ReadError> {
        let mut set = 0;
        let mut left = sectors;
        let mut at = at;
        while left > 0 {
            let bytes = left.div_ceil(8).min(4096);
            for byte in self.file.read_vec(at, to_usize(bytes))? {
                let mask = if left >= 8 { 0xff } else { !(0xff_u8 >> left) };
                set += u64::from((byte & mask).count_ones());
                left = left.saturating_sub(8);
            }
            at += bytes;
        }
        Ok(set)
    }

    /// The word for a block that is not allocated.
    pub(super) fn absent_word(&self) -> &'static str {
        if self.has_parent { "parent" } else { "unallocated" }
    }
}

/// Bytes of the bitmap of a block of that size.
pub(super) fn bitmap_bytes(block_bytes: u64) -> u64 {
    (block_bytes / 512).div_ceil(8).next_multiple_of(512)
}

/// A length that was bounded before. Where an address is too short for it, reading fails with a length of its own.
pub(super) fn to_usize(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::rc::Rc;

    const BLOCK: u64 = 4096;

    /// A table at byte 512 with these entries, and the file filled up to `size` with `byte`.
    pub(in super::super) fn table(entries: &[u32], size: usize, byte: u8, has_parent: bool) -> BlockTable {
        let mut file = vec![byte; size];
        for (index, entry) in entries.iter().enumerate() {
            file[512 + index * 4..516 + index * 4].copy_from_slice(&entry.to_be_bytes());
        }
        let count = entries.len() as u64;
        BlockTable {
            file: Rc::new(file),
            offset: 512,
            entries: count,
            blocks: count,
            block_bytes: BLOCK,
            metadata: std::iter::once(0..1024).collect(),
            batmap: None,
            data_end: size as u64,
            disk_bytes: count * BLOCK,
            has_parent,
            is_xen: false,
        }
    }

    fn made(table: &BlockTable, offset: u64, length: u64) -> (u64, Made) {
        let stretch = table.stretch(offset, length).unwrap();
        (stretch.length, stretch.made)
    }

    #[test]
    fn blocks_that_are_not_allocated_are_one_stretch() {
        let none = u32::MAX;
        let table = table(&[none, none, 2, none], 16_384, 0xff, false);
        assert_eq!(made(&table, 0, u64::MAX / 2), (2 * BLOCK, Made::Elsewhere));
        assert_eq!(made(&table, 5000, 100_000), (2 * BLOCK - 5000, Made::Elsewhere));
        assert_eq!(made(&table, 0, 10), (10, Made::Elsewhere));
        // A bitmap sector and the data behind it.
        assert_eq!(made(&table, 2 * BLOCK + 5, 100_000), (BLOCK - 5, Made::Own(1024 + 512 + 5)));
        assert!(matches!(made(&table, 4 * BLOCK, 7), (7, Made::Invalid(_))), "beyond the table");
    }

    #[test]
    fn a_block_that_is_cut_off_has_the_bytes_that_are_there() {
        let table = table(&[0, 2, 1 << 20], 1024 + 512 + 1000, 0, false);
        assert!(matches!(made(&table, 0, BLOCK), (BLOCK, Made::Invalid(_))), "in metadata");
        assert_eq!(made(&table, BLOCK, BLOCK), (1000, Made::Own(1536)));
        assert!(matches!(made(&table, BLOCK + 1000, BLOCK), (3096, Made::Invalid(_))));
        assert!(matches!(made(&table, 2 * BLOCK, 1 << 40), (BLOCK, Made::Invalid(_))));
    }

    #[test]
    fn bits_decide_sector_by_sector() {
        let mut table = table(&[2], 1024 + 512 + 4096, 0, true);
        let mut file = table.file.read_vec(0, 1024 + 512 + 4096).unwrap();
        file[1024] = 0b0110_0000;
        table.file = Rc::new(file);
        assert_eq!(made(&table, 0, BLOCK), (512, Made::Elsewhere));
        assert_eq!(made(&table, 700, BLOCK), (1536 - 700, Made::Own(1536 + 700)));
        assert_eq!(made(&table, 700, 3), (3, Made::Own(1536 + 700)));
        assert_eq!(made(&table, 1536, BLOCK), (BLOCK - 1536, Made::Elsewhere));
        let bit = table.stretch(1024, 1).unwrap().bit.unwrap();
        assert_eq!(bit, Bit { sector: 2, at: 1024, set: true });
    }

    #[test]
    fn bitmaps_are_whole_sectors() {
        for (block, bitmap) in
            [(512 << 10, 512), (2 << 20, 512), (4 << 20, 1024), (256 << 20, 65_536), (512, 512)]
        {
            assert_eq!(bitmap_bytes(block), bitmap);
        }
    }
}
