//! VMDK samples that show one finding each: the images that they start from.

pub(super) mod chain;
pub(super) mod descriptor;
pub(super) mod esx;
pub(super) mod extents;
pub(super) mod header;
pub(super) mod stream;
pub(super) mod stream_data;
pub(super) mod tables;

use super::{Sample, SampleFile};
use crate::disk::{Disk, MIB, SECTOR};
use crate::vmdk::hosted::{DESCRIPTOR_SECTORS, GRAIN_SECTORS};
use crate::vmdk::link::{Link, Storage};
use crate::vmdk::{Grains, Sparse};

/// 640 grains in two tables, and just as much by the geometry: 40 cylinders, 64 heads, 32 sectors.
const DISK_BYTES: u64 = 40 * MIB;
/// Just as much by the geometry: 1 cylinder, 4 heads, 17 sectors.
const FLAT_SECTORS: u64 = 68;
const CID: u32 = 0x7c1e_4a90;

/// The files of a link.
fn files(link: &Link, disk: &Disk) -> Vec<SampleFile> {
    link.files(disk).into_iter().map(|(name, bytes)| SampleFile { name, bytes }).collect()
}

/// A sparse extent with its descriptor.
fn sparse(sample: &Sample, sectors: u64) -> Sparse {
    let link = Link::new(sample.name, Storage::MonolithicSparse, CID);
    link.sparse(sectors, Some(link.text(sectors)))
}

/// An image of one sparse extent as it is when it was just made: no grain is allocated.
const NEW: Sample = Sample {
    format: "vmdk",
    variant: "monolithicSparse",
    virtual_size: DISK_BYTES,
    build: |sample| new(sample, |image| image),
    ..Sample::FINDING
};

/// A new image that is made in another way.
fn new(sample: &Sample, made: impl FnOnce(Sparse) -> Sparse) -> Vec<SampleFile> {
    let disk = Disk::new(DISK_BYTES);
    vec![sample.file(".vmdk", made(sparse(sample, disk.sectors())).write(&disk))]
}

/// The same with two grains: the first of the disk, and the second of those in the second table.
const USED: Sample = Sample { build: used, ..NEW };

/// The grains of it.
const USED_GRAINS: [u64; 2] = [0, 513];

fn used(sample: &Sample) -> Vec<SampleFile> {
    let written = Grains { written: USED_GRAINS.into(), ..Grains::default() };
    new(sample, |image| image.with(written))
}

// Where the parts of these two are: byte offsets.
const TABLES: u64 = 2;
const RGD: i64 = ((1 + DESCRIPTOR_SECTORS) * SECTOR).cast_signed();
const REDUNDANT_TABLES: i64 = RGD + SECTOR.cast_signed();
const GD: i64 = REDUNDANT_TABLES + (TABLES * 4 * SECTOR).cast_signed();
const GRAIN_TABLES: i64 = GD + SECTOR.cast_signed();

/// A sector number in an entry of a directory or table.
const fn entry(sector: u32) -> [u8; 4] {
    sector.to_le_bytes()
}

/// The sector of the first grain.
const FIRST_GRAIN: u32 = GRAIN_SECTORS as u32;

/// Where the entries of a grain are in the table and in its redundant copy.
const fn entries_of(grain: i64) -> [i64; 2] {
    [GRAIN_TABLES + grain * 4, REDUNDANT_TABLES + grain * 4]
}

/// A descriptor and its flat extent.
const FLAT: Sample = Sample {
    format: "vmdk",
    variant: "monolithicFlat",
    virtual_size: FLAT_SECTORS * SECTOR,
    build: |sample| flat(sample, |_| {}),
    ..Sample::FINDING
};

/// A flat image of which something is set otherwise.
fn flat(sample: &Sample, made: impl FnOnce(&mut Link)) -> Vec<SampleFile> {
    let mut link = Link::new(sample.name, Storage::MonolithicFlat, CID);
    made(&mut link);
    files(&link, &Disk::new(FLAT_SECTORS * SECTOR))
}

/// A descriptor and the three flat extents of a split disk.
const SPLIT: Sample = Sample {
    format: "vmdk",
    variant: "twoGbMaxExtentFlat",
    virtual_size: 3 * FLAT_SECTORS * SECTOR,
    build: |sample| {
        let link = Link::new(sample.name, Storage::TwoGbMaxExtentFlat(FLAT_SECTORS), CID);
        files(&link, &Disk::new(3 * FLAT_SECTORS * SECTOR))
    },
    ..Sample::FINDING
};
