//! The disklabel of the BSDs, little-endian as on PCs: alone on a disk, or inside a slice of an MBR.

use super::disk::{Disk, SECTOR};
use super::labels::{text, xor16};
use super::model::{Entry, EntryRole};
use super::rules;
use super::table::{Faults, Table};
use super::types::Family;
use crate::finding::Finding;
use crate::structure::{Node, Show, State};

crate::structure! {
    /// Divides a disk, or a slice of one, into partitions a, b, c and so on, and describes the drive. Partition c is
    /// usually the whole.
    pub struct Label("bsd.label", "BSD disklabel", 148, Little) {
        /// Always 0x82564557.
        0 => magic: u32, Show::Hex;
        /// Kind of drive.
        4 => drive_type: u16, Show::Decimal;
        /// Kind of drive within that type.
        6 => subtype: u16, Show::Decimal;
        /// Name of the kind of drive.
        8 => type_name: [u8; 16], Show::Ascii;
        /// Name of the disk.
        24 => pack_name: [u8; 16], Show::Ascii;
        /// Bytes of a sector in this label's counts.
        40 => sector_size: u32, Show::Bytes;
        /// Sectors of a track.
        44 => sectors_per_track: u32, Show::Decimal;
        /// Tracks of a cylinder.
        48 => tracks_per_cylinder: u32, Show::Decimal;
        /// Cylinders.
        52 => cylinders: u32, Show::Decimal;
        /// Sectors of a cylinder.
        56 => sectors_per_cylinder: u32, Show::Decimal;
        /// Sectors of the disk or slice.
        60 => sectors_per_unit: u32, Show::Decimal;
        /// Spare sectors, alternate cylinders, speed, interleave and timing of the drive.
        64 => drive_timing: [u8; 24], Show::Raw;
        /// Flags of the drive.
        88 => flags: u32, Show::Hex;
        /// Data of the drive's driver, and spare room.
        92 => drive_data: [u8; 40], Show::Raw;
        /// The magic number again.
        132 => magic2: u32, Show::Hex;
        /// Makes the exclusive or of all 16-bit words, up to the last partition, zero.
        136 => checksum: u16, Show::Hex;
        /// Partitions, used or not.
        138 => number_of_partitions: u16, Show::Decimal;
        /// Room for boot code at the start.
        140 => boot_block_size: u32, Show::Bytes;
        /// Largest superblock of a file system.
        144 => superblock_size: u32, Show::Bytes;
    }
}

crate::structure! {
    /// A partition: where it starts and how long it is, in sectors, and what it is for.
    pub struct PartitionEntry("bsd.entry", "Partition entry", 16, Little) {
        /// Sectors.
        0 => size: u32, Show::Decimal;
        /// First sector: of the disk, or with FreeBSD since 10 of the slice.
        4 => offset: u32, Show::Decimal;
        /// Bytes of a fragment of the file system. OpenBSD keeps the high halves of start and size here.
        8 => fragment_size: u32, Show::Decimal;
        /// What it is for.
        12 => fstype: u8, Show::Names(FSTYPES);
        /// Fragments of a block.
        13 => fragments: u8, Show::Decimal;
        /// Cylinders of a group.
        14 => cylinders_per_group: u16, Show::Decimal;
    }
}

/// What every label begins with.
const MAGIC: u32 = 0x8256_4557;

/// Where a label may be, in bytes from the start of the disk or slice. PCs have it in the second sector.
const PLACES: [usize; 4] = [512, 0, 64, 128];

/// Entries that fit behind the head of a label in one sector: 22.
const ENTRIES: usize = (SECTOR - Label::LENGTH) / PartitionEntry::LENGTH;

/// What a partition is for. The BSDs agree on most of the numbers.
const FSTYPES: &[(u64, &str)] = &[
    (0, "unused"),
    (1, "swap"),
    (2, "Version 6"),
    (3, "Version 7"),
    (4, "System V"),
    (5, "Version 7 with 1 KiB blocks"),
    (6, "Eighth Edition"),
    (7, "4.2BSD fast file system"),
    (8, "MS-DOS (or ext2)"),
    (9, "4.4BSD LFS"),
    (10, "other"),
    (11, "HPFS"),
    (12, "ISO 9660"),
    (13, "boot"),
    (14, "Vinum (or ADOS)"),
    (15, "HFS"),
    (16, "AdvFS"),
    (17, "ext2"),
    (18, "NTFS"),
    (27, "ZFS"),
];

