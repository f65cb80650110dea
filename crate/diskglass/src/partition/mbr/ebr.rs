//! Extended boot records: the chain of sectors in an extended partition that declares its logical partitions.

use super::PartitionEntry;
use super::read::past_end;
use crate::finding::{Finding, Rule};
use crate::limits;
use crate::partition::disk::Disk;
use crate::partition::ranges::{Range, overlaps};
use crate::partition::table::{Faults, Table};
use crate::partition::{rules, types};
use crate::structure::{Node, Show, State, hex_bytes};
use std::collections::BTreeSet;

crate::structure! {
    /// The first sector of a piece of an extended partition. Its first entry is a logical partition, counted from this
    /// sector; the second leads to the next such record, counted from the start of the extended partition.
    pub struct ExtendedBootRecord("mbr.ebr", "Extended boot record", 512, Little) {
        /// Nothing starts this code; it is normally zero.
        0 => boot_code: [u8; 446], Show::Raw;
        /// Four entries as in the master boot record; each used one is shown as a structure of its own.
        446 => entries: [u8; 64], Show::Raw;
        /// Always 55 AA.
        510 => signature: [u8; 2], Show::Raw;
    }
}

/// An extended partition of the MBR.
#[derive(Clone, Copy)]
pub(super) struct Container {
    /// Its number.
    pub(super) index: u32,
    /// First sector.
    pub(super) start: u64,
    /// The sector after the last.
    pub(super) end: u64,
}

/// A logical partition that was found.
struct Logical {
    number: u32,
    start: u64,
    sectors: u64,
}

/// What was seen of all chains so far.
#[derive(Default)]
struct Seen {
    /// Sectors of the records, in no order.
    records: BTreeSet<u64>,
    logicals: Vec<Logical>,
}

/// Follows the chains of all extended partitions, in the order of their entries, and adds the logical partitions.
pub(super) fn read(disk: &Disk, containers: &[Container], table: &mut Table) {
    let mut seen = Seen::default();
    for container in containers {
        follow(disk, *container, &mut seen, table);
    }
    check_logicals(disk, &seen, table);
}

fn follow(disk: &Disk, container: Container, seen: &mut Seen, table: &mut Table) {
    let mut at = container.start;
    // What the link that led here covers: entries 3 and 4 are only believed inside it.
    let mut covered = container.end - container.start;
    let mut via = format!("mbr.entry@{}", container.index);
    loop {
        let problem = |rule: &'static Rule, detail: String, table: &Table| {
            let finding = Finding::new(rule, detail).arg("sector", at);
            match table.node(&via) {
                Some(node) => finding.field(node, "first_sector"),
                None => finding,
            }
        };
        if seen.records.contains(&at) {
            let detail = format!("the chain of extended boot records returns to sector {at}");
            let finding = problem(&rules::mbr::EBR_LOOP, detail, table);
            return table.findings.add(finding);
        }
        if seen.records.len() >= limits::EBRS {
            let detail = format!("reading stopped after {} extended boot records", limits::EBRS);
            let finding = problem(&rules::mbr::EBR_TOO_MANY, detail, table);
            return table.findings.add(finding);
        }
        let (offset, _) = table.guest(at, 1);
        let number = seen.records.len() + 1;
        let sector = disk.read(offset, ExtendedBootRecord::LENGTH).unwrap_or_default();
        let Some(record) = ExtendedBootRecord::decode(&sector) else {
            // What nothing backs was said already; what lies past the end was not.
            if offset.saturating_add(ExtendedBootRecord::LENGTH as u64) > disk.size() {
                let detail = format!("the extended boot record at sector {at} is past the end of the disk");
                let finding = problem(&rules::mbr::EXTENDED_UNREADABLE, detail, table);
                table.findings.add(finding);
            }
            return;
        };
        let first_of_container = at == container.start;
        seen.records.insert(at);
        let key = format!("mbr.ebr@{number}");
        let mut node = Node::of(&ExtendedBootRecord::LAYOUT, key.clone(), &**disk.bytes(), offset, &sector)
            .titled(format!("Extended boot record at sector {at}"))
            .within(format!("mbr.entry@{}", container.index));
        if record.signature != [0x55, 0xaa] {
            node.state = State::Damaged;
            let found = hex_bytes(&record.signature, 2);
            let finding = if first_of_container && sector.iter().all(|byte| *byte == 0) {
                let detail = format!("the extended partition {} begins with zeros", container.index);
                node.state = State::Absent;
                Finding::new(&rules::mbr::EXTENDED_EMPTY, detail)
            } else {
                let detail =
                    format!("the extended boot record at sector {at} ends in {found} instead of 55 aa");
                Finding::new(&rules::mbr::EBR_SIGNATURE, detail).expected("55 aa", found)
            };
            table.findings.add(finding.field(&node, "signature"));
            table.nodes.push(node);
            return;
        }
        table.nodes.push(node);

        let entries: Vec<PartitionEntry> =
            (0..4).filter_map(|slot| PartitionEntry::of(&sector, slot)).collect();
        for (slot, entry) in entries.iter().enumerate() {
            let is_data = entry.is_used() && !entry.is_extended() && (slot < 2 || entry.end() <= covered);
            if !is_data {
                continue;
            }
            let index = u32::try_from(seen.logicals.len()).unwrap_or(u32::MAX - 5) + 5;
            let start = at + entry.start();
            let key = format!("mbr.entry@{index}");
            let title = match types::mbr_name(entry.type_id) {
                Some(name) => format!("Logical partition {index}: {name}"),
                None => format!("Logical partition {index}: type 0x{:02x}", entry.type_id),
            };
            let node = PartitionEntry::node(disk, offset, &sector, slot, key.clone());
            table.nodes.push(node.titled(title).within(format!("mbr.ebr@{number}")));
            entry.declare(table, index, Some(container.index), start, &key);
            seen.logicals.push(Logical { number: index, start, sectors: entry.sectors() });
            if start < container.start || start + entry.sectors() > container.end {
                let detail = format!(
                    "logical partition {index} has sectors {start} to {}, but the extended partition has {} to {}",
                    start + entry.sectors() - 1,
                    container.start,
                    container.end - 1
                );
                let place = table.node(&key).and_then(|node| node.field_span("first_sector"));
                table.findings.add(Finding::new(&rules::mbr::OUTSIDE_EXTENDED, detail).on(key).place(place));
            }
        }

        let mut links = entries.iter().enumerate().filter(|(_, entry)| entry.is_extended());
        let Some((slot, link)) = links.find(|(_, entry)| entry.first_sector != 0) else { return };
        let link_key = format!("mbr.ebr.link@{number}");
        let node = PartitionEntry::node(disk, offset, &sector, slot, link_key.clone());
        table.nodes.push(node.titled("Link to the next extended boot record").within(key.clone()));
        if links.next().is_some() {
            let detail = format!("the extended boot record at sector {at} has more than one link");
            let place = table.node(&key).and_then(|node| node.field_span("entries"));
            table.findings.add(Finding::new(&rules::mbr::EBR_NESTED, detail).on(key).place(place));
        }
        let next = container.start + link.start();
        if next >= container.end {
            let detail = format!(
                "the link at sector {at} leads to sector {next}, but the extended partition ends before {}",
                container.end
            );
            let place = table.node(&link_key).and_then(|node| node.field_span("first_sector"));
            table.findings.add(Finding::new(&rules::mbr::OUTSIDE_EXTENDED, detail).on(link_key).place(place));
            return;
        }
        at = next;
        covered = link.sectors();
        via = link_key;
    }
}

