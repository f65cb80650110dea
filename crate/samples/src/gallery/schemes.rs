//! Raw samples of disks that other machines than PCs partitioned, or that a PC starts from: healthy ones.

use super::{Sample, SampleFile, Volume, mib};
use crate::disk::{Disk, MIB, SECTOR};
use crate::eltorito::{self, platform};
use crate::labels::{Partition, apm, atari, bsd, dasd, sgi, sun};
use crate::ldm::{self, Group, Layout};
use crate::mbr::{self, kind};
use crate::record::Record;
use crate::uuid::Uuid;
use crate::volumes::ext::{Ext, Version};
use crate::volumes::fat::{Fat, Width};
use crate::volumes::iso9660::Iso9660;
use crate::volumes::ntfs::Ntfs;
use crate::volumes::swap::Swap;

const EXT_ID: Uuid = Uuid(0xd5a8_4c1f_b6e7_4108_8a3b_4c5d_6e7f_8091);
const EXT_UUID: &str = "d5a84c1f-b6e7-4108-8a3b-4c5d6e7f8091";
const SWAP_ID: Uuid = Uuid(0xe6b9_5d20_c7f8_4219_9b4c_5d6e_7f80_91a2);
const SWAP_UUID: &str = "e6b95d20-c7f8-4219-9b4c-5d6e7f8091a2";

fn ext2() -> Disk {
    Ext { version: Version::Ext2, bytes: MIB, block_bytes: 1024, id: EXT_ID, label: "root" }.build()
}

const fn ext2_at(sector: u64) -> Volume {
    Volume::new(sector * SECTOR, "ext2", "root", EXT_UUID)
}

fn swap() -> Disk {
    Swap { bytes: MIB, id: SWAP_ID, label: "swap" }.build()
}

const fn swap_at(sector: u64) -> Volume {
    Volume::new(sector * SECTOR, "swap", "swap", SWAP_UUID)
}

/// A disk with ext2 at one sector and swap space at another, and then a table.
fn two_volumes(sample: &Sample, table: impl Fn(&mut Disk)) -> Vec<SampleFile> {
    let mut disk = Disk::new(sample.virtual_size);
    table(&mut disk);
    for (volume, bytes) in sample.volumes.iter().zip([ext2(), swap()]) {
        disk.place(volume.offset, &bytes);
    }
    vec![sample.file(".img", disk.to_bytes())]
}

pub(super) const APM: Sample = Sample {
    name: "raw-apm",
    title: "Raw disk with an Apple partition map and ext2",
    about: "A disk of a Power Macintosh with Linux. The map is its own first entry, and every block of the disk belongs \
            to an entry, the unused ones too.",
    virtual_size: 2 * MIB,
    volumes: &[ext2_at(64)],
    build: |sample| {
        let partition =
            |kind, name, first, count, status| apm::Partition { kind, name, first, count, status };
        let mut disk = Disk::new(sample.virtual_size);
        apm::write(
            &mut disk,
            512,
            63,
            &[
                partition("Apple_UNIX_SVR2", "Linux", 64, mib(1), apm::USABLE),
                partition("Apple_Free", "Extra", 64 + mib(1), mib(1) - 64, 0),
            ],
        );
        disk.place(64 * SECTOR, &ext2());
        vec![sample.file(".img", disk.to_bytes())]
    },
    ..Sample::PLAIN
};

pub(super) const BSD: Sample = Sample {
    name: "raw-bsd",
    title: "Raw disk with a BSD disklabel in an MBR slice",
    about: "The MBR has one slice; the label in its second sector divides it once more. Partition c is the slice itself.",
    virtual_size: 3 * MIB + 64 * SECTOR,
    volumes: &[ext2_at(64 + 64), swap_at(64 + 64 + 2048)],
    build: |sample| {
        two_volumes(sample, |disk| {
            let count = disk.sectors() as u32 - 64;
            let slice = mbr::Partition::new(0xa6, 64, count).active();
            mbr::Table::new(0x70a2_94c6, vec![slice]).write(disk);
            let partitions = [
                Partition::new(17, 128, mib(1)),
                Partition::new(bsd::kind::SWAP, 128 + mib(1), mib(1)),
                Partition::new(bsd::kind::UNUSED, 64, count),
            ];
            bsd::write(disk, 64, count, &partitions);
        })
    },
    ..Sample::PLAIN
};

