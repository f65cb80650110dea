//! EROFS, a file system that is only read: Android, containers.

use super::found::{Found, When};
use super::limited::Limited;
use super::{rules, text};
use crate::checksum::crc32c;
use crate::structure;
use crate::structure::Show;

structure! {
    /// EROFS superblock: at byte 1024 of the volume.
    pub struct Superblock("erofs.superblock", "EROFS superblock", 128, Little) {
        /// Always 0xe0f5e1e2.
        0 => magic: u32, Show::Hex;
        /// CRC-32C from here to the end of the block, these four bytes taken as zero.
        4 => checksum: u32, Show::Hex;
        /// Features that every reader may ignore.
        8 => features_compat: u32, Show::Flags(&[(1, "checksum"), (2, "modification times"), (4, "attribute filter"), (8, "shared attributes"), (0x10, "plain attribute prefixes")]);
        /// Bytes per block as a power of two.
        12 => block_log: u8, Show::Decimal;
        /// Units of 16 bytes that follow the superblock.
        13 => extra_slots: u8, Show::Decimal;
        /// Number of the root directory.
        14 => root: u16, Show::Decimal;
        /// Number of inodes.
        16 => inodes: u64, Show::Decimal;
        /// When it was made.
        24 => build_time: u64, Show::With(text::show_time);
        /// Nanoseconds of that time.
        32 => build_nanoseconds: u32, Show::Decimal;
        /// Blocks of the volume.
        36 => blocks: u32, Show::Decimal;
        /// First block of the metadata.
        40 => metadata_block: u32, Show::Decimal;
        /// First block of shared attributes.
        44 => attributes_block: u32, Show::Decimal;
        /// Identity of the volume.
        48 => uuid: [u8; 16], Show::Uuid;
        /// Label.
        64 => label: [u8; 16], Show::With(text::show_label);
        /// Features that a reader must know.
        80 => features_incompat: u32, Show::Flags(INCOMPAT);
        /// Compression.
        84 => algorithms: u16, Show::Hex;
        /// Further devices.
        86 => extra_devices: u16, Show::Decimal;
        /// Fields of newer features.
        88 => reserved: [u8; 40], Show::Raw;
    }
}

const INCOMPAT: &[(u64, &str)] = &[
    (0x1, "zero padding"),
    (0x2, "compression configurations, big clusters"),
    (0x4, "chunked files"),
    (0x8, "device table, second compression head"),
    (0x10, "tail packing"),
    (0x20, "fragments, deduplication"),
    (0x40, "attribute prefixes"),
    (0x80, "48-bit block numbers"),
    (0x100, "metadata compression"),
];

const SUPERBLOCK_AT: u64 = 1024;
const MAGIC: [u8; 4] = 0xe0f5_e1e2_u32.to_le_bytes();
const HAS_CHECKSUM: u32 = 1;
const HAS_DEVICES: u32 = 8;
const CHECKSUM_AT: usize = 4;

/// Recognises EROFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.holds(SUPERBLOCK_AT, &MAGIC) {
        return None;
    }
    let bytes = volume.read(SUPERBLOCK_AT, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes).filter(|found| (9..=16).contains(&found.block_log))?;
    let mut found = Found::new("erofs", volume.node(&Superblock::LAYOUT, key, SUPERBLOCK_AT, &bytes));
    found.volume.label = text::label(&superblock.label);
    found.volume.uuid = text::uuid(&superblock.uuid);
    let block = 1_u64 << superblock.block_log;
    found.blocks("blocks", superblock.blocks.into(), block);
    found.time(When::Created, "build_time", superblock.build_time.try_into().unwrap_or(i64::MAX));
    if superblock.features_compat & HAS_CHECKSUM != 0 {
        // Blocks that are no longer than what is in front of the superblock were never made with a checksum.
        let length = usize::try_from(block.saturating_sub(SUPERBLOCK_AT)).ok()?;
        if let Some(checked) = volume.read(SUPERBLOCK_AT, length)
            && let Some((before, from)) = checked.split_at_checked(CHECKSUM_AT)
        {
            let computed = !crc32c(&[before, &[0; 4], from.get(4..)?]);
            found.check_sum("checksum", superblock.checksum, computed);
        }
    }
    found.check_features("features_incompat", superblock.features_incompat.into(), INCOMPAT);
    if superblock.features_incompat & HAS_DEVICES != 0 && superblock.extra_devices != 0 {
        let detail = format!("{} further devices hold data", superblock.extra_devices);
        found.add(&rules::INCOMPLETE_SET, "extra_devices", detail);
    }
    Some(found)
}
