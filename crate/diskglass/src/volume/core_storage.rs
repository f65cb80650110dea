//! Core Storage: the volume manager of macOS before APFS, with FileVault 2 and Fusion drives.

use super::found::Found;
use super::limited::Limited;
use super::text;
use crate::checksum::crc32c_from;
use crate::structure;
use crate::structure::Show;

structure! {
    /// Core Storage physical volume header: the first sector of the partition, with a copy in the last one.
    pub struct Header("core-storage.header", "Core Storage physical volume header", 512, Little) {
        /// CRC-32C of what follows, from the starting value below and without inversion.
        0 => checksum: u32, Show::Hex;
        /// Starting value of the checksum.
        4 => checksum_seed: u32, Show::Hex;
        /// Version: 1.
        8 => version: u16, Show::Decimal;
        /// Kind of block: 0x10.
        10 => block_type: u16, Show::Hex;
        /// Not known.
        12 => unknown: [u8; 52], Show::Raw;
        /// Bytes of the physical volume.
        64 => size: u64, Show::Bytes;
        /// Not known.
        72 => unknown_2: [u8; 16], Show::Raw;
        /// Always `CS`.
        88 => magic: [u8; 2], Show::Ascii;
        /// Kind of checksum: 1 for CRC-32C.
        90 => checksum_algorithm: u32, Show::Decimal;
        /// Not known.
        94 => unknown_3: [u8; 2], Show::Raw;
        /// Bytes per block.
        96 => block_size: u32, Show::Bytes;
        /// Bytes of the metadata.
        100 => metadata_size: u32, Show::Bytes;
        /// Block of the first copy of the metadata.
        104 => label_block: u64, Show::Decimal;
        /// Blocks of the others.
        112 => other_blocks: [u8; 24], Show::Raw;
        /// Not known.
        136 => unknown_4: [u8; 32], Show::Raw;
        /// Bytes of the key below.
        168 => key_size: u32, Show::Bytes;
        /// Encryption of the metadata: 2 for AES-XTS.
        172 => cipher: u32, Show::Names(&[(2, "AES-XTS")]);
        /// Key of the metadata. The data have another one.
        176 => key: [u8; 16], Show::Raw;
        /// Not known.
        192 => unknown_5: [u8; 112], Show::Raw;
        /// Identity of the physical volume.
        304 => uuid: [u8; 16], Show::Uuid;
        /// Identity of the logical volume group, and zeros.
        320 => group: [u8; 192], Show::Raw;
    }
}

/// Recognises Core Storage.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.holds(88, b"CS") {
        return None;
    }
    let bytes = volume.read(0, Header::LENGTH)?;
    let header = Header::decode(&bytes)?;
    // The magic has but two bytes.
    let is_known = header.version == 1
        && header.checksum_algorithm == 1
        && header.block_type == 0x10
        && (header.key_size, header.cipher) == (16, 2);
    if !is_known {
        return None;
    }
    let mut found = Found::new("cs_fvault2", volume.node(&Header::LAYOUT, key, 0, &bytes)).version("1");
    found.volume.uuid = text::uuid(&header.uuid);
    found.check_sum("checksum", header.checksum, crc32c_from(header.checksum_seed, &[bytes.get(8..)?]));
    found.size("size", header.size, 1);
    found.volume.block_bytes = Some(header.block_size.into());
    found.fact("Group", header.group.get(..16).and_then(text::uuid).unwrap_or_default());
    found.encrypted(
        "cipher",
        "Core Storage; whether the logical volumes in it are encrypted too is in its metadata",
    );
    Some(found)
}
