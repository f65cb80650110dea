//! What is told of a volume.

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
    /// Identity of this device, where the UUID is that of a set of devices.
    pub device_uuid: Option<String>,
    /// Its size by its own superblock.
    pub size_bytes: Option<u64>,
    /// The unit in which it gives space to files.
    pub block_bytes: Option<u64>,
    /// Bytes in use, where its superblock knows them. While a volume is mounted they may lag behind.
    pub used_bytes: Option<u64>,
    /// Bytes that are free, where its superblock knows them.
    pub free_bytes: Option<u64>,
    /// Its version or flavour, where it has one: `FAT32`, `1`.
    pub version: Option<String>,
    /// In what state it was left, where it says so.
    pub state: Option<State>,
    /// When it was made. All times are RFC 3339, and without a zone where the volume keeps local time.
    pub created: Option<String>,
    /// When it was last written to.
    pub written: Option<String>,
    /// When it was last mounted.
    pub mounted: Option<String>,
    /// When it was last checked.
    pub checked: Option<String>,
    /// Devices of the set that it is one of.
    pub devices: Option<u64>,
    /// What else its superblock tells, by name.
    pub facts: Vec<Fact>,
    /// The volumes inside it: the logical volumes of a volume group, the volumes of an APFS container.
    pub contents: Vec<Content>,
    /// Key of the structure that says so.
    pub structure: Option<String>,
}

/// In what state a volume was left, the harmless first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Unmounted cleanly.
    Clean,
    /// In use, or not unmounted cleanly.
    Dirty,
    /// A journal holds changes that are not yet in their places.
    NeedsRecovery,
    /// Whoever used it noticed errors.
    Errors,
    /// A sleeping system goes on with it when it wakes up.
    Hibernated,
}

impl State {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Dirty => "not unmounted cleanly",
            Self::NeedsRecovery => "needs recovery",
            Self::Errors => "has errors",
            Self::Hibernated => "hibernated",
        }
    }
}

/// Something that is told of a volume of some kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fact {
    /// What it is: `Volume group`, `RAID level`.
    pub name: String,
    /// In words.
    pub value: String,
}

/// A volume inside another one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Content {
    /// Its name there.
    pub name: String,
    /// Its identity there.
    pub id: Option<String>,
    /// How it is laid out: `linear`, `striped`, `thin`.
    pub layout: Option<String>,
    /// Its size.
    pub size_bytes: Option<u64>,
    /// Where its bytes lie on this device, as far as they do.
    pub extents: Vec<Extent>,
    /// Whether `extents` is all of it, in plain bytes.
    pub complete: bool,
    /// What is recognised in it.
    pub volume: Option<Box<Volume>>,
}

/// A stretch of a volume inside another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Extent {
    /// First byte in the volume inside.
    pub start: u64,
    /// First byte on the device around it.
    pub device_offset: u64,
    /// Length in bytes.
    pub length: u64,
}
