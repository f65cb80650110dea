//! The master boot record and the chain of extended boot records behind it.
//!
//! Sector 0 has room for four partitions. One of them may be a container ("extended"); the logical partitions inside
//! it form a chain: each is announced by a sector like the first (an EBR) with one entry for the partition, counted
//! from that EBR, and one entry for the next EBR, counted from the start of the container. Little-endian.

use crate::disk::{Disk, SECTOR};
use crate::record::Record;

/// Bytes of boot code in front of the table.
pub const SIGNATURE_OFFSET: usize = 440;
/// Where the four entries start.
pub const TABLE_OFFSET: usize = 446;
/// Length of an entry.
pub const ENTRY_BYTES: u64 = 16;
/// Sectors between an EBR and its partition since disks are aligned to 1 MiB.
pub const EBR_GAP: u32 = 2048;

/// Partition types that the samples use.
pub mod kind {
    /// FAT12.
    pub const FAT12: u8 = 0x01;
    /// FAT16 below 32 MiB.
    pub const FAT16_SMALL: u8 = 0x04;
    /// FAT16 from 32 MiB.
    pub const FAT16: u8 = 0x06;
    /// NTFS or exFAT.
    pub const NTFS: u8 = 0x07;
    /// FAT32, addressed by sector number.
    pub const FAT32: u8 = 0x0c;
    /// Container, addressed by sector number.
    pub const EXTENDED: u8 = 0x0f;
    /// The link from one EBR to the next.
    pub const LINK: u8 = 0x05;
    /// Linux swap.
    pub const SWAP: u8 = 0x82;
    /// Linux file system.
    pub const LINUX: u8 = 0x83;
    /// Linux LVM.
    pub const LVM: u8 = 0x8e;
    /// The protective entry in front of a GPT.
    pub const GPT: u8 = 0xee;
}

/// Heads and sectors per track, from which the old cylinder addresses are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Heads.
    pub heads: u32,
    /// Sectors per track.
    pub sectors: u32,
}

impl Geometry {
    /// What every BIOS of the last decades answers for a disk above 8 GB, and most tools assume for all.
    pub const LBA: Self = Self { heads: 255, sectors: 63 };

    /// The three bytes of a sector's address: head, sector with the high bits of the cylinder, cylinder. `beyond`
    /// stands for what lies above cylinder 1023.
    fn address(self, sector: u32, beyond: [u8; 3]) -> [u8; 3] {
        let (track, in_track) = (sector / self.sectors, sector % self.sectors + 1);
        let (cylinder, head) = (track / self.heads, track % self.heads);
        if cylinder > 1023 {
            return beyond;
        }
        [head as u8, in_track as u8 | (cylinder >> 2 & 0xc0) as u8, cylinder as u8]
    }
}

/// A partition, with its place on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Whether the BIOS starts from it.
    pub active: bool,
    /// Its type.
    pub kind: u8,
    /// First sector of the disk.
    pub first: u32,
    /// Number of sectors.
    pub count: u32,
}

impl Partition {
    /// A partition that is not active.
    pub fn new(kind: u8, first: u32, count: u32) -> Self {
        Self { active: false, kind, first, count }
    }

    /// The same, active.
    #[must_use]
    pub fn active(self) -> Self {
        Self { active: true, ..self }
    }

    /// The 16 bytes of a table entry, whose first sector is counted from `base`.
    fn entry(&self, geometry: Geometry, base: u32) -> Vec<u8> {
        let last = self.first + (self.count - 1);
        // UEFI wants FF FF FF for the protective entry; everything else ends at the last head a BIOS knows.
        let beyond = if self.kind == kind::GPT { [0xff; 3] } else { [0xfe, 0xff, 0xff] };
        Record::new(16)
            .u8(0, if self.active { 0x80 } else { 0 })
            .put(1, geometry.address(self.first, beyond))
            .u8(4, self.kind)
            .put(5, geometry.address(last, beyond))
            .le32(8, self.first - base)
            .le32(12, self.count)
            .into_bytes()
    }
}

