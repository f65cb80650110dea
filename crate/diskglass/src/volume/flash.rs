//! UBI and UBIFS, which take the place of partitions and file systems on raw flash memory.

use super::found::Found;
use super::limited::Limited;
use super::text;
use crate::checksum::crc32_from;
use crate::structure;
use crate::structure::Show;

structure! {
    /// UBI erase counter header: every block of the flash memory starts with one.
    pub struct Ubi("ubi.header", "UBI erase counter header", 64, Big) {
        /// Always `UBI#`.
        0 => magic: [u8; 4], Show::Ascii;
        /// Version: 1.
        4 => version: u8, Show::Decimal;
        /// Zero.
        5 => padding: [u8; 3], Show::Reserved;
        /// How often the block was erased.
        8 => erased: u64, Show::Decimal;
        /// Where the header of the volume is in the block.
        16 => volume_header: u32, Show::Decimal;
        /// Where the data start in the block.
        20 => data: u32, Show::Decimal;
        /// Number of the image.
        24 => image: u32, Show::Decimal;
        /// Zero.
        28 => padding_2: [u8; 32], Show::Reserved;
        /// CRC-32 of what is before, without inversion at the end.
        60 => crc: u32, Show::Hex;
    }
}

structure! {
    /// UBIFS superblock node: the start of the volume.
    pub struct Ubifs("ubifs.superblock", "UBIFS superblock", 128, Little) {
        /// Always 0x06101831.
        0 => magic: u32, Show::Hex;
        /// CRC-32 of the rest of the node, without inversion at the end.
        4 => crc: u32, Show::Hex;
        /// Number of the node.
        8 => sequence: u64, Show::Decimal;
        /// Bytes of the node.
        16 => length: u32, Show::Bytes;
        /// Kind of node: 6.
        20 => kind: u8, Show::Decimal;
        /// Group, zeros, hash and form of keys.
        21 => group: [u8; 7], Show::Raw;
        /// Flags.
        28 => flags: u32, Show::Hex;
        /// Smallest unit that is written.
        32 => min_io_size: u32, Show::Bytes;
        /// Bytes per logical block.
        36 => block_size: u32, Show::Bytes;
        /// Logical blocks.
        40 => blocks: u32, Show::Decimal;
        /// Logical blocks that there may be.
        44 => max_blocks: u32, Show::Decimal;
        /// Layout of log, journal and trees.
        48 => layout: [u8; 32], Show::Raw;
        /// Version of the format.
        80 => format: u32, Show::Decimal;
        /// Compression.
        84 => compression: u16, Show::Names(&[(0, "none"), (1, "LZO"), (2, "zlib"), (3, "Zstandard")]);
        /// Zero.
        86 => padding: u16, Show::Decimal;
        /// Who may use the reserved space.
        88 => reserved_owner: u64, Show::Hex;
        /// Bytes that are reserved.
        96 => reserved: u64, Show::Bytes;
        /// Granularity of times.
        104 => granularity: u32, Show::Decimal;
        /// Identity of the volume.
        108 => uuid: [u8; 16], Show::Uuid;
        /// Version that may only read it.
        124 => ro_compat: u32, Show::Decimal;
    }
}

/// Bytes of the whole superblock node of UBIFS.
const NODE_BYTES: usize = 4096;
const UBIFS_MAGIC: [u8; 4] = 0x0610_1831_u32.to_le_bytes();

/// Recognises UBI.
pub(super) fn read_ubi(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.holds(0, b"UBI#") {
        return None;
    }
    let bytes = volume.read(0, Ubi::LENGTH)?;
    let header = Ubi::decode(&bytes)?;
    let node = volume.node(&Ubi::LAYOUT, key, 0, &bytes);
    let mut found = Found::new("ubi", node).version(header.version.to_string());
    found.volume.uuid = Some(header.image.to_string());
    found.check_sum("crc", header.crc, crc32_from(u32::MAX, &[bytes.get(..60)?]));
    Some(found)
}

/// Recognises UBIFS.
pub(super) fn read_ubifs(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.holds(0, &UBIFS_MAGIC) {
        return None;
    }
    let bytes = volume.read(0, NODE_BYTES)?;
    let superblock = Ubifs::decode(&bytes).filter(|superblock| superblock.kind == 6)?;
    let version = format!("w{}r{}", superblock.format, superblock.ro_compat);
    let mut found = Found::new("ubifs", volume.node(&Ubifs::LAYOUT, key, 0, &bytes)).version(version);
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.check_sum("crc", superblock.crc, crc32_from(u32::MAX, &[bytes.get(8..)?]));
    found.blocks("blocks", superblock.blocks.into(), superblock.block_size.into());
    Some(found)
}
