//! The structures of the grain directories and tables of one extent, and the checks that need no more than the
//! directories.

use super::grain::{Directory, Sparse};
use super::header::{GD_AT_END, SECTOR, SparseHeader};
use super::rules;
use super::tables::{DIRECTORY, GRAINS, Member};
use crate::bytes::ReadError;
use crate::finding::{Finding, Findings, Rule, Tally};
use crate::structure::{Node, Role, State};

const REDUNDANT: &str = "vmdk.redundant-grain-directory";

/// Checks a header's word on its directories against what could be read of them; `node` is the header's.
pub(super) fn check_places(
    header: &SparseHeader,
    sparse: Option<&Sparse>,
    size: u64,
    node: &Node,
    findings: &mut Findings,
) {
    let Some(geometry) = header.geometry() else { return };
    let bytes = geometry.tables.saturating_mul(4);
    let range = |sector: u64| {
        let start = sector.checked_mul(SECTOR)?;
        let end = start.checked_add(bytes)?;
        (sector != 0 && end <= size).then_some(start..end)
    };
    let used = |found: Option<&Directory>| match found {
        Some(found) => format!("{} of its {} entries are in the file", found.entries.len(), geometry.tables),
        None => "none of it is in the file".into(),
    };
    let primary = range(header.gd_offset);
    let copy = range(header.rgd_offset).filter(|_| header.has_copy());
    if primary.is_none() && header.gd_offset != GD_AT_END {
        let instead = match copy {
            Some(_) => "; the redundant directory is there and is used",
            None => "",
        };
        let there = used(sparse.and_then(|sparse| sparse.directory.as_ref()));
        let detail = format!(
            "{} entries at sector {} ought to lie in {size} bytes; {there}{instead}",
            geometry.tables, header.gd_offset
        );
        findings.add(Finding::new(&rules::DIRECTORY_OUTSIDE, detail).field(node, "gd_offset"));
        if bytes > size {
            let detail = format!(
                "{} sectors need a directory of {bytes} bytes, the whole file has {size}",
                header.capacity
            );
            findings.add(Finding::new(&rules::CAPACITY_HUGE, detail).field(node, "capacity"));
        }
    }
    if header.has_copy() && copy.is_none() {
        let there = used(sparse.and_then(|sparse| sparse.copy.as_ref()));
        let detail = format!("the redundant directory ought to be at sector {}; {there}", header.rgd_offset);
        findings.add(Finding::new(&rules::COPY_OUTSIDE, detail).field(node, "rgd_offset"));
    }
    if let (Some(primary), Some(copy)) = (&primary, &copy)
        && primary.start < copy.end
        && copy.start < primary.end
    {
        let detail =
            format!("one is at sector {}, the other at sector {}", header.gd_offset, header.rgd_offset);
        findings.add(Finding::new(&rules::COPY_OVERLAPS, detail).field(node, "rgd_offset"));
    }
    if let Some(text) = header.descriptor_range(size) {
        let met = [
            (0..SECTOR, "the header"),
            (primary.unwrap_or(0..0), "the grain directory"),
            (copy.unwrap_or(0..0), "the redundant grain directory"),
        ];
        let tables = sparse.is_some_and(|sparse| {
            let (start, end) = (text.start / SECTOR, text.end.div_ceil(SECTOR));
            let length = geometry.table_sectors();
            let hits = |found: &Directory| {
                (found.entries.iter())
                    .map(|entry| u64::from(*entry))
                    .any(|at| at != 0 && at < end && start < at + length)
            };
            [&sparse.directory, &sparse.copy].into_iter().flatten().any(hits)
        });
        let what = (met.into_iter())
            .find(|(range, _)| range.start < text.end && text.start < range.end)
            .map(|(_, what)| what)
            .or(tables.then_some("a grain table"));
        if let Some(what) = what {
            let detail =
                format!("bytes {} to {} are the descriptor's and lie on {what}", text.start, text.end - 1);
            findings.add(Finding::new(&rules::DESCRIPTOR_OVERLAP, detail).field(node, "descriptor_offset"));
        }
    }
    if let Some(sparse) = sparse.filter(|_| !header.is_compressed()) {
        let end = sparse.metadata.last().map_or(0, |range| range.end);
        if header.over_head < end && header.gd_offset < header.over_head {
            let detail =
                format!("{} sectors are said, the last grain table ends at sector {end}", header.over_head);
            findings.add(Finding::new(&rules::OVERHEAD, detail).field(node, "over_head"));
        }
        let start = if header.descriptor_offset == 0 { 1 } else { header.descriptor_size.saturating_add(1) };
        let tables = geometry.tables.saturating_mul(geometry.table_sectors());
        let each = geometry.directory_sectors().saturating_add(tables);
        let usual = if header.has_copy() { start.saturating_add(each) } else { start };
        let usual_copy = !header.has_copy() || header.rgd_offset == start;
        if header.gd_offset != usual || !usual_copy {
            let detail = format!(
                "the grain directory is at sector {}, the redundant one at sector {}",
                header.gd_offset, header.rgd_offset
            );
            findings.add(Finding::new(&rules::LAYOUT_UNUSUAL, detail).field(node, "gd_offset"));
        }
    }
}

