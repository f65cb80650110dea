//! NILFS2, a log-structured file system of Linux.

use super::found::{Found, When};
use super::limited::Limited;
use super::{rules, text};
use crate::checksum::crc32_from;
use crate::structure;
use crate::structure::Show;

structure! {
    /// NILFS2 superblock: at byte 1024 of the volume, with a second one in its last 4 KiB. The newer one counts.
    pub struct Superblock("nilfs2.superblock", "NILFS2 superblock", 280, Little) {
        /// Revision.
        0 => revision: u32, Show::Decimal;
        /// Minor revision.
        4 => minor_revision: u16, Show::Decimal;
        /// Always 0x3434.
        6 => magic: u16, Show::Hex;
        /// Bytes that the checksum covers.
        8 => bytes: u16, Show::Bytes;
        /// Flags.
        10 => flags: u16, Show::Hex;
        /// Starting value of the checksum.
        12 => checksum_seed: u32, Show::Hex;
        /// CRC-32 of the superblock, these four bytes taken as zero, without inversion.
        16 => checksum: u32, Show::Hex;
        /// Block size: 1024 bytes, shifted left by this.
        20 => log_block_size: u32, Show::Decimal;
        /// Number of segments.
        24 => segments: u64, Show::Decimal;
        /// Bytes of the device.
        32 => device_size: u64, Show::Bytes;
        /// First block with data.
        40 => first_data_block: u64, Show::Decimal;
        /// Blocks per segment.
        48 => blocks_per_segment: u32, Show::Decimal;
        /// Per cent of the segments that are reserved.
        52 => reserved_percent: u32, Show::Decimal;
        /// Last checkpoint.
        56 => last_checkpoint: u64, Show::Decimal;
        /// Where the last segment starts.
        64 => last_segment: u64, Show::Decimal;
        /// Number of the last segment.
        72 => last_sequence: u64, Show::Decimal;
        /// Free blocks.
        80 => free_blocks: u64, Show::Decimal;
        /// When the volume was made.
        88 => created: u64, Show::With(text::show_time);
        /// Last mount.
        96 => mounted: u64, Show::With(text::show_time);
        /// Last write to the superblock.
        104 => written: u64, Show::With(text::show_time);
        /// Mounts since the last check.
        112 => mounts: u16, Show::Decimal;
        /// Mounts after which a check is due.
        114 => max_mounts: u16, Show::Decimal;
        /// State.
        116 => state: u16, Show::Flags(&[(1, "clean"), (2, "errors"), (4, "resizing")]);
        /// What to do when an error is met.
        118 => on_error: u16, Show::Decimal;
        /// Last check.
        120 => checked: u64, Show::With(text::show_time);
        /// Seconds between checks.
        128 => check_interval: u32, Show::Decimal;
        /// System that made the volume.
        132 => creator: u32, Show::Decimal;
        /// User and group of the reserved blocks, first inode.
        136 => reserved: u64, Show::Hex;
        /// Sizes of inodes and entries.
        144 => sizes: [u8; 8], Show::Raw;
        /// Identity of the volume.
        152 => uuid: [u8; 16], Show::Uuid;
        /// Label.
        168 => label: [u8; 80], Show::With(text::show_label);
        /// Seconds between segments.
        248 => interval: u32, Show::Decimal;
        /// Blocks per segment at most.
        252 => block_max: u32, Show::Decimal;
        /// Features that every reader may ignore.
        256 => features_compat: u64, Show::Hex;
        /// Features that allow an ignorant reader to read.
        264 => features_ro_compat: u64, Show::Flags(&[(1, "block count")]);
        /// Features that a reader must know.
        272 => features_incompat: u64, Show::Hex;
    }
}

const SUPERBLOCK_AT: u64 = 1024;
const MAGIC: u16 = 0x3434;
/// Smaller volumes are not taken for NILFS2, as by libblkid.
const SMALLEST_BYTES: u64 = 1 << 20;
/// Bytes of a superblock at most.
const LONGEST: u16 = 1024;
const CHECKSUM_AT: usize = 16;
const MAX_LOG_BLOCK_SIZE: u32 = 6;
const CLEAN: u16 = 1;
const ERRORS: u16 = 2;

/// A superblock: its bytes, what they say, and the checksum that they ought to have.
type Read = (Vec<u8>, Superblock, u32);

/// A copy of the superblock, and where it is.
type Copy = Option<(u64, Read)>;

/// The superblock at that byte.
fn superblock(volume: &Limited, offset: u64) -> Option<Read> {
    let bytes = volume.read(offset, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes).filter(|superblock| superblock.magic == MAGIC)?;
    if superblock.bytes > LONGEST {
        return None;
    }
    let checked = volume.read(offset, superblock.bytes.into())?;
    let (before, from) = checked.split_at_checked(CHECKSUM_AT)?;
    let computed = crc32_from(superblock.checksum_seed, &[before, &[0; 4], from.get(4..)?]);
    Some((bytes, superblock, computed))
}

/// Recognises NILFS2.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < SMALLEST_BYTES {
        return None;
    }
    let second_at = (volume.size() / 512 - 8) * 512;
    let copies = [SUPERBLOCK_AT, second_at].map(|offset| Some((offset, superblock(volume, offset)?)));
    let is_sound = |copy: &Copy| {
        copy.as_ref().is_some_and(|(_, (_, superblock, computed))| superblock.checksum == *computed)
    };
    let [first, second] = copies;
    // The magic has but two bytes: without a checksum that is right they mean nothing.
    let (chosen, other) = match (is_sound(&first), is_sound(&second)) {
        (true, true) => {
            let last = |copy: &Copy| copy.as_ref().map(|(_, (_, superblock, _))| superblock.last_checkpoint);
            if last(&second) > last(&first) { (second, first) } else { (first, second) }
        }
        (true, false) => (first, None),
        (false, true) => (second, None),
        (false, false) => return None,
    };
    let (offset, (bytes, superblock, _)) = chosen?;
    let mut found = Found::new("nilfs2", volume.node(&Superblock::LAYOUT, key, offset, &bytes))
        .version(superblock.revision.to_string());
    found.volume.label = text::label(&superblock.label);
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.size("device_size", superblock.device_size, 1);
    if superblock.log_block_size <= MAX_LOG_BLOCK_SIZE {
        let unit = 1024 << superblock.log_block_size;
        found.volume.block_bytes = Some(unit);
        found.free("free_blocks", superblock.free_blocks, superblock.device_size / unit, unit);
    } else {
        let detail = format!("the block size is 1024 bytes, shifted left by {}", superblock.log_block_size);
        found.add(&rules::IMPLAUSIBLE, "log_block_size", detail);
    }
    let times = [
        (When::Created, "created", superblock.created),
        (When::Mounted, "mounted", superblock.mounted),
        (When::Written, "written", superblock.written),
        (When::Checked, "checked", superblock.checked),
    ];
    for (when, field, seconds) in times {
        found.time(when, field, i64::try_from(seconds).unwrap_or(i64::MAX));
    }
    found.clean(superblock.state & CLEAN != 0, "state", "the state does not say clean");
    if superblock.state & ERRORS != 0 {
        found.errors("state", "the state says that there are errors");
    }
    match other {
        None => {
            let detail = format!("of the two superblocks, only that at byte {offset} is intact");
            found.add(&rules::COPY_STALE, "checksum", detail);
        }
        Some((at, (bytes, copy, _))) => {
            let node = volume.node(&Superblock::LAYOUT, key, at, &bytes);
            found.copy(node, &format!("at byte {at}"), &[("uuid", copy.uuid == superblock.uuid)]);
        }
    }
    Some(found)
}
