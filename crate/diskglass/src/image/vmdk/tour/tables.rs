//! The steps of a tour through the grain directory and the grain tables.

use super::super::grain::{Kind, Sparse, TablePlace};
use super::super::header::SECTOR;
use super::super::map::directory_sums;
use super::number;
use crate::bytes::ReadError;
use crate::image::tour::{ENTRIES_SHOWN, Reading};
use crate::image::{Step, Topic, TourStep};
use crate::structure::{Endian, Node};

/// What the directory and the tables look like.
pub(super) fn table_steps(
    sparse: &Sparse,
    header: Option<&Node>,
    inside: u64,
) -> Result<Vec<TourStep>, ReadError> {
    let geometry = sparse.geometry;
    let mut steps = Vec::new();
    let Some(directory) = sparse.directory.or(sparse.copy) else { return Ok(steps) };
    let encoded = matches!(sparse.kind, Kind::SeSparse(_));
    let text = if encoded {
        "Tables come in two levels. The grain directory has one entry per grain table. Its lower 32 bits are the number of \
         the table, counted from 0 at the beginning of the tables' area; the upper half is 0x10000000 as a sign that there \
         is one. The entry 0 means that none of the table's grains is there."
    } else {
        "Tables come in two levels. The grain directory has one entry of four bytes per grain table, and the entry is the \
         sector where that table begins. The entry 0 means that there is no table, and so none of its grains. Nearly all \
         products write the directory and its tables twice, so that one can replace the other."
    };
    let width = geometry.entry_bytes;
    let at = directory.offset;
    let place = sparse.span(at, directory.entries * width).filter(|place| place.length > 0);
    let mut step = TourStep::new(Topic::Table, "The grain directory", text).at(place);
    let field = if encoded { "grain_dir_offset" } else { "gd_offset" };
    let begins = "byte where the directory begins";
    let copy_begins = "byte where the redundant directory begins";
    for (found, field, what) in [(sparse.directory, field, begins), (sparse.copy, "rgd_offset", copy_begins)]
    {
        let Some(found) = found else { continue };
        let sector = found.offset / SECTOR;
        if header.and_then(|header| number(header, field)) != Some(sector) {
            step = step.reading([Reading::known(
                field,
                sector,
                "The header does not say so: it was found elsewhere.",
            )]);
        }
        step = step.sum(what, format!("{sector} × 512"), Some(found.offset));
    }
    for (table, raw) in (0..).zip(sparse.directory_chunk(directory, 0, ENTRIES_SHOWN)?) {
        let meaning = if raw == 0 { "There is no such table." } else { "Where the grain table is." };
        let place = sparse.span(at + table * width, width);
        step = step.reading([Reading::number(format!("entry {table}"), place, Endian::Little, raw, meaning)]);
    }
    steps.push(step);
    let table = inside / geometry.grain_bytes() / geometry.table_entries;
    let (own, copy) = sparse.directory_entries(table)?;
    let (at, followed, raw) = match sparse.table(table)? {
        TablePlace::Primary(at) => (at, sparse.directory, own),
        TablePlace::Copy(at, _) => (at, sparse.copy, copy),
        TablePlace::Absent | TablePlace::Invalid => return Ok(steps),
    };
    let led = directory_sums(Step::new("", ""), sparse, followed, table, raw.unwrap_or(0));
    let text = if encoded {
        "A grain table has one entry of eight bytes per grain of the disk. The first hexadecimal digit is its kind: 0 \
         nothing, 1 given back by the guest, 2 zeros, 3 a grain. In an entry of kind 3 the three digits that follow are \
         the lower 12 bits of the grain's number and all others stand for the bits above."
    } else {
        "A grain table has one entry of four bytes per grain of the disk. The entry is the sector of the file where the \
         grain begins. The entry 0 means that the grain is not there: the guest reads zeros, or what the parent has. The \
         entry 1 means zeros, whatever a parent has: no grain can begin in sector 1."
    };
    let mut step = TourStep::new(Topic::Table, "A grain table", text)
        .here(format!("This is table {table}, the one that leads to the sector looked for below."))
        .at(sparse.span(at, geometry.table_bytes()))
        .reading(led.readings);
    step.sums = led.sums;
    let first = table * geometry.table_entries;
    let grains = sparse.grains(first, geometry.grains_of(table))?;
    let entries: Vec<(u64, u64, u64)> = (0..)
        .zip(&grains)
        .filter_map(|(index, found)| found.counting().map(|(raw, at)| (index, raw, at)))
        .filter(|(index, _, entry)| *entry == at + width * index)
        .collect();
    let entry = |(index, raw, at): (u64, u64, u64)| {
        let meaning = match raw {
            0 => "The grain is not in this file.",
            1 if !encoded => "The grain is all zeros.",
            _ => "Where the grain begins.",
        };
        Reading::number(format!("entry {index}"), sparse.span(at, width), Endian::Little, raw, meaning)
    };
    let shown = usize::try_from(ENTRIES_SHOWN).unwrap_or(0);
    steps.push(step.reading(entries.iter().take(shown).copied().map(entry)));
    if let Some((index, raw, at)) = entries.iter().copied().find(|(_, raw, _)| *raw == 0) {
        let text = "Only grains that the guest has written to take place in the file. The entry of any other is 0: sector 0 \
                    holds the header, so no grain can begin there.";
        let step = TourStep::new(Topic::Empty, "A grain that is not there", text)
            .here(format!("Entry {index} is the first of that kind in this table."))
            .at(sparse.span(at, width))
            .sum("byte of the entry", format!("{} + {width} × {index}", at - width * index), Some(at));
        steps.push(step.reading([entry((index, raw, at))]));
    }
    steps.extend(copy_step(sparse, table)?);
    Ok(steps)
}

/// The second set of tables.
fn copy_step(sparse: &Sparse, table: u64) -> Result<Option<TourStep>, ReadError> {
    let (Some(copy), Some(_)) = (sparse.copy, sparse.directory) else { return Ok(None) };
    let width = sparse.geometry.entry_bytes;
    let at = copy.offset + width * table;
    let (_, Some(raw)) = sparse.directory_entries(table)? else { return Ok(None) };
    let place = sparse.span(at, width);
    let meaning = "The sector of the redundant grain table.";
    let step = TourStep::new(
        Topic::Copies,
        "Two sets of tables",
        "Directory and grain tables are there twice. The redundant directory leads to tables of its own, whose entries are \
         the same as those of the first set: both lead to the same grains. Where one set is damaged, the other one helps. \
         The header is there only once.",
    )
    .at(sparse.span(copy.offset, copy.entries * width).filter(|place| place.length > 0))
    .sum("byte of the entry", format!("{} + {width} × {table}", copy.offset), Some(at))
    .reading([Reading::number(format!("redundant entry {table}"), place, Endian::Little, raw, meaning)]);
    Ok(Some(step.sum(
        "byte where the redundant table begins",
        format!("{raw} × 512"),
        raw.checked_mul(SECTOR),
    )))
}
