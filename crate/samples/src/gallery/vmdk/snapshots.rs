//! Snapshots: delta links on their parents. In each link the volume got another label.

use super::{Sample, SampleFile, files, small_disk, small_volume};
use crate::disk::{Disk, MIB, SECTOR};
use crate::vmdk::Grains;
use crate::vmdk::link::{Link, Storage};

/// What a link with those grains stores when a disk has become another one.
fn changed(from: &Disk, to: &Disk, grain_bytes: u64) -> (Disk, Grains) {
    let mut own = Disk::new(to.size());
    let mut grains = Grains::default();
    for grain in from.used_units(grain_bytes).union(&to.used_units(grain_bytes)).copied() {
        let start = grain * grain_bytes;
        let length = grain_bytes.min(to.size() - start);
        let new = to.read(start, length);
        if new != from.read(start, length) {
            own.write(start, new);
            grains.written.insert(grain);
        }
    }
    (own, grains)
}

/// A chain: the first disk in the base, each further one in a link on the one before. The files of the newest link come
/// first.
fn chain(base: Link, disk: Disk, links: Vec<(Link, Disk)>) -> Vec<SampleFile> {
    let mut all = files(&base, &disk);
    let (mut parent, mut before) = (base, disk);
    for (link, now) in links {
        let mut link = link.on(&parent);
        let (own, grains) = changed(&before, &now, link.grain_sectors * SECTOR);
        link.grains = grains;
        all.splice(0..0, files(&link, &own));
        (parent, before) = (link, now);
    }
    all
}

pub(in super::super) const SNAPSHOTS: Sample = Sample {
    name: "vmdk-snapshots",
    title: "Two snapshots of a sparse VMDK, 3 MiB, MBR with ext2",
    about: "Each file holds what changed since the one before: here the label of the volume, from one day to the next. \
            A file knows its parent by the content identity that it had.",
    format: "vmdk",
    variant: "monolithicSparse",
    virtual_size: 3 * MIB,
    volumes: &[small_volume("wednesday")],
    build: |sample| {
        let link =
            |suffix: &str, cid| Link::new(format!("{}{suffix}", sample.name), Storage::MonolithicSparse, cid);
        let links = vec![
            (link("-000001", 0x9fb2_d6ca), small_disk("tuesday")),
            (link("-000002", 0xa0c3_e7db), small_disk("wednesday")),
        ];
        chain(link("", 0x8ea1_c5b9), small_disk("monday"), links)
    },
    ..Sample::PLAIN
};

pub(in super::super) const SPLIT_SNAPSHOT: Sample = Sample {
    name: "vmdk-split-snapshot",
    title: "A snapshot of a split VMDK, 3 MiB, MBR with ext2",
    about: "The snapshot of a disk in several files is in several files too. Real ones have 2 GB each; these have 1 MiB.",
    format: "vmdk",
    variant: "twoGbMaxExtentSparse",
    virtual_size: 3 * MIB,
    volumes: &[small_volume("after")],
    build: |sample| {
        let storage = || Storage::TwoGbMaxExtentSparse(MIB / SECTOR);
        let base = Link::new(sample.name, storage(), 0xb1d4_f8ec);
        let link = Link::new(format!("{}-000001", sample.name), storage(), 0xc2e5_09fd);
        chain(base, small_disk("before"), vec![(link, small_disk("after"))])
    },
    ..Sample::PLAIN
};

/// A snapshot of ESX on a flat disk.
fn esx_snapshot(sample: &Sample, storage: Storage, cid: u32) -> Vec<SampleFile> {
    let base = Link::new(sample.name, Storage::Vmfs, cid - 1);
    let link = Link::new(format!("{}-000001", sample.name), storage, cid);
    chain(base, small_disk("before"), vec![(link, small_disk("after"))])
}

pub(in super::super) const COWD_SNAPSHOT: Sample = Sample {
    name: "vmdk-esx-snapshot",
    title: "A snapshot of an ESX disk, 3 MiB, MBR with ext2",
    about: "The base is flat, the snapshot is ESX's sparse format with grains of a single sector: a table is made when \
            its first grain is written.",
    format: "vmdk",
    variant: "vmfsSparse",
    virtual_size: 3 * MIB,
    volumes: &[small_volume("after")],
    build: |sample| esx_snapshot(sample, Storage::VmfsSparse, 0xd416_7b2e),
    ..Sample::PLAIN
};

pub(in super::super) const SESPARSE_SNAPSHOT: Sample = Sample {
    name: "vmdk-sesparse-snapshot",
    title: "A snapshot of an ESXi 6.5 disk, 3 MiB, MBR with ext2",
    about: "The snapshot is in the space-efficient format, with grains of 4 KiB, entries of 64 bits, and areas of their \
            own for all that has to be noted.",
    format: "vmdk",
    variant: "seSparse",
    virtual_size: 3 * MIB,
    volumes: &[small_volume("after")],
    build: |sample| esx_snapshot(sample, Storage::SeSparse, 0xe527_8c3f),
    ..Sample::PLAIN
};
