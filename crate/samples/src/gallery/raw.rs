//! Raw samples: disks byte by byte.

use super::{Sample, Volume, mib};
use crate::disk::{Disk, KIB, MIB, SECTOR};
use crate::gpt;
use crate::mbr::{self, Partition, kind};
use crate::uuid::Uuid;
use crate::volumes::exfat::Exfat;
use crate::volumes::ext::{Ext, Version};
use crate::volumes::fat::{Fat, Width};
use crate::volumes::iso9660::Iso9660;
use crate::volumes::luks::Luks2;
use crate::volumes::ntfs::Ntfs;
use crate::volumes::swap::Swap;
use crate::volumes::xfs::Xfs;

/// A FAT12 volume that starts at 1 MiB.
fn fat12(sectors: u32) -> Disk {
    Fat {
        width: Width::Fat12,
        sectors,
        hidden_sectors: mib(1),
        cluster_sectors: 2,
        serial: 0x7b6a_5948,
        label: "DOS",
    }
    .build()
}

const FAT12: Volume = Volume::new(MIB, "vfat", "DOS", "7B6A-5948");

const MBR_VOLUMES: &[Volume] = &[
    FAT12,
    Volume::new(3 * MIB, "ext2", "home", "c0849502-b1c0-4fdf-8eec-0c1b2a394857"),
    Volume::new(5 * MIB, "swap", "swap", "d195a613-c2d1-40e0-9ffd-1d2c3b4a5968"),
    Volume::new(7 * MIB, "ntfs", "Windows", "3C5D7E9F01234567"),
];

/// The table of the disk with an extended partition.
fn mbr_table() -> mbr::Table {
    mbr::Table::new(
        0xc274_06ab,
        vec![
            Partition::new(kind::FAT12, mib(1), mib(1)).active(),
            Partition::new(kind::EXTENDED, mib(2), mib(6)),
        ],
    )
    .with_logicals(vec![
        Partition::new(kind::LINUX, mib(3), mib(1)),
        Partition::new(kind::SWAP, mib(5), mib(1)),
        Partition::new(kind::NTFS, mib(7), mib(1)),
    ])
}

fn mbr_disk() -> Disk {
    let mut disk = Disk::new(8 * MIB);
    mbr_table().write(&mut disk);
    let ext = Ext {
        version: Version::Ext2,
        bytes: MIB,
        block_bytes: 1024,
        id: Uuid(0xc084_9502_b1c0_4fdf_8eec_0c1b_2a39_4857),
        label: "home",
    };
    let swap = Swap { bytes: MIB, id: Uuid(0xd195_a613_c2d1_40e0_9ffd_1d2c_3b4a_5968), label: "swap" };
    let ntfs = Ntfs {
        sectors: mib(1).into(),
        hidden_sectors: mib(7),
        cluster_sectors: 8,
        serial: 0x3c5d_7e9f_0123_4567,
        label: "Windows",
    };
    disk.place(MIB, &fat12(mib(1)));
    disk.place(3 * MIB, &ext.build());
    disk.place(5 * MIB, &swap.build());
    disk.place(7 * MIB, &ntfs.build());
    disk
}

pub(super) const MBR: Sample = Sample {
    name: "raw-mbr",
    title: "Raw disk, 8 MiB, MBR with one primary and three logical partitions",
    about: "The table has four entries. The logical partitions form a chain: each boot record announces its own \
            partition and the next record.",
    virtual_size: 8 * MIB,
    volumes: MBR_VOLUMES,
    build: |sample| vec![sample.file(".img", mbr_disk().to_bytes())],
    ..Sample::PLAIN
};

const GPT_VOLUMES: &[Volume] = &[
    Volume::new(MIB, "exfat", "Shared", "52B9-7F3E"),
    Volume::new(2 * MIB, "ext2", "data", "e2a6b724-d3e2-41f1-a00e-2e3d4c5b6a79"),
];

