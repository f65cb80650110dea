//! The root sector of Atari's hard disks (AHDI): four partitions, one of which may lead to a chain of more, or eight
//! further ones in the way of ICD. Big-endian, sectors of 512 bytes.

use super::disk::{Disk, SECTOR};
use super::model::{Entry, EntryRole};
use super::rules;
use super::table::Table;
use super::types::Family;
use crate::finding::Finding;
use crate::limits;
use crate::structure::{Node, Show};
use std::collections::BTreeSet;

crate::structure! {
    /// The first sector: boot code, the size of the disk, and the partitions.
    pub struct RootSector("atari.root", "Atari root sector", 512, Big) {
        /// Boot code.
        0 => boot_code: [u8; 342], Show::Raw;
        /// Eight more partitions, with disks that drivers of ICD partitioned.
        342 => icd_partitions: [u8; 96], Show::Raw;
        /// Unused.
        438 => unused: [u8; 12], Show::Raw;
        /// Sectors of the disk.
        450 => disk_size: u32, Show::Decimal;
        /// Four partitions; each used one is shown as a structure of its own.
        454 => partitions: [u8; 48], Show::Raw;
        /// First sector of the list of bad sectors.
        502 => bad_sectors_start: u32, Show::Decimal;
        /// Sectors of the list of bad sectors.
        506 => bad_sectors_count: u32, Show::Decimal;
        /// Makes the sum of all 16-bit words 0x1234 where the disk boots.
        510 => checksum: u16, Show::Hex;
    }
}

crate::structure! {
    /// A partition: its kind in three letters, where it starts, and its sectors.
    pub struct PartitionEntry("atari.entry", "Partition entry", 12, Big) {
        /// Whether it exists, and whether the machine starts from it.
        0 => flags: u8, Show::Flags(FLAGS);
        /// Kind: `GEM`, `BGM`, `XGM` for a chain of more, `LNX`, `SWP`, `RAW`.
        1 => id: [u8; 3], Show::Ascii;
        /// First sector. In a chain it counts from its root sector, links from the chain's start.
        4 => start: u32, Show::Decimal;
        /// Sectors.
        8 => size: u32, Show::Decimal;
    }
}

const FLAGS: &[(u64, &str)] = &[(1, "exists"), (0x80, "bootable")];

/// What the kinds mean.
const KINDS: &[(&str, &str)] = &[
    ("GEM", "GEMDOS below 16 MiB"),
    ("BGM", "GEMDOS from 16 MiB"),
    ("XGM", "Chain of more partitions"),
    ("LNX", "Linux"),
    ("SWP", "Swap"),
    ("RAW", "Raw"),
    ("MIX", "MINIX"),
    ("UNX", "ASV (System V)"),
    ("F32", "FAT32"),
    ("MAC", "HFS"),
    ("QWA", "QDOS"),
];

/// Kind of the entry that leads to a chain.
const CHAIN: &[u8; 3] = b"XGM";

/// Kinds that an entry must have to be believed where nothing else says that the disk is one of Atari's.
const COMMON: [&[u8; 3]; 5] = [b"GEM", b"BGM", b"LNX", b"SWP", b"RAW"];

/// Where the entries begin in a root sector.
const ENTRIES_AT: usize = 454;
const ICD_AT: usize = 342;

impl PartitionEntry {
    fn at(sector: &[u8], offset: usize) -> Option<Self> {
        Self::decode(sector.get(offset..)?)
    }

