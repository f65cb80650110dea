//! bcachefs, and bcache out of which it grew.

use super::found::Found;
use super::int::{index, le};
use super::limited::Limited;
use super::text;
use crate::checksum::{crc32c, crc64};
use crate::structure;
use crate::structure::{Show, hex_bytes};
use xxhash_rust::xxh64::xxh64;

structure! {
    /// bcache superblock: at byte 4096 of a device that is a cache, or that has one.
    pub struct Cache("bcache.superblock", "bcache superblock", 208, Little) {
        /// CRC-64 of what follows, up to the last journal bucket in use.
        0 => checksum: u64, Show::Hex;
        /// Sector of this superblock: 8.
        8 => own_sector: u64, Show::SectorOffset;
        /// Version: what kind of device it is.
        16 => version: u64, Show::Names(&[(0, "0: cache"), (1, "1: backing device"), (3, "3: cache"), (4, "4: backing device"), (5, "5: cache with features"), (6, "6: backing device with features")]);
        /// Always c68573f6-4e1a-45ca-8265-f57f48ba6d81.
        24 => magic: [u8; 16], Show::Uuid;
        /// Identity of the device.
        40 => uuid: [u8; 16], Show::Uuid;
        /// Identity of the set of caches.
        56 => set_uuid: [u8; 16], Show::Uuid;
        /// Label.
        72 => label: [u8; 32], Show::With(text::show_label);
        /// Flags.
        104 => flags: u64, Show::Hex;
        /// Number of the last change.
        112 => sequence: u64, Show::Decimal;
        /// Features, and zeros.
        120 => features: [u8; 64], Show::Raw;
        /// Buckets of a cache; first sector of the data of a backing device.
        184 => buckets: u64, Show::Decimal;
        /// Sectors per block.
        192 => block_sectors: u16, Show::Sectors;
        /// Sectors per bucket.
        194 => bucket_sectors: u16, Show::Sectors;
        /// Caches in the set.
        196 => devices: u16, Show::Decimal;
        /// Number of this one.
        198 => device: u16, Show::Decimal;
        /// Last mount.
        200 => mounted: u32, Show::With(text::show_time);
        /// First bucket.
        204 => first_bucket: u16, Show::Decimal;
        /// Journal buckets, listed behind this.
        206 => journal_buckets: u16, Show::Decimal;
    }
}

structure! {
    /// bcachefs superblock: at byte 4096 of each device, with copies elsewhere. Sections with the members and more follow it.
    pub struct Superblock("bcachefs.superblock", "bcachefs superblock", 752, Little) {
        /// Checksum of everything behind it.
        0 => checksum: [u8; 16], Show::Raw;
        /// Version of the format: the major part in the bits from 10 on.
        16 => version: u16, Show::With(version_text);
        /// Oldest version that may read it.
        18 => version_min: u16, Show::With(version_text);
        /// Zero.
        20 => padding: [u8; 4], Show::Reserved;
        /// Always c68573f6-66ce-90a9-d96a-60cf803df7ef.
        24 => magic: [u8; 16], Show::Uuid;
        /// Identity for its own use.
        40 => internal_uuid: [u8; 16], Show::Uuid;
        /// Identity of the file system.
        56 => uuid: [u8; 16], Show::Uuid;
        /// Label.
        72 => label: [u8; 32], Show::With(text::show_label);
        /// Sector of this copy.
        104 => own_sector: u64, Show::SectorOffset;
        /// Number of the last change.
        112 => sequence: u64, Show::Decimal;
        /// Sectors per block.
        120 => block_sectors: u16, Show::Sectors;
        /// Number of this device.
        122 => device: u8, Show::Decimal;
        /// Number of devices.
        123 => devices: u8, Show::Decimal;
        /// Length of the sections that follow, in units of eight bytes.
        124 => sections: u32, Show::Decimal;
        /// When it was made, in nanoseconds since 1970.
        128 => time_base: u64, Show::Decimal;
        /// The same, high half.
        136 => time_base_high: u32, Show::Decimal;
        /// Nanoseconds per unit of the times in inodes.
        140 => time_precision: u32, Show::Decimal;
        /// Flags.
        144 => flags: u64, Show::Flags(&[(1, "initialized"), (2, "clean"), (0x0fff_ffff_ffff_fffc, "options"), (1 << 60, "has errors"), (1 << 61, "has topology errors"), (1 << 62, "big-endian")]);
        /// More flags.
        152 => flags_more: [u8; 56], Show::Raw;
        /// Features.
        208 => features: [u8; 16], Show::Raw;
        /// Compatible features.
        224 => compat: [u8; 16], Show::Raw;
        /// Marks the layout of the copies.
        240 => layout_magic: [u8; 16], Show::Uuid;
        /// Kind of layout: 0.
        256 => layout_type: u8, Show::Decimal;
        /// Sectors that a superblock has at most, as a power of two.
        257 => max_size_log: u8, Show::Decimal;
        /// Number of copies.
        258 => copies: u8, Show::Decimal;
        /// Zero.
        259 => layout_padding: [u8; 5], Show::Reserved;
        /// Sectors of the copies.
        264 => copy_sectors: [u8; 488], Show::Raw;
    }
}

fn version_text(bytes: &[u8]) -> String {
    let version = bytes.try_into().map_or(0, u16::from_le_bytes);
    format!("{}.{}", version >> 10, version & 0x3ff)
}

