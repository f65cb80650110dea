//! The check of all entries of the block allocation table.

use super::bat::{Block, BlockTable, NOT_ALLOCATED, to_usize};
use super::rows::{BAT, BITMAPS};
use super::rules;
use crate::bytes::ReadError;
use crate::finding::{Finding, Findings, READ_FAILED, Tally};
use crate::image::{Scan, ScanOutcome};
use crate::order::gathered;
use crate::structure::span_at;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Starts of blocks kept to find overlaps: 2 TiB of blocks of 512 KiB, twice.
const STARTS: u64 = 1 << 23;

/// Allocated blocks from which on their order is worth a word.
const ORDERED_BLOCKS: u64 = 4;

/// The check of all entries, in steps.
pub(super) struct BatScan {
    table: Rc<BlockTable>,
    next: u64,
    counts: BTreeMap<&'static str, u64>,
    /// Counts of the blocks that the disk has, without those beyond its end.
    counts_on_disk: BTreeMap<&'static str, u64>,
    /// Blocks that lie in the file as a whole.
    whole: u64,
    unaligned: u64,
    /// The start of the block that was entered last, and how many lie before the one that precedes them on the disk.
    last_start: u64,
    backwards: u64,
    /// Bytes of blocks that lead past the end, and how many of them are there.
    cut_bytes: u64,
    cut_bytes_there: u64,
    /// Starts of blocks (sector in the high half, index in the low half).
    starts: Vec<u64>,
    in_metadata: Tally,
    past_end: Tally,
    beyond_disk: Tally,
    batmap: Tally,
    findings: Findings,
}

impl BatScan {
    pub(super) fn new(table: Rc<BlockTable>) -> Self {
        Self {
            table,
            next: 0,
            counts: BTreeMap::new(),
            counts_on_disk: BTreeMap::new(),
            whole: 0,
            unaligned: 0,
            last_start: 0,
            backwards: 0,
            cut_bytes: 0,
            cut_bytes_there: 0,
            starts: Vec::new(),
            in_metadata: Tally::new(&rules::ENTRY_IN_METADATA),
            past_end: Tally::new(&rules::ENTRY_PAST_END),
            beyond_disk: Tally::new(&rules::ENTRY_BEYOND_DISK),
            batmap: Tally::new(&rules::BATMAP_UNALLOCATED),
            findings: Findings::default(),
        }
    }

    /// Compares entries from `first` on with XenServer's map.
    fn compare_with_batmap(&mut self, first: u64, entries: &[u32]) -> Result<(), ReadError> {
        let Some(map) = self.table.batmap else { return Ok(()) };
        let start = first / 8;
        let end = (first + entries.len() as u64).div_ceil(8);
        let bits = self.table.file.read_vec(map + start, to_usize(end - start))?;
        for (index, entry) in (first..).zip(entries) {
            let byte = bits.get(to_usize(index / 8 - start)).copied().unwrap_or(0);
            if byte & (0x80 >> (index % 8)) != 0 && *entry == NOT_ALLOCATED {
                let place = span_at(&*self.table.file, map + index / 8, 1);
                self.batmap.hit(place, Some(self.table.guest(index)), || {
                    format!("the bit of block {index} is set, its table entry says that it is not allocated")
                });
            }
        }
        Ok(())
    }

    fn take(&mut self, index: u64, entry: u32) {
        let table = Rc::clone(&self.table);
        let guest = table.guest(index);
        let state = match table.meaning(entry) {
            Block::Absent => table.absent_word(),
            Block::InMetadata(start) => {
                self.in_metadata.hit(table.entry_span(index), Some(guest), || {
                    format!("entry {index} is sector {entry}: the block would begin at byte {start}, inside metadata")
                });
                "invalid"
            }
            Block::PastEnd(start) => {
                let data = start + table.bitmap_bytes();
                let there = table.data_end.saturating_sub(data).min(guest.1);
                self.cut_bytes += guest.1;
                self.cut_bytes_there += there;
                // The part that is there is said to be there.
                let missing = Some((guest.0 + there, guest.1 - there)).filter(|(_, length)| *length > 0);
                self.past_end.hit(table.entry_span(index), missing, || {
                    format!(
                        "entry {index} is sector {entry}: the block would end at byte {}, the blocks end at {}; {there} \
                         of its {} data bytes are there",
                        start + table.stride(),
                        table.data_end,
                        table.block_bytes
                    )
                });
                "invalid"
            }
            Block::At(start) => {
                self.take_block(index, start, entry);
                "allocated"
            }
        };
        *self.counts.entry(state).or_default() += 1;
        if index < table.blocks {
            *self.counts_on_disk.entry(state).or_default() += 1;
        }
    }

    fn take_block(&mut self, index: u64, start: u64, entry: u32) {
        let table = &self.table;
        self.whole += 1;
        if !(start + table.bitmap_bytes()).is_multiple_of(4096) {
            self.unaligned += 1;
        }
        if start < self.last_start {
            self.backwards += 1;
        }
        self.last_start = start;
        // More blocks than fit side by side must overlap: no need to keep more to see that they do.
        let most = (table.data_end / table.stride()).saturating_add(16).min(STARTS);
        if (self.starts.len() as u64) < most {
            self.starts.push(u64::from(entry) << 32 | (index & u64::from(u32::MAX)));
        }
        if index >= table.blocks {
            self.beyond_disk.hit(table.entry_span(index), None, || {
                format!("entry {index} is allocated, but the disk has only {} blocks", table.blocks)
            });
        }
    }

