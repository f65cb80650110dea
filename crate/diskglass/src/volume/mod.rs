//! Volumes: recognition by signature, with label, UUID and size. One file per family.

pub mod rules;

use crate::bytes::Bytes;
use crate::finding::Findings;
use crate::structure::Node;
use schemars::JsonSchema;
use serde::Serialize;

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
}

/// Recognises the volume that `bytes` (a partition, or a whole disk) holds. `key` goes into the keys of its
/// structures: `p1`, `disk`. At most [`VOLUME_BYTES`](crate::limits::VOLUME_BYTES) are read.
pub fn recognise(_bytes: &Bytes, _key: &str) -> Outcome {
    Outcome::default()
}
