//! The images that are measured on: large ones, of which only the metadata takes room on the disk.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run;

/// A program with its arguments, in front of the image.
type Peer = (&'static str, &'static [&'static str]);

/// An image, and the questions to other programs that come closest to `diskglass inspect`.
pub(super) struct Image {
    pub(super) title: &'static str,
    pub(super) path: PathBuf,
    pub(super) peers: &'static [Peer],
}

const VHD_PEERS: &[Peer] = &[("qemu-img", &["info", "--output=json", "-f", "vpc"]), ("vhdiinfo", &[])];

/// Makes all of them in a folder.
pub(super) fn make(qemu_img: &Path, folder: &Path) -> Result<Vec<Image>> {
    let create = |name: &str, size: &str, options: &[&str]| -> Result<PathBuf> {
        let path = folder.join(name);
        run::capture(Command::new(qemu_img).arg("create").args(options).arg(&path).arg(size))?;
        Ok(path)
    };
    let vhd = ["-f", "vpc", "-o", "subformat=dynamic,force_size=on"];
    let full = create("full.vhd", "2040G", &vhd)?;
    allocate_all_blocks(&full)?;
    Ok(vec![
        Image { title: "VHD, 2040 GiB, empty", path: create("empty.vhd", "2040G", &vhd)?, peers: VHD_PEERS },
        Image { title: "VHD, 2040 GiB, every block allocated", path: full, peers: VHD_PEERS },
        Image {
            title: "VMDK, 1 TiB sparse, empty",
            path: create("sparse.vmdk", "1T", &["-f", "vmdk", "-o", "subformat=monolithicSparse"])?,
            peers: &[("qemu-img", &["check", "--output=json"])],
        },
    ])
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
