//! Reads the tables of a disk that is partitioned by its MBR, and checks them.

use super::geometry::{self, Chs};
use super::{MasterBootRecord, Mbr, PartitionEntry, ebr, entry_key};
use crate::finding::Finding;
use crate::partition::disk::Disk;
use crate::partition::ranges::overlaps;
use crate::partition::table::{Faults, Table};
use crate::partition::types;
use crate::partition::{boot, gpt, rules};
use crate::structure::{Node, size_text};

/// How far an entry of an ISO hybrid may reach past the end: such images are padded to whole cylinders, not always.
const ISO_SLACK_BYTES: u64 = 1 << 20;

/// Reads the tables of a disk that is partitioned by its MBR.
pub(in crate::partition) fn read(disk: &Disk) -> Option<Table> {
    let mbr = Mbr::of(disk)?;
    if !mbr.is_table(disk) {
        return None;
    }
    let mut table = Table::new("mbr", mbr.sector_bytes(disk));
    let last = disk.sectors(table.sector_bytes);
    table.usable = (1, last);
    table.disk_id = Some(format!("0x{:08x}", mbr.record.disk_signature));
    table.nodes = mbr.nodes(disk, MasterBootRecord::LAYOUT.title);
    for (number, entry) in mbr.used() {
        entry.declare(&mut table, number, None, entry.start(), &entry_key(number));
    }
    check_record(disk, &mbr, &mut table);
    for (number, entry) in mbr.used().filter(|(_, entry)| entry.type_id != types::PROTECTIVE) {
        check_entry(disk, number, entry, &mut table);
    }
    for overlap in overlaps(mbr.ranges()) {
        let (start, sectors) = (overlap.start, overlap.end - overlap.start);
        let detail = format!(
            "partitions {} and {} both have sectors {start} to {}",
            overlap.first,
            overlap.second,
            overlap.end - 1
        );
        let (offset, length) = table.guest(start, sectors);
        let key = entry_key(u32::try_from(overlap.second).unwrap_or(0));
        let place = table.node(&key).and_then(|node| node.span);
        let finding =
            Finding::new(&rules::mbr::ENTRY_OVERLAP, detail).on(key).place(place).guest(offset, length);
        table.add_unless_iso(disk, finding);
    }
    check_chs(&mbr, &mut table);
    let containers: Vec<ebr::Container> = mbr
        .used()
        .filter(|(_, entry)| entry.is_extended())
        .map(|(index, entry)| ebr::Container { index, start: entry.start(), end: entry.end() })
        .collect();
    ebr::read(disk, &containers, &mut table);
    if let Some(finding) = gpt::remains(disk).filter(|_| mbr.protective().is_none()) {
        table.add_unless_iso(disk, finding);
    }
    Some(table)
}