pub(super) const SUN: Sample = Sample {
    name: "raw-sun",
    title: "Raw disk with the label of a SPARC machine",
    about: "Slices begin at cylinders. The third one is the whole disk, as on every Sun.",
    virtual_size: 3 * MIB,
    volumes: &[ext2_at(64), swap_at(64 + 2048)],
    build: |sample| {
        two_volumes(sample, |disk| {
            let whole = disk.sectors() as u32;
            let slices = [
                Partition::new(sun::kind::LINUX, 64, mib(1)),
                Partition::new(0x82, 64 + mib(1), mib(1)),
                Partition::new(sun::kind::WHOLE, 0, whole),
            ];
            sun::write_sparc(disk, 4, 16, &slices);
        })
    },
    ..Sample::PLAIN
};

pub(super) const SOLARIS: Sample = Sample {
    name: "raw-solaris",
    title: "Raw disk with a Solaris partition on a PC",
    about: "The partition has a table of contents in its second sector, whose slices count from the partition.",
    virtual_size: 3 * MIB + 64 * SECTOR,
    volumes: &[ext2_at(64 + 64), swap_at(64 + 64 + 2048)],
    build: |sample| {
        two_volumes(sample, |disk| {
            let count = disk.sectors() as u32 - 64;
            mbr::Table::new(0x81b3_a5d7, vec![mbr::Partition::new(0xbf, 64, count).active()]).write(disk);
            let slices = [
                Partition::new(sun::kind::ROOT, 64, mib(1)),
                Partition::new(sun::kind::SWAP, 64 + mib(1), mib(1)),
                Partition::new(sun::kind::WHOLE, 0, count),
            ];
            sun::write_x86(disk, 64, &slices);
        })
    },
    ..Sample::PLAIN
};

pub(super) const SGI: Sample = Sample {
    name: "raw-sgi",
    title: "Raw disk with an SGI volume header",
    about: "Partition 9 is the volume header with the programs that the firmware starts, partition 11 the whole disk.",
    virtual_size: 3 * MIB,
    volumes: &[ext2_at(1024), swap_at(1024 + 2048)],
    build: |sample| {
        two_volumes(sample, |disk| {
            let whole = disk.sectors() as u32;
            let partitions = [
                (1, Partition::new(sun::kind::LINUX, 1024, mib(1))),
                (2, Partition::new(sgi::kind::LINUX_SWAP, 1024 + mib(1), mib(1))),
                (9, Partition::new(sgi::kind::HEADER, 0, 1024)),
                (11, Partition::new(sgi::kind::VOLUME, 0, whole)),
            ];
            sgi::write(disk, &partitions);
        })
    },
    ..Sample::PLAIN
};

pub(super) const ATARI: Sample = Sample {
    name: "raw-atari",
    title: "Raw disk with the root sector of an Atari",
    about: "One partition is in the root sector; the other two are in a chain, each behind a root sector of its own. \
            Nothing marks the disk but the kinds of its partitions.",
    virtual_size: 4 * MIB,
    volumes: &[ext2_at(2048 + 4), swap_at(2048 + 4 + 2049)],
    build: |sample| {
        two_volumes(sample, |disk| {
            let (start, end) = (2048 + 3, disk.sectors() as u32);
            let inside = [("LNX", start + 1, mib(1)), ("SWP", start + 2 + mib(1), mib(1))];
            atari::write(disk, &[("RAW", 2, 2048)], Some(((start, end - start), &inside)));
        })
    },
    ..Sample::PLAIN
};

/// Sectors of a track of the mainframe's disk.
const TRACK: u64 = dasd::TRACK * dasd::BLOCK / SECTOR;

pub(super) const DASD: Sample = Sample {
    name: "raw-dasd",
    title: "Raw disk of a mainframe with Linux",
    about: "The volume label and the table of contents are in EBCDIC. Sectors are blocks of 4096 bytes, and partitions \
            are data sets that take whole tracks.",
    virtual_size: 60 * TRACK * SECTOR,
    volumes: &[ext2_at(2 * TRACK), swap_at(30 * TRACK)],
    build: |sample| {
        two_volumes(sample, |disk| dasd::write(disk, "LNX001", &[("NATIVE", 2, 29), ("SWAP", 30, 59)]))
    },
    ..Sample::PLAIN
};

/// Where the simple volume is on the dynamic disk.
const SIMPLE_AT: u64 = ldm::DATA + 65;

