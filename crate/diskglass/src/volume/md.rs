//! Members of software RAIDs of Linux (md), all versions of the superblock.

use super::found::{Found, When};
use super::limited::Limited;
use super::{State, text};
use crate::checksum::sum_words;
use crate::structure;
use crate::structure::{Endian, Layout, Show};

structure! {
    /// md superblock, version 1: at the start of the device (1.1), 4 KiB behind it (1.2), or near the end (1.0).
    pub struct Superblock("md.superblock", "md RAID superblock", 256, Little) {
        /// Always 0xa92b4efc.
        0 => magic: u32, Show::Hex;
        /// Version: 1.
        4 => major: u32, Show::Decimal;
        /// What the array makes use of.
        8 => features: u32, Show::Flags(&[(1, "bitmap"), (2, "recovery"), (4, "reshape"), (8, "bad blocks"), (0x10, "replacement"), (0x20, "reshape backwards"), (0x40, "new offset"), (0x80, "recovery bitmap"), (0x100, "journal"), (0x200, "partial parity log"), (0x400, "several partial parity logs"), (0x800, "layout")]);
        /// Zero.
        12 => padding: u32, Show::Decimal;
        /// Identity of the array.
        16 => uuid: [u8; 16], Show::Uuid;
        /// Name of the array.
        32 => name: [u8; 32], Show::With(text::show_label);
        /// When the array was made: seconds in the low 40 bits.
        64 => created: u64, Show::With(show_time);
        /// RAID level.
        72 => level: u32, Show::Names(LEVELS);
        /// Layout of the parity.
        76 => layout: u32, Show::Decimal;
        /// Sectors of each device that are in use.
        80 => size: u64, Show::Sectors;
        /// Sectors per chunk.
        88 => chunk_sectors: u32, Show::Sectors;
        /// Devices of the array.
        92 => raid_disks: u32, Show::Decimal;
        /// Sectors from here to the bitmap.
        96 => bitmap_offset: u32, Show::Decimal;
        /// What the array is being turned into.
        100 => reshape: [u8; 28], Show::Raw;
        /// First sector of the data on this device.
        128 => data_offset: u64, Show::SectorOffset;
        /// Sectors of this device that can hold data.
        136 => data_size: u64, Show::Sectors;
        /// Sector of this superblock.
        144 => super_offset: u64, Show::SectorOffset;
        /// Sectors that were recovered.
        152 => recovery_offset: u64, Show::Decimal;
        /// Number of this device.
        160 => device: u32, Show::Decimal;
        /// Read errors that were corrected.
        164 => corrected_reads: u32, Show::Decimal;
        /// Identity of this device.
        168 => device_uuid: [u8; 16], Show::Uuid;
        /// Flags of this device.
        184 => device_flags: u8, Show::Flags(&[(1, "write-mostly"), (2, "fail fast")]);
        /// Where bad blocks are listed.
        185 => bad_blocks: [u8; 7], Show::Raw;
        /// Last change: seconds in the low 40 bits.
        192 => updated: u64, Show::With(show_time);
        /// Number of the last change.
        200 => events: u64, Show::Decimal;
        /// How far the array is in step; all ones for all of it.
        208 => resync_offset: u64, Show::Offset;
        /// Sum of this structure and of the roles, these four bytes taken as zero.
        216 => checksum: u32, Show::Hex;
        /// Entries in the list of roles.
        220 => max_devices: u32, Show::Decimal;
        /// Zero.
        224 => padding_2: [u8; 32], Show::Reserved;
    }
}

