//! HPFS, the file system of OS/2.

use super::found::Found;
use super::limited::Limited;
use super::text;
use crate::finding::Finding;
use crate::structure;
use crate::structure::Show;

structure! {
    /// HPFS super block: sector 16 of the volume.
    pub struct Superblock("hpfs.superblock", "HPFS super block", 64, Little) {
        /// Always 0xf995e849.
        0 => magic: u32, Show::Hex;
        /// Always 0xfa53e9c5.
        4 => magic_2: u32, Show::Hex;
        /// Version: 2.
        8 => version: u8, Show::Decimal;
        /// Version that may write: 2, or 3 for volumes above 4 GiB.
        9 => functional_version: u8, Show::Decimal;
        /// Zero.
        10 => reserved: u16, Show::Decimal;
        /// Sector of the root directory's node.
        12 => root: u32, Show::Decimal;
        /// Sectors of the volume.
        16 => sectors: u32, Show::Decimal;
        /// Bad sectors.
        20 => bad_sectors: u32, Show::Decimal;
        /// Where the bitmaps are listed.
        24 => bitmaps: u64, Show::Hex;
        /// Where the bad sectors are listed.
        32 => bad_list: u64, Show::Hex;
        /// Last check.
        40 => checked: u32, Show::With(text::show_time);
        /// Last optimization.
        44 => optimized: u32, Show::With(text::show_time);
        /// Where directories lie.
        48 => directories: [u8; 16], Show::Raw;
    }
}

structure! {
    /// HPFS spare block: sector 17 of the volume tells its state.
    pub struct Spare("hpfs.spare-block", "HPFS spare block", 32, Little) {
        /// Always 0xf9911849.
        0 => magic: u32, Show::Hex;
        /// Always 0xfa5229c5.
        4 => magic_2: u32, Show::Hex;
        /// State.
        8 => flags: u8, Show::Flags(&[(1, "dirty"), (2, "spare directory blocks used"), (4, "hotfix blocks used"), (8, "bad sector"), (0x10, "bad bitmap"), (0x20, "formatted fast"), (0x80, "written by an old version")]);
        /// More of the state.
        9 => flags_2: [u8; 3], Show::Raw;
        /// Spare blocks.
        12 => spares: [u8; 20], Show::Raw;
    }
}

const SUPERBLOCK_AT: u64 = 8192;
const SPARE_AT: u64 = 8704;
const MAGIC: [u8; 4] = 0xf995_e849_u32.to_le_bytes();
const SPARE_MAGIC: u32 = 0xf991_1849;
const SECTOR: u64 = 512;
const DIRTY: u8 = 1;
/// Fields of the boot sector: a mark, serial number, label and name.
const BOOT_MARK_AT: usize = 38;
const BOOT_SERIAL_AT: usize = 39;
const BOOT_LABEL: std::ops::Range<usize> = 43..54;
const BOOT_NAME: std::ops::Range<usize> = 54..58;

/// Recognises HPFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.holds(SUPERBLOCK_AT, &MAGIC) {
        return None;
    }
    let bytes = volume.read(SUPERBLOCK_AT, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes)?;
    let spare_bytes = volume.read(SPARE_AT, Spare::LENGTH)?;
    let spare = Spare::decode(&spare_bytes).filter(|spare| spare.magic == SPARE_MAGIC)?;
    let mut found = Found::new("hpfs", volume.node(&Superblock::LAYOUT, key, SUPERBLOCK_AT, &bytes))
        .version(superblock.version.to_string());
    let boot = volume.read(0, 512)?;
    if boot.ends_with(&[0x55, 0xaa])
        && boot.get(BOOT_NAME) == Some(b"HPFS")
        && boot.get(BOOT_MARK_AT) == Some(&0x28)
    {
        found.volume.label = boot.get(BOOT_LABEL).and_then(text::label);
        let serial = boot.get(BOOT_SERIAL_AT..).and_then(|bytes| bytes.first_chunk());
        found.volume.uuid = serial.and_then(|serial| text::serial(u32::from_le_bytes(*serial)));
    }
    found.blocks("sectors", superblock.sectors.into(), SECTOR);
    found.time(super::found::When::Checked, "checked", superblock.checked.into());
    let node = volume.node(&Spare::LAYOUT, key, SPARE_AT, &spare_bytes);
    if spare.flags & DIRTY == 0 {
        found.state(super::State::Clean);
    } else {
        found.state(super::State::Dirty);
        let detail = "the flag is set that the volume is dirty";
        found.add_finding(Finding::new(&super::rules::DIRTY, detail).field(&node, "flags"));
    }
    found.add_node(node);
    Some(found)
}