    /// Looks for blocks that share bytes, and for room that nothing refers to.
    fn neighbours(&mut self) {
        let table = Rc::clone(&self.table);
        let mut duplicate = Tally::new(&rules::ENTRY_DUPLICATE);
        let mut overlap = Tally::new(&rules::ENTRY_OVERLAP);
        self.starts.sort_unstable();
        let split = |packed: u64| ((packed >> 32) * 512, packed & u64::from(u32::MAX));
        for pair in self.starts.windows(2) {
            let [(first, a), (second, b)] =
                [pair.first(), pair.last()].map(|packed| split(*packed.unwrap_or(&0)));
            let (later, earlier) = (a.max(b), a.min(b));
            let place = table.entry_span(later);
            if first == second {
                duplicate.hit(place, Some(table.guest(later)), || {
                    format!("entries {earlier} and {later} both lead to sector {}", first / 512)
                });
            } else if second - first < table.stride() {
                overlap.hit(place, Some(table.guest(later)), || {
                    format!(
                        "the blocks of entries {a} and {b} begin {} bytes apart, a block takes {}",
                        second - first,
                        table.stride()
                    )
                });
            }
        }
        for tally in [duplicate, overlap] {
            tally.finding(BAT).into_iter().for_each(|finding| self.findings.add(finding));
        }
        let mut lost = Tally::new(&rules::UNREFERENCED);
        let mut bytes = 0;
        let mut end = table.metadata.iter().map(|area| area.end).max().unwrap_or(0);
        let starts = self.starts.iter().map(|packed| split(*packed).0).chain([table.data_end]);
        for start in starts {
            if let Some(gap) = start.checked_sub(end).filter(|gap| *gap >= table.stride()) {
                bytes += gap;
                lost.hit(span_at(&*table.file, end, gap), None, || {
                    format!("{gap} bytes from byte {end} on: room for {} blocks", gap / table.stride())
                });
            }
            end = end.max(start.saturating_add(if start == table.data_end { 0 } else { table.stride() }));
        }
        if let Some(finding) = lost.finding(BAT) {
            self.findings.add(finding.arg("bytes", bytes));
        }
    }

    fn remarks(&mut self) {
        if self.unaligned > 0 {
            let detail = format!(
                "the data of {} of {} blocks does not begin at a multiple of 4096",
                self.unaligned, self.whole
            );
            self.findings.add(Finding::new(&rules::ALIGNMENT, detail).on(BAT));
        }
        if self.whole >= ORDERED_BLOCKS && self.backwards * 4 >= self.whole {
            let detail = format!(
                "{} of {} blocks lie in the file before the one that precedes them on the disk",
                self.backwards, self.whole
            );
            self.findings.add(Finding::new(&rules::FRAGMENTED, detail).on(BAT));
        }
    }

    /// The blocks that lead past the end, with what is left of the image all the same.
    fn cut_off(&mut self) {
        let tally = std::mem::replace(&mut self.past_end, Tally::new(&rules::ENTRY_PAST_END));
        let count = tally.count();
        let Some(mut finding) = tally.finding(BAT) else { return };
        let whole = self.whole * self.table.block_bytes;
        let (there, all) = (whole + self.cut_bytes_there, whole + self.cut_bytes);
        let percent = u128::from(there) * 100 / u128::from(all.max(1));
        finding.detail = format!(
            "{}. {} of {} allocated blocks are whole; {there} of {all} bytes of data are there ({percent} %)",
            finding.detail,
            self.whole,
            self.whole + count,
        );
        self.findings.add(finding.arg("bytes_there", there).arg("bytes", all));
    }
}

impl Scan for BatScan {
    fn step(&mut self, budget: u64) -> bool {
        let mut left = budget;
        while self.next < self.table.entries && left > 0 {
            let page = self.table.page(self.next, left.div_ceil(4));
            let compared = page.and_then(|page| {
                self.compare_with_batmap(self.next, &page)?;
                Ok(page)
            });
            match compared {
                Ok(page) => {
                    let first = self.next;
                    self.next += page.len() as u64;
                    left = left.saturating_sub(page.len() as u64 * 4);
                    for (index, entry) in (first..).zip(page) {
                        self.take(index, entry);
                    }
                }
                Err(error) => {
                    let offset = self.table.offset + self.next * 4;
                    let span = span_at(&*self.table.file, offset, (self.table.entries - self.next) * 4);
                    self.findings.add(Finding::new(&READ_FAILED, error.to_string()).on(BAT).place(span));
                    self.next = self.table.entries;
                }
            }
        }
        self.next >= self.table.entries
    }

    fn progress(&self) -> (u64, u64) {
        (self.next * 4, self.table.bytes())
    }

    fn outcome(mut self: Box<Self>) -> ScanOutcome {
        self.neighbours();
        self.remarks();
        self.cut_off();
        let mut findings = self.findings;
        for tally in [self.in_metadata, self.beyond_disk, self.batmap] {
            tally.finding(BAT).into_iter().for_each(|finding| findings.add(finding));
        }
        let named = |counts: BTreeMap<&'static str, u64>| -> BTreeMap<String, u64> {
            gathered(counts.into_iter().map(|(state, count)| (state.to_owned(), count)))
        };
        ScanOutcome {
            counts: BTreeMap::from([
                (BAT.to_owned(), named(self.counts)),
                (BITMAPS.to_owned(), named(self.counts_on_disk)),
            ]),
            allocated_units: Some(self.whole),
            findings,
        }
    }
}
