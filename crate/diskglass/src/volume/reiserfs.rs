//! ReiserFS and Reiser4.

use super::found::{Found, When};
use super::limited::Limited;
use super::text;
use crate::structure;
use crate::structure::Show;

structure! {
    /// ReiserFS superblock: at 64 KiB of the volume, at 8 KiB of old ones.
    pub struct Superblock("reiserfs.superblock", "ReiserFS superblock", 128, Little) {
        /// Blocks of the volume.
        0 => blocks: u32, Show::Decimal;
        /// Free blocks.
        4 => free_blocks: u32, Show::Decimal;
        /// Block of the root of the tree.
        8 => root_block: u32, Show::Decimal;
        /// First block of the journal.
        12 => journal_block: u32, Show::Decimal;
        /// Device of the journal, and its size.
        16 => journal: [u8; 28], Show::Raw;
        /// Bytes per block.
        44 => block_size: u16, Show::Bytes;
        /// Most and current object ids.
        46 => object_ids: u32, Show::Hex;
        /// State: 1 when unmounted, 2 while mounted or with errors.
        50 => unmount_state: u16, Show::Names(&[(1, "unmounted"), (2, "mounted or errors")]);
        /// `ReIsErFs`, `ReIsEr2Fs` or `ReIsEr3Fs`.
        52 => magic: [u8; 10], Show::Ascii;
        /// State that fsck left.
        62 => fsck_state: u16, Show::Flags(&[(1, "errors"), (2, "bad tree")]);
        /// Hash of file names.
        64 => hash: u32, Show::Names(&[(0, "unset"), (1, "tea"), (2, "yura"), (3, "r5")]);
        /// Height of the tree.
        68 => height: u16, Show::Decimal;
        /// Blocks of the bitmaps.
        70 => bitmaps: u16, Show::Decimal;
        /// Version: 2 for 3.6.
        72 => version: u16, Show::Decimal;
        /// Blocks of a journal that took the place of another area.
        74 => reserved_journal: u16, Show::Decimal;
        /// Generation of inodes.
        76 => generation: u32, Show::Decimal;
        /// Flags.
        80 => flags: u32, Show::Flags(&[(1, "attributes cleared")]);
        /// Identity of the volume.
        84 => uuid: [u8; 16], Show::Uuid;
        /// Label.
        100 => label: [u8; 16], Show::With(text::show_label);
        /// Mounts since the last check.
        116 => mounts: u16, Show::Decimal;
        /// Mounts after which a check is due.
        118 => max_mounts: u16, Show::Decimal;
        /// Last check.
        120 => checked: u32, Show::With(text::show_time);
        /// Seconds between checks.
        124 => check_interval: u32, Show::Decimal;
    }
}

structure! {
    /// Reiser4 master superblock: at 64 KiB of the volume.
    pub struct Reiser4("reiser4.superblock", "Reiser4 master superblock", 52, Little) {
        /// Always `ReIsEr4`.
        0 => magic: [u8; 16], Show::Ascii;
        /// Kind of layout.
        16 => layout: u16, Show::Decimal;
        /// Bytes per block.
        18 => block_size: u16, Show::Bytes;
        /// Identity of the volume.
        20 => uuid: [u8; 16], Show::Uuid;
        /// Label.
        36 => label: [u8; 16], Show::With(text::show_label);
    }
}

const AT: u64 = 64 << 10;
const OLD_AT: u64 = 8 << 10;
/// Byte offset of the magic, and of that of the oldest versions.
const MAGIC_AT: u64 = 52;
const OLDEST_MAGIC_AT: u64 = 20;
/// Smaller volumes are taken for neither, as by libblkid.
const SMALLEST_BYTES: u64 = 128 << 10;
const UNMOUNTED: u16 = 1;

/// Recognises ReiserFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < SMALLEST_BYTES {
        return None;
    }
    let marks: [(u64, u64, &[u8], &str); 5] = [
        (OLD_AT, MAGIC_AT, b"ReIsErFs", "3.5"),
        (AT, MAGIC_AT, b"ReIsEr2Fs", "3.6"),
        (AT, MAGIC_AT, b"ReIsEr3Fs", "JR"),
        (AT, MAGIC_AT, b"ReIsErFs", "3.5"),
        (OLD_AT, OLDEST_MAGIC_AT, b"ReIsErFs", "3.5"),
    ];
    let (offset, _, _, version) =
        marks.into_iter().find(|(at, within, magic, _)| volume.holds(at + within, magic))?;
    let bytes = volume.read(offset, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes).filter(|superblock| superblock.block_size >= 512)?;
    // A superblock inside the journal is another volume's.
    let kib = offset >> 10;
    if kib / u64::from(superblock.block_size >> 9) > u64::from(superblock.journal_block / 2) {
        return None;
    }
    let mut found =
        Found::new("reiserfs", volume.node(&Superblock::LAYOUT, key, offset, &bytes)).version(version);
    if version != "3.5" {
        found.volume.label = text::label(&superblock.label);
        found.volume.uuid = text::uuid(&superblock.uuid);
    }
    let unit = u64::from(superblock.block_size);
    if found.power_of_two("block_size", unit, 512, 65536) {
        found.blocks("blocks", superblock.blocks.into(), unit);
        found.free("free_blocks", superblock.free_blocks.into(), superblock.blocks.into(), unit);
    }
    found.time(When::Checked, "checked", superblock.checked.into());
    let detail = "the state is that of a mounted volume";
    found.clean(superblock.unmount_state == UNMOUNTED, "unmount_state", detail);
    if superblock.fsck_state != 0 {
        found.errors("fsck_state", "a check found errors that are not repaired");
    }
    Some(found)
}

/// Recognises Reiser4.
pub(super) fn read_4(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < SMALLEST_BYTES || !volume.holds(AT, b"ReIsEr4") {
        return None;
    }
    let bytes = volume.read(AT, Reiser4::LENGTH)?;
    let superblock = Reiser4::decode(&bytes).filter(|superblock| superblock.block_size >= 512)?;
    let mut found = Found::new("reiser4", volume.node(&Reiser4::LAYOUT, key, AT, &bytes)).version("4");
    found.volume.label = text::label(&superblock.label);
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.volume.block_bytes = Some(superblock.block_size.into());
    Some(found)
}