const CACHE_MAGIC: [u8; 16] = *b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81";
const MAGIC: [u8; 16] = *b"\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef";
/// Byte offsets of the superblock and of the magic in it.
const SUPERBLOCK_AT: u64 = 4096;
const MAGIC_AT: u64 = 24;
/// Byte offset of the copy near the start, and of that before the end.
const COPIES_AT: [u64; 2] = [2 << 20, 1 << 20];
/// Longest superblock, with its sections, whose checksum is computed.
const LONGEST: u64 = 64 << 10;
const SECTOR: u64 = 512;
const CLEAN: u64 = 2;
const ERRORS: u64 = 3 << 60;
/// Bytes of a member in the first kind of list.
const MEMBER_BYTES: usize = 56;

/// Recognises bcache and bcachefs.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if volume.holds(SUPERBLOCK_AT + MAGIC_AT, &CACHE_MAGIC) {
        // bcachefs used the magic of bcache in its youth.
        let cache = read_cache(volume, key)?;
        let other = if cache.is_damaged() { read_at(volume, key, SUPERBLOCK_AT) } else { None };
        return other.filter(|found| !found.is_damaged()).or(Some(cache));
    }
    let [near_start, from_end] = COPIES_AT;
    let places = [Some(SUPERBLOCK_AT), Some(near_start), volume.size().checked_sub(from_end)];
    let at = places.into_iter().flatten().find(|at| volume.holds(at.saturating_add(MAGIC_AT), &MAGIC))?;
    read_at(volume, key, at)
}

fn read_cache(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(SUPERBLOCK_AT, Cache::LENGTH)?;
    let cache = Cache::decode(&bytes)?;
    let length = Cache::LENGTH + usize::from(cache.journal_buckets.min(256)) * 8;
    let checked = volume.read(SUPERBLOCK_AT + 8, length - 8)?;
    let mut found = Found::new("bcache", volume.node(&Cache::LAYOUT, key, SUPERBLOCK_AT, &bytes))
        .version(cache.version.to_string());
    found.volume.uuid = text::uuid(&cache.uuid);
    found.volume.label = text::label(&cache.label);
    found.volume.block_bytes = Some(u64::from(cache.block_sectors) * SECTOR);
    found.check_sum_64("checksum", cache.checksum, crc64(&checked));
    found.fact("Set", text::uuid(&cache.set_uuid).unwrap_or_default());
    Some(found)
}

fn read_at(volume: &Limited, key: &str, offset: u64) -> Option<Found> {
    let bytes = volume.read(offset, Superblock::LENGTH)?;
    let superblock = Superblock::decode(&bytes)?;
    if superblock.own_sector != offset / SECTOR || superblock.device >= superblock.devices {
        return None;
    }
    let mut found = Found::new("bcachefs", volume.node(&Superblock::LAYOUT, key, offset, &bytes))
        .version(version_text(&superblock.version.to_le_bytes()));
    found.volume.uuid = text::uuid(&superblock.uuid);
    found.volume.label = text::label(&superblock.label);
    found.volume.block_bytes = Some(u64::from(superblock.block_sectors) * SECTOR);
    let length = Superblock::LENGTH as u64 + u64::from(superblock.sections) * 8;
    if let Some(whole) =
        usize::try_from(length.min(LONGEST)).ok().and_then(|length| volume.read(offset, length))
        && length <= LONGEST
    {
        check_checksum(&mut found, &superblock, whole.get(16..)?);
        read_members(&mut found, &superblock, whole.get(Superblock::LENGTH..)?);
    }
    found.clean(superblock.flags & CLEAN != 0, "flags", "the flag that it is clean is not set");
    if superblock.flags & ERRORS != 0 {
        found.errors("flags", "the flag is set that it has errors");
    }
    found.member(
        "devices",
        superblock.devices.into(),
        format!("device {} of {} of this file system", superblock.device + 1, superblock.devices),
    );
    if offset != SUPERBLOCK_AT {
        let detail = format!("there is none at byte {SUPERBLOCK_AT}; a copy at byte {offset} was used");
        found.add(&super::rules::BEGINNING_LOST, "own_sector", detail);
    }
    Some(found)
}

fn check_checksum(found: &mut Found, superblock: &Superblock, checked: &[u8]) {
    let computed = match superblock.flags >> 2 & 0x3f {
        1 => crc32c(&[checked]).to_le_bytes().to_vec(),
        2 => crc64(checked).to_le_bytes().to_vec(),
        7 => xxh64(checked, 0).to_le_bytes().to_vec(),
        _ => return,
    };
    if !superblock.checksum.starts_with(&computed) {
        let stored = superblock.checksum.get(..computed.len()).unwrap_or_default();
        found.wrong_checksum("checksum", &hex_bytes(stored, 16), &hex_bytes(&computed, 16));
    }
}

/// Goes through the sections: a list of members says how large this device is and who it is.
fn read_members(found: &mut Found, superblock: &Superblock, mut sections: &[u8]) {
    while let (length @ Some(_), Some(kind)) = (le(sections, 0, 4), le(sections, 4, 4)) {
        let Some((section, rest)) = index(length)
            .and_then(|length| length.checked_mul(8))
            .filter(|length| *length >= 8)
            .and_then(|length| sections.split_at_checked(length))
        else {
            return;
        };
        sections = rest;
        let (start, size) = match kind {
            1 => (8, MEMBER_BYTES),
            11 => (16, index(le(section, 8, 2)).unwrap_or(0)),
            _ => continue,
        };
        let at = start + size * usize::from(superblock.device);
        let Some(member) = section.get(at..at + size).filter(|member| member.len() >= 28) else { continue };
        found.volume.device_uuid = member.get(..16).and_then(text::uuid);
        let (buckets, sectors) = (le(member, 16, 8).unwrap_or(0), le(member, 26, 2).unwrap_or(0));
        found.size("sections", buckets, sectors * SECTOR);
    }
}
