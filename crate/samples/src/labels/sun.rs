//! The labels of Sun: of a SPARC's disk, big-endian, and of a Solaris partition on a PC, little-endian. After Solaris'
//! `sys/dklabel.h` and `sys/vtoc.h`.

use super::Partition;
use crate::disk::{Disk, SECTOR};
use crate::record::Record;

/// What slices are for.
pub mod kind {
    /// Root file system.
    pub const ROOT: u32 = 2;
    /// Swap space.
    pub const SWAP: u32 = 3;
    /// The whole disk.
    pub const WHOLE: u32 = 5;
    /// File system of Linux.
    pub const LINUX: u32 = 0x83;
}

const MAGIC: u16 = 0xdabe;
const SANITY: u32 = 0x600d_deee;

/// Writes the label of a SPARC's disk of that geometry. Slices begin at a cylinder; one of no sectors is not used.
pub fn write_sparc(disk: &mut Disk, heads: u16, sectors: u16, slices: &[Partition]) {
    let cylinder = u32::from(heads) * u32::from(sectors);
    let cylinders = disk.sectors() as u32 / cylinder;
    let head = Record::new(512)
        .put(0, format!("diskglass cyl {cylinders} alt 0 hd {heads} sec {sectors}"))
        .be32(128, 1)
        .be16(140, 8)
        .be32(188, SANITY)
        .be16(420, 5400)
        .be16(422, cylinders as u16)
        .be16(430, 1)
        .be16(432, cylinders as u16)
        .be16(436, heads)
        .be16(438, sectors)
        .be16(508, MAGIC);
    let label = slices.iter().enumerate().fold(head, |label, (slot, slice)| {
        label
            .be16(142 + 4 * slot, slice.kind as u16)
            .be32(444 + 8 * slot, slice.first / cylinder)
            .be32(448 + 8 * slot, slice.count)
    });
    let checksum =
        label.bytes().chunks_exact(2).fold(0, |sum, pair| sum ^ u16::from_be_bytes([pair[0], pair[1]]));
    disk.write(0, label.be16(510, checksum));
}

/// Writes the table of contents of the Solaris partition that begins at sector `start`, from which its slices count.
pub fn write_x86(disk: &mut Disk, start: u32, slices: &[Partition]) {
    let head = Record::new(512)
        .le32(12, SANITY)
        .le32(16, 1)
        .le16(28, SECTOR as u16)
        .le16(30, 16)
        .put(328, "diskglass")
        .le16(508, MAGIC);
    let label = slices.iter().enumerate().fold(head, |label, (slot, slice)| {
        let at = 72 + 12 * slot;
        label.le16(at, slice.kind as u16).le32(at + 4, slice.first).le32(at + 8, slice.count)
    });
    let checksum =
        label.bytes().chunks_exact(2).fold(0, |sum, pair| sum ^ u16::from_le_bytes([pair[0], pair[1]]));
    disk.write((u64::from(start) + 1) * SECTOR, label.le16(510, checksum));
}
