//! Btrfs: the superblock at 64 KiB and its copy at 64 MiB, with their checksums. The trees that it points to are not
//! written: this is what a tool reads that only names the file system.

use crate::checksum;
use crate::disk::{Disk, KIB, MIB};
use crate::record::Record;
use crate::uuid::Uuid;

/// A Btrfs file system on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Btrfs {
    /// Size in bytes.
    pub bytes: u64,
    /// Id of the file system.
    pub id: Uuid,
    /// Id of the device.
    pub device_id: Uuid,
    /// Label: at most 255 bytes.
    pub label: &'static str,
}

/// Bytes of a superblock.
pub const SUPERBLOCK_BYTES: u64 = 4096;
/// Byte offsets of the superblock and of its copy.
pub const SUPERBLOCKS: [u64; 2] = [64 * KIB, 64 * MIB];
/// Where a superblock's checksum ends, and what it covers begins.
const CHECKED_OFFSET: usize = 0x20;
const SECTOR_BYTES: u32 = 4096;
const NODE_BYTES: u32 = 16384;
/// The chunk that holds the chunk tree, at the place that mkfs.btrfs gives it.
const SYSTEM_CHUNK: u64 = 20 * MIB;
const SYSTEM_CHUNK_BYTES: u64 = 8 * MIB;
/// Mixed back references, big metadata, extended inode references, skinny metadata, no holes: today's defaults.
const INCOMPAT: u64 = 0x1 | 0x20 | 0x40 | 0x100 | 0x200;

/// Writes the checksum of a superblock.
pub fn seal(superblock: &mut [u8]) {
    let (sum, checked) = superblock.split_at_mut(CHECKED_OFFSET);
    sum[..4].copy_from_slice(&checksum::crc32c(checked).to_le_bytes());
}

impl Btrfs {
    /// The device as the superblock describes it.
    fn device_item(&self) -> Record {
        Record::new(98)
            .le64(0, 1) // device number
            .le64(8, self.bytes)
            .le64(16, SYSTEM_CHUNK_BYTES) // in use
            .le32(24, SECTOR_BYTES) // alignment of reads and writes
            .le32(28, SECTOR_BYTES)
            .le32(32, SECTOR_BYTES)
            .put(66, self.device_id.bytes())
            .put(82, self.id.bytes())
    }

    /// Where the system chunk is: a key, the chunk, and its only stripe.
    fn system_chunk(&self) -> Record {
        Record::new(97)
            .le64(0, 256) // chunk tree
            .u8(8, 228) // a chunk item
            .le64(9, SYSTEM_CHUNK) // its logical address
            .le64(17, SYSTEM_CHUNK_BYTES)
            .le64(25, 2) // owner: the extent tree
            .le64(33, 64 * KIB) // stripe length
            .le64(41, 2) // type: system
            .le32(49, SECTOR_BYTES)
            .le32(53, SECTOR_BYTES)
            .le32(57, SECTOR_BYTES)
            .le16(61, 1) // stripes
            .le64(65, 1) // device number
            .le64(73, SYSTEM_CHUNK) // its address on the device
            .put(81, self.device_id.bytes())
    }

    fn superblock(&self, own_offset: u64) -> Vec<u8> {
        let chunk = self.system_chunk();
        let mut superblock = Record::new(SUPERBLOCK_BYTES as usize)
            .put(0x20, self.id.bytes())
            .le64(0x30, own_offset)
            .le64(0x38, 1) // flags: written
            .put(0x40, "_BHRfS_M")
            .le64(0x48, 6) // generation
            .le64(0x50, SYSTEM_CHUNK + 2 * u64::from(NODE_BYTES)) // root of the tree of trees
            .le64(0x58, SYSTEM_CHUNK) // root of the chunk tree
            .le64(0x70, self.bytes)
            .le64(0x78, 9 * u64::from(NODE_BYTES)) // in use
            .le64(0x80, 6) // object id of the top directory
            .le64(0x88, 1) // devices
            .le32(0x90, SECTOR_BYTES)
            .le32(0x94, NODE_BYTES)
            .le32(0x98, NODE_BYTES)
            .le32(0x9c, SECTOR_BYTES)
            .le32(0xa0, chunk.bytes().len() as u32)
            .le64(0xa4, 5) // generation of the chunk tree
            .le64(0xbc, INCOMPAT)
            .le16(0xc4, 0) // checksums are CRC-32C
            .put(0xc9, self.device_item())
            .put(0x12b, self.label)
            .put(0x32b, chunk)
            .into_bytes();
        seal(&mut superblock);
        superblock
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let mut disk = Disk::new(self.bytes);
        for offset in SUPERBLOCKS {
            if offset + SUPERBLOCK_BYTES <= self.bytes {
                disk.write(offset, self.superblock(offset));
            }
        }
        disk
    }
}
