//! HFS+ and HFSX, the file systems of macOS from 1998 to 2017.

use super::found::{Found, When};
use super::int::{be, index};
use super::limited::Limited;
use super::{hfs, rules, text};
use crate::structure;
use crate::structure::{Endian, Show};

structure! {
    /// HFS+ volume header: at byte 1024 of the volume, with a copy 1024 bytes before its end.
    pub struct Header("hfsplus.header", "HFS+ volume header", 512, Big) {
        /// `H+`, or `HX` where letter case may matter.
        0 => signature: [u8; 2], Show::Ascii;
        /// Version: 4, or 5 for HFSX.
        2 => version: u16, Show::Decimal;
        /// Attributes.
        4 => attributes: u32, Show::Flags(&[(0x80, "locked by hardware"), (0x100, "unmounted"), (0x200, "bad blocks spared"), (0x400, "no cache"), (0x800, "inconsistent"), (0x1000, "file ids reused"), (0x2000, "journaled"), (0x8000, "locked by software"), (0x4000_0000, "content protection"), (0x8000_0000, "unused nodes are zero")]);
        /// System that mounted it last: `10.0` macOS, `HFSJ` macOS with journal, `fsck`, `8.10` Mac OS 8 and 9.
        8 => last_mounted_by: [u8; 4], Show::Ascii;
        /// Block of the journal's description.
        12 => journal_block: u32, Show::Decimal;
        /// When the volume was made, in local time.
        16 => created: u32, Show::With(hfs::show_time);
        /// When it was last changed.
        20 => modified: u32, Show::With(hfs::show_time);
        /// When it was last backed up.
        24 => backed_up: u32, Show::With(hfs::show_time);
        /// When it was last checked.
        28 => checked: u32, Show::With(hfs::show_time);
        /// Files.
        32 => files: u32, Show::Decimal;
        /// Folders.
        36 => folders: u32, Show::Decimal;
        /// Bytes per block.
        40 => block_size: u32, Show::Bytes;
        /// Blocks of the volume.
        44 => total_blocks: u32, Show::Decimal;
        /// Free blocks.
        48 => free_blocks: u32, Show::Decimal;
        /// Where the search for free blocks starts.
        52 => next_allocation: u32, Show::Decimal;
        /// Bytes to allocate at once for resource forks.
        56 => resource_clump: u32, Show::Bytes;
        /// Bytes to allocate at once for data forks.
        60 => data_clump: u32, Show::Bytes;
        /// Next file id.
        64 => next_id: u32, Show::Decimal;
        /// How often the volume was written to.
        68 => write_count: u32, Show::Decimal;
        /// Text encodings in use.
        72 => encodings: u64, Show::Hex;
        /// What the Finder and the boot code keep.
        80 => finder: [u8; 24], Show::Raw;
        /// Number that stands for a UUID.
        104 => id: [u8; 8], Show::Raw;
        /// Where the bitmap of blocks lies.
        112 => allocation_file: [u8; 80], Show::Raw;
        /// Where the tree of further extents lies.
        192 => extents_file: [u8; 80], Show::Raw;
        /// Where the catalogue of files lies.
        272 => catalog_file: [u8; 80], Show::Raw;
        /// Where the tree of attributes lies.
        352 => attributes_file: [u8; 80], Show::Raw;
        /// Where a start-up file lies.
        432 => startup_file: [u8; 80], Show::Raw;
    }
}

const UNMOUNTED: u32 = 0x100;
const INCONSISTENT: u32 = 0x800;
const JOURNALED: u32 = 0x2000;
/// Byte offset of the extents in the description of a file.
const EXTENTS_AT: usize = 16;
const EXTENTS: usize = 8;
/// Bytes of the head of a tree that are read.
const TREE_HEAD: usize = 512;
/// Id that is the parent of the root directory, whose name is the label.
const ROOT_PARENT: u64 = 1;
const LEAF: u64 = 0xff;
const NODE_HEADER: usize = 14;
/// Bytes of a node that can hold a key.
const KEY_BYTES: usize = NODE_HEADER + 8 + 2 * 255;

