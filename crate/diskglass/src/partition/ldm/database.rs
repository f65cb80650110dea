//! The database of a disk group: its head, and its records put together from their parts.

use super::records::{ComponentRecord, DiskRecord, PartitionRecord, Record, VolumeRecord};
use super::structures::{Block, Contents, Database, PrivateHeader};
use crate::finding::{Finding, Tally};
use crate::limits;
use crate::partition::disk::Disk;
use crate::partition::rules;
use crate::partition::table::Table;
use crate::structure::{Node, State, span_at};
use std::collections::BTreeMap;

/// Sector that the places in a private header count in.
const SECTOR: u64 = 512;

/// Where tables of contents are, in sectors of the database: the first two and the last two. Not all are used.
const CONTENTS: [u64; 4] = [1, 2, 2045, 2046];

/// Bytes of a block of records.
const BLOCK: usize = 128;

/// Bytes of a block in front of the part of a record that it has.
const PART_AT: usize = 16;

/// Bytes of a record in front of its fields: state, flags, kind and length.
const FIELDS_AT: usize = 8;

/// Records that are shown as structures.
const SHOWN: usize = 256;

/// All records, by kind.
#[derive(Default)]
pub(super) struct Records {
    pub(super) disks: Vec<DiskRecord>,
    pub(super) volumes: Vec<VolumeRecord>,
    pub(super) components: Vec<ComponentRecord>,
    pub(super) partitions: Vec<(PartitionRecord, String)>,
}

/// Parts of a record, by their number, with the place of the first.
#[derive(Default)]
struct Parts {
    count: u16,
    bytes: BTreeMap<u16, Vec<u8>>,
    first: Option<u64>,
}

/// Reads the database that the private header leads to; `None` where there is none.
pub(super) fn read(disk: &Disk, header: &PrivateHeader, table: &mut Table) -> Option<Records> {
    let missing = |table: &mut Table, what: &str| {
        let detail = format!("the private header is there, but {what}");
        table.findings.add(Finding::new(&rules::ldm::DATABASE_MISSING, detail).on(super::HEADER_KEY));
    };
    let start = header.database_start.checked_mul(SECTOR)?;
    let contents = CONTENTS.into_iter().find_map(|place| {
        let offset = start.checked_add(place * SECTOR)?;
        let bytes = disk.read(offset, Contents::LENGTH)?;
        let contents = Contents::decode(&bytes).filter(|found| {
            &found.magic == b"TOCBLOCK" && found.config_name.starts_with(b"config") && found.config_size > 0
        })?;
        let node = Node::of(&Contents::LAYOUT, "ldm.contents@1", &**disk.bytes(), offset, &bytes);
        table.nodes.push(node.within(super::HEADER_KEY));
        Some(contents)
    });
    let Some(contents) = contents else {
        missing(table, "no table of contents is");
        return None;
    };
    let offset = contents.config_start.checked_mul(SECTOR).and_then(|offset| start.checked_add(offset));
    let head = offset.and_then(|offset| Some((offset, disk.read(offset, Database::LENGTH)?)));
    let database = head.as_ref().and_then(|(_, bytes)| Database::decode(bytes));
    let Some(((offset, bytes), database)) = head.zip(database.filter(|found| &found.magic == b"VMDB")) else {
        missing(table, "the database is not where its table of contents says");
        return None;
    };
    let node = Node::of(&Database::LAYOUT, "ldm.database@1", &**disk.bytes(), offset, &bytes);
    let node = node.within("ldm.contents@1");
    check_update(&database, &node, table);
    table.nodes.push(node.clone());

    let room = contents.config_size.saturating_mul(SECTOR).min(limits::PARTITION_TABLE_BYTES);
    let first = u64::from(database.first_block_offset);
    let blocks = u64::from(database.last_block).saturating_add(1) * BLOCK as u64;
    let length = usize::try_from(blocks.min(room).saturating_sub(first)).unwrap_or(0);
    let blocks = if database.block_size as usize == BLOCK { disk.read(offset + first, length) } else { None };
    let Some(blocks) = blocks else {
        let detail =
            format!("blocks of {} bytes, {first} bytes from the head, cannot be read", database.block_size);
        table.findings.add(Finding::new(&rules::ldm::RECORDS, detail).field(&node, "block_size"));
        return Some(Records::default());
    };
    let records = assemble(disk, &blocks, offset + first, table);
    check_counts(&database, &records, &node, table);
    Some(records)
}

