//! VHD samples.

use super::change::Change::{Entry, Put, Remove, Size};
use super::vmdk::{TWIN_VOLUMES, twin_disk};
use super::{Sample, SampleFile, Volume, mib};
use crate::disk::{Disk, GIB, MIB, SECTOR};
use crate::gpt;
use crate::mbr::{self, Partition, kind};
use crate::time::SINCE_2000;
use crate::uuid::Uuid;
use crate::vhd::{self, Creator, Dynamic, Locator, Parent};
use crate::volumes::ext::{Ext, Version};
use crate::volumes::fat::{Fat, Width};
use crate::volumes::ntfs::Ntfs;
use crate::volumes::swap::Swap;

pub(super) const FIXED: Sample = Sample {
    name: "vhd-fixed",
    title: "Fixed VHD, 3 MiB, MBR with FAT12",
    about: "The simplest VHD: the disk byte by byte, and one sector behind it, the footer, that says so. \
            Without that sector it is a raw image.",
    format: "vhd",
    variant: "fixed",
    virtual_size: 3 * MIB,
    shows: &["vhd.fixed.looks-raw"],
    volumes: &[Volume::new(MIB, "vfat", "DRIVERS", "4C1D-77A0")],
    build: |sample| {
        let id = Uuid(0x0b1d_4f6e_3a52_4c87_9d10_5e2f_7a8b_9c01);
        vec![sample.file(".vhd", vhd::fixed(&fixed_disk(), Creator::WINDOWS_8_1, id))]
    },
    ..Sample::PLAIN
};

fn fixed_disk() -> Disk {
    let mut disk = Disk::new(3 * MIB);
    mbr::Table::new(0x1c3e_5a78, vec![Partition::new(kind::FAT12, mib(1), mib(2)).active()]).write(&mut disk);
    let volume = Fat {
        width: Width::Fat12,
        sectors: mib(2),
        hidden_sectors: mib(1),
        cluster_sectors: 2,
        serial: 0x4c1d_77a0,
        label: "DRIVERS",
    };
    disk.place(MIB, &volume.build());
    disk
}

/// What the geometry of Virtual PC makes of 3 MiB.
const CHS_3_MIB: u64 = vhd::Geometry::of(3 * MIB / SECTOR).total_sectors();

pub(super) const FIXED_511: Sample = Sample {
    name: "vhd-fixed-511",
    title: "Fixed VHD of an early Virtual PC: a footer of 511 bytes, FAT16 at the first track",
    about: "Before 2004 the footer was one byte shorter, so this file is no whole number of sectors. \
            The partition starts at sector 17, the second track of a disk with 17 sectors per track.",
    format: "vhd",
    variant: "fixed",
    virtual_size: CHS_3_MIB * SECTOR,
    volumes: &[Volume::new(17 * SECTOR, "vfat", "WIN98", "3B52-1CE9")],
    build: |sample| {
        let geometry = vhd::Geometry::of(CHS_3_MIB);
        let first = u32::from(geometry.sectors);
        let count = CHS_3_MIB as u32 - first;
        let mut disk = Disk::new(CHS_3_MIB * SECTOR);
        let table =
            mbr::Table::new(0x0a94_6b2d, vec![Partition::new(kind::FAT16_SMALL, first, count).active()]);
        let old = mbr::Geometry { heads: geometry.heads.into(), sectors: geometry.sectors.into() };
        mbr::Table { geometry: old, ..table }.write(&mut disk);
        let volume = Fat {
            width: Width::Fat16,
            sectors: count,
            hidden_sectors: first,
            cluster_sectors: 1,
            serial: 0x3b52_1ce9,
            label: "WIN98",
        };
        disk.place(u64::from(first) * SECTOR, &volume.build());
        let id = Uuid(0x5a7c_9e01_6b24_4d38_8f5a_1b2c_3d4e_5f02);
        let mut file = vhd::fixed(&disk, Creator::VIRTUAL_PC_1, id);
        file.truncate(file.len() - (vhd::FOOTER_BYTES - vhd::SHORT_FOOTER_BYTES) as usize);
        vec![sample.file(".vhd", file)]
    },
    ..Sample::PLAIN
};

