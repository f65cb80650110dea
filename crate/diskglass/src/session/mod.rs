//! The questions that a caller may ask: add files, inspect, go on reading tables and data, show rows and bytes,
//! translate a place of the guest's disk and back.

mod answers;
mod census;
mod chart;
mod export;
pub mod rules;
mod save;
mod save_rows;
mod search;
mod sort;
mod tour;
mod translate;

pub use answers::{Progress, QueryError, Rows, TableRow};
pub use census::{Census, Group};
pub use chart::{ChartPart, Side};
pub use save::{Chunk, LostStretch, Saving, Wanted, ZeroFilled};
pub use save_rows::TableForm;
pub use search::{Direction, Sought};
pub use tour::{Tour, TourReading, TourStop};
pub use translate::{Held, Piece, StepTaken, Translation, Whereabouts};

use crate::bytes::{Bytes, FileId, FileSet, ReadAt};
use crate::finding::Findings;
use crate::image::{FileRole, Image, Scan, ScanOutcome, Share, Table};
use crate::limits;
use crate::partition;
use crate::report::{Builder, Coverage, ImageKey, Report};
use crate::structure::Node;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A set of files and the image that is inspected in it.
///
/// [`add`](Self::add) files, then [`open`](Self::open): that reads headers, partition tables and superblocks only. Then
/// call [`advance`](Self::advance) until it says that it is finished, or [`cancel`](Self::cancel). [`verify`](Self::verify)
/// goes on to the data, in the same way. [`report`](Self::report) answers at any time.
#[derive(Default)]
pub struct Session {
    given: Vec<(String, Bytes, Option<i64>)>,
    files: FileSet,
    now: Option<i64>,
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
    work: Option<Work>,
    /// What the tables gave.
    scanned: ScanOutcome,
    /// What the data gave.
    verified: ScanOutcome,
    coverage: Coverage,
    total: u64,
}

/// What is being read, and how far it has gone when that is through.
struct Work {
    scan: Box<dyn Scan>,
    reaches: Coverage,
}

impl Session {
    /// Adds a file. `name` is its path relative to what was dropped or given, `/` between the parts; `modified_unix` its
    /// modification time in seconds since 1970, where known. What was opened before is opened anew.
    pub fn add(&mut self, name: impl Into<String>, bytes: Rc<dyn ReadAt>, modified_unix: Option<i64>) {
        self.given.push((name.into(), bytes, modified_unix));
        self.open = None;
    }

    /// Says what time it is, in seconds since 1970: without it nothing is said of times in the future.
    pub fn set_now(&mut self, now_unix: i64) {
        self.now = Some(now_unix);
        self.open = None;
    }

    /// Looks at the headers of the image of that key (or of the one that seems to be meant), at the partition tables
    /// and superblocks of its disk. Reads only what it needs for that.
    pub fn open(&mut self, image: Option<&str>) -> Report {
        self.files = FileSet::new(self.given.clone());
        let sorted = sort::sort(&self.files, self.now, image);
        let mut open = Open {
            roles: sorted.roles,
            images: sorted.images,
            image: None,
            nodes: sorted.nodes,
            disk: partition::Outcome::default(),
            findings: sorted.findings,
            work: None,
            scanned: ScanOutcome::default(),
            verified: ScanOutcome::default(),
            coverage: Coverage::Headers,
            total: 0,
        };
        if let Some((file, image)) = sorted.image {
            open.disk = match (sorted.disk, image.disk().filter(|_| !image.is_encrypted())) {
                (Some(known), _) => known,
                (None, Some(disk)) => partition::read(&disk),
                (None, None) => partition::Outcome::default(),
            };
            if let Some(now) = self.now {
                open.disk.check_times(now);
            }
            open.begin(image.scan(), Coverage::Tables);
            open.image = Some((file, image));
        } else {
            open.coverage = Coverage::Tables;
        }
        self.open = Some(open);
        self.report()
    }

    /// Begins to check the data: bitmaps against their blocks, compressed grains. The tables must have been read;
    /// what is left of them is skipped. [`advance`](Self::advance) does the work, [`cancel`](Self::cancel) stops it.
    pub fn verify(&mut self) -> Progress {
        if let Some(open) = &mut self.open {
            open.finish();
            open.verified = ScanOutcome::default();
            let scan = open.image.as_ref().and_then(|(_, image)| image.verify(Share::WHOLE));
            open.begin(scan, Coverage::Data);
        }
        self.progress()
    }

    /// The check of a share of the data, for a caller that has several readers; the others open the same files.
    /// [`take_verified`](Self::take_verified) hands the outcomes back.
    pub fn share(&self, share: Share) -> Option<Box<dyn Scan>> {
        self.open.as_ref()?.image.as_ref()?.1.verify(share)
    }

