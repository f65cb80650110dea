//! Findings on the volumes of Linux.

use super::super::Sample;
use super::Change::{Put, Sealed};
use super::{FIRST_GRAIN, GRAIN, image, raw, sparse, sparse_image};
use crate::disk::{Disk, KIB, MIB, SECTOR};
use crate::mbr::{Partition, Table, kind};
use crate::uuid::Uuid;
use crate::volumes::btrfs::{self, Btrfs};
use crate::volumes::ext::{Ext, Version};
use crate::volumes::f2fs::{self, F2fs};
use crate::volumes::fat::{Fat, Width};
use crate::volumes::minix::{self, Minix};
use crate::volumes::swap::Swap;
use crate::volumes::xfs::{self, Xfs};

fn ext2(bytes: u64) -> Disk {
    Ext {
        version: Version::Ext2,
        bytes,
        block_bytes: 1024,
        id: Uuid(0x872c_4e60_82a4_4dc5_b1e3_0574_96b8_dafc),
        label: "archive",
    }
    .build()
}

/// An ext2 volume without a partition table.
const EXT: Sample = Sample { build: |sample| image(sample, &ext2(sample.virtual_size)), ..raw(256 * KIB) };

/// Byte offset of a field of its superblock.
const fn of_ext(offset: i64) -> i64 {
    1024 + offset
}

fn swap(sectors: u32) -> Disk {
    let id = Uuid(0x983d_5f71_93b5_4ed6_82f4_1685_a7c9_eb0d);
    Swap { bytes: u64::from(sectors) * SECTOR, id, label: "swap" }.build()
}

/// A swap area without a partition table.
const SWAP: Sample =
    Sample { build: |sample| image(sample, &swap((sample.virtual_size / SECTOR) as u32)), ..raw(128 * KIB) };

/// A disk with swap partitions at these sectors, of that many sectors; the areas in them may have others.
fn swap_partitions(sample: &Sample, firsts: &[u32], count: u32, area: u32) -> Vec<super::SampleFile> {
    let mut disk = Disk::new(sample.virtual_size);
    let partitions = firsts.iter().map(|first| Partition::new(kind::SWAP, *first, count)).collect();
    Table::new(0x94e2_710f, partitions).write(&mut disk);
    for first in firsts {
        disk.place(u64::from(*first) * SECTOR, &swap(area));
    }
    image(sample, &disk)
}

/// A Minix file system without a partition table.
const MINIX: Sample = Sample {
    build: |sample| image(sample, &Minix { blocks: (sample.virtual_size / KIB) as u16 }.build()),
    ..raw(128 * KIB)
};

const MINIX_STATE: i64 = (minix::SUPERBLOCK_OFFSET + minix::STATE_OFFSET).cast_signed();

/// The smallest XFS.
const XFS: Sample = Sample {
    build: |sample| {
        let xfs = Xfs {
            blocks: (sample.virtual_size / (4 * KIB)) as u32,
            sector_bytes: 512,
            id: Uuid(0xa94e_6082_a4c6_4fe7_9305_2796_b8da_fc1e),
            label: "projects",
        };
        sparse_image(sample, &xfs.build())
    },
    ..sparse(16 * MIB)
};

/// Btrfs on one device.
const BTRFS: Sample = Sample {
    build: |sample| {
        let btrfs = Btrfs {
            bytes: sample.virtual_size,
            id: Uuid(0xba5f_7193_b5d7_40f8_a416_38a7_c9eb_0d2f),
            device_id: Uuid(0xcb60_82a4_c6e8_4109_b527_49b8_dafc_1e30),
            label: "photos",
        };
        sparse_image(sample, &btrfs.build())
    },
    ..sparse(128 * MIB)
};

const BTRFS_BYTES: usize = btrfs::SUPERBLOCK_BYTES as usize;