/// Recognises HFS+, also inside a wrapper of HFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let start = match hfs::Superblock::of(volume) {
        Some((_, wrapper)) => wrapper.embedded()?,
        None => 0,
    };
    let offset = start + hfs::SUPERBLOCK_AT;
    let magic: [u8; 2] = volume.array(offset)?;
    if !matches!(&magic, b"H+" | b"HX") {
        return None;
    }
    let bytes = volume.read(offset, Header::LENGTH)?;
    let header = Header::decode(&bytes)?;
    let unit = u64::from(header.block_size);
    if !(512..=1 << 31).contains(&unit) || !unit.is_power_of_two() {
        return None;
    }
    let mut found = Found::new("hfsplus", volume.node(&Header::LAYOUT, key, offset, &bytes));
    found.volume.uuid = hfs::uuid(&header.id);
    found.volume.label = label(volume, &header, start);
    let blocks = u64::from(header.total_blocks);
    found.blocks("total_blocks", blocks, unit);
    // A wrapper is larger than what it wraps.
    if start != 0 {
        found.volume.size_bytes = found.volume.size_bytes.map(|size| size + start);
        found.fact("Wrapped in", "HFS");
    }
    found.free("free_blocks", header.free_blocks.into(), blocks, unit);
    found.local_time(When::Created, hfs::mac_time(header.created));
    found.time(When::Written, "modified", hfs::mac_time(header.modified));
    found.time(When::Checked, "checked", hfs::mac_time(header.checked));
    found.fact("Last mounted by", structure::ascii(&header.last_mounted_by));
    found.fact("Journal", if header.attributes & JOURNALED == 0 { "no" } else { "yes" });
    let detail = "the attribute of an unmounted volume is not set";
    found.clean(header.attributes & UNMOUNTED != 0, "attributes", detail);
    if header.attributes & INCONSISTENT != 0 {
        found.errors("attributes", "the attribute of an inconsistent volume is set");
    }
    check_copy(volume, key, &mut found, &header, start + blocks * unit);
    Some(found)
}

/// The name of the root directory: the first record of the catalogue's first leaf.
fn label(volume: &Limited, header: &Header, start: u64) -> Option<String> {
    let unit = u64::from(header.block_size);
    let extents = header.catalog_file.get(EXTENTS_AT..)?;
    let extent = |at: usize| Some((be(extents, at * 8, 4)?, be(extents, at * 8 + 4, 4)?));
    let (first, _) = extent(0)?;
    let head = volume.read(start.checked_add(first * unit)?, TREE_HEAD)?;
    let (leaf, node_size) = (be(&head, NODE_HEADER + 10, 4)?, be(&head, NODE_HEADER + 18, 2)?);
    let mut block = leaf * node_size / unit;
    let within = leaf * node_size % unit;
    let place = (0..EXTENTS).find_map(|at| {
        let (first, count) = extent(at)?;
        let found = (block < count).then(|| (first + block) * unit + within);
        block = block.saturating_sub(count);
        found
    })?;
    let node = volume.read(start.checked_add(place)?, KEY_BYTES)?;
    if be(&node, 8, 1)? != LEAF || be(&node, 10, 2)? == 0 || be(&node, NODE_HEADER + 2, 4)? != ROOT_PARENT {
        return None;
    }
    let units = index(be(&node, NODE_HEADER + 6, 2)).filter(|units| *units <= 255)?;
    text::label_utf16(node.get(NODE_HEADER + 8..NODE_HEADER + 8 + 2 * units)?, Endian::Big)
}

/// The copy of the header: 1024 bytes before the end of the partition, which may be some blocks behind the volume's.
fn check_copy(volume: &Limited, key: &str, found: &mut Found, header: &Header, end: u64) {
    let places = [volume.size().checked_sub(1024), end.checked_sub(1024)];
    let copies = places.into_iter().flatten().filter_map(|offset| {
        let bytes = volume.read(offset, Header::LENGTH)?;
        let copy = Header::decode(&bytes).filter(|copy| matches!(&copy.signature, b"H+" | b"HX"))?;
        Some((offset, bytes, copy))
    });
    let Some((offset, bytes, copy)) = copies.into_iter().next() else {
        if end <= volume.size() {
            let detail = "there is none 1024 bytes before the end";
            found.add(&rules::BACKUP_ABSENT, "total_blocks", detail);
        }
        return;
    };
    // Only what a change of the size changes: the rest of the copy is seldom brought up to date.
    let compared = [
        ("block_size", header.block_size == copy.block_size),
        ("total_blocks", header.total_blocks == copy.total_blocks),
    ];
    let node = volume.node(&Header::LAYOUT, key, offset, &bytes);
    found.copy(node, &format!("at byte {offset}"), &compared);
}
