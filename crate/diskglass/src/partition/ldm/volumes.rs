//! What the records of the database mean: which volumes there are, and which parts of them are on this disk.

use super::database::Records;
use super::records::{ComponentRecord, Layout, PartitionRecord, VolumeRecord};
use super::structures::PrivateHeader;
use crate::finding::{Finding, Tally};
use crate::limits;
use crate::order::gathered;
use crate::partition::disk::Disk;
use crate::partition::labels::text;
use crate::partition::model::{DynamicDisk, DynamicVolume, Entry, EntryRole};
use crate::partition::rules;
use crate::partition::table::Table;
use crate::partition::types::Family;
use crate::report::MAX_EXACT;
use crate::structure::uuid_text;
use std::collections::BTreeMap;

/// Bytes that the database counts in.
const SECTOR: u64 = 512;

/// A volume with everything that belongs to it.
struct Assembled<'a> {
    record: &'a VolumeRecord,
    components: Vec<&'a ComponentRecord>,
    partitions: Vec<&'a (PartitionRecord, String)>,
}

impl Assembled<'_> {
    fn kind(&self) -> &'static str {
        match (self.components.first().map(|first| first.layout), self.components.len()) {
            (_, 2..) => "mirrored",
            (Some(Layout::Striped), _) => "striped",
            (Some(Layout::Raid5), _) => "raid5",
            _ if self.partitions.len() > 1 => "spanned",
            _ => "simple",
        }
    }

    /// Whether each of its partitions alone holds all of it.
    fn is_whole_in_each(&self) -> bool {
        self.components.iter().all(|component| {
            let parts = self.partitions.iter().filter(|(partition, _)| partition.component == component.id);
            component.layout == Layout::Concatenated && parts.count() == 1
        })
    }
}

/// Adds the partitions on this disk, and all volumes of the group.
pub(super) fn add(disk: &Disk, header: &PrivateHeader, records: &Records, table: &mut Table) {
    let guid = text(&header.disk_guid);
    let own = records.disks.iter().find(|disk| disk.guid.eq_ignore_ascii_case(&guid));
    let names: BTreeMap<u64, &str> = gathered(records.disks.iter().map(|disk| (disk.id, &*disk.name)));
    let mut group = DynamicDisk {
        group: text(&header.group_name),
        group_id: text(&header.group_guid),
        disk_id: guid,
        ..DynamicDisk::default()
    };
    let others = records.disks.iter().filter(|disk| own.is_none_or(|own| own.id != disk.id));
    group.disks = own.into_iter().chain(others).map(|disk| disk.name.clone()).collect();
    let Some(own) = own else {
        let detail = format!(
            "none of the {} disks in the database has the GUID {}",
            records.disks.len(),
            group.disk_id
        );
        table.findings.add(Finding::new(&rules::ldm::FOREIGN, detail).on(super::HEADER_KEY));
        table.dynamic = Some(group);
        return;
    };
    let first_new = table.partitions.len();
    let mut incomplete = Tally::new(&rules::ldm::INCOMPLETE);
    for record in records.volumes.iter().take(limits::PARTITIONS) {
        let components: Vec<_> =
            records.components.iter().filter(|component| component.volume == record.id).collect();
        let belongs = |id: u64| components.iter().any(|component| component.id == id);
        let partitions: Vec<_> =
            records.partitions.iter().filter(|(partition, _)| belongs(partition.component)).collect();
        let volume = Assembled { record, components, partitions };
        let entries = add_entries(&volume, own.id, header, table);
        let described = describe(&volume, own.id, &names, entries);
        if !described.entries.is_empty() && !described.needs.is_empty() {
            incomplete.hit(None, None, || {
                format!(
                    "the {} volume {} is only whole with {}",
                    described.kind,
                    described.name,
                    described.needs.join(", ")
                )
            });
        }
        group.volumes.push(described);
    }
    if let Some(finding) = incomplete.finding(super::HEADER_KEY) {
        table.findings.add(finding);
    }
    table.check_places(disk, first_new);
    table.dynamic = Some(group);
}

fn describe(volume: &Assembled, own: u64, names: &BTreeMap<u64, &str>, entries: Vec<u32>) -> DynamicVolume {
    let mut disks: Vec<u64> = volume.partitions.iter().map(|(partition, _)| partition.disk).collect();
    disks.sort_unstable();
    disks.dedup();
    let name = |id: &u64| names.get(id).map_or_else(|| format!("record {id}"), |name| (*name).to_owned());
    // One side of a mirror is all of it, if it is on one disk.
    let is_whole_here = volume.is_whole_in_each() && disks.contains(&own);
    let needs = disks.iter().filter(|id| **id != own && !is_whole_here).map(name).collect();
    DynamicVolume {
        name: volume.record.name.clone(),
        kind: volume.kind().into(),
        size_bytes: volume.record.size.checked_mul(SECTOR).filter(|size| *size <= MAX_EXACT),
        id: Some(uuid_text(&volume.record.guid)),
        hint: volume.record.hint.clone(),
        disks: disks.iter().map(name).collect(),
        needs,
        entries,
    }
}

/// Adds the partitions of a volume that are on this disk; returns their numbers.
fn add_entries(volume: &Assembled, own: u64, header: &PrivateHeader, table: &mut Table) -> Vec<u32> {
    let kind = volume.kind();
    let family = if volume.is_whole_in_each() { Family::Other } else { Family::Reserved };
    // Behind the four entries of an MBR, and behind the last entry of a GPT.
    let least = if table.disk_id.as_ref().is_some_and(|id| id.starts_with("0x")) { 5 } else { 1 };
    let mut numbers = Vec::new();
    for (partition, key) in volume.partitions.iter().filter(|(partition, _)| partition.disk == own) {
        if table.partitions.len() >= limits::PARTITIONS {
            break;
        }
        let start = header.logical_disk_start.saturating_add(partition.start);
        let unit = u64::from(table.sector_bytes) / SECTOR;
        let (start, sectors) = (start / unit.max(1), partition.size / unit.max(1));
        let index = table.next_index(least);
        let mut entry = Entry::new(index, EntryRole::Partition, start, sectors);
        let around = table.partitions.iter().find(|around| {
            around.is_top()
                && around.entry.role == EntryRole::Container
                && (around.start()..around.end()).contains(&start)
        });
        entry.parent = around.map(|around| around.entry.index);
        entry.type_id = kind.into();
        let part = if volume.partitions.len() == 1 { "volume" } else { "volume, a part" };
        let word = match kind {
            "raid5" => "RAID-5",
            "simple" => "Simple",
            "spanned" => "Spanned",
            "striped" => "Striped",
            _ => "Mirrored",
        };
        entry.type_name = Some(format!("{word} {part}"));
        entry.name = Some(format!("{} ({})", volume.record.name, partition.name));
        entry.structure = table.node(key).map(|node| node.key.clone());
        table.declare(entry, family);
        numbers.push(index);
    }
    numbers
}
