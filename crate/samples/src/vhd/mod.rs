//! Microsoft's Virtual Hard Disk, version 1. Every number in its structures is big-endian.
//!
//! | Kind | In the file |
//! |---|---|
//! | fixed | the guest's bytes, then the footer |
//! | dynamic | copy of the footer, header, block allocation table (BAT), blocks, footer |
//! | differencing | as dynamic, with the path of the parent; a block holds only what differs from it |
//!
//! After the *Virtual Hard Disk Image Format Specification*, version 1.0 (Microsoft, 2006); what XenServer adds to it
//! ([`batmap`], a raw parent), after its own `vhd-util`.

pub mod batmap;
mod creator;
mod dynamic;
mod footer;
mod parent;

pub use creator::{Creator, Geometry};
pub use dynamic::{Block, Dynamic};
pub use footer::{Footer, Kind};
pub use parent::{Locator, Parent, Space};

use crate::disk::Disk;
use crate::uuid::Uuid;

/// Length of the footer and of its copy.
pub const FOOTER_BYTES: u64 = 512;
/// Length of the footer before Virtual PC 2004, which left out the last reserved byte.
pub const SHORT_FOOTER_BYTES: u64 = 511;
/// Where in the footer its checksum stands.
pub const FOOTER_CHECKSUM: usize = 64;
/// Where the dynamic header stands: behind the copy of the footer.
pub const HEADER_OFFSET: u64 = 512;
/// Length of the dynamic header.
pub const HEADER_BYTES: u64 = 1024;
/// Where in the dynamic header its checksum stands.
pub const HEADER_CHECKSUM: usize = 36;
/// Where the block allocation table stands: behind the header.
pub const BAT_OFFSET: u64 = HEADER_OFFSET + HEADER_BYTES;
/// The entry of a block that takes no space.
pub const UNALLOCATED: u32 = 0xffff_ffff;
/// The block size that nearly every product uses.
pub const BLOCK_BYTES: u32 = 2 << 20;
/// The other block size that Windows offers.
pub const SMALL_BLOCK_BYTES: u32 = 512 << 10;

const NOWHERE: u64 = u64::MAX;
const VERSION_1_0: u32 = 0x0001_0000;

/// A fixed image: the disk as it is, and the footer behind it.
pub fn fixed(disk: &Disk, creator: Creator, id: Uuid) -> Vec<u8> {
    let mut file = disk.to_bytes();
    file.extend(Footer::new(Kind::Fixed, disk.size(), creator, id).to_bytes());
    file
}

/// An image in pieces, as Virtual PC 2004 and earlier wrote it where the host could not hold the file: `name.vhd`,
/// `name.v01`, `name.v02`, and so on. They belong together byte by byte; only the last one ends with a footer.
pub fn split(name: &str, file: &[u8], piece_bytes: usize) -> Vec<(String, Vec<u8>)> {
    let suffix = |index: usize| if index == 0 { "vhd".into() } else { format!("v{index:02}") };
    file.chunks(piece_bytes)
        .enumerate()
        .map(|(index, piece)| (format!("{name}.{}", suffix(index)), piece.to_vec()))
        .collect()
}
