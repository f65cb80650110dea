//! The GUID partition table: a header and an array of entries behind the (protective) MBR, and a copy of both at the
//! end of the disk, the array in front of the header. Little-endian; everything counts logical sectors, which are
//! 512 or 4096 bytes.
//!
//! After the *UEFI Specification*, chapter "GUID Partition Table (GPT) Disk Layout".

use crate::checksum;
use crate::disk::Disk;
use crate::mbr;
use crate::record::{Record, utf16le};
use crate::uuid::Uuid;

/// Entries of the array.
pub const ENTRIES: usize = 128;
/// Bytes of an entry.
pub const ENTRY_BYTES: usize = 128;
/// Bytes of the header that its checksum covers.
pub const HEADER_BYTES: usize = 92;
/// Offset of the checksum in the header.
pub const HEADER_CRC_OFFSET: u64 = 16;

/// Partition types that the samples use.
pub mod kind {
    use crate::uuid::Uuid;

    /// EFI system partition.
    pub const EFI_SYSTEM: Uuid = Uuid(0xc12a_7328_f81f_11d2_ba4b_00a0_c93e_c93b);
    /// Microsoft reserved partition: room for Windows' own tables.
    pub const MICROSOFT_RESERVED: Uuid = Uuid(0xe3c9_e316_0b5c_4db8_817d_f92d_f002_15ae);
    /// Microsoft basic data: NTFS, FAT, exFAT.
    pub const BASIC_DATA: Uuid = Uuid(0xebd0_a0a2_b9e5_4433_87c0_68b6_b726_99c7);
    /// Linux file system.
    pub const LINUX: Uuid = Uuid(0x0fc6_3daf_8483_4772_8e79_3d69_d847_7de4);
    /// Root file system of 64-bit x86 Linux.
    pub const LINUX_ROOT_X86_64: Uuid = Uuid(0x4f68_bce3_e8cd_4db1_96e7_fbca_f984_b709);
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its type.
    pub kind: Uuid,
    /// Its own id.
    pub id: Uuid,
    /// First logical sector.
    pub first: u64,
    /// Last logical sector: it belongs to the partition.
    pub last: u64,
    /// Attribute bits.
    pub attributes: u64,
    /// Name: at most 36 characters.
    pub name: &'static str,
}

impl Partition {
    fn entry(&self) -> Record {
        Record::new(ENTRY_BYTES)
            .put(0, self.kind.mixed())
            .put(16, self.id.mixed())
            .le64(32, self.first)
            .le64(40, self.last)
            .le64(48, self.attributes)
            .put(56, utf16le(self.name))
    }
}

/// A partition table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The disk's id.
    pub disk_id: Uuid,
    /// Bytes of a logical sector.
    pub sector_bytes: u64,
    /// The partitions in the order of the array.
    pub partitions: Vec<Partition>,
    /// Entries of the array, used or not.
    pub entries: usize,
    /// First sector of the array, and of the backup's where that is not right in front of its header.
    pub arrays: (u64, Option<u64>),
}

impl Table {
    /// A table for sectors of 512 bytes.
    pub fn new(disk_id: Uuid, partitions: Vec<Partition>) -> Self {
        Self { disk_id, sector_bytes: 512, partitions, entries: ENTRIES, arrays: (2, None) }
    }

    /// The array: all entries, used or not.
    fn array(&self) -> Vec<u8> {
        let mut array: Vec<u8> =
            self.partitions.iter().flat_map(|partition| partition.entry().into_bytes()).collect();
        array.resize(self.entries * ENTRY_BYTES, 0);
        array
    }

    /// Sectors of the array.
    fn array_sectors(&self) -> u64 {
        ((self.entries * ENTRY_BYTES) as u64).div_ceil(self.sector_bytes)
    }

    /// First sector of the backup's array on a disk with that last sector.
    fn backup_array(&self, last: u64) -> u64 {
        self.arrays.1.unwrap_or_else(|| last - self.array_sectors())
    }

    /// One of the two headers: `own` is its place, `other` that of the other one, `array` that of its array.
    fn header(&self, last: u64, own: u64, other: u64, array: u64, array_crc: u32) -> Record {
        let header = Record::new(HEADER_BYTES)
            .put(0, "EFI PART")
            .le32(8, 0x0001_0000)
            .le32(12, HEADER_BYTES as u32)
            .le64(24, own)
            .le64(32, other)
            .le64(40, self.arrays.0 + self.array_sectors()) // first usable sector
            .le64(48, self.backup_array(last) - 1) // last usable sector
            .put(56, self.disk_id.mixed())
            .le64(72, array)
            .le32(80, self.entries as u32)
            .le32(84, ENTRY_BYTES as u32)
            .le32(88, array_crc);
        let crc = checksum::crc32(header.bytes());
        header.le32(HEADER_CRC_OFFSET as usize, crc)
    }