/// What the geometry of Virtual PC makes of 200 MiB: it would show its guest no more.
const CHS_200_MIB: u64 = vhd::Geometry::of(200 * MIB / SECTOR).total_sectors();

pub(super) const DYNAMIC: Sample = Sample {
    name: "vhd-dynamic",
    title: "Dynamic VHD, 200 MiB, MBR with NTFS and FAT32, and ext4 and swap in an extended partition",
    about: "Only 4 of its 100 blocks take space. Follow the block allocation table from a sector of the disk to its \
            place in the file, and the chain of boot records to the partitions 5 and 6.",
    format: "vhd",
    variant: "dynamic",
    virtual_size: CHS_200_MIB * SECTOR,
    volumes: &[
        Volume::new(MIB, "ntfs", "Windows", "5C0A1B2C3D4E5F60"),
        Volume::new(65 * MIB, "vfat", "EXCHANGE", "8E2A-41F7"),
        Volume::new(133 * MIB, "ext4", "debian-root", "6f1d2c3b-4a59-4e68-8776-95a4b3c2d1e0"),
        Volume::new(167 * MIB, "swap", "debian-swap", "7a2e3d4c-5b6a-4f79-9887-a6b5c4d3e2f1"),
    ],
    build: |sample| {
        let mut disk = Disk::new(CHS_200_MIB * SECTOR);
        mbr::Table::new(
            0x2f8b_6c01,
            vec![
                Partition::new(kind::NTFS, mib(1), mib(64)).active(),
                Partition::new(kind::FAT32, mib(65), mib(67)),
                Partition::new(kind::EXTENDED, mib(132), mib(67)),
            ],
        )
        .with_logicals(vec![
            Partition::new(kind::LINUX, mib(133), mib(32)),
            Partition::new(kind::SWAP, mib(167), mib(32)),
        ])
        .write(&mut disk);
        let ntfs = Ntfs {
            sectors: mib(64).into(),
            hidden_sectors: mib(1),
            cluster_sectors: 8,
            serial: 0x5c0a_1b2c_3d4e_5f60,
            label: "Windows",
        };
        let fat = Fat {
            width: Width::Fat32,
            sectors: mib(67),
            hidden_sectors: mib(65),
            cluster_sectors: 2,
            serial: 0x8e2a_41f7,
            label: "EXCHANGE",
        };
        let ext = Ext {
            version: Version::Ext4,
            bytes: 32 * MIB,
            block_bytes: 4096,
            id: Uuid(0x6f1d_2c3b_4a59_4e68_8776_95a4_b3c2_d1e0),
            label: "debian-root",
        };
        let swap = Swap {
            bytes: 32 * MIB,
            id: Uuid(0x7a2e_3d4c_5b6a_4f79_9887_a6b5_c4d3_e2f1),
            label: "debian-swap",
        };
        disk.place(MIB, &ntfs.build());
        disk.place(65 * MIB, &fat.build());
        disk.place(133 * MIB, &ext.build());
        disk.place(167 * MIB, &swap.build());
        let id = Uuid(0x1f0c_2a9e_5b7d_4c11_9a3e_2d6f_8e40_b752);
        vec![sample.file(".vhd", Dynamic::new(disk.size(), Creator::VIRTUAL_PC_2007, id).write(&disk))]
    },
    ..Sample::PLAIN
};

pub(super) const SIDE_BY_SIDE: Sample = Sample {
    name: "vhd-side-by-side",
    title: "The same disk twice: as a dynamic VHD, 64 MiB, MBR with FAT16 and ext2",
    about: "Its twin vmdk-side-by-side holds the same sectors as a sparse VMDK. What one keeps in a table of blocks the \
            other has in two levels of tables.",
    format: "vhd",
    variant: "dynamic",
    virtual_size: 64 * MIB,
    volumes: TWIN_VOLUMES,
    build: |sample| {
        let id = Uuid(0x3e8b_0d17_6a4c_4f25_9b31_c7d8_e9f0_a1b2);
        vec![sample.file(".vhd", Dynamic::new(64 * MIB, Creator::WINDOWS_8_1, id).write(&twin_disk()))]
    },
    ..Sample::PLAIN
};

