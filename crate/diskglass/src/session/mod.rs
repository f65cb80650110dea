//! The questions that a caller may ask: add files, inspect, go on reading the tables, show rows and bytes.

mod answers;
pub mod rules;
mod sort;

pub use answers::{Progress, QueryError, Rows, TableRow};

use crate::bytes::{Bytes, FileId, FileSet, ReadAt};
use crate::finding::Findings;
use crate::image::{FileRole, Image, Scan, ScanOutcome, Table};
use crate::limits;
use crate::partition;
use crate::report::{Builder, Coverage, ImageKey, Report};
use crate::structure::Node;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A set of files and the image that is inspected in it.
///
/// [`add`](Self::add) files, then [`open`](Self::open): that reads headers, partition tables and superblocks only. Then
/// call [`advance`](Self::advance) until it says that it is finished, or [`cancel`](Self::cancel);
/// [`report`](Self::report) answers at any time.
#[derive(Default)]
pub struct Session {
    given: Vec<(String, Bytes, Option<i64>)>,
    files: FileSet,
    open: Option<Open>,
}

/// What is known of the files since the last [`Session::open`].
struct Open {
    roles: BTreeMap<FileId, FileRole>,
    images: Vec<ImageKey>,
    image: Option<(FileId, Box<dyn Image>)>,
    nodes: Vec<Node>,
    disk: partition::Outcome,
    findings: Findings,
    scan: Option<Box<dyn Scan>>,
    scanned: ScanOutcome,
    coverage: Coverage,
    total: u64,
}

impl Session {
    /// Adds a file. `name` is its path relative to what was dropped or given, `/` between the parts; `modified_unix` its
    /// modification time in seconds since 1970, where known. What was opened before is opened anew.
    pub fn add(&mut self, name: impl Into<String>, bytes: Rc<dyn ReadAt>, modified_unix: Option<i64>) {
        self.given.push((name.into(), bytes, modified_unix));
        self.open = None;
    }

    /// Looks at the headers of the image of that key (or of the one that seems to be meant), at the partition tables
    /// and superblocks of its disk. Reads only what it needs for that.
    pub fn open(&mut self, image: Option<&str>) -> Report {
        self.files = FileSet::new(self.given.clone());
        let sorted = sort::sort(&self.files, image);
        let mut open = Open {
            roles: sorted.roles,
            images: sorted.images,
            image: None,
            nodes: sorted.nodes,
            disk: partition::Outcome::default(),
            findings: sorted.findings,
            scan: None,
            scanned: ScanOutcome::default(),
            coverage: Coverage::Headers,
            total: 0,
        };
        if let Some((file, image)) = sorted.image {
            open.disk = match (sorted.disk, image.disk()) {
                (Some(known), _) => known,
                (None, Some(disk)) => partition::read(&disk),
                (None, None) => partition::Outcome::default(),
            };
            open.scan = image.scan();
            open.total = open.scan.as_ref().map_or(0, |scan| scan.progress().1);
            open.image = Some((file, image));
        }
        if open.scan.is_none() {
            open.coverage = Coverage::Tables;
        }
        self.open = Some(open);
        self.report()
    }

    /// Goes on reading tables: about `budget` bytes.
    pub fn advance(&mut self, budget: u64) -> Progress {
        let Some(open) = &mut self.open else { return Progress { done: 0, total: 0, finished: true } };
        let Some(scan) = &mut open.scan else {
            return Progress { done: open.total, total: open.total, finished: true };
        };
        let finished = scan.step(budget.max(1));
        let (done, total) = scan.progress();
        if finished {
            open.coverage = Coverage::Tables;
            open.finish_scan();
        }
        Progress { done, total, finished }
    }

    /// Stops reading tables. What was found so far stays; the coverage of the report says that it is not all.
    pub fn cancel(&mut self) {
        if let Some(open) = &mut self.open {
            open.finish_scan();
        }
    }

    /// [`open`](Self::open) and [`advance`](Self::advance) to the end.
    pub fn inspect(&mut self, image: Option<&str>) -> Report {
        self.open(image);
        while !self.advance(u64::from(u32::MAX)).finished {}
        self.report()
    }

    /// The report as far as the look has gone.
    pub fn report(&self) -> Report {
        let Some(open) = &self.open else {
            let mut fresh = Self { given: self.given.clone(), ..Self::default() };
            return fresh.open(None);
        };
        let image = open.image.as_ref();
        let mut tables: Vec<Table> = image.map_or_else(Vec::new, |(_, image)| image.tables().to_vec());
        for table in &mut tables {
            if let Some(counts) = open.scanned.counts.get(&table.key) {
                table.counts.clone_from(counts);
            }
        }
        let facts = image.map(|(file, image)| {
            let mut facts = image.facts().clone();
            facts.allocated_units = open.scanned.allocated_units.or(facts.allocated_units);
            (*file, facts)
        });
        let image_nodes = image.map_or(&[][..], |(_, image)| image.nodes());
        let image_findings = image.map(|(_, image)| image.findings().iter());
        Builder {
            files: &self.files,
            roles: &open.roles,
            images: &open.images,
            image: facts,
            chain: image.map_or_else(Vec::new, |(_, image)| image.chain().to_vec()),
            nodes: open.nodes.iter().chain(image_nodes).chain(&open.disk.nodes).collect(),
            tables,
            partitions: open.disk.partitions.clone(),
            findings: (open.findings.iter())
                .chain(image_findings.into_iter().flatten())
                .chain(open.scanned.findings.iter())
                .chain(open.disk.findings.iter())
                .collect(),
            coverage: open.coverage,
        }
        .build()
    }

    /// Rows of a table: at most `count` (and never more than [`limits::ROWS`]) from row `first` on.
    ///
    /// # Errors
    /// When nothing is open, there is no such table, or the bytes cannot be read.
    pub fn rows(&self, table: &str, first: u64, count: u32) -> Result<Rows, QueryError> {
        let (_, image) =
            self.open.as_ref().and_then(|open| open.image.as_ref()).ok_or(QueryError::NothingOpen)?;
        if !image.tables().iter().any(|known| known.key == table) {
            return Err(QueryError::NoSuchTable(table.into()));
        }
        let rows = image.rows(table, first, count.min(limits::ROWS))?;
        Ok(Rows {
            table: table.into(),
            first,
            rows: rows.iter().map(|row| TableRow::new(&self.files, row)).collect(),
        })
    }

    /// Bytes of a supplied file: at most `length` (and never more than [`limits::HEX_BYTES`]), fewer at its end.
    ///
    /// # Errors
    /// When there is no such file or it cannot be read.
    pub fn bytes(&self, file: &str, offset: u64, length: u32) -> Result<Vec<u8>, QueryError> {
        let id = self.files.by_name(file).ok_or_else(|| QueryError::NoSuchFile(file.into()))?;
        let file = self.files.get(id).ok_or(QueryError::NothingOpen)?;
        Ok(file.bytes.read_up_to(offset, length.min(limits::HEX_BYTES) as usize)?)
    }

    /// The guest's disk of the open image, as plain bytes.
    pub fn disk(&self) -> Option<Bytes> {
        self.open.as_ref()?.image.as_ref()?.1.disk()
    }
}

impl Open {
    fn finish_scan(&mut self) {
        if let Some(scan) = self.scan.take() {
            self.scanned = scan.outcome();
        }
    }
}
