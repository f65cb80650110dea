//! VHD samples as particular products leave them behind.

use super::vhd::{small_disk, small_volume};
use super::{Sample, SampleFile, Volume, mib};
use crate::disk::{Disk, MIB};
use crate::mbr::{self, Partition, kind};
use crate::uuid::Uuid;
use crate::vhd::{self, Block, Creator, Dynamic, Footer, Kind, Locator, Parent};

const VHD: Sample = Sample { format: "vhd", virtual_size: 16 * MIB, ..Sample::PLAIN };

const DIFFERENCING: Sample = Sample { variant: "differencing", ..VHD };

/// A dynamic image with blocks of 512 KiB.
fn small_blocks(image: Dynamic) -> Dynamic {
    Dynamic { block_bytes: vhd::SMALL_BLOCK_BYTES, ..image }
}

fn named(name: &str, bytes: Vec<u8>) -> SampleFile {
    SampleFile { name: name.into(), bytes }
}

pub(super) const VIRTUAL_PC: Sample = Sample {
    name: "vhd-virtual-pc",
    title: "Dynamic VHD of Virtual PC 2004, whose guest saw less than the size field says",
    about: "Virtual PC went by the geometry, 481 cylinders of 4 heads and 17 sectors, and hid the last 30 KiB. Newer \
            products show all of the 16 MiB.",
    variant: "dynamic",
    volumes: &[Volume::new(MIB, "vfat", "WIN2000", "1F6E-5D4C")],
    build: |sample| {
        let id = Uuid(0xb5d4_3f81_aa07_4c4c_a69d_c7f3_4081_52a4);
        let image = small_blocks(Dynamic::new(16 * MIB, Creator::VIRTUAL_PC_2004, id));
        let mut disk = Disk::new(16 * MIB);
        let sectors = mib(14);
        mbr::Table::new(0x5fa2_e16c, vec![Partition::new(kind::FAT16_SMALL, mib(1), sectors).active()])
            .write(&mut disk);
        disk.place(MIB, &small_volume(sectors, "WIN2000"));
        vec![sample.file(".vhd", image.write(&disk))]
    },
    ..VHD
};

pub(super) const SPLIT: Sample = Sample {
    name: "vhd-split",
    title: "Dynamic VHD that Virtual PC wrote in three pieces",
    about: "On a FAT32 volume of the host no file may reach 4 GiB, so the image goes on in .v01 and .v02. The pieces have \
            no structure of their own: only the last one ends with a footer.",
    variant: "dynamic",
    volumes: &[Volume::new(MIB, "vfat", "SPLIT", "1F6E-5D4C")],
    build: |sample| {
        let id = Uuid(0x3d5c_b709_228f_44c4_ae15_4f7b_c809_da2c);
        let image = small_blocks(Dynamic::new(16 * MIB, Creator::VIRTUAL_PC_2004, id));
        let mut disk = Disk::new(16 * MIB);
        let sectors = mib(14);
        mbr::Table::new(0x6ab3_f27d, vec![Partition::new(kind::FAT16_SMALL, mib(1), sectors)])
            .write(&mut disk);
        disk.place(MIB, &small_volume(sectors, "SPLIT"));
        let file = image.write(&disk);
        vhd::split(sample.name, &file, 400 << 10)
            .into_iter()
            .map(|(name, bytes)| named(&name, bytes))
            .collect()
    },
    ..VHD
};

pub(super) const UNDO: Sample = Sample {
    name: "vhd-undo-disk",
    title: "Undo disk of Virtual PC with the disk that it belongs to",
    about: "What the guest wrote since it was started is in the .vud file, a differencing VHD. It waits for someone to \
            decide whether to keep it.",
    shows: &["vhd.chain.temporary-layer"],
    volumes: &[Volume::new(MIB, "vfat", "CHANGED", "1F6E-5D4C")],
    build: |_| {
        const NAME: &str = "Windows 2000.vhd";
        let id = Uuid(0xc6e5_4092_bb18_4d5d_b7ae_d804_5192_63b5);
        let base = small_blocks(Dynamic::new(16 * MIB, Creator::VIRTUAL_PC_2007, id));
        let mut parent = Parent::windows(id, NAME);
        parent.locators = vec![
            Locator::old_absolute(&format!("C:\\My Virtual Machines\\{NAME}")),
            Locator::old_relative(&format!(".\\{NAME}")),
            Locator::absolute(&format!("C:\\My Virtual Machines\\{NAME}")),
            Locator::relative(&format!(".\\{NAME}")),
        ];
        let own = Uuid(0xd7f6_51a3_cc29_4e6e_88bf_e915_62a3_74c6);
        let undo = small_blocks(Dynamic::differencing(16 * MIB, Creator::VIRTUAL_PC_2007, own, parent));
        let before = small_disk("WIN2000");
        vec![
            named(
                "VirtualPCUndo_Windows 2000_0_0_09300005172024.vud",
                undo.write(&small_disk("CHANGED").since(&before)),
            ),
            named(NAME, base.write(&before)),
        ]
    },
    ..DIFFERENCING
};

