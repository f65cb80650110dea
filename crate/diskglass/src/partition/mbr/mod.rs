//! The master boot record: sector 0 of a PC disk. Numbers are little-endian.

mod ebr;
pub mod geometry;
mod read;

use super::disk::{Disk, SECTOR};
use super::model::{Entry, EntryRole};
use super::ranges::{Range, overlaps};
use super::table::Table;
use super::types::{self, Family};
use crate::structure::{Node, Show};
pub(super) use read::read;

crate::structure! {
    /// Sector 0 of a PC disk: code that the BIOS starts, and a table of four partitions. A disk with a GPT has one too,
    /// with a single entry that keeps old tools away.
    pub struct MasterBootRecord("mbr", "Master boot record", 512, Little) {
        /// What the BIOS starts. All zero on a disk that was never made to boot.
        0 => boot_code: [u8; 440], Show::Raw;
        /// The disk's identity for Windows, and for Linux the first half of each PARTUUID.
        440 => disk_signature: u32, Show::Hex;
        /// 0x5a5a marks a disk as copy-protected; zero otherwise.
        444 => copy_protected: u16, Show::Names(&[(0, "no"), (0x5a5a, "yes")]);
        /// The four entries; each is shown as a structure of its own.
        446 => entries: [u8; 64], Show::Raw;
        /// Always 55 AA, on disks with sectors of 4096 bytes too.
        510 => signature: [u8; 2], Show::Raw;
    }
}

crate::structure! {
    /// One partition: its type, and where it starts and how long it is, in sectors. Beside that the same in cylinders,
    /// heads and sectors, which nothing uses any more.
    pub struct PartitionEntry("mbr.entry", "Partition entry", 16, Little) {
        /// 0x80 marks the partition that a BIOS loader starts.
        0 => boot_indicator: u8, Show::Names(&[(0, "not active"), (0x80, "active")]);
        /// First sector, the old way. Advisory.
        1 => first_chs: [u8; 3], Show::With(geometry::text);
        /// What kind of partition it is; 0 where the entry is empty.
        4 => type_id: u8, Show::With(type_text);
        /// Last sector, the old way. Advisory.
        5 => last_chs: [u8; 3], Show::With(geometry::text);
        /// First sector. In an extended boot record it counts from that record, or from the extended partition.
        8 => first_sector: u32, Show::Decimal;
        /// Number of sectors.
        12 => sector_count: u32, Show::Decimal;
    }
}

fn type_text(bytes: &[u8]) -> String {
    let id = bytes.first().copied().unwrap_or(0);
    format!("0x{id:02x} {}", types::mbr_name(id).unwrap_or("unknown"))
}

/// Offset of the first entry in a boot record.
const ENTRIES_AT: usize = 446;

/// Disks of IBM AIX: their sector 0 is something else.
const AIX: [u8; 4] = [0xc9, 0xc2, 0xd4, 0xc1];

/// Sectors that the boot blocks of BSD claim in a table that is only there to please old BIOSes.
const BSD_DUMMY_SECTORS: u32 = 50_000;

impl PartitionEntry {
    /// The entry in that slot (0 to 3) of a boot record.
    pub(super) fn of(sector: &[u8], slot: usize) -> Option<Self> {
        Self::decode(sector.get(ENTRIES_AT + slot * Self::LENGTH..)?)
    }

    /// Whether it declares anything. Linux goes by the size, Windows by the type; both must be there.
    pub(super) fn is_used(&self) -> bool {
        self.type_id != 0 && self.sector_count != 0
    }

    /// Whether it leads to logical partitions.
    pub(super) fn is_extended(&self) -> bool {
        self.is_used() && types::EXTENDED.contains(&self.type_id)
    }

    /// First sector.
    pub(super) fn start(&self) -> u64 {
        self.first_sector.into()
    }

    /// Number of sectors.
    pub(super) fn sectors(&self) -> u64 {
        self.sector_count.into()
    }

    /// The sector after the last.
    pub(super) fn end(&self) -> u64 {
        self.start() + self.sectors()
    }

