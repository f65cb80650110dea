//! Damaged images.

use super::{FAT_VOLUMES, FLAT_VOLUMES, Sample, SampleFile, fat_disk, monolithic, monolithic_flat};
use crate::disk::MIB;
use crate::vmdk::{Layout, Sparse};

/// What the damaged samples share: 64 MiB with two grain tables, MBR with FAT16.
const DAMAGED: Sample = Sample {
    format: "vmdk",
    variant: "monolithicSparse",
    virtual_size: 64 * MIB,
    volumes: FAT_VOLUMES,
    ..Sample::PLAIN
};

/// A grain of that disk that is allocated, and one that is not.
const USED_GRAIN: u64 = 16;
const FREE_GRAIN: u64 = 300;
/// A place far behind the end of the file.
const PAST_END: u32 = 0x00ff_ff80;

/// That image as a file, and then the damage.
fn damaged(sample: &Sample, damage: impl FnOnce(&Sparse, &mut Vec<u8>)) -> Vec<SampleFile> {
    let disk = fat_disk();
    let image = monolithic(sample, 0x5b7e_9286, disk.sectors());
    let mut file = image.write(&disk);
    damage(&image, &mut file);
    vec![sample.file(".vmdk", file)]
}

/// Writes a table or directory entry.
fn set(file: &mut [u8], offset: u64, entry: u32) {
    file[offset as usize..][..4].copy_from_slice(&entry.to_le_bytes());
}

pub(in super::super) const GT_MISMATCH: Sample = Sample {
    name: "vmdk-gt-mismatch",
    title: "Sparse VMDK whose grain table differs from its copy",
    about: "The copy of a grain table does not know a grain that the table knows, as after a crash between the two \
            writes.",
    faults: &["vmdk.grain-table.copy-differs"],
    build: |sample| damaged(sample, |image, file| set(file, image.layout().redundant_entry(USED_GRAIN), 0)),
    ..DAMAGED
};

pub(in super::super) const GTE_PAST_END: Sample = Sample {
    name: "vmdk-gte-past-end",
    title: "Sparse VMDK with a grain beyond the end of the file",
    about: "A grain table and its copy agree on a place that the file does not have: 64 KiB of the disk are lost.",
    faults: &["vmdk.grain-table.entry-past-end"],
    build: |sample| {
        damaged(sample, |image, file| {
            set(file, image.layout().entry(FREE_GRAIN), PAST_END);
            set(file, image.layout().redundant_entry(FREE_GRAIN), PAST_END);
        })
    },
    ..DAMAGED
};

pub(in super::super) const GDE_PAST_END: Sample = Sample {
    name: "vmdk-gde-past-end",
    title: "Sparse VMDK with a grain table beyond the end of the file",
    about: "The grain directory points to a table that the file does not have, and with it 32 MiB of the disk are \
            gone. The redundant directory still knows the way.",
    faults: &["vmdk.grain-directory.entry-past-end"],
    build: |sample| damaged(sample, |image, file| set(file, image.layout().directory_entry(1), PAST_END)),
    ..DAMAGED
};

pub(in super::super) const GTE_DUPLICATE: Sample = Sample {
    name: "vmdk-gte-duplicate",
    title: "Sparse VMDK with a grain that is used twice",
    about: "Two entries of a grain table point to one place: a write to either changes both.",
    faults: &["vmdk.grain-table.entry-duplicate"],
    build: |sample| {
        damaged(sample, |image, file| {
            let layout = image.layout();
            for entry in [Layout::entry, Layout::redundant_entry] {
                let used = entry(&layout, USED_GRAIN) as usize;
                file.copy_within(used..used + 4, entry(&layout, FREE_GRAIN) as usize);
            }
        })
    },
    ..DAMAGED
};

pub(in super::super) const FTP_ASCII: Sample = Sample {
    name: "vmdk-ftp-ascii",
    title: "Sparse VMDK after a transfer in text mode",
    about: "Four bytes of the header are there to be altered by transfers that take the file for text: a carriage \
            return has become a line feed.",
    faults: &["vmdk.header.newline"],
    build: |sample| damaged(sample, |_, file| file[75] = b'\n'),
    ..DAMAGED
};

pub(in super::super) const EXTENT_SHORT: Sample = Sample {
    name: "vmdk-extent-short",
    title: "Flat VMDK whose data file is too short",
    about: "The descriptor promises 3 MiB, the data file has 2.5 MiB: the rest of the disk is missing.",
    variant: "monolithicFlat",
    faults: &["vmdk.extent.flat-short"],
    virtual_size: 3 * MIB,
    volumes: FLAT_VOLUMES,
    build: |sample| {
        let mut files = monolithic_flat(sample);
        files[1].bytes.truncate(5 * MIB as usize / 2);
        files
    },
    ..DAMAGED
};
