//! The disklabel of the BSDs on PCs, little-endian, in the second sector of the disk or slice. After FreeBSD's
//! `sys/disklabel.h`.

use super::Partition;
use crate::disk::{Disk, SECTOR};
use crate::record::Record;

/// What partitions are for.
pub mod kind {
    /// Nothing: partition c, the whole.
    pub const UNUSED: u32 = 0;
    /// Swap space.
    pub const SWAP: u32 = 1;
    /// 4.2BSD fast file system.
    pub const FFS: u32 = 7;
}

/// Entries of a label.
const ENTRIES: usize = 8;

/// Bytes of a label with its entries.
const BYTES: usize = 148 + 16 * ENTRIES;

/// Offset of the checksum.
pub const CHECKSUM: usize = 136;

/// Writes the label of the disk or slice that begins at sector `start` and has `sectors`. `partitions` are a, b, c and
/// so on; one of no sectors is not used.
pub fn write(disk: &mut Disk, start: u32, sectors: u32, partitions: &[Partition]) {
    let head = Record::new(BYTES)
        .le32(0, 0x8256_4557)
        .le16(4, 5) // SCSI
        .put(8, "sample")
        .put(24, "diskglass")
        .le32(40, SECTOR as u32)
        .le32(44, 63)
        .le32(48, 255)
        .le32(52, sectors.div_ceil(63 * 255))
        .le32(56, 63 * 255)
        .le32(60, sectors)
        .le32(132, 0x8256_4557)
        .le16(138, ENTRIES as u16)
        .le32(140, 8192)
        .le32(144, 8192);
    let label = partitions.iter().enumerate().fold(head, |label, (slot, partition)| {
        let at = 148 + 16 * slot;
        label.le32(at, partition.count).le32(at + 4, partition.first).u8(at + 12, partition.kind as u8)
    });
    let checksum = xor(label.bytes());
    disk.write((u64::from(start) + 1) * SECTOR, label.le16(CHECKSUM, checksum));
}

/// Exclusive or of all words.
fn xor(bytes: &[u8]) -> u16 {
    bytes.chunks_exact(2).fold(0, |sum, pair| sum ^ u16::from_le_bytes([pair[0], pair[1]]))
}
