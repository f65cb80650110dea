//! Where the partitions are: aligned or not, what lies between them, and what is still there of former volumes.

use super::disk::Disk;
use super::model::EntryRole;
use super::ranges::{Range, gaps};
use super::rules;
use super::table::{Faults, Table};
use super::types::Family;
use crate::finding::Finding;
use crate::limits;
use crate::structure::size_text;

/// Where Windows and Linux put the first partition: now, and on disks with tracks of 63 sectors.
pub(super) const USUAL_STARTS: [u64; 2] = [2048 * 512, 63 * 512];

/// Physical sectors of current disks. Partitions that start elsewhere in them make writes slow.
const ALIGNMENT_BYTES: u64 = 4096;

/// Gaps up to this size are left on purpose: for alignment, boot loaders and the database of dynamic disks.
const GAP_BYTES: u64 = 1 << 20;

/// Whether the partitions start at the beginning of a physical sector.
pub(super) fn check_alignment(disk: &Disk, table: &mut Table) {
    // The machines of the other schemes had disks with cylinders, and no sectors within sectors.
    if disk.is_iso() || !matches!(table.scheme, "mbr" | "gpt" | "hybrid") {
        return;
    }
    let mut faults = Faults::new(&rules::general::UNALIGNED, None);
    let unit = ALIGNMENT_BYTES / u64::from(table.sector_bytes);
    for declared in &table.partitions {
        let start = declared.start();
        let counts = declared.entry.role == EntryRole::Partition
            && !matches!(declared.family, Family::Protective | Family::Reserved | Family::DynamicDisk);
        if counts && start % unit != 0 {
            let node = declared.entry.structure.as_deref().and_then(|key| table.node(key));
            let old = if start == 63 { ", as disks were partitioned until Windows Vista" } else { "" };
            faults.hit(node, None, || {
                format!("partition {} starts at sector {start}{old}", declared.entry.index)
            });
        }
    }
    table.add_faults(faults);
}

/// Lists what no partition takes, and what is still there of former volumes.
pub(super) fn check_gaps(disk: &Disk, table: &mut Table) {
    let special = |family| matches!(family, Family::Protective | Family::DynamicDisk);
    let is_special = table.partitions.iter().any(|declared| special(declared.family));
    if disk.is_iso() || is_special || table.partitions.is_empty() {
        return;
    }
    let ranges: Vec<Range> = (table.partitions.iter().enumerate())
        .filter(|(_, declared)| declared.is_top() && declared.family != Family::Whole)
        .map(|(owner, declared)| Range { start: declared.start(), end: declared.end(), owner })
        .collect();
    let (first, end) = table.usable;
    let free = gaps(ranges, first, end);
    let wide: Vec<(u64, u64)> =
        free.iter().copied().filter(|(from, to)| table.guest(0, to - from).1 > GAP_BYTES).collect();
    if let (Some((low, _)), Some((_, high))) = (wide.first(), wide.last()) {
        let told: Vec<String> = (wide.iter().take(limits::PLACES))
            .map(|(from, to)| format!("{from} to {} ({})", to - 1, size_text(table.guest(0, to - from).1)))
            .collect();
        let detail = format!("no partition takes sectors {}", told.join(", "));
        let (offset, length) = table.guest(*low, high - low);
        let mut finding = Finding::new(&rules::general::GAP, detail).guest(offset, length);
        finding.count = wide.len() as u64;
        table.findings.add(finding);
    }
    for offset in USUAL_STARTS {
        let sector = offset / u64::from(table.sector_bytes);
        let Some((_, to)) = free.iter().find(|(from, to)| (*from..*to).contains(&sector)) else { continue };
        let (_, length) = table.guest(0, to - sector);
        add_remains(disk, table, offset, length);
    }
}

/// Mentions a volume that begins where no table leads.
pub(super) fn add_remains(disk: &Disk, table: &mut Table, offset: u64, length: u64) {
    if length == 0 || offset >= disk.size() {
        return;
    }
    let Some(volume) = disk.volume_at(offset, length, "remains").volume else { return };
    let label = volume.label.as_deref().map_or_else(String::new, |label| format!(" labelled {label:?}"));
    let detail = format!(
        "a {} volume{label} begins at sector {}, where no partition is",
        volume.kind,
        offset / u64::from(table.sector_bytes)
    );
    let place = crate::structure::span_at(&**disk.bytes(), offset, 512);
    let finding = Finding::new(&rules::general::VOLUME_REMAINS, detail).place(place);
    table.findings.add(finding.guest(offset, volume.size_bytes.unwrap_or(length).min(length)));
}
