//! VHD samples that show one finding each: the images that they start from, and where in them the fields stand.

pub(super) mod blocks;
pub(super) mod chain;
pub(super) mod footer;
pub(super) mod header;
pub(super) mod size;

use super::change::Change;
use super::{Sample, SampleFile};
use crate::disk::{Disk, GIB, KIB, MIB, SECTOR};
use crate::mbr::{self, Partition, kind};
use crate::uuid::Uuid;
use crate::vhd::{self, Block, Creator, Dynamic, Parent};
use crate::volumes::swap::Swap;

/// Blocks of 512 KiB. The geometry gives just as much: 256 cylinders, 4 heads, 17 sectors.
const BLOCKS: u32 = 17;
const DISK_BYTES: u64 = BLOCKS as u64 * vhd::SMALL_BLOCK_BYTES as u64;

/// Just as much by the geometry: 4 cylinders, 4 heads, 17 sectors.
const FIXED_BYTES: u64 = 136 * KIB;

/// Bytes of the file of a [`NEW`] image in front of its footer: copy, header, and a sector of table.
const NEW_BYTES: u64 = vhd::BAT_OFFSET + SECTOR;

const ID: Uuid = Uuid(0x8a1e_0c52_77d4_4f19_b36a_94c0_1d5e_2f71);
const PARENT_ID: Uuid = Uuid(0x93b2_1d6f_88e5_4a2a_847b_a5d1_2e6f_3082);

/// What the images that grow have in common.
const DYNAMIC: Sample =
    Sample { format: "vhd", variant: "dynamic", virtual_size: DISK_BYTES, ..Sample::FINDING };

fn dynamic(creator: Creator) -> Dynamic {
    Dynamic { block_bytes: vhd::SMALL_BLOCK_BYTES, ..Dynamic::new(DISK_BYTES, creator, ID) }
}

/// An image of which no block is allocated.
fn without_blocks(sample: &Sample, image: &Dynamic) -> Vec<SampleFile> {
    vec![sample.file(".vhd", image.lay_out(&[]).to_bytes())]
}

/// A dynamic image as it is when it was just made.
const NEW: Sample =
    Sample { build: |sample| without_blocks(sample, &dynamic(Creator::WINDOWS_10)), ..DYNAMIC };

/// The same with 4 KiB free in front of the footer, for structures that moved.
const ROOMY: Sample = Sample {
    build: |sample| without_blocks(sample, &Dynamic { room: 4 * KIB, ..dynamic(Creator::WINDOWS_10) }),
    ..DYNAMIC
};

/// A small fixed image.
const FIXED: Sample = Sample {
    variant: "fixed",
    virtual_size: FIXED_BYTES,
    build: |sample| {
        let file = vhd::fixed(&Disk::new(FIXED_BYTES), Creator::WINDOWS_10, ID);
        vec![sample.file(".vhd", file)]
    },
    ..DYNAMIC
};

/// A fixed image of a disk that begins with another image.
const NESTED: Sample = Sample {
    build: |sample| {
        let mut disk = Disk::new(FIXED_BYTES);
        disk.place(0, &dynamic(Creator::WINDOWS_10).lay_out(&[]));
        vec![sample.file(".vhd", vhd::fixed(&disk, Creator::WINDOWS_10, ID))]
    },
    ..FIXED
};

/// A dynamic image with two allocated blocks: the first with a partition table, and [`SECOND`] with swap space.
const FILLED: Sample = Sample {
    build: |sample| {
        let first = SECOND * vhd::SMALL_BLOCK_BYTES;
        let swap = Swap { bytes: MIB, id: Uuid(0xa4c3_2e70_99f6_4b3b_958c_b6e2_3f70_4193), label: "swap" };
        let sectors = |bytes: u32| bytes / SECTOR as u32;
        let partition = Partition::new(kind::SWAP, sectors(first), sectors(swap.bytes as u32));
        let mut disk = Disk::new(DISK_BYTES);
        mbr::Table::new(0x4e81_d05b, vec![partition]).write(&mut disk);
        disk.place(first.into(), &swap.build());
        vec![sample.file(".vhd", dynamic(Creator::WINDOWS_10).write(&disk))]
    },
    ..DYNAMIC
};
/// Number of the other allocated block.
const SECOND: u32 = 9;
/// Sector of the file where the first block begins, and where the second one does.
const FIRST_AT: u32 = (NEW_BYTES / SECTOR) as u32;
const SECOND_AT: u32 = FIRST_AT + 1 + vhd::SMALL_BLOCK_BYTES / SECTOR as u32;

/// A dynamic image of XenServer with a batmap.
const XENSERVER: Sample = Sample {
    build: |sample| without_blocks(sample, &Dynamic { batmap: true, ..dynamic(Creator::XENSERVER) }),
    ..DYNAMIC
};
/// Where its batmap's header and map are.
const BATMAP: i64 = NEW_BYTES.cast_signed();
const MAP: i64 = BATMAP + vhd::batmap::HEADER_BYTES.cast_signed();

/// An image of XenServer with one block that is full of the guest's bytes, as its bitmap and its batmap say.
const XEN_BLOCK: Sample = Sample {
    build: |sample| {
        let image = Dynamic { batmap: true, ..dynamic(Creator::XENSERVER) };
        let mut data = Disk::new(image.block_bytes.into());
        for sector in 0..data.sectors() {
            data.write(sector * SECTOR, b"Bytes of the guest.");
        }
        vec![sample.file(".vhd", image.lay_out(&[Block::new(0, data, |_| true)]).to_bytes())]
    },
    ..DYNAMIC
};
/// Where the bitmap of that block begins.
const XEN_BITMAP: i64 = MAP + SECTOR.cast_signed();

