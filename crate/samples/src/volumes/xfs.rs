//! XFS, version 5 (with checksums): an empty file system of one allocation group. Big-endian, except the checksums.
//!
//! The first four sectors describe the group: superblock, free space (AGF), inodes (AGI), and a few blocks kept free
//! for the trees (AGFL). Then come the roots of three B+ trees, the log, and the first 64 inodes.

use crate::checksum;
use crate::disk::Disk;
use crate::record::Record;
use crate::time;
use crate::uuid::Uuid;

/// An empty XFS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xfs {
    /// Size in blocks of 4096 bytes: at least 4096, the smallest allocation group.
    pub blocks: u32,
    /// Logical sectors of the disk: 512 or 4096.
    pub sector_bytes: u16,
    /// Its id.
    pub id: Uuid,
    /// Label: at most twelve bytes.
    pub label: &'static str,
}

const BLOCK_BYTES: u32 = 4096;
const BLOCK_LOG: u8 = 12;
const INODE_BYTES: u16 = 512;
const INODES_PER_BLOCK_LOG: u8 = 3;
/// Inodes come in chunks, aligned to four blocks.
const CHUNK_INODES: u32 = 64;
const CHUNK_BLOCKS: u32 = 8;
const CHUNK_ALIGNMENT: u32 = 4;
/// Enough for every transaction that this geometry can need.
const LOG_BLOCKS: u32 = 2048;
/// Blocks on the group's free list.
const FREE_LIST: u32 = 4;
const NONE: u32 = u32::MAX;

/// Level of a tree whose root is its only block.
const ONE_LEVEL: u32 = 1;

/// Where everything lies, in blocks.
struct Layout {
    by_start: u32,
    by_length: u32,
    inodes: u32,
    free_list: u32,
    log: u32,
    chunk: u32,
}

/// Where the checksum of a superblock is.
const SUPERBLOCK_CHECKSUM: usize = 224;

/// Writes the checksum of a superblock, which fills its sector.
pub fn seal(superblock: &mut [u8]) {
    fill_in_checksum(superblock, SUPERBLOCK_CHECKSUM);
}

impl Xfs {
    fn layout(&self) -> Layout {
        let headers = (4 * u32::from(self.sector_bytes)).div_ceil(BLOCK_BYTES);
        let log = headers + 3 + FREE_LIST;
        Layout {
            by_start: headers,
            by_length: headers + 1,
            inodes: headers + 2,
            free_list: headers + 3,
            log,
            chunk: (log + LOG_BLOCKS).next_multiple_of(CHUNK_ALIGNMENT),
        }
    }

    /// The free extents, in the order of the disk: a gap in front of the inodes, and all behind them.
    fn free(&self) -> Vec<(u32, u32)> {
        let Layout { log, chunk, .. } = self.layout();
        let (after_log, after_chunk) = (log + LOG_BLOCKS, chunk + CHUNK_BLOCKS);
        let extents = [(after_log, chunk - after_log), (after_chunk, self.blocks - after_chunk)];
        extents.into_iter().filter(|&(_, length)| length > 0).collect()
    }

    fn free_blocks(&self) -> u32 {
        self.free().iter().map(|(_, length)| length).sum()
    }

    fn root_inode(&self) -> u32 {
        self.layout().chunk << INODES_PER_BLOCK_LOG
    }

    fn sector(&self) -> Record {
        Record::new(self.sector_bytes.into())
    }

