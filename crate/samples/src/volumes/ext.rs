//! ext2, ext3 and ext4: an empty file system of one block group, with the root directory and `lost+found`.
//!
//! Superblock (at byte 1024), group descriptor, block bitmap, inode bitmap, inode table, directories, and on ext3 and
//! ext4 the journal. The three are one format: ext3 adds the journal, ext4 replaces lists of block numbers by extents.

use super::set_bits;
use crate::disk::Disk;
use crate::record::Record;
use crate::time;
use crate::uuid::Uuid;

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Without a journal.
    Ext2,
    /// With a journal.
    Ext3,
    /// With a journal and extents.
    Ext4,
}

/// An empty ext file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ext {
    /// ext2, ext3 or ext4.
    pub version: Version,
    /// Size in bytes: a multiple of the block, and at most one block group (8 MiB with blocks of 1 KiB, 128 MiB with
    /// 4 KiB).
    pub bytes: u64,
    /// 1024, 2048 or 4096; 4096 on ext3, where one further list must reach all of the journal.
    pub block_bytes: u64,
    /// Its id.
    pub id: Uuid,
    /// Label: at most 16 bytes.
    pub label: &'static str,
}

const SUPERBLOCK_OFFSET: u64 = 1024;
const ROOT_INODE: u32 = 2;
const JOURNAL_INODE: u32 = 8;
/// The first inode that is not reserved; `lost+found` gets it.
const FIRST_INODE: u32 = 11;
/// The smallest journal that the kernel takes.
const JOURNAL_BLOCKS: u32 = 1024;
const DIRECTORY: u16 = 0o040_000;
const REGULAR: u16 = 0o100_000;
/// A list in an inode has twelve block numbers, then one of a block full of further numbers.
const DIRECT_BLOCKS: u32 = 12;

const COMPAT_JOURNAL: u32 = 0x4;
const INCOMPAT_FILETYPE: u32 = 0x2;
const INCOMPAT_EXTENTS: u32 = 0x40;
const RO_COMPAT_SPARSE_SUPER: u32 = 0x1;
const RO_COMPAT_LARGE_FILE: u32 = 0x2;
const RO_COMPAT_EXTRA_ISIZE: u32 = 0x40;
const INODE_USES_EXTENTS: u32 = 0x8_0000;

/// Where everything lies, in blocks.
struct Layout {
    blocks: u32,
    /// Block of the superblock: 1 with blocks of 1 KiB, else 0.
    first: u32,
    descriptors: u32,
    block_bitmap: u32,
    inode_bitmap: u32,
    inode_table: u32,
    root: u32,
    lost_found: u32,
    /// The block of the journal's list (ext3), and the journal.
    journal: Option<(Option<u32>, u32)>,
    /// The first block that nothing uses.
    free: u32,
}

impl Ext {
    fn inode_bytes(&self) -> u64 {
        if self.version == Version::Ext4 { 256 } else { 128 }
    }

    /// One inode for every 16 KiB, in whole blocks.
    fn inodes(&self) -> u32 {
        let per_block = self.block_bytes / self.inode_bytes();
        (self.bytes >> 14).max(16).next_multiple_of(per_block) as u32
    }

    fn layout(&self) -> Layout {
        let first = u32::from(self.block_bytes == 1024);
        let table_blocks = (u64::from(self.inodes()) * self.inode_bytes() / self.block_bytes) as u32;
        let root = first + 4 + table_blocks;
        let mut free = root + 2;
        let mut take = |blocks: u32| {
            free += blocks;
            free - blocks
        };
        let journal = match self.version {
            Version::Ext2 => None,
            Version::Ext3 => Some((Some(take(1)), take(JOURNAL_BLOCKS))),
            Version::Ext4 => Some((None, take(JOURNAL_BLOCKS))),
        };
        Layout {
            blocks: (self.bytes / self.block_bytes) as u32,
            first,
            descriptors: first + 1,
            block_bitmap: first + 2,
            inode_bitmap: first + 3,
            inode_table: first + 4,
            root,
            lost_found: root + 1,
            journal,
            free,
        }
    }

    fn superblock(&self, layout: &Layout) -> Record {
        let group_blocks = self.block_bytes as u32 * 8;
        let (compat, incompat, ro_compat) = match self.version {
            Version::Ext2 => (0, INCOMPAT_FILETYPE, 0),
            Version::Ext3 => (COMPAT_JOURNAL, INCOMPAT_FILETYPE, 0),
            Version::Ext4 => (COMPAT_JOURNAL, INCOMPAT_FILETYPE | INCOMPAT_EXTENTS, RO_COMPAT_EXTRA_ISIZE),
        };
        let record = Record::new(1024)
            .le32(0x00, self.inodes())
            .le32(0x04, layout.blocks)
            .le32(0x08, layout.blocks / 20) // kept for root
            .le32(0x0c, layout.blocks - layout.free)
            .le32(0x10, self.inodes() - FIRST_INODE)
            .le32(0x14, layout.first)
            .le32(0x18, self.block_bytes.ilog2() - 10)
            .le32(0x1c, self.block_bytes.ilog2() - 10) // fragments, never used
            .le32(0x20, group_blocks)
            .le32(0x24, group_blocks)
            .le32(0x28, self.inodes()) // per group
            .le32(0x30, time::UNIX) // last write
            .le16(0x36, 0xffff) // no check after so many mounts
            .le16(0x38, 0xef53)
            .le16(0x3a, 1) // cleanly unmounted
            .le16(0x3c, 1) // on errors: continue
            .le32(0x40, time::UNIX) // last check
            .le32(0x4c, 1) // revision
            .le32(0x54, FIRST_INODE)
            .le16(0x58, self.inode_bytes() as u16)
            .le32(0x5c, compat)
            .le32(0x60, incompat)
            .le32(0x64, RO_COMPAT_SPARSE_SUPER | RO_COMPAT_LARGE_FILE | ro_compat)
            .put(0x68, self.id.bytes())
            .put(0x78, self.label)
            .le32(0x108, time::UNIX); // made
        match self.version {
            Version::Ext2 => record,
            Version::Ext3 => record.le32(0xe0, JOURNAL_INODE),
            Version::Ext4 => record.le32(0xe0, JOURNAL_INODE).le16(0x15c, 32).le16(0x15e, 32),
        }
    }

