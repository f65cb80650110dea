//! Grain directories and grain tables of one sparse extent: where they lie and what their entries mean.
//!
//! A grain directory has an entry per grain table, a grain table an entry per grain; both kinds of entries are sector
//! numbers. There are usually two directories, each with tables of its own and with the same content. The first one
//! is used; where it leads nowhere, the redundant one is.

use super::header::{GD_AT_END, Geometry, SECTOR, SparseHeader};
use crate::bytes::{Bytes, ReadAt, ReadError, Span};
use crate::limits;
use crate::structure::span_at;
use std::ops::Range;

/// How many grain tables, and entries in them, may still be examined in an image with all its parents.
pub(super) struct Budget {
    tables: u64,
    entries: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { tables: limits::GRAIN_TABLES, entries: limits::TABLE_ENTRIES }
    }
}

/// A grain directory, as far as it is in the file.
pub(super) struct Directory {
    /// Byte offset in the file.
    pub(super) offset: u64,
    /// Its entries: sectors of grain tables.
    pub(super) entries: Vec<u32>,
}

impl Directory {
    /// Reads at most `tables` entries of the directory at that sector; `None` where no byte of it is in the file.
    fn read(file: &dyn ReadAt, sector: u64, tables: u64) -> Result<Option<Self>, ReadError> {
        let offset = sector.checked_mul(SECTOR).filter(|_| sector != 0 && sector != GD_AT_END);
        let Some(offset) = offset.filter(|offset| *offset < file.size()) else { return Ok(None) };
        let there = ((file.size() - offset) / 4).min(tables);
        let raw = file.read_vec(offset, usize::try_from(there * 4).unwrap_or(0))?;
        let entries = raw.as_chunks::<4>().0.iter().map(|entry| u32::from_le_bytes(*entry)).collect();
        Ok(Some(Self { offset, entries }))
    }

    fn entry(&self, table: u64) -> Option<u32> {
        self.entries.get(usize::try_from(table).ok()?).copied()
    }
}

/// Where a grain table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TablePlace {
    /// Nowhere: all its grains are absent.
    Absent,
    /// At this byte, by the grain directory.
    Primary(u64),
    /// At this byte, by the redundant directory, for the other one leads nowhere.
    Copy(u64),
    /// Neither directory leads to a table.
    Invalid,
}

/// What an entry of a grain table means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Zeros, or the parent's data.
    Absent,
    /// Zeros, whatever the parent has.
    Zero,
    /// The grain begins at this sector.
    At(u64),
    /// The grain would begin past the end of the file.
    PastEnd,
    /// The file ends inside the grain, which begins at this sector.
    CutOff(u64),
    /// The grain would overlap the extent's own metadata.
    Metadata,
}

impl Entry {
    /// Whether the entry leads to nothing that could be a whole grain.
    pub(super) fn is_invalid(self) -> bool {
        matches!(self, Self::PastEnd | Self::CutOff(_) | Self::Metadata)
    }
}

/// What the tables say of one grain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grain {
    /// Byte offset of the entry in the file; `None` where there is no table.
    pub(super) place: Option<u64>,
    /// The entry of the table that counts.
    pub(super) raw: u32,
    /// The entry of the redundant table, where that is another one and could be read.
    pub(super) copy: Option<u32>,
    /// What it comes to.
    pub(super) entry: Entry,
    /// Whether that is what the redundant entry says.
    pub(super) from_copy: bool,
}

/// A sparse extent with its directories.
pub(super) struct Sparse {
    /// The whole file.
    pub(super) bytes: Bytes,
    pub(super) geometry: Geometry,
    /// Grain tables that are examined: all of them, unless the directories are cut or there are too many.
    pub(super) tables: u64,
    pub(super) directory: Option<Directory>,
    pub(super) copy: Option<Directory>,
    pub(super) compressed: bool,
    pub(super) markers: bool,
    /// Whether the entry 1 means zeros by the header.
    pub(super) zeroed_grains: bool,
    /// Sector of the first grain, within a grain: grains are expected at this distance from multiples of their size.
    pub(super) phase: u64,
    /// Header, descriptor and directories in sectors, in order.
    pub(super) fixed: Vec<Range<u64>>,
    /// The same with all grain tables, in order and merged.
    pub(super) metadata: Vec<Range<u64>>,
}

