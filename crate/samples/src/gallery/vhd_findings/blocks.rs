//! Findings on the entries of the block allocation table, and on what XenServer adds to it.

use super::Change::{Entry, Header, Put};
use super::header_at as at;
use super::{BATMAP, BLOCKS, FILLED, FIRST_AT, MAP, NEW, SECOND, SECOND_AT, Sample, XENSERVER, vhd};
use crate::vhd::UNALLOCATED;

const CHECKSUM: i64 = (vhd::batmap::CHECKSUM as u64).cast_signed();

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vhd-finding-bat-entry-in-metadata",
        title: "A block that lies over the header",
        about: "An entry of the table leads to sector 1: to write to that block is to destroy the image.",
        shows: &["vhd.bat.entry-in-metadata"],
        faults: &["vhd.bat.entry-in-metadata"],
        changes: &[Entry(5, 1)],
        ..NEW
    },
    Sample {
        name: "vhd-finding-bat-entry-past-end",
        title: "A block beyond the end of the file",
        about: "An entry of the table leads to a place that the file does not have.",
        shows: &["vhd.bat.entry-past-end"],
        faults: &["vhd.bat.entry-past-end"],
        changes: &[Entry(5, 1 << 20)],
        ..NEW
    },
    Sample {
        name: "vhd-finding-bat-entry-overlap",
        title: "Two blocks that share bytes",
        about: "A third block begins 4 KiB behind the start of the first one, inside it.",
        shows: &["vhd.bat.entry-overlap"],
        faults: &["vhd.bat.entry-overlap"],
        changes: &[Entry(5, FIRST_AT + 8)],
        ..FILLED
    },
    Sample {
        name: "vhd-finding-bat-entry-duplicate",
        title: "A block that is used twice",
        about: "Two entries of the table lead to one place: a write to either changes both.",
        shows: &["vhd.bat.entry-duplicate"],
        faults: &["vhd.bat.entry-duplicate"],
        changes: &[Entry(5, SECOND_AT)],
        ..FILLED
    },
    Sample {
        name: "vhd-finding-bat-entry-beyond-disk",
        title: "A block beyond the end of the disk",
        about: "The table has an entry more than the disk has blocks, and that entry is used.",
        shows: &["vhd.bat.entry-beyond-disk"],
        faults: &["vhd.bat.entry-beyond-disk"],
        changes: &[
            Header(&[(at::ENTRIES, &(BLOCKS + 1).to_be_bytes())]),
            Entry(SECOND, UNALLOCATED),
            Entry(BLOCKS, SECOND_AT),
        ],
        ..FILLED
    },
    Sample {
        name: "vhd-finding-bat-unreferenced-space",
        title: "A block that nothing refers to",
        about: "The second block is in the file, but its entry says that it is not allocated: its data is out of \
                reach.",
        shows: &["vhd.bat.unreferenced-space"],
        changes: &[Entry(SECOND, UNALLOCATED)],
        ..FILLED
    },
    Sample {
        name: "vhd-finding-bat-alignment",
        title: "Blocks off the sectors of a modern disk",
        about: "The data of the blocks does not begin at multiples of 4096 bytes, so each write of the guest \
                touches two sectors of the host's disk.",
        shows: &["vhd.bat.alignment"],
        ..FILLED
    },
    Sample {
        name: "vhd-finding-batmap-missing",
        title: "A XenServer image without its batmap",
        about: "Behind the table, where the batmap belongs, its mark is not there.",
        shows: &["vhd.batmap.missing"],
        faults: &["vhd.batmap.missing"],
        changes: &[Put(BATMAP, b"-")],
        ..XENSERVER
    },
    Sample {
        name: "vhd-finding-batmap-header",
        title: "A batmap of no length",
        about: "The header of the batmap says that the map takes no sectors.",
        shows: &["vhd.batmap.header"],
        faults: &["vhd.batmap.header"],
        changes: &[Put(BATMAP + 16, &[0; 4])],
        ..XENSERVER
    },
    Sample {
        name: "vhd-finding-batmap-checksum",
        title: "A batmap whose checksum does not match",
        about: "The sum in its header is another than that of the map.",
        shows: &["vhd.batmap.checksum"],
        faults: &["vhd.batmap.checksum"],
        changes: &[Put(BATMAP + CHECKSUM, &[0; 4])],
        ..XENSERVER
    },
    Sample {
        name: "vhd-finding-batmap-unallocated",
        title: "A batmap that marks a block that is not there",
        about: "The bit of block 3 says that all of its sectors were written, but the table has no such block.",
        shows: &["vhd.batmap.unallocated"],
        faults: &["vhd.batmap.unallocated"],
        changes: &[Put(BATMAP + CHECKSUM, &(!0x10_u32).to_be_bytes()), Put(MAP, &[0x10])],
        ..XENSERVER
    },
];
