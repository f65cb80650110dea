//! A folder of real images, compressed one by one, and the table of what is known of them.
//!
//! The images are other people's and not part of the project. What is known of them is: `corpus.toml` has a row for
//! each, found by the SHA-256 of the image and not by its name.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// What is known of one image.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// SHA-256 of its file.
    pub sha256: String,
    /// What it is, in words.
    pub what: String,
    /// Why something here is not what one would expect, or not what other tools say.
    pub remark: Option<String>,
    /// Tools that read another table or volume than we do (`sfdisk`, `sgdisk`, `mmls`, `blkid`), and why.
    #[serde(default)]
    pub peers: BTreeMap<String, String>,
    /// Whether it is looked at without the files beside it.
    #[serde(default)]
    pub alone: bool,
    /// The verdict.
    pub verdict: String,
    /// The ids of the warnings and errors, sorted. The check of the data adds none.
    #[serde(default)]
    pub faults: Vec<String>,
    /// The format.
    pub format: String,
    /// The variant.
    pub variant: String,
    /// Size of the guest's disk in bytes.
    pub virtual_size: Option<u64>,
    /// Identity of the image.
    pub id: Option<String>,
    /// The partitioning scheme; `None` where the disk cannot be read.
    pub scheme: Option<String>,
    /// Identity of the partition table.
    pub disk_id: Option<String>,
    /// The partitions.
    #[serde(default)]
    pub partitions: Vec<KnownPartition>,
    /// The volumes of dynamic disks that have parts on it: `Volume1: striped, 1024 bytes on Disk1, Disk2`.
    #[serde(default)]
    pub dynamic: Vec<String>,
    /// The volume on a disk without partitions.
    pub volume: Option<KnownVolume>,
}

/// What is known of a partition.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct KnownPartition {
    /// Its number.
    pub number: u32,
    /// First sector.
    pub first: u64,
    /// Sectors.
    pub sectors: u64,
    /// Type: two hex digits, or a GUID.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is in it.
    pub volume: Option<KnownVolume>,
}

/// What is known of a volume.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct KnownVolume {
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Label.
    pub label: Option<String>,
    /// UUID or serial number.
    pub uuid: Option<String>,
}

/// The table.
#[derive(Deserialize)]
struct Rows {
    image: Vec<Known>,
}

/// Everything that is known, in the order of the table.
pub fn known() -> Vec<Known> {
    let rows: Rows = toml::from_str(include_str!("../corpus.toml")).unwrap_or_else(|error| panic!("{error}"));
    rows.image
}

/// The folder of images, where the environment names one; a line says that the test is skipped where it does not.
pub fn folder() -> Option<PathBuf> {
    let folder = env::var_os("DISKGLASS_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: DISKGLASS_CORPUS names no folder of images");
    }
    folder
}

/// Files that belong together: a single one, or all of one folder.
pub struct Set {
    /// Name of the file or folder.
    pub name: String,
    /// The compressed files.
    files: Vec<PathBuf>,
}

/// A file of a set, decompressed.
pub struct Member {
    /// Its name, without the ending of the compression.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of its bytes, as hex digits.
    pub sha256: String,
}

/// The sets in the folder: each compressed file right in it, and each folder in it.
pub fn sets(folder: &Path) -> Vec<Set> {
    let mut sets: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in entries(folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let files = if path.is_dir() { entries(&path) } else { vec![path] };
        sets.entry(name).or_default().extend(files.into_iter().filter(|file| compression(file).is_some()));
    }
    sets.retain(|_, files| !files.is_empty());
    sets.into_iter().map(|(name, files)| Set { name, files }).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

enum Compression {
    Zstandard,
    Xz,
}

fn compression(path: &Path) -> Option<Compression> {
    match path.extension()?.to_str()? {
        "zst" => Some(Compression::Zstandard),
        "xz" => Some(Compression::Xz),
        _ => None,
    }
}

impl Set {
    /// Decompresses its files.
    pub fn read(&self) -> Vec<Member> {
        self.files.iter().map(|file| decompress(file)).collect()
    }

    /// How many files it has.
    pub fn members(&self) -> usize {
        self.files.len()
    }

    /// Bytes that its files take, compressed.
    pub fn compressed_size(&self) -> u64 {
        self.files.iter().map(|file| fs::metadata(file).unwrap().len()).sum()
    }
}

fn decompress(path: &Path) -> Member {
    let file = BufReader::new(File::open(path).unwrap());
    let mut bytes = Vec::new();
    let read = match compression(path) {
        Some(Compression::Zstandard) => {
            ruzstd::decoding::StreamingDecoder::new(file).unwrap().read_to_end(&mut bytes)
        }
        Some(Compression::Xz) => lzma_rust2::XzReader::new(file, true).read_to_end(&mut bytes),
        None => unreachable!("sets() takes only compressed files"),
    };
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let digest = Sha256::digest(&bytes);
    let mut sha256 = String::new();
    for byte in digest {
        write!(sha256, "{byte:02x}").unwrap();
    }
    Member { name: path.file_stem().unwrap().to_string_lossy().into_owned(), bytes, sha256 }
}