/// Puts the records together.
fn assemble(disk: &Disk, blocks: &[u8], start: u64, table: &mut Table) -> Records {
    let mut parts: BTreeMap<u32, Parts> = BTreeMap::new();
    for (at, bytes) in (start..).step_by(BLOCK).zip(blocks.chunks_exact(BLOCK)) {
        let Some(block) = Block::decode(bytes).filter(|block| &block.magic == b"VBLK" && block.parts > 0)
        else {
            continue;
        };
        let record = parts.entry(block.record).or_default();
        record.count = record.count.max(block.parts);
        record.bytes.insert(block.part, bytes.get(PART_AT..).unwrap_or_default().to_vec());
        if block.part == 0 {
            record.first = Some(at);
        }
    }
    let mut records = Records::default();
    let mut broken = Tally::new(&rules::ldm::RECORDS);
    for (number, record) in parts {
        let is_whole = record.bytes.len() == usize::from(record.count)
            && record.bytes.keys().copied().eq(0..record.count);
        let bytes: Vec<u8> = record.bytes.into_values().flatten().collect();
        let head = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let (flags, kind) = (head(2), head(3));
        let fields = bytes.get(FIELDS_AT..).unwrap_or_default();
        let place = record.first.and_then(|at| span_at(&**disk.bytes(), at, BLOCK as u64));
        let read = if is_whole { Record::read(kind, flags, fields) } else { None };
        let Some((read, mut fields)) = read else {
            broken.hit(place, None, || {
                if is_whole {
                    format!("record {number} of kind 0x{kind:02x} is not as such a record should be")
                } else {
                    format!("record {number} has {} parts, and not all of them are there", record.count)
                }
            });
            continue;
        };
        let key = format!("ldm.record@{number}");
        if number as usize <= SHOWN
            && let Some(at) = record.first
        {
            // Only what is in the first block has its place there.
            let ahead = PART_AT + FIELDS_AT;
            fields.retain(|field| field.offset as usize + field.length as usize + ahead <= BLOCK);
            let name = fields.iter().find(|field| field.name == "name").map(|field| field.value.clone());
            let block = disk.read(at, BLOCK).unwrap_or_default();
            let mut node = Node::of(&Block::LAYOUT, &*key, &**disk.bytes(), at, &block);
            node.span = place;
            node.fields.extend(fields.into_iter().map(|mut field| {
                field.offset += u32::try_from(ahead).unwrap_or(0);
                field
            }));
            let title = read.title(&name.unwrap_or_default());
            table.nodes.push(node.titled(title).within("ldm.database@1").state(State::Ok));
        }
        match read {
            Record::Disk(disk) => records.disks.push(disk),
            Record::Volume(volume) => records.volumes.push(volume),
            Record::Component(component) => records.components.push(component),
            Record::Partition(partition) => records.partitions.push((partition, key)),
            Record::Group => {}
        }
    }
    if let Some(finding) = broken.finding("ldm.database@1") {
        table.findings.add(finding);
    }
    records
}

/// Whether the last change was completed.
fn check_update(database: &Database, node: &Node, table: &mut Table) {
    if database.update_status != 1 {
        let detail = format!("the state of the last change is {} instead of 1", database.update_status);
        table.findings.add(Finding::new(&rules::ldm::PENDING, detail).field(node, "update_status"));
    } else if database.committed_sequence != database.pending_sequence {
        let detail = format!(
            "change {} was begun, but the last one that is complete is {}",
            database.pending_sequence, database.committed_sequence
        );
        table.findings.add(Finding::new(&rules::ldm::PENDING, detail).field(node, "pending_sequence"));
    }
}

/// Whether there are as many records as the head counts.
fn check_counts(database: &Database, records: &Records, node: &Node, table: &mut Table) {
    let counts = [
        ("volumes", database.volumes, records.volumes.len()),
        ("components", database.components, records.components.len()),
        ("partitions", database.partitions, records.partitions.len()),
        ("disks", database.disks, records.disks.len()),
    ];
    let is_told = table.findings.has(&rules::ldm::RECORDS);
    if let Some((what, counted, found)) =
        counts.into_iter().find(|(_, counted, found)| *counted as usize != *found).filter(|_| !is_told)
    {
        let detail = format!(
            "the head of the database counts {counted} {what}, but {found} records of them are there"
        );
        let finding = Finding::new(&rules::ldm::RECORDS, detail).expected(counted, found);
        table.findings.add(finding.field(node, what));
    }
}
