//! Partition tables of a disk: a file per scheme, a line per scheme in [`table_of`], [`LABELS`] or [`WEAK`].
//!
//! Everything reads from the guest's disk as plain bytes and knows nothing of the image around it.

pub mod apm;
pub mod atari;
mod boot;
pub mod bsd;
mod content;
pub mod dasd;
mod disk;
pub mod eltorito;
pub mod gpt;
mod labels;
mod layout;
pub mod ldm;
pub mod mbr;
mod metadata;
mod model;
mod nested;
mod ranges;
pub mod rules;
pub mod sgi;
pub mod sun;
mod table;
pub mod types;

use crate::bytes::Bytes;
use crate::finding::{Finding, Findings};
use crate::structure::Node;
use disk::Disk;
pub use model::{BootFact, DynamicDisk, DynamicVolume, Entry, EntryRole, Metadata, Partitions};
use table::Table;

/// A scheme: answers `None` where the disk is not partitioned its way.
type Read = fn(&Disk) -> Option<Table>;

/// The labels of machines that are no PCs, by magic number. They count where the MBR lists nothing; where it does, they
/// are mentioned.
static LABELS: &[Read] = &[sun::read, sgi::read, bsd::read, apm::read];

/// Schemes that are known by little; they are asked when no other answers.
static WEAK: &[Read] = &[dasd::read, atari::read];

/// What reading a disk's partition tables and volumes gave.
#[derive(Default)]
pub struct Outcome {
    /// The partitions; `None` where the disk could not be read at all.
    pub partitions: Option<Partitions>,
    /// Their structures and those of the volumes.
    pub nodes: Vec<Node>,
    /// What is wrong with them.
    pub findings: Findings,
    /// How a machine would start from the disk.
    pub boot: Vec<BootFact>,
    /// Times that may be in the future, in seconds since 1970, and what to say then.
    times: Vec<(i64, Finding)>,
}

impl Outcome {
    /// Says of everything that is more than a day after `now`, in seconds since 1970, that it cannot have been then.
    pub fn check_times(&mut self, now: i64) {
        const DAY: i64 = 24 * 60 * 60;
        let is_future = |(time, _): &(i64, Finding)| *time > now.saturating_add(DAY);
        self.times.drain(..).filter(is_future).for_each(|(_, finding)| self.findings.add(finding));
    }

    /// Whether there is a partition table or a known volume: the evidence that these bytes are a disk.
    pub fn is_evidence(&self) -> bool {
        self.partitions.as_ref().is_some_and(|found| found.scheme != "none" || found.volume.is_some())
    }
}

/// Reads the partition tables of `disk` and recognises the volumes.
///
/// Reads some tens of KiB for the tables of a usual disk and a few MiB for those of a hostile one, and at most
/// [`VOLUME_BYTES`](crate::limits::VOLUME_BYTES) for each of at most [`PARTITIONS`](crate::limits::PARTITIONS) volumes.
pub fn read(disk: &Bytes) -> Outcome {
    let size = disk.size();
    if size < disk::SECTOR as u64 {
        let mut outcome = Outcome::default();
        let detail = format!("the disk has {size} bytes; a sector has {}", disk::SECTOR);
        outcome
            .findings
            .add(Finding::new(&rules::general::DISK_TOO_SMALL, detail).expected(disk::SECTOR, size));
        return outcome;
    }
    let disk = Disk::new(disk);
    let table = table_of(&disk);
    content::examine(disk, table)
}

/// The table that counts: a GPT before all others, an MBR that lists anything before the labels of other machines.
fn table_of(disk: &Disk) -> Table {
    let lists = mbr::Mbr::of(disk).is_some_and(|mbr| mbr.lists(disk));
    let others: &[&[Read]] = if lists { &[&[mbr::read]] } else { &[LABELS, &[mbr::read], WEAK] };
    let found = gpt::read(disk).or_else(|| others.iter().copied().flatten().find_map(|read| read(disk)));
    let mut table = found.unwrap_or_else(Table::unpartitioned);
    nested::read(disk, &mut table);
    for other in LABELS.iter().filter_map(|read| read(disk)) {
        table.mention(other);
    }
    table
}

#[cfg(test)]
mod tests;
