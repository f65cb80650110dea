//! Findings on ESX's own sparse extents.

use super::super::change::Change::{File, Insert, Put};
use super::{CID, Sample, SampleFile, files};
use crate::disk::{Disk, SECTOR};
use crate::vmdk::cowd::HEADER_SECTORS;
use crate::vmdk::link::{Link, Storage};
use crate::vmdk::sesparse::VOLATILE_SECTOR;

/// As many grains of a sector as one table has; just as much by the geometry: 2 cylinders, 64 heads, 32 sectors.
const SECTORS: u64 = 4096;
/// The grains that are there.
const GRAINS: [u64; 2] = [0, 7];

/// A descriptor and its extent with two grains.
const COWD: Sample = Sample {
    format: "vmdk",
    variant: "vmfsSparse",
    virtual_size: SECTORS * SECTOR,
    build: |sample| link(sample, Storage::VmfsSparse, |_| {}),
    ..Sample::FINDING
};

const SESPARSE: Sample =
    Sample { variant: "seSparse", build: |sample| link(sample, Storage::SeSparse, |_| {}), ..COWD };

/// Such an image of which something is set otherwise.
fn link(sample: &Sample, storage: Storage, made: impl FnOnce(&mut Link)) -> Vec<SampleFile> {
    let mut link = Link::new(sample.name, storage, CID);
    link.grains.written = GRAINS.into();
    made(&mut link);
    files(&link, &Disk::new(SECTORS * SECTOR))
}

// Where the parts of the first one are: byte offsets, and a sector.
const COWD_DIRECTORY: i64 = (HEADER_SECTORS * SECTOR).cast_signed();
const COWD_TABLE: i64 = COWD_DIRECTORY + SECTOR.cast_signed();
const COWD_FIRST_GRAIN: u8 = 37;