    fn superblock(&self) -> Vec<u8> {
        let root = u64::from(self.root_inode());
        // Sectors of 512 bytes are left unsaid; others take a feature bit, and the log is told of them once more.
        let (features, log_sector_log, log_sector, log_unit) = match self.sector_bytes {
            512 => (0, 0, 0, 1),
            bytes => (0x0800, bytes.ilog2() as u8, bytes, u32::from(bytes)),
        };
        let record = self
            .sector()
            .put(0, "XFSB")
            .be32(4, BLOCK_BYTES)
            .be64(8, self.blocks.into())
            .put(32, self.id.bytes())
            .be64(48, self.layout().log.into())
            .be64(56, root)
            .be64(64, root + 1) // real-time bitmap
            .be64(72, root + 2) // real-time summary
            .be32(80, 1) // real-time extent
            .be32(84, self.blocks) // of a group
            .be32(88, 1) // groups
            .be32(96, LOG_BLOCKS)
            .be16(100, 0xb4a5 | features) // version 5 and the features that it implies
            .be16(102, self.sector_bytes)
            .be16(104, INODE_BYTES)
            .be16(106, 1 << INODES_PER_BLOCK_LOG)
            .put(108, self.label)
            .u8(120, BLOCK_LOG)
            .u8(121, self.sector_bytes.ilog2() as u8)
            .u8(122, INODE_BYTES.ilog2() as u8)
            .u8(123, INODES_PER_BLOCK_LOG)
            .u8(124, self.blocks.next_power_of_two().ilog2() as u8)
            .u8(127, 25) // at most so many percent for inodes
            .be64(128, CHUNK_INODES.into())
            .be64(136, (CHUNK_INODES - 3).into()) // free
            .be64(144, u64::from(self.free_blocks() + FREE_LIST))
            .be32(180, CHUNK_ALIGNMENT)
            .u8(193, log_sector_log)
            .be16(194, log_sector)
            .be32(196, log_unit)
            .be32(200, 0x18a) // lazy counters, attributes 2, 32-bit project ids, checksums
            .be32(204, 0x18a)
            .be32(216, 1); // incompatible: file types in directories
        with_checksum(record, SUPERBLOCK_CHECKSUM)
    }

    fn free_space_header(&self) -> Vec<u8> {
        let layout = self.layout();
        let longest = self.free().iter().map(|&(_, length)| length).max().unwrap_or(0);
        let record = self
            .sector()
            .put(0, "XAGF")
            .be32(4, 1)
            .be32(12, self.blocks)
            .be32(16, layout.by_start)
            .be32(20, layout.by_length)
            .be32(28, ONE_LEVEL)
            .be32(32, ONE_LEVEL)
            .be32(44, FREE_LIST - 1) // last entry of the free list in use
            .be32(48, FREE_LIST)
            .be32(52, self.free_blocks())
            .be32(56, longest)
            .put(64, self.id.bytes());
        with_checksum(record, 216)
    }

    fn inode_header(&self) -> Vec<u8> {
        let record = self
            .sector()
            .put(0, "XAGI")
            .be32(4, 1)
            .be32(12, self.blocks)
            .be32(16, CHUNK_INODES)
            .be32(20, self.layout().inodes)
            .be32(24, ONE_LEVEL)
            .be32(28, CHUNK_INODES - 3)
            .be32(32, self.root_inode()) // the newest chunk
            .be32(36, NONE)
            .fill(40..296, 0xff) // no files that are deleted and still open
            .put(296, self.id.bytes());
        with_checksum(record, 312)
    }

    fn free_list(&self) -> Vec<u8> {
        let end = usize::from(self.sector_bytes);
        let record = self.sector().put(0, "XAFL").put(8, self.id.bytes()).fill(36..end, 0xff);
        let first = self.layout().free_list;
        let record = (0..FREE_LIST).fold(record, |r, index| r.be32(36 + index as usize * 4, first + index));
        with_checksum(record, 32)
    }

    /// The only block of a tree.
    fn tree(&self, magic: &str, own: u32, records: &[u8], record_bytes: usize) -> Vec<u8> {
        let record = Record::new(BLOCK_BYTES as usize)
            .put(0, magic)
            .be16(6, (records.len() / record_bytes) as u16)
            .be32(8, NONE) // no neighbours
            .be32(12, NONE)
            .be64(16, u64::from(own) * u64::from(BLOCK_BYTES / 512)) // own address, in 512 bytes
            .put(32, self.id.bytes())
            .put(56, records);
        with_checksum(record, 52)
    }

    /// An inode, without its checksum: in use when it has a mode. Format 1 keeps its contents in the inode, 2 a list
    /// of extents.
    fn inode(&self, number: u32, mode: u16, format: u8, contents: &[u8]) -> Record {
        let record = Record::new(INODE_BYTES.into())
            .put(0, "IN")
            .be16(2, mode)
            .u8(4, 3) // version
            .u8(5, format)
            .be32(96, NONE)
            .be64(152, number.into())
            .put(160, self.id.bytes());
        if mode == 0 {
            return record;
        }
        let times = [32, 40, 48, 144];
        times
            .into_iter()
            .fold(record, |record, at| record.be32(at, time::UNIX))
            .be64(56, contents.len() as u64)
            .u8(83, 2) // attributes: extents, none
            .be64(104, 1) // changes
            .put(176, contents)
    }

