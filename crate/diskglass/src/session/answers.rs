use crate::bytes::{FileSet, ReadError};
use crate::image::Row;
use crate::limits;
use crate::report::{GuestRange, Place, exact, place};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// How far tables or data have been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Progress {
    /// Bytes read.
    pub done: u64,
    /// Bytes to be read in all.
    pub total: u64,
    /// Whether there is nothing left to do.
    pub finished: bool,
}

/// A page of a table.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Rows {
    /// Key of the table.
    pub table: String,
    /// Number of the first row asked for.
    pub first: u64,
    /// The rows.
    pub rows: Vec<TableRow>,
}

/// One row of a table.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TableRow {
    /// Number of the row.
    pub index: u64,
    /// One text per column of the table.
    pub cells: Vec<String>,
    /// State of the entry: the words of the table's counts.
    pub state: String,
    /// Where the entry itself lies.
    pub entry: Option<Place>,
    /// What it points to.
    pub target: Option<Place>,
    /// What of the guest's disk it stands for.
    pub guest: Option<GuestRange>,
}

impl TableRow {
    pub(super) fn new(files: &FileSet, row: &Row) -> Self {
        Self {
            index: row.index,
            cells: row.cells.clone(),
            state: row.state.into(),
            entry: row.entry.and_then(|span| place(files, span)),
            target: row.target.and_then(|span| place(files, span)),
            guest: row.guest.and_then(|(offset, length)| {
                Some(GuestRange { offset: exact(offset)?, length: exact(length)? })
            }),
        }
    }
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// No image is open.
    NothingOpen,
    /// Nothing of the guest's disk can be read.
    NoDisk,
    /// The image has no table of that key.
    NoSuchTable(String),
    /// The set has no file of that name.
    NoSuchFile(String),
    /// The guest's disk ends before that place.
    PastDisk {
        /// What was asked for.
        offset: u64,
        /// Size of the disk.
        size: u64,
    },
    /// The file ends before that place.
    PastFile {
        /// Name of the file.
        file: String,
        /// What was asked for.
        offset: u64,
        /// Size of the file.
        size: u64,
    },
    /// What is searched for has no bytes, or too many.
    Needle {
        /// How many it has.
        length: usize,
    },
    /// The bytes could not be read.
    Read(ReadError),
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingOpen => f.write_str("no image is open"),
            Self::NoDisk => f.write_str("nothing of the image's disk can be read"),
            Self::NoSuchTable(key) => write!(f, "the image has no table {key:?}"),
            Self::NoSuchFile(name) => write!(f, "no file named {name:?} was given"),
            Self::PastDisk { offset, size } => {
                write!(f, "byte {offset} is past the end of the disk, which has {size} bytes")
            }
            Self::PastFile { file, offset, size } => {
                write!(f, "byte {offset} is past the end of {file}, which has {size} bytes")
            }
            Self::Needle { length } => write!(
                f,
                "what is searched for has {length} bytes; it may have 1 to {}",
                limits::NEEDLE_BYTES
            ),
            Self::Read(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for QueryError {}

impl From<ReadError> for QueryError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}