impl Sparse {
    /// Reads the directories that `header` tells of, as far as `budget` allows. `None` where the numbers of the header map nothing or neither directory is in the file.
    pub(super) fn read(
        bytes: Bytes,
        header: &SparseHeader,
        budget: &mut Budget,
    ) -> Result<Option<Self>, ReadError> {
        let Some(geometry) = header.geometry() else { return Ok(None) };
        let wanted = geometry.tables.min(budget.tables).min(budget.entries / geometry.table_entries);
        let directory = Directory::read(&*bytes, header.gd_offset, wanted)?;
        let copy =
            if header.has_copy() { Directory::read(&*bytes, header.rgd_offset, wanted)? } else { None };
        let there =
            |directory: &Option<Directory>| directory.as_ref().map_or(0, |found| found.entries.len() as u64);
        let tables = there(&directory).max(there(&copy));
        if tables == 0 {
            return Ok(None);
        }
        budget.tables = budget.tables.saturating_sub(tables);
        budget.entries = budget.entries.saturating_sub(tables.saturating_mul(geometry.table_entries));
        let mut fixed = Vec::from([Range { start: 0, end: 1 }]);
        let sectors = |range: Range<u64>| range.start / SECTOR..range.end.div_ceil(SECTOR);
        fixed.extend(header.descriptor_range(bytes.size()).map(sectors));
        for found in [&directory, &copy].into_iter().flatten() {
            let start = found.offset / SECTOR;
            fixed.push(start..start + geometry.directory_sectors());
        }
        fixed.sort_by_key(|range| range.start);
        let mut sparse = Self {
            geometry,
            tables,
            directory,
            copy,
            compressed: header.is_compressed(),
            markers: header.has_markers(),
            zeroed_grains: header.has_zeroed_grains(),
            phase: header.over_head % geometry.grain,
            metadata: Vec::new(),
            fixed,
            bytes,
        };
        sparse.metadata = sparse.merged();
        Ok(Some(sparse))
    }

