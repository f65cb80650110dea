//! The block allocation table: what its entries mean, its rows, and the check of all of them.

use super::rules;
use crate::bytes::{Bytes, ReadError, Span};
use crate::finding::{Finding, Findings, READ_FAILED, Tally};
use crate::image::{Column, Row, Scan, ScanOutcome, Table};
use crate::limits;
use crate::structure::span_at;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Key of the table of blocks.
pub(super) const BAT: &str = "vhd.bat";
/// Key of the table of block bitmaps.
pub(super) const BITMAPS: &str = "vhd.bitmaps";

/// An entry of a block that is not allocated.
const NOT_ALLOCATED: u32 = u32::MAX;

/// Starts of blocks kept to find overlaps: 2 TiB of blocks of 512 KiB, twice.
const STARTS: u64 = 1 << 23;

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

impl BlockTable {
    /// Bytes of the bitmap in front of a block: a bit per sector, whole sectors.
    pub(super) fn bitmap_bytes(&self) -> u64 {
        (self.block_bytes / 512).div_ceil(8).next_multiple_of(512)
    }

    /// Bytes of a block with its bitmap.
    fn stride(&self) -> u64 {
        self.bitmap_bytes() + self.block_bytes
    }

    /// Bytes of the table as far as it is examined.
    fn bytes(&self) -> u64 {
        self.entries * 4
    }

    fn meaning(&self, entry: u32) -> Block {
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

    /// What the table says of a block.
    pub(super) fn block(&self, index: u64) -> Result<Block, ReadError> {
        if index >= self.entries {
            return Err(ReadError::Unmapped {
                offset: index.saturating_mul(self.block_bytes),
                why: "the block allocation table has no entry for this block",
            });
        }
        Ok(self.meaning(u32::from_be_bytes(self.file.read_array(self.offset + index * 4)?)))
    }

    /// The guest's bytes that a block stands for; shorter for the last one, empty past the end of the disk.
    fn guest(&self, index: u64) -> (u64, u64) {
        let start = index.saturating_mul(self.block_bytes);
        (start, self.disk_bytes.saturating_sub(start).min(self.block_bytes))
    }

    fn absent_word(&self) -> &'static str {
        if self.has_parent { "parent" } else { "unallocated" }
    }

    /// The two tables as the report lists them.
    pub(super) fn tables(&self) -> Vec<Table> {
        let table = |key: &str, title: &str, rows, columns| Table {
            key: key.into(),
            id: key.into(),
            title: title.into(),
            rows,
            counts: BTreeMap::new(),
            columns,
        };
        vec![
            table(
                BAT,
                "Block allocation table",
                self.entries,
                vec![
                    Column::number("block", "Block", "Number of the block."),
                    Column::number(
                        "guest",
                        "Guest offset",
                        "First byte of the guest's disk that the block holds.",
                    ),
                    Column::number(
                        "entry",
                        "Entry",
                        "The entry as stored: the sector of the block's bitmap; ffffffff means not allocated.",
                    ),
                    Column::number("file", "Data at", "Byte of the file where the block's data begins."),
                    Column::text("state", "State", "What the entry means."),
                ],
            ),
            table(
                BITMAPS,
                "Block bitmaps",
                self.entries.min(self.blocks),
                vec![
                    Column::number("block", "Block", "Number of the block."),
                    Column::number(
                        "guest",
                        "Guest offset",
                        "First byte of the guest's disk that the block holds.",
                    ),
                    Column::number("file", "Bitmap at", "Byte of the file where the bitmap begins."),
                    Column::number(
                        "set",
                        "Sectors marked",
                        "Sectors of the block that were written (dynamic) or that this image holds itself (differencing).",
                    ),
                    Column::text("state", "State", "Whether there is a block."),
                ],
            ),
        ]
    }

    /// Rows of one of the tables.
    pub(super) fn rows(&self, table: &str, first: u64, count: u32) -> Result<Vec<Row>, ReadError> {
        let bitmaps = table == BITMAPS;
        let end = if bitmaps { self.entries.min(self.blocks) } else { self.entries };
        let count = end.saturating_sub(first).min(count.into());
        let raw =
            self.file.read_vec(self.offset + first.min(end) * 4, usize::try_from(count * 4).unwrap_or(0))?;
        (first..)
            .zip(raw.as_chunks::<4>().0)
            .map(|(index, raw)| {
                let entry = u32::from_be_bytes(*raw);
                if bitmaps { self.bitmap_row(index, entry) } else { Ok(self.bat_row(index, entry)) }
            })
            .collect()
    }

    fn entry_span(&self, index: u64) -> Option<Span> {
        span_at(&*self.file, self.offset + index * 4, 4)
    }

