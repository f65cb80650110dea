//! The two tables that the report shows: all grain directory entries of an image, and all its grains.

use super::grain::{Entry, Grain, Kind, Sparse, TablePlace};
use super::header::SECTOR;
use super::stream::Torn;
use crate::bytes::ReadError;
use crate::image::{Column, Row, Table};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Key of the table of grain directory entries.
pub(super) const DIRECTORY: &str = "vmdk.grain-directory";
/// Key of the table of grains.
pub(super) const GRAINS: &str = "vmdk.grain-tables";

/// Key of the redundant grain tables, whose entries are shown beside those of the others.
const REDUNDANT_GRAINS: &str = "vmdk.redundant-grain-tables";

/// A sparse extent and its place in the guest's disk.
pub(super) struct Member {
    pub(super) sparse: Rc<Sparse>,
    /// Name of its file.
    pub(super) name: String,
    /// What its structures' keys end with: empty for a file that is the whole image.
    pub(super) suffix: String,
    /// First byte of the guest's disk that it holds.
    pub(super) guest: u64,
    /// Bytes of the guest's disk that it holds.
    pub(super) length: u64,
    /// The next free sector by its header, where that has a field for it.
    pub(super) free_sector: Option<u64>,
    /// Sector of the file behind the header and what follows it, where grains begin.
    pub(super) first: u64,
}

impl Member {
    /// Key of its grain directory.
    pub(super) fn directory_key(&self) -> String {
        format!("{DIRECTORY}{}", self.suffix)
    }

    /// Key of its grain tables: of the redundant ones where there are no others.
    pub(super) fn tables_key(&self) -> String {
        match self.sparse.directory {
            Some(_) => format!("{GRAINS}{}", self.suffix),
            None => self.redundant_tables_key(),
        }
    }

    /// Key of its redundant grain tables.
    pub(super) fn redundant_tables_key(&self) -> String {
        format!("{REDUNDANT_GRAINS}{}", self.suffix)
    }

    /// The guest's bytes that `count` grains from `first` on stand for.
    pub(super) fn guest_range(&self, first: u64, count: u64) -> Option<(u64, u64)> {
        let bytes = self.sparse.geometry.grain_bytes();
        let start = first.saturating_mul(bytes);
        let length = self.length.checked_sub(start)?.min(count.saturating_mul(bytes));
        (length > 0).then_some((self.guest.saturating_add(start), length))
    }
}

/// All sparse extents of an image.
#[derive(Default)]
pub(super) struct Grains {
    pub(super) members: Vec<Member>,
    /// Streams whose tables are missing.
    pub(super) torn: Vec<Rc<Torn>>,
    pub(super) has_parent: bool,
}