    /// Its structure: slot `slot` of the boot record that lies at byte `record` of the disk.
    pub(super) fn node(disk: &Disk, record: u64, sector: &[u8], slot: usize, key: String) -> Node {
        let at = ENTRIES_AT + slot * Self::LENGTH;
        let bytes = sector.get(at..at + Self::LENGTH).unwrap_or_default();
        Node::of(&Self::LAYOUT, key, &**disk.bytes(), record + at as u64, bytes)
    }

    /// Adds it to a table, as the partition of that number with that absolute first sector.
    pub(super) fn declare(&self, table: &mut Table, index: u32, parent: Option<u32>, start: u64, key: &str) {
        let family = Family::of_mbr(self.type_id);
        let role = if family == Family::Extended { EntryRole::Container } else { EntryRole::Partition };
        let mut entry = Entry::new(index, role, start, self.sectors());
        entry.parent = parent;
        entry.type_id = format!("0x{:02x}", self.type_id);
        entry.type_name = types::mbr_name(self.type_id).map(Into::into);
        entry.active = self.boot_indicator == 0x80;
        entry.structure = Some(key.into());
        table.declare(entry, family);
    }
}

/// Sector 0, decoded. Whether it is a partition table at all is another question.
pub(super) struct Mbr {
    sector: Vec<u8>,
    record: MasterBootRecord,
    entries: Vec<PartitionEntry>,
}

impl Mbr {
    /// Reads sector 0.
    pub(super) fn of(disk: &Disk) -> Option<Self> {
        let sector = disk.read(0, SECTOR)?;
        let record = MasterBootRecord::decode(&sector)?;
        let entries = (0..4).filter_map(|slot| PartitionEntry::of(&sector, slot)).collect();
        Some(Self { sector, record, entries })
    }

    fn is_signed(&self) -> bool {
        self.record.signature == [0x55, 0xaa]
    }

    /// Whether it says that the disk has a GPT.
    pub(super) fn is_protective(&self) -> bool {
        self.is_signed() && self.protective().is_some()
    }

    /// The entry that stands for the GPT, with its number.
    pub(super) fn protective(&self) -> Option<(u32, &PartitionEntry)> {
        self.used().find(|(_, entry)| entry.type_id == types::PROTECTIVE)
    }

    /// The used entries except those that protect a GPT, with their numbers 1 to 4.
    pub(super) fn ordinary(&self) -> impl Iterator<Item = (u32, &PartitionEntry)> {
        self.used().filter(|(_, entry)| entry.type_id != types::PROTECTIVE)
    }

    /// Whether it is a table that lists any partition, made-up ones of boot blocks aside.
    pub(super) fn lists(&self, disk: &Disk) -> bool {
        self.is_signed() && self.ordinary().next().is_some() && self.is_table(disk)
    }

    fn used(&self) -> impl Iterator<Item = (u32, &PartitionEntry)> {
        self.numbered().filter(|(_, entry)| entry.is_used())
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &PartitionEntry)> {
        (1..).zip(&self.entries)
    }

    /// Its structures: itself and the four entries.
    pub(super) fn nodes(&self, disk: &Disk, title: &str) -> Vec<Node> {
        let record = Node::of(&MasterBootRecord::LAYOUT, "mbr@0", &**disk.bytes(), 0, &self.sector);
        let mut nodes = vec![record.titled(title)];
        for (number, entry) in self.numbered() {
            let title = match types::mbr_name(entry.type_id) {
                _ if !entry.is_used() => format!("Entry {number}: empty"),
                Some(name) => format!("Entry {number}: {name}"),
                None => format!("Entry {number}: type 0x{:02x}", entry.type_id),
            };
            let slot = number as usize - 1;
            let node = PartitionEntry::node(disk, 0, &self.sector, slot, entry_key(number));
            nodes.push(node.titled(title).within("mbr@0"));
        }
        nodes
    }

