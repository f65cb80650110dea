//! Raw samples that show one finding on partition tables each: the disks that they start from.

pub(super) mod dynamic;
pub(super) mod general;
pub(super) mod gpt;
pub(super) mod labels;
pub(super) mod mbr;

use super::change::Change;
use super::{Sample, SampleFile};
use crate::disk::{Disk, SECTOR};
use crate::mbr::{Partition, Table, kind};
use crate::uuid::Uuid;
use crate::volumes::swap::Swap;

/// Sectors of the small disks.
const SECTORS: u32 = 256;

/// First sector of the partition of a disk that has one only; the rest of the disk is in it.
const FIRST: u32 = 8;

/// Signature of the disks with an MBR.
const SIGNATURE: u32 = 0x5f10_c2d7;

/// A raw disk of that many sectors.
const fn disk_of(sectors: u32) -> Sample {
    Sample { virtual_size: sectors as u64 * SECTOR, ..Sample::FINDING }
}

/// The image of a disk.
fn image(sample: &Sample, disk: &Disk) -> Vec<SampleFile> {
    vec![sample.file(".img", disk.to_bytes())]
}

/// Swap space of that many sectors.
fn swap(sectors: u32) -> Disk {
    Swap {
        bytes: u64::from(sectors) * SECTOR,
        id: Uuid(0x6e21_d3e8_4f70_4a91_b2c3_d4e5_f607_1829),
        label: "swap",
    }
    .build()
}

/// A disk with one partition of that type, with swap space in it.
fn one_partition(sample: &Sample, type_id: u8, first: u32, count: u32, swap_sectors: u32) -> Vec<SampleFile> {
    let mut disk = Disk::new(sample.virtual_size);
    Table::new(SIGNATURE, vec![Partition::new(type_id, first, count)]).write(&mut disk);
    disk.place(u64::from(first) * SECTOR, &swap(swap_sectors));
    image(sample, &disk)
}

/// A disk with one partition, with swap space of Linux in it.
const ONE: Sample = Sample {
    build: |sample| one_partition(sample, kind::SWAP, FIRST, SECTORS - FIRST, SECTORS - FIRST),
    ..disk_of(SECTORS)
};
