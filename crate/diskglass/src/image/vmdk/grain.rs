//! Grain directories and grain tables of one sparse extent: where they lie and what their entries mean.
//!
//! A grain directory has an entry per grain table, a grain table an entry per grain. The kinds of extents differ in
//! how wide an entry is and how it is to be read ([`Kind`]). Hosted extents usually have two directories, each with
//! tables of its own and with the same content. The first one is used; where it leads nowhere, or a table of it is
//! damaged and the redundant one is sound, the redundant one is.

use super::geometry::Geometry;
use super::header::{GD_AT_END, SECTOR};
use super::sesparse::{self, Areas};
use crate::bytes::{Bytes, ReadAt, ReadError, Span};
use crate::limits;
use crate::order::sort_by_key;
use crate::structure::span_at;
use lru::LruCache;
use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::ops::Range;

/// Grain tables of which is remembered which copy is followed.
const CHOICES: NonZeroUsize = NonZeroUsize::new(256).unwrap();

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

impl Budget {
    /// So many tables and entries.
    #[cfg(test)]
    pub(super) fn of(tables: u64, entries: u64) -> Self {
        Self { tables, entries }
    }
}

/// The kind of a sparse extent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `KDMV`: VMware's hosted products, streams, VirtualBox, qemu.
    Hosted,
    /// `COWD`: ESX, the extents of type VMFSSPARSE.
    Cowd,
    /// ESX, the extents of type SESPARSE: entries are numbers of tables and grains in these areas.
    SeSparse(Areas),
}

/// What the header of an extent says of its tables.
pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) geometry: Geometry,
    /// Sector of the grain directory.
    pub(super) directory: u64,
    /// Sector of the redundant directory.
    pub(super) copy: Option<u64>,
    /// Entries that the directories have by the header.
    pub(super) entries: u64,
    pub(super) compressed: bool,
    pub(super) markers: bool,
    /// Whether the entry 1 means zeros by the header.
    pub(super) zeroed_grains: bool,
    /// Sector of the first grain, within a grain: grains are expected at this distance from multiples of their size.
    pub(super) phase: u64,
    /// Header, descriptor and other structures in sectors, without the directories.
    pub(super) fixed: Vec<Range<u64>>,
}

/// A grain directory, as far as it is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Directory {
    /// Byte offset in the file.
    pub(super) offset: u64,
    /// Entries that are in the file and are needed.
    pub(super) entries: u64,
}

impl Directory {
    /// At most `entries` entries of the directory at that sector; `None` where none of it is in the file.
    fn at(file: &dyn ReadAt, sector: u64, entries: u64, entry_bytes: u64) -> Option<Self> {
        let offset = sector.checked_mul(SECTOR).filter(|_| sector != 0 && sector != GD_AT_END)?;
        let there = file.size().checked_sub(offset)? / entry_bytes;
        (there > 0).then_some(Self { offset, entries: there.min(entries) })
    }
}

/// What one of the directories says of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// There is no such directory, or it ends before.
    Missing,
    /// There is no table.
    Zero,
    /// The table is at this byte.
    At(u64),
    /// The entry leads to no table.
    Invalid,
}

/// Where a grain table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TablePlace {
    /// Nowhere: all its grains are absent.
    Absent,
    /// At this byte, by the grain directory.
    Primary(u64),
    /// At this byte, by the redundant directory, and why not by the first one.
    Copy(u64, &'static str),
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
    /// No product writes such an entry.
    Malformed,
}

impl Entry {
    /// Whether the entry leads to nothing that could be a whole grain.
    pub(super) fn is_invalid(self) -> bool {
        matches!(self, Self::PastEnd | Self::CutOff(_) | Self::Metadata | Self::Malformed)
    }
}

/// What an entry of a grain table says, without a look at what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Absent,
    Zero,
    Sector(u64),
    Outside,
    Malformed,
}

/// What the tables say of one grain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grain {
    /// The entry of the first table and its byte in the file; `None` where there is no such table.
    pub(super) own: Option<(u64, u64)>,
    /// The entry of the redundant table and its byte in the file.
    pub(super) copy: Option<(u64, u64)>,
    /// What it comes to.
    pub(super) entry: Entry,
    /// Whether that is what the redundant entry says.
    pub(super) from_copy: bool,
}

