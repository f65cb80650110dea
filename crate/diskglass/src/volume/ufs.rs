//! UFS, the file systems of BSD and Solaris.

use super::found::{Found, When};
use super::limited::Limited;
use super::{rules, text};
use crate::structure;
use crate::structure::{Endian, Layout, Show};

structure! {
    /// UFS1 superblock: at 8 KiB of the volume. Every cylinder group has a copy.
    pub struct Ufs1("ufs1.superblock", "UFS1 superblock", 1376, Little) {
        /// Where the parts of a cylinder group lie.
        0 => layout: [u8; 32], Show::Raw;
        /// Last write.
        32 => written: u32, Show::Decimal;
        /// Fragments of the volume.
        36 => size: u32, Show::Decimal;
        /// Fragments for data.
        40 => data_size: u32, Show::Decimal;
        /// Cylinder groups.
        44 => groups: u32, Show::Decimal;
        /// Bytes per block.
        48 => block_size: u32, Show::Bytes;
        /// Bytes per fragment.
        52 => fragment_size: u32, Show::Bytes;
        /// Fragments per block.
        56 => fragments: u32, Show::Decimal;
        /// Per cent that are kept free.
        60 => min_free: u32, Show::Decimal;
        /// Parameters of layout and disk.
        64 => parameters: [u8; 80], Show::Raw;
        /// Identity of the volume, made from the time of formatting.
        144 => id_0: u32, Show::Hex;
        /// Identity, second half.
        148 => id_1: u32, Show::Hex;
        /// Summaries of the cylinder groups, geometry.
        152 => summaries: [u8; 40], Show::Raw;
        /// Directories.
        192 => directories: u32, Show::Decimal;
        /// Free blocks.
        196 => free_blocks: u32, Show::Decimal;
        /// Free inodes.
        200 => free_inodes: u32, Show::Decimal;
        /// Free fragments outside of free blocks.
        204 => free_fragments: u32, Show::Decimal;
        /// Whether the superblock was changed in memory.
        208 => modified: u8, Show::Decimal;
        /// 0 where the volume was not unmounted cleanly.
        209 => clean: u8, Show::Decimal;
        /// Whether it is mounted read-only.
        210 => read_only: u8, Show::Decimal;
        /// Flags.
        211 => flags: u8, Show::Hex;
        /// Where it was last mounted.
        212 => mounted_on: [u8; 512], Show::With(text::show_label);
        /// Fields that differ from system to system.
        724 => rest: [u8; 648], Show::Raw;
        /// Always 0x00011954.
        1372 => magic: u32, Show::Hex;
    }
}

structure! {
    /// UFS2 superblock: at 64 KiB of the volume. Every cylinder group has a copy.
    pub struct Ufs2("ufs2.superblock", "UFS2 superblock", 1376, Little) {
        /// Where the parts of a cylinder group lie, and fields of UFS1.
        0 => layout: [u8; 44], Show::Raw;
        /// Cylinder groups.
        44 => groups: u32, Show::Decimal;
        /// Bytes per block.
        48 => block_size: u32, Show::Bytes;
        /// Bytes per fragment.
        52 => fragment_size: u32, Show::Bytes;
        /// Fragments per block.
        56 => fragments: u32, Show::Decimal;
        /// Per cent that are kept free.
        60 => min_free: u32, Show::Decimal;
        /// Parameters of the layout.
        64 => parameters: [u8; 80], Show::Raw;
        /// Identity of the volume, made from the time of formatting.
        144 => id_0: u32, Show::Hex;
        /// Identity, second half.
        148 => id_1: u32, Show::Hex;
        /// Fields of UFS1.
        152 => old: [u8; 56], Show::Raw;
        /// Whether the superblock was changed in memory.
        208 => modified: u8, Show::Decimal;
        /// 0 where the volume was not unmounted cleanly.
        209 => clean: u8, Show::Decimal;
        /// Whether it is mounted read-only.
        210 => read_only: u8, Show::Decimal;
        /// Flags of old systems.
        211 => old_flags: u8, Show::Hex;
        /// Where it was last mounted.
        212 => mounted_on: [u8; 468], Show::With(text::show_label);
        /// Label.
        680 => label: [u8; 32], Show::With(text::show_label);
        /// Identity for the system's own use.
        712 => system_id: u64, Show::Hex;
        /// Fields of the running system.
        720 => running: [u8; 280], Show::Raw;
        /// Byte offset of this superblock.
        1000 => own_offset: u64, Show::Offset;
        /// Directories.
        1008 => directories: u64, Show::Decimal;
        /// Free blocks.
        1016 => free_blocks: u64, Show::Decimal;
        /// Free inodes.
        1024 => free_inodes: u64, Show::Decimal;
        /// Free fragments outside of free blocks.
        1032 => free_fragments: u64, Show::Decimal;
        /// More sums.
        1040 => sums: [u8; 32], Show::Raw;
        /// Last write.
        1072 => written: u64, Show::Decimal;
        /// Fragments of the volume.
        1080 => size: u64, Show::Decimal;
        /// Fragments for data.
        1088 => data_size: u64, Show::Decimal;
        /// Where the summaries of the cylinder groups are.
        1096 => summaries: u64, Show::Decimal;
        /// Blocks that are being freed.
        1104 => pending_blocks: u64, Show::Decimal;
        /// Inodes that are being freed.
        1112 => pending_inodes: u32, Show::Decimal;
        /// Snapshots and further fields.
        1116 => rest: [u8; 256], Show::Raw;
        /// Always 0x19540119.
        1372 => magic: u32, Show::Hex;
    }
}