    /// Writes the protective MBR, the table and its backup.
    pub fn write(&self, disk: &mut Disk) {
        let last = disk.size() / self.sector_bytes - 1;
        let (array_at, backup_array) = (self.arrays.0, self.backup_array(last));
        let covered = u32::try_from(last).unwrap_or(u32::MAX);
        mbr::Table::new(0, vec![mbr::Partition::new(mbr::kind::GPT, 1, covered)]).write(disk);
        let array = self.array();
        let crc = checksum::crc32(&array);
        disk.write(self.sector_bytes, self.header(last, 1, last, array_at, crc));
        disk.write(array_at * self.sector_bytes, &array);
        disk.write(backup_array * self.sector_bytes, &array);
        disk.write(last * self.sector_bytes, self.header(last, last, 1, backup_array, crc));
    }
}

/// Puts fields into a header of a disk with sectors of 512 bytes, the backup or the first one, and writes the checksums
/// of its array and its own anew.
pub fn change_header(disk: &mut [u8], backup: bool, fields: &[(usize, &[u8])]) {
    let at = if backup { disk.len() - 512 } else { 512 };
    for (offset, new) in fields {
        put(disk, at + offset, new);
    }
    let number = |offset: usize, length: usize| {
        let bytes = &disk[at + offset..at + offset + length];
        bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let array = number(72, 8) * 512;
    let crc = checksum::crc32(&disk[array..array + number(80, 4) * number(84, 4)]);
    put(disk, at + 88, &crc.to_le_bytes());
    put(disk, at + HEADER_CRC_OFFSET as usize, &[0; 4]);
    let crc = checksum::crc32(&disk[at..at + HEADER_BYTES]);
    put(disk, at + HEADER_CRC_OFFSET as usize, &crc.to_le_bytes());
}

/// Puts fields into the entry of that number (from 1) in both arrays, and writes all checksums anew.
pub fn change_entry(disk: &mut [u8], number: usize, fields: &[(usize, &[u8])]) {
    let backup = disk.len() - 512 - ENTRIES * ENTRY_BYTES;
    for array in [1024, backup] {
        for (offset, new) in fields {
            put(disk, array + (number - 1) * ENTRY_BYTES + offset, new);
        }
    }
    change_header(disk, false, &[]);
    change_header(disk, true, &[]);
}

fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    bytes[at..at + new.len()].copy_from_slice(new);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::hex;

    const LAST: u64 = 131_071;

    fn table(partitions: Vec<Partition>) -> Table {
        Table::new(Uuid(0x1111_2222_3333_4444_5555_6666_7777_8888), partitions)
    }

    /// The headers of a disk of 64 MiB that sfdisk wrote, with the checksum of its array as given.
    #[test]
    fn headers_as_another_writer_makes_them() {
        let crc = |own, other, array| {
            let header = table(Vec::new()).header(LAST, own, other, array, 0xe967_df0a);
            u32::from_le_bytes(header.bytes()[16..20].try_into().expect("four bytes"))
        };
        assert_eq!(crc(1, LAST, 2), 0x251e_adc1, "primary");
        assert_eq!(crc(LAST, 1, 131_039), 0xab12_6104, "backup");
    }

    #[test]
    fn places_and_entries() {
        let mut disk = Disk::new(64 << 20);
        table(vec![Partition {
            kind: kind::EFI_SYSTEM,
            id: Uuid(0xaaaa_bbbb_cccc_dddd_eeee_ffff_0000_1111),
            first: 2048,
            last: 34815,
            attributes: 0,
            name: "EFI System",
        }])
        .write(&mut disk);
        assert_eq!(disk.read(0x1be, 16), [0, 0, 2, 0, 0xee, 0x28, 0x20, 8, 1, 0, 0, 0, 0xff, 0xff, 1, 0]);
        assert_eq!(disk.read(0x200, 8), b"EFI PART");
        assert_eq!(disk.read(LAST * 512, 8), b"EFI PART");
        let array = disk.read(0x400, 16384);
        assert_eq!(disk.read(131_039 * 512, 16384), array);
        assert_eq!(
            hex(&array[..64]),
            "28732ac11ff8d211ba4b00a0c93ec93bbbbbaaaaccccddddeeeeffff00001111\
             0008000000000000ff87000000000000\
             00000000000000004500460049002000"
        );
    }
}