/// Adds the structures of the directories and tables.
pub(super) fn nodes(member: &Member, header: &SparseHeader, nodes: &mut Vec<Node>) {
    let sparse = &member.sparse;
    let geometry = sparse.geometry;
    let expected = geometry.tables;
    let suffix = &member.suffix;
    let mut add = |found: &Option<Directory>,
                   offset: u64,
                   role: Role,
                   key: String,
                   tables: String,
                   title: &str| {
        let state = match found {
            Some(found) if found.entries.len() as u64 == sparse.tables && sparse.tables <= expected => {
                State::Ok
            }
            Some(_) => State::Truncated,
            None => State::Absent,
        };
        let span = found
            .as_ref()
            .and_then(|_| sparse.span(offset.saturating_mul(SECTOR), expected.saturating_mul(4)));
        let what = match role {
            Role::Backup => {
                "A second directory that leads to tables of its own, with the same content as the first ones."
            }
            _ => "A sector number per grain table.",
        };
        nodes.push(
            Node::area("vmdk.grain-directory", key.clone(), title, span).role(role).state(state).note(what),
        );
        let Some(found) = found else { return };
        let (span, together) = tables_span(sparse, found);
        let note = if together {
            "A sector number per grain; these tables lie one after the other."
        } else {
            "A sector number per grain. The tables are spread over the file; this is the first one."
        };
        if span.is_some() {
            let title = if role == Role::Backup { "Redundant grain tables" } else { "Grain tables" };
            nodes
                .push(Node::area("vmdk.grain-tables", tables, title, span).role(role).note(note).within(key));
        }
    };
    if header.has_copy() {
        add(
            &sparse.copy,
            header.rgd_offset,
            Role::Backup,
            format!("{REDUNDANT}{suffix}"),
            format!("vmdk.redundant-grain-tables{suffix}"),
            "Redundant grain directory",
        );
    }
    add(
        &sparse.directory,
        header.gd_offset,
        Role::Primary,
        format!("{DIRECTORY}{suffix}"),
        format!("{GRAINS}{suffix}"),
        "Grain directory",
    );
}

/// Where the tables of a directory lie, and whether they lie one after the other.
fn tables_span(sparse: &Sparse, found: &Directory) -> (Option<crate::bytes::Span>, bool) {
    let length = sparse.geometry.table_sectors();
    let mut tables =
        found.entries.iter().filter(|entry| sparse.is_table(**entry)).map(|entry| u64::from(*entry));
    let Some(first) = tables.next() else { return (None, false) };
    let mut count = 1;
    let mut together = true;
    for at in tables {
        together = together && at == first + count * length;
        count += 1;
    }
    let count = if together { count } else { 1 };
    (sparse.span(first * SECTOR, count * length * SECTOR), together)
}

