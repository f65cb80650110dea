//! What FAT volumes are made of, field by field.

use super::super::text;
use crate::structure;
use crate::structure::Show;

const EXTENDED_SIGNATURES: &[(u64, &str)] =
    &[(0x28, "0x28: a serial number follows"), (0x29, "0x29: serial number, label and type follow")];

const STATES: &[(u64, &str)] = &[(1, "in use"), (2, "surface test wanted")];

structure! {
    /// FAT boot sector (FAT12 and FAT16): the first sector of the volume, with the BIOS parameter block that describes its layout.
    pub struct BootSector("fat.boot-sector", "FAT boot sector", 512, Little) {
        /// Jump over the parameter block, for a BIOS that starts from here.
        0 => jump: [u8; 3], Show::Raw;
        /// Name of the system that formatted the volume.
        3 => oem_name: [u8; 8], Show::Ascii;
        /// Bytes per sector: 512 to 4096.
        11 => bytes_per_sector: u16, Show::Bytes;
        /// Sectors per cluster, the unit in which space is given to files.
        13 => sectors_per_cluster: u8, Show::Decimal;
        /// Sectors before the first file allocation table, this one included.
        14 => reserved_sectors: u16, Show::Decimal;
        /// Number of file allocation tables, normally 2.
        16 => fats: u8, Show::Decimal;
        /// Entries in the root directory.
        17 => root_entries: u16, Show::Decimal;
        /// Sectors of the volume, where they fit into 16 bits.
        19 => sectors_16: u16, Show::Decimal;
        /// Kind of medium: 0xf8 for a hard disk, 0xf0 for a floppy disk.
        21 => media: u8, Show::Hex;
        /// Sectors per file allocation table.
        22 => sectors_per_fat: u16, Show::Decimal;
        /// Sectors per track of the disk geometry.
        24 => sectors_per_track: u16, Show::Decimal;
        /// Heads of the disk geometry.
        26 => heads: u16, Show::Decimal;
        /// Sectors on the disk before the volume.
        28 => hidden_sectors: u32, Show::Decimal;
        /// Sectors of the volume, where they need 32 bits.
        32 => sectors_32: u32, Show::Decimal;
        /// BIOS number of the drive: 0x80 for the first hard disk.
        36 => drive: u8, Show::Hex;
        /// Bits that Windows NT and Linux set while the volume is in use.
        37 => state: u8, Show::Flags(STATES);
        /// Which of the next three fields are in use.
        38 => extended_signature: u8, Show::Names(EXTENDED_SIGNATURES);
        /// Serial number, made from the time of formatting.
        39 => serial: u32, Show::With(text::show_serial);
        /// Label at the time of formatting; the valid one is in the root directory.
        43 => label: [u8; 11], Show::Ascii;
        /// A hint for people; the number of clusters decides.
        54 => type_name: [u8; 8], Show::Ascii;
        /// Boot code.
        62 => boot_code: [u8; 448], Show::Raw;
        /// Always 55 AA.
        510 => signature: [u8; 2], Show::Raw;
    }
}

