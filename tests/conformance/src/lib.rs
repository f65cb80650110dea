//! What the conformance tests share: sets of files in memory, reports of samples, readers that count.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

pub mod by_hand;
pub mod command;
pub mod corpus;
pub mod disk_images;
pub mod explore;
pub mod mutation;
pub mod on_disk;
pub mod peers;
pub mod tools;
pub mod vhd_images;
pub mod vmdk_chain;
pub mod volumes;

use diskglass::bytes::{Bytes, FileId, Location, ReadAt, ReadError, check_range};
use diskglass::finding::Severity;
use diskglass::report::{self, Report};
use diskglass::session::Session;
use diskglass_samples::disk::Disk;
use diskglass_samples::{Sample, SampleFile};
use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;

/// The folder `tests/` of the project.
pub fn tests_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/conformance is in tests/").to_owned()
}

/// The forms in which a report is given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For a terminal.
    Text,
    /// The report itself.
    Json,
    /// For a ticket.
    Markdown,
    /// A document of its own.
    Html,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Markdown, Self::Html];
}

/// The report of a session as the command prints it.
pub fn export(session: &Session, form: Form, redact: bool) -> String {
    let report = || if redact { session.redacted() } else { session.report() };
    match form {
        Form::Text => report::text(&report()),
        Form::Json => serde_json::to_string_pretty(&report()).unwrap() + "\n",
        Form::Markdown => session.document(report::Form::Markdown, redact, "the command"),
        Form::Html => session.document(report::Form::Html, redact, "the command"),
    }
}

/// A session over files in memory.
pub fn session(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Session {
    let mut session = Session::default();
    for (name, bytes) in files {
        session.add(name, Rc::new(bytes), None);
    }
    session
}

/// The report over files in memory, tables and all.
pub fn inspect(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Report {
    session(files).inspect(None)
}

/// A moment at which all samples but those of the future were made: 1 January 2025.
pub const NOW: i64 = 1_735_689_600;

/// The report over a sample: its data is checked too where its findings take that.
pub fn inspect_sample(sample: &Sample) -> Report {
    let mut session = session(files(sample));
    session.set_now(NOW);
    session.inspect(None);
    if sample.deep {
        return check_data(&mut session);
    }
    session.report()
}

/// The report once the data of the open image was checked too.
pub fn check_data(session: &mut Session) -> Report {
    session.verify();
    while !session.advance(u64::from(u32::MAX)).finished {}
    session.report()
}

/// A sample's files as names and bytes.
pub fn files(sample: &Sample) -> Vec<(String, Vec<u8>)> {
    sample.files().into_iter().map(|SampleFile { name, bytes }| (name, bytes)).collect()
}

/// The ids of the errors and warnings of a report, sorted.
pub fn faults(report: &Report) -> Vec<&str> {
    let mut ids: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.severity != Severity::Info)
        .map(|finding| finding.id.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A file that takes memory only where it is not zero.
pub struct Sparse(pub Disk);

impl ReadAt for Sparse {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.0.size(), offset, buf.len() as u64)?;
        buf.copy_from_slice(&self.0.read(offset, buf.len() as u64));
        Ok(())
    }

    fn locate(&self, _: u64) -> Option<Location> {
        None
    }
}

/// What a counted read costs at least: whoever reads byte by byte without end is caught too.
const LEAST_READ: u64 = 64;

/// Bytes in memory that cannot be read any more once `gone` is set, as those of a file that was removed.
pub struct Removable {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether the file is gone.
    pub gone: Rc<Cell<bool>>,
}

impl ReadAt for Removable {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        if self.gone.get() {
            return Err(ReadError::Io { offset, message: "the file was removed".into() });
        }
        self.bytes.read_exact_at(offset, buf)
    }

    fn locate(&self, offset: u64) -> Option<Location> {
        self.bytes.locate(offset)
    }
}

/// Bytes that count what is read of them, in a file of their own.
pub struct Counted<T> {
    bytes: T,
    read: Rc<Cell<u64>>,
    most: u64,
}

impl<T: ReadAt + 'static> Counted<T> {
    /// The bytes, and the counter of bytes read.
    pub fn around(bytes: T) -> (Bytes, Rc<Cell<u64>>) {
        let read = Rc::new(Cell::new(0));
        (Self::within(bytes, &read, u64::MAX), read)
    }

    /// The bytes, counted by a counter that several files may share. A read that takes it beyond `most` panics.
    pub fn within(bytes: T, read: &Rc<Cell<u64>>, most: u64) -> Bytes {
        Rc::new(Self { bytes, read: Rc::clone(read), most })
    }
}

impl<T: ReadAt> ReadAt for Counted<T> {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        let read = self.read.get() + LEAST_READ.max(buf.len() as u64);
        self.read.set(read);
        assert!(read <= self.most, "more than {} bytes are read", self.most);
        self.bytes.read_exact_at(offset, buf)
    }

    fn locate(&self, offset: u64) -> Option<Location> {
        let contiguous = self.size().checked_sub(offset).filter(|left| *left > 0)?;
        Some(Location { file: FileId(0), offset, contiguous })
    }
}
