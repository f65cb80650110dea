//! Partition tables of a disk: a file per scheme, a line per scheme in [`SCHEMES`].
//!
//! Everything reads from the guest's disk as plain bytes and knows nothing of the image around it.

mod content;
mod disk;
mod ebr;
pub mod geometry;
pub mod gpt;
pub mod mbr;
mod ranges;
pub mod rules;
mod table;
pub mod types;

use crate::bytes::Bytes;
use crate::finding::{Finding, Findings};
use crate::structure::Node;
use crate::volume::Volume;
use disk::Disk;
use schemars::JsonSchema;
use serde::Serialize;
use table::Table;

/// The schemes, in the order they are asked. Each answers `None` where the disk is not partitioned its way.
static SCHEMES: &[fn(&Disk) -> Option<Table>] = &[gpt::read, mbr::read];

/// What is on a disk.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Partitions {
    /// `mbr`, `gpt`, `hybrid` or `none`.
    pub scheme: String,
    /// MBR: the disk signature as `0x1a2b3c4d`; GPT: the disk GUID.
    pub disk_id: Option<String>,
    /// Bytes of a sector in this table's counts.
    pub sector_bytes: u32,
    /// The partitions.
    pub entries: Vec<Entry>,
    /// A volume that starts at sector 0: of an unpartitioned disk, or the ISO 9660 volume of a hybrid.
    pub volume: Option<Volume>,
}

/// One partition.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Entry {
    /// Its number, as the operating systems count.
    pub index: u32,
    /// Number of the container it lies in.
    pub parent: Option<u32>,
    /// Whether it holds data or other partitions.
    pub role: EntryRole,
    /// First sector.
    pub first_sector: u64,
    /// Sectors.
    pub sector_count: u64,
    /// MBR: `0x07`; GPT: the type GUID.
    pub type_id: String,
    /// The usual name of that type.
    pub type_name: Option<String>,
    /// Name in the table (GPT).
    pub name: Option<String>,
    /// Identity in the table (GPT).
    pub id: Option<String>,
    /// Whether it is marked to be started by a BIOS.
    pub active: bool,
    /// Key of the structure that declares it.
    pub structure: Option<String>,
    /// What is in it.
    pub volume: Option<Volume>,
}

/// Whether a partition holds data or other partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntryRole {
    /// Data.
    Partition,
    /// Other partitions.
    Container,
}

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
        outcome.findings.add(Finding::new(&rules::DISK_TOO_SMALL, detail).expected(disk::SECTOR, size));
        return outcome;
    }
    let disk = Disk::new(disk);
    let table = SCHEMES.iter().find_map(|read| read(&disk)).unwrap_or_else(Table::unpartitioned);
    content::examine(disk, table)
}

#[cfg(test)]
mod tests;