fn gpt_disk() -> Disk {
    let mut disk = Disk::new(4 * MIB);
    gpt::Table::new(
        Uuid(0x10b5_d7f9_1b3d_4f5e_8a7c_9e0d_2f41_6385),
        vec![
            gpt::Partition {
                kind: gpt::kind::BASIC_DATA,
                id: Uuid(0x21c6_e80a_2c4e_406f_9b8d_af1e_3052_7496),
                first: mib(1).into(),
                last: u64::from(mib(2)) - 1,
                attributes: 0,
                name: "Microsoft basic data",
            },
            gpt::Partition {
                kind: gpt::kind::LINUX,
                id: Uuid(0x32d7_f91b_3d5f_4170_ac9e_b02f_4163_85a7),
                first: mib(2).into(),
                last: u64::from(mib(3)) - 1,
                attributes: 0,
                name: "Linux filesystem",
            },
        ],
    )
    .write(&mut disk);
    let exfat = Exfat {
        sectors: mib(1).into(),
        partition_offset: mib(1).into(),
        cluster_shift: 3,
        serial: 0x52b9_7f3e,
        label: "Shared",
    };
    let ext = Ext {
        version: Version::Ext2,
        bytes: MIB,
        block_bytes: 1024,
        id: Uuid(0xe2a6_b724_d3e2_41f1_a00e_2e3d_4c5b_6a79),
        label: "data",
    };
    disk.place(MIB, &exfat.build());
    disk.place(2 * MIB, &ext.build());
    disk
}

pub(super) const GPT_512: Sample = Sample {
    name: "raw-gpt-512",
    title: "Raw disk, 4 MiB, GPT with exFAT and ext2",
    about: "The protective MBR keeps old tools away; the table proper follows in the next sector, and once more at \
            the end of the disk.",
    virtual_size: 4 * MIB,
    volumes: GPT_VOLUMES,
    build: |sample| vec![sample.file(".img", gpt_disk().to_bytes())],
    ..Sample::PLAIN
};

pub(super) const GPT_4096: Sample = Sample {
    name: "raw-gpt-4096",
    title: "Raw disk with sectors of 4096 bytes, 18 MiB, GPT with XFS",
    about: "A copy of a 4Kn disk. The image does not say how large its sectors are; the place of the table does: \
            byte 4096 instead of 512.",
    shows: &["partition.sector-size"],
    virtual_size: 18 * MIB,
    volumes: &[Volume::new(MIB, "xfs", "scratch", "f3b7c835-e4f3-4202-b11f-3f4e5d6c7b8a")],
    build: |sample| {
        const BLOCK: u64 = 4 * KIB;
        let mut disk = Disk::new(18 * MIB);
        let table = gpt::Table::new(
            Uuid(0x43e8_0a2c_4e60_4281_bdaf_c130_5274_96b8),
            vec![gpt::Partition {
                kind: gpt::kind::LINUX,
                id: Uuid(0x54f9_1b3d_5f71_4392_8eb0_d241_6385_a7c9),
                first: MIB / BLOCK,
                last: 17 * MIB / BLOCK - 1,
                attributes: 0,
                name: "Linux filesystem",
            }],
        );
        gpt::Table { sector_bytes: BLOCK, ..table }.write(&mut disk);
        let xfs = Xfs {
            blocks: (16 * MIB / BLOCK) as u32,
            sector_bytes: BLOCK as u16,
            id: Uuid(0xf3b7_c835_e4f3_4202_b11f_3f4e_5d6c_7b8a),
            label: "scratch",
        };
        disk.place(MIB, &xfs.build());
        vec![sample.file(".img", disk.to_bytes())]
    },
    ..Sample::PLAIN
};

pub(super) const VOLUME_EXFAT: Sample = Sample {
    name: "raw-volume-exfat",
    title: "Raw exFAT volume without a partition table, 2 MiB",
    about: "A memory card of some cameras: the volume starts in sector 0. Its boot region has a checksum and a copy.",
    virtual_size: 2 * MIB,
    volumes: &[Volume::new(0, "exfat", "CAMERA", "8D4F-2A61")],
    build: |sample| {
        let exfat = Exfat {
            sectors: mib(2).into(),
            partition_offset: 0,
            cluster_shift: 3,
            serial: 0x8d4f_2a61,
            label: "CAMERA",
        };
        vec![sample.file(".img", exfat.build().to_bytes())]
    },
    ..Sample::PLAIN
};

/// Sectors of 2048 bytes on the CD.
const ISO_BYTES: u64 = 23 * 2048;

pub(super) const ISO: Sample = Sample {
    name: "raw-iso",
    title: "ISO 9660 image with one file",
    about: "A CD has no UUID, so the moment of its writing serves as one. Most numbers on it are stored in both byte \
            orders.",
    virtual_size: ISO_BYTES,
    volumes: &[Volume::new(0, "iso9660", "DISKGLASS_TOOLS", "2024-05-17-09-30-00-00")],
    build: |sample| {
        let iso = Iso9660 {
            label: "DISKGLASS_TOOLS",
            written: "2024051709300000",
            file: "README.TXT",
            text: "A disc with one file.\r\n",
        };
        vec![sample.file(".iso", iso.build().to_bytes())]
    },
    ..Sample::PLAIN
};