    fn bat_row(&self, index: u64, entry: u32) -> Row {
        let (guest, length) = self.guest(index);
        let block = self.meaning(entry);
        let (state, words, data) = match block {
            Block::Absent => (self.absent_word(), String::from(self.absent_word()), None),
            Block::At(at) => ("allocated", "allocated".into(), Some(at + self.bitmap_bytes())),
            Block::InMetadata(at) => {
                ("invalid", "leads into metadata".into(), Some(at + self.bitmap_bytes()))
            }
            Block::PastEnd(at) => {
                ("invalid", "past the end of the file".into(), Some(at + self.bitmap_bytes()))
            }
        };
        Row {
            index,
            cells: vec![
                index.to_string(),
                guest.to_string(),
                format!("{entry:08x}"),
                data.map_or_else(String::new, |at| at.to_string()),
                words,
            ],
            state,
            entry: self.entry_span(index),
            target: data.and_then(|at| span_at(&*self.file, at, self.block_bytes)),
            guest: (length > 0).then_some((guest, length)),
        }
    }

    fn bitmap_row(&self, index: u64, entry: u32) -> Result<Row, ReadError> {
        let (guest, length) = self.guest(index);
        let block = self.meaning(entry);
        let (at, set) = match block {
            Block::At(at) => (Some(at), Some(self.sectors_marked(at, length.div_ceil(512))?)),
            _ => (None, None),
        };
        let (state, words) = match block {
            Block::Absent => (self.absent_word(), self.absent_word()),
            Block::At(_) => ("allocated", "allocated"),
            Block::InMetadata(_) | Block::PastEnd(_) => ("invalid", "no usable block"),
        };
        Ok(Row {
            index,
            cells: vec![
                index.to_string(),
                guest.to_string(),
                at.map_or_else(String::new, |at| at.to_string()),
                set.map_or_else(String::new, |set| format!("{set} of {}", length.div_ceil(512))),
                words.into(),
            ],
            state,
            entry: at.and_then(|at| span_at(&*self.file, at, self.bitmap_bytes())),
            target: at.and_then(|at| span_at(&*self.file, at + self.bitmap_bytes(), self.block_bytes)),
            guest: (length > 0).then_some((guest, length)),
        })
    }

    /// How many of the first `sectors` bits of the bitmap at byte `at` are set.
    fn sectors_marked(&self, at: u64, sectors: u64) -> Result<u64, ReadError> {
        let mut set = 0;
        let mut left = sectors;
        let mut at = at;
        while left > 0 {
            let bytes = left.div_ceil(8).min(4096);
            for byte in self.file.read_vec(at, usize::try_from(bytes).unwrap_or(0))? {
                let mask = if left >= 8 { 0xff } else { !(0xff_u8 >> left) };
                set += u64::from((byte & mask).count_ones());
                left = left.saturating_sub(8);
            }
            at += bytes;
        }
        Ok(set)
    }
}

