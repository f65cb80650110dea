//! What a report says of the partitions of a disk.

use crate::bytes::Span;
use crate::volume::Volume;
use schemars::JsonSchema;
use serde::Serialize;

/// What is on a disk.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Partitions {
    /// `mbr`, `gpt`, `hybrid`, `apm`, `bsd`, `sun`, `sgi`, `atari`, `dasd`, `ldm` or `none`.
    pub scheme: String,
    /// MBR: the disk signature as `0x1a2b3c4d`; GPT: the disk GUID; DASD: the volume serial.
    pub disk_id: Option<String>,
    /// Bytes of a sector in this table's counts.
    pub sector_bytes: u32,
    /// The partitions.
    pub entries: Vec<Entry>,
    /// What the tables themselves take, in the order of the disk.
    pub metadata: Vec<Metadata>,
    /// A volume that starts at sector 0: of an unpartitioned disk, or the ISO 9660 volume of a hybrid.
    pub volume: Option<Volume>,
    /// The group of dynamic disks that this one belongs to (Windows' Logical Disk Manager).
    pub dynamic: Option<DynamicDisk>,
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
    /// MBR: `0x07`; GPT: the type GUID; APM, Atari, DASD: a word; dynamic disks: the layout of the volume.
    pub type_id: String,
    /// The usual name of that type.
    pub type_name: Option<String>,
    /// Name in the table (GPT, APM), letter (BSD), or name of the volume (dynamic disks).
    pub name: Option<String>,
    /// Identity in the table (GPT).
    pub id: Option<String>,
    /// Whether it is marked to be started by a BIOS.
    pub active: bool,
    /// Attributes that are set, in words.
    pub attributes: Vec<String>,
    /// Key of the structure that declares it.
    pub structure: Option<String>,
    /// What is in it.
    pub volume: Option<Volume>,
}

impl Entry {
    /// An entry of which nothing else is known.
    pub(super) fn new(index: u32, role: EntryRole, first_sector: u64, sector_count: u64) -> Self {
        Self {
            index,
            parent: None,
            role,
            first_sector,
            sector_count,
            type_id: String::new(),
            type_name: None,
            name: None,
            id: None,
            active: false,
            attributes: Vec::new(),
            structure: None,
            volume: None,
        }
    }
}

/// Sectors that a structure of a partition table takes, together with what lies in it or right beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Metadata {
    /// Key of the structure.
    pub structure: String,
    /// First sector.
    pub first_sector: u64,
    /// Sectors.
    pub sector_count: u64,
}

/// Whether a partition holds data or other partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntryRole {
    /// Data.
    Partition,
    /// Other partitions, or the whole disk in a table that lists it beside its parts.
    Container,
}

/// The group of dynamic disks that a disk belongs to, as the database on it says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DynamicDisk {
    /// Name of the disk group.
    pub group: String,
    /// GUID of the disk group.
    pub group_id: String,
    /// GUID of this disk.
    pub disk_id: String,
    /// Names of all disks of the group; this one first.
    pub disks: Vec<String>,
    /// All volumes of the group.
    pub volumes: Vec<DynamicVolume>,
}

/// A volume of a group of dynamic disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DynamicVolume {
    /// Its name: `Volume1`.
    pub name: String,
    /// `simple`, `spanned`, `striped`, `mirrored` or `raid5`.
    pub kind: String,
    /// Its size.
    pub size_bytes: Option<u64>,
    /// Its GUID, where it has one.
    pub id: Option<String>,
    /// The drive letter it was last used with: `E:`.
    pub hint: Option<String>,
    /// Names of all disks that its data is on.
    pub disks: Vec<String>,
    /// Names of those among them that it takes beside this one to read the volume.
    pub needs: Vec<String>,
    /// Numbers of the partitions of this disk that belong to it.
    pub entries: Vec<u32>,
}

/// A fact on how the disk would start, with its bytes.
#[derive(Clone, Debug)]
pub struct BootFact {
    /// Stable id: `boot.bios.code`.
    pub id: &'static str,
    /// The fact in words.
    pub text: String,
    /// Key of the structure that says so.
    pub structure: Option<String>,
    /// The bytes that say so.
    pub places: Vec<Span>,
}