pub(super) const CHECKPOINTS: Sample = Sample {
    name: "vhd-checkpoints",
    title: "Two Hyper-V checkpoints on a fixed VHD",
    about: "Each .avhd holds what changed since the one below it, with blocks of 2 MiB in one and of 512 KiB in the \
            other. The label of the volume is in the topmost, the partition table in the fixed disk.",
    volumes: &[Volume::new(MIB, "vfat", "TODAY", "1F6E-5D4C")],
    build: |_| {
        const NAMES: [&str; 3] = [
            "server_2B7D4E90-A1C3-4586-9D10-5E2F7A8B9C02.avhd",
            "server_1A6C3D8F-90B2-4475-8C0F-4D1E697A8B91.avhd",
            "server.vhd",
        ];
        let ids = [
            Uuid(0xe807_62b4_dd3a_4f7f_99c0_fa26_73b4_85d7),
            Uuid(0xf918_73c5_ee4b_4080_aad1_0b37_84c5_96e8),
            Uuid(0x0a29_84d6_ff5c_4191_bbe2_1c48_95d6_a7f9),
        ];
        let disks = ["TODAY", "YESTERDAY", "SETUP"].map(small_disk);
        let layer = |index: usize| {
            let parent = Parent::windows(ids[index + 1], NAMES[index + 1]);
            Dynamic::differencing(16 * MIB, Creator::WINDOWS_8_1, ids[index], parent)
        };
        vec![
            named(NAMES[0], small_blocks(layer(0)).write(&disks[0].since(&disks[1]))),
            named(NAMES[1], layer(1).write(&disks[1].since(&disks[2]))),
            named(NAMES[2], vhd::fixed(&disks[2], Creator::WINDOWS_8_1, ids[2])),
        ]
    },
    ..DIFFERENCING
};

pub(super) const XENSERVER: Sample = Sample {
    name: "vhd-xenserver",
    title: "XenServer snapshot: a hidden base copy and the disk that stands on it",
    about: "The base has a batmap, which marks the blocks that are full, and is hidden from users. The child names it \
            by a file URL, and in two Windows locators by a path that is no Windows path.",
    volumes: &[Volume::new(MIB, "vfat", "XVDA", "1F6E-5D4C")],
    build: |_| {
        const NAME: &str = "1b3a95e7-006d-42a2-8cf3-2d59a6e7b80a.vhd";
        let id = Uuid(0x1b3a_95e7_006d_42a2_8cf3_2d59_a6e7_b80a);
        let image = Dynamic { batmap: true, ..small_blocks(Dynamic::new(16 * MIB, Creator::XENSERVER, id)) };
        let mut base = image.clone();
        base.footer.hidden = true;
        let before = small_disk("BASE");
        let block_bytes = u64::from(image.block_bytes);
        // The storage driver writes blocks whole, so that all bits are set.
        let blocks: Vec<Block> = before
            .used_units(block_bytes)
            .into_iter()
            .rev()
            .map(|number| Block::new(number as u32, before.part(number * block_bytes, block_bytes), |_| true))
            .collect();
        let own = Uuid(0x2c4b_a6f8_117e_43b3_9d04_3e6a_b7f8_c91b);
        let parent = Parent::xenserver(id, NAME);
        let child = Dynamic {
            footer: Footer::new(Kind::Differencing, 16 * MIB, Creator::XENSERVER, own),
            parent: Some(parent),
            ..image
        };
        vec![
            named(
                "2c4ba6f8-117e-43b3-9d04-3e6ab7f8c91b.vhd",
                child.write(&small_disk("XVDA").since(&before)),
            ),
            named(NAME, base.lay_out(&blocks).to_bytes()),
        ]
    },
    ..DIFFERENCING
};

pub(super) const LARGE_BLOCKS: Sample = Sample {
    name: "vhd-large-blocks",
    title: "Dynamic VHD with blocks of 4 MiB, the last one first",
    about: "Windows writes 2 MiB or 512 KiB, but any power of two is legal. The bitmap in front of a block takes two \
            sectors here, and the blocks stand in the file as the guest happened to write them.",
    variant: "dynamic",
    volumes: &[Volume::new(MIB, "vfat", "LARGE", "1F6E-5D4C")],
    build: |sample| {
        const BLOCK: u64 = 4 * MIB;
        let id = Uuid(0x5f7e_d92b_44b1_46e6_8037_619d_ea2b_fc4e);
        let mut image = Dynamic::new(16 * MIB, Creator::QEMU_EXACT, id);
        image.block_bytes = BLOCK as u32;
        let mut disk = small_disk("LARGE");
        disk.write(12 * MIB, b"The guest wrote this before everything else.");
        let blocks: Vec<Block> = disk
            .used_units(BLOCK)
            .into_iter()
            .rev()
            .map(|number| Block::new(number as u32, disk.part(number * BLOCK, BLOCK), |_| true))
            .collect();
        vec![sample.file(".vhd", image.lay_out(&blocks).to_bytes())]
    },
    ..VHD
};
