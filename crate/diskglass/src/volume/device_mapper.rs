//! Devices of Linux' device mapper: dm-verity, dm-integrity, and Stratis, which is built on it.

use super::found::{Found, When};
use super::limited::Limited;
use super::{rules, text};
use crate::checksum::crc32c;
use crate::finding::Finding;
use crate::structure;
use crate::structure::{Node, Show, ascii};

structure! {
    /// dm-verity superblock: hashes of another volume follow, by which every change of it is noticed.
    pub struct Verity("verity.superblock", "dm-verity superblock", 512, Little) {
        /// Always `verity`.
        0 => signature: [u8; 8], Show::Ascii;
        /// Version: 1.
        8 => version: u32, Show::Decimal;
        /// Kind of hashes: 1, or 0 for those of Chrome OS.
        12 => hash_type: u32, Show::Decimal;
        /// Identity.
        16 => uuid: [u8; 16], Show::Uuid;
        /// Hash function.
        32 => algorithm: [u8; 32], Show::Ascii;
        /// Bytes per block of the data.
        64 => data_block_size: u32, Show::Bytes;
        /// Bytes per block of the hashes.
        68 => hash_block_size: u32, Show::Bytes;
        /// Blocks of the data.
        72 => data_blocks: u64, Show::Decimal;
        /// Bytes of the salt.
        80 => salt_size: u16, Show::Bytes;
        /// Zero.
        82 => padding: [u8; 6], Show::Reserved;
        /// Salt.
        88 => salt: [u8; 256], Show::Raw;
        /// Zero.
        344 => padding_2: [u8; 168], Show::Reserved;
    }
}

structure! {
    /// dm-integrity superblock: checksums are stored between the sectors that follow.
    pub struct Integrity("integrity.superblock", "dm-integrity superblock", 64, Little) {
        /// Always `integrt`.
        0 => signature: [u8; 8], Show::Ascii;
        /// Version.
        8 => version: u8, Show::Decimal;
        /// Sectors between checksums as a power of two.
        9 => interleave_log: u8, Show::Decimal;
        /// Bytes of checksum per sector.
        10 => tag_size: u16, Show::Bytes;
        /// Sections of the journal.
        12 => journal_sections: u32, Show::Decimal;
        /// Sectors that are offered.
        16 => sectors: u64, Show::Sectors;
        /// Flags.
        24 => flags: u32, Show::Flags(&[(1, "journal has a MAC"), (2, "recalculating"), (4, "dirty bitmap"), (8, "fixed padding"), (0x10, "fixed MAC")]);
        /// Sectors per block as a power of two.
        28 => block_log: u8, Show::Decimal;
        /// Bytes of the bitmap's blocks as a power of two.
        29 => bitmap_log: u8, Show::Decimal;
        /// Zero.
        30 => padding: u16, Show::Decimal;
        /// How far the recalculation has gone.
        32 => recalculated: u64, Show::Sectors;
        /// Salt, and zeros.
        40 => salt: [u8; 24], Show::Raw;
    }
}

structure! {
    /// Stratis static header: the second sector of the device, with a copy in the tenth.
    pub struct Stratis("stratis.header", "Stratis static header", 512, Little) {
        /// CRC-32C of the rest of the sector.
        0 => crc: u32, Show::Hex;
        /// Always `!Stra0tis` and seven bytes that no text has.
        4 => magic: [u8; 16], Show::Raw;
        /// Sectors of the device.
        20 => sectors: u64, Show::Sectors;
        /// Version and zeros.
        28 => reserved: [u8; 4], Show::Raw;
        /// Identity of the pool.
        32 => pool: [u8; 32], Show::Ascii;
        /// Identity of the device.
        64 => device: [u8; 32], Show::Ascii;
        /// Sectors of the metadata.
        96 => metadata_sectors: u64, Show::Sectors;
        /// Sectors that are reserved.
        104 => reserved_sectors: u64, Show::Sectors;
        /// Flags.
        112 => flags: u64, Show::Hex;
        /// When the device was made part of the pool.
        120 => created: u64, Show::With(text::show_time);
        /// Zero.
        128 => padding: [u8; 384], Show::Reserved;
    }
}

