//! Findings on the header of a sparse extent.

use super::super::change::Change::{Append, Put, Words};
use super::{GD, NEW, RGD, Sample, new};
use crate::vmdk::{FLAG_NEWLINES, Sparse};

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vmdk-finding-header-unfinished",
        title: "A sparse VMDK that was never finished",
        about: "The magic number is still in lower case, as open-vmdk leaves it until all is written.",
        shows: &["vmdk.header.unfinished"],
        faults: &["vmdk.header.unfinished"],
        changes: &[Put(0, b"kdmv")],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-file-size",
        title: "A sparse VMDK that does not end at a sector",
        about: "A line feed was added to the end of the file.",
        shows: &["vmdk.header.file-size"],
        faults: &["vmdk.header.file-size"],
        changes: &[Append(b"\n")],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-version-zero",
        title: "A sparse VMDK of header version 0",
        about: "Versions begin with 1. qemu opens the file all the same.",
        shows: &["vmdk.header.version-zero"],
        faults: &["vmdk.header.version-zero"],
        changes: &[Put(4, &[0])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-version",
        title: "A sparse VMDK of an unknown header version",
        about: "The version is 4, one more than is known.",
        shows: &["vmdk.header.version"],
        faults: &["vmdk.header.version"],
        changes: &[Put(4, &[4])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-version-flags",
        title: "A plain sparse VMDK with the header version of streams",
        about: "The version is 3, but no grain is compressed. qemu opens such a file for reading only.",
        shows: &["vmdk.header.version-flags"],
        faults: &["vmdk.header.version-flags"],
        changes: &[Put(4, &[3])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-version-2",
        title: "A sparse VMDK of version 2 without zeroed grains",
        about: "Version 2 is there for zeroed grains, and the flags do not announce any.",
        shows: &["vmdk.header.version-2"],
        changes: &[Put(4, &[2])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-incompatible-flags",
        title: "A sparse VMDK with a feature that must not be ignored",
        about: "Bit 18 of the flags is set, and no document says what it means.",
        shows: &["vmdk.header.incompatible-flags"],
        faults: &["vmdk.header.incompatible-flags"],
        changes: &[Put(8, &[3, 0, 4, 0])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-unknown-flags",
        title: "A sparse VMDK with a feature that may be ignored",
        about: "Bit 3 of the flags is set, and no document says what it means.",
        shows: &["vmdk.header.unknown-flags"],
        changes: &[Put(8, &[11])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-markers",
        title: "A sparse VMDK with markers, but without compression",
        about: "The flags announce markers in front of the grains, which only streams have.",
        shows: &["vmdk.header.markers"],
        faults: &["vmdk.header.markers"],
        changes: &[Put(8, &[3, 0, 2, 0])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-newline",
        title: "A sparse VMDK after a transfer in text mode",
        about: "A carriage return among the four test bytes has become a line feed.",
        shows: &["vmdk.header.newline"],
        faults: &["vmdk.header.newline"],
        changes: &[Put(75, b"\n")],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-newline-unmarked",
        title: "A sparse VMDK without the test for text mode",
        about: "The four test bytes are zero, and the flags do not promise them.",
        shows: &["vmdk.header.newline-unmarked"],
        changes: &[Put(8, &[2]), Put(73, &[0; 4])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-unclean",
        title: "A sparse VMDK that was not closed",
        about: "The byte that is 1 while the image is open is still 1.",
        shows: &["vmdk.header.unclean"],
        faults: &["vmdk.header.unclean"],
        changes: &[Put(72, &[1])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-unclean-value",
        title: "A sparse VMDK with an impossible mark of closing",
        about: "The byte that is 0 or 1 is 2.",
        shows: &["vmdk.header.unclean-value"],
        faults: &["vmdk.header.unclean-value"],
        changes: &[Put(72, &[2])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-compress-flag",
        title: "A sparse VMDK that is compressed by one field only",
        about: "The algorithm is deflate, and the flags say that grains are not compressed.",
        shows: &["vmdk.header.compress-flag"],
        faults: &["vmdk.header.compress-flag"],
        changes: &[Put(77, &[1])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-compress-algorithm",
        title: "A sparse VMDK with an unknown compression",
        about: "The algorithm is 2; only 0 and 1 exist.",
        shows: &["vmdk.header.compress-algorithm"],
        faults: &["vmdk.header.compress-algorithm"],
        changes: &[Put(77, &[2])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-padding",
        title: "A sparse VMDK with something behind its header",
        about: "A few letters stand where the rest of the header's sector ought to be zero.",
        shows: &["vmdk.header.padding"],
        faults: &["vmdk.header.padding"],
        changes: &[Put(500, b"hidden")],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-grain-size",
        title: "A sparse VMDK with an impossible grain size",
        about: "A grain is said to have no sectors at all, so no table can be read.",
        shows: &["vmdk.header.grain-size"],
        faults: &["vmdk.header.grain-size"],
        changes: &[Put(20, &[0])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-grain-size-unusual",
        title: "A sparse VMDK with grains of 128 KiB",
        about: "Nearly every image has grains of 64 KiB. This one is sound nevertheless.",
        shows: &["vmdk.header.grain-size-unusual"],
        build: |sample| new(sample, |image| Sparse { grain_sectors: 256, ..image }),
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-table-entries",
        title: "A sparse VMDK with grain tables without entries",
        about: "A grain table is said to have 0 entries, so no grain can be placed.",
        shows: &["vmdk.header.table-entries"],
        faults: &["vmdk.header.table-entries"],
        changes: &[Put(44, &[0; 4])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-table-entries-unusual",
        title: "A sparse VMDK with grain tables of 256 entries",
        about: "All products write tables of 512 entries. These are half as long, and all else fits that.",
        shows: &["vmdk.header.table-entries-unusual"],
        faults: &["vmdk.header.table-entries-unusual"],
        build: |sample| new(sample, |image| Sparse { table_entries: 256, ..image }),
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-capacity-zero",
        title: "A sparse VMDK that says that it is empty",
        about: "The capacity is 0, and there is a descriptor: qemu then opens whatever that text names.",
        shows: &["vmdk.header.capacity-zero"],
        faults: &["vmdk.header.capacity-zero"],
        changes: &[Put(12, &[0; 8])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-capacity-huge",
        title: "A sparse VMDK of an impossible size",
        about: "A bit has flipped in the capacity: half an exbibyte.",
        shows: &["vmdk.header.capacity-huge"],
        faults: &["vmdk.header.capacity-huge"],
        changes: &[Put(18, &[4])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-capacity-unaligned",
        title: "A sparse VMDK whose last grain is not whole",
        about: "The disk has 3 sectors less than its 640 grains.",
        shows: &["vmdk.header.capacity-unaligned"],
        virtual_size: super::DISK_BYTES - 3 * 512,
        changes: &[
            Put(12, &81917_u32.to_le_bytes()),
            Words("RW 81920", "RW 81917"),
            Words("\"40\"", "\"39\""),
        ],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-descriptor-range",
        title: "A sparse VMDK whose descriptor lies past its end",
        about: "A bit has flipped in the place of the descriptor.",
        shows: &["vmdk.header.descriptor-range"],
        faults: &["vmdk.header.descriptor-range", "vmdk.header.descriptor-place"],
        variant: "sparse-extent",
        changes: &[Put(31, &[1])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-descriptor-place",
        title: "A sparse VMDK with its descriptor at another place",
        about: "The text was moved behind the tables, where qemu does not look for it.",
        shows: &["vmdk.header.descriptor-place"],
        faults: &["vmdk.header.descriptor-place"],
        build: |sample| {
            let mut files = new(sample, |image| image);
            let room = 512..512 + 20 * 512;
            files[0].bytes.copy_within(room.clone(), 100 * 512);
            files[0].bytes[room].fill(0);
            files
        },
        changes: &[Put(28, &[100])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-descriptor-size",
        title: "A sparse VMDK with much room for its descriptor",
        about: "30 sectors are reserved for the text instead of 20.",
        shows: &["vmdk.header.descriptor-size"],
        faults: &["vmdk.header.descriptor-size"],
        build: |sample| new(sample, |image| Sparse { descriptor_sectors: 30, ..image }),
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-descriptor-huge",
        title: "A sparse VMDK with an impossible room for its descriptor",
        about: "More than 10 MiB are reserved for a text of a few lines: more than the whole file has.",
        shows: &["vmdk.header.descriptor-huge"],
        faults: &[
            "vmdk.grain-directory.entry-overlap",
            "vmdk.header.descriptor-huge",
            "vmdk.header.descriptor-overlap",
            "vmdk.header.descriptor-range",
        ],
        changes: &[Put(36, &20_481_u32.to_le_bytes())],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-descriptor-overlap",
        title: "A sparse VMDK whose descriptor lies on its tables",
        about: "The room for the text is 40 sectors, and the redundant directory begins after 20 of them.",
        shows: &["vmdk.header.descriptor-overlap"],
        faults: &[
            "vmdk.grain-directory.entry-overlap",
            "vmdk.header.descriptor-overlap",
            "vmdk.header.descriptor-size",
        ],
        changes: &[Put(36, &[40])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-directory-at-end",
        title: "A plain sparse VMDK with its directory at the end",
        about: "The place of the directory is all ones, as in streams. The redundant one is used instead.",
        shows: &["vmdk.header.directory-at-end"],
        faults: &["vmdk.header.directory-at-end"],
        changes: &[Put(56, &[0xff; 8])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-redundant-ignored",
        title: "A sparse VMDK with a redundant directory that does not count",
        about: "The header gives its place, and the flags say that there is none.",
        shows: &["vmdk.header.redundant-ignored"],
        build: |sample| new(sample, |image| Sparse { flags: FLAG_NEWLINES, ..image }),
        changes: &[Put(48, &[60])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-overhead",
        title: "A sparse VMDK whose grains may begin in its tables",
        about: "The first grain is said to come right behind the directory, where the grain tables are.",
        shows: &["vmdk.header.overhead"],
        faults: &["vmdk.header.overhead"],
        changes: &[Put(64, &[(GD / 512 + 2) as u8])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-overhead-past-end",
        title: "A sparse VMDK that was cut inside its metadata",
        about: "The header says that grains begin after 64 GiB, and the file has 64 KiB.",
        shows: &["vmdk.header.overhead-past-end"],
        faults: &["vmdk.header.overhead-past-end"],
        changes: &[Put(67, &[8])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-overhead-unaligned",
        title: "A sparse VMDK whose grains begin at an odd place",
        about: "The metadata takes 129 sectors, one more than a grain.",
        shows: &["vmdk.header.overhead-unaligned"],
        changes: &[Put(64, &[129]), Append(&[0; 512])],
        ..NEW
    },
    Sample {
        name: "vmdk-finding-header-layout",
        title: "A sparse VMDK with its directories in another order",
        about: "The first directory is in front of the redundant one; all products do it the other way round.",
        shows: &["vmdk.header.layout"],
        changes: &[Put(48, &[(GD / 512) as u8]), Put(56, &[(RGD / 512) as u8])],
        ..NEW
    },
];
