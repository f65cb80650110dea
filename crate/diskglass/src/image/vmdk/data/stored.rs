//! Which grains are stored where in the file of an extent, in the order of the file.
//!
//! The tables are in the order of the disk. To go through the file from front to back without keeping all of them in
//! memory, the file is divided into segments: a first pass over the tables counts the grains of each segment, and then
//! the grains of as many segments as may be kept at once are collected.

use super::super::grain::{Entry, Sparse, TablePlace};
use super::super::header::SECTOR;
use crate::bytes::ReadError;
use crate::limits;
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of a segment, unless the file is so large that there would be too many.
const SEGMENT_BYTES: u64 = 4 << 20;

/// Segments of a file at most.
const MOST_SEGMENTS: u64 = 1 << 18;

/// A grain and the sector of the file at which it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::image::vmdk) struct Stored {
    pub(in crate::image::vmdk) sector: u64,
    pub(in crate::image::vmdk) grain: u64,
}

impl Stored {
    /// Byte of the file.
    pub(in crate::image::vmdk) fn offset(self) -> u64 {
        self.sector * SECTOR
    }
}

/// Bytes of a segment of a file of that size.
fn segment_bytes(size: u64) -> u64 {
    size.div_ceil(MOST_SEGMENTS).max(SEGMENT_BYTES).next_power_of_two()
}

/// How many segments a file of that size has.
pub(in crate::image::vmdk) fn segments(size: u64) -> u64 {
    size.div_ceil(segment_bytes(size))
}

/// The bytes that are that segment of a file of that size.
pub(in crate::image::vmdk) fn range(size: u64, segment: u64) -> Range<u64> {
    let bytes = segment_bytes(size);
    let start = segment.saturating_mul(bytes).min(size);
    start..start.saturating_add(bytes).min(size)
}

/// How the grains of an extent are spread over its file.
pub(in crate::image::vmdk) struct Survey {
    segment: u64,
    size: u64,
    /// Grains in each segment.
    counts: Vec<u32>,
    /// First and last segment that the entries of each table lead to; where there is none, the first is past all.
    spans: Vec<(u32, u32)>,
    /// Where the grain tables are: sectors, in order once all were read.
    tables: Vec<u64>,
}

/// The grains of some segments in the order of the file.
#[derive(Default)]
pub(in crate::image::vmdk) struct Window {
    /// Which segments.
    pub(in crate::image::vmdk) segments: Range<usize>,
    pub(in crate::image::vmdk) stored: Vec<Stored>,
    /// Grains that were left out, by their segments: more lead there than there is room for.
    pub(in crate::image::vmdk) left_out: BTreeMap<usize, u64>,
}

impl Survey {
    pub(in crate::image::vmdk) fn new(sparse: &Sparse) -> Self {
        let size = sparse.bytes.size();
        let count = usize::try_from(segments(size)).unwrap_or(0);
        Self {
            segment: segment_bytes(size),
            size,
            counts: vec![0; count],
            spans: Vec::new(),
            tables: Vec::new(),
        }
    }

    /// How many segments there are.
    pub(in crate::image::vmdk) fn segments(&self) -> usize {
        self.counts.len()
    }

    /// Grains that are stored in that segment.
    pub(in crate::image::vmdk) fn count(&self, segment: usize) -> u32 {
        self.counts.get(segment).copied().unwrap_or(0)
    }

    /// The bytes of the file that are that segment.
    pub(in crate::image::vmdk) fn range(&self, segment: usize) -> Range<u64> {
        range(self.size, segment as u64)
    }

    /// The segment that the grain begins in.
    pub(in crate::image::vmdk) fn segment_of(&self, stored: Stored) -> usize {
        usize::try_from(stored.offset() / self.segment).unwrap_or(usize::MAX)
    }

    /// Whether a grain table that counts begins at that sector.
    pub(in crate::image::vmdk) fn is_table(&self, sector: u64) -> bool {
        self.tables.binary_search(&sector).is_ok()
    }

    /// How many tables were read.
    pub(in crate::image::vmdk) fn tables_read(&self) -> u64 {
        self.spans.len() as u64
    }