/// A partition table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The disk's signature; 0 where a GPT does that job.
    pub signature: u32,
    /// For the old addresses.
    pub geometry: Geometry,
    /// Up to four partitions of sector 0, a container among them.
    pub primaries: Vec<Partition>,
    /// Partitions in the container, in the order of the chain.
    pub logicals: Vec<Partition>,
    /// Sectors between an EBR and its partition.
    pub ebr_gap: u32,
}

impl Table {
    /// A table as today's tools write it.
    pub fn new(signature: u32, primaries: Vec<Partition>) -> Self {
        Self { signature, geometry: Geometry::LBA, primaries, logicals: Vec::new(), ebr_gap: EBR_GAP }
    }

    /// The same with logical partitions in its container.
    #[must_use]
    pub fn with_logicals(self, logicals: Vec<Partition>) -> Self {
        Self { logicals, ..self }
    }

    /// The EBR in front of a logical partition.
    pub fn ebr(&self, logical: &Partition) -> u32 {
        logical.first - self.ebr_gap
    }

    /// Writes the table, and the chain if there are logical partitions.
    pub fn write(&self, disk: &mut Disk) {
        let entries = self.primaries.iter().map(|partition| partition.entry(self.geometry, 0));
        disk.write(0, boot_record(entries).le32(SIGNATURE_OFFSET, self.signature));

        let container = self.primaries.iter().find(|partition| partition.kind == kind::EXTENDED);
        let base = container.map_or(0, |partition| partition.first);
        for (index, logical) in self.logicals.iter().enumerate() {
            let ebr = self.ebr(logical);
            let link = self.logicals.get(index + 1).map(|next| {
                let count = self.ebr_gap + next.count;
                Partition::new(kind::LINK, self.ebr(next), count).entry(self.geometry, base)
            });
            let entries = std::iter::once(logical.entry(self.geometry, ebr)).chain(link);
            disk.write(u64::from(ebr) * SECTOR, boot_record(entries));
        }
    }
}

/// Byte offset of an EBR's second entry, the link to the next.
pub fn link_offset(ebr: u32) -> u64 {
    u64::from(ebr) * SECTOR + TABLE_OFFSET as u64 + ENTRY_BYTES
}

/// A sector with entries and the two bytes that end every boot sector.
fn boot_record(entries: impl Iterator<Item = Vec<u8>>) -> Record {
    entries
        .enumerate()
        .fold(Record::new(SECTOR as usize), |record, (slot, entry)| {
            record.put(TABLE_OFFSET + slot * 16, entry)
        })
        .put(510, [0x55, 0xaa])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::hex;

    /// What sfdisk wrote for the same partitions.
    #[test]
    fn chain_as_another_writer_makes_it() {
        let mut disk = Disk::new(64 << 20);
        Table::new(
            0xdead_beef,
            vec![
                Partition::new(kind::NTFS, 2048, 0x4000).active(),
                Partition::new(kind::EXTENDED, 20480, 0x14000),
            ],
        )
        .with_logicals(vec![
            Partition::new(kind::LINUX, 22528, 0x2000),
            Partition::new(kind::SWAP, 32768, 0x2000),
        ])
        .write(&mut disk);
        let at = |sector: u64, offset: u64| hex(&disk.read(sector * SECTOR + offset, 16));
        assert_eq!(disk.read(0x1b8, 6), [0xef, 0xbe, 0xad, 0xde, 0, 0]);
        assert_eq!(at(0, 0x1be), "80202100072524010008000000400000");
        assert_eq!(at(0, 0x1ce), "004606010f5f19060050000000400100");
        assert_eq!(at(20480, 0x1be), "0066260183e827010008000000200000");
        assert_eq!(at(20480, 0x1ce), "00e82801058c0a020028000000280000");
        assert_eq!(at(30720, 0x1be), "000a0902828c0a020008000000200000");
        assert_eq!(at(30720, 0x1ce), "0".repeat(32));
    }
}
