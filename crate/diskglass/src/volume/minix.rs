//! Minix file systems, versions 1 to 3, of Minix and early Linux.

use super::found::Found;
use super::limited::Limited;
use crate::structure;
use crate::structure::{Endian, Layout, Show};

structure! {
    /// Minix superblock (versions 1 and 2): at byte 1024 of the volume.
    pub struct Superblock("minix.superblock", "Minix superblock", 24, Little) {
        /// Number of inodes.
        0 => inodes: u16, Show::Decimal;
        /// Number of zones in version 1.
        2 => zones_16: u16, Show::Decimal;
        /// Blocks of the bitmap of inodes.
        4 => inode_map_blocks: u16, Show::Decimal;
        /// Blocks of the bitmap of zones.
        6 => zone_map_blocks: u16, Show::Decimal;
        /// First zone with data.
        8 => first_data_zone: u16, Show::Decimal;
        /// Blocks per zone as a power of two: 0.
        10 => zone_log: u16, Show::Decimal;
        /// Longest file.
        12 => max_size: u32, Show::Bytes;
        /// Tells version and length of names.
        16 => magic: u16, Show::Hex;
        /// State.
        18 => state: u16, Show::Flags(&[(1, "clean"), (2, "errors")]);
        /// Number of zones in version 2.
        20 => zones_32: u32, Show::Decimal;
    }
}

structure! {
    /// Minix superblock (version 3): at byte 1024 of the volume.
    pub struct Superblock3("minix.superblock-3", "Minix superblock, version 3", 32, Little) {
        /// Number of inodes.
        0 => inodes: u32, Show::Decimal;
        /// Zero.
        4 => padding: u16, Show::Decimal;
        /// Blocks of the bitmap of inodes.
        6 => inode_map_blocks: u16, Show::Decimal;
        /// Blocks of the bitmap of zones.
        8 => zone_map_blocks: u16, Show::Decimal;
        /// First zone with data.
        10 => first_data_zone: u16, Show::Decimal;
        /// Blocks per zone as a power of two: 0.
        12 => zone_log: u16, Show::Decimal;
        /// Zero.
        14 => padding_2: u16, Show::Decimal;
        /// Longest file.
        16 => max_size: u32, Show::Bytes;
        /// Number of zones.
        20 => zones: u32, Show::Decimal;
        /// Always 0x4d5a.
        24 => magic: u16, Show::Hex;
        /// Zero.
        26 => padding_3: u16, Show::Decimal;
        /// Bytes per block.
        28 => block_size: u16, Show::Bytes;
        /// Version of the disk format.
        30 => disk_version: u8, Show::Decimal;
        /// Zero.
        31 => padding_4: u8, Show::Decimal;
    }
}

const SUPERBLOCK_AT: u64 = 1024;
const BIG_ENDIAN: Layout = Layout { endian: Endian::Big, ..Superblock::LAYOUT };
const BIG_ENDIAN_3: Layout = Layout { endian: Endian::Big, ..Superblock3::LAYOUT };
const VERSION_1: [u16; 2] = [0x137f, 0x138f];
const VERSION_2: [u16; 2] = [0x2468, 0x2478];
const VERSION_3: u16 = 0x4d5a;
const BLOCK: u64 = 1024;
const CLEAN: u16 = 1;
const ERRORS: u16 = 2;

/// What all versions have in common.
struct Shape {
    inodes: u64,
    zones: u64,
    inode_map_blocks: u64,
    zone_map_blocks: u64,
    first_data_zone: u64,
    zone_log: u16,
}

impl Shape {
    /// Whether the numbers fit together: the magic has but two bytes.
    fn is_valid(&self) -> bool {
        let bits = |blocks: u64| blocks * BLOCK * 8;
        self.zone_log == 0
            && self.inodes != 0
            && self.inodes != u64::from(u32::MAX)
            && bits(self.inode_map_blocks) > self.inodes
            && self.first_data_zone <= self.zones
            && bits(self.zone_map_blocks) > self.zones - self.first_data_zone
    }
}

/// Recognises Minix file systems.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(SUPERBLOCK_AT, Superblock3::LENGTH)?;
    // Numbers of ext and of EROFS may look like this magic.
    if volume.holds(SUPERBLOCK_AT + 0x38, &[0x53, 0xef]) || bytes.starts_with(&[0xe2, 0xe1, 0xf5, 0xe0]) {
        return None;
    }
    [Endian::Little, Endian::Big].into_iter().find_map(|endian| {
        let old = Superblock::decode_as(&bytes, endian)?;
        let new = Superblock3::decode_as(&bytes, endian)?;
        match old.magic {
            magic if VERSION_1.contains(&magic) => old_version(volume, key, &bytes, &old, endian, 1),
            magic if VERSION_2.contains(&magic) => old_version(volume, key, &bytes, &old, endian, 2),
            _ if new.magic == VERSION_3 => version_3(volume, key, &bytes, &new, endian),
            _ => None,
        }
    })
}

fn old_version(
    volume: &Limited,
    key: &str,
    bytes: &[u8],
    superblock: &Superblock,
    endian: Endian,
    version: u32,
) -> Option<Found> {
    let zones = if version == 1 { superblock.zones_16.into() } else { superblock.zones_32.into() };
    let shape = Shape {
        inodes: superblock.inodes.into(),
        zones,
        inode_map_blocks: superblock.inode_map_blocks.into(),
        zone_map_blocks: superblock.zone_map_blocks.into(),
        first_data_zone: superblock.first_data_zone.into(),
        zone_log: superblock.zone_log,
    };
    if !shape.is_valid() || superblock.state & !(CLEAN | ERRORS) != 0 {
        return None;
    }
    let layout = if endian == Endian::Little { &Superblock::LAYOUT } else { &BIG_ENDIAN };
    let mut found =
        Found::new("minix", volume.node(layout, key, SUPERBLOCK_AT, bytes)).version(version.to_string());
    found.blocks(if version == 1 { "zones_16" } else { "zones_32" }, zones, BLOCK);
    found.clean(superblock.state & CLEAN != 0, "state", "the state does not say clean");
    if superblock.state & ERRORS != 0 {
        found.errors("state", "the state says that there are errors");
    }
    Some(found)
}

fn version_3(
    volume: &Limited,
    key: &str,
    bytes: &[u8],
    superblock: &Superblock3,
    endian: Endian,
) -> Option<Found> {
    let shape = Shape {
        inodes: superblock.inodes.into(),
        zones: superblock.zones.into(),
        inode_map_blocks: superblock.inode_map_blocks.into(),
        zone_map_blocks: superblock.zone_map_blocks.into(),
        first_data_zone: superblock.first_data_zone.into(),
        zone_log: superblock.zone_log,
    };
    if !shape.is_valid() {
        return None;
    }
    let layout = if endian == Endian::Little { &Superblock3::LAYOUT } else { &BIG_ENDIAN_3 };
    let mut found = Found::new("minix", volume.node(layout, key, SUPERBLOCK_AT, bytes)).version("3");
    if found.power_of_two("block_size", superblock.block_size.into(), 1024, 65536) {
        found.blocks("zones", superblock.zones.into(), superblock.block_size.into());
    }
    Some(found)
}
