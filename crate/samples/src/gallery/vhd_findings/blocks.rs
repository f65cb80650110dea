//! Findings on the entries of the block allocation table, and on what XenServer adds to it.

use super::Change::Without;
use super::Change::{Entry, Footers, Header, Put};
use super::header_at as at;
use super::{
    BACKWARDS, BATMAP, BLOCKS, FILLED, FIRST_AT, MAP, NEW, NEW_BYTES, SECOND, SECOND_AT, SPLIT, Sample,
    XEN_BITMAP, XEN_BLOCK, XENSERVER, footer_at, vhd,
};
use crate::disk::SECTOR;
use crate::vhd::UNALLOCATED;

/// Where the bitmap of the first block of [`FILLED`] begins, and that of its second one.
const FIRST_BITMAP: i64 = NEW_BYTES.cast_signed();
const SECOND_BITMAP: i64 = SECOND_AT as i64 * SECTOR.cast_signed();

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
    Sample {
        name: "vhd-finding-bat-fragmented",
        title: "Blocks in the opposite order",
        about: "The guest wrote the end of its disk first, so the blocks lie in the file the other way round.",
        shows: &["vhd.bat.fragmented"],
        ..BACKWARDS
    },
    Sample {
        name: "vhd-finding-bat-padding",
        title: "Bytes behind the last table entry",
        about: "The table ends in the middle of a sector. The rest of it holds a word where writers put ones or \
                zeros.",
        shows: &["vhd.bat.padding"],
        faults: &["vhd.bat.padding"],
        changes: &[Put(vhd::BAT_OFFSET.cast_signed() + 4 * BLOCKS as i64 + 8, b"hello")],
        ..NEW
    },
    Sample {
        name: "vhd-finding-header-layout-assumed",
        title: "A footer that leads nowhere",
        about: "By the footer the dynamic header is at byte 65,536, where nothing is. It is at byte 512, where most \
                writers put it, and is read from there.",
        shows: &["vhd.header.layout-assumed"],
        faults: &["vhd.footer.data-offset"],
        changes: &[Footers(&[(footer_at::DATA_OFFSET, &65_536_u64.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-split-pieces-missing",
        title: "A split image with a piece missing",
        about: "Virtual PC wrote pieces where the host could not hold one large file. The second of three is not \
                here, and with it most of the first block.",
        complete: false,
        shows: &["vhd.split.pieces-missing"],
        changes: &[Without(1)],
        ..SPLIT
    },
    Sample {
        name: "vhd-finding-batmap-not-full",
        title: "A batmap that calls a block full",
        about: "By the batmap all sectors of block 0 were written, by the bitmap of the block one was not. Readers \
                that trust the batmap skip the bitmap.",
        deep: true,
        shows: &["vhd.batmap.not-full", "vhd.bitmap.old-data"],
        faults: &["vhd.batmap.not-full"],
        changes: &[Put(XEN_BITMAP, &[0xfe])],
        ..XEN_BLOCK
    },
    Sample {
        name: "vhd-finding-bitmap-old-data",
        title: "A sector of XenServer that was never written",
        about: "Its bit is clear, but there are bytes: what was on that storage before. Readers go by the bitmap.",
        deep: true,
        shows: &["vhd.bitmap.old-data"],
        changes: &[Put(XEN_BITMAP, &[0xfe]), Put(MAP, &[0]), Put(BATMAP + CHECKSUM, &[0xff; 4])],
        ..XEN_BLOCK
    },
    Sample {
        name: "vhd-finding-bitmap-data-without-bit",
        title: "A sector that its bitmap denies",
        about: "The end of the swap header is there, but the bit of its sector is clear: a reader that goes by the \
                bitmap sees zeros.",
        deep: true,
        shows: &["vhd.bitmap.data-without-bit"],
        faults: &["vhd.bitmap.data-without-bit"],
        changes: &[Put(SECOND_BITMAP, &[0b0010_0000])],
        ..FILLED
    },
    Sample {
        name: "vhd-finding-bitmap-empty",
        title: "A block in which nothing was written",
        about: "The first block takes 512 KiB of the file, no bit of its bitmap is set, and it is all zero.",
        deep: true,
        shows: &["vhd.bitmap.empty"],
        faults: &["vhd.bitmap.empty"],
        changes: &[Put(FIRST_BITMAP, &[0]), Put(FIRST_BITMAP + SECTOR.cast_signed(), &[0; SECTOR as usize])],
        ..FILLED
    },
    Sample {
        name: "vhd-finding-bitmap-zero-sectors",
        title: "Sectors of zeros that count as written",
        about: "The bits of the first eight sectors are set, and only one of them holds anything.",
        deep: true,
        shows: &["vhd.bitmap.zero-sectors"],
        changes: &[Put(FIRST_BITMAP, &[0xff])],
        ..FILLED
    },
    Sample {
        name: "vhd-finding-bitmap-tail",
        title: "Bits for sectors that the block does not have",
        about: "A block of 512 KiB has 1024 sectors; the bitmap has room for 4096, and one of the bits behind is \
                set.",
        deep: true,
        shows: &["vhd.bitmap.tail"],
        changes: &[Put(FIRST_BITMAP + 200, &[1])],
        ..FILLED
    },
];
