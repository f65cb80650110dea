//! The check of the data: every block against its bitmap.

use super::bat::{Bit, Block, BlockTable, to_usize};
use super::rows::BITMAPS;
use super::rules;
use crate::bytes::ReadError;
use crate::finding::{Findings, READ_FAILED, Tally};
use crate::image::{Scan, ScanOutcome, Share};
use crate::structure::span_at;
use std::ops::Range;
use std::rc::Rc;

/// Bytes of a block that are read at once: a whole number of sectors.
const CHUNK: u64 = 1 << 20;

/// Entries of which the allocated ones are counted beforehand, for the progress; a longer table is estimated.
const COUNTED_ENTRIES: u64 = 1 << 24;

/// The check of the blocks of one image, in steps.
pub(super) struct DataScan {
    table: Rc<BlockTable>,
    entries: Range<u64>,
    /// The next entry, and the block that is being read.
    next: u64,
    block: Option<Reading>,
    done: u64,
    total: u64,
    zeros: Tally,
    empty: Tally,
    unmarked: Tally,
    tail: Tally,
    not_full: Tally,
    unread: Tally,
}

/// A block of which a part was read.
struct Reading {
    index: u64,
    /// Where its bitmap begins.
    start: u64,
    bitmap: Vec<u8>,
    /// Bytes of its data that lie on the disk, and how many were read.
    length: u64,
    at: u64,
    /// Sectors that hold data although their bit is clear, and the first of them.
    unmarked: u64,
    first_unmarked: u64,
}

impl DataScan {
    pub(super) fn new(table: Rc<BlockTable>, share: Share) -> Self {
        let entries = share.range(table.entries.min(table.blocks));
        let total = Self::count(&table, &entries) * table.stride();
        Self {
            next: entries.start,
            entries,
            block: None,
            done: 0,
            total,
            zeros: Tally::new(&rules::ZERO_SECTORS),
            empty: Tally::new(&rules::BITMAP_EMPTY),
            unmarked: Tally::new(if table.is_xen { &rules::OLD_DATA } else { &rules::DATA_WITHOUT_BIT }),
            tail: Tally::new(&rules::BITMAP_TAIL),
            not_full: Tally::new(&rules::BATMAP_NOT_FULL),
            unread: Tally::new(&READ_FAILED),
            table,
        }
    }

    /// How many of the entries lead to a block.
    fn count(table: &BlockTable, entries: &Range<u64>) -> u64 {
        let length = entries.end - entries.start;
        if length > COUNTED_ENTRIES {
            return length;
        }
        let mut count = 0;
        let mut next = entries.start;
        while next < entries.end {
            let Ok(page) = table.page(next, entries.end - next) else { return length };
            count +=
                page.iter().filter(|entry| matches!(table.meaning(**entry), Block::At(_))).count() as u64;
            next += (page.len() as u64).max(1);
        }
        count
    }

    /// Goes to the next block that is there. `None` at the end of the table.
    fn next_block(&mut self) -> Result<Option<Reading>, ReadError> {
        while self.next < self.entries.end {
            let index = self.next;
            self.next += 1;
            let entry = match self.table.entry(index) {
                Ok(entry) => entry,
                Err(error) => {
                    // Where the table cannot be read any more, nothing leads to the other blocks.
                    self.next = self.entries.end;
                    return Err(error);
                }
            };
            if let Some(Block::At(start)) = entry.map(|entry| self.table.meaning(entry)) {
                return self.begin(index, start).map(Some);
            }
        }
        Ok(None)
    }

    fn begin(&mut self, index: u64, start: u64) -> Result<Reading, ReadError> {
        let table = Rc::clone(&self.table);
        let bitmap = table.file.read_vec(start, to_usize(table.bitmap_bytes()))?;
        let (_, length) = table.guest(index);
        let (sectors, all) = (length.div_ceil(512), table.block_bytes / 512);
        let place = span_at(&*table.file, start, table.bitmap_bytes());
        let guest = Some(table.guest(index));
        if bitmap.iter().all(|byte| *byte == 0) {
            self.empty.hit(place, guest, || format!("no bit of the bitmap of block {index} is set"));
        }
        // The last block may reach beyond the disk, and a bitmap is filled up to a whole sector.
        let beyond = (sectors..bitmap.len() as u64 * 8).find(|sector| is_set(&bitmap, *sector));
        if let Some(bit) = beyond {
            let what = if bit < all { "beyond the end of the disk" } else { "behind the last sector" };
            self.tail.hit(place, None, || format!("bit {bit} of the bitmap of block {index} is set, {what}"));
        }
        if let Some(map) = table.batmap {
            let [byte] = table.file.read_array(map + index / 8)?;
            let clear = (0..sectors).find(|sector| !is_set(&bitmap, *sector));
            if let Some(sector) = clear.filter(|_| byte & Bit::mask(index) != 0) {
                let place = span_at(&*table.file, start + sector / 8, 1);
                self.not_full.hit(place, guest, || {
                    format!("the batmap calls block {index} full, the bit of its sector {sector} is clear")
                });
            }
        }
        Ok(Reading { index, start, bitmap, length, at: 0, unmarked: 0, first_unmarked: 0 })
    }