    /// Whether the disk is partitioned by it, although the disk may hold a volume as a whole.
    ///
    /// The boot sector of a FAT or NTFS volume ends in 55 AA as well and has code or text where the entries would be,
    /// so a table beside a volume must be without fault to be believed.
    pub(super) fn is_table(&self, disk: &Disk) -> bool {
        if self.record.boot_code.starts_with(&AIX) || self.is_bsd_dummy() {
            return false;
        }
        if !self.is_signed() {
            return self.is_plausible(disk.sectors(512)) && self.leads_somewhere(disk, 512);
        }
        let indicators_valid = self.entries.iter().all(|entry| matches!(entry.boot_indicator, 0 | 0x80));
        if disk.is_iso() {
            return indicators_valid && self.entries.iter().any(|entry| entry.sector_count != 0);
        }
        match &disk.volume().volume {
            None => indicators_valid || self.is_plausible(disk.sectors(512)),
            Some(volume) => {
                let boots_itself = matches!(volume.kind.as_str(), "vfat" | "ntfs" | "exfat");
                let fills_disk =
                    volume.size_bytes.is_some_and(|size| size.abs_diff(disk.size()) <= disk.size() / 100);
                // Sector 0 is a boot sector of these three only; beside others, a table may be of a disk that was cut.
                let sectors = if boots_itself { disk.sectors(512) } else { u64::MAX };
                indicators_valid && self.is_plausible(sectors) && !(boots_itself && fills_disk)
            }
        }
    }

    /// Whether there are entries and all of them make sense together on a disk of so many sectors.
    fn is_plausible(&self, sectors: u64) -> bool {
        let sound = |entry: &PartitionEntry| {
            entry.first_sector >= 1
                && (entry.end() <= sectors || entry.type_id == types::PROTECTIVE)
                && types::mbr_name(entry.type_id).is_some()
        };
        self.used().next().is_some()
            && self.used().all(|(_, entry)| sound(entry))
            && self
                .entries
                .iter()
                .all(|entry| entry.is_used() || (entry.type_id == 0 && entry.sector_count == 0))
            && overlaps(self.ranges()).is_empty()
    }

    /// Whether this is the table in the boot blocks of BSD: one slice of a made-up size that starts at sector 0.
    fn is_bsd_dummy(&self) -> bool {
        let mut used = self.used();
        let first = used.next().is_some_and(|(_, entry)| {
            Family::of_mbr(entry.type_id) == Family::Bsd
                && entry.first_sector == 0
                && entry.sector_count == BSD_DUMMY_SECTORS
        });
        first && used.next().is_none()
    }

    /// Whether, with sectors of that size, at least one entry leads to something known.
    fn leads_somewhere(&self, disk: &Disk, sector_bytes: u64) -> bool {
        self.ordinary().any(|(_, entry)| {
            let (offset, length) = (entry.start() * sector_bytes, entry.sectors() * sector_bytes);
            if entry.is_extended() {
                disk.read(offset, SECTOR).is_some_and(|record| record.ends_with(&[0x55, 0xaa]))
            } else {
                disk.volume_at(offset, length, "probe").volume.is_some()
            }
        })
    }

    /// Bytes of a sector in its counts. Nothing in it says so; where only the reading with 4096 leads to volumes, it is
    /// from a disk with such sectors.
    fn sector_bytes(&self, disk: &Disk) -> u32 {
        let fits = self.ordinary().all(|(_, entry)| entry.end() * 4096 <= disk.size());
        let large = fits && !self.leads_somewhere(disk, 512) && self.leads_somewhere(disk, 4096);
        if large { 4096 } else { 512 }
    }

    /// The sectors of the used entries, those of dynamic disks excepted: Windows lets them overlap.
    fn ranges(&self) -> Vec<Range> {
        self.ordinary()
            .filter(|(_, entry)| Family::of_mbr(entry.type_id) != Family::DynamicDisk)
            .map(|(number, entry)| Range { start: entry.start(), end: entry.end(), owner: number as usize })
            .collect()
    }
}

fn entry_key(number: u32) -> String {
    format!("mbr.entry@{number}")
}
