//! exFAT after Microsoft's *exFAT file system specification*: an empty volume with a label.
//!
//! A boot region of twelve sectors with a checksum, the same again, a file allocation table, and a heap of clusters.
//! The first clusters hold the allocation bitmap, the table that maps letters to upper case, and the root directory.

use super::set_bits;
use crate::checksum;
use crate::disk::{Disk, SECTOR};
use crate::record::{Record, utf16le};

/// An empty exFAT volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exfat {
    /// Size of the volume in sectors.
    pub sectors: u64,
    /// First sector of its partition; 0 for a volume without one.
    pub partition_offset: u64,
    /// Sectors of a cluster, as a power of two.
    pub cluster_shift: u8,
    /// Serial number.
    pub serial: u32,
    /// Label: at most eleven characters.
    pub label: &'static str,
}

const BOOT_REGION_SECTORS: u64 = 12;
const TABLE_SECTOR: u64 = 128;
const FIRST_CLUSTER: u64 = 2;
const END_OF_CHAIN: u32 = 0xffff_ffff;

impl Exfat {
    fn table_sectors(&self) -> u64 {
        // A little too long where the heap takes its share; that is allowed.
        (((self.sectors >> self.cluster_shift) + FIRST_CLUSTER) * 4).div_ceil(SECTOR)
    }

    fn heap_sector(&self) -> u64 {
        (TABLE_SECTOR + self.table_sectors()).next_multiple_of(TABLE_SECTOR)
    }

    fn cluster_bytes(&self) -> u64 {
        SECTOR << self.cluster_shift
    }

    fn clusters(&self) -> u64 {
        (self.sectors - self.heap_sector()) >> self.cluster_shift
    }

    fn boot_sector(&self, root_cluster: u64, percent_in_use: u64) -> Record {
        Record::new(SECTOR as usize)
            .put(0, [0xeb, 0x76, 0x90])
            .put(3, "EXFAT   ")
            .le64(64, self.partition_offset)
            .le64(72, self.sectors)
            .le32(80, TABLE_SECTOR as u32)
            .le32(84, self.table_sectors() as u32)
            .le32(88, self.heap_sector() as u32)
            .le32(92, self.clusters() as u32)
            .le32(96, root_cluster as u32)
            .le32(100, self.serial)
            .le16(104, 0x0100) // revision 1.00
            .le16(106, 0) // flags: not dirty
            .u8(108, 9) // sectors of 2^9 bytes
            .u8(109, self.cluster_shift)
            .u8(110, 1) // one table
            .u8(111, 0x80) // BIOS drive
            .u8(112, percent_in_use as u8)
            .put(510, [0x55, 0xaa])
    }

    /// Boot sector, eight extended boot sectors, parameters, a reserved sector, and the checksum of these eleven.
    fn boot_region(&self, root_cluster: u64, percent_in_use: u64) -> Vec<u8> {
        let extended = Record::new(SECTOR as usize).put(510, [0x55, 0xaa]).into_bytes();
        let mut region = self.boot_sector(root_cluster, percent_in_use).into_bytes();
        region.extend(extended.repeat(8));
        region.resize(11 * SECTOR as usize, 0);
        // Flags and percentage change with every mount: the checksum leaves them out.
        let summed = region.iter().enumerate().filter(|(at, _)| ![106, 107, 112].contains(at));
        let sum = checksum::exfat(summed.map(|(_, &byte)| byte));
        region.extend(sum.to_le_bytes().repeat(SECTOR as usize / 4));
        region
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let mut bitmap = vec![0; self.clusters().div_ceil(8) as usize];
        let upper_case = upper_case_table();

        // Bitmap, upper-case table and root directory follow each other.
        let lengths = [bitmap.len() as u64, upper_case.len() as u64, self.cluster_bytes()];
        let counts = lengths.map(|length| length.div_ceil(self.cluster_bytes()));
        let firsts = [FIRST_CLUSTER, FIRST_CLUSTER + counts[0], FIRST_CLUSTER + counts[0] + counts[1]];
        let used = counts.iter().sum::<u64>();
        set_bits(&mut bitmap, 0..used as usize);

        let mut table = vec![0xffff_fff8, END_OF_CHAIN];
        for (first, count) in firsts.into_iter().zip(counts) {
            table.extend((first + 1..first + count).map(|next| next as u32));
            table.push(END_OF_CHAIN);
        }

        let label = Record::new(32)
            .u8(0, 0x83)
            .u8(1, self.label.encode_utf16().count() as u8)
            .put(2, utf16le(self.label));
        let bitmap_entry =
            Record::new(32).u8(0, 0x81).le32(20, firsts[0] as u32).le64(24, bitmap.len() as u64);
        let upper_case_entry = Record::new(32)
            .u8(0, 0x82)
            .le32(4, checksum::exfat(upper_case.iter().copied()))
            .le32(20, firsts[1] as u32)
            .le64(24, upper_case.len() as u64);

        let mut disk = Disk::new(self.sectors * SECTOR);
        let region = self.boot_region(firsts[2], used * 100 / self.clusters());
        disk.write(0, &region);
        disk.write(BOOT_REGION_SECTORS * SECTOR, &region);
        disk.write(
            TABLE_SECTOR * SECTOR,
            table.iter().flat_map(|entry| entry.to_le_bytes()).collect::<Vec<_>>(),
        );
        let cluster =
            |number: u64| self.heap_sector() * SECTOR + (number - FIRST_CLUSTER) * self.cluster_bytes();
        disk.write(cluster(firsts[0]), bitmap);
        disk.write(cluster(firsts[1]), upper_case);
        for (slot, entry) in [label, bitmap_entry, upper_case_entry].into_iter().enumerate() {
            disk.write(cluster(firsts[2]) + slot as u64 * 32, entry);
        }
        disk
    }
}

/// The table of upper-case letters in its compressed form: `ffff` and a count stand for so many characters that are
/// their own upper case. This one knows the letters a to z, the least that is allowed.
fn upper_case_table() -> Vec<u8> {
    let (a, after_z) = (u16::from(b'a'), u16::from(b'z') + 1);
    let mut table = vec![0xffff, a];
    table.extend(u16::from(b'A')..=u16::from(b'Z'));
    table.extend([0xffff, 0_u16.wrapping_sub(after_z)]);
    table.into_iter().flat_map(u16::to_le_bytes).collect()
}
