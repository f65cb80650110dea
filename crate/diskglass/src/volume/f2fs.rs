//! F2FS, a file system for flash memory: Android.

use super::found::Found;
use super::limited::Limited;
use super::{State, rules, text};
use crate::checksum::crc32_from;
use crate::structure;
use crate::structure::{Endian, Show};

structure! {
    /// F2FS superblock: at byte 1024 of the volume, with a copy at byte 5120.
    pub struct Superblock("f2fs.superblock", "F2FS superblock", 2192, Little) {
        /// Always 0xf2f52010.
        0x00 => magic: u32, Show::Hex;
        /// Version, major.
        0x04 => major: u16, Show::Decimal;
        /// Version, minor.
        0x06 => minor: u16, Show::Decimal;
        /// Bytes per sector as a power of two.
        0x08 => sector_log: u32, Show::Decimal;
        /// Sectors per block as a power of two.
        0x0c => block_sectors_log: u32, Show::Decimal;
        /// Bytes per block as a power of two.
        0x10 => block_log: u32, Show::Decimal;
        /// Blocks per segment as a power of two.
        0x14 => segment_log: u32, Show::Decimal;
        /// Segments per section.
        0x18 => section_segments: u32, Show::Decimal;
        /// Sections per zone.
        0x1c => zone_sections: u32, Show::Decimal;
        /// Where the checksum is in the superblock; 0 for none.
        0x20 => checksum_offset: u32, Show::Decimal;
        /// Blocks of the volume.
        0x24 => blocks: u64, Show::Decimal;
        /// Sections.
        0x2c => sections: u32, Show::Decimal;
        /// Segments.
        0x30 => segments: u32, Show::Decimal;
        /// Segments of the parts of the volume.
        0x34 => segments_of: [u8; 20], Show::Raw;
        /// First block of the first segment.
        0x48 => segment_0: u32, Show::Decimal;
        /// First block of the checkpoints.
        0x4c => checkpoint: u32, Show::Decimal;
        /// First blocks of the other parts.
        0x50 => parts: [u8; 16], Show::Raw;
        /// Inode of the root directory.
        0x60 => root: u32, Show::Decimal;
        /// Inodes of nodes and metadata.
        0x64 => inodes: [u8; 8], Show::Raw;
        /// Identity of the volume.
        0x6c => uuid: [u8; 16], Show::Uuid;
        /// Label.
        0x7c => label: [u8; 1024], Show::Utf16;
        /// Endings of file names that are kept apart.
        0x47c => extensions: [u8; 516], Show::Raw;
        /// Blocks at the start of a checkpoint that hold a bitmap.
        0x680 => checkpoint_payload: u32, Show::Decimal;
        /// Kernel that made the volume.
        0x684 => version: [u8; 256], Show::Ascii;
        /// Kernel that mounted it first.
        0x784 => first_version: [u8; 256], Show::Ascii;
        /// Features.
        0x884 => features: u32, Show::Flags(FEATURES);
        /// Version of the encryption.
        0x888 => encryption_level: u8, Show::Decimal;
        /// Salt of the encryption keys, first part.
        0x889 => encryption_salt: [u8; 7], Show::Raw;
    }
}

