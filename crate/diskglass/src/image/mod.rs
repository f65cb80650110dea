//! Image formats: a folder each, one line each in [`FORMATS`].
//!
//! A format knows its own structures and nothing of the others, of partitions, or of how a report looks. It offers
//! its structures as [`Node`]s, its tables as rows on demand, its checks as [`Finding`](crate::finding::Finding)s,
//! and the guest's disk as plain bytes.

pub mod known;
pub mod mapping;
pub mod raw;
mod scan;
mod survey;
pub mod tour;
pub mod vhd;
pub mod vmdk;

pub use mapping::{Holding, Mapping, Source, Step};
pub use scan::{InTurn, Scan, ScanOutcome, Share, Turn};
pub(crate) use survey::stored_in;
pub use survey::{Surveyor, Use};
pub use tour::{Topic, TourStep};

use crate::bytes::{Bytes, FileId, FileSet, ReadError, Span};
use crate::finding::Findings;
use crate::structure::Node;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// All formats that can be opened, in the order they are asked. [`raw`] is no format: it is what is left, with evidence.
pub static FORMATS: &[Format] = &[vhd::FORMAT, vmdk::FORMAT];

/// A format's entry in [`FORMATS`].
pub struct Format {
    /// Name in reports: `vhd`.
    pub id: &'static str,
    /// What people call it: `VHD`.
    pub name: &'static str,
    /// Whether a file is of this format, from its first and last bytes.
    pub probe: fn(&Probe<'_>) -> Match,
    /// What a file of this format refers to, cheaply: enough to sort a set into images and their parts.
    pub references: fn(&Context, FileId) -> Vec<Reference>,
    /// Opens a file that [`probe`](Self::probe) accepted.
    pub open: fn(&Context, FileId) -> Opened,
}

/// What opening gives.
pub type Opened = Result<Box<dyn Image>, OpenError>;

/// What a probe looks at.
pub struct Probe<'a> {
    /// Name of the file, in lower case.
    pub name: String,
    /// All its bytes: only for a file whose name says what it should be, and then with a bound.
    pub bytes: &'a Bytes,
    /// The first bytes: 4096, or the whole file where it is shorter.
    pub head: Vec<u8>,
    /// The last bytes: 4096, or the whole file where it is shorter.
    pub tail: Vec<u8>,
    /// Size of the file in bytes.
    pub size: u64,
}

impl<'a> Probe<'a> {
    /// Bytes read from each end of a file.
    pub const WINDOW: usize = 4096;

    /// Reads both ends of a file.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`].
    pub fn read(name: &str, bytes: &'a Bytes) -> Result<Self, ReadError> {
        let size = bytes.size();
        let head = bytes.read_up_to(0, Self::WINDOW)?;
        let tail = bytes.read_up_to(size.saturating_sub(Self::WINDOW as u64), Self::WINDOW)?;
        Ok(Self { name: name.to_lowercase(), bytes, head, tail, size })
    }

    /// `length` bytes of the tail that start `before_end` bytes before the end of the file.
    pub fn tail_at(&self, before_end: usize, length: usize) -> Option<&[u8]> {
        let start = self.tail.len().checked_sub(before_end)?;
        self.tail.get(start..start.checked_add(length)?)
    }
}

/// A probe's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Another format, or none.
    No,
    /// It could be: a weak sign, such as a damaged signature. The reason in words.
    Maybe(&'static str),
    /// It is. The reason in words.
    Yes(&'static str),
}

/// What an open image sees of the world.
pub struct Context<'a> {
    /// The supplied files.
    pub files: &'a FileSet,
    /// The time now, in seconds since 1970, where the caller knows it.
    pub now: Option<i64>,
}

/// A file that another one refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The supplied file.
    pub file: FileId,
    /// As what.
    pub role: FileRole,
}

/// What a supplied file is in its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileRole {
    /// An image of its own.
    Image,
    /// A part of the image that is inspected.
    Extent,
    /// A parent of the image that is inspected.
    Parent,
    /// A text that describes an image whose data is elsewhere.
    Descriptor,
    /// A file of raw data that an image names.
    DataFile,
    /// A list of checksums.
    Manifest,
    /// A package of files.
    Package,
    /// The configuration of a virtual machine.
    Config,
    /// None of these.
    Unrelated,
}

