//! A mainframe's disk with the compatible layout: a volume label in the third block, and a table of contents on the
//! second track. Big-endian, text in EBCDIC, blocks of 4096 bytes, twelve to a track, fifteen tracks to a cylinder.

use crate::disk::Disk;
use crate::record::Record;

/// Bytes of a block.
pub const BLOCK: u64 = 4096;
/// Blocks of a track.
pub const TRACK: u64 = 12;
/// Tracks of a cylinder.
const HEADS: u64 = 15;

/// Text in EBCDIC: digits, capital letters, spaces and dots.
pub fn ebcdic(text: &str) -> Vec<u8> {
    text.bytes()
        .map(|letter| match letter {
            b'A'..=b'I' => letter - b'A' + 0xc1,
            b'J'..=b'R' => letter - b'J' + 0xd1,
            b'S'..=b'Z' => letter - b'S' + 0xe2,
            b'0'..=b'9' => letter - b'0' + 0xf0,
            b'.' => 0x4b,
            _ => 0x40,
        })
        .collect()
}

fn address(track: u64) -> Vec<u8> {
    let (cylinder, head) = ((track / HEADS) as u16, (track % HEADS) as u16);
    [cylinder.to_be_bytes(), head.to_be_bytes()].concat()
}

/// Writes the label and the table of contents. Partitions are given as a kind (`NATIVE`, `SWAP`), their first track and
/// their last.
pub fn write(disk: &mut Disk, serial: &str, partitions: &[(&str, u64, u64)]) {
    let tracks = disk.size() / BLOCK / TRACK;
    let label = Record::new(84)
        .put(0, ebcdic("VOL1VOL1"))
        .put(8, ebcdic(&format!("{serial:6}")))
        .put(15, [address(1), vec![1]].concat())
        .put(20, ebcdic(&" ".repeat(64)));
    disk.write(2 * BLOCK, label);
    let contents = TRACK * BLOCK;
    let head = Record::new(140)
        .fill(0..44, 4)
        .u8(44, 0xf4)
        .be16(62, (tracks / HEADS) as u16)
        .be16(64, HEADS as u16)
        .u8(73, TRACK as u8);
    disk.write(contents, head);
    disk.write(contents + BLOCK, Record::new(140).fill(0..4, 5).u8(44, 0xf5));
    disk.write(contents + 2 * BLOCK, Record::new(140).fill(0..4, 7).u8(44, 0xf7));
    for (number, (kind, first, last)) in (1..).zip(partitions) {
        let name = format!("LINUX.V{serial}.PART{number:04}.{kind}");
        let descriptor = Record::new(140)
            .put(0, ebcdic(&format!("{name:44}")))
            .u8(44, 0xf1)
            .put(45, ebcdic(&format!("{serial:6}")))
            .u8(105, 1)
            .put(107, address(*first))
            .put(111, address(*last));
        disk.write(contents + (2 + number) * BLOCK, descriptor);
    }
}