/// Checks the entries of both directories.
pub(super) fn check_entries(member: &Member, findings: &mut Findings) -> Result<(), ReadError> {
    let sparse = &member.sparse;
    let geometry = sparse.geometry;
    let per_table = geometry.table_entries;
    let key = member.directory_key();
    let copy_key = format!("{REDUNDANT}{}", member.suffix);
    let size = sparse.bytes.size();
    let mut past_end = Tally::new(&rules::GDE_PAST_END);
    let mut copy_past_end = Tally::new(&rules::COPY_GDE_PAST_END);
    let mut overlap = Tally::new(&rules::GDE_OVERLAP);
    let mut zero = Tally::new(&rules::GDE_ZERO);
    let mut presence = Tally::new(&rules::COPY_PRESENCE);
    let mut same = Tally::new(&rules::COPY_SAME_TABLE);
    let mut replaced = 0_u64;
    let both = sparse.directory.is_some() && sparse.copy.is_some();
    for table in 0..sparse.tables {
        let (entry, copy) = sparse.directory_entries(table);
        let guest = member.guest_range(table.saturating_mul(per_table), per_table);
        let place =
            |of: &Option<Directory>| of.as_ref().and_then(|found| sparse.span(found.offset + table * 4, 4));
        let primary_place = || place(&sparse.directory);
        match entry {
            Some(0) if !sparse.compressed => {
                zero.hit(primary_place(), guest, || format!("entry {table} is 0"));
            }
            Some(0) | None => {}
            Some(entry) if !sparse.is_inside(entry) => {
                past_end.hit(primary_place(), guest, || {
                    format!("entry {table} is sector {entry}: a grain table there would end past the end of the file ({size} bytes)")
                });
                replaced += u64::from(copy.is_some_and(|copy| sparse.is_table(copy)));
            }
            Some(entry) if sparse.is_on_fixed(entry) => {
                overlap.hit(primary_place(), guest, || {
                    format!("entry {table} is sector {entry}, where the header, the descriptor or a directory lies")
                });
                replaced += u64::from(copy.is_some_and(|copy| sparse.is_table(copy)));
            }
            Some(_) => {}
        }
        match copy {
            Some(0) | None => {}
            Some(copy) if !sparse.is_inside(copy) => {
                copy_past_end.hit(place(&sparse.copy), None, || {
                    format!("entry {table} of the redundant directory is sector {copy}: a grain table there would end past the end of the file ({size} bytes)")
                });
            }
            Some(copy) if sparse.is_on_fixed(copy) => {
                overlap.hit(place(&sparse.copy), None, || {
                    format!("entry {table} of the redundant directory is sector {copy}, where the header, the descriptor or a directory lies")
                });
            }
            Some(_) => {}
        }
        if let (true, Some(entry), Some(copy)) = (both, entry, copy) {
            if (entry == 0) != (copy == 0) {
                presence.hit(primary_place(), guest, || {
                    format!("entry {table} is {entry}, the redundant directory has {copy}")
                });
            } else if entry == copy && entry != 0 {
                same.hit(primary_place(), guest, || {
                    format!("entry {table} of both directories leads to sector {entry}")
                });
            }
        }
    }
    crossed(member, &mut overlap);
    let mut add = |tally: Tally, key: &str, more: String| {
        if let Some(mut finding) = tally.finding(key) {
            finding.detail.push_str(&more);
            findings.add(finding);
        }
    };
    let instead = match replaced {
        0 => String::new(),
        count => format!("; the redundant directory's tables are used instead for {count}"),
    };
    add(past_end, &key, instead);
    add(copy_past_end, &copy_key, String::new());
    add(overlap, &key, String::new());
    add(zero, &key, String::new());
    add(presence, &copy_key, String::new());
    add(same, &copy_key, String::new());
    for (found, key) in [(&sparse.directory, &key), (&sparse.copy, &copy_key)] {
        let Some(found) = found.as_ref().filter(|found| found.entries.len() as u64 == geometry.tables) else {
            continue;
        };
        let start = found.offset + geometry.tables * 4;
        let room = (found.offset + geometry.directory_sectors() * SECTOR).saturating_sub(start);
        let tail = sparse.bytes.read_up_to(start, usize::try_from(room).unwrap_or(0))?;
        let strange = tail.iter().filter(|byte| **byte != 0).count();
        if strange > 0 {
            let detail =
                format!("{strange} of {room} bytes after entry {} are not zero", geometry.tables - 1);
            findings.add(
                Finding::new(&rules::DIRECTORY_TAIL, detail).on(key.as_str()).place(sparse.span(start, room)),
            );
        }
    }
    if sparse.tables < geometry.tables && (found_entries(sparse)) {
        let left = geometry.tables - sparse.tables;
        let rule: &'static Rule = &rules::NOT_EXAMINED;
        findings.add(
            Finding::new(rule, format!("{left} of {} grain tables are not examined", geometry.tables))
                .on(key),
        );
    }
    Ok(())
}

/// Whether the directory has more entries in the file than were read.
fn found_entries(sparse: &Sparse) -> bool {
    sparse
        .directory
        .as_ref()
        .is_some_and(|found| (sparse.bytes.size() - found.offset) / 4 > found.entries.len() as u64)
}

/// Looks for tables of both directories that share sectors.
fn crossed(member: &Member, overlap: &mut Tally) {
    let sparse = &member.sparse;
    let length = sparse.geometry.table_sectors();
    let of = |found: &Option<Directory>, second: bool| -> Vec<(u32, bool, u32)> {
        let entries = found.as_ref().map_or(&[][..], |found| found.entries.as_slice());
        (0..)
            .zip(entries)
            .filter(|(_, entry)| sparse.is_table(**entry))
            .map(|(table, entry)| (*entry, second, table))
            .collect()
    };
    let mut all = of(&sparse.directory, false);
    all.extend(of(&sparse.copy, true));
    all.sort_unstable();
    for pair in all.windows(2) {
        let [(first, first_second, first_table), (second, second_second, second_table)] = pair else {
            continue;
        };
        let near = u64::from(*second) < u64::from(*first) + length;
        let one_table_twice = first == second && first_table == second_table && first_second != second_second;
        if !near || one_table_twice {
            continue;
        }
        let of = |second: &bool| if *second { &sparse.copy } else { &sparse.directory };
        let place = of(second_second)
            .as_ref()
            .and_then(|found| sparse.span(found.offset + u64::from(*second_table) * 4, 4));
        let per_table = sparse.geometry.table_entries;
        let guest = member.guest_range(u64::from(*second_table).saturating_mul(per_table), per_table);
        let which = |second: &bool| if *second { "redundant " } else { "" };
        overlap.hit(place, guest, || {
            format!(
                "the {}grain table {first_table} is at sector {first}, the {}grain table {second_table} at sector {second}",
                which(first_second),
                which(second_second)
            )
        });
    }
}
