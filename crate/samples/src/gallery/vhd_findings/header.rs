//! Findings on the dynamic header and on where the block allocation table lies.

use super::Change::{Copy, Header, Put, Size};
use super::header_at as at;
use super::{BLOCKS, LARGE, NEW, ROOMY, Sample, large};

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vhd-finding-header-cookie",
        title: "A dynamic VHD without its header",
        about: "Where the footer says that the header is, the first letter is another one.",
        shows: &["vhd.header.cookie"],
        faults: &["vhd.header.cookie"],
        changes: &[Put(512, b"-")],
        ..NEW
    },
    Sample {
        name: "vhd-finding-header-cut-off",
        title: "A VHD that ends inside its header",
        about: "Of the 1024 bytes of the dynamic disk header, the first half is there.",
        shows: &["vhd.header.cut-off"],
        faults: &["vhd.footer.missing", "vhd.header.cut-off"],
        changes: &[Size(1024)],
        ..NEW
    },
    Sample {
        name: "vhd-finding-header-checksum",
        title: "A header whose checksum does not match",
        about: "Its fields are plausible, but the sum that is stored is not that of its bytes.",
        shows: &["vhd.header.checksum"],
        faults: &["vhd.header.checksum"],
        changes: &[Put(512 + 36, &[0; 4])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-header-version",
        title: "A header of version 2.0",
        about: "There is no such version of the format.",
        shows: &["vhd.header.version"],
        faults: &["vhd.header.version"],
        changes: &[Header(&[(at::VERSION, &0x0002_0000_u32.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-header-next",
        title: "A header that points to another one",
        about: "The field for a next structure, which was never defined, says byte 4096.",
        shows: &["vhd.header.next"],
        faults: &["vhd.header.next"],
        changes: &[Header(&[(at::NEXT, &4096_u64.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-header-block-size",
        title: "A block size that cannot be",
        about: "3 MiB: a block must be a power of two of sectors.",
        shows: &["vhd.header.block-size"],
        faults: &["vhd.header.block-size"],
        changes: &[Header(&[(at::BLOCK_BYTES, &(3_u32 << 20).to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-header-block-size-unusual",
        title: "Blocks of 1 MiB",
        about: "Windows writes blocks of 2 MiB or 512 KiB; other sizes are legal, but some tools refuse them.",
        shows: &["vhd.header.block-size-unusual"],
        changes: &[Header(&[
            (at::ENTRIES, &9_u32.to_be_bytes()),
            (at::BLOCK_BYTES, &(1_u32 << 20).to_be_bytes()),
        ])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-header-reserved",
        title: "A header with bytes where there should be none",
        about: "A word stands in the reserved area at its end.",
        shows: &["vhd.header.reserved"],
        faults: &["vhd.header.reserved"],
        changes: &[Header(&[(at::RESERVED + 100, b"hello")])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-header-parent-on-dynamic",
        title: "A dynamic VHD that names a parent",
        about: "It stands alone, but its header still has the identity of a parent, as after a merge.",
        shows: &["vhd.header.parent-on-dynamic"],
        faults: &["vhd.header.parent-on-dynamic"],
        changes: &[Header(&[(at::PARENT_ID, b"a former parent!")])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-locator-unused-dirty",
        title: "An unused parent locator with bytes in it",
        about: "The first locator has no platform code, so it is not used, but it has a length.",
        shows: &["vhd.locator.unused-dirty"],
        faults: &["vhd.locator.unused-dirty"],
        changes: &[Header(&[(at::LOCATOR_LENGTH, &20_u32.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-bat-outside-file",
        title: "A table outside of the file",
        about: "The header says that the block allocation table is at byte 2^40.",
        shows: &["vhd.bat.outside-file"],
        faults: &["vhd.bat.outside-file"],
        changes: &[Header(&[(at::TABLE, &(1_u64 << 40).to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-bat-unaligned",
        title: "A table off the sector boundary",
        about: "A copy of the table at byte 2049 counts, one byte behind a sector boundary.",
        shows: &["vhd.bat.unaligned"],
        faults: &["vhd.bat.unaligned"],
        changes: &[Copy(1536, 512, 2049), Header(&[(at::TABLE, &2049_u64.to_be_bytes())])],
        ..ROOMY
    },
    Sample {
        name: "vhd-finding-bat-overlaps",
        title: "A table inside the header",
        about: "The table is said to be at byte 1024, which belongs to the header. What is read there as entries \
                leads into the header, too.",
        shows: &["vhd.bat.overlaps"],
        faults: &["vhd.bat.entry-in-metadata", "vhd.bat.overlaps"],
        changes: &[Header(&[(at::TABLE, &1024_u64.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-bat-too-small",
        title: "A table that is too small for the disk",
        about: "The disk has 17 blocks, the table 16 entries: the last block cannot be written.",
        shows: &["vhd.bat.too-small"],
        faults: &["vhd.bat.too-small"],
        changes: &[Header(&[(at::ENTRIES, &(BLOCKS - 1).to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-bat-too-large",
        title: "A table with an entry to spare",
        about: "The disk has 17 blocks, the table 18 entries. That is legal.",
        shows: &["vhd.bat.too-large"],
        changes: &[Header(&[(at::ENTRIES, &(BLOCKS + 1).to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-bat-absurd",
        title: "A table for more than the format can hold",
        about: "The table has entries for blocks beyond 2 TiB, where no sector number leads.",
        build: |sample| large(sample, 64),
        shows: &["vhd.bat.absurd"],
        faults: &["vhd.bat.absurd"],
        ..LARGE
    },
];