pub(super) const LDM: Sample = Sample {
    name: "raw-ldm",
    title: "Raw dynamic disk of Windows",
    about: "The MBR has one entry for everything. The volumes are in a database in the last MiB, which every disk of the \
            group has: one is whole on this disk, the others need disks that are not here.",
    virtual_size: 4 * MIB,
    volumes: &[Volume::new(SIMPLE_AT * SECTOR, "ntfs", "Simple", "6A1B2C3D4E5F6071")],
    build: |sample| {
        let part = |disk, start| (disk, start, 512);
        let volume = |name, layout, size, parts, hint| ldm::Volume { name, layout, size, parts, hint };
        let group = Group {
            name: "Sample-Dg0",
            id: Uuid(0xf7ca_6e31_d809_432a_8c5d_6e7f_8091_a2b3),
            disks: vec![
                Uuid(0x08db_7f42_e91a_443b_9d6e_7f80_91a2_b3c4),
                Uuid(0x19ec_8053_fa2b_454c_ae7f_8091_a2b3_c4d5),
                Uuid(0x2afd_9164_0b3c_465d_bf80_91a2_b3c4_d5e6),
            ],
            volumes: vec![
                volume("Volume1", Layout::Concatenated, 2048, vec![(0, 65, 2048)], "D:"),
                volume("Volume2", Layout::Concatenated, 1024, vec![part(0, 2113), part(1, 65)], "E:"),
                volume("Stripe1", Layout::Striped, 1024, vec![part(0, 2625), part(1, 577)], "F:"),
                volume("Raid1", Layout::Raid5, 1024, vec![part(0, 3137), part(1, 1089), part(2, 65)], "G:"),
                volume("Mirror1", Layout::Mirrored, 512, vec![part(1, 1601), part(2, 577)], "H:"),
            ],
        };
        let mut disk = Disk::new(sample.virtual_size);
        let count = disk.sectors() - ldm::DATABASE - ldm::DATA;
        let all = mbr::Partition::new(0x42, ldm::DATA as u32, count as u32);
        mbr::Table::new(0x92c4_b6e8, vec![all]).write(&mut disk);
        group.write(&mut disk, 0);
        let ntfs = Ntfs {
            sectors: mib(1).into(),
            hidden_sectors: SIMPLE_AT as u32,
            cluster_sectors: 8,
            serial: 0x6a1b_2c3d_4e5f_6071,
            label: "Simple",
        };
        disk.place(SIMPLE_AT * SECTOR, &ntfs.build());
        vec![sample.file(".img", disk.to_bytes())]
    },
    ..Sample::PLAIN
};

pub(super) const ISO_BOOT: Sample = Sample {
    name: "raw-iso-boot",
    title: "ISO 9660 image that starts on a BIOS and with UEFI",
    about: "The boot record leads to a catalogue, and the catalogue to an image for each kind of machine.",
    virtual_size: 26 * eltorito::SECTOR,
    volumes: &[Volume::new(0, "iso9660", "BOOT", "2024-05-17-09-30-00-00")],
    build: |sample| {
        let iso = Iso9660 {
            label: "BOOT",
            written: "2024051709300000",
            file: "README.TXT",
            text: "A disc that starts nothing.\r\n",
        };
        let mut disk = Disk::new(sample.virtual_size);
        disk.place(0, &iso.build());
        eltorito::write(&mut disk, 23, (platform::BIOS, 24, 4), &[(platform::UEFI, 25, 4)]);
        vec![sample.file(".iso", disk.to_bytes())]
    },
    ..Sample::PLAIN
};

pub(super) const BOOT: Sample = Sample {
    name: "raw-boot",
    title: "Raw disk that GRUB 2 and UEFI start from",
    about: "Sector 0 begins as GRUB's boot code does and leads to the sector behind it; the first partition is what UEFI \
            looks for. There is no program in either.",
    virtual_size: 3 * MIB,
    volumes: &[Volume::new(64 * SECTOR, "vfat", "EFI", "A3B4-C5D6"), ext2_at(64 + 2048)],
    build: |sample| {
        let mut disk = Disk::new(sample.virtual_size);
        let partitions = vec![
            mbr::Partition::new(0xef, 64, mib(1)),
            mbr::Partition::new(kind::LINUX, 64 + mib(1), mib(1)),
        ];
        mbr::Table::new(0xa3d5_c7f9, partitions).write(&mut disk);
        let code = Record::new(440)
            .put(0, [0xeb, 0x63, 0x90])
            .le64(0x5c, 1)
            .put(0x180, "GRUB \0Geom\0Hard Disk\0Read\0 Error");
        disk.write(0, code);
        disk.write(SECTOR, [0x52, 0x56, 0xbe]);
        let fat = Fat {
            width: Width::Fat12,
            sectors: mib(1),
            hidden_sectors: 64,
            cluster_sectors: 2,
            serial: 0xa3b4_c5d6,
            label: "EFI",
        };
        disk.place(64 * SECTOR, &fat.build());
        disk.place((64 + 2048) * SECTOR, &ext2());
        vec![sample.file(".img", disk.to_bytes())]
    },
    ..Sample::PLAIN
};
