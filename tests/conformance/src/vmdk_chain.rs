//! Chains of VMDK links, and what a guest must read from them.

use diskglass_samples::disk::{Disk, SECTOR};
use diskglass_samples::vmdk::link::Link;

/// A link and what it stores.
pub struct Layer {
    /// How it is stored.
    pub link: Link,
    /// What the guest wrote while it was the newest.
    pub disk: Disk,
}

/// The files of a chain: the base comes first in `layers`, the newest link first in the files.
pub fn files(layers: &[Layer]) -> Vec<(String, Vec<u8>)> {
    layers.iter().rev().flat_map(|layer| layer.link.files(&layer.disk)).collect()
}

/// What the guest reads: of each grain, what the newest link has that stores it.
pub fn guest(layers: &[Layer]) -> Vec<u8> {
    let mut guest = Vec::new();
    for Layer { link, disk } in layers {
        guest.resize(usize::try_from(disk.size()).unwrap(), 0);
        if link.is_flat() {
            guest = disk.to_bytes();
            continue;
        }
        let unit = link.grain_sectors * SECTOR;
        let zeros = Disk::new(disk.size());
        let stored = link.grains.stored(disk, unit).into_iter().map(|grain| (grain, disk));
        for (grain, from) in stored.chain(link.grains.zeroed.iter().map(|grain| (*grain, &zeros))) {
            let start = grain * unit;
            let bytes = from.read(start, unit.min(disk.size() - start));
            let start = usize::try_from(start).unwrap();
            guest[start..start + bytes.len()].copy_from_slice(&bytes);
        }
    }
    guest
}