    /// All metadata in order, without overlaps.
    fn merged(&self) -> Vec<Range<u64>> {
        let length = self.geometry.table_sectors();
        let mut all: Vec<Range<u64>> = self.fixed.clone();
        for found in [&self.directory, &self.copy].into_iter().flatten() {
            let tables = found.entries.iter().filter(|entry| self.is_table(**entry));
            all.extend(tables.map(|entry| u64::from(*entry)..u64::from(*entry) + length));
        }
        all.sort_unstable_by_key(|range| range.start);
        let mut merged: Vec<Range<u64>> = Vec::new();
        for range in all {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged.shrink_to_fit();
        merged
    }

    /// Whether a grain table can be at the sector of this directory entry.
    pub(super) fn is_table(&self, entry: u32) -> bool {
        self.is_inside(entry) && !self.is_on_fixed(entry)
    }

    /// Whether a grain table at this sector lies in the file.
    pub(super) fn is_inside(&self, entry: u32) -> bool {
        entry != 0 && u64::from(entry) * SECTOR + self.geometry.table_bytes() <= self.bytes.size()
    }

    /// Whether a grain table at this sector would lie on the header, the descriptor or a directory.
    pub(super) fn is_on_fixed(&self, entry: u32) -> bool {
        let start = u64::from(entry);
        let end = start + self.geometry.table_sectors();
        self.fixed.iter().any(|range| start < range.end && range.start < end)
    }

    /// Where the grain table of that number is.
    pub(super) fn table(&self, table: u64) -> TablePlace {
        let (primary, copy) = self.directory_entries(table);
        let at = |entry: u32| u64::from(entry) * SECTOR;
        match (primary, copy) {
            (Some(0), _) | (None, Some(0)) => TablePlace::Absent,
            (Some(entry), _) if self.is_table(entry) => TablePlace::Primary(at(entry)),
            (_, Some(entry)) if self.is_table(entry) => TablePlace::Copy(at(entry)),
            _ => TablePlace::Invalid,
        }
    }

    /// Where the redundant table of that number is, beside another one.
    pub(super) fn table_copy(&self, table: u64) -> Option<u64> {
        let entry = self.copy.as_ref()?.entry(table)?;
        let at = u64::from(entry) * SECTOR;
        (self.is_table(entry) && self.table(table) != TablePlace::Copy(at)).then_some(at)
    }

    /// What the entry of that grain means.
    pub(super) fn meaning(&self, raw: u32, grain: u64) -> Entry {
        let start = u64::from(raw);
        let size = self.bytes.size();
        match raw {
            0 => Entry::Absent,
            // No grain can be at sector 1: whether or not the header says so, this can only mean zeros.
            1 => Entry::Zero,
            _ if start * SECTOR >= size => Entry::PastEnd,
            _ if self.is_metadata(start) => Entry::Metadata,
            _ if !self.compressed && (start + self.geometry.sectors_of(grain)) * SECTOR > size => {
                Entry::CutOff(start)
            }
            _ => Entry::At(start),
        }
    }

    /// Whether a grain at that sector would overlap metadata.
    fn is_metadata(&self, start: u64) -> bool {
        let end = start + if self.compressed { 1 } else { self.geometry.grain };
        let after = self.metadata.partition_point(|range| range.end <= start);
        self.metadata.get(after).is_some_and(|range| range.start < end)
    }

    /// What the tables say of that grain.
    pub(super) fn grain(&self, grain: u64) -> Result<Grain, ReadError> {
        let mut found = self.grains(grain, 1)?;
        found.pop().ok_or(ReadError::Unmapped {
            offset: grain.saturating_mul(self.geometry.grain_bytes()),
            why: "the grain directory is cut off before this place",
        })
    }

    /// What the tables say of `count` grains from `first` on; fewer where the tables end.
    pub(super) fn grains(&self, first: u64, count: u64) -> Result<Vec<Grain>, ReadError> {
        let per_table = self.geometry.table_entries;
        let end =
            first.saturating_add(count).min(self.geometry.grains).min(self.tables.saturating_mul(per_table));
        let mut found = Vec::new();
        let mut at = first;
        while at < end {
            let table = at / per_table;
            let inside = at % per_table;
            let here = (end - at).min(per_table - inside);
            let read = |table: u64| -> Result<Vec<u32>, ReadError> {
                let raw = self.bytes.read_vec(table + inside * 4, usize::try_from(here * 4).unwrap_or(0))?;
                Ok(raw.as_chunks::<4>().0.iter().map(|entry| u32::from_le_bytes(*entry)).collect())
            };
            let place = self.table(table);
            let (offset, from_copy) = match place {
                TablePlace::Primary(offset) => (offset, false),
                TablePlace::Copy(offset) => (offset, true),
                TablePlace::Absent | TablePlace::Invalid => {
                    let entry = if place == TablePlace::Absent { Entry::Absent } else { Entry::PastEnd };
                    let none = Grain { place: None, raw: 0, copy: None, entry, from_copy: false };
                    found.extend((0..here).map(|_| none));
                    at += here;
                    continue;
                }
            };
            let copies = match self.table_copy(table) {
                Some(copy) => read(copy)?,
                None => Vec::new(),
            };
            for (index, raw) in (0..).zip(read(offset)?) {
                let grain = at + index;
                let copy = usize::try_from(index).ok().and_then(|index| copies.get(index)).copied();
                let own = self.meaning(raw, grain);
                let other = copy.map(|copy| self.meaning(copy, grain)).filter(|other| !other.is_invalid());
                let (entry, from_copy) = match other {
                    Some(other) if own.is_invalid() => (other, true),
                    _ => (own, from_copy),
                };
                found.push(Grain { place: Some(offset + (inside + index) * 4), raw, copy, entry, from_copy });
            }
            at += here;
        }
        Ok(found)
    }

    /// The span of `length` bytes of this file.
    pub(super) fn span(&self, offset: u64, length: u64) -> Option<Span> {
        span_at(&*self.bytes, offset, length)
    }

    /// The span of an entry of the grain directory, or of the redundant one where that is the only one.
    pub(super) fn directory_entry(&self, table: u64) -> Option<Span> {
        let directory = self.directory.as_ref().or(self.copy.as_ref())?;
        self.span(directory.offset + table * 4, 4)
    }

    /// The entries of both directories for that table.
    pub(super) fn directory_entries(&self, table: u64) -> (Option<u32>, Option<u32>) {
        let of = |directory: &Option<Directory>| directory.as_ref().and_then(|found| found.entry(table));
        (of(&self.directory), of(&self.copy))
    }

    /// Grains that are examined.
    pub(super) fn grain_count(&self) -> u64 {
        self.tables.saturating_mul(self.geometry.table_entries).min(self.geometry.grains)
    }
}
