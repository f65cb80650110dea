//! The file of ESX's changed block tracking (`-ctk.vmdk`): which parts of the disk changed since a backup.

use crate::record::Record;

/// The first bytes.
pub const MAGIC: [u8; 4] = [0xa2, 0x72, 0x19, 0xf6];

/// Sectors of the disk that a bit stands for: 128 KiB.
const UNIT_SECTORS: u64 = 256;
/// Bytes in front of the bits.
const HEADER_BYTES: usize = 512;

/// The file for a disk of so many sectors, with that id. Only a few fields of it are known; the others are zero.
pub fn file(sectors: u64, id: [u8; 16]) -> Vec<u8> {
    let bits = sectors.div_ceil(UNIT_SECTORS);
    let bytes = HEADER_BYTES + bits.div_ceil(8).next_multiple_of(HEADER_BYTES as u64) as usize;
    Record::new(bytes).put(0, MAGIC).le32(4, 1).le32(12, HEADER_BYTES as u32).put(44, id).into_bytes()
}
