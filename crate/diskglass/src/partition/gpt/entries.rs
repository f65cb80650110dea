//! The partitions that a GPT lists.

use super::copies::{Copy, Which, entries_key};
use super::{PartitionEntry, attributes};
use crate::finding::Finding;
use crate::limits;
use crate::partition::disk::Disk;
use crate::partition::model::{Entry, EntryRole};
use crate::partition::ranges::{Range, overlaps};
use crate::partition::rules;
use crate::partition::table::{Faults, Table};
use crate::partition::types::{self, Family};
use crate::structure::{Guid, Node, size_text};

/// A used entry of the array.
struct Used {
    number: u32,
    entry: PartitionEntry,
    /// Where it lies.
    node: Node,
}

/// Adds the partitions of that copy and checks them.
pub(super) fn read(disk: &Disk, copy: &Copy, table: &mut Table) {
    let Some(array) = &copy.array else { return };
    let size = copy.header.size_of_partition_entry as usize;
    if size < PartitionEntry::LENGTH {
        return;
    }
    let array_offset = copy.header.partition_entry_lba.saturating_mul(copy.sector_bytes.into());
    let mut used = Vec::new();
    let mut leftover = Faults::new(&rules::gpt::LEFTOVER, None);
    for (number, bytes) in (1_u32..).zip(array.bytes.chunks_exact(size)) {
        let Some(entry) = PartitionEntry::decode(bytes) else { continue };
        let is_used = entry.type_guid != [0; 16];
        if !is_used && bytes.iter().all(|byte| *byte == 0) {
            continue;
        }
        let key = format!("gpt.entry@{number}");
        let offset = array_offset + (number as usize - 1) as u64 * size as u64;
        let mut node = Node::of(&PartitionEntry::LAYOUT, key, &**disk.bytes(), offset, bytes)
            .within(entries_key(copy.which))
            .titled(format!("Entry {number}: {}", entry.type_name().unwrap_or("unknown type")));
        // What the upper bits mean depends on the type.
        if let Some(field) = node.fields.iter_mut().find(|field| field.name == "attributes") {
            let words = attributes::words(&entry.type_guid, entry.attributes);
            field.display = if words.is_empty() { "none".into() } else { words.join(", ") };
        }
        if is_used {
            used.push(Used { number, entry, node });
        } else {
            leftover
                .hit(None, None, || format!("entry {number} has no type, but its other bytes are not zero"));
        }
    }
    table.add_faults(leftover);

    check_entries(disk, copy.which, &used, table);
    if used.len() > limits::PARTITIONS {
        let detail = format!("{} entries are used; the first {} are shown", used.len(), limits::PARTITIONS);
        table.findings.add(Finding::new(&rules::general::TOO_MANY, detail).on(entries_key(copy.which)));
        used.truncate(limits::PARTITIONS);
    }
    for Used { number, entry, node } in used {
        let mut declared = Entry::new(number, EntryRole::Partition, entry.first_lba, entry.sectors());
        let type_guid = Guid::from_bytes(&entry.type_guid);
        let name = crate::structure::utf16(&entry.name, crate::structure::Endian::Little);
        declared.type_id = type_guid.map(|guid| guid.to_string()).unwrap_or_default();
        declared.type_name = entry.type_name().map(Into::into);
        declared.name = Some(name).filter(|name| !name.is_empty());
        declared.id = Guid::from_bytes(&entry.unique_guid).map(|guid| guid.to_string());
        declared.active = entry.attributes & attributes::LEGACY_BOOT != 0;
        declared.attributes = attributes::words(&entry.type_guid, entry.attributes);
        declared.structure = Some(node.key.clone());
        table.nodes.push(node);
        table.declare(declared, type_guid.map_or(Family::Other, Family::of_gpt));
    }
}

impl PartitionEntry {
    /// Number of sectors; 0 where the last is before the first.
    fn sectors(&self) -> u64 {
        (self.last_lba.checked_sub(self.first_lba)).map_or(0, |more| more.saturating_add(1))
    }

    fn type_name(&self) -> Option<&'static str> {
        types::gpt_name(Guid::from_bytes(&self.type_guid)?)
    }
}