/// Windows marks partitions that must not get a drive letter.
const NO_DRIVE_LETTER: u64 = 1 << 63;

pub(super) const DYNAMIC_GPT: Sample = Sample {
    name: "vhd-dynamic-gpt",
    title: "Dynamic VHD, 256 MiB, GPT as Windows Setup makes it: ESP, MSR, NTFS",
    about: "A disk of a generation 2 machine. The table is there twice, at both ends of the disk, and each copy has \
            two checksums.",
    format: "vhd",
    variant: "dynamic",
    virtual_size: 256 * MIB,
    volumes: &[
        Volume::new(MIB, "vfat", "SYSTEM", "D2C4-90AB"),
        Volume::new(117 * MIB, "ntfs", "System", "7E1C0D3A5B9F2468"),
    ],
    build: |sample| {
        let mut disk = Disk::new(256 * MIB);
        let partition = |kind, id, first: u32, end: u32, attributes, name| gpt::Partition {
            kind,
            id: Uuid(id),
            first: mib(first).into(),
            last: u64::from(mib(end)) - 1,
            attributes,
            name,
        };
        gpt::Table::new(
            Uuid(0x9c40_61f5_2d7a_4b83_a6e1_0f3d_5c7b_9e24),
            vec![
                partition(
                    gpt::kind::EFI_SYSTEM,
                    0x3d51_72e6_4f8b_4c94_b7f2_1a4e_6d8c_af35,
                    1,
                    101,
                    NO_DRIVE_LETTER,
                    "EFI system partition",
                ),
                partition(
                    gpt::kind::MICROSOFT_RESERVED,
                    0x4e62_83f7_5a9c_4da5_8803_2b5f_7e9d_b046,
                    101,
                    117,
                    NO_DRIVE_LETTER,
                    "Microsoft reserved partition",
                ),
                partition(
                    gpt::kind::BASIC_DATA,
                    0x5f73_9408_6bad_4eb6_9914_3c60_8fae_c157,
                    117,
                    255,
                    0,
                    "Basic data partition",
                ),
            ],
        )
        .write(&mut disk);
        let esp = Fat {
            width: Width::Fat32,
            sectors: mib(100),
            hidden_sectors: mib(1),
            cluster_sectors: 2,
            serial: 0xd2c4_90ab,
            label: "SYSTEM",
        };
        let ntfs = Ntfs {
            sectors: mib(138).into(),
            hidden_sectors: mib(117),
            cluster_sectors: 8,
            serial: 0x7e1c_0d3a_5b9f_2468,
            label: "System",
        };
        disk.place(MIB, &esp.build());
        disk.place(117 * MIB, &ntfs.build());
        let id = Uuid(0x2a1d_3bae_6c8e_4d22_8b4f_3e70_9f51_c863);
        vec![sample.file(".vhd", Dynamic::new(disk.size(), Creator::WINDOWS_10, id).write(&disk))]
    },
    ..Sample::PLAIN
};