/// F2FS.
const F2FS: Sample = Sample {
    build: |sample| {
        let id = Uuid(0xdc71_93b5_d7f9_421a_8638_5ac9_eb0d_2f41);
        sparse_image(sample, &F2fs { bytes: sample.virtual_size, id, label: "phone" }.build())
    },
    ..sparse(64 * MIB)
};

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "raw-finding-volume-ambivalent",
        title: "An ext2 volume with the boot sector of a FAT12 volume",
        about: "FAT12 was there first. Linux' formatter leaves the first sector to the boot loader, so both are sound.",
        shows: &["volume.signature.ambivalent"],
        faults: &["volume.signature.ambivalent"],
        build: |sample| {
            let fat = Fat {
                width: Width::Fat12,
                sectors: (sample.virtual_size / SECTOR) as u32,
                hidden_sectors: 0,
                cluster_sectors: 8,
                serial: 0x703d_b4f8,
                label: "OLD",
            };
            let mut disk = ext2(sample.virtual_size);
            disk.place(0, &fat.build().part(0, SECTOR));
            image(sample, &disk)
        },
        ..raw(1536 * KIB)
    },
    Sample {
        name: "raw-finding-volume-larger",
        title: "Swap space that is longer than its partition",
        about: "The area has 248 sectors, and the partition was made smaller since.",
        shows: &["volume.size.larger-than-partition"],
        faults: &["volume.size.larger-than-partition"],
        build: |sample| swap_partitions(sample, &[8], 200, 248),
        ..SWAP
    },
    Sample {
        name: "raw-finding-volume-uuid-twice",
        title: "Two swap areas with the same UUID",
        about: "One partition was copied into the other, byte by byte.",
        shows: &["volume.uuid.twice"],
        faults: &["volume.uuid.twice"],
        build: |sample| swap_partitions(sample, &[8, 128], 120, 120),
        ..SWAP
    },
    Sample {
        name: "raw-finding-volume-swap-hibernated",
        title: "Swap space with a sleeping system",
        about: "The signature is that of a system that was suspended to disk.",
        shows: &["volume.swap.hibernated"],
        faults: &["volume.swap.hibernated"],
        changes: &[Put(4086, b"S1SUSPEND\0")],
        ..SWAP
    },
    Sample {
        name: "raw-finding-volume-ext-dirty",
        title: "An ext2 volume that was not unmounted cleanly",
        about: "The state in the superblock does not say clean.",
        shows: &["volume.ext.dirty"],
        changes: &[Put(of_ext(0x3a), &[0])],
        ..EXT
    },
    Sample {
        name: "raw-finding-volume-ext-errors",
        title: "An ext2 volume on which Linux noticed errors",
        about: "The state in the superblock says so.",
        shows: &["volume.ext.errors"],
        faults: &["volume.ext.errors"],
        changes: &[Put(of_ext(0x3a), &[3])],
        ..EXT
    },
    Sample {
        name: "raw-finding-volume-features-unknown",
        title: "An ext4 volume with a feature that nobody knows",
        about: "The highest bit is set among the features that a reader must know.",
        shows: &["volume.features.unknown"],
        changes: &[Put(of_ext(0x63), &[0x80])],
        ..EXT
    },
    Sample {
        name: "raw-finding-volume-implausible",
        title: "An ext2 volume with more free blocks than there are",
        about: "65535 of 256 blocks are free.",
        shows: &["volume.superblock.implausible"],
        faults: &["volume.superblock.implausible"],
        changes: &[Put(of_ext(0x0c), &[0xff, 0xff])],
        ..EXT
    },
    Sample {
        name: "raw-finding-volume-time",
        title: "An ext2 volume that was made in 1970",
        about: "The clock of the machine was not set: the volume was made a minute after it began to count.",
        shows: &["volume.time.implausible"],
        faults: &["volume.time.implausible"],
        changes: &[Put(of_ext(0x108), &[60, 0, 0, 0])],
        ..EXT
    },
    Sample {
        name: "raw-finding-volume-state-dirty",
        title: "A Minix file system that was not unmounted cleanly",
        about: "The state in the superblock does not say clean.",
        shows: &["volume.state.dirty"],
        changes: &[Put(MINIX_STATE, &[0])],
        ..MINIX
    },
    Sample {
        name: "raw-finding-volume-state-errors",
        title: "A Minix file system with errors",
        about: "The state in the superblock says that errors were noticed.",
        shows: &["volume.state.errors"],
        faults: &["volume.state.errors"],
        changes: &[Put(MINIX_STATE, &[minix::CLEAN | minix::ERRORS])],
        ..MINIX
    },
    Sample {
        name: "vmdk-finding-volume-xfs-needs-repair",
        title: "An XFS volume that needs a repair",
        about: "The feature bit is set that keeps Linux from mounting it until xfs_repair has run.",
        shows: &["volume.xfs.needs-repair"],
        faults: &["volume.xfs.needs-repair"],
        // File types in directories, and the need of a repair.
        changes: &[Sealed(GRAIN, 512, xfs::seal, &[(216, &[0, 0, 0, 0x11])])],
        ..XFS
    },
    Sample {
        name: "vmdk-finding-volume-checksum",
        title: "A Btrfs volume whose superblock has a wrong checksum",
        about: "A letter of the label was changed.",
        shows: &["volume.superblock.checksum"],
        faults: &["volume.superblock.checksum"],
        changes: &[Put(FIRST_GRAIN + 0x12b, b"P")],
        ..BTRFS
    },
    Sample {
        name: "vmdk-finding-volume-btrfs-log",
        title: "A Btrfs volume with a log to replay",
        about: "The superblock leads to a tree of writes that are not yet in their places.",
        shows: &["volume.btrfs.log"],
        changes: &[Sealed(GRAIN, BTRFS_BYTES, btrfs::seal, &[(0x60, &[0, 0, 0x40, 1])])],
        ..BTRFS
    },
    Sample {
        name: "vmdk-finding-volume-set-member",
        title: "One of two devices of a Btrfs volume",
        about: "The superblock counts two devices, and the other one is not in the image.",
        shows: &["volume.set.member"],
        changes: &[Sealed(GRAIN, BTRFS_BYTES, btrfs::seal, &[(0x88, &[2])])],
        ..BTRFS
    },
    Sample {
        name: "vmdk-finding-volume-copy-differs",
        title: "A Btrfs volume with the copy of another one's superblock",
        about: "The copy at 64 MiB has another id: it is left over from before the disk was formatted anew.",
        shows: &["volume.copy.differs"],
        faults: &["volume.copy.differs"],
        changes: &[Sealed(2 * GRAIN, BTRFS_BYTES, btrfs::seal, &[(0x20, &[0x11; 16])])],
        ..BTRFS
    },
    Sample {
        name: "vmdk-finding-volume-superblock-lost",
        title: "An F2FS volume whose first superblock is lost",
        about: "It is overwritten with zeros. The copy at byte 5120 is intact.",
        shows: &["volume.superblock.lost"],
        faults: &["volume.superblock.lost"],
        changes: &[Put(FIRST_GRAIN + f2fs::SUPERBLOCKS[0].cast_signed(), &[0; 3072])],
        ..F2FS
    },
];