/// Why an image could not be opened at all. Damage is no reason: it gives findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The file is of this format, but too little of it is there to say anything.
    Unusable {
        /// What is missing, in one line.
        why: String,
    },
    /// The host could not read.
    Read(ReadError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable { why } => f.write_str(why),
            Self::Read(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// An open image.
pub trait Image {
    /// What its headers say.
    fn about(&self) -> &About;

    /// Rows of the table of that key: at most `count` from row `first` on.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`].
    fn rows(&self, table: &str, first: u64, count: u32) -> Result<Vec<Row>, ReadError>;

    /// The states of those rows, without all else that makes a row: for going through millions of them.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`].
    fn states(&self, table: &str, first: u64, count: u32) -> Result<Vec<&'static str>, ReadError> {
        Ok(self.rows(table, first, count)?.into_iter().map(|row| row.state).collect())
    }

    /// The row of the table of that key that stands for byte `guest` of the guest's disk; `None` where none does.
    fn row_at(&self, _table: &str, _guest: u64) -> Option<u64> {
        None
    }

    /// Tells what the guest's disk is made of from byte `from` up to `to`, which is on the disk, by the tables of the image
    /// itself; where it got to: a step ends after about [`limits::SURVEY_UNITS`](crate::limits::SURVEY_UNITS) units.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`].
    fn survey(&self, from: u64, to: u64, surveyor: &mut dyn Surveyor) -> Result<u64, ReadError> {
        if let Some(disk) = self.disk() {
            stored_in(&*disk, from, to - from, from, Use::Data, surveyor);
        }
        surveyor.guest(from, to - from, Use::Data);
        Ok(to)
    }

    /// The disk as the guest sees it; `None` where nothing of it can be read.
    fn disk(&self) -> Option<Bytes>;

    /// Whether what the guest reads is ciphertext, in which nothing is to be looked for.
    fn is_encrypted(&self) -> bool {
        false
    }

    /// The check of all tables, those of its parents too, to be run in steps; `None` where there is no table.
    fn scan(&self) -> Option<Box<dyn Scan>>;

    /// The check of a share of the data (bitmaps against blocks, compressed grains), to be run in steps; `None` where
    /// the data has nothing to be checked against.
    fn verify(&self, _share: Share) -> Option<Box<dyn Scan>> {
        None
    }

    /// Where the stretch of the guest's disk that begins at `offset` lies: at most `length` bytes of it.
    ///
    /// # Errors
    /// [`ReadError::PastEnd`] where the disk ends before `offset`; [`ReadError::Io`]. What is wrong with the image is no
    /// error but a [`Source`].
    fn map(&self, offset: u64, length: u64) -> Result<Mapping, ReadError> {
        match self.disk() {
            Some(disk) => mapping::plain(&*disk, offset, length),
            None => Err(ReadError::PastEnd { offset, length, size: 0 }),
        }
    }

    /// What the byte at `offset` of a supplied file is to this image and its parents; empty where it is nothing to
    /// them, several where tables contradict one another.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`].
    fn holdings(&self, _file: FileId, _offset: u64) -> Result<Vec<Holding>, ReadError> {
        Ok(Vec::new())
    }

    /// What a person would look at to understand the image, and then how to find the sector that begins at byte `guest`
    /// of the guest's disk. Where damage stands in the way, the last step says so.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`], and of [`map`](Self::map).
    fn tour(&self, guest: u64) -> Result<Vec<TourStep>, ReadError>;
}

/// What is known of an image as soon as its headers are read.
#[derive(Default)]
pub struct About {
    /// What it is.
    pub facts: Facts,
    /// Its structures, parents before children.
    pub nodes: Vec<Node>,
    /// What its headers say is wrong.
    pub findings: Findings,
    /// Its tables. Counts are filled by the scan.
    pub tables: Vec<Table>,
    /// The chain of images it stands on, itself first; empty where it cannot have a parent.
    pub chain: Vec<Link>,
    /// The files it consists of, without itself.
    pub parts: Vec<Reference>,
}

/// What an image is, in the words of the report.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Facts {
    /// `vhd`, `vmdk`, `raw`.
    pub format: String,
    /// The format's own word: `dynamic`, `monolithicSparse`.
    pub variant: String,
    /// Size of the guest's disk.
    pub virtual_size_bytes: Option<u64>,
    /// Size by a geometry that some products obey instead.
    pub chs_size_bytes: Option<u64>,
    /// Bytes of a logical sector.
    pub logical_sector_bytes: u32,
    /// Bytes of a block, grain or cluster; null where there is none.
    pub unit_bytes: Option<u64>,
    /// Units that have data of their own; known once the tables were read.
    pub allocated_units: Option<u64>,
    /// Units of the whole disk.
    pub total_units: Option<u64>,
    /// Who wrote it, as far as it says.
    pub producer: Option<String>,
    /// When it was made, as far as it says.
    pub created_utc: Option<String>,
    /// Its identity.
    pub id: Option<String>,
    /// What kind of identity: `uuid` or `cid`.
    pub id_kind: Option<String>,
    /// The files or ranges that the disk is put together from.
    pub extents: Vec<Extent>,
    /// The image that this one stands on.
    pub parent: Option<Parent>,
}