pub(super) const DYNAMIC_2040G: Sample = Sample {
    name: "vhd-dynamic-2040g",
    title: "Dynamic VHD of the largest size, 2040 GiB: a table of a million entries",
    about: "The table alone takes 4 MiB, and 4 of its 1,044,480 blocks are there. The NTFS volume has clusters of \
            64 KiB.",
    format: "vhd",
    variant: "dynamic",
    virtual_size: 2040 * GIB,
    volumes: &[Volume::new(16 * MIB, "ntfs", "Archive", "2B7D4E90A1C3F586")],
    build: |sample| {
        const RESERVED_END: u64 = 32768;
        let mut disk = Disk::new(2040 * GIB);
        let end = disk.sectors() - u64::from(mib(1));
        gpt::Table::new(
            Uuid(0xad51_7206_3e8b_4c94_b7f2_104e_6d8c_af35),
            vec![
                gpt::Partition {
                    kind: gpt::kind::MICROSOFT_RESERVED,
                    id: Uuid(0xbe62_8317_4f9c_4da5_8803_215f_7e9d_b046),
                    first: 34,
                    last: RESERVED_END - 1,
                    attributes: 0,
                    name: "Microsoft reserved partition",
                },
                gpt::Partition {
                    kind: gpt::kind::BASIC_DATA,
                    id: Uuid(0xcf73_9428_50ad_4eb6_9914_3260_8fae_c157),
                    first: RESERVED_END,
                    last: end - 1,
                    attributes: 0,
                    name: "Basic data partition",
                },
            ],
        )
        .write(&mut disk);
        let ntfs = Ntfs {
            sectors: end - RESERVED_END,
            hidden_sectors: RESERVED_END as u32,
            cluster_sectors: 128,
            serial: 0x2b7d_4e90_a1c3_f586,
            label: "Archive",
        };
        disk.place(RESERVED_END * SECTOR, &ntfs.build());
        let id = Uuid(0x3b2e_4cbf_7d9f_4e33_9c50_4f81_a062_d974);
        vec![sample.file(".vhd", Dynamic::new(disk.size(), Creator::VIRTUALBOX_7, id).write(&disk))]
    },
    ..Sample::PLAIN
};

/// The disk of the smaller samples: MBR with FAT16.
pub(super) fn small_disk(label: &'static str) -> Disk {
    let mut disk = Disk::new(16 * MIB);
    mbr::Table::new(0x3d9c_7e12, vec![Partition::new(kind::FAT16_SMALL, mib(1), mib(15))]).write(&mut disk);
    disk.place(MIB, &small_volume(mib(15), label));
    disk
}

/// A FAT16 volume that begins at 1 MiB.
pub(super) fn small_volume(sectors: u32, label: &'static str) -> Disk {
    Fat { label, ..small_fat(sectors) }.build()
}

fn small_fat(sectors: u32) -> Fat {
    Fat {
        width: Width::Fat16,
        sectors,
        hidden_sectors: mib(1),
        cluster_sectors: 4,
        serial: 0x1f6e_5d4c,
        label: "",
    }
}

/// A dynamic image with small blocks, for that disk.
fn small_image(id: Uuid) -> Dynamic {
    Dynamic { block_bytes: vhd::SMALL_BLOCK_BYTES, ..Dynamic::new(16 * MIB, Creator::WINDOWS_10, id) }
}

pub(super) const DIFFERENCING: Sample = Sample {
    name: "vhd-differencing",
    title: "Differencing VHD with its parent: one sector was changed",
    about: "The child holds the sector with the new label and refers to its parent for everything else. Without the \
            parent, or after a change to it, the disk is lost.",
    format: "vhd",
    variant: "differencing",
    virtual_size: 16 * MIB,
    volumes: &[Volume::new(MIB, "vfat", "CHILD", "1F6E-5D4C")],
    build: |sample| {
        let parent_id = Uuid(0x4c3f_5dc0_8ea0_4f44_8d61_5092_b173_ea85);
        let parent_disk = small_disk("PARENT");
        let changes = small_disk("CHILD").since(&parent_disk);
        let parent_file = sample.file("-parent.vhd", small_image(parent_id).write(&parent_disk));
        let parent = Parent::windows(parent_id, &parent_file.name);
        let child_id = Uuid(0x5d40_6ed1_9fb1_4055_9e72_61a3_c284_fb96);
        let child = Dynamic {
            block_bytes: vhd::SMALL_BLOCK_BYTES,
            ..Dynamic::differencing(16 * MIB, Creator::WINDOWS_10, child_id, parent)
        };
        vec![sample.file(".vhd", child.write(&changes)), parent_file]
    },
    ..Sample::PLAIN
};

