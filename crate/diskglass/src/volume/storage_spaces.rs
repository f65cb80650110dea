//! Members of Windows' storage pools (Storage Spaces).

use super::found::{Found, When};
use super::limited::Limited;
use super::{rules, text};
use crate::checksum::crc32;
use crate::structure;
use crate::structure::{Show, uuid_text};

structure! {
    /// Storage Spaces header: the start of the partition of a disk that is part of a pool.
    pub struct Header("storage-spaces.header", "Storage Spaces header", 512, Big) {
        /// Always `SPACEDB` and a space.
        0 => signature: [u8; 8], Show::Ascii;
        /// Version.
        8 => version: u16, Show::Decimal;
        /// Not known.
        10 => unknown: u16, Show::Hex;
        /// CRC-32 of the sector, these four bytes taken as zero.
        12 => crc: u32, Show::Hex;
        /// Not known.
        16 => unknown_2: [u8; 8], Show::Raw;
        /// When the disk joined the pool: 100 nanoseconds since 1601.
        24 => joined: u64, Show::With(show_joined);
        /// Identity of the pool.
        32 => pool: [u8; 16], Show::Uuid;
        /// Identity of the disk.
        48 => disk: [u8; 16], Show::Uuid;
        /// Not known.
        64 => rest: [u8; 448], Show::Raw;
    }
}

const CRC_AT: usize = 12;

fn show_joined(bytes: &[u8]) -> String {
    let mut bytes = bytes.to_vec();
    bytes.reverse();
    text::show_filetime(&bytes)
}

/// Recognises members of storage pools, for which libblkid has no word.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.holds(0, b"SPACEDB ") {
        return None;
    }
    let bytes = volume.read(0, Header::LENGTH)?;
    let header = Header::decode(&bytes)?;
    let mut found = Found::new("storage_spaces", volume.node(&Header::LAYOUT, key, 0, &bytes))
        .version(header.version.to_string());
    found.volume.uuid = text::uuid(&header.pool);
    found.volume.device_uuid = Some(uuid_text(&header.disk));
    found.filetime(When::Created, header.joined);
    let (before, from) = bytes.split_at_checked(CRC_AT)?;
    found.check_sum("crc", header.crc, crc32(&[before, &[0; 4], from.get(4..)?]));
    found.add(&rules::INCOMPLETE_SET, "pool", "it is a disk of a storage pool");
    Some(found)
}