/// What concerns the record as a whole.
fn check_record(disk: &Disk, mbr: &Mbr, table: &mut Table) {
    let record = table.node("mbr@0").cloned();
    let about = |finding: Finding, field: &str| match &record {
        Some(record) => finding.field(record, field),
        None => finding,
    };
    if !mbr.is_signed() {
        let found = crate::structure::hex_bytes(&mbr.record.signature, 2);
        let detail =
            format!("bytes 510 and 511 are {found} instead of 55 aa, but the entries lead to volumes");
        let finding = Finding::new(&rules::mbr::SIGNATURE_MISSING, detail).expected("55 aa", found);
        table.findings.add(about(finding, "signature"));
    }
    if table.sector_bytes != 512 {
        let detail = format!("the entries lead to volumes when a sector has {} bytes", table.sector_bytes);
        table.findings.add(about(Finding::new(&rules::general::SECTOR_SIZE, detail), "entries"));
    }
    let active: Vec<String> = (mbr.used())
        .filter(|(_, entry)| entry.boot_indicator == 0x80)
        .map(|(number, _)| number.to_string())
        .collect();
    if active.len() > 1 {
        let detail = format!("partitions {} are marked active", active.join(" and "));
        let finding = about(Finding::new(&rules::mbr::SEVERAL_ACTIVE, detail), "entries");
        table.add_unless_iso(disk, finding);
    }
    let has_code = boot::looks_for_active(&mbr.record.boot_code);
    // ISO hybrids mark an entry that is otherwise empty.
    let any_marked = mbr.entries.iter().any(|entry| entry.boot_indicator == 0x80);
    if !any_marked && has_code && mbr.ordinary().next().is_some() {
        let detail = "there is boot code, but no partition is marked active";
        table.findings.add(about(Finding::new(&rules::mbr::NONE_ACTIVE, detail), "boot_code"));
    }
    let has_windows = mbr.used().any(|(_, entry)| entry.type_id == 0x07);
    if mbr.record.disk_signature == 0 && has_windows {
        let detail = "the disk signature is 0, and there is a partition of type 0x07";
        table.findings.add(about(Finding::new(&rules::mbr::NO_DISK_SIGNATURE, detail), "disk_signature"));
    }
    let extended = mbr.used().filter(|(_, entry)| entry.is_extended()).count();
    if extended > 1 {
        let detail = format!("{extended} of the four entries are extended partitions");
        table.findings.add(about(Finding::new(&rules::mbr::SEVERAL_EXTENDED, detail), "entries"));
    }
    // Where the GPT would be is unknown as long as a parent or an extent is missing.
    let is_known = disk.is_readable(512) && disk.is_readable((disk.sectors(512) - 1) * 512);
    if let Some((number, entry)) = mbr.protective().filter(|_| is_known) {
        let detail = format!(
            "entry {number} protects a GPT of {} sectors, but neither copy of a GPT was found",
            entry.sector_count
        );
        let finding = Finding::new(&rules::mbr::PROTECTIVE_ORPHAN, detail);
        let node = table.node(&entry_key(number)).cloned();
        table.findings.add(match node {
            Some(node) => finding.field(&node, "type_id"),
            None => finding,
        });
    }
    let halves = || mbr.numbered().filter(|(_, entry)| (entry.type_id == 0) != (entry.sector_count == 0));
    for (number, entry) in halves() {
        let detail =
            format!("entry {number} has type 0x{:02x} and {} sectors", entry.type_id, entry.sector_count);
        let mut faults = Faults::new(&rules::mbr::HALF_EMPTY, None);
        faults.hit(table.node(&entry_key(number)), None, || detail);
        if let Some(finding) = faults.finding() {
            table.add_unless_iso(disk, finding);
        }
    }
    let mut invalid = Faults::new(&rules::mbr::BOOT_INDICATOR, Some("boot_indicator"));
    for (number, entry) in mbr.numbered().filter(|(_, entry)| !matches!(entry.boot_indicator, 0 | 0x80)) {
        invalid.hit(table.node(&entry_key(number)), None, || {
            format!("entry {number} has boot indicator 0x{:02x}", entry.boot_indicator)
        });
    }
    table.add_faults(invalid);
}

/// What concerns one used entry that is no protective one.
fn check_entry(disk: &Disk, number: u32, entry: &PartitionEntry, table: &mut Table) {
    let last = disk.sectors(table.sector_bytes);
    let Some(node) = table.node(&entry_key(number)).cloned() else { return };
    if entry.first_sector == 0 {
        let detail = format!("partition {number} starts at sector 0");
        let finding = Finding::new(&rules::mbr::COVERS_TABLE, detail).field(&node, "first_sector");
        table.add_unless_iso(disk, finding);
    }
    if let Some(finding) = past_end(disk, table, number, entry.start(), entry.sectors(), &node) {
        let (_, excess) = table.guest(0, entry.end() - last);
        if disk.is_iso() && excess <= ISO_SLACK_BYTES {
            table.add_unless_iso(disk, finding);
        } else {
            table.findings.add(finding);
        }
    }
}

/// Whether those sectors reach past the end of the disk.
pub(super) fn past_end(
    disk: &Disk,
    table: &Table,
    number: u32,
    start: u64,
    sectors: u64,
    node: &Node,
) -> Option<Finding> {
    let last = disk.sectors(table.sector_bytes);
    let end = start.checked_add(sectors).filter(|end| *end > last)?;
    let (_, missing) = table.guest(0, end - last.max(start));
    let detail = format!(
        "partition {number} has sectors {start} to {}, but the disk has {last}: {} of the partition are missing",
        end - 1,
        size_text(missing)
    );
    let (offset, length) = table.guest(start, sectors);
    Some(
        Finding::new(&rules::mbr::ENTRY_PAST_END, detail)
            .arg("partition", number)
            .expected(format!("at most {last}"), end)
            .field(node, "sector_count")
            .guest(offset, length),
    )
}

/// Whether one geometry explains all CHS values.
fn check_chs(mbr: &Mbr, table: &mut Table) {
    let pairs: Vec<(Chs, u64)> = mbr
        .ordinary()
        .flat_map(|(_, entry)| {
            [
                (Chs::from_bytes(entry.first_chs), entry.start()),
                (Chs::from_bytes(entry.last_chs), entry.end().saturating_sub(1)),
            ]
        })
        .collect();
    if !geometry::agrees(&pairs) {
        let detail = "no number of heads and sectors per track turns all of these CHS values into the sector numbers beside them";
        let place = table.node("mbr@0").and_then(|node| node.field_span("entries"));
        table.findings.add(Finding::new(&rules::mbr::CHS, detail).on("mbr@0").place(place));
    }
}