/// What concerns the logical partitions of all chains together.
fn check_logicals(disk: &Disk, seen: &Seen, table: &mut Table) {
    let key = |number: u32| format!("mbr.entry@{number}");
    let mut past = Vec::new();
    let mut over = Faults::new(&rules::mbr::LOGICAL_OVER_EBR, Some("first_sector"));
    for logical in &seen.logicals {
        let Some(node) = table.node(&key(logical.number)) else { continue };
        past.extend(past_end(disk, table, logical.number, logical.start, logical.sectors, node));
        let end = logical.start + logical.sectors;
        if let Some(record) = seen.records.range(logical.start..end).next() {
            over.hit(Some(node), Some(table.guest(*record, 1)), || {
                format!(
                    "logical partition {} has sectors {} to {}, and with them the extended boot record at sector {record}",
                    logical.number,
                    logical.start,
                    end - 1
                )
            });
        }
    }
    let count = past.len() as u64;
    if let Some(mut first) = past.into_iter().next() {
        first.count = count;
        table.findings.add(first);
    }
    table.add_faults(over);

    let ranges = (seen.logicals.iter())
        .map(|logical| Range {
            start: logical.start,
            end: logical.start + logical.sectors,
            owner: logical.number as usize,
        })
        .collect();
    let mut overlap_faults = Faults::new(&rules::mbr::ENTRY_OVERLAP, Some("first_sector"));
    for overlap in overlaps(ranges) {
        let node = table.node(&format!("mbr.entry@{}", overlap.second));
        let guest = table.guest(overlap.start, overlap.end - overlap.start);
        overlap_faults.hit(node, Some(guest), || {
            format!(
                "logical partitions {} and {} both have sectors {} to {}",
                overlap.first,
                overlap.second,
                overlap.start,
                overlap.end - 1
            )
        });
    }
    table.add_faults(overlap_faults);

    if !seen.logicals.is_sorted_by_key(|logical| logical.start) {
        let order: Vec<String> =
            seen.logicals.iter().take(limits::PLACES).map(|logical| logical.start.to_string()).collect();
        let detail = format!("the logical partitions, by number, start at sectors {}", order.join(", "));
        table.findings.add(Finding::new(&rules::mbr::LOGICAL_ORDER, detail).on("mbr.ebr@1"));
    }
}