    fn exists(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Whether it makes sense on a disk of so many sectors.
    fn is_plausible(&self, sectors: u64) -> bool {
        let (start, size) = (u64::from(self.start), u64::from(self.size));
        self.exists()
            && self.id.iter().all(u8::is_ascii_alphanumeric)
            && start > 0
            && size > 0
            && start + size <= sectors
    }

    fn kind(&self) -> String {
        String::from_utf8_lossy(&self.id).into_owned()
    }
}

/// Reads the root sector. There is no magic number: the entries must make sense, one of them must be of a common kind
/// or a chain, and nothing else may be on the disk.
pub(super) fn read(disk: &Disk) -> Option<Table> {
    let sector = disk.read(0, SECTOR)?;
    let root = RootSector::decode(&sector)?;
    let entries: Vec<PartitionEntry> = (0..4)
        .filter_map(|slot| PartitionEntry::at(&sector, ENTRIES_AT + slot * PartitionEntry::LENGTH))
        .collect();
    let sectors = disk.sectors(512);
    let is_known = |entry: &PartitionEntry| &entry.id == CHAIN || COMMON.contains(&&entry.id);
    let mut existing = entries.iter().filter(|entry| entry.exists());
    let known = existing.clone().any(is_known);
    let believed = known && existing.all(|entry| entry.is_plausible(sectors.max(root.disk_size.into())));
    if !believed || disk.volume().volume.is_some() {
        return None;
    }
    let mut table = Table::new("atari", 512);
    table.usable = (1, sectors);
    table.nodes.push(Node::of(&RootSector::LAYOUT, "atari.root@0", &**disk.bytes(), 0, &sector));
    let mut has_chain = false;
    for (slot, entry) in entries.iter().enumerate() {
        let at = ENTRIES_AT + slot * PartitionEntry::LENGTH;
        if !entry.exists() {
            continue;
        }
        let (start, number) = (entry.start.into(), slot + 1);
        if &entry.id == CHAIN {
            has_chain = true;
            let key =
                show(disk, &mut table, (0, &sector), at, format!("atari.chain@{number}"), "atari.root@0");
            follow(disk, entry, &key, &mut table);
        } else {
            let key =
                show(disk, &mut table, (0, &sector), at, format!("atari.entry@{number}"), "atari.root@0");
            declare(entry, start, key, &mut table);
        }
    }
    let is_icd = || PartitionEntry::at(&sector, ICD_AT).is_some_and(|first| COMMON.contains(&&first.id));
    if !has_chain && is_icd() {
        for slot in 0..8 {
            let at = ICD_AT + slot * PartitionEntry::LENGTH;
            let Some(entry) = PartitionEntry::at(&sector, at) else { continue };
            if entry.exists() && COMMON.contains(&&entry.id) {
                let key = format!("atari.entry@{}", slot + 5);
                let key = show(disk, &mut table, (0, &sector), at, key, "atari.root@0");
                declare(&entry, entry.start.into(), key, &mut table);
            }
        }
    }
    table.check_places(disk, 0);
    Some(table)
}

/// Adds the structure of the entry at byte `at` of a root sector, which lies at an offset of the disk.
fn show(
    disk: &Disk,
    table: &mut Table,
    (offset, sector): (u64, &[u8]),
    at: usize,
    key: String,
    parent: &str,
) -> String {
    let bytes = sector.get(at..).unwrap_or_default();
    let node = Node::of(&PartitionEntry::LAYOUT, &*key, &**disk.bytes(), offset + at as u64, bytes);
    let kind = PartitionEntry::at(sector, at).map(|entry| entry.kind()).unwrap_or_default();
    table.nodes.push(node.titled(format!("Entry: {kind}")).within(parent));
    key
}

/// Adds the partition of an entry, under the next number: that is how Linux and its tools count here.
fn declare(entry: &PartitionEntry, start: u64, key: String, table: &mut Table) {
    let kind = entry.kind();
    let index = table.next_index(1);
    let mut declared = Entry::new(index, EntryRole::Partition, start, entry.size.into());
    declared.type_name = KINDS.iter().find(|(id, _)| *id == kind).map(|(_, name)| (*name).into());
    let family = match &*kind {
        "LNX" => Family::Linux,
        _ => Family::Other,
    };
    declared.type_id = kind;
    declared.active = entry.flags & 0x80 != 0;
    declared.structure = Some(key);
    table.declare(declared, family);
}

/// Follows the chain that an entry leads to: root sectors with a partition and a link each.
fn follow(disk: &Disk, chain: &PartitionEntry, via: &str, table: &mut Table) {
    let base = u64::from(chain.start);
    let mut at = base;
    let mut parent = via.to_owned();
    let mut seen = BTreeSet::new();
    loop {
        let broken = |table: &mut Table, detail: String| {
            let place = table.node(&parent).and_then(|node| node.field_span("start"));
            let finding = Finding::new(&rules::labels::ATARI_CHAIN, detail).arg("sector", at);
            table.findings.add(finding.on(&*parent).place(place));
        };
        if !seen.insert(at) {
            return broken(table, format!("the chain of root sectors returns to sector {at}"));
        }
        if seen.len() > limits::EBRS {
            return broken(table, format!("reading stopped after {} root sectors", limits::EBRS));
        }
        let offset = table.guest(at, 1).0;
        let Some(sector) = disk.read(offset, SECTOR) else {
            return broken(table, format!("the root sector at sector {at} cannot be read"));
        };
        let entries: Vec<(usize, PartitionEntry)> = (0..4)
            .map(|slot| ENTRIES_AT + slot * PartitionEntry::LENGTH)
            .filter_map(|place| Some((place, PartitionEntry::at(&sector, place)?)))
            .filter(|(_, entry)| entry.exists())
            .collect();
        let key = format!("atari.root@{at}");
        let node = Node::of(&RootSector::LAYOUT, &*key, &**disk.bytes(), offset, &sector);
        table.nodes.push(node.titled(format!("Atari root sector at sector {at}")).within(&*parent));
        let Some((place, entry)) = entries.iter().find(|(_, entry)| &entry.id != CHAIN) else {
            return broken(table, format!("the root sector at sector {at} has no partition"));
        };
        let entry_key = format!("atari.entry@{at}");
        let entry_key = show(disk, table, (offset, &sector), *place, entry_key, &key);
        declare(entry, at + u64::from(entry.start), entry_key, table);
        let Some((place, link)) = entries.iter().find(|(_, entry)| &entry.id == CHAIN) else { return };
        parent = show(disk, table, (offset, &sector), *place, format!("atari.link@{at}"), &key);
        at = base + u64::from(link.start);
    }
}