/// A label that was found, with everything behind its head that belongs to it.
struct Found {
    label: Label,
    bytes: Vec<u8>,
    /// Where on the disk it lies.
    offset: u64,
    entries: Vec<PartitionEntry>,
    is_sealed: bool,
}

impl Found {
    /// Looks for a label on the disk or in a slice that starts at byte `start`.
    fn find(disk: &Disk, start: u64) -> Option<Self> {
        let sectors = disk.read(start, 2 * SECTOR)?;
        PLACES.into_iter().find_map(|place| {
            let bytes = sectors.get(place..)?;
            let bytes = bytes.get(..SECTOR).unwrap_or(bytes);
            let label = Label::decode(bytes).filter(|label| label.magic == MAGIC)?;
            let count = usize::from(label.number_of_partitions).min(ENTRIES);
            let entries = bytes.get(Label::LENGTH..)?.chunks_exact(PartitionEntry::LENGTH);
            let entries: Vec<_> = entries.take(count).filter_map(PartitionEntry::decode).collect();
            let sealed = Label::LENGTH + usize::from(label.number_of_partitions) * PartitionEntry::LENGTH;
            let is_sealed = bytes.get(..sealed).is_some_and(|bytes| xor16(bytes, u16::from_le_bytes) == 0);
            let is_label = is_sealed || label.magic2 == MAGIC;
            let offset = start + place as u64;
            is_label.then(|| Self { label, bytes: bytes.to_vec(), offset, entries, is_sealed })
        })
    }

    /// Adds the label's structure, and what is wrong with it.
    fn show(&self, disk: &Disk, key: &str, table: &mut Table) {
        let mut node = Node::of(&Label::LAYOUT, key, &**disk.bytes(), self.offset, &self.bytes);
        let label = &self.label;
        if label.magic2 != MAGIC {
            node.state = State::Damaged;
            let detail =
                format!("the second magic number is 0x{:08x} instead of 0x{MAGIC:08x}", label.magic2);
            let finding = Finding::new(&rules::labels::BSD_MAGIC, detail);
            table.findings.add(
                finding
                    .expected(format!("0x{MAGIC:08x}"), format!("0x{:08x}", label.magic2))
                    .field(&node, "magic2"),
            );
        }
        if usize::from(label.number_of_partitions) > ENTRIES {
            let detail = format!(
                "the label counts {} partitions; {ENTRIES} fit into its sector",
                label.number_of_partitions
            );
            let finding = Finding::new(&rules::labels::BSD_COUNT, detail);
            table.findings.add(finding.field(&node, "number_of_partitions"));
        } else if !self.is_sealed {
            node.state = State::Damaged;
            let detail = format!(
                "the exclusive or of the label's words, its checksum 0x{:04x} among them, is not zero",
                label.checksum
            );
            let finding = Finding::new(&rules::labels::BSD_CHECKSUM, detail);
            table.findings.add(finding.field(&node, "checksum"));
        }
        table.nodes.push(node);
    }

    /// Adds the structure of the entry in that slot.
    fn show_entry(&self, disk: &Disk, slot: usize, key: &str, parent: &str, table: &mut Table) {
        let at = Label::LENGTH + slot * PartitionEntry::LENGTH;
        let bytes = self.bytes.get(at..).unwrap_or_default();
        let node = Node::of(&PartitionEntry::LAYOUT, key, &**disk.bytes(), self.offset + at as u64, bytes);
        table.nodes.push(node.titled(format!("Partition {}", letter(slot))).within(parent));
    }

    /// The used slots, with their entries.
    fn used(&self) -> impl Iterator<Item = (usize, &PartitionEntry)> {
        self.entries.iter().enumerate().filter(|(_, entry)| entry.size != 0)
    }

    /// A count of the label's sectors as one of `table`'s.
    fn scale(&self, count: u32, table: &Table) -> u64 {
        let known =
            self.label.sector_size.is_power_of_two() && (512..=1 << 16).contains(&self.label.sector_size);
        let unit = if known { self.label.sector_size } else { table.sector_bytes };
        u64::from(count) * u64::from(unit) / u64::from(table.sector_bytes)
    }
}