impl Grains {
    /// The state of what is absent.
    pub(super) fn absent(&self) -> &'static str {
        if self.has_parent { "parent" } else { "unallocated" }
    }

    /// The state of an entry.
    pub(super) fn state(&self, entry: Entry) -> &'static str {
        match entry {
            Entry::Absent => self.absent(),
            Entry::Zero => "zero",
            Entry::At(_) => "allocated",
            Entry::PastEnd | Entry::CutOff(_) | Entry::Metadata | Entry::Malformed => "invalid",
        }
    }

    /// The state of a grain: that of its own entry where that is lost, whatever the redundant one says.
    fn grain_state(&self, sparse: &Sparse, grain: u64, found: Grain) -> &'static str {
        let lost = found.own.map(|(raw, _)| sparse.meaning(raw, grain)).filter(|own| own.is_invalid());
        self.state(lost.unwrap_or(found.entry))
    }

    /// The state of an entry of a grain directory.
    fn table_state(&self, place: TablePlace) -> &'static str {
        match place {
            TablePlace::Absent => self.absent(),
            TablePlace::Primary(_) => "allocated",
            TablePlace::Copy(..) | TablePlace::Invalid => "invalid",
        }
    }

    /// Both tables as the report lists them; none where there is no sparse extent.
    pub(super) fn tables(&self) -> Vec<Table> {
        if self.members.is_empty() {
            return Vec::new();
        }
        let table = |key: &str, title: &str, rows: u64, mut columns: Vec<Column>| {
            if self.members.len() > 1 {
                columns.insert(1, Column::text("extent", "Extent", "The file that holds it."));
            }
            if !self.has_copies() {
                columns.retain(|column| !column.name.starts_with("copy"));
            }
            Table {
                key: key.into(),
                id: key.into(),
                title: title.into(),
                rows,
                counts: BTreeMap::new(),
                columns,
            }
        };
        let encoded = self.members.iter().any(|member| matches!(member.sparse.kind, Kind::SeSparse(_)));
        let (table_entry, grain_entry) = if encoded {
            (
                "The entry as stored: the number of the grain table below 0x10000000; 0 means that there is none.",
                "The entry as stored. Its first digit is its kind: 0 none, 1 given back by the guest, 2 zeros, 3 a grain, whose number follows with its lower 12 bits in front.",
            )
        } else {
            (
                "The entry as stored: the sector of the grain table; 0 means that there is none.",
                "The entry as stored: the sector of the grain; 0 means that there is none, 1 means zeros.",
            )
        };
        let guest = "First byte of the guest's disk that it stands for.";
        let directory = vec![
            Column::number("table", "Table", "Number of the grain table."),
            Column::number("guest", "Guest offset", guest),
            Column::number("entry", "Entry", table_entry),
            Column::number("file", "Table at", "Byte of the file where the grain table begins."),
            Column::number(
                "copy",
                "Copy's entry",
                "The entry of the redundant directory. It differs on purpose: it leads to a table of its own with the same content.",
            ),
            Column::number(
                "copy_file",
                "Copy's table at",
                "Byte of the file where the redundant table begins.",
            ),
            Column::text("meaning", "Meaning", "What the entry comes to."),
        ];
        let grains = vec![
            Column::number("grain", "Grain", "Number of the grain."),
            Column::number("guest", "Guest offset", guest),
            Column::text("place", "Table and entry", "Number of the grain table, and of the entry in it."),
            Column::number("entry", "Entry", grain_entry),
            Column::number("file", "Grain at", "Byte of the file where the grain begins."),
            Column::text("meaning", "Meaning", "What the entry comes to."),
            Column::number("copy", "Copy's entry", "The entry of the redundant table, where it differs."),
        ];
        let sum = |of: fn(&Sparse) -> u64| self.members.iter().map(|member| of(&member.sparse)).sum();
        vec![
            table(DIRECTORY, "Grain directory", sum(|sparse| sparse.tables), directory),
            table(GRAINS, "Grain tables", sum(Sparse::grain_count), grains),
        ]
    }

    /// The row of that table with which the rows of an extent begin.
    pub(super) fn first_row(&self, table: &str, sparse: &Rc<Sparse>) -> Option<u64> {
        let index = self.members.iter().position(|member| Rc::ptr_eq(&member.sparse, sparse))?;
        Some(self.members.iter().take(index).map(|member| Self::row_count(table, member)).sum())
    }

    /// Whether there can be redundant tables.
    fn has_copies(&self) -> bool {
        self.members.iter().any(|member| member.sparse.kind == Kind::Hosted)
    }

    /// Rows of one of the tables.
    pub(super) fn rows(&self, table: &str, first: u64, count: u32) -> Result<Vec<Row>, ReadError> {
        let mut rows = Vec::new();
        for (member, start, taken) in self.stretches(table, first, count) {
            if table == DIRECTORY {
                for table in taken {
                    rows.push(self.directory_row(member, start, table)?);
                }
            } else {
                let grains = member.sparse.grains(taken.start, taken.end - taken.start)?;
                rows.extend(
                    taken.zip(grains).map(|(grain, found)| self.grain_row(member, start, grain, found)),
                );
            }
        }
        Ok(rows)
    }

    /// The states of those rows.
    pub(super) fn states(&self, table: &str, first: u64, count: u32) -> Result<Vec<&'static str>, ReadError> {
        let mut states = Vec::new();
        for (member, _, taken) in self.stretches(table, first, count) {
            if table == DIRECTORY {
                for table in taken {
                    states.push(self.table_state(member.sparse.table(table)?));
                }
            } else {
                let grains = member.sparse.grains(taken.start, taken.end - taken.start)?;
                states.extend(
                    taken.zip(grains).map(|(grain, found)| self.grain_state(&member.sparse, grain, found)),
                );
            }
        }
        Ok(states)
    }

    /// The row of what stands for that byte of the guest's disk.
    pub(super) fn row_at(&self, table: &str, guest: u64) -> Option<u64> {
        let mut start = 0;
        for member in &self.members {
            let rows = Self::row_count(table, member);
            if let Some(inside) = guest.checked_sub(member.guest).filter(|inside| *inside < member.length) {
                let geometry = member.sparse.geometry;
                let per_row = if table == DIRECTORY { geometry.table_entries } else { 1 };
                let row = inside.checked_div(geometry.grain_bytes().saturating_mul(per_row))?;
                return (row < rows).then_some(start + row);
            }
            start += rows;
        }
        None
    }

    /// Rows `first` to `first + count` by extent: the extent, its first row, and which of its own rows are meant.
    fn stretches(
        &self,
        table: &str,
        first: u64,
        count: u32,
    ) -> impl Iterator<Item = (&Member, u64, Range<u64>)> {
        let end = first.saturating_add(count.into());
        let mut next = 0_u64;
        self.members.iter().filter_map(move |member| {
            let start = next;
            next += Self::row_count(table, member);
            let taken = first.max(start)..end.min(next);
            (taken.start < taken.end).then(|| (member, start, taken.start - start..taken.end - start))
        })
    }

    fn row_count(table: &str, member: &Member) -> u64 {
        if table == DIRECTORY { member.sparse.tables } else { member.sparse.grain_count() }
    }

    fn name(&self, cells: &mut Vec<String>, member: &Member) {
        if self.members.len() > 1 {
            cells.insert(1, member.name.clone());
        }
    }

    fn directory_row(&self, member: &Member, start: u64, table: u64) -> Result<Row, ReadError> {
        let sparse = &member.sparse;
        let (own, copy) = sparse.directory_entries(table)?;
        let per_table = sparse.geometry.table_entries;
        let guest = member.guest_range(table.saturating_mul(per_table), per_table);
        let found = sparse.table(table)?;
        let (meaning, at) = match found {
            TablePlace::Absent if self.has_parent => ("no table: all from the parent".into(), None),
            TablePlace::Absent => ("no table: all zeros".into(), None),
            TablePlace::Primary(at) => ("grain table".into(), Some(at)),
            TablePlace::Copy(at, why) => (format!("the redundant table is used: {why}"), Some(at)),
            TablePlace::Invalid => ("leads to no table".into(), None),
        };
        let place = |entry: Option<u64>| {
            let at = entry.and_then(|entry| sparse.table_sector(entry)?.checked_mul(SECTOR));
            at.map_or_else(String::new, |at| at.to_string())
        };
        let entry_text = |raw: Option<u64>| raw.map_or_else(String::new, |raw| sparse.number_text(raw));
        let mut cells = vec![
            table.to_string(),
            guest.map_or_else(String::new, |(offset, _)| offset.to_string()),
            entry_text(own),
            place(own),
        ];
        if self.has_copies() {
            cells.extend([entry_text(copy), place(copy)]);
        }
        cells.push(meaning);
        self.name(&mut cells, member);
        Ok(Row {
            index: start + table,
            cells,
            state: self.table_state(found),
            entry: sparse.directory_entry(table),
            target: at.and_then(|at| sparse.span(at, sparse.geometry.table_bytes())),
            guest,
        })
    }

    fn grain_row(&self, member: &Member, start: u64, grain: u64, found: Grain) -> Row {
        let sparse = &member.sparse;
        let geometry = sparse.geometry;
        let per_table = geometry.table_entries;
        let guest = member.guest_range(grain, 1);
        let at = match found.entry {
            Entry::At(sector) | Entry::CutOff(sector) => Some(sector * SECTOR),
            _ => None,
        };
        let own = found.own.map(|(raw, _)| raw);
        let copy = found.copy.map(|(raw, _)| raw);
        let entry_text = |raw: Option<u64>| raw.map_or_else(String::new, |raw| sparse.number_text(raw));
        let mut cells = vec![
            grain.to_string(),
            guest.map_or_else(String::new, |(offset, _)| offset.to_string()),
            format!("{} / {}", grain / per_table, grain % per_table),
            entry_text(own.or(copy)),
            at.map_or_else(String::new, |at| at.to_string()),
            self.meaning(sparse, found),
        ];
        if self.has_copies() {
            cells.push(entry_text(copy.filter(|copy| own.is_some_and(|own| own != *copy))));
        }
        self.name(&mut cells, member);
        let length = if sparse.compressed { SECTOR } else { geometry.sectors_of(grain) * SECTOR };
        Row {
            index: start + grain,
            cells,
            state: self.grain_state(sparse, grain, found),
            entry: found.counting().and_then(|(_, at)| sparse.span(at, geometry.entry_bytes)),
            target: at.and_then(|at| sparse.span(at, length)),
            guest,
        }
    }

    /// What an entry comes to, in words.
    fn meaning(&self, sparse: &Sparse, found: Grain) -> String {
        let meaning = match (found.entry, found.counting()) {
            (Entry::Absent, None) if self.has_parent => "no grain table: the parent's data",
            (Entry::Absent, None) => "no grain table: zeros",
            (_, None) => "its grain table is lost",
            (Entry::Absent, _) if self.has_parent => "the parent's data",
            (Entry::Absent, _) => "not allocated: zeros",
            (Entry::Zero, Some((raw, _))) => sparse.zero_text(raw),
            (Entry::At(_), _) if sparse.compressed => "compressed data",
            (Entry::At(_), _) => "data",
            (Entry::PastEnd, _) => "past the end of the file",
            (Entry::CutOff(_), _) => "cut off by the end of the file",
            (Entry::Metadata, _) => "leads into metadata",
            (Entry::Malformed, _) => "no entry that is known",
        };
        if found.from_copy { format!("{meaning} (by the redundant table)") } else { meaning.into() }
    }
}
