//! The images that are measured on: large ones, of which only the metadata takes room on the disk.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;

/// A program with its arguments; [`IMAGE`] stands for the path of the image.
pub(super) type Peer = (&'static str, &'static [&'static str]);

/// What stands for the path of the image among arguments.
pub(super) const IMAGE: &str = "IMAGE";

/// An image, what is asked about it, and the questions to other programs that come closest to that.
pub(super) struct Image {
    pub(super) title: &'static str,
    pub(super) path: PathBuf,
    pub(super) arguments: &'static [&'static str],
    pub(super) peers: &'static [Peer],
}

const INSPECT: &[&str] = &["inspect", "--json", IMAGE];

const VHD_PEERS: &[Peer] =
    &[("qemu-img", &["info", "--output=json", "-f", "vpc", IMAGE]), ("vhdiinfo", &[IMAGE])];

const VMDK_PEERS: &[Peer] = &[("qemu-img", &["check", "--output=json", IMAGE])];

/// Makes all of them in a folder.
pub(super) fn make(qemu_img: &Path, folder: &Path) -> Result<Vec<Image>> {
    let create = |name: &str, size: &str, options: &[&str]| -> Result<PathBuf> {
        let path = folder.join(name);
        run::capture(Command::new(qemu_img).arg("create").args(options).arg(&path).arg(size))?;
        Ok(path)
    };
    let vhd = ["-f", "vpc", "-o", "subformat=dynamic,force_size=on"];
    let sparse = ["-f", "vmdk", "-o", "subformat=monolithicSparse"];
    let full_vhd = create("full.vhd", "2040G", &vhd)?;
    allocate_all_blocks(&full_vhd)?;
    let full_vmdk = create("full.vmdk", "1T", &sparse)?;
    allocate_all_grains(&full_vmdk)?;
    let raw = folder.join("data.raw");
    write_data(&raw)?;
    let stream = folder.join("stream.vmdk");
    let options = ["-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized"];
    run::capture(Command::new(qemu_img).arg("convert").args(options).arg(&raw).arg(&stream))?;
    let image = |title, path, peers| Image { title, path, arguments: INSPECT, peers };
    Ok(vec![
        image("VHD, 2040 GiB, empty", create("empty.vhd", "2040G", &vhd)?, VHD_PEERS),
        image("VHD, 2040 GiB, every block allocated", full_vhd, VHD_PEERS),
        image("VMDK, 1 TiB sparse, empty", create("sparse.vmdk", "1T", &sparse)?, VMDK_PEERS),
        image("VMDK, 1 TiB sparse, 16.7 million grains", full_vmdk, VMDK_PEERS),
        Image {
            title: "VMDK, stream of 512 MiB, every grain inflated",
            path: stream,
            arguments: &["inspect", "--json", "--deep", IMAGE],
            peers: &[("qemu-img", &["convert", "-O", "raw", IMAGE, "out.raw"])],
        },
    ])
}

/// A disk of 512 MiB that compresses about as well as a system does: half of it text, a quarter noise, a quarter zeros.
fn write_data(path: &Path) -> Result<()> {
    const CHUNK: usize = 64 << 10;
    let mut file = BufWriter::new(File::create(path)?);
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    for chunk in 0..(512 << 20) / CHUNK {
        let mut data = vec![0_u8; CHUNK];
        match chunk % 4 {
            0 | 1 => {
                let words =
                    std::iter::repeat_with(|| format!("{} ", next() % 5000)).flat_map(String::into_bytes);
                for (byte, word) in data.iter_mut().zip(words) {
                    *byte = word;
                }
            }
            2 => data.iter_mut().for_each(|byte| *byte = next().to_le_bytes()[0]),
            _ => {}
        }
        file.write_all(&data)?;
    }
    Ok(file.flush()?)
}

/// Fills both grain directories' tables of an empty sparse VMDK by qemu as if every grain had been written in order.
/// The grains are holes of the file.
fn allocate_all_grains(path: &Path) -> Result<()> {
    const SECTOR: u64 = 512;
    const GRAIN: u64 = 128;
    const TABLE: u64 = 512;
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut header = [0_u8; 512];
    file.read_exact(&mut header)?;
    let number = |at: usize| -> Result<u64> {
        let bytes = header.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        Ok(u64::from_le_bytes(bytes.context("the header is there")?))
    };
    let (capacity, first) = (number(12)?, number(64)?);
    let tables = capacity.div_ceil(GRAIN * TABLE);
    for directory in [number(48)?, number(56)?] {
        let mut entries = vec![0_u8; usize::try_from(tables * 4)?];
        file.seek(SeekFrom::Start(directory * SECTOR))?;
        file.read_exact(&mut entries)?;
        for (table, entry) in (0..tables).zip(entries.as_chunks::<4>().0) {
            let grains = table * TABLE..(table + 1) * TABLE;
            let sectors = grains.map(|grain| u32::try_from(first + grain * GRAIN));
            let bytes = sectors.map(|sector| Ok(sector?.to_le_bytes())).collect::<Result<Vec<_>>>()?;
            file.seek(SeekFrom::Start(u64::from(u32::from_le_bytes(*entry)) * SECTOR))?;
            file.write_all(bytes.as_flattened())?;
        }
    }
    file.set_len((first + capacity) * SECTOR)?;
    Ok(())
}

/// Fills the table of an empty dynamic VHD as if every block had been written in order. The blocks are holes of the file.
fn allocate_all_blocks(path: &Path) -> Result<()> {
    const SECTOR: u64 = 512;
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut head = [0_u8; 1536];
    file.read_exact(&mut head)?;
    let word = |at: usize| -> Result<u64> {
        let bytes = head.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        Ok(u64::from(u32::from_be_bytes(bytes.context("the header is there")?)))
    };
    // Low halves of the table's offset, number of entries, bytes of a block.
    let (table, entries, block) = (word(512 + 20)?, word(512 + 28)?, word(512 + 32)?);
    let bitmap = (block / SECTOR).div_ceil(8).next_multiple_of(SECTOR);
    let first = (table + entries * 4).next_multiple_of(SECTOR);
    let stride = bitmap + block;
    let mut bat = Vec::new();
    for index in 0..entries {
        bat.extend(u32::try_from((first + index * stride) / SECTOR)?.to_be_bytes());
    }
    file.seek(SeekFrom::Start(table))?;
    file.write_all(&bat)?;
    file.seek(SeekFrom::Start(first + entries * stride))?;
    file.write_all(head.get(..512).unwrap_or_default())?;
    Ok(())
}
