//! VMDK samples.

mod damaged;
mod plain;
mod sets;
mod snapshots;
mod streams;

pub(super) use damaged::{EXTENT_SHORT, FTP_ASCII, GDE_PAST_END, GT_MISMATCH, GTE_DUPLICATE, GTE_PAST_END};
pub(super) use plain::{
    EXTENT_ALONE, FLAT_WITHOUT_EXTENT, MONOLITHIC_FLAT, MONOLITHIC_SPARSE, MONOLITHIC_SPARSE_V2,
    SIDE_BY_SIDE, TWO_GB_FLAT, TWO_GB_SPARSE,
};
pub(super) use sets::{CHANGE_TRACKING, ENCODING, MIXED_SET, PARTITIONED_DEVICE, RENAMED};
pub(super) use snapshots::{COWD_SNAPSHOT, SESPARSE_SNAPSHOT, SNAPSHOTS, SPLIT_SNAPSHOT};
pub(super) use streams::{STREAM, STREAM_QEMU};

use super::{Sample, SampleFile, Volume, mib};
use crate::disk::{Disk, MIB};
use crate::mbr::{self, Partition, kind};
use crate::uuid::Uuid;
use crate::vmdk::Sparse;
use crate::vmdk::link::{Link, Storage};
use crate::volumes::ext::{Ext, Version};
use crate::volumes::fat::{Fat, Width};

/// A disk in one sparse extent with the descriptor inside.
fn monolithic(sample: &Sample, cid: u32, capacity: u64) -> Sparse {
    let link = Link::new(sample.name, Storage::MonolithicSparse, cid);
    link.sparse(capacity, Some(link.text(capacity)))
}

/// The files of a link.
fn files(link: &Link, disk: &Disk) -> Vec<SampleFile> {
    link.files(disk).into_iter().map(|(name, bytes)| SampleFile { name, bytes }).collect()
}

/// A disk of 3 MiB: MBR with ext2 of that label.
fn small_disk(label: &'static str) -> Disk {
    let mut disk = Disk::new(3 * MIB);
    mbr::Table::new(0x7d2f_b156, vec![Partition::new(kind::LINUX, mib(1), mib(2))]).write(&mut disk);
    let ext = Ext {
        version: Version::Ext2,
        bytes: 2 * MIB,
        block_bytes: 1024,
        id: Uuid(0xae62_7380_9fae_4dbd_acca_eaf9_0817_2635),
        label,
    };
    disk.place(MIB, &ext.build());
    disk
}

/// The descriptor of that disk in one flat extent, and the extent.
fn monolithic_flat(sample: &Sample) -> Vec<SampleFile> {
    files(&Link::new(sample.name, Storage::MonolithicFlat, 0x1d3a_5e42), &small_disk("boot"))
}

/// The volume on it.
const fn small_volume(label: &'static str) -> Volume {
    Volume::new(MIB, "ext2", label, "ae627380-9fae-4dbd-acca-eaf908172635")
}

const FLAT_VOLUMES: &[Volume] = &[small_volume("boot")];

/// A disk of 64 MiB: MBR with FAT16.
fn fat_disk() -> Disk {
    let mut disk = Disk::new(64 * MIB);
    mbr::Table::new(0xb163_f59a, vec![Partition::new(kind::FAT16, mib(1), mib(63))]).write(&mut disk);
    let volume = Fat {
        width: Width::Fat16,
        sectors: mib(63),
        hidden_sectors: mib(1),
        cluster_sectors: 4,
        serial: 0xa57b_3e10,
        label: "DATA",
    };
    disk.place(MIB, &volume.build());
    disk
}

const FAT_VOLUMES: &[Volume] = &[Volume::new(MIB, "vfat", "DATA", "A57B-3E10")];

/// The disk that is there as a VHD and as a VMDK: 64 MiB, MBR with FAT16 and, far from its start, ext2.
pub(super) fn twin_disk() -> Disk {
    let mut disk = Disk::new(64 * MIB);
    mbr::Table::new(
        0xc274_06ab,
        vec![
            Partition::new(kind::FAT16, mib(1), mib(31)).active(),
            Partition::new(kind::LINUX, mib(33), mib(2)),
        ],
    )
    .write(&mut disk);
    let volume = Fat {
        width: Width::Fat16,
        sectors: mib(31),
        hidden_sectors: mib(1),
        cluster_sectors: 4,
        serial: 0xb68c_4f21,
        label: "TWIN",
    };
    disk.place(MIB, &volume.build());
    let ext = Ext {
        version: Version::Ext2,
        bytes: 2 * MIB,
        block_bytes: 1024,
        id: Uuid(0xd084_95a2_c1d1_4fe0_9dec_0c1b_2a39_4857),
        label: "twin",
    };
    disk.place(33 * MIB, &ext.build());
    disk
}

/// The volumes on it.
pub(super) const TWIN_VOLUMES: &[Volume] = &[
    Volume::new(MIB, "vfat", "TWIN", "B68C-4F21"),
    Volume::new(33 * MIB, "ext2", "twin", "d08495a2-c1d1-4fe0-9dec-0c1b2a394857"),
];