    /// Reads on in a block: one chunk. Returns how much that was.
    fn read_on(&mut self, block: &mut Reading) -> Result<u64, ReadError> {
        let count = CHUNK.min(block.length - block.at);
        let data = block.start + self.table.bitmap_bytes();
        let chunk = self.table.file.read_vec(data + block.at, to_usize(count))?;
        let (mut zeros, mut first_zero) = (0, 0);
        for (sector, bytes) in (block.at / 512..).zip(chunk.chunks(512)) {
            match (is_zero(bytes), is_set(&block.bitmap, sector)) {
                (true, true) => {
                    if zeros == 0 {
                        first_zero = sector;
                    }
                    zeros += 1;
                }
                (false, false) => {
                    if block.unmarked == 0 {
                        block.first_unmarked = sector;
                    }
                    block.unmarked += 1;
                }
                _ => {}
            }
        }
        if zeros > 0 {
            let place = span_at(&*self.table.file, data + first_zero * 512, 512);
            self.zeros.hits(zeros, place, None, || {
                format!("sector {first_zero} of block {} is marked as written and holds zeros", block.index)
            });
        }
        block.at += count;
        Ok(count)
    }

    fn end_block(&mut self, block: &Reading) {
        if block.unmarked > 0 {
            let table = &self.table;
            let at = block.start + table.bitmap_bytes() + block.first_unmarked * 512;
            let place = span_at(&*table.file, at, 512);
            self.unmarked.hit(place, Some(table.guest(block.index)), || {
                format!(
                    "{} sectors of block {} hold data although their bits are clear, the first is sector {} of the block",
                    block.unmarked, block.index, block.first_unmarked
                )
            });
        }
        // What of a block lies beyond the disk is not read, but counted.
        self.done += self.table.stride() - block.at;
    }

    /// One piece of work. Returns how many bytes were read; `None` at the end.
    fn work(&mut self) -> Result<Option<u64>, ReadError> {
        let Some(mut block) = self.block.take() else {
            self.block = self.next_block()?;
            return Ok(self.block.as_ref().map(|_| self.table.bitmap_bytes()));
        };
        let read = self.read_on(&mut block)?;
        self.done += read;
        if block.at < block.length {
            self.block = Some(block);
        } else {
            self.end_block(&block);
        }
        Ok(Some(read))
    }
}

impl Scan for DataScan {
    fn step(&mut self, budget: u64) -> bool {
        let mut left = budget;
        while left > 0 {
            match self.work() {
                Ok(Some(read)) => left = left.saturating_sub(read.max(1)),
                Ok(None) => return true,
                // One block that cannot be read leaves the others.
                Err(error) => {
                    self.block = None;
                    let guest = self.next.checked_sub(1).map(|index| self.table.guest(index));
                    self.unread.hit(None, guest, || error.to_string());
                    left = left.saturating_sub(CHUNK);
                }
            }
        }
        false
    }

    fn progress(&self) -> (u64, u64) {
        (self.done.min(self.total), self.total)
    }

    fn outcome(self: Box<Self>) -> ScanOutcome {
        let mut findings = Findings::default();
        for tally in [self.unread, self.empty, self.unmarked, self.tail, self.not_full, self.zeros] {
            tally.finding(BITMAPS).into_iter().for_each(|finding| findings.add(finding));
        }
        ScanOutcome { findings, ..ScanOutcome::default() }
    }
}

fn is_set(bitmap: &[u8], sector: u64) -> bool {
    let byte = usize::try_from(sector / 8).ok().and_then(|at| bitmap.get(at));
    byte.is_some_and(|byte| byte & Bit::mask(sector) != 0)
}

/// Whether all bytes are zero; eight at a time.
fn is_zero(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    words.iter().all(|word| u64::from_ne_bytes(*word) == 0) && rest.iter().all(|byte| *byte == 0)
}