impl Grain {
    /// The entry that counts, and its byte in the file; `None` where there is no table.
    pub(super) fn counting(&self) -> Option<(u64, u64)> {
        if self.from_copy { self.copy } else { self.own }
    }
}

/// A sparse extent with its directories.
pub(super) struct Sparse {
    /// The whole file.
    pub(super) bytes: Bytes,
    pub(super) kind: Kind,
    pub(super) geometry: Geometry,
    /// Grain tables whose directory entries are in the file.
    pub(super) tables: u64,
    /// Grain tables that a scan examines: all of them, unless there are too many.
    pub(super) examined: u64,
    /// How many of those there are.
    pub(super) present: u64,
    pub(super) directory: Option<Directory>,
    pub(super) copy: Option<Directory>,
    pub(super) compressed: bool,
    pub(super) markers: bool,
    /// Whether the entry 1 means zeros by the header.
    pub(super) zeroed_grains: bool,
    /// Sector of the first grain, within a grain.
    pub(super) phase: u64,
    /// Header, descriptor and directories in sectors, in order.
    pub(super) fixed: Vec<Range<u64>>,
    /// The same with all grain tables, in order and merged.
    pub(super) metadata: Vec<Range<u64>>,
    choices: RefCell<LruCache<u64, TablePlace>>,
}

impl Sparse {
    /// Goes through the directories of that plan, as far as `budget` allows. `None` where neither is in the file.
    pub(super) fn read(bytes: Bytes, plan: Plan, budget: &mut Budget) -> Result<Option<Self>, ReadError> {
        let geometry = plan.geometry;
        let wanted = geometry.tables.min(plan.entries);
        let at = |sector: u64| Directory::at(&*bytes, sector, wanted, geometry.entry_bytes);
        let directory = at(plan.directory);
        let copy = plan.copy.and_then(at);
        let longest = [directory, copy].into_iter().flatten().map(|found| found.entries).max();
        let Some(tables) = longest else { return Ok(None) };
        let mut fixed = plan.fixed;
        let length = wanted.saturating_mul(geometry.entry_bytes).div_ceil(SECTOR);
        for found in [directory, copy].into_iter().flatten() {
            let start = found.offset / SECTOR;
            fixed.push(start..start + length);
        }
        sort_by_key(&mut fixed, |range| range.start);
        let mut sparse = Self {
            kind: plan.kind,
            geometry,
            tables,
            examined: 0,
            present: 0,
            directory,
            copy,
            compressed: plan.compressed,
            markers: plan.markers,
            zeroed_grains: plan.zeroed_grains,
            phase: plan.phase,
            metadata: Vec::new(),
            fixed,
            bytes,
            choices: RefCell::new(LruCache::new(CHOICES)),
        };
        sparse.survey(budget)?;
        Ok(Some(sparse))
    }