    /// Reads the next table. Whether it was the last one.
    pub(in crate::image::vmdk) fn read(&mut self, sparse: &Sparse) -> bool {
        let table = self.tables_read();
        let mut span = (u32::MAX, 0);
        for stored in stored(sparse, table) {
            let segment = self.segment_of(stored);
            if let Some(count) = self.counts.get_mut(segment) {
                *count = count.saturating_add(1);
                let segment = u32::try_from(segment).unwrap_or(u32::MAX);
                span = (span.0.min(segment), span.1.max(segment));
            }
        }
        self.spans.push(span);
        if sparse.compressed
            && let Ok((own, copy)) = sparse.both_places(table)
        {
            self.tables.extend([own, copy].into_iter().flatten().map(|offset| offset / SECTOR));
        }
        let finished = table + 1 >= sparse.examined;
        if finished {
            self.tables.sort_unstable();
        }
        finished
    }

    /// The grains of the segments from `first` on: of so many segments that they are not too many, but one.
    pub(in crate::image::vmdk) fn window(&self, sparse: &Sparse, first: usize) -> Window {
        let mut end = first;
        let mut together = 0_usize;
        while let Some(count) = self.counts.get(end) {
            together = together.saturating_add(*count as usize);
            if end > first && together > limits::STORED_GRAINS {
                break;
            }
            end += 1;
        }
        let segments = first..end;
        let mut found = Vec::new();
        let mut left_out: BTreeMap<usize, u64> = BTreeMap::new();
        for (table, (low, high)) in (0..).zip(&self.spans) {
            if *low as usize >= end || (*high as usize) < first {
                continue;
            }
            for stored in stored(sparse, table) {
                let segment = self.segment_of(stored);
                if !segments.contains(&segment) {
                    continue;
                }
                if found.len() < 2 * limits::STORED_GRAINS {
                    found.push(stored);
                } else {
                    *left_out.entry(segment).or_default() += 1;
                }
            }
        }
        found.sort_unstable();
        Window { segments, stored: found, left_out }
    }
}

/// Goes through what is stored in the order of the file.
#[derive(Default)]
pub(in crate::image::vmdk) struct Cursor {
    window: Window,
    at: usize,
}

impl Cursor {
    /// The next grain, in whatever segment it is.
    pub(in crate::image::vmdk) fn peek(&mut self, survey: &Survey, sparse: &Sparse) -> Option<Stored> {
        loop {
            if let Some(stored) = self.window.stored.get(self.at) {
                return Some(*stored);
            }
            let end = self.window.segments.end;
            let next = (end..survey.segments()).find(|segment| survey.count(*segment) > 0)?;
            self.window = survey.window(sparse, next);
            self.at = 0;
        }
    }

    /// Leaves the next grain behind.
    pub(in crate::image::vmdk) fn advance(&mut self) {
        self.at += 1;
    }

    /// Goes to the first grain of that segment, which is not in front of those that were asked for before. How many
    /// grains of the segment were left out.
    pub(in crate::image::vmdk) fn seek(&mut self, survey: &Survey, sparse: &Sparse, segment: usize) -> u64 {
        while self.window.segments.end <= segment && self.window.segments.end < survey.segments() {
            self.window = survey.window(sparse, self.window.segments.end);
        }
        self.at = self.window.stored.partition_point(|stored| survey.segment_of(*stored) < segment);
        self.window.left_out.get(&segment).copied().unwrap_or(0)
    }

    /// The grains of that segment as far as they are at hand.
    pub(in crate::image::vmdk) fn of(&self, survey: &Survey, segment: usize) -> &[Stored] {
        let stored = &self.window.stored;
        let start = stored.partition_point(|stored| survey.segment_of(*stored) < segment);
        let end = stored.partition_point(|stored| survey.segment_of(*stored) <= segment);
        stored.get(start..end).unwrap_or_default()
    }
}

/// The grains that the entries of a table lead to. A table that cannot be read leads to none: the check of the tables
/// says so.
fn stored(sparse: &Sparse, table: u64) -> impl Iterator<Item = Stored> {
    let per_table = sparse.geometry.table_entries;
    let first = table * per_table;
    let absent = sparse.table(table) == Ok(TablePlace::Absent);
    let grains: Result<_, ReadError> = if absent { Ok(Vec::new()) } else { sparse.grains(first, per_table) };
    (first..).zip(grains.unwrap_or_default()).filter_map(|(grain, found)| match found.entry {
        Entry::At(sector) => Some(Stored { sector, grain }),
        _ => None,
    })
}
