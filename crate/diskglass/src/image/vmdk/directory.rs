//! The structures of the grain directories and tables of one extent, and the checks that need no more than the
//! directories.

use super::grain::{Directory, Kind, Sparse};
use super::header::{GD_AT_END, SECTOR, SparseHeader};
use super::rules;
use super::tables::Member;
use crate::bytes::ReadError;
use crate::finding::{Finding, Findings, Tally};
use crate::structure::{Keeps, Node, Role, State};

const REDUNDANT: &str = "vmdk.redundant-grain-directory";

/// Checks a header's word on its directories against what could be read of them; `node` is the header's.
pub(super) fn check_places(
    header: &SparseHeader,
    sparse: Option<&Sparse>,
    size: u64,
    node: &Node,
    findings: &mut Findings,
) -> Result<(), ReadError> {
    let Some(geometry) = header.geometry() else { return Ok(()) };
    let bytes = geometry.directory_bytes();
    let range = |sector: u64| {
        let start = sector.checked_mul(SECTOR)?;
        let end = start.checked_add(bytes)?;
        (sector != 0 && end <= size).then_some(start..end)
    };
    let used = |found: Option<Directory>| match found {
        Some(found) => format!("{} of its {} entries are in the file", found.entries, geometry.tables),
        None => "none of it is in the file".into(),
    };
    let primary = range(header.gd_offset);
    let copy = range(header.rgd_offset).filter(|_| header.has_copy());
    if primary.is_none() && header.gd_offset != GD_AT_END {
        let instead = match copy {
            Some(_) => "; the redundant directory is there and is used",
            None => "",
        };
        let there = used(sparse.and_then(|sparse| sparse.directory));
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
        let there = used(sparse.and_then(|sparse| sparse.copy));
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
        let on_table = |sparse: &Sparse| -> Result<bool, ReadError> {
            let (start, end) = (text.start / SECTOR, text.end.div_ceil(SECTOR));
            let length = geometry.table_sectors();
            let mut hit = false;
            for directory in [sparse.directory, sparse.copy].into_iter().flatten() {
                each_entry(sparse, directory, |_, at| hit |= at != 0 && at < end && start < at + length)?;
            }
            Ok(hit)
        };
        let tables = match sparse {
            Some(sparse) => on_table(sparse)?,
            None => false,
        };
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
    Ok(())
}

/// Calls `with` for every examined entry of a directory: the number of the table, and the entry.
fn each_entry(
    sparse: &Sparse,
    directory: Directory,
    mut with: impl FnMut(u64, u64),
) -> Result<(), ReadError> {
    let mut table = 0;
    while table < sparse.examined.min(directory.entries) {
        for entry in sparse.directory_chunk(directory, table, sparse.examined)? {
            with(table, entry);
            table += 1;
        }
    }
    Ok(())
}

/// Adds the structures of the directories and tables; `redundant` is whether there ought to be a second directory.
pub(super) fn nodes(member: &Member, redundant: bool, nodes: &mut Vec<Node>) -> Result<(), ReadError> {
    let suffix = &member.suffix;
    if redundant {
        add(
            member,
            member.sparse.copy,
            Role::Backup,
            (format!("{REDUNDANT}{suffix}"), "Redundant grain directory"),
            (member.redundant_tables_key(), "Redundant grain tables"),
            nodes,
        )?;
    }
    add(
        member,
        member.sparse.directory,
        Role::Primary,
        (member.directory_key(), "Grain directory"),
        (member.tables_key(), "Grain tables"),
        nodes,
    )
}

/// Adds one directory and its tables, each with its key and title.
fn add(
    member: &Member,
    found: Option<Directory>,
    role: Role,
    directory: (String, &str),
    tables: (String, &str),
    nodes: &mut Vec<Node>,
) -> Result<(), ReadError> {
    let sparse = &member.sparse;
    let expected = sparse.geometry.tables;
    let (key, title) = directory;
    let state = match found {
        Some(found) if found.entries == expected => State::Ok,
        Some(_) => State::Truncated,
        None => State::Absent,
    };
    let span = found.and_then(|found| sparse.span(found.offset, sparse.geometry.directory_bytes()));
    let what = match (role, &sparse.kind) {
        (Role::Backup, _) => {
            "A second directory that leads to tables of its own, with the same content as the first ones."
        }
        (_, Kind::SeSparse(_)) => {
            "An entry of 8 bytes per grain table: its number in the area of the tables."
        }
        _ => "A sector number per grain table.",
    };
    nodes.push(
        Node::area("vmdk.grain-directory", key.clone(), title, span)
            .role(role)
            .state(state)
            .note(what)
            .keeping(Keeps::Tables),
    );
    let Some(found) = found else { return Ok(()) };
    let (span, together) = match &sparse.kind {
        Kind::SeSparse(areas) => {
            let start = areas.tables.start.saturating_mul(SECTOR);
            (sparse.span(start, areas.tables.end.saturating_mul(SECTOR).saturating_sub(start)), true)
        }
        Kind::Hosted | Kind::Cowd => tables_span(sparse, found)?,
    };
    let note = match (&sparse.kind, together) {
        (Kind::SeSparse(_), _) => {
            "An entry of 8 bytes per grain; the tables are taken in the order in which they are needed."
        }
        (_, true) => "A sector number per grain; these tables lie one after the other.",
        (_, false) => {
            "A sector number per grain. The tables are spread over the file; this is the first one."
        }
    };
    // Where the redundant tables are all that is left, the others are missed.
    let missed = span.is_none() && role == Role::Primary && sparse.copy.is_some();
    if span.is_some() || missed {
        let (tables_key, title) = tables;
        let state = if missed { State::Absent } else { State::Ok };
        let area = Node::area("vmdk.grain-tables", tables_key, title, span).role(role).state(state);
        nodes.push(area.note(note).within(key).keeping(Keeps::Tables));
    }
    Ok(())
}

/// Where the tables of a directory lie, and whether they lie one after the other.
fn tables_span(
    sparse: &Sparse,
    directory: Directory,
) -> Result<(Option<crate::bytes::Span>, bool), ReadError> {
    let length = sparse.geometry.table_sectors();
    let mut first = None;
    let mut count = 0;
    let mut together = true;
    each_entry(sparse, directory, |_, at| {
        if sparse.is_table(at) {
            let start = *first.get_or_insert(at);
            together = together && at == start + count * length;
            count += 1;
        }
    })?;
    let Some(first) = first else { return Ok((None, false)) };
    let count = if together { count } else { 1 };
    Ok((sparse.span(first * SECTOR, count * length * SECTOR), together))
}

/// Equal faults in the entries of both directories.
struct Faults {
    past_end: Tally,
    copy_past_end: Tally,
    overlap: Tally,
    zero: Tally,
    presence: Tally,
    same: Tally,
    /// Entries that lead nowhere where the redundant directory leads to a table.
    replaced: u64,
}

/// Checks the entries of both directories, which are sector numbers.
pub(super) fn check_entries(member: &Member, findings: &mut Findings) -> Result<(), ReadError> {
    let sparse = &member.sparse;
    let key = member.directory_key();
    let copy_key = format!("{REDUNDANT}{}", member.suffix);
    let mut faults = Faults {
        past_end: Tally::new(&rules::GDE_PAST_END),
        copy_past_end: Tally::new(&rules::COPY_GDE_PAST_END),
        overlap: Tally::new(&rules::GDE_OVERLAP),
        zero: Tally::new(&rules::GDE_ZERO),
        presence: Tally::new(&rules::COPY_PRESENCE),
        same: Tally::new(&rules::COPY_SAME_TABLE),
        replaced: 0,
    };
    let mut table = 0;
    while table < sparse.examined {
        let chunk = |directory: Option<Directory>| match directory {
            Some(directory) => sparse.directory_chunk(directory, table, sparse.examined),
            None => Ok(Vec::new()),
        };
        let (own, copy) = (chunk(sparse.directory)?, chunk(sparse.copy)?);
        let count = own.len().max(copy.len());
        if count == 0 {
            break;
        }
        for index in 0..count {
            faults.check(member, table, own.get(index).copied(), copy.get(index).copied());
            table += 1;
        }
    }
    crossed(member, &mut faults.overlap)?;
    let mut add = |tally: Tally, key: &str, more: String| {
        if let Some(mut finding) = tally.finding(key) {
            finding.detail.push_str(&more);
            findings.add(finding);
        }
    };
    let instead = match faults.replaced {
        0 => String::new(),
        count => format!("; the redundant directory's tables are used instead for {count}"),
    };
    add(faults.past_end, &key, instead);
    add(faults.copy_past_end, &copy_key, String::new());
    add(faults.overlap, &key, String::new());
    add(faults.zero, &key, String::new());
    add(faults.presence, &copy_key, String::new());
    add(faults.same, &copy_key, String::new());
    check_tail(sparse, sparse.directory, &key, findings)?;
    check_tail(sparse, sparse.copy, &copy_key, findings)?;
    if sparse.examined < sparse.tables {
        let left = sparse.tables - sparse.examined;
        let detail = format!("{left} of {} grain tables are not examined", sparse.geometry.tables);
        findings.add(Finding::new(&rules::NOT_EXAMINED, detail).on(key));
    }
    Ok(())
}

/// Whether the rest of a directory's last sector is empty.
fn check_tail(
    sparse: &Sparse,
    directory: Option<Directory>,
    key: &str,
    findings: &mut Findings,
) -> Result<(), ReadError> {
    let geometry = sparse.geometry;
    let Some(found) = directory.filter(|found| found.entries == geometry.tables) else { return Ok(()) };
    let start = found.offset + geometry.directory_bytes();
    let room = (found.offset + geometry.directory_sectors() * SECTOR).saturating_sub(start);
    let tail = sparse.bytes.read_up_to(start, usize::try_from(room).unwrap_or(0))?;
    let strange = tail.iter().filter(|byte| **byte != 0).count();
    if strange > 0 {
        let detail = format!("{strange} of {room} bytes after entry {} are not zero", geometry.tables - 1);
        findings.add(Finding::new(&rules::DIRECTORY_TAIL, detail).on(key).place(sparse.span(start, room)));
    }
    Ok(())
}

impl Faults {
    /// Checks what both directories say of one table.
    fn check(&mut self, member: &Member, table: u64, own: Option<u64>, copy: Option<u64>) {
        let sparse = &member.sparse;
        let size = sparse.bytes.size();
        let per_table = sparse.geometry.table_entries;
        let guest = member.guest_range(table.saturating_mul(per_table), per_table);
        let place = || sparse.directory_span(sparse.directory, table);
        let copy_place = || sparse.directory_span(sparse.copy, table);
        let replaced = u64::from(copy.is_some_and(|copy| sparse.is_table(copy)));
        match own {
            // In a link of ESX tables are made as they are needed.
            Some(0) if !sparse.compressed && sparse.kind == Kind::Hosted => {
                self.zero.hit(place(), guest, || format!("entry {table} is 0"));
            }
            Some(0) | None => {}
            Some(entry) if !sparse.is_inside(entry) => {
                self.past_end.hit(place(), guest, || {
                    format!("entry {table} is sector {entry}: a grain table there would end past the end of the file ({size} bytes)")
                });
                self.replaced += replaced;
            }
            Some(entry) if sparse.is_on_fixed(entry) => {
                self.overlap.hit(place(), guest, || {
                    format!("entry {table} is sector {entry}, where the header, the descriptor or a directory lies")
                });
                self.replaced += replaced;
            }
            Some(_) => {}
        }
        match copy {
            Some(0) | None => {}
            Some(copy) if !sparse.is_inside(copy) => {
                self.copy_past_end.hit(copy_place(), None, || {
                    format!("entry {table} of the redundant directory is sector {copy}: a grain table there would end past the end of the file ({size} bytes)")
                });
            }
            Some(copy) if sparse.is_on_fixed(copy) => {
                self.overlap.hit(copy_place(), None, || {
                    format!("entry {table} of the redundant directory is sector {copy}, where the header, the descriptor or a directory lies")
                });
            }
            Some(_) => {}
        }
        let (Some(entry), Some(copy)) = (own, copy) else { return };
        if (entry == 0) != (copy == 0) {
            self.presence.hit(place(), guest, || {
                format!("entry {table} is {entry}, the redundant directory has {copy}")
            });
        } else if entry == copy && entry != 0 {
            self.same
                .hit(place(), guest, || format!("entry {table} of both directories leads to sector {entry}"));
        }
    }
}

/// Looks for tables of both directories that share sectors.
fn crossed(member: &Member, overlap: &mut Tally) -> Result<(), ReadError> {
    let sparse = &member.sparse;
    let length = sparse.geometry.table_sectors();
    let mut all: Vec<(u64, bool, u32)> = Vec::new();
    for (directory, second) in [(sparse.directory, false), (sparse.copy, true)] {
        let Some(directory) = directory else { continue };
        each_entry(sparse, directory, |table, entry| {
            if sparse.is_table(entry) {
                all.push((entry, second, u32::try_from(table).unwrap_or(u32::MAX)));
            }
        })?;
    }
    all.sort_unstable();
    for pair in all.windows(2) {
        let [(first, first_second, first_table), (second, second_second, second_table)] = pair else {
            continue;
        };
        let one_table_twice = first == second && first_table == second_table && first_second != second_second;
        if *second >= first + length || one_table_twice {
            continue;
        }
        let table = u64::from(*second_table);
        let directory = if *second_second { sparse.copy } else { sparse.directory };
        let per_table = sparse.geometry.table_entries;
        let guest = member.guest_range(table.saturating_mul(per_table), per_table);
        let which = |second: &bool| if *second { "redundant " } else { "" };
        overlap.hit(sparse.directory_span(directory, table), guest, || {
            format!(
                "the {}grain table {first_table} is at sector {first}, the {}grain table {second_table} at sector {second}",
                which(first_second),
                which(second_second)
            )
        });
    }
    Ok(())
}
