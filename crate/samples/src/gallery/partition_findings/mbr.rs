//! Findings on an MBR and its chain of extended boot records.

use super::super::Sample;
use super::Change::{Copy, Put};
use super::{ONE, SECTORS, SIGNATURE, disk_of, image};
use crate::disk::{Disk, SECTOR};
use crate::mbr::{Partition, Table, kind};

/// Where the four entries are, and fields of an entry.
const ENTRY: i64 = 446;
const NEXT: i64 = 16;
const CHS: i64 = 1;
const TYPE: i64 = 4;
const START: i64 = 8;
const COUNT: i64 = 12;

/// Sectors of the container, and of the boot records in it, each in front of its partition.
const CONTAINER: (u32, u32) = (64, 128);
const GAP: u32 = 8;
const RECORD_1: i64 = 64 * 512;
const RECORD_2: i64 = 128 * 512;

/// A disk with a primary partition, and a container with two logical ones.
const CHAIN: Sample = Sample { build: |sample| chain(sample, &[72, 136]), ..disk_of(SECTORS) };

/// A chain of logical partitions of 40 sectors that begin at those sectors.
fn chain(sample: &Sample, logicals: &[u32]) -> Vec<super::SampleFile> {
    let mut disk = Disk::new(sample.virtual_size);
    let primaries = vec![
        Partition::new(kind::NTFS, 8, 48).active(),
        Partition::new(kind::EXTENDED, CONTAINER.0, CONTAINER.1),
    ];
    let logicals = logicals.iter().map(|first| Partition::new(kind::LINUX, *first, 40)).collect();
    Table { ebr_gap: GAP, ..Table::new(SIGNATURE, primaries) }.with_logicals(logicals).write(&mut disk);
    image(sample, &disk)
}

