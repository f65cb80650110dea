//! Findings on grain directories and grain tables.

use super::super::change::Change::{Append, Put, Size};
use super::{FIRST_GRAIN, GD, GRAIN_TABLES, NEW, RGD, Sample, USED, USED_GRAINS, entries_of, entry, new};
use crate::vmdk::Grains;

/// A sector that the file does not have.
const PAST_END: [u8; 4] = entry(0x00ff_ff80);
/// A grain that is not allocated.
const FREE: [i64; 2] = entries_of(7);
const FIRST: [i64; 2] = entries_of(0);

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vmdk-finding-grain-directory-out-of-file",
        title: "A sparse VMDK whose grain directory is nowhere",
        about: "The header gives no place for it. The redundant directory leads to the same grains.",
        shows: &["vmdk.grain-directory.out-of-file"],
        faults: &["vmdk.grain-directory.out-of-file"],
        changes: &[Put(56, &[0])],
        ..USED
    },
    Sample {
        name: "vmdk-finding-grain-directory-copy-out-of-file",
        title: "A sparse VMDK whose redundant directory is nowhere",
        about: "The flags promise a redundant directory, and the header gives no place for it.",
        shows: &["vmdk.grain-directory.copy-out-of-file"],
        faults: &["vmdk.grain-directory.copy-out-of-file"],
        changes: &[Put(48, &[0])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-directory-copy-overlaps",
        title: "A sparse VMDK with one directory in place of two",
        about: "Both directories are said to be at the same place, so there is no spare one.",
        shows: &["vmdk.grain-directory.copy-overlaps"],
        faults: &["vmdk.grain-directory.copy-overlaps", "vmdk.grain-directory.same-table"],
        changes: &[Put(48, &[(GD / 512) as u8])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-directory-entry-past-end",
        title: "A grain table past the end of the file",
        about: "The second entry of the directory leads nowhere; the redundant directory has a good one.",
        shows: &["vmdk.grain-directory.entry-past-end"],
        faults: &["vmdk.grain-directory.entry-past-end"],
        changes: &[Put(GD + 4, &PAST_END)],
        ..USED
    },
    Sample {
        name: "vmdk-finding-grain-directory-copy-entry-past-end",
        title: "A redundant grain table past the end of the file",
        about: "The second entry of the redundant directory leads nowhere. The disk itself is readable.",
        shows: &["vmdk.grain-directory.copy-entry-past-end"],
        faults: &["vmdk.grain-directory.copy-entry-past-end"],
        changes: &[Put(RGD + 4, &PAST_END)],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-directory-entry-overlap",
        title: "Two entries of the directory that lead to one grain table",
        about: "The second half of the disk is placed by the table of the first.",
        shows: &["vmdk.grain-directory.entry-overlap"],
        faults: &["vmdk.grain-directory.entry-overlap"],
        changes: &[Put(GD + 4, &entry((GRAIN_TABLES / 512) as u32))],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-directory-entry-zero",
        title: "A sparse VMDK without one of its grain tables",
        about: "The second entry of both directories is 0. VMware cannot use such an image.",
        shows: &["vmdk.grain-directory.entry-zero"],
        faults: &["vmdk.grain-directory.entry-zero"],
        changes: &[Put(GD + 4, &[0; 4]), Put(RGD + 4, &[0; 4])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-directory-copy-presence",
        title: "A grain table that one of the directories does not have",
        about: "The second entry of the redundant directory is 0, that of the first one is not.",
        shows: &["vmdk.grain-directory.copy-presence"],
        faults: &["vmdk.grain-directory.copy-presence"],
        changes: &[Put(RGD + 4, &[0; 4])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-directory-same-table",
        title: "A grain table that both directories lead to",
        about: "The second entries of both directories are equal, so this table has no spare copy.",
        shows: &["vmdk.grain-directory.same-table"],
        faults: &["vmdk.grain-directory.same-table"],
        changes: &[Put(RGD + 4, &entry((GRAIN_TABLES / 512) as u32 + 4))],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-directory-tail",
        title: "A grain directory with something behind its entries",
        about: "The disk needs two grain tables, and the directory has a third entry.",
        shows: &["vmdk.grain-directory.tail"],
        changes: &[Put(GD + 8, &entry(99))],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-table-entry-past-end",
        title: "A grain past the end of the file",
        about: "A grain table and its copy agree on a place that the file does not have.",
        shows: &["vmdk.grain-table.entry-past-end"],
        faults: &["vmdk.grain-table.entry-past-end"],
        changes: &[Put(FREE[0], &PAST_END), Put(FREE[1], &PAST_END)],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-table-entry-cut-off",
        title: "A sparse VMDK that was cut inside a grain",
        about: "The last 4096 bytes of the file are gone, and with them the end of its second grain.",
        shows: &["vmdk.grain-table.entry-cut-off"],
        faults: &["vmdk.grain-table.entry-cut-off"],
        changes: &[Size(-4096)],
        ..USED
    },
    Sample {
        name: "vmdk-finding-grain-table-entry-in-metadata",
        title: "A grain that lies on the descriptor",
        about: "An entry of a grain table is 2: the guest would read a part of the image's own text.",
        shows: &["vmdk.grain-table.entry-in-metadata"],
        faults: &["vmdk.grain-table.entry-in-metadata"],
        changes: &[Put(FREE[0], &entry(2)), Put(FREE[1], &entry(2))],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-table-entry-duplicate",
        title: "Two grains at one place",
        about: "Grains 0 and 7 lie at the same sector: writing to one changes the other.",
        shows: &["vmdk.grain-table.entry-duplicate"],
        faults: &["vmdk.grain-table.entry-duplicate"],
        changes: &[Put(FREE[0], &entry(FIRST_GRAIN)), Put(FREE[1], &entry(FIRST_GRAIN))],
        ..USED
    },
    Sample {
        name: "vmdk-finding-grain-table-entry-misaligned",
        title: "A grain that does not lie where grains begin",
        about: "The last grain of the file was moved by a sector.",
        shows: &["vmdk.grain-table.entry-misaligned"],
        faults: &["vmdk.grain-table.entry-misaligned"],
        changes: &[
            Append(&[0; 512]),
            Put(entries_of(513)[0], &entry(2 * FIRST_GRAIN + 1)),
            Put(entries_of(513)[1], &entry(2 * FIRST_GRAIN + 1)),
        ],
        ..USED
    },
    Sample {
        name: "vmdk-finding-grain-table-entry-past-capacity",
        title: "A grain past the end of the disk",
        about: "The disk has 640 grains, and the entry of grain 640 leads to one.",
        shows: &["vmdk.grain-table.entry-past-capacity"],
        faults: &["vmdk.grain-table.entry-past-capacity"],
        changes: &[
            Put(entries_of(640)[0], &entry(FIRST_GRAIN)),
            Put(entries_of(640)[1], &entry(FIRST_GRAIN)),
        ],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-table-entry-one",
        title: "A grain that is marked as zero where that is not allowed",
        about: "An entry is 1 although the flags do not say what that means. qemu shows the guest the descriptor.",
        shows: &["vmdk.grain-table.entry-one"],
        faults: &["vmdk.grain-table.entry-one"],
        changes: &[Put(FREE[0], &entry(1)), Put(FREE[1], &entry(1))],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-table-copy-differs",
        title: "A grain table that differs from its copy",
        about: "The copy does not know the first grain, as after a crash between two writes.",
        shows: &["vmdk.grain-table.copy-differs"],
        faults: &["vmdk.grain-table.copy-differs"],
        changes: &[Put(FIRST[1], &[0; 4])],
        ..USED
    },
    Sample {
        name: "vmdk-finding-grain-table-recovered",
        title: "A destroyed grain table with a good copy",
        about: "A sector of the first grain table was overwritten. Its copy has all that was there.",
        shows: &["vmdk.grain-table.recovered"],
        faults: &["vmdk.grain-table.copy-differs", "vmdk.grain-table.entry-past-end"],
        changes: &[Put(GRAIN_TABLES, &[0xe5; 512])],
        ..USED
    },
    Sample {
        name: "vmdk-finding-grain-table-zero-without-parent",
        title: "Grains that are marked as zero for nothing",
        about: "Without a parent, grains that are marked as zero read like those that are not there.",
        shows: &["vmdk.grain-table.zero-without-parent"],
        build: |sample| {
            let zeroed = Grains { zeroed: USED_GRAINS.into(), ..Grains::default() };
            new(sample, |image| image.with(zeroed))
        },
        ..NEW
    },
    Sample {
        name: "vmdk-finding-grain-table-unreferenced",
        title: "A grain in the file that no entry leads to",
        about: "The entry of the first grain was lost in both tables; its 64 KiB are still there.",
        shows: &["vmdk.grain-table.unreferenced"],
        changes: &[Put(FIRST[0], &[0; 4]), Put(FIRST[1], &[0; 4])],
        ..USED
    },
];