// Where those of the other one are.
const VOLATILE: i64 = (VOLATILE_SECTOR * SECTOR).cast_signed();
const DIRECTORY: i64 = 7 * SECTOR.cast_signed();
const TABLE: i64 = DIRECTORY + SECTOR.cast_signed();
/// The entry of a grain that is not allocated, and its last byte, which has its kind.
const FREE: i64 = TABLE + 9 * 8;
const FREE_KIND: i64 = FREE + 7;

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vmdk-finding-cowd-header-version",
        title: "An ESX sparse extent of an unknown version",
        about: "The version is 2; there is only 1.",
        shows: &["vmdk.cowd-header.version"],
        faults: &["vmdk.cowd-header.version"],
        changes: &[File(1), Put(4, &[2])],
        ..COWD
    },
    Sample {
        name: "vmdk-finding-cowd-header-flags",
        title: "An ESX sparse extent with unusual flags",
        about: "The flags are 1; every extent known has 3.",
        shows: &["vmdk.cowd-header.flags"],
        faults: &["vmdk.cowd-header.flags"],
        changes: &[File(1), Put(8, &[1])],
        ..COWD
    },
    Sample {
        name: "vmdk-finding-cowd-header-grain-size",
        title: "An ESX sparse extent with an impossible grain size",
        about: "A grain is said to have no sectors, so that no table can be read.",
        shows: &["vmdk.cowd-header.grain-size"],
        faults: &["vmdk.cowd-header.grain-size"],
        changes: &[File(1), Put(16, &[0])],
        ..COWD
    },
    Sample {
        name: "vmdk-finding-cowd-header-grain-size-unusual",
        title: "An ESX sparse extent with grains of 4 KiB",
        about: "Nearly all of them have grains of a single sector. This one is sound nevertheless.",
        shows: &["vmdk.cowd-header.grain-size-unusual"],
        build: |sample| link(sample, Storage::VmfsSparse, |link| link.grain_sectors = 8),
        ..COWD
    },
    Sample {
        name: "vmdk-finding-cowd-header-directory-place",
        title: "An ESX sparse extent with its directory at another place",
        about: "A sector was left free between header and directory.",
        shows: &["vmdk.cowd-header.directory-place"],
        faults: &["vmdk.cowd-header.directory-place"],
        changes: &[
            File(1),
            Put(20, &[HEADER_SECTORS as u8 + 1]),
            Put(28, &[COWD_FIRST_GRAIN + 3]),
            Put(COWD_DIRECTORY, &[HEADER_SECTORS as u8 + 2]),
            Put(COWD_TABLE, &[COWD_FIRST_GRAIN + 1]),
            Put(COWD_TABLE + 7 * 4, &[COWD_FIRST_GRAIN + 2]),
            Insert(COWD_DIRECTORY, SECTOR as usize),
        ],
        ..COWD
    },
    Sample {
        name: "vmdk-finding-cowd-header-directory-count",
        title: "An ESX sparse extent with a directory of the wrong length",
        about: "The disk needs one table, and the directory is said to have two entries.",
        shows: &["vmdk.cowd-header.directory-count"],
        faults: &["vmdk.cowd-header.directory-count"],
        changes: &[File(1), Put(24, &[2])],
        ..COWD
    },
    Sample {
        name: "vmdk-finding-cowd-header-free-sector",
        title: "An ESX sparse extent that would overwrite its last grain",
        about: "The next free sector is that of a grain in use.",
        shows: &["vmdk.cowd-header.free-sector"],
        faults: &["vmdk.cowd-header.free-sector"],
        changes: &[File(1), Put(28, &[COWD_FIRST_GRAIN + 1])],
        ..COWD
    },
    Sample {
        name: "vmdk-finding-cowd-header-free-sector-past-end",
        title: "An ESX sparse extent that ends before its next free sector",
        about: "The next free sector is 200, and the file has 39: it may be cut off.",
        shows: &["vmdk.cowd-header.free-sector-past-end"],
        faults: &["vmdk.cowd-header.free-sector-past-end"],
        changes: &[File(1), Put(28, &[200])],
        ..COWD
    },
    Sample {
        name: "vmdk-finding-cowd-header-parent-name",
        title: "An ESX sparse extent with another parent's name in its header",
        about: "Old versions of ESX wrote it there. The descriptor counts.",
        shows: &["vmdk.cowd-header.parent-name"],
        build: |sample| on_link(sample, Storage::VmfsSparse),
        changes: &[File(1), Put(32, b"monday.vmdk")],
        ..COWD
    },
    Sample {
        name: "vmdk-finding-chain-mixed",
        title: "A snapshot of ESX on one of another kind",
        about: "The newer link is in the space-efficient format, the older one is not. ESX does not support both in a \
                chain.",
        variant: "seSparse",
        shows: &["vmdk.chain.mixed"],
        faults: &["vmdk.chain.mixed"],
        build: |sample| on_link(sample, Storage::SeSparse),
        ..COWD
    },
    Sample {
        name: "vmdk-finding-sesparse-header-version",
        title: "A space-efficient extent of an unknown version",
        about: "The version is 2.2; only 2.1 is known.",
        shows: &["vmdk.sesparse-header.version"],
        faults: &["vmdk.sesparse-header.version"],
        changes: &[File(1), Put(8, &[2])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-header-fixed-field",
        title: "A space-efficient extent with flags",
        about: "The flags are always 0; here they are 1. qemu refuses that.",
        shows: &["vmdk.sesparse-header.fixed-field"],
        faults: &["vmdk.sesparse-header.fixed-field"],
        changes: &[File(1), Put(40, &[1])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-volatile-header-magic",
        title: "A space-efficient extent without its volatile header",
        about: "The magic number of the second header is that of the first one.",
        shows: &["vmdk.sesparse-volatile-header.magic"],
        faults: &["vmdk.sesparse-volatile-header.magic"],
        changes: &[File(1), Put(VOLATILE, &[0xbe, 0xba])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-volatile-header-journal",
        title: "A space-efficient extent with a journal to be replayed",
        about: "The host stopped in the middle of a change: only ESX can bring the tables up to date.",
        shows: &["vmdk.sesparse-volatile-header.journal"],
        faults: &["vmdk.sesparse-volatile-header.journal"],
        changes: &[File(1), Put(VOLATILE + 24, &[1])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-volatile-header-free-table",
        title: "A space-efficient extent that would overwrite a grain table",
        about: "The next free grain table is the one that is in use.",
        shows: &["vmdk.sesparse-volatile-header.free-table"],
        faults: &["vmdk.sesparse-volatile-header.free-table"],
        changes: &[File(1), Put(VOLATILE + 8, &[0])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-header-area-past-end",
        title: "A space-efficient extent with its journal past the end",
        about: "The journal is said to begin with sector 10000 of a file of 90.",
        shows: &["vmdk.sesparse-header.area-past-end"],
        faults: &["vmdk.sesparse-header.area-past-end"],
        changes: &[File(1), Put(112, &10_000_u64.to_le_bytes())],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-header-grains-short",
        title: "A space-efficient extent that ends before its grains do",
        about: "There ought to be room for 8 grains, and there are two.",
        shows: &["vmdk.sesparse-header.grains-short"],
        faults: &["vmdk.sesparse-header.grains-short"],
        changes: &[File(1), Put(200, &[64])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-header-areas-overlap",
        title: "A space-efficient extent with two areas at one place",
        about: "The journal is said to begin where its header is.",
        shows: &["vmdk.sesparse-header.areas-overlap"],
        faults: &["vmdk.sesparse-header.areas-overlap"],
        changes: &[File(1), Put(112, &[2])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-header-directory-small",
        title: "A space-efficient extent without a directory",
        about: "The directory is said to have no sector, and the disk needs an entry in it.",
        shows: &["vmdk.sesparse-header.directory-small"],
        faults: &["vmdk.sesparse-header.directory-small"],
        changes: &[File(1), Put(136, &[0])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-directory-entry",
        title: "A space-efficient extent with an entry that leads to no table",
        about: "The entry of the directory is of a kind that does not exist.",
        shows: &["vmdk.sesparse.directory-entry"],
        faults: &["vmdk.sesparse.directory-entry"],
        changes: &[File(1), Put(DIRECTORY + 7, &[0x20])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-entry-type",
        title: "A space-efficient extent with an entry of an unknown kind",
        about: "The kind of a table's entry is 5; there are 0 to 3.",
        shows: &["vmdk.sesparse.entry-type"],
        faults: &["vmdk.sesparse.entry-type"],
        changes: &[File(1), Put(FREE_KIND, &[0x50])],
        ..SESPARSE
    },
    Sample {
        name: "vmdk-finding-sesparse-entry-bits",
        title: "A space-efficient extent with an entry for zeros that says more",
        about: "The entry stands for zeros, and has the number of a grain in it as well.",
        shows: &["vmdk.sesparse.entry-bits"],
        changes: &[File(1), Put(FREE, &[1]), Put(FREE_KIND, &[0x20])],
        ..SESPARSE
    },
];

/// Such an image on one of the older format.
fn on_link(sample: &Sample, storage: Storage) -> Vec<SampleFile> {
    let disk = Disk::new(SECTORS * SECTOR);
    let base = Link::new(sample.name, Storage::VmfsSparse, CID);
    let child = Link::new(format!("{}-000001", sample.name), storage, CID + 1).on(&base);
    let mut all = files(&child, &disk);
    all.extend(files(&base, &disk));
    all
}
