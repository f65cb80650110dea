//! The volume header of SGI's machines, big-endian. After IRIX' `sys/dvh.h`.

use super::Partition;
use crate::disk::Disk;
use crate::record::Record;

/// What partitions are for.
pub mod kind {
    /// The volume header itself: partition 9.
    pub const HEADER: u32 = 0;
    /// The whole disk: partition 11.
    pub const VOLUME: u32 = 6;
    /// XFS.
    pub const XFS: u32 = 10;
    /// Swap space of Linux.
    pub const LINUX_SWAP: u32 = 0x82;
}

/// Writes the volume header. `partitions` are given with their numbers, 1 to 16.
pub fn write(disk: &mut Disk, partitions: &[(usize, Partition)]) {
    let head = Record::new(512).be32(0, 0x0be5_a941).be16(6, 1).put(8, "/unix").be16(24 + 14, 512);
    let header = partitions.iter().fold(head, |header, (number, partition)| {
        let at = 312 + 12 * (number - 1);
        header.be32(at, partition.count).be32(at + 4, partition.first).be32(at + 8, partition.kind)
    });
    let word = |four: &[u8]| u32::from_be_bytes([four[0], four[1], four[2], four[3]]);
    let sum = header.bytes().chunks_exact(4).fold(0_u32, |sum, four| sum.wrapping_add(word(four)));
    disk.write(0, header.be32(504, sum.wrapping_neg()));
}