structure! {
    /// F2FS checkpoint: a consistent state of the volume. There are two; the one with the higher version counts.
    pub struct Checkpoint("f2fs.checkpoint", "F2FS checkpoint", 192, Little) {
        /// Number of the checkpoint.
        0 => version: u64, Show::Decimal;
        /// Blocks for users.
        8 => user_blocks: u64, Show::Decimal;
        /// Blocks in use.
        16 => valid_blocks: u64, Show::Decimal;
        /// Segments that are reserved.
        24 => reserved_segments: u32, Show::Decimal;
        /// Segments kept back.
        28 => overprovision_segments: u32, Show::Decimal;
        /// Free segments.
        32 => free_segments: u32, Show::Decimal;
        /// Segments that are being written.
        36 => current: [u8; 96], Show::Raw;
        /// State.
        132 => flags: u32, Show::Flags(&[(1, "unmounted"), (2, "orphans"), (4, "compacted"), (8, "error"), (0x10, "fsck wanted"), (0x20, "fast boot"), (0x40, "CRC recovery"), (0x80, "node bits"), (0x100, "trimmed"), (0x200, "no-CRC recovery"), (0x400, "large bitmap"), (0x800, "quota fsck wanted"), (0x1000, "disabled"), (0x2000, "quick disabled"), (0x4000, "resize interrupted")]);
        /// Blocks of the pack.
        136 => pack_blocks: u32, Show::Decimal;
        /// Where its summaries start.
        140 => summaries: u32, Show::Decimal;
        /// Nodes in use.
        144 => valid_nodes: u32, Show::Decimal;
        /// Inodes in use.
        148 => valid_inodes: u32, Show::Decimal;
        /// Next free node.
        152 => next_node: u32, Show::Decimal;
        /// Bytes of bitmaps.
        156 => bitmaps: [u8; 8], Show::Raw;
        /// Where the checksum is in the block.
        164 => checksum_offset: u32, Show::Decimal;
        /// Seconds of mounted time.
        168 => elapsed: u64, Show::Decimal;
        /// How the current segments are filled.
        176 => allocation: [u8; 16], Show::Raw;
    }
}

const FEATURES: &[(u64, &str)] = &[
    (0x1, "encrypt"),
    (0x2, "zoned"),
    (0x4, "atomic writes"),
    (0x8, "extra attributes"),
    (0x10, "project quota"),
    (0x20, "inode checksums"),
    (0x40, "flexible inline attributes"),
    (0x80, "quota inodes"),
    (0x100, "inode creation times"),
    (0x200, "lost+found"),
    (0x400, "verity"),
    (0x800, "superblock checksum"),
    (0x1000, "casefold"),
    (0x2000, "compression"),
    (0x4000, "read-only"),
    (0x8000, "device aliases"),
    (0x1_0000, "packed ssa"),
];

const MAGIC: [u8; 4] = 0xf2f5_2010_u32.to_le_bytes();
const CHECKSUM_SEED: u32 = 0xf2f5_2010;
/// Byte offsets of the superblock and of its copy.
const SUPERBLOCKS_AT: [u64; 2] = [1024, 5120];
const ENCRYPT: u32 = 1;
const UNMOUNTED: u32 = 1;
const TROUBLE: u32 = 8 | 0x10;

/// Recognises F2FS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let [at, copy_at] = SUPERBLOCKS_AT;
    let is_first = volume.holds(at, &MAGIC);
    // Without the first one, the copy has to prove itself.
    let offset = if is_first { at } else { copy_at };
    if !volume.holds(offset, &MAGIC) {
        return None;
    }
    let bytes = volume.read(offset, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes)?;
    let mut found = Found::new("f2fs", volume.node(&Superblock::LAYOUT, key, offset, &bytes))
        .version(format!("{}.{}", superblock.major, superblock.minor));
    if (superblock.major, superblock.minor) == (1, 0) {
        // Nobody knows where the fields of this version were.
        found.volume.version = None;
        return is_first.then_some(found);
    }
    found.volume.label = text::label_utf16(&superblock.label, Endian::Little);
    found.volume.uuid = text::uuid(&superblock.uuid);
    let length = usize::try_from(superblock.checksum_offset).ok().filter(|length| *length <= 4092);
    if superblock.checksum_offset != 0
        && let Some(checked) = length.and_then(|length| volume.read(offset, length))
        && let Some(stored) = volume.array(offset + u64::from(superblock.checksum_offset))
    {
        let computed = crc32_from(CHECKSUM_SEED, &[&checked]);
        found.check_sum("checksum_offset", u32::from_le_bytes(stored), computed);
    }
    let is_block =
        found.power_of_two("block_log", 1_u64.checked_shl(superblock.block_log).unwrap_or(0), 4096, 65536);
    if !is_first {
        if found.is_damaged() || !is_block {
            return None;
        }
        let detail = format!("there is none at byte {at}; the copy at byte {copy_at} was used");
        found.add(&rules::BEGINNING_LOST, "magic", detail);
    }
    if is_block {
        let block = 1 << superblock.block_log;
        found.blocks("blocks", superblock.blocks, block);
        check_copy(volume, key, &mut found, &superblock, copy_at);
        read_checkpoint(volume, key, &mut found, &superblock, block);
    }
    found.check_features("features", superblock.features.into(), FEATURES);
    if superblock.features & ENCRYPT != 0 {
        found.encrypted("features", "directories of it may be encrypted one by one");
    }
    found.fact(
        "Made by",
        text::label(&superblock.version).unwrap_or_default().lines().next().unwrap_or_default(),
    );
    Some(found)
}