/// An entry of an extended partition behind the container.
const SECOND_CONTAINER: &[u8] = &[0, 0, 0, 0, 5, 0, 0, 0, 192, 0, 0, 0, 64, 0, 0, 0];

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "raw-finding-mbr-signature-missing",
        title: "An MBR without the bytes at its end",
        about: "55 AA is gone. The one entry still leads to swap space, which proves that it is a table.",
        shows: &["mbr.signature.missing"],
        faults: &["mbr.signature.missing"],
        changes: &[Put(510, &[0, 0])],
        ..ONE
    },
    Sample {
        name: "raw-finding-mbr-entry-past-end",
        title: "An MBR partition that is longer than the disk",
        about: "The entry claims 4096 sectors of a disk that has 256.",
        shows: &["mbr.entry.past-end"],
        faults: &["mbr.entry.past-end"],
        changes: &[Put(ENTRY + COUNT, &[0, 16, 0, 0])],
        ..ONE
    },
    Sample {
        name: "raw-finding-mbr-entry-half-empty",
        title: "An MBR entry with a type and no sectors",
        about: "The third entry has the type of Linux, and neither start nor length.",
        shows: &["mbr.entry.half-empty"],
        faults: &["mbr.entry.half-empty"],
        changes: &[Put(ENTRY + 2 * NEXT + TYPE, &[0x83])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-boot-indicator",
        title: "An MBR entry with a boot indicator that does not exist",
        about: "The first byte of the second entry is 0x12; only 0x00 and 0x80 mean something.",
        shows: &["mbr.entry.boot-indicator"],
        faults: &["mbr.entry.boot-indicator"],
        changes: &[Put(ENTRY + NEXT, &[0x12])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-several-active",
        title: "An MBR with two active partitions",
        about: "Both used entries carry the mark of the one that a BIOS starts.",
        shows: &["mbr.entry.several-active"],
        faults: &["mbr.entry.several-active"],
        changes: &[Put(ENTRY + NEXT, &[0x80])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-none-active",
        title: "An MBR with boot code and no active partition",
        about: "There is code, of nobody known, and no entry that it could start.",
        shows: &["mbr.entry.none-active"],
        changes: &[Put(0, b"\xeb\x10no known loader")],
        ..ONE
    },
    Sample {
        name: "raw-finding-mbr-entry-overlap",
        title: "An MBR whose two partitions overlap",
        about: "The first partition has 100 sectors, and the container begins after 56.",
        shows: &["mbr.entry.overlap"],
        faults: &["mbr.entry.overlap"],
        changes: &[Put(ENTRY + COUNT, &[100])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-covers-table",
        title: "An MBR partition that begins at sector 0",
        about: "The first partition begins with the sector that its own table is in.",
        shows: &["mbr.entry.covers-table"],
        faults: &["mbr.entry.covers-table"],
        changes: &[Put(ENTRY + START, &[0])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-disk-signature-zero",
        title: "An MBR of Windows without a disk signature",
        about: "The four bytes at 440 are zero, so Windows will write some as soon as it sees the disk.",
        shows: &["mbr.disk-signature.zero"],
        changes: &[Put(440, &[0; 4])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-chs",
        title: "An MBR entry whose two addresses disagree",
        about: "Cylinder, head and sector of the start say sector 0, which no geometry turns into sector 8.",
        shows: &["mbr.entry.chs"],
        changes: &[Put(ENTRY + CHS, &[0, 1, 0])],
        ..ONE
    },
    Sample {
        name: "raw-finding-mbr-protective-orphan",
        title: "An MBR that protects a GPT which is not there",
        about: "The entry has the type 0xEE. Neither the start nor the end of the disk has a GPT.",
        shows: &["mbr.protective.orphan"],
        faults: &["mbr.protective.orphan"],
        changes: &[Put(ENTRY + TYPE, &[0xee]), Put(8 * 512, &[0; 4096])],
        ..ONE
    },
    Sample {
        name: "raw-finding-mbr-extended-unreadable",
        title: "An extended partition behind the end of the disk",
        about: "The container begins at sector 4096 of a disk of 256 sectors: its chain cannot be read.",
        shows: &["mbr.extended.unreadable"],
        faults: &["mbr.entry.past-end", "mbr.extended.unreadable"],
        changes: &[Put(ENTRY + NEXT + START, &[0, 16, 0, 0])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-extended-empty",
        title: "An extended partition without logical ones",
        about: "The container begins with zeros instead of a boot record.",
        shows: &["mbr.extended.empty"],
        changes: &[Put(RECORD_1, &[0; 512])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-ebr-signature",
        title: "A boot record in the chain that lost its signature",
        about: "The second extended boot record does not end in 55 AA: the last logical partition is lost.",
        shows: &["mbr.ebr.signature"],
        faults: &["mbr.ebr.signature"],
        changes: &[Put(RECORD_2 + 510, &[0, 0])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-ebr-loop",
        title: "A chain of logical partitions that runs in a circle",
        about: "The second boot record leads to itself.",
        shows: &["mbr.ebr.loop"],
        faults: &["mbr.ebr.loop"],
        changes: &[Copy((RECORD_1 + ENTRY + NEXT) as usize, 16, (RECORD_2 + ENTRY + NEXT) as usize)],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-ebr-outside",
        title: "A chain that leaves its container",
        about: "The first boot record leads to a sector behind the end of the extended partition.",
        shows: &["mbr.ebr.outside"],
        faults: &["mbr.ebr.outside"],
        changes: &[Put(RECORD_1 + ENTRY + NEXT + START, &[150])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-extended-several",
        title: "An MBR with two extended partitions",
        about: "The third entry is a second container. DOS follows one of them, Linux both.",
        shows: &["mbr.extended.several"],
        faults: &["mbr.extended.several"],
        changes: &[Put(ENTRY + 2 * NEXT, SECOND_CONTAINER)],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-ebr-nested",
        title: "A boot record in the chain with two links",
        about: "The link to the next record is there twice; readers follow one of them.",
        shows: &["mbr.ebr.nested"],
        faults: &["mbr.ebr.nested"],
        changes: &[Copy((RECORD_1 + ENTRY + NEXT) as usize, 16, (RECORD_1 + ENTRY + 2 * NEXT) as usize)],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-ebr-too-many",
        title: "A chain of 300 logical partitions",
        about: "Each logical partition has one sector. No system follows a chain this long to its end.",
        shows: &["mbr.ebr.too-many"],
        faults: &["mbr.ebr.too-many"],
        build: |sample| {
            let mut disk = Disk::new(sample.virtual_size);
            let all = Partition::new(kind::EXTENDED, 8, (sample.virtual_size / SECTOR) as u32 - 8);
            let logicals = (0..300).map(|number| Partition::new(kind::LINUX, 9 + 2 * number, 1)).collect();
            let table = Table { ebr_gap: 1, ..Table::new(SIGNATURE, vec![all]) };
            table.with_logicals(logicals).write(&mut disk);
            image(sample, &disk)
        },
        ..disk_of(640)
    },
    Sample {
        name: "raw-finding-mbr-logical-overlaps-ebr",
        title: "A logical partition over the next boot record",
        about: "The first logical partition has 60 sectors, and with them the record that announces the second.",
        shows: &["mbr.logical.overlaps-ebr"],
        faults: &["mbr.logical.overlaps-ebr"],
        changes: &[Put(RECORD_1 + ENTRY + COUNT, &[60])],
        ..CHAIN
    },
    Sample {
        name: "raw-finding-mbr-logical-order",
        title: "Logical partitions that are not in the order of the disk",
        about: "The chain leads from the first partition to the end of the disk and back to the middle.",
        shows: &["mbr.logical.order"],
        build: |sample| {
            let mut disk = Disk::new(sample.virtual_size);
            let all = Partition::new(kind::EXTENDED, 8, SECTORS - 8);
            let logicals = [16, 176, 96].map(|first| Partition::new(kind::LINUX, first, 64)).to_vec();
            let table = Table { ebr_gap: GAP, ..Table::new(SIGNATURE, vec![all]) };
            table.with_logicals(logicals).write(&mut disk);
            image(sample, &disk)
        },
        ..disk_of(SECTORS)
    },
];
