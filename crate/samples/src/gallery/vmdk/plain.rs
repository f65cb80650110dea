//! Disks without a parent, in one file or several.

use super::{FLAT_VOLUMES, Sample, TWIN_VOLUMES, Volume, files, mib, monolithic, monolithic_flat, twin_disk};
use crate::disk::{Disk, GIB, MIB, SECTOR};
use crate::mbr::{self, Partition, kind};
use crate::uuid::Uuid;
use crate::vmdk::link::{Link, Storage};
use crate::vmdk::{Grains, SPLIT_SECTORS};
use crate::volumes::btrfs::Btrfs;
use crate::volumes::exfat::Exfat;
use crate::volumes::ext::{Ext, Version};
use crate::volumes::lvm::Lvm;
use crate::volumes::ntfs::Ntfs;

pub(in super::super) const MONOLITHIC_SPARSE: Sample = Sample {
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

pub(in super::super) const SIDE_BY_SIDE: Sample = Sample {
    name: "vmdk-side-by-side",
    title: "The same disk twice: as a sparse VMDK, 64 MiB, MBR with FAT16 and ext2",
    about: "Its twin vhd-side-by-side holds the same sectors as a dynamic VHD. Here the units are smaller, and all \
            numbers have their least significant byte first.",
    format: "vmdk",
    variant: "monolithicSparse",
    virtual_size: 64 * MIB,
    volumes: TWIN_VOLUMES,
    build: |sample| {
        let disk = twin_disk();
        vec![sample.file(".vmdk", monolithic(sample, 0x5d7e_9286, disk.sectors()).write(&disk))]
    },
    ..Sample::PLAIN
};

pub(in super::super) const MONOLITHIC_SPARSE_V2: Sample = Sample {
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

pub(in super::super) const MONOLITHIC_FLAT: Sample = Sample {
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

pub(in super::super) const TWO_GB_SPARSE: Sample = Sample {
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

pub(in super::super) const TWO_GB_FLAT: Sample = Sample {
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

pub(in super::super) const FLAT_WITHOUT_EXTENT: Sample = Sample {
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

pub(in super::super) const EXTENT_ALONE: Sample = Sample {
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
