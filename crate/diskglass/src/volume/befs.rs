//! BFS, the file system of BeOS and Haiku.

use super::found::Found;
use super::int::{index, int};
use super::limited::Limited;
use super::text;
use crate::structure;
use crate::structure::{Endian, Layout, Show};

structure! {
    /// BFS superblock: at byte 512, behind the boot sector; at byte 0 where there is none.
    pub struct Superblock("befs.superblock", "BFS superblock", 164, Little) {
        /// Name of the volume.
        0 => name: [u8; 32], Show::With(text::show_label);
        /// Always `BFS1`.
        32 => magic_1: u32, Show::Hex;
        /// Byte order: `BIGE`.
        36 => byte_order: u32, Show::Hex;
        /// Bytes per block.
        40 => block_size: u32, Show::Bytes;
        /// The same as a power of two.
        44 => block_shift: u32, Show::Decimal;
        /// Blocks of the volume.
        48 => blocks: u64, Show::Decimal;
        /// Blocks in use.
        56 => used_blocks: u64, Show::Decimal;
        /// Bytes per inode.
        64 => inode_size: u32, Show::Bytes;
        /// Always 0xdd121031.
        68 => magic_2: u32, Show::Hex;
        /// Blocks per allocation group.
        72 => blocks_per_group: u32, Show::Decimal;
        /// The same as a power of two.
        76 => group_shift: u32, Show::Decimal;
        /// Number of allocation groups.
        80 => groups: u32, Show::Decimal;
        /// `CLEN` where the volume was unmounted cleanly, `DIRT` where it was not.
        84 => flags: u32, Show::Names(&[(CLEAN as u64, "clean"), (DIRTY as u64, "dirty")]);
        /// Where the log is.
        88 => log: [u8; 8], Show::Raw;
        /// Where the log starts.
        96 => log_start: u64, Show::Decimal;
        /// Where it ends: elsewhere when it holds something.
        104 => log_end: u64, Show::Decimal;
        /// Always 0x15b6830e.
        112 => magic_3: u32, Show::Hex;
        /// Inode of the root directory: group, block in it, length.
        116 => root: [u8; 8], Show::Raw;
        /// Inode of the indices.
        124 => indices: [u8; 8], Show::Raw;
        /// Zero.
        132 => padding: [u8; 32], Show::Reserved;
    }
}

/// The superblock as machines of the other byte order write it.
const BIG_ENDIAN: Layout = Layout { endian: Endian::Big, ..Superblock::LAYOUT };

const MAGICS: (u32, u32, u32, u32) = (0x4246_5331, 0x4249_4745, 0xdd12_1031, 0x15b6_830e);
const CLEAN: u32 = u32::from_be_bytes(*b"CLEN");
const DIRTY: u32 = u32::from_be_bytes(*b"DIRT");
const INODE_MAGIC: u64 = 0x3bbe_0ad9;
/// Byte offset of the small attributes in an inode.
const ATTRIBUTES_AT: usize = 232;
/// Smaller volumes are not taken for BFS, as by libblkid.
const SMALLEST_BYTES: u64 = 1440 << 10;

/// Recognises BFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < SMALLEST_BYTES {
        return None;
    }
    let (offset, endian) = [0, 512].into_iter().find_map(|offset| {
        let magic = volume.array::<4>(offset + 32)?;
        match &magic {
            b"1SFB" => Some((offset, Endian::Little)),
            b"BFS1" => Some((offset, Endian::Big)),
            _ => None,
        }
    })?;
    let bytes = volume.read(offset, Superblock::LENGTH)?;
    let superblock = Superblock::decode_as(&bytes, endian)?;
    let magics = (superblock.magic_1, superblock.byte_order, superblock.magic_2, superblock.magic_3);
    let is_block = matches!(superblock.block_shift, 10..=13)
        && superblock.block_size == 1 << superblock.block_shift
        && superblock.group_shift < 32;
    if magics != MAGICS || !is_block {
        return None;
    }
    let (layout, version) = match endian {
        Endian::Little => (&Superblock::LAYOUT, "little-endian"),
        Endian::Big => (&BIG_ENDIAN, "big-endian"),
    };
    let mut found = Found::new("befs", volume.node(layout, key, offset, &bytes)).version(version);
    found.volume.label = text::label(&superblock.name);
    found.volume.uuid = volume_id(volume, &superblock, endian);
    let unit = superblock.block_size.into();
    found.blocks("blocks", superblock.blocks, unit);
    let free = superblock.blocks.checked_sub(superblock.used_blocks).unwrap_or(u64::MAX);
    found.free("used_blocks", free, superblock.blocks, unit);
    let is_clean = superblock.flags == CLEAN && superblock.log_start == superblock.log_end;
    found.clean(is_clean, "flags", "it is marked as in use, or its log holds changes");
    Some(found)
}

/// The number that stands for a UUID: an attribute of the root directory.
fn volume_id(volume: &Limited, superblock: &Superblock, endian: Endian) -> Option<String> {
    let (group, block) = (int(&superblock.root, 0, 4, endian)?, int(&superblock.root, 4, 2, endian)?);
    let blocks = (group << superblock.group_shift).checked_add(block)?;
    let offset = blocks.checked_mul(superblock.block_size.into())?;
    let inode = volume.read(offset, superblock.block_size as usize)?;
    if int(&inode, 0, 4, endian)? != INODE_MAGIC {
        return None;
    }
    let mut rest = inode.get(ATTRIBUTES_AT..)?;
    loop {
        let name = index(int(rest, 4, 2, endian))?;
        let data = index(int(rest, 6, 2, endian))?;
        if name == 0 && data == 0 {
            return None;
        }
        if rest.get(8..8 + name)? == b"be:volume_id" && data == 8 {
            let id = int(rest, 8 + name + 3, 8, endian)?;
            return (id != 0).then(|| format!("{id:016x}"));
        }
        rest = rest.get(8 + name + 3 + data + 1..)?;
    }
}
