//! VMDK samples.

use super::{Sample, SampleFile, Volume, mib};
use crate::disk::{Disk, GIB, MIB, SECTOR};
use crate::mbr::{self, Partition, kind};
use crate::uuid::Uuid;
use crate::vmdk::link::{Link, Storage};
use crate::vmdk::{Grains, Layout, SPLIT_SECTORS, Sparse};
use crate::volumes::btrfs::Btrfs;
use crate::volumes::exfat::Exfat;
use crate::volumes::ext::{Ext, Version};
use crate::volumes::fat::{Fat, Width};
use crate::volumes::lvm::Lvm;
use crate::volumes::ntfs::Ntfs;

/// A disk in one sparse extent with the descriptor inside.
fn monolithic(sample: &Sample, cid: u32, capacity: u64) -> Sparse {
    let link = Link::new(sample.name, Storage::MonolithicSparse, cid);
    link.sparse(capacity, Some(link.text(capacity)))
}

/// The files of a link.
fn files(link: &Link, disk: &Disk) -> Vec<SampleFile> {
    link.files(disk).into_iter().map(|(name, bytes)| SampleFile { name, bytes }).collect()
}

pub(super) const MONOLITHIC_SPARSE: Sample = Sample {
    name: "vmdk-monolithic-sparse",
    title: "Sparse VMDK in one file, 256 MiB, MBR with LVM2 and ext4",
    about: "The descriptor stands in the file, behind the header. Two grain directories lead to two sets of grain \
            tables with the same contents.",
    format: "vmdk",
    variant: "monolithicSparse",
    virtual_size: 256 * MIB,
    volumes: &[
        Volume {
            offset: MIB,
            kind: "LVM2_member",
            label: None,
            uuid: "q7Xf2K-9dLm-Wc4R-hT1v-Bz8N-yE6s-P3jGaU",
        },
        Volume::new(128 * MIB, "ext4", "backup", "8b3f4e5d-6c7b-4a8a-a998-b7c6d5e4f302"),
    ],
    build: |sample| {
        let mut disk = Disk::new(256 * MIB);
        mbr::Table::new(
            0x5b0d_9f34,
            vec![
                Partition::new(kind::LVM, mib(1), mib(127)).active(),
                Partition::new(kind::LINUX, mib(128), mib(128)),
            ],
        )
        .write(&mut disk);
        let lvm = Lvm {
            bytes: 127 * MIB,
            id: "q7Xf2K9dLmWc4RhT1vBz8NyE6sP3jGaU",
            group_id: "m4Zc8HtQ2pYv6WkL1nRb9XsD3fGj7AeU",
            volume_id: "T5uK1oJ8wNq3VyF6hCz0SxM2gBd9LrPi",
            group: "vg_data",
            volume: "root",
        };
        let ext = Ext {
            version: Version::Ext4,
            bytes: 128 * MIB,
            block_bytes: 4096,
            id: Uuid(0x8b3f_4e5d_6c7b_4a8a_a998_b7c6_d5e4_f302),
            label: "backup",
        };
        disk.place(MIB, &lvm.build());
        disk.place(128 * MIB, &ext.build());
        vec![sample.file(".vmdk", monolithic(sample, 0xfb18_3c20, disk.sectors()).write(&disk))]
    },
    ..Sample::PLAIN
};

pub(super) const MONOLITHIC_SPARSE_V2: Sample = Sample {
    name: "vmdk-monolithic-sparse-v2",
    title: "Sparse VMDK with zeroed grains (header version 2), 512 MiB, MBR with Btrfs",
    about: "Grains 2048 to 2063 were written and then filled with zeros: their table entries say 1 and they take no \
            space.",
    format: "vmdk",
    variant: "monolithicSparse",
    virtual_size: 512 * MIB,
    volumes: &[Volume::new(MIB, "btrfs", "pool", "9c40516e-7d8c-4b9b-8aa9-c8d7e6f50413")],
    build: |sample| {
        let mut disk = Disk::new(512 * MIB);
        mbr::Table::new(0x6c1e_a045, vec![Partition::new(kind::LINUX, mib(1), mib(511))]).write(&mut disk);
        let btrfs = Btrfs {
            bytes: 511 * MIB,
            id: Uuid(0x9c40_516e_7d8c_4b9b_8aa9_c8d7_e6f5_0413),
            device_id: Uuid(0xad51_627f_8e9d_4cac_9bba_d9e8_f706_1524),
            label: "pool",
        };
        disk.place(MIB, &btrfs.build());
        let zeroed = Grains { zeroed: (2048..2064).collect(), ..Grains::default() };
        let image = monolithic(sample, 0x0c29_4d31, disk.sectors()).with(zeroed);
        vec![sample.file(".vmdk", image.write(&disk))]
    },
    ..Sample::PLAIN
};

/// A disk of 3 MiB: MBR with ext2.
fn flat_disk() -> Disk {
    let mut disk = Disk::new(3 * MIB);
    mbr::Table::new(0x7d2f_b156, vec![Partition::new(kind::LINUX, mib(1), mib(2))]).write(&mut disk);
    let ext = Ext {
        version: Version::Ext2,
        bytes: 2 * MIB,
        block_bytes: 1024,
        id: Uuid(0xae62_7380_9fae_4dbd_acca_eaf9_0817_2635),
        label: "boot",
    };
    disk.place(MIB, &ext.build());
    disk
}

