//! Windows' Logical Disk Manager: dynamic disks, whose partitions are not in the MBR or GPT but in a database of 1 MiB
//! that every disk of a group has.

mod database;
mod records;
mod structures;
mod volumes;

use super::disk::{Disk, SECTOR};
use super::model::EntryRole;
use super::rules;
use super::table::{Declared, Table};
use super::types::Family;
use crate::finding::Finding;
use crate::structure::{Node, Role, State};
pub use structures::{Block, Contents, Database, PrivateHeader};

/// Key of the private header that counts.
const HEADER_KEY: &str = "ldm.private-header@1";

/// Sector of the first private header on a disk with an MBR.
const FIRST_HEADER: u64 = 6;

/// Where further private headers are, in sectors of the database, which has 2048.
const MORE_HEADERS: [u64; 2] = [1856, 2047];

/// Sectors of the database.
const DATABASE_SECTORS: u64 = 2048;

/// Type GUID of the partition that holds the database on a disk with a GPT.
const METADATA: &str = "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3";

/// Reads the database of a dynamic disk and adds its partitions, numbered behind all others.
pub(super) fn read(disk: &Disk, table: &mut Table) {
    let is_dynamic = |declared: &&Declared| declared.family == Family::DynamicDisk;
    let Some(marked) = table.partitions.iter().find(is_dynamic) else { return };
    let by_gpt = table.scheme != "mbr";
    // With a GPT, the database has a partition of its own; with an MBR it ends the disk.
    let database = if by_gpt {
        let metadata = table.partitions.iter().find(|declared| declared.entry.type_id == METADATA);
        metadata.map(|metadata| table.guest(metadata.start(), 1).0 / SECTOR as u64)
    } else {
        disk.sectors(512).checked_sub(DATABASE_SECTORS)
    };
    let marked = marked.entry.structure.clone();
    let first = if by_gpt { None } else { Some(FIRST_HEADER) };
    let guessed =
        database.into_iter().flat_map(|start| MORE_HEADERS.map(|place| start.saturating_add(place)));
    let places: Vec<u64> = first.into_iter().chain(guessed).collect();
    let Some((lba, header, bytes)) = places.iter().find_map(|lba| header_at(disk, *lba)) else {
        return add_missing(disk, &places, marked, table);
    };
    let node = Node::of(&PrivateHeader::LAYOUT, HEADER_KEY, &**disk.bytes(), lba * SECTOR as u64, &bytes);
    table.nodes.push(match marked {
        Some(marked) => node.within(marked),
        None => node,
    });
    // The header that was found knows better where the others are.
    let others = MORE_HEADERS.map(|place| header.database_start.saturating_add(place));
    compare(disk, lba, &bytes, first.into_iter().chain(others), table);
    let Some(records) = database::read(disk, &header, table) else { return };
    table.scheme = "ldm";
    for declared in &mut table.partitions {
        if declared.family == Family::DynamicDisk && declared.entry.type_id != METADATA {
            declared.entry.role = EntryRole::Container;
        }
    }
    volumes::add(disk, &header, &records, table);
}

fn header_at(disk: &Disk, lba: u64) -> Option<(u64, PrivateHeader, Vec<u8>)> {
    let bytes = disk.read(lba.checked_mul(SECTOR as u64)?, SECTOR)?;
    let header = PrivateHeader::decode(&bytes).filter(|header| &header.magic == b"PRIVHEAD")?;
    Some((lba, header, bytes))
}

/// The disk is marked as a dynamic one, but there is no private header.
fn add_missing(disk: &Disk, places: &[u64], marked: Option<String>, table: &mut Table) {
    // What nothing backs was said already. The type id is also that of swap space of the first Linux.
    let is_known = places.iter().all(|lba| disk.is_readable(lba.saturating_mul(SECTOR as u64)));
    let is_swap =
        table.partitions.iter().filter(|declared| declared.family == Family::DynamicDisk).any(|declared| {
            let (offset, length) = table.guest(declared.start(), declared.entry.sector_count);
            disk.volume_at(offset, length, "probe").volume.is_some_and(|volume| volume.kind == "swap")
        });
    if is_known && !is_swap {
        let detail = format!(
            "no private header is in any of the sectors {}",
            places.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
        );
        let mut finding = Finding::new(&rules::ldm::NO_HEADER, detail);
        let node = marked.as_deref().and_then(|key| table.node(key));
        finding = finding.place(node.and_then(|node| node.span));
        finding.structure = marked;
        table.findings.add(finding);
    }
}

/// Adds the other copies of the private header, and compares them with the one in sector `lba`.
fn compare(disk: &Disk, lba: u64, bytes: &[u8], places: impl Iterator<Item = u64>, table: &mut Table) {
    let mut wrong = Vec::new();
    let mut place = None;
    for (number, other) in (2..).zip(places.filter(|other| *other != lba)) {
        let offset = other.saturating_mul(SECTOR as u64);
        if !disk.is_readable(offset) {
            continue;
        }
        let key = format!("ldm.private-header@{number}");
        let Some((_, _, copy)) = header_at(disk, other) else {
            wrong.push(format!("there is none in sector {other}"));
            continue;
        };
        let mut node = Node::of(&PrivateHeader::LAYOUT, key, &**disk.bytes(), offset, &copy)
            .within(HEADER_KEY)
            .role(Role::Backup);
        if copy != bytes {
            wrong.push(format!("the one in sector {other} differs"));
            node = node.state(State::Damaged);
            place = place.or(node.span);
        }
        table.nodes.push(node);
    }
    if let Some(first) = wrong.first() {
        let detail = format!("the private header in sector {lba} has copies, but {first}");
        let mut finding = Finding::new(&rules::ldm::HEADERS_DIFFER, detail).on(HEADER_KEY).place(place);
        finding.count = wrong.len() as u64;
        table.findings.add(finding);
    }
}
