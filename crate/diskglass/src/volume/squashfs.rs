//! squashfs, compressed file systems that are only read.

use super::found::{Found, When};
use super::limited::Limited;
use super::{rules, text};
use crate::structure;
use crate::structure::{Endian, Layout, Show};

structure! {
    /// squashfs superblock, version 4: the start of the volume.
    pub struct Superblock("squashfs.superblock", "squashfs superblock", 96, Little) {
        /// Always `hsqs`.
        0 => magic: [u8; 4], Show::Ascii;
        /// Number of inodes.
        4 => inodes: u32, Show::Decimal;
        /// When the volume was made.
        8 => created: u32, Show::With(text::show_time);
        /// Bytes per block of data.
        12 => block_size: u32, Show::Bytes;
        /// Number of fragments.
        16 => fragments: u32, Show::Decimal;
        /// Compression.
        20 => compressor: u16, Show::Names(COMPRESSORS);
        /// Block size as a power of two.
        22 => block_log: u16, Show::Decimal;
        /// Flags.
        24 => flags: u16, Show::Hex;
        /// Number of users and groups.
        26 => ids: u16, Show::Decimal;
        /// Version, major.
        28 => major: u16, Show::Decimal;
        /// Version, minor.
        30 => minor: u16, Show::Decimal;
        /// Where the root directory's inode is.
        32 => root: u64, Show::Hex;
        /// Bytes of the volume.
        40 => bytes_used: u64, Show::Bytes;
        /// Where the list of users and groups is.
        48 => id_table: u64, Show::Offset;
        /// Where the attributes are.
        56 => attribute_table: u64, Show::Offset;
        /// Where the inodes are.
        64 => inode_table: u64, Show::Offset;
        /// Where the directories are.
        72 => directory_table: u64, Show::Offset;
        /// Where the list of fragments is.
        80 => fragment_table: u64, Show::Offset;
        /// Where the list of exported inodes is.
        88 => export_table: u64, Show::Offset;
    }
}

structure! {
    /// squashfs superblock, versions 1 to 3: the start of the volume, in the byte order of the machine.
    pub struct Old("squashfs.superblock-3", "squashfs superblock, old", 32, Big) {
        /// `sqsh`, or `hsqs` in the other byte order.
        0 => magic: [u8; 4], Show::Ascii;
        /// Number of inodes.
        4 => inodes: u32, Show::Decimal;
        /// Fields that differ from version to version.
        8 => fields: [u8; 20], Show::Raw;
        /// Version, major.
        28 => major: u16, Show::Decimal;
        /// Version, minor.
        30 => minor: u16, Show::Decimal;
    }
}

const LITTLE_ENDIAN: Layout = Layout { endian: Endian::Little, ..Old::LAYOUT };

const COMPRESSORS: &[(u64, &str)] =
    &[(1, "gzip"), (2, "lzma"), (3, "lzo"), (4, "xz"), (5, "lz4"), (6, "zstd")];

/// Recognises squashfs.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, Superblock::LENGTH)?;
    let endian = match bytes.first_chunk()? {
        b"hsqs" => Endian::Little,
        b"sqsh" => Endian::Big,
        _ => return None,
    };
    let old = Old::decode_as(&bytes, endian)?;
    let version = format!("{}.{}", old.major, old.minor);
    if old.major <= 3 {
        let layout = if endian == Endian::Big { &Old::LAYOUT } else { &LITTLE_ENDIAN };
        let mut found = Found::new("squashfs3", volume.node(layout, key, 0, &bytes)).version(version);
        found.volume.block_bytes = Some(1024);
        return Some(found);
    }
    let superblock = Superblock::decode(&bytes).filter(|_| endian == Endian::Little)?;
    let mut found = Found::new("squashfs", volume.node(&Superblock::LAYOUT, key, 0, &bytes)).version(version);
    found.size("bytes_used", superblock.bytes_used, 1);
    found.time(When::Created, "created", superblock.created.into());
    if 1_u32.checked_shl(superblock.block_log.into()) == Some(superblock.block_size) {
        found.volume.block_bytes = Some(superblock.block_size.into());
    } else {
        let detail = format!("it is not 2 to the power of {}", superblock.block_log);
        found.add(&rules::IMPLAUSIBLE, "block_size", detail);
    }
    let compressor = COMPRESSORS.iter().find(|(number, _)| *number == u64::from(superblock.compressor));
    found.fact("Compression", compressor.map_or("unknown", |(_, name)| name));
    Some(found)
}
