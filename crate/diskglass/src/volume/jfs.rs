//! JFS, of AIX, OS/2 and Linux.

use super::found::{Found, When};
use super::limited::Limited;
use super::text;
use crate::structure;
use crate::structure::Show;

structure! {
    /// JFS superblock: at 32 KiB of the volume, with a copy at 60 KiB.
    pub struct Superblock("jfs.superblock", "JFS superblock", 184, Little) {
        /// Always `JFS1`.
        0 => magic: [u8; 4], Show::Ascii;
        /// Version: 1, or 2 with long labels.
        4 => version: u32, Show::Decimal;
        /// Size in blocks of the device.
        8 => size: u64, Show::Decimal;
        /// Bytes per block.
        16 => block_size: u32, Show::Bytes;
        /// The same as a power of two.
        20 => block_log: u16, Show::Decimal;
        /// Blocks of the device per block, as a power of two.
        22 => block_factor_log: u16, Show::Decimal;
        /// Bytes per block of the device.
        24 => device_block_size: u32, Show::Bytes;
        /// The same as a power of two.
        28 => device_block_log: u16, Show::Decimal;
        /// Zero.
        30 => padding: u16, Show::Decimal;
        /// Blocks per allocation group.
        32 => group_size: u32, Show::Decimal;
        /// Flags.
        36 => flags: u32, Show::Hex;
        /// State.
        40 => state: u32, Show::Names(&[(0, "clean"), (1, "mounted"), (2, "dirty"), (4, "log redo failed"), (8, "extending")]);
        /// Whether it is compressed.
        44 => compression: u32, Show::Decimal;
        /// Where the inodes of the inode tables lie.
        48 => tables: [u8; 16], Show::Raw;
        /// Device number of the log.
        64 => log_device: u32, Show::Hex;
        /// Number of the last mount in the log.
        68 => log_serial: u32, Show::Decimal;
        /// Where the log lies.
        72 => log: [u8; 8], Show::Raw;
        /// Where the work space of fsck lies.
        80 => fsck: [u8; 8], Show::Raw;
        /// When the volume was made.
        88 => created: u32, Show::With(text::show_time);
        /// Nanoseconds of that time.
        92 => created_nanoseconds: u32, Show::Decimal;
        /// Blocks of the log of fsck.
        96 => fsck_log_blocks: u32, Show::Decimal;
        /// Which of the two logs is newer.
        100 => fsck_log: u8, Show::Decimal;
        /// Label, in version 1.
        101 => old_label: [u8; 11], Show::With(text::show_label);
        /// Fields of a resize that is under way.
        112 => resize: [u8; 24], Show::Raw;
        /// Identity of the volume.
        136 => uuid: [u8; 16], Show::Uuid;
        /// Label.
        152 => label: [u8; 16], Show::With(text::show_label);
        /// Identity of the log.
        168 => log_uuid: [u8; 16], Show::Uuid;
    }
}

const SUPERBLOCK_AT: u64 = 32 << 10;
const COPY_AT: u64 = 60 << 10;
/// Smaller volumes are not taken for JFS, as by libblkid.
const SMALLEST_BYTES: u64 = 16 << 20;
const CLEAN: u32 = 0;
const REDO_FAILED: u32 = 4;

impl Superblock {
    fn is_valid(&self) -> bool {
        let log2 = |value: u32, log: u16| log < 32 && value == 1 << log;
        log2(self.block_size, self.block_log)
            && log2(self.device_block_size, self.device_block_log)
            && self.block_log.checked_sub(self.device_block_log) == Some(self.block_factor_log)
    }
}

/// Recognises JFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < SMALLEST_BYTES || !volume.holds(SUPERBLOCK_AT, b"JFS1") {
        return None;
    }
    let bytes = volume.read(SUPERBLOCK_AT, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes).filter(Superblock::is_valid)?;
    let mut found = Found::new("jfs", volume.node(&Superblock::LAYOUT, key, SUPERBLOCK_AT, &bytes));
    found.volume.label = text::label(&superblock.label);
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.size("size", superblock.size, superblock.device_block_size.into());
    found.volume.block_bytes = Some(superblock.block_size.into());
    found.time(When::Created, "created", superblock.created.into());
    if superblock.state & REDO_FAILED != 0 {
        found.errors("state", "replaying the log failed");
    } else {
        found.clean(superblock.state == CLEAN, "state", "the state is that of a volume in use");
    }
    if let Some(bytes) = volume.read(COPY_AT, Superblock::LENGTH)
        && let Some(copy) = Superblock::decode(&bytes)
    {
        let compared = [
            ("magic", superblock.magic == copy.magic),
            ("size", superblock.size == copy.size),
            ("block_size", superblock.block_size == copy.block_size),
            ("uuid", superblock.uuid == copy.uuid),
        ];
        let node = volume.node(&Superblock::LAYOUT, key, COPY_AT, &bytes);
        found.copy(node, "at 60 KiB", &compared);
    }
    Some(found)
}
