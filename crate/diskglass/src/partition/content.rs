//! What is in the partitions, and what only shows when table and volumes are looked at together.

use super::disk::Disk;
use super::model::{EntryRole, Partitions};
use super::table::{Declared, Table};
use super::types::Family;
use super::{Outcome, boot, eltorito, gpt, layout, metadata, rules};
use crate::finding::Finding;
use crate::structure::{Node, size_text};
use crate::volume::{self, Volume};
use std::collections::BTreeMap;

/// Names of the field that says what a partition is for, in the entries of the schemes.
const TYPE_FIELDS: [&str; 4] = ["type_id", "type_guid", "tag", "fstype"];

/// How much smaller than its partition a volume may be, at least: file systems round down to whole units.
const SLACK_BYTES: u64 = 1 << 20;

/// CD images often count sectors of the lead-out that are not in the file.
const CD_SLACK_BYTES: u64 = 150 * 2048;

/// Recognises the volumes in the partitions of `table`, or the one on the disk as a whole, and makes the outcome.
pub(super) fn examine(disk: Disk, mut table: Table) -> Outcome {
    let is_partitioned = table.scheme != "none";
    let metadata = metadata::of(&table);
    let mut times = Vec::new();
    if is_partitioned {
        times = recognise(&disk, &mut table);
        check_identities(&mut table);
        layout::check_alignment(&disk, &mut table);
        layout::check_gaps(&disk, &mut table);
    }
    // An ISO hybrid is a volume as a whole, with a table in front.
    let is_whole = !is_partitioned || disk.is_iso();
    if is_whole {
        check_whole(&disk, is_partitioned, &mut table);
    }
    let images = eltorito::read(&disk, &mut table);
    check_reserved(&mut table);
    table.close_findings();
    let whole = if is_whole { disk.volume().volume.as_ref() } else { None };
    let boot = boot::facts(&disk, &table, whole, &images);
    let is_readable = disk.is_readable(0);
    let (failures, whole) = disk.into_parts();
    let mut outcome = Outcome { partitions: None, nodes: table.nodes, findings: table.findings, boot, times };
    let mut volume = None;
    if is_whole {
        volume = whole.volume;
        outcome.nodes.extend(whole.nodes);
        outcome.findings.extend(whole.findings);
        outcome.times.extend(whole.times);
    }
    outcome.findings.extend(failures);
    // Where the first sector is missing, nobody can say that there is nothing.
    let is_known = is_partitioned || volume.is_some() || is_readable;
    outcome.partitions = is_known.then(|| Partitions {
        scheme: table.scheme.into(),
        disk_id: table.disk_id,
        sector_bytes: table.sector_bytes,
        entries: table.partitions.into_iter().map(|declared| declared.entry).collect(),
        metadata,
        volume,
        dynamic: table.dynamic,
    });
    outcome
}

/// Looks into every partition that holds data; answers the times that the volumes tell.
fn recognise(disk: &Disk, table: &mut Table) -> Vec<(i64, Finding)> {
    let mut times = Vec::new();
    for at in 0..table.partitions.len() {
        let Some(declared) = table.partitions.get(at) else { continue };
        let holds_data = declared.entry.role == EntryRole::Partition
            && !matches!(declared.family, Family::Protective | Family::Reserved | Family::DynamicDisk);
        let (index, family) = (declared.entry.index, declared.family);
        let declaring = declared.entry.structure.clone();
        let (offset, length) = table.guest(declared.start(), declared.entry.sector_count);
        if !holds_data || offset >= disk.size() || length == 0 {
            continue;
        }
        let mut found = disk.volume_at(offset, length, &format!("p{index}"));
        found.check_sector(table.sector_bytes.into());
        // In a container, some formatters count from the record in front of the partition.
        if declared.entry.parent.is_none() {
            found.check_start(&[offset]);
        }
        table.nodes.extend(found.nodes.into_iter().map(|node| match &declaring {
            Some(declaring) if node.parent.is_none() => node.within(declaring),
            _ => node,
        }));
        table.findings.extend(found.findings);
        times.extend(found.times);
        if let Some(volume) = &found.volume {
            // The partition of an ISO hybrid that begins at sector 0 is the image itself.
            let is_image = disk.is_iso() && offset == 0;
            if !is_image {
                check_size(table, index, volume, (offset, length));
            }
            check_type(table, index, family, volume);
        }
        if let Some(declared) = table.partitions.get_mut(at) {
            declared.entry.volume = found.volume;
        }
    }
    times
}

/// Volumes whose UUID is that of a set of several.
const OF_SETS: [&str; 6] =
    ["linux_raid_member", "btrfs", "bcachefs", "zfs_member", "VMFS_volume_member", "storage_spaces"];

