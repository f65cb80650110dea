//! VMware's virtual disk: a text that describes the disk, and the extents that hold its data.
//!
//! | Module | Writes |
//! |---|---|
//! | [`descriptor`] | the text: a file of its own, or inside the first extent |
//! | [`hosted`] | a sparse extent of Workstation, Fusion, VirtualBox and qemu |
//! | [`stream`] | a stream: the same with compressed grains, for transport |
//! | [`cowd`] | a sparse extent of ESX for snapshots of small disks (`VMFSSPARSE`) |
//! | [`sesparse`] | a sparse extent of ESX for snapshots of large disks (`SESPARSE`) |
//! | [`tracking`] | the file of changed block tracking |
//! | [`link`](mod@link) | a whole link of a chain: the descriptor and its extents |
//!
//! Every number is little-endian and counts sectors of 512 bytes.
//!
//! After *Virtual Disk Format 5.0* (VMware, 2011), and the bytes that products write.

pub mod cowd;
pub mod descriptor;
pub mod hosted;
pub mod link;
pub mod sesparse;
pub mod stream;
pub mod tracking;

pub use descriptor::{Descriptor, Extent};
pub use hosted::{FLAG_NEWLINES, FLAG_REDUNDANT, FLAG_ZEROED_GRAINS, Layout, Sparse};

use crate::disk::Disk;
use std::collections::BTreeSet;

/// Sectors of a full extent in VMware's sets of 2 GB files: 2047 MiB.
pub const SPLIT_SECTORS: u64 = 4_192_256;

/// Which grains an extent stores beside those that hold anything but zeros, and in which order they lie in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grains {
    /// Grains that are stored although they are zero throughout: a child hides with them what its parent has there.
    pub written: BTreeSet<u64>,
    /// Grains that are marked as zeros and take no space.
    pub zeroed: BTreeSet<u64>,
    /// Their order in the file.
    pub order: Order,
}

/// In which order grains lie in a file: the order in which the guest wrote them first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// From the start of the disk to its end.
    #[default]
    Ascending,
    /// From its end to its start.
    Descending,
    /// In an order that the number decides.
    Shuffled(u64),
}

impl Grains {
    /// The grains of `bytes` bytes that are stored of a disk, in the order of the file.
    pub fn stored(&self, disk: &Disk, bytes: u64) -> Vec<u64> {
        let mut grains: Vec<u64> = disk
            .used_units(bytes)
            .union(&self.written)
            .filter(|grain| !self.zeroed.contains(grain))
            .copied()
            .collect();
        match self.order {
            Order::Ascending => {}
            Order::Descending => grains.reverse(),
            Order::Shuffled(seed) => grains.sort_by_key(|grain| mixed(seed ^ *grain)),
        }
        grains
    }
}

/// A number that looks like chance: splitmix64.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A grain of a disk; the last one may be shorter than the others.
fn grain_of(disk: &Disk, grain: u64, bytes: u64) -> Vec<u8> {
    let start = grain * bytes;
    disk.read(start, bytes.min(disk.size() - start))
}