    /// Takes what the shares of the check of the data found together, in their order. `finished` says whether all of
    /// them came to their end.
    pub fn take_verified(&mut self, shares: impl IntoIterator<Item = ScanOutcome>, finished: bool) {
        if let Some(open) = &mut self.open {
            open.finish();
            let mut all = ScanOutcome::default();
            shares.into_iter().for_each(|share| all.merge(share));
            open.take(all);
            if finished {
                open.coverage = Coverage::Data;
            }
        }
    }

    /// Goes on reading: about `budget` bytes.
    pub fn advance(&mut self, budget: u64) -> Progress {
        if let Some(open) = &mut self.open
            && let Some(work) = &mut open.work
            && work.scan.step(budget.max(1))
        {
            let reached = work.reaches;
            open.finish();
            open.coverage = reached;
        }
        self.progress()
    }

    /// How far the reading that was begun last has gone.
    pub fn progress(&self) -> Progress {
        let total = self.open.as_ref().map_or(0, |open| open.total);
        match self.open.as_ref().and_then(|open| open.work.as_ref()) {
            Some(work) => {
                let (done, total) = work.scan.progress();
                Progress { done, total, finished: false }
            }
            None => Progress { done: total, total, finished: true },
        }
    }

    /// Stops reading. What was found so far stays; the coverage of the report says how far all was read.
    pub fn cancel(&mut self) {
        if let Some(open) = &mut self.open {
            open.finish();
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
            let mut fresh = Self { given: self.given.clone(), now: self.now, ..Self::default() };
            return fresh.open(None);
        };
        let image = open.image.as_ref();
        let mut tables: Vec<Table> = image.map_or_else(Vec::new, |(_, image)| image.about().tables.clone());
        for table in &mut tables {
            let counts = [&open.scanned, &open.verified].map(|outcome| outcome.counts.get(&table.key));
            for (state, count) in counts.into_iter().flatten().flatten() {
                *table.counts.entry(state.clone()).or_default() += count;
            }
        }
        let facts = image.map(|(file, image)| {
            let mut facts = image.about().facts.clone();
            facts.allocated_units = open.scanned.allocated_units.or(facts.allocated_units);
            (*file, facts)
        });
        let image_nodes = image.map_or(&[][..], |(_, image)| &image.about().nodes);
        let image_findings = image.map(|(_, image)| image.about().findings.iter());
        Builder {
            files: &self.files,
            roles: &open.roles,
            images: &open.images,
            image: facts,
            chain: image.map_or_else(Vec::new, |(_, image)| image.about().chain.clone()),
            nodes: open.nodes.iter().chain(image_nodes).chain(&open.disk.nodes).collect(),
            tables,
            partitions: open.disk.partitions.clone(),
            boot: &open.disk.boot,
            findings: (open.findings.iter())
                .chain(image_findings.into_iter().flatten())
                .chain(open.scanned.findings.iter())
                .chain(open.verified.findings.iter())
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
        let (image, _) = self.table(table)?;
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
        Ok(self.file(file)?.read_up_to(offset, length.min(limits::HEX_BYTES) as usize)?)
    }

    /// The open image.
    pub(super) fn image(&self) -> Result<&dyn Image, QueryError> {
        let open = self.open.as_ref().and_then(|open| open.image.as_ref());
        open.map(|(_, image)| &**image).ok_or(QueryError::NothingOpen)
    }

    /// The open image and its table of that key.
    fn table(&self, key: &str) -> Result<(&dyn Image, &Table), QueryError> {
        let image = self.image()?;
        let table = image.about().tables.iter().find(|known| known.key == key);
        Ok((image, table.ok_or_else(|| QueryError::NoSuchTable(key.into()))?))
    }

    /// The bytes of the supplied file of that name.
    fn file(&self, name: &str) -> Result<&Bytes, QueryError> {
        let id = self.files.by_name(name).ok_or_else(|| QueryError::NoSuchFile(name.into()))?;
        Ok(&self.files.get(id).ok_or(QueryError::NothingOpen)?.bytes)
    }

    /// The guest's disk of the open image, as plain bytes.
    pub fn disk(&self) -> Option<Bytes> {
        self.open.as_ref()?.image.as_ref()?.1.disk()
    }
}

impl Open {
    /// Begins to read; where there is nothing to read, that is as good as done.
    fn begin(&mut self, scan: Option<Box<dyn Scan>>, reaches: Coverage) {
        self.total = scan.as_ref().map_or(0, |scan| scan.progress().1);
        if scan.is_none() {
            self.coverage = self.coverage.max(reaches);
        }
        self.work = scan.map(|scan| Work { scan, reaches });
    }

    /// Ends what is being read, finished or not, and keeps what it found.
    fn finish(&mut self) {
        let Some(work) = self.work.take() else { return };
        let outcome = work.scan.outcome();
        match work.reaches {
            Coverage::Data => self.take(outcome),
            Coverage::Headers | Coverage::Tables => self.scanned = outcome,
        }
    }

    /// Takes what the check of the data found.
    fn take(&mut self, mut outcome: ScanOutcome) {
        outcome.findings.sort();
        self.verified = outcome;
    }
}