/// The letter that the partition in that slot goes by.
fn letter(slot: usize) -> char {
    u8::try_from(slot).map_or('?', |slot| char::from(b'a'.saturating_add(slot)))
}

/// Reads the label of a disk as a whole.
pub(super) fn read(disk: &Disk) -> Option<Table> {
    let found = Found::find(disk, 0)?;
    let mut table = Table::new("bsd", 512);
    table.usable = (0, disk.sectors(512));
    found.show(disk, "bsd.label@0", &mut table);
    for (slot, entry) in found.used() {
        let key = format!("bsd.entry@{}", letter(slot));
        found.show_entry(disk, slot, &key, "bsd.label@0", &mut table);
        // As `disklabel` has it, c is the whole, and so is everything else that is marked as unused.
        let whole = entry.fstype == 0;
        let start = found.scale(entry.offset, &table);
        declare(
            &found,
            entry,
            slot,
            (u32::try_from(slot).unwrap_or(0) + 1, None),
            (start, whole),
            key,
            &mut table,
        );
    }
    table.check_places(disk, 0);
    Some(table)
}

/// Reads the label inside the slice of that number, whose partitions are added to `table`. Says whether there is one.
pub(super) fn read_slice(disk: &Disk, number: u32, table: &mut Table) -> bool {
    let Some(slice) = table.partitions.iter().find(|declared| declared.entry.index == number) else {
        return false;
    };
    let (start, end) = (slice.start(), slice.end());
    let parent = slice.entry.structure.clone().unwrap_or_default();
    let Some(found) = Found::find(disk, table.guest(start, 1).0) else { return false };
    let first_new = table.partitions.len();
    let key = format!("bsd.label@{number}");
    found.show(disk, &key, table);
    if let Some(node) = table.nodes.last_mut() {
        node.parent = Some(parent);
    }
    // FreeBSD counts from the slice since 10, all others from the disk; partition c shows which.
    let whole = found.entries.get(2);
    let is_relative = start > 0 && whole.is_some_and(|entry| entry.size != 0 && entry.offset == 0);
    let mut outside = Faults::new(&rules::labels::BSD_OUTSIDE, Some("offset"));
    for (slot, entry) in found.used() {
        let entry_key = format!("bsd.entry@{number}{}", letter(slot));
        found.show_entry(disk, slot, &entry_key, &key, table);
        let from = found.scale(entry.offset, table) + if is_relative { start } else { 0 };
        let to = from + found.scale(entry.size, table);
        // The slice itself is no partition, nor is partition d where NetBSD lists the disk.
        if (from, to) == (start, end) || (entry.fstype == 0 && from <= start && to >= end) {
            continue;
        }
        if from < start || to > end {
            outside.hit(table.node(&entry_key), Some(table.guest(from, to - from)), || {
                format!(
                    "partition {} has sectors {from} to {}, but slice {number} has {start} to {}",
                    letter(slot),
                    to.saturating_sub(1),
                    end.saturating_sub(1)
                )
            });
        }
        let index = table.next_index(5);
        declare(&found, entry, slot, (index, Some(number)), (from, false), entry_key, table);
    }
    table.add_faults(outside);
    table.check_places(disk, first_new);
    true
}

/// Adds the partition of that slot: number and container, first sector and whether it is the whole.
fn declare(
    found: &Found,
    entry: &PartitionEntry,
    slot: usize,
    (index, parent): (u32, Option<u32>),
    (start, whole): (u64, bool),
    key: String,
    table: &mut Table,
) {
    let role = if whole { EntryRole::Container } else { EntryRole::Partition };
    let mut declared = Entry::new(index, role, start, found.scale(entry.size, table));
    declared.parent = parent;
    declared.type_id = format!("0x{:02x}", entry.fstype);
    let known = FSTYPES.iter().find(|(number, _)| *number == u64::from(entry.fstype));
    declared.type_name = known.map(|(_, name)| (*name).into());
    declared.name = Some(letter(slot).into());
    declared.structure = Some(key);
    table.declare(declared, if whole { Family::Whole } else { Family::Other });
    if slot == 0 && parent.is_none() {
        let pack = text(&found.label.pack_name);
        table.disk_id = Some(pack).filter(|pack| !pack.is_empty());
    }
}
