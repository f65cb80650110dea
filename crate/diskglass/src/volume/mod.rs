//! Volumes: recognition by signature, with label, UUID and size. One file per family, a line per family in
//! [`FAMILIES`].
//!
//! Types, labels and UUIDs are those that `blkid -p` of util-linux prints, so that people can compare.

pub mod apfs;
pub mod bcachefs;
pub mod befs;
pub mod bitlocker;
pub mod btrfs;
pub mod cluster;
pub mod core_storage;
pub mod cramfs;
pub mod ddf;
pub mod device_mapper;
pub mod drbd;
pub mod erofs;
pub mod exfat;
pub mod ext;
pub mod f2fs;
mod facts;
pub mod fat;
pub mod flash;
mod found;
pub mod hfs;
pub mod hfsplus;
pub mod hpfs;
mod int;
pub mod iso9660;
pub mod jfs;
mod limited;
pub mod luks;
pub mod lvm;
pub mod md;
pub mod minix;
pub mod nilfs2;
pub mod ntfs;
pub mod others;
pub mod refs;
pub mod reiserfs;
pub mod rules;
pub mod squashfs;
pub mod storage_spaces;
pub mod swap;
#[cfg(test)]
mod tests;
mod text;
pub mod udf;
pub mod ufs;
pub mod vmfs;
pub mod xfs;
pub mod zfs;

use crate::bytes::Bytes;
use crate::finding::{Finding, Findings};
use crate::limits;
use crate::structure::{Node, size_text};
pub use facts::{Content, Extent, Fact, State, Volume};
use found::Found;
use limited::Limited;

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
    (Turn::Container, md::read),
    (Turn::Container, ddf::read),
    (Turn::Container, others::read_raid),
    (Turn::Container, drbd::read),
    (Turn::Container, lvm::read),
    (Turn::Container, device_mapper::read),
    (Turn::Container, luks::read),
    (Turn::Container, vmfs::read_device),
    (Turn::Container, flash::read_ubi),
    (Turn::Container, device_mapper::read_stratis),
    (Turn::Container, bitlocker::read),
    (Turn::Container, core_storage::read),
    (Turn::Container, storage_spaces::read),
    (Turn::Ordinary, bcachefs::read),
    (Turn::Ordinary, fat::read),
    (Turn::Ordinary, swap::read),
    (Turn::Ordinary, xfs::read),
    (Turn::Ordinary, ext::read),
    (Turn::Ordinary, reiserfs::read),
    (Turn::Ordinary, reiserfs::read_4),
    (Turn::Ordinary, jfs::read),
    (Turn::Ordinary, udf::read),
    (Turn::Ordinary, iso9660::read),
    (Turn::Ordinary, zfs::read),
    (Turn::Ordinary, hfsplus::read),
    (Turn::Ordinary, hfs::read),
    (Turn::Ordinary, ufs::read),
    (Turn::Ordinary, hpfs::read),
    (Turn::Ordinary, ntfs::read),
    (Turn::Ordinary, refs::read),
    (Turn::Ordinary, cramfs::read),
    (Turn::Ordinary, cramfs::read_romfs),
    (Turn::Ordinary, minix::read),
    (Turn::Ordinary, cluster::read_gfs2),
    (Turn::Ordinary, cluster::read_ocfs2),
    (Turn::Ordinary, squashfs::read),
    (Turn::Ordinary, btrfs::read),
    (Turn::Ordinary, flash::read_ubifs),
    (Turn::Ordinary, vmfs::read),
    (Turn::Ordinary, befs::read),
    (Turn::Ordinary, nilfs2::read),
    (Turn::Ordinary, exfat::read),
    (Turn::Ordinary, f2fs::read),
    (Turn::Ordinary, apfs::read),
    (Turn::Ordinary, erofs::read),
    (Turn::Ordinary, others::read),
    (Turn::Remains, luks::read_second_header),
    (Turn::Remains, others::read_far_raid),
];

/// Smaller volumes are not looked at, as by libblkid: an extended partition is shown with such a size.
const SMALLEST_BYTES: u64 = 1025;

/// On smaller volumes the first that is recognised counts, as by libblkid.
const TINY_BYTES: u64 = 1440 << 10;

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
    /// For sectors of how many bytes it was made, and what to say where the disk has others.
    sector: Option<(u64, Finding)>,
    /// Times that may be in the future, in seconds since 1970, and what to say then.
    pub(crate) times: Vec<(i64, Finding)>,
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

    /// Compares the sectors that the volume was made for with those of the disk.
    pub fn check_sector(&mut self, bytes: u64) {
        if let Some((made_for, mut finding)) = self.sector.take().filter(|(made_for, _)| *made_for != bytes) {
            finding.detail =
                format!("it was made for sectors of {made_for} bytes, but the disk's have {bytes} bytes");
            self.findings.add(finding.expected(bytes, made_for));
        }
    }
}

/// Recognises the volume that `bytes` (a partition, or a whole disk) holds. `key` goes into the keys of its
/// structures: `p1`, `disk`. At most [`VOLUME_BYTES`](limits::VOLUME_BYTES) are read.
pub fn recognise(bytes: &Bytes, key: &str) -> Outcome {
    ask_families(Limited::new(bytes, limits::VOLUME_BYTES), key)
}

/// The same for a whole disk, where firmware leaves its marks too.
pub fn recognise_disk(bytes: &Bytes) -> Outcome {
    ask_families(Limited::new(bytes, limits::VOLUME_BYTES).of_disk(), "disk")
}

fn ask_families(volume: Limited, key: &str) -> Outcome {
    if volume.size() < SMALLEST_BYTES {
        return Outcome::default();
    }
    let ask = |turn| {
        let families = FAMILIES.iter().filter(move |(when, _)| *when == turn);
        families.filter_map(|(_, read)| read(&volume, key))
    };
    // A member of a set hides what is in it, unless it is only a damaged leftover.
    let mut found: Vec<Found> = Vec::new();
    for container in ask(Turn::Container) {
        found.push(container);
        if found.last().is_some_and(|container| !container.is_damaged()) {
            break;
        }
    }
    if found.last().is_none_or(Found::is_damaged) {
        found.extend(ask(Turn::Ordinary));
    } else {
        found = found.split_off(found.len() - 1);
    }
    let found = choose(found, volume.size()).or_else(|| ask(Turn::Remains).next());
    let mut outcome = found.map_or_else(Outcome::default, Found::finish);
    outcome.findings.extend(volume.into_findings());
    outcome
}

/// The first that is sound, or else the first. What else is sound makes it ambivalent.
fn choose(mut found: Vec<Found>, size: u64) -> Option<Found> {
    crate::order::sort_by_key(&mut found, Found::is_damaged);
    let others = found.split_off(found.len().min(1));
    let mut chosen = found.pop()?;
    // On a floppy disk anything looks like anything.
    if size > TINY_BYTES {
        chosen.ambivalent(&others);
    }
    Some(chosen)
}
