//! F2FS: the superblock, its copy, and the two checkpoints. Of nodes and files there is nothing: this is what a tool
//! reads that only names the file system and says how it was left.

use crate::checksum;
use crate::disk::{Disk, MIB};
use crate::record::{Record, utf16le};
use crate::uuid::Uuid;

/// An F2FS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct F2fs {
    /// Size in bytes, in whole segments of 2 MiB: at least 64 MiB.
    pub bytes: u64,
    /// Its id.
    pub id: Uuid,
    /// Label: at most 512 characters.
    pub label: &'static str,
}

/// Byte offsets of the superblock and of its copy.
pub const SUPERBLOCKS: [u64; 2] = [1024, 5120];

const SUPERBLOCK_BYTES: usize = 3072;
const BLOCK_BYTES: u64 = 4096;
const SEGMENT_BYTES: u64 = 2 * MIB;
const SEGMENT_BLOCKS: u32 = 512;
/// Segments of the parts: checkpoints, tables of segments and of nodes, summaries. The first segment is for the
/// superblocks.
const PARTS: [u32; 4] = [2, 2, 2, 1];
const CHECKSUM_OFFSET: usize = 4092;
const UNMOUNTED: u32 = 1;
const BLOCKS_IN_USE: u64 = 2;

impl F2fs {
    fn segments(&self) -> u32 {
        (self.bytes / SEGMENT_BYTES) as u32
    }

    /// Segments for files and directories.
    fn main_segments(&self) -> u32 {
        self.segments() - 1 - PARTS.iter().sum::<u32>()
    }

    fn superblock(&self) -> Record {
        let record = Record::new(SUPERBLOCK_BYTES)
            .le32(0x00, 0xf2f5_2010)
            .le16(0x04, 1) // version 1.16
            .le16(0x06, 16)
            .le32(0x08, 9) // sectors of 2^9 bytes
            .le32(0x0c, 3) // blocks of 2^3 sectors
            .le32(0x10, 12)
            .le32(0x14, 9) // segments of 2^9 blocks
            .le32(0x18, 1) // a section is a segment
            .le32(0x1c, 1) // and so is a zone
            .le64(0x24, self.bytes / BLOCK_BYTES)
            .le32(0x2c, self.main_segments()) // sections
            .le32(0x30, self.segments() - 1)
            .le32(0x44, self.main_segments())
            .le32(0x48, SEGMENT_BLOCKS) // first block of the first segment
            .le32(0x60, 3) // root directory
            .le32(0x64, 1) // inode of nodes
            .le32(0x68, 2) // inode of metadata
            .put(0x6c, self.id.bytes())
            .put(0x7c, utf16le(self.label))
            .put(0x684, "Linux version 6.8.0");
        // Segments of each part, and its first block.
        let mut first = SEGMENT_BLOCKS;
        let parts = PARTS.into_iter().enumerate().fold(record, |record, (index, segments)| {
            let record = record.le32(0x34 + 4 * index, segments).le32(0x4c + 4 * index, first);
            first += segments * SEGMENT_BLOCKS;
            record
        });
        parts.le32(0x5c, first)
    }

    /// A consistent state of the file system: the one of that number.
    fn checkpoint(&self, version: u64) -> Record {
        let record = Record::new(BLOCK_BYTES as usize)
            .le64(0, version)
            .le64(8, u64::from(self.main_segments()) * u64::from(SEGMENT_BLOCKS)) // blocks for users
            .le64(16, BLOCKS_IN_USE)
            .le32(32, self.main_segments() - 6) // free segments: six are being written
            .le32(132, UNMOUNTED)
            .le32(136, 2) // blocks of the pack
            .le32(140, 1) // where its summaries start
            .le32(144, 1) // nodes in use
            .le32(148, 1) // inodes in use
            .le32(152, 4) // next node
            .le32(164, CHECKSUM_OFFSET as u32);
        let sum = checksum::f2fs(&record.bytes()[..CHECKSUM_OFFSET]);
        record.le32(CHECKSUM_OFFSET, sum)
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let mut disk = Disk::new(self.bytes);
        for offset in SUPERBLOCKS {
            disk.write(offset, self.superblock());
        }
        for version in [1, 2] {
            disk.write(version * SEGMENT_BYTES, self.checkpoint(version));
        }
        disk
    }
}
