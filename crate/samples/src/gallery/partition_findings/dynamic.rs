//! Findings on the database of Windows' dynamic disks.

use super::super::Sample;
use super::Change::Put;
use super::{SIGNATURE, disk_of, image};
use crate::disk::{Disk, SECTOR};
use crate::ldm::{self, Group, Layout, Volume};
use crate::mbr::{Partition, Table};
use crate::uuid::Uuid;

/// Sectors for data, and of the disk.
const DATA: u64 = 129;
const ALL: u64 = ldm::DATA + DATA + ldm::DATABASE;

/// Where the database is, and things in it.
const DATABASE: i64 = (ALL - ldm::DATABASE).cast_signed();
const CONTENTS: [i64; 2] = [(DATABASE + 2) * 512, (DATABASE + 2045) * 512];
const HEAD: i64 = (DATABASE + ldm::CONFIG.cast_signed()) * 512;
const HEADERS: [i64; 3] = [ldm::HEADER.cast_signed() * 512, (DATABASE + 1856) * 512, (DATABASE + 2047) * 512];

/// A dynamic disk with a simple volume and a side of a spanned one.
const DYNAMIC: Sample = Sample {
    build: |sample| {
        let group = Group {
            name: "Sample-Dg0",
            id: Uuid(0xa265_172c_83b4_4ed5_b607_1829_3a4b_5c6d),
            disks: vec![
                Uuid(0xb376_283d_94c5_4fe6_8718_293a_4b5c_6d7e),
                Uuid(0xc487_394e_a5d6_40f7_9829_3a4b_5c6d_7e8f),
            ],
            volumes: vec![
                Volume {
                    name: "Volume1",
                    layout: Layout::Concatenated,
                    size: 64,
                    parts: vec![(0, 1, 64)],
                    hint: "D:",
                },
                Volume {
                    name: "Volume2",
                    layout: Layout::Concatenated,
                    size: 128,
                    parts: vec![(0, 65, 64), (1, 1, 64)],
                    hint: "E:",
                },
            ],
        };
        let mut disk = Disk::new(sample.virtual_size);
        Table::new(SIGNATURE, vec![Partition::new(0x42, ldm::DATA as u32, DATA as u32)]).write(&mut disk);
        group.write(&mut disk, 0);
        image(sample, &disk)
    },
    ..disk_of((ALL * SECTOR / 512) as u32)
};

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "raw-finding-ldm-volume-incomplete",
        title: "A dynamic disk with a part of a spanned volume",
        about: "The other half of Volume2 is on Disk2, which is another image. Volume1 is whole.",
        shows: &["ldm.volume.incomplete"],
        ..DYNAMIC
    },
    Sample {
        name: "raw-finding-ldm-private-header-missing",
        title: "A dynamic disk without its private headers",
        about: "All three copies are overwritten: nothing leads to the database.",
        shows: &["ldm.private-header.missing"],
        faults: &["ldm.private-header.missing"],
        changes: &[Put(HEADERS[0], &[0; 8]), Put(HEADERS[1], &[0; 8]), Put(HEADERS[2], &[0; 8])],
        ..DYNAMIC
    },
    Sample {
        name: "raw-finding-ldm-private-header-differ",
        title: "A dynamic disk whose private headers differ",
        about: "The last copy has another time.",
        shows: &["ldm.private-header.differ"],
        faults: &["ldm.private-header.differ"],
        changes: &[Put(HEADERS[2] + 16, &[2])],
        ..DYNAMIC
    },
    Sample {
        name: "raw-finding-ldm-database-missing",
        title: "A dynamic disk without a table of contents",
        about: "Both copies of the table are overwritten, so the records are not found.",
        shows: &["ldm.database.missing"],
        faults: &["ldm.database.missing"],
        changes: &[Put(CONTENTS[0], &[0; 8]), Put(CONTENTS[1], &[0; 8])],
        ..DYNAMIC
    },
    Sample {
        name: "raw-finding-ldm-database-pending",
        title: "A group of dynamic disks whose last change was interrupted",
        about: "Change 2 was begun, and change 1 is the last one that is complete.",
        shows: &["ldm.database.pending"],
        faults: &["ldm.database.pending"],
        changes: &[Put(HEAD + 132, &[2])],
        ..DYNAMIC
    },
    Sample {
        name: "raw-finding-ldm-database-records",
        title: "A group of dynamic disks that lost a record",
        about: "The block of the last record is empty: a partition of Volume2 is missing.",
        shows: &["ldm.database.records"],
        faults: &["ldm.database.records"],
        // Group, two disks, two volumes with a component each, three partitions: the last of ten records.
        changes: &[Put(HEAD + 512 + 9 * ldm::BLOCK.cast_signed(), &[0; 128])],
        ..DYNAMIC
    },
    Sample {
        name: "raw-finding-ldm-disk-unknown",
        title: "A dynamic disk that its own database does not know",
        about: "The private headers give the disk a GUID that none of the records has.",
        shows: &["ldm.disk.unknown"],
        faults: &["ldm.disk.unknown"],
        changes: &[Put(HEADERS[0] + 48, b"f"), Put(HEADERS[1] + 48, b"f"), Put(HEADERS[2] + 48, b"f")],
        ..DYNAMIC
    },
];