/// Superblocks as machines of the other byte order write them.
const BIG_1: Layout = Layout { endian: Endian::Big, ..Ufs1::LAYOUT };
const BIG_2: Layout = Layout { endian: Endian::Big, ..Ufs2::LAYOUT };

/// Where a superblock may be.
const PLACES: [u64; 4] = [0, 8 << 10, 64 << 10, 256 << 10];
const MAGIC_AT: u64 = 1372;
const MAGIC_2: u32 = 0x1954_0119;
/// UFS1, and varieties of it.
const MAGICS_1: [u32; 5] = [0x0001_1954, 0x0019_5612, 0x0009_5014, 0x0061_2195, 0x0523_1994];

/// What both versions tell.
struct Common {
    ids: (u32, u32),
    block_size: u32,
    fragment_size: u32,
    fragments: u32,
    size: u64,
    data_size: u64,
    free_blocks: u64,
    free_fragments: u64,
    written: u64,
    clean: u8,
}

/// Recognises UFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let (offset, magic, endian) = PLACES.into_iter().find_map(|offset| {
        let bytes: [u8; 4] = volume.array(offset + MAGIC_AT)?;
        let known = |magic: u32| magic == MAGIC_2 || MAGICS_1.contains(&magic);
        let little = u32::from_le_bytes(bytes);
        let big = u32::from_be_bytes(bytes);
        match () {
            () if known(little) => Some((offset, little, Endian::Little)),
            () if known(big) => Some((offset, big, Endian::Big)),
            () => None,
        }
    })?;
    let bytes = volume.read(offset, Ufs1::LENGTH)?;
    let is_little = endian == Endian::Little;
    let (mut found, common) = if magic == MAGIC_2 {
        let superblock = Ufs2::decode_as(&bytes, endian)?;
        let layout = if is_little { &Ufs2::LAYOUT } else { &BIG_2 };
        let mut found = Found::new("ufs", volume.node(layout, key, offset, &bytes)).version("2");
        found.volume.label = text::label(&superblock.label);
        found.fact("Last mounted on", text::label(&superblock.mounted_on).unwrap_or_default());
        let common = Common {
            ids: (superblock.id_0, superblock.id_1),
            block_size: superblock.block_size,
            fragment_size: superblock.fragment_size,
            fragments: superblock.fragments,
            size: superblock.size,
            data_size: superblock.data_size,
            free_blocks: superblock.free_blocks,
            free_fragments: superblock.free_fragments,
            written: superblock.written,
            clean: superblock.clean,
        };
        (found, common)
    } else {
        let superblock = Ufs1::decode_as(&bytes, endian)?;
        let layout = if is_little { &Ufs1::LAYOUT } else { &BIG_1 };
        let mut found = Found::new("ufs", volume.node(layout, key, offset, &bytes)).version("1");
        found.fact("Last mounted on", text::label(&superblock.mounted_on).unwrap_or_default());
        let common = Common {
            ids: (superblock.id_0, superblock.id_1),
            block_size: superblock.block_size,
            fragment_size: superblock.fragment_size,
            fragments: superblock.fragments,
            size: superblock.size.into(),
            data_size: superblock.data_size.into(),
            free_blocks: superblock.free_blocks.into(),
            free_fragments: superblock.free_fragments.into(),
            written: superblock.written.into(),
            clean: superblock.clean,
        };
        (found, common)
    };
    describe(&mut found, &common);
    Some(found)
}

fn describe(found: &mut Found, common: &Common) {
    let (first, second) = common.ids;
    if (first, second) != (0, 0) {
        found.volume.uuid = Some(format!("{first:08x}{second:08x}"));
    }
    found.time(When::Written, "written", i64::try_from(common.written).unwrap_or(i64::MAX));
    let unit = u64::from(common.fragment_size);
    let is_right = found.power_of_two("fragment_size", unit, 512, 65536)
        && found.power_of_two("block_size", common.block_size.into(), 4096, 65536);
    if is_right {
        found.blocks("size", common.size, unit);
        let free = common.free_blocks.checked_mul(common.fragments.into());
        match free.and_then(|free| free.checked_add(common.free_fragments)) {
            Some(free) => found.free("free_blocks", free, common.data_size, unit),
            None => found.add(&rules::IMPLAUSIBLE, "free_blocks", "the number of free fragments cannot be"),
        }
    }
    found.clean(common.clean != 0, "clean", "the mark of a clean volume is not set");
}