/// What the damaged samples share: a dynamic image, and the changes to it.
const DAMAGED: Sample = Sample {
    format: "vhd",
    variant: "dynamic",
    virtual_size: 16 * MIB,
    volumes: &[Volume::new(MIB, "vfat", "DATA", "1F6E-5D4C")],
    build: |sample| {
        let image = small_image(Uuid(0x6e51_7fe2_a0c2_4166_8f83_72b4_d395_0ca7));
        vec![sample.file(".vhd", image.write(&small_disk("DATA")))]
    },
    ..Sample::PLAIN
};

/// A block of that image that is not allocated.
const FREE_BLOCK: u32 = 20;
/// Sector of the file where its first block begins: behind a table of one sector.
const FIRST_BLOCK_AT: u32 = (vhd::BAT_OFFSET / SECTOR) as u32 + 1;

pub(super) const FOOTER_CHECKSUM: Sample = Sample {
    name: "vhd-footer-checksum",
    title: "Dynamic VHD with a damaged footer",
    about: "A bit of the time in the footer has flipped, so its checksum does not match. The copy at the start of the \
            file is intact.",
    shows: &["vhd.footer.checksum"],
    faults: &["vhd.footer.checksum"],
    changes: &[Put(-512 + 24, &[(SINCE_2000 >> 24) as u8 ^ 0x04])],
    ..DAMAGED
};

pub(super) const FOOTER_MISSING: Sample = Sample {
    name: "vhd-footer-missing",
    title: "Dynamic VHD without its footer",
    about: "The last sector is gone, as after a copy that was broken off. The copy at the start of the file stands in \
            for it.",
    shows: &["vhd.footer.missing"],
    faults: &["vhd.footer.missing"],
    changes: &[Size(-512)],
    ..DAMAGED
};

pub(super) const COPY_DAMAGED: Sample = Sample {
    name: "vhd-copy-damaged",
    title: "Dynamic VHD with a damaged copy of the footer",
    about: "A bit of the copy at the start has flipped. The footer at the end is good and counts, but some tools read \
            only the copy and refuse the image.",
    shows: &["vhd.copy.checksum"],
    faults: &["vhd.copy.checksum"],
    changes: &[Put(24, &[(SINCE_2000 >> 24) as u8 ^ 0x04])],
    ..DAMAGED
};

pub(super) const HEADER_CHECKSUM: Sample = Sample {
    name: "vhd-header-checksum",
    title: "Dynamic VHD with a wrong header checksum",
    about: "The fields of the dynamic header are plausible, but its checksum does not match them.",
    shows: &["vhd.header.checksum"],
    faults: &["vhd.header.checksum"],
    changes: &[Put(512 + 36 + 3, &[0])],
    ..DAMAGED
};

pub(super) const BAT_PAST_END: Sample = Sample {
    name: "vhd-bat-past-end",
    title: "Dynamic VHD with a block beyond the end of the file",
    about: "An entry of the block allocation table points to a place that the file does not have.",
    shows: &["vhd.bat.entry-past-end"],
    faults: &["vhd.bat.entry-past-end"],
    changes: &[Entry(FREE_BLOCK, 0x0010_0000)],
    ..DAMAGED
};

pub(super) const BAT_DUPLICATE: Sample = Sample {
    name: "vhd-bat-duplicate",
    title: "Dynamic VHD with a block that is used twice",
    about: "Two entries of the block allocation table point to one place: a write to either changes both.",
    shows: &["vhd.bat.entry-duplicate"],
    faults: &["vhd.bat.entry-duplicate"],
    changes: &[Entry(FREE_BLOCK, FIRST_BLOCK_AT)],
    ..DAMAGED
};

