//! The file system of Minix, version 1, as Linux still mounts it: an empty one with names of up to 30 letters.
//!
//! Blocks of 1 KiB: boot block, superblock, a bitmap of inodes and one of zones, the inodes, then the zones, of which
//! the root directory takes the first. Little-endian.

use super::set_bits;
use crate::disk::{Disk, KIB};
use crate::record::Record;
use crate::time;

/// An empty Minix file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minix {
    /// Size in blocks of 1 KiB: at most 8192, as many as a block of bitmap has bits.
    pub blocks: u16,
}

/// Byte offset of the superblock.
pub const SUPERBLOCK_OFFSET: u64 = KIB;
/// Where in it the state is.
pub const STATE_OFFSET: u64 = 18;
/// State: cleanly unmounted.
pub const CLEAN: u8 = 1;
/// State: errors were noticed.
pub const ERRORS: u8 = 2;

/// Boot block, superblock, two bitmaps.
const INODE_TABLE: u64 = 4;
const INODE_BYTES: u64 = 32;
const INODES_PER_BLOCK: u64 = KIB / INODE_BYTES;
const ENTRY_BYTES: usize = 32;

impl Minix {
    /// One inode for three blocks, in whole blocks of the table.
    fn inodes(&self) -> u64 {
        (u64::from(self.blocks) / 3).next_multiple_of(INODES_PER_BLOCK)
    }

    /// The first zone that holds data.
    fn first_zone(&self) -> u64 {
        INODE_TABLE + self.inodes() / INODES_PER_BLOCK
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let zones = u64::from(self.blocks) - self.first_zone();
        let superblock = Record::new(32)
            .le16(0, self.inodes() as u16)
            .le16(2, self.blocks)
            .le16(4, 1) // blocks of the bitmap of inodes
            .le16(6, 1) // of that of zones
            .le16(8, self.first_zone() as u16)
            .le32(12, (7 + 512 + 512 * 512) * KIB as u32) // longest file: direct zones and two levels of lists
            .le16(16, 0x138f)
            .u8(STATE_OFFSET as usize, CLEAN);
        let root = Record::new(INODE_BYTES as usize)
            .le16(0, 0o040_755)
            .le32(4, 2 * ENTRY_BYTES as u32)
            .le32(8, time::UNIX)
            .u8(13, 2) // links
            .le16(14, self.first_zone() as u16);
        let names = Record::new(2 * ENTRY_BYTES)
            .le16(0, 1)
            .put(2, ".")
            .le16(ENTRY_BYTES, 1)
            .put(ENTRY_BYTES + 2, "..");

        let mut disk = Disk::new(u64::from(self.blocks) * KIB);
        disk.write(SUPERBLOCK_OFFSET, superblock);
        // Bit 0 stands for nothing and is set; so are the bits of what does not exist.
        for (block, count) in [(2, self.inodes()), (3, zones)] {
            let mut bitmap = vec![0; KIB as usize];
            set_bits(&mut bitmap, 0..2);
            set_bits(&mut bitmap, count as usize + 1..KIB as usize * 8);
            disk.write(block * KIB, bitmap);
        }
        disk.write(INODE_TABLE * KIB, root);
        disk.write(self.first_zone() * KIB, names);
        disk
    }
}
