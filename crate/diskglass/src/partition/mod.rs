//! Partition tables of a disk: a file per scheme, a line per scheme in [`SCHEMES`].
//!
//! Everything reads from the guest's disk as plain bytes and knows nothing of the image around it.

mod content;
mod disk;
pub mod gpt;
pub mod mbr;
mod model;
mod ranges;
pub mod rules;
mod table;
pub mod types;

use crate::bytes::Bytes;
use crate::finding::{Finding, Findings};
use crate::structure::Node;
use disk::Disk;
pub use model::{BootFact, DynamicDisk, DynamicVolume, Entry, EntryRole, Partitions};
use table::Table;

/// The schemes, in the order they are asked. Each answers `None` where the disk is not partitioned its way.
static SCHEMES: &[fn(&Disk) -> Option<Table>] = &[gpt::read, mbr::read];

/// What reading a disk's partition tables and volumes gave.
#[derive(Default)]
pub struct Outcome {
    /// The partitions; `None` where the disk could not be read at all.
    pub partitions: Option<Partitions>,
    /// Their structures and those of the volumes.
    pub nodes: Vec<Node>,
    /// What is wrong with them.
    pub findings: Findings,
}

impl Outcome {
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
    let table = SCHEMES.iter().find_map(|read| read(&disk)).unwrap_or_else(Table::unpartitioned);
    content::examine(disk, table)
}

#[cfg(test)]
mod tests;
