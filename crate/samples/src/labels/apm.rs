//! The Apple partition map. Big-endian. After *Inside Macintosh: Devices*, chapter "SCSI Manager".

use crate::disk::Disk;
use crate::record::Record;

/// A partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its type: `Apple_HFS`.
    pub kind: &'static str,
    /// Its name.
    pub name: &'static str,
    /// First block.
    pub first: u32,
    /// Blocks.
    pub count: u32,
    /// Status flags.
    pub status: u32,
}

/// Valid, allocated, readable and writable.
pub const USABLE: u32 = 0x33;

/// Writes the driver descriptor and the map, whose first entry is the map itself: `room` blocks.
pub fn write(disk: &mut Disk, block_bytes: u16, room: u32, partitions: &[Partition]) {
    let unit = u64::from(block_bytes);
    let blocks = (disk.size() / unit) as u32;
    let descriptor = Record::new(512).put(0, "ER").be16(2, block_bytes).be32(4, blocks);
    disk.write(0, descriptor);
    let map = Partition { kind: "Apple_partition_map", name: "Apple", first: 1, count: room, status: 3 };
    let all: Vec<Partition> = std::iter::once(map).chain(partitions.iter().copied()).collect();
    for (at, partition) in (1..).zip(&all) {
        let entry = Record::new(512)
            .put(0, "PM")
            .be32(4, all.len() as u32)
            .be32(8, partition.first)
            .be32(12, partition.count)
            .put(16, partition.name)
            .put(48, partition.kind)
            .be32(84, partition.count)
            .be32(88, partition.status);
        disk.write(at * unit, entry);
    }
}
