//! HFS, the file system of Mac OS before 1998.

use super::found::{Found, When};
use super::limited::Limited;
use super::text;
use crate::structure;
use crate::structure::Show;
use md5::{Digest, Md5};

structure! {
    /// HFS master directory block: at byte 1024 of the volume, with a copy in the last sector but one. It may also wrap an HFS+ volume.
    pub struct Superblock("hfs.master-directory-block", "HFS master directory block", 162, Big) {
        /// Always `BD`.
        0 => signature: [u8; 2], Show::Ascii;
        /// When the volume was made, in local time.
        2 => created: u32, Show::With(show_time);
        /// When it was last changed, in local time.
        6 => modified: u32, Show::With(show_time);
        /// Attributes.
        10 => attributes: u16, Show::Flags(&[(0x80, "locked by hardware"), (0x100, "unmounted"), (0x200, "bad blocks spared"), (0x400, "no cache"), (0x800, "inconsistent"), (0x8000, "locked by software")]);
        /// Files in the root directory.
        12 => root_files: u16, Show::Decimal;
        /// First block of the volume bitmap.
        14 => bitmap_block: u16, Show::Decimal;
        /// Where the search for free space starts.
        16 => next_allocation: u16, Show::Decimal;
        /// Allocation blocks.
        18 => blocks: u16, Show::Decimal;
        /// Bytes per allocation block.
        20 => block_size: u32, Show::Bytes;
        /// Bytes to allocate at once.
        24 => clump_size: u32, Show::Bytes;
        /// Sector of the first allocation block.
        28 => first_block: u16, Show::Decimal;
        /// Next file id.
        30 => next_id: u32, Show::Decimal;
        /// Free allocation blocks.
        34 => free_blocks: u16, Show::Decimal;
        /// Label: its length, and Mac Roman text.
        36 => name: [u8; 28], Show::With(show_name);
        /// Last backup, in local time.
        64 => backed_up: u32, Show::With(show_time);
        /// Number of that backup.
        68 => backup_number: u16, Show::Decimal;
        /// How often the volume was written to.
        70 => write_count: u32, Show::Decimal;
        /// Bytes to allocate at once for the two trees.
        74 => tree_clumps: [u8; 8], Show::Raw;
        /// Directories in the root directory.
        82 => root_directories: u16, Show::Decimal;
        /// Files.
        84 => files: u32, Show::Decimal;
        /// Directories.
        88 => directories: u32, Show::Decimal;
        /// What the Finder and the boot code keep.
        92 => finder: [u8; 24], Show::Raw;
        /// Number that stands for a UUID.
        116 => id: [u8; 8], Show::Raw;
        /// `H+` where an HFS+ volume is inside.
        124 => embedded_signature: [u8; 2], Show::Ascii;
        /// First allocation block of that volume.
        126 => embedded_start: u16, Show::Decimal;
        /// Its allocation blocks.
        128 => embedded_blocks: u16, Show::Decimal;
        /// Where the two trees start.
        130 => trees: [u8; 32], Show::Raw;
    }
}

/// Byte offset of the block.
pub(super) const SUPERBLOCK_AT: u64 = 1024;
const SECTOR: u64 = 512;
const UNMOUNTED: u16 = 0x100;
const INCONSISTENT: u16 = 0x800;
/// Seconds from 1904, the epoch of Mac OS, to 1970.
const SECONDS_1904_TO_1970: i64 = 2_082_844_800;
/// The name space in which Apple makes UUIDs of volume numbers.
const NAME_SPACE: [u8; 16] = *b"\xb3\xe2\x0f\x39\xf2\x92\x11\xd6\x97\xa4\x00\x30\x65\x43\xec\xac";

/// Seconds since 1970 of a time of Mac OS; 0 for none.
pub(super) fn mac_time(time: u32) -> i64 {
    if time == 0 { 0 } else { i64::from(time) - SECONDS_1904_TO_1970 }
}

/// For the display of a field: a time of Mac OS.
pub(super) fn show_time(bytes: &[u8]) -> String {
    match bytes.try_into().map(u32::from_be_bytes) {
        Ok(0) => "never".into(),
        Ok(time) => structure::utc(mac_time(time)),
        Err(_) => String::new(),
    }
}

fn show_name(bytes: &[u8]) -> String {
    name(bytes).unwrap_or_else(|| "none".into())
}

/// The label, of the length that its first byte says.
fn name(bytes: &[u8]) -> Option<String> {
    let (length, text) = bytes.split_first()?;
    text::label(text.get(..usize::from(*length).min(text.len()))?)
}

/// The UUID that Apple's systems make of a volume's number: version 3 in a name space of their own.
pub(super) fn uuid(id: &[u8]) -> Option<String> {
    if id.iter().all(|byte| *byte == 0) {
        return None;
    }
    let hash = Md5::new().chain_update(NAME_SPACE).chain_update(id).finalize();
    let mut bytes: [u8; 16] = hash.into();
    bytes[6] = bytes[6] & 0x0f | 0x30;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Some(structure::uuid_text(&bytes))
}

impl Superblock {
    /// The block of a volume of HFS, or of a wrapper around HFS+.
    pub(super) fn of(volume: &Limited) -> Option<(Vec<u8>, Self)> {
        if !volume.holds(SUPERBLOCK_AT, b"BD") {
            return None;
        }
        let bytes = volume.read(SUPERBLOCK_AT, Self::LENGTH)?;
        let superblock = Self::decode(&bytes)?;
        let unit = u64::from(superblock.block_size);
        (unit != 0 && unit % SECTOR == 0).then_some((bytes, superblock))
    }

    /// Byte offset of the HFS+ volume inside, if there is one.
    pub(super) fn embedded(&self) -> Option<u64> {
        let start = u64::from(self.first_block) * SECTOR
            + u64::from(self.embedded_start) * u64::from(self.block_size);
        matches!(&self.embedded_signature, b"H+" | b"HX").then_some(start)
    }
}

/// Recognises HFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let (bytes, superblock) = Superblock::of(volume)?;
    if superblock.embedded().is_some() {
        return None;
    }
    let mut found = Found::new("hfs", volume.node(&Superblock::LAYOUT, key, SUPERBLOCK_AT, &bytes));
    found.volume.label = name(&superblock.name);
    found.volume.uuid = uuid(&superblock.id);
    let (blocks, unit) = (u64::from(superblock.blocks), u64::from(superblock.block_size));
    // In front of the allocation blocks are boot blocks and bitmap, behind them two sectors.
    found.size("blocks", u64::from(superblock.first_block) * SECTOR + blocks * unit + 2 * SECTOR, 1);
    found.volume.block_bytes = Some(unit);
    found.free("free_blocks", superblock.free_blocks.into(), blocks, unit);
    found.local_time(When::Created, mac_time(superblock.created));
    found.local_time(When::Written, mac_time(superblock.modified));
    found.clean(
        superblock.attributes & UNMOUNTED != 0,
        "attributes",
        "the attribute of an unmounted volume is not set",
    );
    if superblock.attributes & INCONSISTENT != 0 {
        found.errors("attributes", "the attribute of an inconsistent volume is set");
    }
    Some(found)
}