/// Four blocks in the file, the last one of the disk first.
const BACKWARDS: Sample = Sample {
    build: |sample| {
        let image = Dynamic { block_bytes: 64 << 10, ..dynamic(Creator::WINDOWS_10) };
        let block = |number: u32| {
            let mut data = Disk::new(image.block_bytes.into());
            data.write(0, format!("block {number}"));
            Block::new(number, data, |sector| sector == 0)
        };
        let blocks: Vec<Block> = (10..14).rev().map(block).collect();
        vec![sample.file(".vhd", image.lay_out(&blocks).to_bytes())]
    },
    ..DYNAMIC
};

/// A differencing image without blocks, and its parent.
const CHILD: Sample = Sample {
    variant: "differencing",
    build: |sample| {
        let parent = Parent::windows(PARENT_ID, PARENT_NAME);
        let image = Dynamic::differencing(DISK_BYTES, Creator::WINDOWS_10, ID, parent);
        let mut files = without_blocks(sample, &Dynamic { block_bytes: vhd::SMALL_BLOCK_BYTES, ..image });
        let mut parent = dynamic(Creator::WINDOWS_10);
        parent.footer.id = PARENT_ID;
        files.push(SampleFile { name: PARENT_NAME.into(), bytes: parent.lay_out(&[]).to_bytes() });
        files
    },
    ..DYNAMIC
};
const PARENT_NAME: &str = "base.vhd";
/// Where the name of the child's first locator stands: behind the table.
const CHILD_NAME: i64 = NEW_BYTES.cast_signed();

/// The layers of a long chain, the newest first, without blocks.
const LAYERS: Sample = Sample {
    variant: "differencing",
    build: |sample| {
        const COUNT: u128 = 32;
        let id = |number: u128| Uuid(ID.0 + number);
        let layer = |number: u128| {
            let mut image = dynamic(Creator::XENSERVER);
            if number + 1 < COUNT {
                let parent = Parent::xenserver(id(number + 1), &format!("layer-{:02}.vhd", number + 1));
                image = Dynamic::differencing(DISK_BYTES, Creator::XENSERVER, id(number), parent);
                image.block_bytes = vhd::SMALL_BLOCK_BYTES;
            }
            image.batmap = true;
            image.footer.id = id(number);
            let bytes = image.lay_out(&[]).to_bytes();
            if number == 0 {
                return sample.file(".vhd", bytes);
            }
            SampleFile { name: format!("layer-{number:02}.vhd"), bytes }
        };
        (0..COUNT).map(layer).collect()
    },
    ..DYNAMIC
};

/// [`FILLED`] in pieces.
const SPLIT: Sample = Sample {
    build: |sample| {
        let file = (FILLED.build)(sample).swap_remove(0);
        vhd::split(sample.name, &file.bytes, 400 << 10)
            .into_iter()
            .map(|(name, bytes)| SampleFile { name, bytes })
            .collect()
    },
    ..FILLED
};

/// Blocks of 256 MiB, so that the largest disks have a small table.
const LARGE_BLOCK: u32 = 256 << 20;

/// A dynamic image of a very large disk.
const LARGE: Sample = Sample { virtual_size: 2040 * GIB, build: |sample| large(sample, 0), ..DYNAMIC };

fn large(sample: &Sample, spare_entries: u32) -> Vec<SampleFile> {
    let image = Dynamic::new(sample.virtual_size, Creator::WINDOWS_10, ID);
    without_blocks(sample, &Dynamic { block_bytes: LARGE_BLOCK, spare_entries, ..image })
}

/// Fields of the footer.
mod footer_at {
    pub(super) const FEATURES: usize = 8;
    pub(super) const VERSION: usize = 12;
    pub(super) const DATA_OFFSET: usize = 16;
    pub(super) const TIME: usize = 24;
    pub(super) const CREATOR: usize = 28;
    pub(super) const CREATOR_VERSION: usize = 32;
    pub(super) const ORIGINAL_SIZE: usize = 40;
    pub(super) const CURRENT_SIZE: usize = 48;
    pub(super) const CYLINDERS: usize = 56;
    pub(super) const GEOMETRY: usize = 56;
    pub(super) const SECTORS: usize = 59;
    pub(super) const DISK_TYPE: usize = 60;
    pub(super) const ID: usize = 68;
    pub(super) const SAVED_STATE: usize = 84;
    pub(super) const HIDDEN: usize = 85;
    pub(super) const RESERVED: usize = 86;
}

/// Fields of the dynamic header.
mod header_at {
    pub(super) const NEXT: usize = 8;
    pub(super) const TABLE: usize = 16;
    pub(super) const VERSION: usize = 24;
    pub(super) const ENTRIES: usize = 28;
    pub(super) const BLOCK_BYTES: usize = 32;
    pub(super) const PARENT_ID: usize = 40;
    pub(super) const PARENT_NAME: usize = 64;
    /// The first of the locators: code, room, length, reserved, offset.
    pub(super) const LOCATOR: usize = 576;
    pub(super) const LOCATOR_SPACE: usize = LOCATOR + 4;
    pub(super) const LOCATOR_LENGTH: usize = LOCATOR + 8;
    pub(super) const LOCATOR_OFFSET: usize = LOCATOR + 16;
    pub(super) const SECOND_LOCATOR: usize = LOCATOR + 24;
    pub(super) const RESERVED: usize = 768;
}