structure! {
    /// md superblock, version 0.90: in the last 128 KiB of the device, in the byte order of the machine.
    pub struct Old("md.superblock-0", "md RAID superblock 0.90", 160, Little) {
        /// Always 0xa92b4efc.
        0 => magic: u32, Show::Hex;
        /// Version: 0.
        4 => major: u32, Show::Decimal;
        /// Version: 90.
        8 => minor: u32, Show::Decimal;
        /// Version, last part.
        12 => patch: u32, Show::Decimal;
        /// Words that are valid.
        16 => valid_words: u32, Show::Decimal;
        /// Identity of the array, first part.
        20 => uuid_0: u32, Show::Hex;
        /// When the array was made.
        24 => created: u32, Show::Decimal;
        /// RAID level.
        28 => level: u32, Show::Names(LEVELS);
        /// KiB of each device that are in use.
        32 => size: u32, Show::Decimal;
        /// Devices.
        36 => devices: u32, Show::Decimal;
        /// Devices of the array without spares.
        40 => raid_disks: u32, Show::Decimal;
        /// Number of the array.
        44 => number: u32, Show::Decimal;
        /// Whether it is remembered.
        48 => not_persistent: u32, Show::Decimal;
        /// Identity of the array, the other parts.
        52 => uuid_1: u32, Show::Hex;
        /// Identity of the array, third part.
        56 => uuid_2: u32, Show::Hex;
        /// Identity of the array, last part.
        60 => uuid_3: u32, Show::Hex;
        /// Zero.
        64 => padding: [u8; 64], Show::Reserved;
        /// Last change.
        128 => updated: u32, Show::Decimal;
        /// State.
        132 => state: u32, Show::Flags(&[(1, "clean"), (2, "errors"), (0x100, "bitmap")]);
        /// Devices that work.
        136 => active: u32, Show::Decimal;
        /// Working devices.
        140 => working: u32, Show::Decimal;
        /// Failed devices.
        144 => failed: u32, Show::Decimal;
        /// Spare devices.
        148 => spare: u32, Show::Decimal;
        /// Checksum.
        152 => checksum: u32, Show::Hex;
        /// Number of the last change, low half.
        156 => events: u32, Show::Decimal;
    }
}

const LEVELS: &[(u64, &str)] = &[
    (0xffff_fffc, "multipath"),
    (0xffff_ffff, "linear"),
    (0, "raid0"),
    (1, "raid1"),
    (4, "raid4"),
    (5, "raid5"),
    (6, "raid6"),
    (10, "raid10"),
    (0xffff_fffb, "faulty"),
    (0xffff_ffee, "container"),
];

/// The superblock as machines of the other byte order write it.
const BIG_ENDIAN: Layout = Layout { endian: Endian::Big, ..Old::LAYOUT };
const MAGIC: u32 = 0xa92b_4efc;
const SECTOR: u64 = 512;
/// Devices are cut to multiples of this for version 0.90, and as much is reserved.
const RESERVED: u64 = 64 << 10;
const CHECKSUM_AT: usize = 216;
/// Most roles that are summed up.
const ROLES: u32 = 1920;
const CLEAN: u32 = 1;

fn show_time(bytes: &[u8]) -> String {
    let time = bytes.try_into().map_or(0, u64::from_le_bytes);
    match seconds(time) {
        0 => "never".into(),
        seconds => structure::utc(seconds),
    }
}

/// Seconds of a time whose high 24 bits are microseconds.
fn seconds(time: u64) -> i64 {
    i64::try_from(time & 0xff_ffff_ffff).unwrap_or(0)
}

fn level(number: u32) -> String {
    let known = LEVELS.iter().find(|(known, _)| *known == u64::from(number));
    known.map_or_else(|| number.to_string(), |(_, name)| (*name).into())
}

/// Recognises members of md arrays.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let size = volume.size();
    let old = (size / RESERVED * RESERVED).checked_sub(RESERVED);
    let near_end = (size / 4096 * 4096).checked_sub(8192);
    let new = [(near_end, "1.0"), (Some(0), "1.1"), (Some(4096), "1.2")];
    old.and_then(|offset| read_old(volume, key, offset))
        .or_else(|| new.into_iter().find_map(|(offset, version)| read_new(volume, key, offset?, version)))
}