/// Looks for volumes that are copies of each other.
fn check_identities(table: &mut Table) {
    let mut seen: BTreeMap<(&str, &str), (u32, u64)> = BTreeMap::new();
    let mut twice = Vec::new();
    for declared in &table.partitions {
        let Some(volume) = &declared.entry.volume else { continue };
        let is_set = OF_SETS.contains(&volume.kind.as_str());
        let id = if is_set { volume.device_uuid.as_deref() } else { volume.uuid.as_deref() };
        let Some(id) = id else { continue };
        let own = (declared.entry.index, declared.start());
        // Two partitions that start in the same place hold the same volume.
        if let Some((other, _)) = seen.insert((&volume.kind, id), own).filter(|(_, start)| *start != own.1) {
            let detail = format!(
                "the {} volumes in partitions {other} and {} both have the identity {id}",
                volume.kind, declared.entry.index
            );
            let finding =
                Finding::new(&volume::rules::UUID_TWICE, detail).arg("partition", declared.entry.index);
            twice.push(match &volume.structure {
                Some(key) => finding.on(key.clone()),
                None => finding,
            });
        }
    }
    for finding in twice {
        table.findings.add(finding);
    }
}

/// Compares the size that the volume says with the room it has.
fn check_size(table: &mut Table, index: u32, volume: &Volume, (offset, length): (u64, u64)) {
    let Some(size) = volume.size_bytes else { return };
    let kind = &volume.kind;
    let structure = volume.structure.clone();
    let about = |finding: Finding| {
        let finding = finding.arg("partition", index).expected(length, size).guest(offset, length);
        match structure {
            Some(key) => finding.on(key),
            None => finding,
        }
    };
    if size > length {
        let detail = format!(
            "the {kind} volume in partition {index} says that it has {}, but the partition has {}: {} of it lie outside",
            size_text(size),
            size_text(length),
            size_text(size - length)
        );
        table.findings.add(about(Finding::new(&volume::rules::LARGER_THAN_PARTITION, detail)));
    } else if length - size > (length / 100).max(SLACK_BYTES) {
        let detail = format!(
            "the {kind} volume in partition {index} has {}, the partition {}",
            size_text(size),
            size_text(length)
        );
        table.findings.add(about(Finding::new(&rules::general::VOLUME_SMALLER, detail)));
    }
}

/// Compares what the type promises with what is there.
fn check_type(table: &mut Table, index: u32, family: Family, volume: &Volume) {
    if !family.contradicts(&volume.kind) {
        return;
    }
    let Some(declared) = table.partitions.iter().find(|declared| declared.entry.index == index) else {
        return;
    };
    let entry = &declared.entry;
    let name = entry.type_name.as_deref().unwrap_or("unknown");
    let detail = format!(
        "partition {index} has the type {} ({name}), but a {} volume is in it",
        entry.type_id, volume.kind
    );
    // Until 2013 and later, tools gave Linux partitions of a GPT the type of Windows' data partitions.
    let rule = if family == Family::BasicData {
        &rules::general::TYPE_SHARED
    } else {
        &rules::general::TYPE_CONTRADICTS
    };
    let mut finding = Finding::new(rule, detail).arg("partition", index).expected(name, &volume.kind);
    if let Some(key) = &entry.structure {
        let type_field =
            |node: &&Node| TYPE_FIELDS.into_iter().find(|field| node.field_span(field).is_some());
        finding = match table.node(key).map(|node| (node, type_field(&node))) {
            Some((node, Some(field))) => finding.field(node, field),
            _ => finding.on(key.clone()),
        };
    }
    table.findings.add(finding);
}

/// Whether a disk of Windows has the partition that Windows reserves for itself.
fn check_reserved(table: &mut Table) {
    let is_windows = |declared: &Declared| {
        let kind = declared.entry.volume.as_ref().map(|volume| &*volume.kind);
        declared.family == Family::BasicData && matches!(kind, Some("ntfs" | "ReFS" | "BitLocker"))
    };
    let has_reserved = table.partitions.iter().any(|declared| declared.family == Family::Reserved);
    let Some(first) = table.partitions.iter().find(|declared| is_windows(declared)) else { return };
    if table.scheme == "gpt" && !has_reserved {
        let detail =
            format!("partition {} is one of Windows, and no partition is reserved", first.entry.index);
        let mut finding = Finding::new(&rules::gpt::NO_RESERVED, detail);
        finding.structure.clone_from(&first.entry.structure);
        table.findings.add(finding);
    }
}

/// What concerns a disk without partitions, or an ISO hybrid as a whole.
fn check_whole(disk: &Disk, is_partitioned: bool, table: &mut Table) {
    if !is_partitioned && let Some(finding) = gpt::remains(disk) {
        table.findings.add(finding);
    }
    let Some(volume) = &disk.volume().volume else {
        if !is_partitioned && disk.is_readable(0) {
            let detail =
                format!("there is no partition table and no known volume on the {}", size_text(disk.size()));
            table.findings.add(Finding::new(&rules::general::NOTHING, detail));
            for offset in layout::USUAL_STARTS {
                layout::add_remains(disk, table, offset, disk.size().saturating_sub(offset));
            }
        }
        return;
    };
    let slack = if disk.is_iso() { CD_SLACK_BYTES } else { 0 };
    if let Some(size) = volume.size_bytes.filter(|size| *size > disk.size().saturating_add(slack)) {
        let detail = format!(
            "the {} volume says that it has {}, but the disk has {}: {} of it are missing",
            volume.kind,
            size_text(size),
            size_text(disk.size()),
            size_text(size - disk.size())
        );
        let mut finding =
            Finding::new(&volume::rules::LARGER_THAN_PARTITION, detail).expected(disk.size(), size);
        finding.structure.clone_from(&volume.structure);
        table.findings.add(finding.guest(0, size));
    }
}