    /// An inode of `blocks` blocks from `first`, on ext2 and ext3 with a further list of numbers in block `list`.
    fn inode(&self, mode: u16, links: u16, first: u32, blocks: u32, list: Option<u32>) -> Record {
        let sectors_per_block = (self.block_bytes / 512) as u32;
        let mut record = Record::new(self.inode_bytes() as usize)
            .le16(0, mode)
            .le32(4, blocks * self.block_bytes as u32)
            .le32(8, time::UNIX)
            .le32(12, time::UNIX)
            .le32(16, time::UNIX)
            .le16(26, links)
            .le32(28, (blocks + u32::from(list.is_some())) * sectors_per_block);
        if self.version == Version::Ext4 {
            // The root of an extent tree: a header, and one extent that says it all.
            record = record
                .le32(32, INODE_USES_EXTENTS)
                .le16(40, 0xf30a)
                .le16(42, 1) // one entry
                .le16(44, 4) // room for four
                .le16(56, blocks as u16)
                .le32(60, first)
                .le16(128, 32); // size of the fields behind the old inode
        } else {
            for index in 0..blocks.min(DIRECT_BLOCKS) {
                record = record.le32(40 + index as usize * 4, first + index);
            }
            record = record.le32(40 + DIRECT_BLOCKS as usize * 4, list.unwrap_or(0));
        }
        record
    }

    /// A directory block. The last entry reaches to the end of the block.
    fn directory(&self, own: u32, children: &[(u32, &str)]) -> Record {
        let mut entries = vec![(own, "."), (ROOT_INODE, "..")];
        entries.extend(children);
        let mut block = Record::new(self.block_bytes as usize);
        let mut at = 0;
        for (index, (inode, name)) in entries.iter().enumerate() {
            let rest = self.block_bytes as usize - at;
            let length = if index + 1 == entries.len() { rest } else { (8 + name.len()).next_multiple_of(4) };
            block = block
                .le32(at, *inode)
                .le16(at + 4, length as u16)
                .u8(at + 6, name.len() as u8)
                .u8(at + 7, 2) // a directory
                .put(at + 8, name);
            at += length;
        }
        block
    }

    /// The journal's own superblock (big-endian, unlike everything else): empty.
    fn journal_superblock(&self) -> Record {
        Record::new(1024)
            .be32(0, 0xc03b_3998)
            .be32(4, 4) // superblock, version 2
            .be32(12, self.block_bytes as u32)
            .be32(16, JOURNAL_BLOCKS)
            .be32(20, 1) // first block of the log
            .be32(24, 1) // next sequence number
            .put(48, self.id.bytes())
            .be32(64, 1) // one file system uses it
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let layout = self.layout();
        let block = |number: u32| u64::from(number) * self.block_bytes;
        let inode = |number: u32| block(layout.inode_table) + u64::from(number - 1) * self.inode_bytes();
        let mut disk = Disk::new(self.bytes);

        disk.write(SUPERBLOCK_OFFSET, self.superblock(&layout));
        let descriptor = Record::new(32)
            .le32(0, layout.block_bitmap)
            .le32(4, layout.inode_bitmap)
            .le32(8, layout.inode_table)
            .le16(12, (layout.blocks - layout.free) as u16)
            .le16(14, (self.inodes() - FIRST_INODE) as u16)
            .le16(16, 2); // directories
        disk.write(block(layout.descriptors), descriptor);

        // Both bitmaps mark what does not exist as used.
        let bits = self.block_bytes as usize * 8;
        let mut blocks = vec![0; self.block_bytes as usize];
        set_bits(&mut blocks, 0..(layout.free - layout.first) as usize);
        set_bits(&mut blocks, (layout.blocks - layout.first) as usize..bits);
        disk.write(block(layout.block_bitmap), blocks);
        let mut inodes = vec![0; self.block_bytes as usize];
        set_bits(&mut inodes, 0..FIRST_INODE as usize);
        set_bits(&mut inodes, self.inodes() as usize..bits);
        disk.write(block(layout.inode_bitmap), inodes);

        disk.write(inode(ROOT_INODE), self.inode(DIRECTORY | 0o755, 3, layout.root, 1, None));
        disk.write(block(layout.root), self.directory(ROOT_INODE, &[(FIRST_INODE, "lost+found")]));
        disk.write(inode(FIRST_INODE), self.inode(DIRECTORY | 0o700, 2, layout.lost_found, 1, None));
        disk.write(block(layout.lost_found), self.directory(FIRST_INODE, &[]));
        if let Some((list, journal)) = layout.journal {
            disk.write(inode(JOURNAL_INODE), self.inode(REGULAR | 0o600, 1, journal, JOURNAL_BLOCKS, list));
            disk.write(block(journal), self.journal_superblock());
            if let Some(list) = list {
                let numbers =
                    (DIRECT_BLOCKS..JOURNAL_BLOCKS).flat_map(|index| (journal + index).to_le_bytes());
                disk.write(block(list), numbers.collect::<Vec<_>>());
            }
        }
        disk
    }
}
