//! FAT12, FAT16 and FAT32 after Microsoft's *FAT File System Specification*: an empty volume with a label.
//!
//! Boot sector, reserved sectors, the file allocation table twice, the root directory, data. On FAT32 the root
//! directory is a chain of clusters like any file. The number of clusters alone decides which of the three it is.

use crate::disk::{Disk, SECTOR};
use crate::record::Record;
use crate::time;

/// How many bits a table entry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Fewer than 4085 clusters.
    Fat12,
    /// Fewer than 65525 clusters.
    Fat16,
    /// All above.
    Fat32,
}

/// An empty FAT volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fat {
    /// 12, 16 or 32 bits.
    pub width: Width,
    /// Size of the volume in sectors.
    pub sectors: u32,
    /// First sector of its partition.
    pub hidden_sectors: u32,
    /// Sectors of a cluster: a power of two.
    pub cluster_sectors: u8,
    /// Serial number.
    pub serial: u32,
    /// Label: at most eleven characters, upper case.
    pub label: &'static str,
}

/// Root directory of FAT12 and FAT16.
const ROOT_ENTRIES: u32 = 512;
const ROOT_SECTORS: u32 = ROOT_ENTRIES * 32 / SECTOR as u32;
const TABLES: u32 = 2;
/// Medium: a hard disk.
const MEDIA: u8 = 0xf8;
const BACKUP_BOOT_SECTOR: u16 = 6;
const VOLUME_LABEL: u8 = 0x08;

impl Fat {
    fn is_32(&self) -> bool {
        self.width == Width::Fat32
    }

    fn reserved_sectors(&self) -> u32 {
        if self.is_32() { 32 } else { 1 }
    }

    fn root_sectors(&self) -> u32 {
        if self.is_32() { 0 } else { ROOT_SECTORS }
    }

    /// Data clusters when each table has so many sectors.
    fn clusters(&self, table_sectors: u32) -> u32 {
        let overhead = self.reserved_sectors() + TABLES * table_sectors + self.root_sectors();
        (self.sectors - overhead) / u32::from(self.cluster_sectors)
    }

    /// Sectors of a table: the smallest number that has an entry for each cluster that is left.
    fn table_sectors(&self) -> u32 {
        let bits = match self.width {
            Width::Fat12 => 12,
            Width::Fat16 => 16,
            Width::Fat32 => 32,
        };
        let enough = |sectors: &u32| (self.clusters(*sectors) + 2) * bits <= sectors * 512 * 8;
        (1..self.sectors).find(enough).unwrap_or(1)
    }

    /// The boot sector: how the volume is laid out.
    fn boot_sector(&self) -> Record {
        let table_sectors = self.table_sectors();
        let (small, large) = match u16::try_from(self.sectors) {
            Ok(small) if !self.is_32() => (small, 0),
            _ => (0, self.sectors),
        };
        let record = Record::new(SECTOR as usize)
            .put(0, if self.is_32() { [0xeb, 0x58, 0x90] } else { [0xeb, 0x3c, 0x90] })
            .put(3, "MSDOS5.0")
            .le16(11, SECTOR as u16)
            .u8(13, self.cluster_sectors)
            .le16(14, self.reserved_sectors() as u16)
            .u8(16, TABLES as u8)
            .le16(17, if self.is_32() { 0 } else { ROOT_ENTRIES as u16 })
            .le16(19, small)
            .u8(21, MEDIA)
            .le16(22, if self.is_32() { 0 } else { table_sectors as u16 })
            .le16(24, 63) // sectors per track
            .le16(26, 255) // heads
            .le32(28, self.hidden_sectors)
            .le32(32, large)
            .put(510, [0x55, 0xaa]);
        // The same block of fields stands at 36, or behind what only FAT32 has.
        let (record, tail) = if self.is_32() {
            let record = record.le32(36, table_sectors).le32(44, 2).le16(48, 1).le16(50, BACKUP_BOOT_SECTOR);
            (record, 64)
        } else {
            (record, 36)
        };
        record
            .u8(tail, 0x80) // BIOS drive
            .u8(tail + 2, 0x29) // the three fields that follow are there
            .le32(tail + 3, self.serial)
            .padded(tail + 7, 11, self.label)
            .padded(
                tail + 18,
                8,
                match self.width {
                    Width::Fat12 => "FAT12",
                    Width::Fat16 => "FAT16",
                    Width::Fat32 => "FAT32",
                },
            )
    }

    /// FAT32's counters of free clusters. One cluster is taken by the root directory.
    fn fs_info(&self) -> Record {
        Record::new(SECTOR as usize)
            .put(0, "RRaA")
            .put(484, "rrAa")
            .le32(488, self.clusters(self.table_sectors()) - 1)
            .le32(492, 3) // where to look for a free one
            .put(510, [0x55, 0xaa])
    }

    /// The root directory's only entry.
    fn label_entry(&self) -> Record {
        Record::new(32)
            .padded(0, 11, self.label)
            .u8(11, VOLUME_LABEL)
            .le16(22, time::FAT_TIME)
            .le16(24, time::FAT_DATE)
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let mut disk = Disk::new(u64::from(self.sectors) * SECTOR);
        let table_sectors = self.table_sectors();
        // Entry 0 repeats the medium; entry 1 has the bits "clean" and "no error" set; both end a chain.
        let first_entries: &[u8] = match self.width {
            Width::Fat12 => &[MEDIA, 0xff, 0xff],
            Width::Fat16 => &[MEDIA, 0xff, 0xff, 0xff],
            // Entry 2 is the root directory, one cluster long.
            Width::Fat32 => &[MEDIA, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f],
        };
        disk.write(0, self.boot_sector());
        if self.is_32() {
            disk.write(SECTOR, self.fs_info());
            disk.write(u64::from(BACKUP_BOOT_SECTOR) * SECTOR, self.boot_sector());
            disk.write(u64::from(BACKUP_BOOT_SECTOR + 1) * SECTOR, self.fs_info());
        }
        for table in 0..TABLES {
            let sector = self.reserved_sectors() + table * table_sectors;
            disk.write(u64::from(sector) * SECTOR, first_entries);
        }
        // On FAT32 the root directory is cluster 2, the first of the data: the same place.
        let root = self.reserved_sectors() + TABLES * table_sectors;
        disk.write(u64::from(root) * SECTOR, self.label_entry());
        disk
    }
}