pub(super) const LUKS: Sample = Sample {
    name: "raw-luks",
    title: "Raw LUKS2 volume, 2 MiB",
    about: "The header says how the data is encrypted and how keys are derived, not what the data is. It is there \
            twice, each with a SHA-256 over it.",
    virtual_size: 2 * MIB,
    volumes: &[Volume::new(0, "crypto_LUKS", "vault", "04c8d946-f504-4313-8220-405f6e7d8c9b")],
    build: |sample| {
        let luks =
            Luks2 { bytes: 2 * MIB, id: Uuid(0x04c8_d946_f504_4313_8220_405f_6e7d_8c9b), label: "vault" };
        vec![sample.file(".img", luks.build().to_bytes())]
    },
    ..Sample::PLAIN
};

pub(super) const GPT_PRIMARY_DAMAGED: Sample = Sample {
    name: "gpt-primary-damaged",
    title: "GPT with a damaged primary header",
    about: "The checksum of the first header does not match. Its backup at the end of the disk is good, and a tool \
            that looks there finds everything.",
    faults: &["gpt.header.checksum", "gpt.primary.invalid"],
    virtual_size: 4 * MIB,
    volumes: GPT_VOLUMES,
    build: |sample| {
        let mut bytes = gpt_disk().to_bytes();
        bytes[(SECTOR + gpt::HEADER_CRC_OFFSET) as usize] ^= 0x01;
        vec![sample.file(".img", bytes)]
    },
    ..Sample::PLAIN
};

pub(super) const GPT_BACKUP_MISSING: Sample = Sample {
    name: "gpt-backup-missing",
    title: "GPT on a disk that was enlarged",
    about: "The image grew by 1 MiB and its table did not: the backup stands where the disk used to end, and the new \
            space cannot be used.",
    faults: &["gpt.backup.not-at-end"],
    virtual_size: 5 * MIB,
    volumes: GPT_VOLUMES,
    build: |sample| vec![sample.file(".img", gpt_disk().grown(MIB).to_bytes())],
    ..Sample::PLAIN
};

pub(super) const MBR_CHAIN_LOOP: Sample = Sample {
    name: "mbr-chain-loop",
    title: "MBR whose chain of logical partitions runs in a circle",
    about: "The last boot record of the chain leads back to the second. A tool that does not count would follow it \
            for ever.",
    faults: &["mbr.ebr.loop"],
    virtual_size: 8 * MIB,
    volumes: MBR_VOLUMES,
    build: |sample| {
        let mut disk = mbr_disk();
        let table = mbr_table();
        let links: Vec<u64> =
            table.logicals.iter().map(|logical| mbr::link_offset(table.ebr(logical))).collect();
        // The first record's link leads to the second: now the third's does so too.
        let to_second = disk.read(links[0], mbr::ENTRY_BYTES);
        disk.write(links[2], to_second);
        vec![sample.file(".img", disk.to_bytes())]
    },
    ..Sample::PLAIN
};

/// A disk of 3 MiB with FAT12 up to `end`, and a second partition that should not be where it is.
fn two_partitions(end: u32, second: Partition) -> Vec<u8> {
    let mut disk = Disk::new(3 * MIB);
    let count = end - mib(1);
    mbr::Table::new(0xd385_17bc, vec![Partition::new(kind::FAT12, mib(1), count), second]).write(&mut disk);
    disk.place(MIB, &fat12(count));
    disk.to_bytes()
}

pub(super) const MBR_PAST_END: Sample = Sample {
    name: "mbr-past-end",
    title: "MBR with a partition beyond the end of the disk",
    about: "The second partition needs 4 MiB and the disk has 1 MiB left, as after a copy that was broken off.",
    faults: &["mbr.entry.past-end"],
    virtual_size: 3 * MIB,
    volumes: &[FAT12],
    build: |sample| {
        vec![sample.file(".img", two_partitions(mib(2), Partition::new(kind::LINUX, mib(2), mib(4))))]
    },
    ..Sample::PLAIN
};

pub(super) const MBR_OVERLAP: Sample = Sample {
    name: "mbr-overlap",
    title: "MBR with two partitions that overlap",
    about: "The second partition starts half a MiB before the first one ends: what is written to either destroys the \
            other.",
    faults: &["mbr.entry.overlap"],
    virtual_size: 3 * MIB,
    volumes: &[FAT12],
    build: |sample| {
        let end = mib(2) + mib(1) / 2;
        vec![sample.file(".img", two_partitions(end, Partition::new(kind::LINUX, mib(2), mib(1))))]
    },
    ..Sample::PLAIN
};