/// The check of all entries, in steps.
pub(super) struct BatScan {
    table: Rc<BlockTable>,
    next: u64,
    allocated: u64,
    absent: u64,
    invalid: u64,
    unaligned: u64,
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
            allocated: 0,
            absent: 0,
            invalid: 0,
            unaligned: 0,
            starts: Vec::new(),
            in_metadata: Tally::new(&rules::ENTRY_IN_METADATA),
            past_end: Tally::new(&rules::ENTRY_PAST_END),
            beyond_disk: Tally::new(&rules::ENTRY_BEYOND_DISK),
            batmap: Tally::new(&rules::BATMAP_UNALLOCATED),
            findings: Findings::default(),
        }
    }

    /// Compares entries from `first` on with XenServer's map.
    fn compare_with_batmap(&mut self, first: u64, entries: &[[u8; 4]]) -> Result<(), ReadError> {
        let Some(map) = self.table.batmap else { return Ok(()) };
        let start = first / 8;
        let end = (first + entries.len() as u64).div_ceil(8);
        let bits = self.table.file.read_vec(map + start, usize::try_from(end - start).unwrap_or(0))?;
        for (index, entry) in (first..).zip(entries) {
            let byte =
                usize::try_from(index / 8 - start).ok().and_then(|at| bits.get(at)).copied().unwrap_or(0);
            if byte & (0x80 >> (index % 8)) != 0 && u32::from_be_bytes(*entry) == NOT_ALLOCATED {
                let place = span_at(&*self.table.file, map + index / 8, 1);
                self.batmap.hit(place, Some(self.table.guest(index)), || {
                    format!("the bit of block {index} is set, its table entry says that it is not allocated")
                });
            }
        }
        Ok(())
    }

    fn take(&mut self, index: u64, entry: u32) {
        let table = &self.table;
        let guest = table.guest(index);
        match table.meaning(entry) {
            Block::Absent => self.absent += 1,
            Block::InMetadata(start) => {
                self.invalid += 1;
                self.in_metadata.hit(table.entry_span(index), Some(guest), || {
                    format!("entry {index} is sector {entry}: the block would begin at byte {start}, inside metadata")
                });
            }
            Block::PastEnd(start) => {
                self.invalid += 1;
                self.past_end.hit(table.entry_span(index), Some(guest), || {
                    let there = table.data_end.saturating_sub(start + table.bitmap_bytes()).min(table.block_bytes);
                    format!(
                        "entry {index} is sector {entry}: the block would end at byte {}, the blocks end at {}; {there} \
                         of its {} data bytes are there",
                        start + table.stride(),
                        table.data_end,
                        table.block_bytes
                    )
                });
            }
            Block::At(start) => {
                self.allocated += 1;
                if !(start + table.bitmap_bytes()).is_multiple_of(4096) {
                    self.unaligned += 1;
                }
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
        }
    }

    /// Looks for blocks that share bytes, and for blocks that nothing refers to.
    fn neighbours(&mut self) {
        let table = Rc::clone(&self.table);
        let mut duplicate = Tally::new(&rules::ENTRY_DUPLICATE);
        let mut overlap = Tally::new(&rules::ENTRY_OVERLAP);
        self.starts.sort_unstable();
        let split = |packed: u64| ((packed >> 32) * 512, packed & u64::from(u32::MAX));
        let mut unreferenced = 0;
        let mut end = table.metadata.iter().map(|area| area.end).max().unwrap_or(0);
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
        for packed in &self.starts {
            let (start, _) = split(*packed);
            if let Some(gap) = start.checked_sub(end).filter(|gap| *gap >= table.stride()) {
                unreferenced += gap;
            }
            end = end.max(start + table.stride());
        }
        if let Some(gap) = table.data_end.checked_sub(end).filter(|gap| *gap >= table.stride()) {
            unreferenced += gap;
        }
        for tally in [duplicate, overlap] {
            tally.finding(BAT).into_iter().for_each(|finding| self.findings.add(finding));
        }
        if unreferenced > 0 {
            let detail =
                format!("{unreferenced} bytes lie between the blocks in pieces that could hold a block");
            self.findings.add(Finding::new(&rules::UNREFERENCED, detail).on(BAT).arg("bytes", unreferenced));
        }
        if self.unaligned > 0 {
            let detail = format!(
                "the data of {} of {} blocks does not begin at a multiple of 4096",
                self.unaligned, self.allocated
            );
            self.findings.add(Finding::new(&rules::ALIGNMENT, detail).on(BAT));
        }
    }
}

impl Scan for BatScan {
    fn step(&mut self, budget: u64) -> bool {
        let mut left = budget;
        while self.next < self.table.entries && left > 0 {
            let count =
                (self.table.entries - self.next).min(limits::SCAN_CHUNK as u64 / 4).min(left.div_ceil(4));
            let offset = self.table.offset + self.next * 4;
            let raw = self.table.file.read_vec(offset, usize::try_from(count * 4).unwrap_or(0));
            let compared = raw.and_then(|raw| {
                self.compare_with_batmap(self.next, raw.as_chunks::<4>().0)?;
                Ok(raw)
            });
            match compared {
                Ok(raw) => {
                    for (index, raw) in (self.next..).zip(raw.as_chunks::<4>().0) {
                        self.take(index, u32::from_be_bytes(*raw));
                    }
                }
                Err(error) => {
                    let span = span_at(&*self.table.file, offset, count * 4);
                    self.findings.add(Finding::new(&READ_FAILED, error.to_string()).on(BAT).place(span));
                    self.next = self.table.entries;
                    break;
                }
            }
            self.next += count;
            left = left.saturating_sub(count * 4);
        }
        self.next >= self.table.entries
    }

    fn progress(&self) -> (u64, u64) {
        (self.next * 4, self.table.bytes())
    }

    fn outcome(mut self: Box<Self>) -> ScanOutcome {
        self.neighbours();
        let mut findings = self.findings;
        for tally in [self.in_metadata, self.past_end, self.beyond_disk, self.batmap] {
            tally.finding(BAT).into_iter().for_each(|finding| findings.add(finding));
        }
        let counts: BTreeMap<String, u64> = [
            ("allocated", self.allocated),
            (self.table.absent_word(), self.absent),
            ("invalid", self.invalid),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| (state.to_owned(), count))
        .collect();
        ScanOutcome {
            counts: BTreeMap::from([(BAT.to_owned(), counts)]),
            allocated_units: Some(self.allocated),
            findings,
        }
    }
}