    /// The only record of the log: the file system was unmounted. Its first 512 bytes are the header; every further
    /// 512 start with the cycle, how often the log has been filled, in place of a word that the header keeps.
    fn log(&self) -> Record {
        const CYCLE: u32 = 1;
        const TRANSACTION: u32 = 1;
        let bytes = usize::from(self.sector_bytes).max(1024);
        let position = u64::from(CYCLE) << 32; // block 0 of that cycle
        let header = Record::new(bytes)
            .be32(0, 0xfeed_babe)
            .be32(4, CYCLE)
            .be32(8, 2) // version
            .be32(12, bytes as u32 - 512)
            .be64(16, position)
            .be64(24, position) // of the oldest change that is not on disk yet
            .be32(36, NONE) // no record before it
            .be32(40, 1) // operations
            .be32(44, TRANSACTION) // what the cycle has replaced
            .be32(300, 1) // in the byte order of a PC
            .put(304, self.id.bytes())
            .be32(320, 32 << 10); // size of the log's buffers
        (1..bytes / 512)
            .fold(header, |record, block| record.be32(block * 512, CYCLE))
            .be32(516, 8) // bytes of the operation
            .u8(520, 0xaa) // from the log itself
            .u8(521, 0x20) // unmounted
            .put(524, "nU")
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let layout = self.layout();
        let sector = |number: u64| number * u64::from(self.sector_bytes);
        let block = |number: u32| u64::from(number) * u64::from(BLOCK_BYTES);
        let mut disk = Disk::new(block(self.blocks));
        disk.write(sector(0), self.superblock());
        disk.write(sector(1), self.free_space_header());
        disk.write(sector(2), self.inode_header());
        disk.write(sector(3), self.free_list());

        let extents = |mut free: Vec<(u32, u32)>, key: fn(&(u32, u32)) -> u32| -> Vec<u8> {
            free.sort_by_key(key);
            free.iter()
                .flat_map(|(start, length)| [start.to_be_bytes(), length.to_be_bytes()].concat())
                .collect()
        };
        let by_start = extents(self.free(), |extent| extent.0);
        let by_length = extents(self.free(), |extent| extent.1);
        // The chunk: its first inode, how many are free, and a bit for each that is.
        let in_use = 3;
        let chunk = Record::new(16)
            .be32(0, self.root_inode())
            .be32(4, CHUNK_INODES - in_use)
            .be64(8, u64::MAX << in_use);
        disk.write(block(layout.by_start), self.tree("AB3B", layout.by_start, &by_start, 8));
        disk.write(block(layout.by_length), self.tree("AB3C", layout.by_length, &by_length, 8));
        disk.write(block(layout.inodes), self.tree("IAB3", layout.inodes, chunk.bytes(), 16));

        disk.write(block(layout.log), self.log());

        let root = self.root_inode();
        for index in 0..CHUNK_INODES {
            let number = root + index;
            let inode = match index {
                // The root directory, empty: no entries, no wide inode numbers, its parent.
                0 => self.inode(number, 0o040_755, 1, Record::new(6).be32(2, root).bytes()).be32(16, 2),
                // The files of a real-time section that is not there.
                1 => self.inode(number, 0o100_000, 2, &[]).be32(16, 1).be16(90, 4),
                2 => self.inode(number, 0o100_000, 2, &[]).be32(16, 1),
                _ => self.inode(number, 0, 0, &[]),
            };
            let at = block(layout.chunk) + u64::from(index) * u64::from(INODE_BYTES);
            disk.write(at, with_checksum(inode, 100));
        }
        disk
    }
}

/// Fills in a structure's CRC-32C, which counts itself as zero. It alone is little-endian.
fn fill_in_checksum(structure: &mut [u8], offset: usize) {
    structure[offset..offset + 4].fill(0);
    let sum = checksum::crc32c(structure);
    structure[offset..offset + 4].copy_from_slice(&sum.to_le_bytes());
}

fn with_checksum(record: Record, offset: usize) -> Vec<u8> {
    let mut structure = record.into_bytes();
    fill_in_checksum(&mut structure, offset);
    structure
}
