//! VHD samples that show one finding each: the images that they start from.

pub(super) mod footer;

use super::{Sample, SampleFile};
use crate::disk::{Disk, KIB};
use crate::uuid::Uuid;
use crate::vhd::{self, Creator, Dynamic};

/// 17 blocks of 512 KiB, and just as much by the geometry: 256 cylinders, 4 heads, 17 sectors.
const DISK_BYTES: u64 = 17 * 512 * KIB;

/// Just as much by the geometry: 4 cylinders, 4 heads, 17 sectors.
const FIXED_BYTES: u64 = 136 * KIB;

const ID: Uuid = Uuid(0x8a1e_0c52_77d4_4f19_b36a_94c0_1d5e_2f71);

/// A dynamic image as it is when it was just made: no block is allocated.
const NEW: Sample =
    Sample { format: "vhd", variant: "dynamic", virtual_size: DISK_BYTES, build: new, ..Sample::FINDING };

fn new(sample: &Sample) -> Vec<SampleFile> {
    let image =
        Dynamic { block_bytes: vhd::SMALL_BLOCK_BYTES, ..Dynamic::new(DISK_BYTES, Creator::WINDOWS_10, ID) };
    vec![sample.file(".vhd", image.write(&Disk::new(DISK_BYTES)))]
}

/// A small fixed image.
const FIXED: Sample =
    Sample { format: "vhd", variant: "fixed", virtual_size: FIXED_BYTES, build: fixed, ..Sample::FINDING };

fn fixed(sample: &Sample) -> Vec<SampleFile> {
    vec![sample.file(".vhd", vhd::fixed(&Disk::new(FIXED_BYTES), Creator::WINDOWS_10, ID))]
}