/// The descriptor of that disk in one flat extent, and the extent.
fn monolithic_flat(sample: &Sample) -> Vec<SampleFile> {
    files(&Link::new(sample.name, Storage::MonolithicFlat, 0x1d3a_5e42), &flat_disk())
}

const FLAT_VOLUMES: &[Volume] = &[Volume::new(MIB, "ext2", "boot", "ae627380-9fae-4dbd-acca-eaf908172635")];

pub(super) const MONOLITHIC_FLAT: Sample = Sample {
    name: "vmdk-monolithic-flat",
    title: "Flat VMDK, 3 MiB: a descriptor and the disk in a file of its own",
    about: "The descriptor is a text that one can read. The other file is the disk byte by byte; nothing in it says \
            that it belongs to a VMDK.",
    format: "vmdk",
    variant: "monolithicFlat",
    virtual_size: 3 * MIB,
    volumes: FLAT_VOLUMES,
    build: monolithic_flat,
    ..Sample::PLAIN
};

/// An ext3 volume of 127 MiB.
fn ext3() -> Disk {
    Ext {
        version: Version::Ext3,
        bytes: 127 * MIB,
        block_bytes: 4096,
        id: Uuid(0xbf73_8491_a0bf_4ece_bddb_fb0a_1928_3746),
        label: "mail",
    }
    .build()
}

const EXT3: Volume = Volume::new(MIB, "ext3", "mail", "bf738491-a0bf-4ece-bddb-fb0a19283746");

pub(super) const TWO_GB_SPARSE: Sample = Sample {
    name: "vmdk-two-gb-sparse",
    title: "Sparse VMDK split in files of 2 GB: 5 GiB in three extents, MBR with ext3 and NTFS",
    about: "The descriptor lists the extents in the order of the disk. The NTFS volume starts in the second and ends \
            in the third.",
    format: "vmdk",
    variant: "twoGbMaxExtentSparse",
    virtual_size: 5 * GIB,
    volumes: &[EXT3, Volume::new(2 * GIB, "ntfs", "Media", "1D2E3F405162738A")],
    build: |sample| {
        let mut disk = Disk::new(5 * GIB);
        mbr::Table::new(
            0x8e30_c267,
            vec![
                Partition::new(kind::LINUX, mib(1), mib(127)).active(),
                Partition::new(kind::NTFS, mib(2048), mib(3072)),
            ],
        )
        .write(&mut disk);
        let ntfs = Ntfs {
            sectors: mib(3072).into(),
            hidden_sectors: mib(2048),
            cluster_sectors: 8,
            serial: 0x1d2e_3f40_5162_738a,
            label: "Media",
        };
        disk.place(MIB, &ext3());
        disk.place(2 * GIB, &ntfs.build());
        files(&Link::new(sample.name, Storage::TWO_GB_SPARSE, 0x2e4b_6f53), &disk)
    },
    ..Sample::PLAIN
};

pub(super) const TWO_GB_FLAT: Sample = Sample {
    name: "vmdk-two-gb-flat",
    title: "Flat VMDK split in several files: 3 MiB in three extents, MBR with exFAT",
    about: "The same split with flat extents. Real ones have 2 GB each; these have 1 MiB, and the exFAT volume \
            reaches over two of them.",
    format: "vmdk",
    variant: "twoGbMaxExtentFlat",
    virtual_size: 3 * MIB,
    volumes: &[Volume::new(MIB, "exfat", "Photos", "61C8-0E9D")],
    build: |sample| {
        let mut disk = Disk::new(3 * MIB);
        mbr::Table::new(0x9f41_d378, vec![Partition::new(kind::NTFS, mib(1), mib(2))]).write(&mut disk);
        let exfat = Exfat {
            sectors: mib(2).into(),
            partition_offset: mib(1).into(),
            cluster_shift: 3,
            serial: 0x61c8_0e9d,
            label: "Photos",
        };
        disk.place(MIB, &exfat.build());
        files(&Link::new(sample.name, Storage::TwoGbMaxExtentFlat(MIB / SECTOR), 0x3f5c_7064), &disk)
    },
    ..Sample::PLAIN
};

pub(super) const FLAT_WITHOUT_EXTENT: Sample = Sample {
    name: "vmdk-flat-without-extent",
    title: "The descriptor of a flat VMDK without its data",
    about: "What people send when they are asked for the disk: the small file. It says which other file is needed.",
    format: "vmdk",
    variant: "monolithicFlat",
    complete: false,
    virtual_size: 3 * MIB,
    build: |sample| monolithic_flat(sample)[..1].to_vec(),
    ..Sample::PLAIN
};

