//! What a scheme hands over: its partitions, structures and findings, before the volumes are looked at.

use super::disk::Disk;
use super::types::Family;
use super::{Entry, EntryRole, rules};
use crate::finding::{Finding, Findings, Rule, Tally};
use crate::report::MAX_EXACT;
use crate::structure::Node;

/// A partition as its table declares it.
pub(super) struct Declared {
    /// As reported, still without its volume.
    pub(super) entry: Entry,
    /// What its type promises.
    pub(super) family: Family,
}

impl Declared {
    /// First sector.
    pub(super) fn start(&self) -> u64 {
        self.entry.first_sector
    }

    /// The sector after the last.
    pub(super) fn end(&self) -> u64 {
        self.entry.first_sector.saturating_add(self.entry.sector_count)
    }

    /// Whether it lies in no other partition.
    pub(super) fn is_top(&self) -> bool {
        self.entry.parent.is_none()
    }
}

/// A partition table as far as its scheme knows it.
pub(super) struct Table {
    /// As in [`Partitions`](super::Partitions).
    pub(super) scheme: &'static str,
    /// As in [`Partitions`](super::Partitions).
    pub(super) disk_id: Option<String>,
    /// As in [`Partitions`](super::Partitions).
    pub(super) sector_bytes: u32,
    /// The partitions, in the order of their numbers.
    pub(super) partitions: Vec<Declared>,
    /// Sectors that partitions may take: the first, and the one after the last.
    pub(super) usable: (u64, u64),
    /// Its structures.
    pub(super) nodes: Vec<Node>,
    /// What is wrong with it.
    pub(super) findings: Findings,
    /// What would be wrong if this were not the table of an ISO hybrid.
    by_design: Vec<String>,
}

impl Table {
    pub(super) fn new(scheme: &'static str, sector_bytes: u32) -> Self {
        Self {
            scheme,
            disk_id: None,
            sector_bytes,
            partitions: Vec::new(),
            usable: (0, 0),
            nodes: Vec::new(),
            findings: Findings::default(),
            by_design: Vec::new(),
        }
    }

    /// The table of a disk that has none.
    pub(super) fn unpartitioned() -> Self {
        Self::new("none", 512)
    }

    /// Adds a partition; what is too large to be told exactly is cut, for no disk reaches there.
    pub(super) fn declare(&mut self, mut entry: Entry, family: Family) {
        entry.first_sector = entry.first_sector.min(MAX_EXACT);
        entry.sector_count = entry.sector_count.min(MAX_EXACT);
        self.partitions.push(Declared { entry, family });
    }

    /// Adds the finding of [`Faults`], if there was any fault.
    pub(super) fn add_faults(&mut self, faults: Faults) {
        if let Some(finding) = faults.finding() {
            self.findings.add(finding);
        }
    }

    /// Adds a finding about something that ISO hybrids do on purpose; on such a disk it is only worth a mention.
    pub(super) fn add_unless_iso(&mut self, disk: &Disk, finding: Finding) {
        if disk.is_iso() {
            self.by_design.push(finding.detail);
        } else {
            self.findings.add(finding);
        }
    }

    /// The findings, with the mention of what an ISO hybrid does on purpose.
    pub(super) fn close_findings(&mut self) {
        let Some(first) = self.by_design.first() else { return };
        let detail = match self.by_design.len() {
            1 => first.clone(),
            count => format!("{first}; {count} such oddities in all"),
        };
        let mut finding = Finding::new(&rules::ISO_HYBRID, detail).on("mbr@0");
        finding.count = self.by_design.len() as u64;
        self.findings.add(finding);
        self.by_design.clear();
    }

    /// Bytes of the disk that those sectors take: first byte and length. Saturates.
    pub(super) fn guest(&self, start: u64, sectors: u64) -> (u64, u64) {
        let unit = u64::from(self.sector_bytes);
        (start.saturating_mul(unit), sectors.saturating_mul(unit))
    }

    /// The node of that key.
    pub(super) fn node(&self, key: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.key == key)
    }
}

/// An entry that holds data (or, as a container, other partitions), with nothing else known of it.
pub(super) fn plain_entry(index: u32, role: EntryRole, first_sector: u64, sector_count: u64) -> Entry {
    Entry {
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
        structure: None,
        volume: None,
    }
}

/// Equal faults of several entries, told as one finding about the first of them.
pub(super) struct Faults {
    tally: Tally,
    field: Option<&'static str>,
    structure: Option<String>,
}

impl Faults {
    /// For that rule, about that field of the entries.
    pub(super) fn new(rule: &'static Rule, field: Option<&'static str>) -> Self {
        Self { tally: Tally::new(rule), field, structure: None }
    }

    /// Counts one, of the entry that `node` shows.
    pub(super) fn hit(
        &mut self,
        node: Option<&Node>,
        guest: Option<(u64, u64)>,
        detail: impl FnOnce() -> String,
    ) {
        let place = node.and_then(|node| match self.field {
            Some(field) => node.field_span(field),
            None => node.span,
        });
        if self.structure.is_none() {
            self.structure = node.map(|node| node.key.clone());
        }
        self.tally.hit(place, guest, detail);
    }

    /// The finding, if there was any.
    pub(super) fn finding(self) -> Option<Finding> {
        let field = self.field.filter(|_| self.structure.is_some());
        let mut finding = self.tally.finding("")?;
        finding.structure = self.structure;
        finding.field = field.map(Into::into);
        Some(finding)
    }
}