/// One extent line of a descriptor.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Extent {
    /// Name as written; null for an extent without a file.
    pub file: Option<String>,
    /// `RW`, `RDONLY`, `NOACCESS`.
    pub access: String,
    /// `SPARSE`, `FLAT`, `ZERO`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Length in sectors of 512 bytes.
    pub sectors: Option<u64>,
    /// Whether it was supplied.
    pub status: ExtentStatus,
}

/// Whether what an extent line names was supplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExtentStatus {
    /// Supplied.
    Found,
    /// Not supplied.
    Missing,
    /// Several supplied files answer to the name.
    Ambiguous,
    /// Supplied, but it is not what the line says.
    Mismatched,
    /// Needs no file.
    NotNeeded,
    /// A device or a place outside the set: described, never opened.
    External,
}

/// The image that another one stands on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Parent {
    /// The identity that the child expects.
    pub id: Option<String>,
    /// The names that the child gives, in the order of the specification.
    pub names: Vec<String>,
    /// The supplied file that was taken.
    pub file: Option<String>,
    /// What came of it.
    pub status: LinkStatus,
}

/// What came of looking for a parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkStatus {
    /// No parent is needed.
    Base,
    /// Found, and its identity is the expected one.
    Matches,
    /// Found by name, but its identity is another one.
    Mismatched,
    /// Not among the supplied files.
    Missing,
    /// Several supplied files answer.
    Ambiguous,
}

/// A link of a chain, leaf first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Link {
    /// Name of the file.
    pub key: String,
    /// Format of this link.
    pub format: String,
    /// Variant of this link.
    pub variant: String,
    /// Its identity.
    pub id: Option<String>,
    /// Size of the disk that it describes.
    pub virtual_size_bytes: Option<u64>,
    /// The identity it expects of its parent.
    pub parent_id: Option<String>,
    /// The names that it gives for its parent, in the order of the specification.
    pub parent_names: Vec<String>,
    /// What came of looking for its parent.
    pub status: LinkStatus,
    /// Why, in words: what was expected, what was found, and where.
    pub reason: String,
    /// The supplied files that answer to the name or the identity.
    pub candidates: Vec<Candidate>,
}

/// A supplied file that could be the parent.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Candidate {
    /// Name of the file.
    pub file: String,
    /// Its identity, as far as it has one.
    pub id: Option<String>,
    /// Its name is one of those that the child gives.
    pub by_name: bool,
    /// Its identity is the one that the child expects.
    pub by_id: bool,
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(id) = &self.id {
            write!(f, " ({id})")?;
        }
        match (self.by_name, self.by_id) {
            (true, true) => f.write_str(": by its name and by its identity"),
            (true, false) => f.write_str(": by its name, not by its identity"),
            (false, true) => f.write_str(": by its identity, not by its name"),
            (false, false) => Ok(()),
        }
    }
}

/// A table of an image. Its rows are handed out on demand and never all at once.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Table {
    /// Unique in the report: `vhd.bat`.
    pub key: String,
    /// The kind of table.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// How many rows there are.
    pub rows: u64,
    /// Rows by state; empty until the tables were read.
    pub counts: BTreeMap<String, u64>,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Column {
    /// Short name.
    pub name: String,
    /// Heading.
    pub title: String,
    /// Whether its cells are numbers (aligned to the right).
    pub numeric: bool,
    /// What it says.
    pub meaning: String,
}

impl Column {
    /// A column of numbers.
    pub fn number(name: &str, title: &str, meaning: &str) -> Self {
        Self { name: name.into(), title: title.into(), numeric: true, meaning: meaning.into() }
    }

    /// A column of words.
    pub fn text(name: &str, title: &str, meaning: &str) -> Self {
        Self { numeric: false, ..Self::number(name, title, meaning) }
    }
}

/// One row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Number of the row.
    pub index: u64,
    /// One text per column.
    pub cells: Vec<String>,
    /// State of the entry: `allocated`, `unallocated`, `zero`, `invalid`, …; the words of [`Table::counts`].
    pub state: &'static str,
    /// Where the entry itself lies.
    pub entry: Option<Span>,
    /// What it points to.
    pub target: Option<Span>,
    /// What of the guest's disk it stands for: first byte and length.
    pub guest: Option<(u64, u64)>,
}