structure! {
    /// FAT32 boot sector: the first sector of the volume, with the BIOS parameter block that describes its layout. A copy is in sector 6.
    pub struct BootSector32("fat32.boot-sector", "FAT32 boot sector", 512, Little) {
        /// Jump over the parameter block, for a BIOS that starts from here.
        0 => jump: [u8; 3], Show::Raw;
        /// Name of the system that formatted the volume.
        3 => oem_name: [u8; 8], Show::Ascii;
        /// Bytes per sector: 512 to 4096.
        11 => bytes_per_sector: u16, Show::Bytes;
        /// Sectors per cluster, the unit in which space is given to files.
        13 => sectors_per_cluster: u8, Show::Decimal;
        /// Sectors before the first file allocation table, this one included.
        14 => reserved_sectors: u16, Show::Decimal;
        /// Number of file allocation tables, normally 2.
        16 => fats: u8, Show::Decimal;
        /// Zero: the root directory is a chain of clusters here.
        17 => root_entries: u16, Show::Decimal;
        /// Zero: the sectors are counted with 32 bits.
        19 => sectors_16: u16, Show::Decimal;
        /// Kind of medium: 0xf8 for a hard disk.
        21 => media: u8, Show::Hex;
        /// Zero: this is how FAT32 is told apart.
        22 => sectors_per_fat_16: u16, Show::Decimal;
        /// Sectors per track of the disk geometry.
        24 => sectors_per_track: u16, Show::Decimal;
        /// Heads of the disk geometry.
        26 => heads: u16, Show::Decimal;
        /// Sectors on the disk before the volume.
        28 => hidden_sectors: u32, Show::Decimal;
        /// Sectors of the volume.
        32 => sectors_32: u32, Show::Decimal;
        /// Sectors per file allocation table.
        36 => sectors_per_fat: u32, Show::Decimal;
        /// Bit 7: only one table is kept up to date, that of the number in bits 0 to 3.
        40 => flags: u16, Show::Hex;
        /// Version of the format: 0.
        42 => version: u16, Show::Decimal;
        /// First cluster of the root directory, normally 2.
        44 => root_cluster: u32, Show::Decimal;
        /// Sector with the number of free clusters, normally 1.
        48 => fsinfo_sector: u16, Show::Decimal;
        /// Sector with the copy of this one, normally 6.
        50 => backup_sector: u16, Show::Decimal;
        /// Zero.
        52 => reserved: [u8; 12], Show::Reserved;
        /// BIOS number of the drive: 0x80 for the first hard disk.
        64 => drive: u8, Show::Hex;
        /// Bits that Windows NT and Linux set while the volume is in use.
        65 => state: u8, Show::Flags(STATES);
        /// Which of the next three fields are in use.
        66 => extended_signature: u8, Show::Names(EXTENDED_SIGNATURES);
        /// Serial number, made from the time of formatting.
        67 => serial: u32, Show::With(text::show_serial);
        /// Label at the time of formatting; the valid one is in the root directory.
        71 => label: [u8; 11], Show::Ascii;
        /// A hint for people; the number of clusters decides.
        82 => type_name: [u8; 8], Show::Ascii;
        /// Boot code.
        90 => boot_code: [u8; 420], Show::Raw;
        /// Always 55 AA.
        510 => signature: [u8; 2], Show::Raw;
    }
}

structure! {
    /// FAT32 information sector: hints that save an operating system from counting.
    pub struct FsInfo("fat32.fsinfo", "FAT32 information sector", 512, Little) {
        /// Always `RRaA`.
        0 => lead_signature: [u8; 4], Show::Ascii;
        /// Zero.
        4 => reserved: [u8; 480], Show::Reserved;
        /// Always `rrAa`.
        484 => signature: [u8; 4], Show::Ascii;
        /// Free clusters when the volume was last unmounted; all ones for unknown.
        488 => free_clusters: u32, Show::Decimal;
        /// Where the search for a free cluster starts; all ones for unknown.
        492 => next_free: u32, Show::Decimal;
        /// Zero.
        496 => reserved_2: [u8; 12], Show::Reserved;
        /// Always 00 00 55 AA.
        508 => trail_signature: [u8; 4], Show::Raw;
    }
}

structure! {
    /// FAT directory entry.
    pub struct DirectoryEntry("fat.directory-entry", "FAT directory entry", 32, Little) {
        /// Name, eight characters and three; of a label, eleven.
        0 => name: [u8; 11], Show::Ascii;
        /// Attributes.
        11 => attributes: u8, Show::Flags(&[(1, "read-only"), (2, "hidden"), (4, "system"), (8, "label"), (16, "directory"), (32, "archive")]);
        /// Times of creation and access.
        12 => created: [u8; 8], Show::Raw;
        /// High half of the first cluster.
        20 => cluster_high: u16, Show::Decimal;
        /// Time of the last change.
        22 => written: [u8; 4], Show::Raw;
        /// Low half of the first cluster.
        26 => cluster_low: u16, Show::Decimal;
        /// Size in bytes.
        28 => size: u32, Show::Bytes;
    }
}
