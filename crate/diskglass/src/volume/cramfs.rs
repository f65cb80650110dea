//! cramfs and romfs, file systems of firmware that are only read.

use super::found::Found;
use super::limited::Limited;
use super::text;
use crate::checksum::crc32;
use crate::structure;
use crate::structure::{Endian, Layout, Show};

structure! {
    /// cramfs superblock: the start of the volume.
    pub struct Superblock("cramfs.superblock", "cramfs superblock", 64, Little) {
        /// Always 0x28cd3d45.
        0 => magic: u32, Show::Hex;
        /// Bytes of the volume.
        4 => size: u32, Show::Bytes;
        /// Flags.
        8 => flags: u32, Show::Flags(&[(1, "version 2"), (2, "sorted directories"), (0x100, "holes"), (0x200, "wrong signature"), (0x400, "shifted root"), (0x800, "extended block pointers")]);
        /// Zero.
        12 => future: u32, Show::Hex;
        /// Always `Compressed ROMFS`.
        16 => signature: [u8; 16], Show::Ascii;
        /// CRC-32 of the volume, these four bytes taken as zero.
        32 => crc: u32, Show::Hex;
        /// Edition.
        36 => edition: u32, Show::Decimal;
        /// Blocks.
        40 => blocks: u32, Show::Decimal;
        /// Files.
        44 => files: u32, Show::Decimal;
        /// Label.
        48 => name: [u8; 16], Show::With(text::show_label);
    }
}

structure! {
    /// romfs superblock: the start of the volume.
    pub struct Romfs("romfs.superblock", "romfs superblock", 32, Big) {
        /// Always `-rom1fs-`.
        0 => magic: [u8; 8], Show::Ascii;
        /// Bytes of the volume.
        8 => size: u32, Show::Bytes;
        /// Makes the words of the first 512 bytes add up to zero.
        12 => checksum: u32, Show::Hex;
        /// Label, up to the first NUL.
        16 => name: [u8; 16], Show::With(text::show_label);
    }
}

/// The superblock as machines of the other byte order write it.
const BIG_ENDIAN: Layout = Layout { endian: Endian::Big, ..Superblock::LAYOUT };
const MAGIC: u32 = 0x28cd_3d45;
const VERSION_2: u32 = 1;
/// Longer volumes are not summed up.
const LONGEST: u32 = 64 << 10;
const CRC_AT: usize = 32;
/// What the checksum of romfs covers.
const ROMFS_CHECKED: u32 = 512;

/// Recognises cramfs.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, Superblock::LENGTH)?;
    let (layout, endian) = match bytes.first_chunk().map(|magic| u32::from_le_bytes(*magic)) {
        Some(MAGIC) => (&Superblock::LAYOUT, Endian::Little),
        Some(magic) if magic.swap_bytes() == MAGIC => (&BIG_ENDIAN, Endian::Big),
        _ => return None,
    };
    let superblock = Superblock::decode_as(&bytes, endian)?;
    let is_new = superblock.flags & VERSION_2 != 0;
    let version = if is_new { "2" } else { "1" };
    let mut found = Found::new("cramfs", volume.node(layout, key, 0, &bytes)).version(version);
    found.volume.label = text::label(&superblock.name);
    if is_new {
        found.size("size", superblock.size.into(), 1);
        let size = usize::try_from(superblock.size).ok().filter(|_| superblock.size <= LONGEST);
        if let Some(whole) = size.and_then(|size| volume.read(0, size))
            && let Some((before, from)) = whole.split_at_checked(CRC_AT)
        {
            let computed = crc32(&[before, &[0; 4], from.get(4..)?]);
            found.check_sum("crc", superblock.crc, computed);
        }
    }
    Some(found)
}

/// Recognises romfs.
pub(super) fn read_romfs(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, Romfs::LENGTH)?;
    let superblock = Romfs::decode(&bytes).filter(|superblock| superblock.magic == *b"-rom1fs-")?;
    let mut found = Found::new("romfs", volume.node(&Romfs::LAYOUT, key, 0, &bytes));
    found.volume.label = text::label(&superblock.name);
    found.blocks("size", superblock.size.into(), 1);
    found.volume.block_bytes = Some(1024);
    let checked = usize::try_from(superblock.size.min(ROMFS_CHECKED)).ok()?;
    if let Some(head) = volume.read(0, checked) {
        let words = head.as_chunks::<4>().0.iter().map(|word| u32::from_be_bytes(*word));
        let sum = words.fold(0, u32::wrapping_add);
        found.check_sum("checksum", superblock.checksum, superblock.checksum.wrapping_sub(sum));
    }
    Some(found)
}