pub(super) const EXTENT_ALONE: Sample = Sample {
    name: "vmdk-extent-alone",
    title: "The first extent of a split VMDK without its descriptor",
    about: "A sparse extent describes itself, so its part of the disk can be read. What other parts there are, only \
            the descriptor knows.",
    format: "vmdk",
    variant: "sparse-extent",
    complete: false,
    virtual_size: SPLIT_SECTORS * SECTOR,
    volumes: &[EXT3],
    build: |sample| {
        let mut disk = Disk::new(5 * GIB);
        mbr::Table::new(0xa052_e489, vec![Partition::new(kind::LINUX, mib(1), mib(127))]).write(&mut disk);
        disk.place(MIB, &ext3());
        vec![files(&Link::new(sample.name, Storage::TWO_GB_SPARSE, 0x4a6d_8175), &disk).swap_remove(1)]
    },
    ..Sample::PLAIN
};

/// What the damaged samples share: 64 MiB with two grain tables, MBR with FAT16.
const DAMAGED: Sample = Sample {
    format: "vmdk",
    variant: "monolithicSparse",
    virtual_size: 64 * MIB,
    volumes: &[Volume::new(MIB, "vfat", "DATA", "A57B-3E10")],
    ..Sample::PLAIN
};

/// A grain of that disk that is allocated, and one that is not.
const USED_GRAIN: u64 = 16;
const FREE_GRAIN: u64 = 300;
/// A place far behind the end of the file.
const PAST_END: u32 = 0x00ff_ff80;

/// That image as a file, and then the damage.
fn damaged(sample: &Sample, damage: impl FnOnce(&Sparse, &mut Vec<u8>)) -> Vec<SampleFile> {
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
    let image = monolithic(sample, 0x5b7e_9286, disk.sectors());
    let mut file = image.write(&disk);
    damage(&image, &mut file);
    vec![sample.file(".vmdk", file)]
}

/// Writes a table or directory entry.
fn set(file: &mut [u8], offset: u64, entry: u32) {
    file[offset as usize..][..4].copy_from_slice(&entry.to_le_bytes());
}

pub(super) const GT_MISMATCH: Sample = Sample {
    name: "vmdk-gt-mismatch",
    title: "Sparse VMDK whose grain table differs from its copy",
    about: "The copy of a grain table does not know a grain that the table knows, as after a crash between the two \
            writes.",
    faults: &["vmdk.grain-table.copy-differs"],
    build: |sample| damaged(sample, |image, file| set(file, image.layout().redundant_entry(USED_GRAIN), 0)),
    ..DAMAGED
};

pub(super) const GTE_PAST_END: Sample = Sample {
    name: "vmdk-gte-past-end",
    title: "Sparse VMDK with a grain beyond the end of the file",
    about: "A grain table and its copy agree on a place that the file does not have: 64 KiB of the disk are lost.",
    faults: &["vmdk.grain-table.entry-past-end"],
    build: |sample| {
        damaged(sample, |image, file| {
            set(file, image.layout().entry(FREE_GRAIN), PAST_END);
            set(file, image.layout().redundant_entry(FREE_GRAIN), PAST_END);
        })
    },
    ..DAMAGED
};

pub(super) const GDE_PAST_END: Sample = Sample {
    name: "vmdk-gde-past-end",
    title: "Sparse VMDK with a grain table beyond the end of the file",
    about: "The grain directory points to a table that the file does not have, and with it 32 MiB of the disk are \
            gone. The redundant directory still knows the way.",
    faults: &["vmdk.grain-directory.entry-past-end"],
    build: |sample| damaged(sample, |image, file| set(file, image.layout().directory_entry(1), PAST_END)),
    ..DAMAGED
};

pub(super) const GTE_DUPLICATE: Sample = Sample {
    name: "vmdk-gte-duplicate",
    title: "Sparse VMDK with a grain that is used twice",
    about: "Two entries of a grain table point to one place: a write to either changes both.",
    faults: &["vmdk.grain-table.entry-duplicate"],
    build: |sample| {
        damaged(sample, |image, file| {
            let layout = image.layout();
            for entry in [Layout::entry, Layout::redundant_entry] {
                let used = entry(&layout, USED_GRAIN) as usize;
                file.copy_within(used..used + 4, entry(&layout, FREE_GRAIN) as usize);
            }
        })
    },
    ..DAMAGED
};

pub(super) const FTP_ASCII: Sample = Sample {
    name: "vmdk-ftp-ascii",
    title: "Sparse VMDK after a transfer in text mode",
    about: "Four bytes of the header are there to be altered by transfers that take the file for text: a carriage \
            return has become a line feed.",
    faults: &["vmdk.header.newline"],
    build: |sample| damaged(sample, |_, file| file[75] = b'\n'),
    ..DAMAGED
};

pub(super) const EXTENT_SHORT: Sample = Sample {
    name: "vmdk-extent-short",
    title: "Flat VMDK whose data file is too short",
    about: "The descriptor promises 3 MiB, the data file has 2.5 MiB: the rest of the disk is missing.",
    variant: "monolithicFlat",
    faults: &["vmdk.extent.flat-short"],
    virtual_size: 3 * MIB,
    volumes: FLAT_VOLUMES,
    build: |sample| {
        let mut files = monolithic_flat(sample);
        files[1].bytes.truncate(5 * MIB as usize / 2);
        files
    },
    ..DAMAGED
};