fn read_new(volume: &Limited, key: &str, offset: u64, version: &str) -> Option<Found> {
    if !volume.holds(offset, &MAGIC.to_le_bytes()) {
        return None;
    }
    let bytes = volume.read(offset, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes)
        .filter(|superblock| superblock.major == 1 && superblock.super_offset == offset / SECTOR)?;
    let mut found = Found::new("linux_raid_member", volume.node(&Superblock::LAYOUT, key, offset, &bytes))
        .version(version);
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.volume.device_uuid = text::uuid(&superblock.device_uuid);
    found.volume.label = text::label(&superblock.name);
    let roles = usize::try_from(superblock.max_devices.min(ROLES)).ok()? * 2;
    if superblock.max_devices <= ROLES
        && let Some(whole) = volume.read(offset, Superblock::LENGTH + roles)
        && let Some((before, from)) = whole.split_at_checked(CHECKSUM_AT)
    {
        let sum = sum_words(before) + sum_words(from.get(4..)?);
        let folded = (sum >> 32) + (sum & 0xffff_ffff);
        found.check_sum("checksum", superblock.checksum, u32::try_from(folded & 0xffff_ffff).ok()?);
        let role = whole.get(Superblock::LENGTH..).and_then(|roles| {
            let at = usize::try_from(superblock.device).ok()?.checked_mul(2)?;
            super::int::le(roles, at, 2)
        });
        found.fact(
            "Role",
            match role {
                Some(0xffff) => "spare".into(),
                Some(0xfffe) => "faulty".into(),
                Some(0xfffd) => "journal".into(),
                Some(role) => format!("device {role}"),
                None => String::new(),
            },
        );
    }
    found.fact("RAID level", level(superblock.level));
    found.fact("Data start at", structure::size_text(superblock.data_offset.saturating_mul(SECTOR)));
    // What it says of itself ends with the data or with the superblock.
    let end = superblock.data_offset.saturating_add(superblock.data_size).max(superblock.super_offset + 8);
    found.size("data_size", end, SECTOR);
    found.time(When::Created, "created", seconds(superblock.created));
    found.time(When::Written, "updated", seconds(superblock.updated));
    let is_clean = superblock.resync_offset == u64::MAX || matches!(superblock.level, 0 | 0xffff_ffff);
    found.clean(is_clean, "resync_offset", "the array was in use, or is being brought into step");
    member(&mut found, superblock.raid_disks, superblock.level, "raid_disks");
    Some(found)
}

fn member(found: &mut Found, devices: u32, number: u32, field: &str) {
    let detail = format!("one of the {devices} devices of a {} array", level(number));
    found.member(field, devices.into(), detail);
}

fn read_old(volume: &Limited, key: &str, offset: u64) -> Option<Found> {
    let bytes = volume.read(offset, Old::LENGTH)?;
    let (layout, endian) = match bytes.first_chunk().map(|magic| u32::from_le_bytes(*magic)) {
        Some(MAGIC) => (&Old::LAYOUT, Endian::Little),
        Some(magic) if magic.swap_bytes() == MAGIC => (&BIG_ENDIAN, Endian::Big),
        _ => return None,
    };
    let old = Old::decode_as(&bytes, endian)?;
    let size = u64::from(old.size) << 10;
    if offset < size {
        return None;
    }
    let mut found = Found::new("linux_raid_member", volume.node(layout, key, offset, &bytes))
        .version(format!("{}.{}.{}", old.major, old.minor, old.patch));
    let words = [old.uuid_0, old.uuid_1, old.uuid_2, old.uuid_3];
    let words = if old.minor >= 90 { words } else { [old.uuid_0, 0, 0, 0] };
    found.volume.uuid = text::uuid(&words.map(u32::to_be_bytes).concat());
    found.fact("RAID level", level(old.level));
    found.size("size", size.saturating_add(RESERVED), 1);
    found.time(When::Created, "created", old.created.into());
    found.time(When::Written, "updated", old.updated.into());
    found.state(if old.state & CLEAN == 0 { State::Dirty } else { State::Clean });
    member(&mut found, old.raid_disks, old.level, "raid_disks");
    Some(found)
}
