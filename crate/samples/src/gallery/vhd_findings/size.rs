//! Findings on the size of the disk.

use super::Change::{Footers, Insert, Remove};
use super::footer_at as at;
use super::{
    Creator, DISK_BYTES, DYNAMIC, Dynamic, FIXED, GIB, ID, LARGE, MIB, NEW, Sample, dynamic, without_blocks,
};

const ABSURD: [u8; 8] = (1_u64 << 60).to_be_bytes();
/// 65535 cylinders, 16 heads, 255 sectors.
const LARGEST: [u8; 4] = [0xff, 0xff, 16, 255];

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "vhd-finding-footer-shrunk",
        title: "A disk that was shrunk",
        about: "The original size is 1 MiB more than the current size.",
        shows: &["vhd.footer.shrunk"],
        faults: &["vhd.footer.shrunk"],
        changes: &[Footers(&[(at::ORIGINAL_SIZE, &(DISK_BYTES + MIB).to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-size-unaligned",
        title: "A disk that does not end at a sector boundary",
        about: "The current size is one byte more than a whole number of sectors.",
        virtual_size: DISK_BYTES - 511,
        shows: &["vhd.footer.size-unaligned"],
        faults: &["vhd.footer.size-unaligned"],
        changes: &[Footers(&[
            (at::ORIGINAL_SIZE, &(DISK_BYTES - 511).to_be_bytes()),
            (at::CURRENT_SIZE, &(DISK_BYTES - 511).to_be_bytes()),
            (at::CYLINDERS, &255_u16.to_be_bytes()),
        ])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-size-zero",
        title: "A disk of no bytes",
        about: "The current size is 0, and so is the geometry.",
        virtual_size: 0,
        shows: &["partition.disk.too-small", "vhd.footer.size-zero"],
        faults: &["partition.disk.too-small", "vhd.footer.size-zero"],
        changes: &[Footers(&[(at::ORIGINAL_SIZE, &[0; 20])])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-footer-size-over-2040-gib",
        title: "A disk of 2041 GiB",
        about: "Hyper-V and qemu take 2040 GiB at most. The table is small because a block has 256 MiB.",
        virtual_size: 2041 * GIB,
        shows: &["vhd.footer.size-over-2040-gib"],
        faults: &["vhd.footer.size-over-2040-gib"],
        ..LARGE
    },
    Sample {
        name: "vhd-finding-footer-size-beyond-table",
        title: "A disk of more than 2 TiB",
        about: "A table entry can name 2^32 sectors of the file: no more than 2 TiB.",
        virtual_size: 2049 * GIB,
        shows: &["vhd.footer.size-beyond-table"],
        faults: &["vhd.footer.size-beyond-table"],
        ..LARGE
    },
    Sample {
        name: "vhd-finding-footer-size-absurd",
        title: "A disk of an exbibyte",
        about: "The current size is a number that no disk has. It would be valid in every other respect.",
        virtual_size: 1 << 60,
        shows: &["vhd.footer.size-absurd"],
        faults: &["vhd.bat.too-small", "vhd.footer.size-absurd"],
        changes: &[Footers(&[
            (at::ORIGINAL_SIZE, &ABSURD),
            (at::CURRENT_SIZE, &ABSURD),
            (at::GEOMETRY, &LARGEST),
        ])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-size-two-sizes",
        title: "A disk of two sizes",
        about: "The size field says 8 MiB. The geometry, which Virtual PC goes by, gives 32 KiB less.",
        virtual_size: 8 * MIB,
        build: |sample| {
            let image = Dynamic::new(8 * MIB, Creator::VIRTUAL_PC_2007, ID);
            without_blocks(sample, &image)
        },
        shows: &["vhd.size.two-sizes"],
        ..DYNAMIC
    },
    Sample {
        name: "vhd-finding-geometry-larger-than-disk",
        title: "A geometry beyond the end of the disk",
        about: "300 cylinders instead of 256: whoever goes by the geometry reads past the end.",
        shows: &["vhd.geometry.larger-than-disk"],
        faults: &["vhd.geometry.larger-than-disk"],
        changes: &[Footers(&[(at::CYLINDERS, &300_u16.to_be_bytes())])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-geometry-unusual",
        title: "A geometry that nobody else computes",
        about: "16 sectors per track, where the algorithm of the specification gives 17 for a disk of this size.",
        shows: &["vhd.geometry.unusual"],
        changes: &[Footers(&[(at::SECTORS, &[16])])],
        ..NEW
    },
    Sample {
        name: "vhd-finding-geometry-zero",
        title: "A disk without a geometry",
        about: "Cylinders, heads and sectors are 0, as openvmm writes them.",
        build: |sample| without_blocks(sample, &dynamic(Creator::OPENVMM)),
        shows: &["vhd.geometry.zero"],
        ..DYNAMIC
    },
    Sample {
        name: "vhd-finding-fixed-truncated",
        title: "A fixed VHD that lacks a part of its disk",
        about: "4 KiB in front of the footer are gone.",
        shows: &["vhd.fixed.truncated"],
        faults: &["vhd.fixed.truncated"],
        changes: &[Remove(-512 - 4096, 4096)],
        ..FIXED
    },
    Sample {
        name: "vhd-finding-fixed-oversize",
        title: "A fixed VHD with bytes between disk and footer",
        about: "The disk ends 4 KiB before the footer begins.",
        shows: &["vhd.fixed.oversize"],
        faults: &["vhd.fixed.oversize"],
        changes: &[Insert(-512, 4096)],
        ..FIXED
    },
];
