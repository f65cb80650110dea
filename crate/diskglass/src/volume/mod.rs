//! Volumes: recognition by signature, with label, UUID and size. One file per family, a line per family in
//! [`FAMILIES`].
//!
//! Types, labels and UUIDs are those that `blkid -p` of util-linux prints, so that people can compare.

pub mod btrfs;
mod checksum;
pub mod exfat;
pub mod ext;
pub mod fat;
mod found;
pub mod iso9660;
mod limited;
pub mod luks;
pub mod lvm;
pub mod ntfs;
pub mod rules;
pub mod swap;
#[cfg(test)]
mod tests;
mod text;
pub mod xfs;

use crate::bytes::Bytes;
use crate::finding::{Finding, Findings};
use crate::limits;
use crate::structure::{Node, size_text};
use found::Found;
use limited::Limited;
use schemars::JsonSchema;
use serde::Serialize;

/// When a family is asked. The first of these that finds something has the last word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Members of sets and encrypted volumes: what else is recognised there belongs to their contents.
    Container,
    /// Everything that holds files, and swap.
    Ordinary,
    /// What is left of a volume whose beginning is lost.
    Remains,
}

/// How a family is asked: with the volume, and a name for the keys of its structures. It answers `None` where the volume
/// is none of its own.
type Read = fn(&Limited, &str) -> Option<Found>;

/// The families, in the order they are asked: the order of libblkid, which decides where two of them are recognised.
static FAMILIES: &[(Turn, Read)] = &[
    (Turn::Container, lvm::read),
    (Turn::Container, luks::read),
    (Turn::Ordinary, fat::read),
    (Turn::Ordinary, swap::read),
    (Turn::Ordinary, xfs::read),
    (Turn::Ordinary, ext::read),
    (Turn::Ordinary, iso9660::read),
    (Turn::Ordinary, ntfs::read),
    (Turn::Ordinary, btrfs::read),
    (Turn::Ordinary, exfat::read),
    (Turn::Remains, luks::read_second_header),
];

/// Smaller volumes are not looked at, as by libblkid: an extended partition is shown with such a size.
const SMALLEST_BYTES: u64 = 1025;

/// A recognised volume, in the words that `blkid -p` uses where it has one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Volume {
    /// `ntfs`, `vfat`, `ext4`, `LVM2_member`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Its label.
    pub label: Option<String>,
    /// Its UUID or serial number.
    pub uuid: Option<String>,
    /// Its size by its own superblock.
    pub size_bytes: Option<u64>,
    /// Its version or flavour, where it has one: `FAT32`, `1`.
    pub version: Option<String>,
    /// Key of the structure that says so.
    pub structure: Option<String>,
}

/// What recognising a volume gave.
#[derive(Default)]
pub struct Outcome {
    /// The volume, where one was recognised.
    pub volume: Option<Volume>,
    /// Its structures.
    pub nodes: Vec<Node>,
    /// What is wrong with it.
    pub findings: Findings,
    /// Where on the disk it says that it starts, in bytes, and what to say where that is not so.
    start: Option<(u64, Finding)>,
}

impl Outcome {
    /// Compares the place on the disk where the volume says that it starts with the place where it does, in bytes.
    /// `starts` may hold more than one: some formatters count from the partition's container.
    pub fn check_start(&mut self, starts: &[u64]) {
        if let Some((claimed, mut finding)) = self.start.take()
            && let Some(first) = starts.first()
            && !starts.contains(&claimed)
        {
            finding.detail = format!(
                "it says that it starts at {}, but it does at {}",
                size_text(claimed),
                size_text(*first)
            );
            self.findings.add(finding.expected(first, claimed));
        }
    }
}

/// Recognises the volume that `bytes` (a partition, or a whole disk) holds. `key` goes into the keys of its
/// structures: `p1`, `disk`. At most [`VOLUME_BYTES`](limits::VOLUME_BYTES) are read.
pub fn recognise(bytes: &Bytes, key: &str) -> Outcome {
    if bytes.size() < SMALLEST_BYTES {
        return Outcome::default();
    }
    let volume = Limited::new(bytes, limits::VOLUME_BYTES);
    let ask = |turn| {
        let families = FAMILIES.iter().filter(move |(when, _)| *when == turn);
        families.filter_map(|(_, read)| read(&volume, key))
    };
    let found = ask(Turn::Container)
        .next()
        .or_else(|| choose(ask(Turn::Ordinary).collect()))
        .or_else(|| ask(Turn::Remains).next());
    let mut outcome = found.map_or_else(Outcome::default, Found::finish);
    outcome.findings.extend(volume.into_findings());
    outcome
}

/// The first that is sound, or else the first. What else is sound makes it ambivalent.
fn choose(mut found: Vec<Found>) -> Option<Found> {
    found.sort_by_key(Found::is_damaged);
    let others = found.split_off(found.len().min(1));
    let mut chosen = found.pop()?;
    chosen.ambivalent(&others);
    Some(chosen)
}