const SECTOR: u64 = 512;
const STRATIS_MAGIC: [u8; 16] = *b"!Stra0tis\x86\xff\x02^\x41rh";
const STRATIS_AT: [u64; 2] = [512, 512 * 9];

/// Recognises dm-verity and dm-integrity.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    match &volume.array::<8>(0)? {
        b"verity\0\0" => verity(volume, key),
        b"integrt\0" => integrity(volume, key),
        _ => None,
    }
}

fn verity(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, Verity::LENGTH)?;
    let superblock = Verity::decode(&bytes).filter(|superblock| superblock.version == 1)?;
    let mut found = Found::new("DM_verity_hash", volume.node(&Verity::LAYOUT, key, 0, &bytes)).version("1");
    found.volume.uuid = text::uuid(&superblock.uuid);
    let is_right = found.power_of_two("hash_block_size", superblock.hash_block_size.into(), 512, 1 << 19)
        && found.power_of_two("data_block_size", superblock.data_block_size.into(), 512, 1 << 19);
    if is_right {
        found.volume.block_bytes = Some(superblock.hash_block_size.into());
    }
    found.fact("Hash", ascii(&superblock.algorithm));
    let data = superblock.data_blocks.saturating_mul(superblock.data_block_size.into());
    found.fact("Protects", structure::size_text(data));
    Some(found)
}

fn integrity(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, Integrity::LENGTH)?;
    let superblock = Integrity::decode(&bytes).filter(|superblock| superblock.version != 0)?;
    let mut found = Found::new("DM_integrity", volume.node(&Integrity::LAYOUT, key, 0, &bytes))
        .version(superblock.version.to_string());
    found.fact("Offers", structure::size_text(superblock.sectors.saturating_mul(SECTOR)));
    Some(found)
}

/// 32 hexadecimal digits in the groups of a UUID.
fn dashed(digits: &[u8]) -> String {
    let mut text = String::new();
    for (at, digit) in ascii(digits).chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

/// Recognises devices of Stratis pools.
pub(super) fn read_stratis(volume: &Limited, key: &str) -> Option<Found> {
    let copy = |offset: u64| -> Option<(u64, Vec<u8>, Node, Stratis)> {
        volume.holds(offset + 4, &STRATIS_MAGIC).then_some(())?;
        let bytes = volume.read(offset, Stratis::LENGTH)?;
        let (node, header) = (volume.node(&Stratis::LAYOUT, key, offset, &bytes), Stratis::decode(&bytes)?);
        Some((offset, bytes, node, header))
    };
    let is_right =
        |bytes: &[u8], header: &Stratis| crc32c(&[bytes.get(4..).unwrap_or_default()]) == header.crc;
    let mut copies: Vec<_> = STRATIS_AT.into_iter().filter_map(copy).collect();
    crate::order::sort_by_key(&mut copies, |(_, bytes, _, header)| !is_right(bytes, header));
    let mut copies = copies.into_iter();
    let (offset, bytes, node, header) = copies.next()?;
    let mut found = Found::new("stratis", node);
    found.volume.uuid = Some(dashed(&header.device));
    found.check_sum("crc", header.crc, crc32c(&[bytes.get(4..)?]));
    found.size("sectors", header.sectors, SECTOR);
    found.time(When::Created, "created", header.created.try_into().unwrap_or(i64::MAX));
    found.fact("Pool", dashed(&header.pool));
    if !copies.next().is_some_and(|(_, bytes, _, header)| is_right(&bytes, &header)) && !found.is_damaged() {
        let detail = format!("of the two headers, only that at byte {offset} is intact");
        found.add_finding(Finding::new(&rules::COPY_STALE, detail));
    }
    Some(found)
}