    /// Counts the tables and collects where all metadata is.
    fn survey(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        let length = self.geometry.table_sectors();
        let per_table = self.geometry.table_entries;
        let mut all: Vec<Range<u64>> = self.fixed.clone();
        self.examined = self.tables.min(limits::DIRECTORY_ENTRIES);
        let mut counted = false;
        for found in [self.directory, self.copy].into_iter().flatten() {
            let mut table = 0;
            'directory: while table < self.examined.min(found.entries) {
                for raw in self.directory_chunk(found, table, self.examined)? {
                    if let Some(start) = self.table_sector(raw).filter(|_| self.is_table(raw)) {
                        if !counted && (budget.tables == 0 || budget.entries < per_table) {
                            self.examined = table;
                            break 'directory;
                        }
                        if !counted {
                            self.present += 1;
                            budget.tables -= 1;
                            budget.entries -= per_table;
                        }
                        match all.last_mut() {
                            // Tables of a space-efficient extent are in an area of their own.
                            _ if matches!(self.kind, Kind::SeSparse(_)) => {}
                            Some(last) if last.end == start => last.end += length,
                            _ => all.push(start..start + length),
                        }
                    }
                    table += 1;
                }
            }
            counted = true;
        }
        if let Kind::SeSparse(areas) = &self.kind {
            all.push(areas.tables.clone());
        }
        sort_by_key(&mut all, |range| range.start);
        for range in all {
            match self.metadata.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => self.metadata.push(range),
            }
        }
        self.metadata.shrink_to_fit();
        Ok(())
    }

    /// Entries of a directory from `first` on, at most up to `end`: a chunk of them.
    pub(super) fn directory_chunk(
        &self,
        directory: Directory,
        first: u64,
        end: u64,
    ) -> Result<Vec<u64>, ReadError> {
        let width = self.geometry.entry_bytes;
        let most = limits::SCAN_CHUNK as u64 / width;
        let count = directory.entries.min(end).saturating_sub(first).min(most);
        let length = usize::try_from(count * width).unwrap_or(0);
        Ok(self.numbers(&self.bytes.read_vec(directory.offset + first * width, length)?))
    }

    /// The entries in these bytes.
    pub(super) fn numbers(&self, raw: &[u8]) -> Vec<u64> {
        if self.geometry.entry_bytes == 8 {
            raw.as_chunks::<8>().0.iter().map(|entry| u64::from_le_bytes(*entry)).collect()
        } else {
            raw.as_chunks::<4>().0.iter().map(|entry| u32::from_le_bytes(*entry).into()).collect()
        }
    }

    /// The entry of a directory for that table; `None` where the directory ends before.
    fn directory_number(&self, directory: Option<Directory>, table: u64) -> Result<Option<u64>, ReadError> {
        let Some(found) = directory.filter(|found| table < found.entries) else { return Ok(None) };
        Ok(self.directory_chunk(found, table, table + 1)?.pop())
    }

    /// The entries of both directories for that table.
    pub(super) fn directory_entries(&self, table: u64) -> Result<(Option<u64>, Option<u64>), ReadError> {
        Ok((self.directory_number(self.directory, table)?, self.directory_number(self.copy, table)?))
    }

    /// The sector of the grain table that a directory entry leads to; `None` where it can lead to none.
    pub(super) fn table_sector(&self, entry: u64) -> Option<u64> {
        match &self.kind {
            _ if entry == 0 => None,
            Kind::Hosted | Kind::Cowd => Some(entry),
            Kind::SeSparse(areas) => areas.table(entry),
        }
    }

    /// Whether a grain table can be where this directory entry leads.
    pub(super) fn is_table(&self, entry: u64) -> bool {
        self.is_inside(entry) && !self.is_on_fixed(entry)
    }

    /// Whether the grain table that this directory entry leads to lies in the file.
    pub(super) fn is_inside(&self, entry: u64) -> bool {
        let end = || self.table_sector(entry)?.checked_mul(SECTOR)?.checked_add(self.geometry.table_bytes());
        end().is_some_and(|end| end <= self.bytes.size())
    }

    /// Whether the grain table that this directory entry leads to would lie on the header, the descriptor or a
    /// directory.
    pub(super) fn is_on_fixed(&self, entry: u64) -> bool {
        let Some(start) = self.table_sector(entry) else { return false };
        let end = start.saturating_add(self.geometry.table_sectors());
        self.fixed.iter().any(|range| start < range.end && range.start < end)
    }

    fn slot(&self, entry: Option<u64>) -> Slot {
        match entry {
            None => Slot::Missing,
            Some(0) => Slot::Zero,
            Some(entry) if self.is_table(entry) => {
                self.table_sector(entry).map_or(Slot::Invalid, |sector| Slot::At(sector * SECTOR))
            }
            Some(_) => Slot::Invalid,
        }
    }

    /// Where both directories say that the table of that number is.
    pub(super) fn both_places(&self, table: u64) -> Result<(Option<u64>, Option<u64>), ReadError> {
        let (own, copy) = self.directory_entries(table)?;
        let at = |entry: Option<u64>| match self.slot(entry) {
            Slot::At(at) => Some(at),
            _ => None,
        };
        let (own, copy) = (at(own), at(copy));
        Ok((own, copy.filter(|copy| own != Some(*copy))))
    }

    /// Where the grain table of that number is.
    pub(super) fn table(&self, table: u64) -> Result<TablePlace, ReadError> {
        if self.copy.is_none() {
            return Ok(match self.slot(self.directory_number(self.directory, table)?) {
                Slot::At(at) => TablePlace::Primary(at),
                Slot::Zero => TablePlace::Absent,
                Slot::Invalid | Slot::Missing => TablePlace::Invalid,
            });
        }
        if let Some(known) = self.choices.borrow_mut().get(&table) {
            return Ok(*known);
        }
        let choice = self.choose(table)?;
        self.choices.borrow_mut().put(table, choice);
        Ok(choice)
    }

    /// Which of the two tables is followed.
    fn choose(&self, table: u64) -> Result<TablePlace, ReadError> {
        let (own, copy) = self.directory_entries(table)?;
        let read =
            |at: u64| self.bytes.read_vec(at, usize::try_from(self.geometry.table_bytes()).unwrap_or(0));
        Ok(match (self.slot(own), self.slot(copy)) {
            (Slot::At(own), Slot::At(copy)) if own != copy => {
                let (first, second) = (read(own)?, read(copy)?);
                let damaged = first != second && self.is_damaged(table, &first);
                if damaged && !self.is_damaged(table, &second) {
                    TablePlace::Copy(
                        copy,
                        "the grain table has entries that lead nowhere, the redundant one has none",
                    )
                } else {
                    TablePlace::Primary(own)
                }
            }
            (Slot::At(own), _) => TablePlace::Primary(own),
            (Slot::Invalid, Slot::At(copy)) => {
                TablePlace::Copy(copy, "the entry of the grain directory leads to no grain table")
            }
            (Slot::Missing, Slot::At(copy)) => {
                TablePlace::Copy(copy, "the grain directory is not in the file")
            }
            // Streams leave tables out; all others have every table, so that a missing one was lost.
            (Slot::Zero, Slot::At(copy)) if !self.compressed && !self.is_damaged(table, &read(copy)?) => {
                TablePlace::Copy(copy, "the entry of the grain directory is 0, the redundant one is not")
            }
            (Slot::Zero, _) | (Slot::Missing, Slot::Zero) => TablePlace::Absent,
            (Slot::Invalid | Slot::Missing, _) => TablePlace::Invalid,
        })
    }

    /// Whether a table has entries that lead nowhere.
    pub(super) fn is_damaged(&self, table: u64, raw: &[u8]) -> bool {
        let first = table * self.geometry.table_entries;
        let inside = usize::try_from(self.geometry.grains_of(table)).unwrap_or(usize::MAX);
        (first..)
            .zip(self.numbers(raw))
            .take(inside)
            .any(|(grain, entry)| self.meaning(entry, grain).is_invalid())
    }

    fn target(&self, raw: u64) -> Target {
        match &self.kind {
            Kind::SeSparse(areas) => match sesparse::GrainEntry::of(raw) {
                sesparse::GrainEntry::Absent => Target::Absent,
                sesparse::GrainEntry::Unmapped | sesparse::GrainEntry::Zero => Target::Zero,
                sesparse::GrainEntry::Grain(index) => {
                    areas.grain(index).map_or(Target::Outside, Target::Sector)
                }
                sesparse::GrainEntry::Malformed => Target::Malformed,
            },
            Kind::Hosted | Kind::Cowd => match raw {
                0 => Target::Absent,
                // No grain can be at sector 1: whether or not the header says so, this can only mean zeros.
                1 => Target::Zero,
                sector => Target::Sector(sector),
            },
        }
    }

    /// What an entry of the grain table means for that grain.
    pub(super) fn meaning(&self, raw: u64, grain: u64) -> Entry {
        let start = match self.target(raw) {
            Target::Absent => return Entry::Absent,
            Target::Zero => return Entry::Zero,
            Target::Malformed => return Entry::Malformed,
            Target::Outside => return Entry::PastEnd,
            Target::Sector(start) => start,
        };
        let size = self.bytes.size();
        let byte = start.checked_mul(SECTOR).filter(|byte| *byte < size);
        match byte {
            None => Entry::PastEnd,
            Some(_) if self.is_metadata(start) => Entry::Metadata,
            Some(byte) if !self.compressed && self.geometry.sectors_of(grain) * SECTOR > size - byte => {
                Entry::CutOff(start)
            }
            Some(_) => Entry::At(start),
        }
    }

    /// The sector that an entry names, whatever is there.
    pub(super) fn sector_of(&self, raw: u64) -> Option<u64> {
        match self.target(raw) {
            Target::Sector(sector) => Some(sector),
            _ => None,
        }
    }

    /// An entry as people write it: sector numbers in decimal, others in hexadecimal.
    pub(super) fn number_text(&self, raw: u64) -> String {
        match &self.kind {
            Kind::SeSparse(_) if raw != 0 => format!("0x{raw:016x}"),
            _ => raw.to_string(),
        }
    }

    /// What an entry that stands for zeros means.
    pub(super) fn zero_text(&self, raw: u64) -> &'static str {
        match &self.kind {
            Kind::SeSparse(_) if raw >> 60 == 1 => "given back by the guest: zeros",
            Kind::Hosted | Kind::Cowd if !self.zeroed_grains => {
                "zeros, though the header does not allow this entry"
            }
            _ => "zeros",
        }
    }

    /// Whether a grain at that sector would overlap metadata.
    fn is_metadata(&self, start: u64) -> bool {
        let end = start + if self.compressed { 1 } else { self.geometry.grain };
        let after = self.metadata.partition_point(|range| range.end <= start);
        self.metadata.get(after).is_some_and(|range| range.start < end)
    }

    /// What the tables say of that grain.
    pub(super) fn grain(&self, grain: u64) -> Result<Option<Grain>, ReadError> {
        Ok(self.grains(grain, 1)?.pop())
    }

    /// What the tables say of `count` grains from `first` on; fewer where the directories end.
    pub(super) fn grains(&self, first: u64, count: u64) -> Result<Vec<Grain>, ReadError> {
        let per_table = self.geometry.table_entries;
        let width = self.geometry.entry_bytes;
        let end = first.saturating_add(count).min(self.grain_count());
        let mut found = Vec::new();
        let mut at = first;
        while at < end {
            let table = at / per_table;
            let inside = at % per_table;
            let here = (end - at).min(per_table - inside);
            let place = self.table(table)?;
            if let TablePlace::Absent | TablePlace::Invalid = place {
                let entry = if place == TablePlace::Absent { Entry::Absent } else { Entry::PastEnd };
                let none = Grain { own: None, copy: None, entry, from_copy: false };
                found.extend((0..here).map(|_| none));
                at += here;
                continue;
            }
            let (own, copy) = self.both_places(table)?;
            let read = |start: Option<u64>| -> Result<Vec<(u64, u64)>, ReadError> {
                let Some(start) = start.map(|start| start + inside * width) else { return Ok(Vec::new()) };
                let raw = self.bytes.read_vec(start, usize::try_from(here * width).unwrap_or(0))?;
                Ok(self.numbers(&raw).into_iter().zip((0..).map(|index| start + index * width)).collect())
            };
            let (owns, copies) = (read(own)?, read(copy)?);
            for index in 0..here {
                let of = |list: &[(u64, u64)]| list.get(usize::try_from(index).ok()?).copied();
                let (own, copy) = (of(&owns), of(&copies));
                let grain = at + index;
                let meaning = |entry: Option<(u64, u64)>| entry.map(|(raw, _)| self.meaning(raw, grain));
                let (first, second) = (meaning(own), meaning(copy));
                let (entry, from_copy) = match (place, first, second) {
                    (TablePlace::Copy(..), _, Some(second)) => (second, true),
                    (_, Some(first), Some(second)) if first.is_invalid() && !second.is_invalid() => {
                        (second, true)
                    }
                    (_, Some(first), _) => (first, false),
                    _ => (Entry::PastEnd, false),
                };
                found.push(Grain { own, copy, entry, from_copy });
            }
            at += here;
        }
        Ok(found)
    }

    /// How many grains from that one on certainly have no table, up to the end of the table that there would be.
    pub(super) fn without_table(&self, grain: u64) -> Result<u64, ReadError> {
        let per_table = self.geometry.table_entries;
        let absent = self.table(grain / per_table)? == TablePlace::Absent;
        Ok(if absent { per_table - grain % per_table } else { 0 })
    }

    /// The span of `length` bytes of this file.
    pub(super) fn span(&self, offset: u64, length: u64) -> Option<Span> {
        span_at(&*self.bytes, offset, length)
    }

    /// The span of an entry of a directory.
    pub(super) fn directory_span(&self, directory: Option<Directory>, table: u64) -> Option<Span> {
        let found = directory.filter(|found| table < found.entries)?;
        self.span(found.offset + table * self.geometry.entry_bytes, self.geometry.entry_bytes)
    }

    /// The span of an entry of the grain directory, or of the redundant one where that is the only one.
    pub(super) fn directory_entry(&self, table: u64) -> Option<Span> {
        self.directory_span(self.directory.or(self.copy), table)
    }

    /// Grains whose tables have a directory entry in the file.
    pub(super) fn grain_count(&self) -> u64 {
        self.tables.saturating_mul(self.geometry.table_entries).min(self.geometry.grains)
    }
}