pub(super) const BAT_IN_METADATA: Sample = Sample {
    name: "vhd-bat-in-metadata",
    title: "Dynamic VHD with a block that lies over the header",
    about: "An entry of the block allocation table points into the dynamic header: a write to that block destroys the \
            image.",
    shows: &["vhd.bat.entry-in-metadata"],
    faults: &["vhd.bat.entry-in-metadata"],
    changes: &[Entry(FREE_BLOCK, (vhd::HEADER_OFFSET / SECTOR) as u32)],
    ..DAMAGED
};

pub(super) const FIXED_TRUNCATED: Sample = Sample {
    name: "vhd-fixed-truncated",
    title: "Fixed VHD that lacks the end of the disk",
    about: "The footer promises a disk of 3 MiB, but in front of it are only 2 MiB.",
    shows: &["partition.disk.unbacked", "vhd.fixed.truncated"],
    faults: &["vhd.fixed.truncated"],
    changes: &[Remove(-512 - MIB.cast_signed(), MIB as usize)],
    ..FIXED
};

pub(super) const CUSTOMER: Sample = Sample {
    name: "vhd-customer",
    title: "A damaged checkpoint as a customer would send it: names, paths and serial numbers all over",
    about: "The locators lead through the home of a person and a file server, the volume is named after the machine. \
            Export the report with placeholders and look at what is left before it goes to a public ticket.",
    format: "vhd",
    variant: "differencing",
    virtual_size: 16 * MIB,
    shows: &["vhd.bat.entry-past-end", "vhd.copy.checksum", "vhd.locator.name-differs"],
    faults: &["vhd.bat.entry-past-end", "vhd.copy.checksum", "vhd.locator.name-differs"],
    volumes: &[Volume::new(MIB, "vfat", "KOVAC-WS01", "5E3A-90C7")],
    build: |_| {
        let disk = |label| {
            let mut disk = Disk::new(16 * MIB);
            let partition = gpt::Partition {
                kind: gpt::kind::BASIC_DATA,
                id: Uuid(0x7d31_c0a9_58e2_4b6f_9a17_e4c2_83b5_d06f),
                first: mib(1).into(),
                last: u64::from(mib(15)) - 1,
                attributes: 0,
                name: "Marta Kovac, backup",
            };
            gpt::Table::new(Uuid(0x81f6_2d4e_c37b_4a90_b5d8_06ea_f912_7c34), vec![partition])
                .write(&mut disk);
            let volume = Fat { serial: 0x5e3a_90c7, label, ..small_fat(mib(14)) };
            disk.place(MIB, &volume.build());
            disk
        };
        let (before, after) = (disk("KOVAC-OLD"), disk("KOVAC-WS01"));
        let parent_id = Uuid(0xc4a8_1e57_930d_4f2b_86c1_5db7_e2f0_394a);
        let name = "KOVAC-WS01.vhd";
        let locators = vec![
            Locator::old_absolute(&format!("C:\\Users\\marta.kovac\\Virtual Machines\\{name}")),
            Locator::absolute("\\\\FILESRV02\\customers\\Kovac & Sons\\KOVAC-WS01-old.vhd"),
            Locator::relative(&format!(".\\{name}")),
            Locator::url(&format!("/Users/marta.kovac/Documents/Kovac & Sons/{name}")),
        ];
        let parent = Parent { locators, ..Parent::windows(parent_id, name) };
        let child_id = Uuid(0x2e90_b7d4_6f18_43ca_a05e_91c3_4d7f_b862);
        let child = Dynamic {
            block_bytes: vhd::SMALL_BLOCK_BYTES,
            ..Dynamic::differencing(16 * MIB, Creator::WINDOWS_10, child_id, parent)
        };
        vec![
            SampleFile {
                name: "KOVAC-WS01-checkpoint.vhd".into(),
                bytes: child.write(&after.since(&before)),
            },
            SampleFile { name: name.into(), bytes: small_image(parent_id).write(&before) },
        ]
    },
    changes: &[Put(24, &[(SINCE_2000 >> 24) as u8 ^ 0x04]), Entry(FREE_BLOCK, 0x0010_0000)],
    ..Sample::PLAIN
};