fn check_copy(volume: &Limited, key: &str, found: &mut Found, superblock: &Superblock, copy_at: u64) {
    let Some(bytes) = volume.read(copy_at, Superblock::LENGTH) else { return };
    let Some(copy) = Superblock::decode(&bytes) else { return };
    let compared = [
        ("magic", superblock.magic == copy.magic),
        ("blocks", superblock.blocks == copy.blocks),
        ("checkpoint", superblock.checkpoint == copy.checkpoint),
        ("uuid", superblock.uuid == copy.uuid),
    ];
    let node = volume.node(&Superblock::LAYOUT, key, copy_at, &bytes);
    found.copy(node, &format!("at byte {copy_at}"), &compared);
}

/// The newer of the two checkpoints.
fn read_checkpoint(volume: &Limited, key: &str, found: &mut Found, superblock: &Superblock, block: u64) {
    let start = u64::from(superblock.checkpoint) * block;
    let segment = block << superblock.segment_log.min(20);
    let packs = [Some(start), start.checked_add(segment)].into_iter().flatten().filter_map(|offset| {
        let bytes = volume.read(offset, usize::try_from(block).ok()?)?;
        let checkpoint = Checkpoint::decode(&bytes)?;
        let at = usize::try_from(checkpoint.checksum_offset).ok()?;
        let (checked, rest) = bytes.split_at_checked(at)?;
        let stored = u32::from_le_bytes(*rest.first_chunk()?);
        (crc32_from(CHECKSUM_SEED, &[checked]) == stored).then_some((offset, bytes, checkpoint))
    });
    let Some((offset, bytes, checkpoint)) = packs.max_by_key(|(_, _, checkpoint)| checkpoint.version) else {
        found.add(&rules::IMPLAUSIBLE, "checkpoint", "neither of the two checkpoints is intact");
        return;
    };
    let node = volume.node(&Checkpoint::LAYOUT, key, offset, &bytes);
    if checkpoint.valid_blocks <= checkpoint.user_blocks {
        let free = checkpoint.user_blocks - checkpoint.valid_blocks;
        found.free("checkpoint", free, checkpoint.user_blocks, block);
    } else {
        let detail = format!("{} of {} blocks are in use", checkpoint.valid_blocks, checkpoint.user_blocks);
        found.add_finding(
            crate::finding::Finding::new(&rules::IMPLAUSIBLE, detail).field(&node, "valid_blocks"),
        );
    }
    if checkpoint.flags & UNMOUNTED == 0 {
        found.state(State::Dirty);
        let detail = "the last checkpoint is not that of an unmount";
        found.add_finding(crate::finding::Finding::new(&rules::DIRTY, detail).field(&node, "flags"));
    } else {
        found.state(State::Clean);
    }
    if checkpoint.flags & TROUBLE != 0 {
        found.state(State::Errors);
        let detail = "the last checkpoint says that there are errors";
        found.add_finding(crate::finding::Finding::new(&rules::ERRORS, detail).field(&node, "flags"));
    }
    found.add_node(node);
}
