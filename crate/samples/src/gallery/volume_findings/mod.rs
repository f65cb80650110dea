//! Samples that show one finding on volumes each: the disks that they start from.

pub(super) mod encrypted;
pub(super) mod linux;
pub(super) mod sets;
pub(super) mod windows;

use super::change::Change;
use super::{Sample, SampleFile};
use crate::disk::{Disk, SECTOR};
use crate::vmdk::Sparse;
use crate::vmdk::hosted::GRAIN_SECTORS;
use crate::vmdk::link::{Link, Storage};

/// A raw disk of that many bytes.
const fn raw(bytes: u64) -> Sample {
    Sample { virtual_size: bytes, ..Sample::FINDING }
}

/// The image of a disk, or of a volume without a partition table.
fn image(sample: &Sample, disk: &Disk) -> Vec<SampleFile> {
    vec![sample.file(".img", disk.to_bytes())]
}

/// A disk of that many bytes of which an image stores only what is used: for formats that have no small volumes.
const fn sparse(bytes: u64) -> Sample {
    Sample { format: "vmdk", variant: "monolithicSparse", virtual_size: bytes, ..Sample::FINDING }
}

/// The sparse image of a disk.
fn sparse_image(sample: &Sample, disk: &Disk) -> Vec<SampleFile> {
    let sectors = disk.sectors();
    let text = Link::new(sample.name, Storage::MonolithicSparse, 0x2f7b_90c4).text(sectors);
    vec![sample.file(".vmdk", Sparse::new(sectors, Some(text)).write(disk))]
}

/// Bytes of a grain of it, and the byte offset of the first: what is in front of the grains takes one on these disks.
const GRAIN: usize = (GRAIN_SECTORS * SECTOR) as usize;
const FIRST_GRAIN: i64 = (GRAIN_SECTORS * SECTOR).cast_signed();