/// What concerns the used entries.
fn check_entries(disk: &Disk, which: Which, used: &[Used], table: &mut Table) {
    let last = disk.sectors(table.sector_bytes);
    let (first_usable, after_usable) = table.usable;
    let mut range = Faults::new(&rules::gpt::GPT_ENTRY_RANGE, Some("last_lba"));
    let mut no_guid = Faults::new(&rules::gpt::NO_GUID, Some("unique_guid"));
    let mut unknown = Faults::new(&rules::gpt::UNKNOWN_TYPE, Some("type_guid"));
    let mut reserved = Faults::new(&rules::gpt::RESERVED_ATTRIBUTES, Some("attributes"));
    let mut overlap = Faults::new(&rules::gpt::GPT_ENTRY_OVERLAP, Some("first_lba"));
    let mut duplicate = Faults::new(&rules::gpt::DUPLICATE_GUID, Some("unique_guid"));
    for Used { number, entry, node } in used {
        let (first, end) = (entry.first_lba, entry.last_lba);
        let guest = Some(table.guest(first, entry.sectors()));
        if first > end {
            range.hit(Some(node), None, || {
                format!("partition {number} starts at sector {first} and ends at {end}")
            });
        } else if end >= last {
            range.hit(Some(node), guest, || {
                let (_, missing) = table.guest(0, end - first.max(last).min(end) + 1);
                format!(
                    "partition {number} has sectors {first} to {end}, but the disk has {last}: {} of it are missing",
                    size_text(missing)
                )
            });
        } else if first < first_usable || end >= after_usable {
            range.hit(Some(node), guest, || {
                format!(
                    "partition {number} has sectors {first} to {end}, but partitions may only take {first_usable} to {}",
                    after_usable.saturating_sub(1)
                )
            });
        }
        if entry.unique_guid == [0; 16] {
            no_guid.hit(Some(node), None, || format!("partition {number} has no GUID of its own"));
        }
        if entry.type_name().is_none() {
            let guid = Guid::from_bytes(&entry.type_guid).map(|guid| guid.to_string()).unwrap_or_default();
            unknown.hit(Some(node), None, || format!("partition {number} has the type {guid}"));
        }
        if entry.attributes & attributes::RESERVED != 0 {
            reserved.hit(Some(node), None, || {
                format!("partition {number} has the attributes 0x{:016x}", entry.attributes)
            });
        }
    }
    let ranges = (used.iter().enumerate())
        .map(|(owner, used)| Range {
            start: used.entry.first_lba,
            end: used.entry.first_lba.saturating_add(used.entry.sectors()),
            owner,
        })
        .collect();
    for found in overlaps(ranges) {
        let (Some(first), Some(second)) = (used.get(found.first), used.get(found.second)) else { continue };
        let guest = table.guest(found.start, found.end - found.start);
        overlap.hit(Some(&second.node), Some(guest), || {
            format!(
                "partitions {} and {} both have sectors {} to {}",
                first.number,
                second.number,
                found.start,
                found.end - 1
            )
        });
    }
    let mut by_guid: Vec<&Used> = used.iter().filter(|used| used.entry.unique_guid != [0; 16]).collect();
    crate::order::sort_by_key(&mut by_guid, |used| (used.entry.unique_guid, used.number));
    for (first, second) in by_guid.iter().zip(by_guid.iter().skip(1)) {
        if first.entry.unique_guid == second.entry.unique_guid {
            duplicate.hit(Some(&second.node), None, || {
                let guid = Guid::from_bytes(&first.entry.unique_guid).map(|guid| guid.to_string());
                format!(
                    "partitions {} and {} both have the GUID {}",
                    first.number,
                    second.number,
                    guid.unwrap_or_default()
                )
            });
        }
    }
    let mut systems = used.iter().filter(|used| {
        Guid::from_bytes(&used.entry.type_guid).map(Family::of_gpt) == Some(Family::EfiSystem)
    });
    if let (Some(first), Some(second)) = (systems.next(), systems.next()) {
        let detail = format!("partitions {} and {} are EFI system partitions", first.number, second.number);
        let finding = Finding::new(&rules::gpt::SEVERAL_ESP, detail);
        table.findings.add(finding.on(entries_key(which)).place(first.node.span).place(second.node.span));
    }
    let is_iso = disk.is_iso();
    for faults in [range, overlap, duplicate] {
        match faults.finding() {
            Some(finding) if is_iso => table.add_unless_iso(disk, finding),
            Some(finding) => table.findings.add(finding),
            None => {}
        }
    }
    for faults in [no_guid, unknown, reserved] {
        table.add_faults(faults);
    }
}
