//! What a scheme hands over: its partitions, structures and findings, before the volumes are looked at.

use super::disk::Disk;
use super::model::{DynamicDisk, Entry, EntryRole};
use super::ranges::{Range, overlaps};
use super::rules;
use super::types::Family;
use crate::finding::{Finding, Findings, Rule, Tally};
use crate::report::MAX_EXACT;
use crate::structure::{Node, size_text};

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
    /// As in [`Partitions`](super::Partitions).
    pub(super) dynamic: Option<DynamicDisk>,
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
            dynamic: None,
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

    /// The number after the highest, but at least that one: what is found in a partition is numbered behind all others.
    pub(super) fn next_index(&self, least: u32) -> u32 {
        let highest = self.partitions.iter().map(|declared| declared.entry.index).max();
        highest.map_or(least, |highest| highest.saturating_add(1).max(least))
    }

    /// Compares the places of the partitions from the `from`th on with the disk and with one another, for schemes that
    /// have no rules of their own for that.
    pub(super) fn check_places(&mut self, disk: &Disk, from: usize) {
        let last = disk.sectors(self.sector_bytes);
        let mut past = Faults::new(&rules::general::ENTRY_PAST_END, None);
        let mut overlap = Faults::new(&rules::general::ENTRY_OVERLAP, None);
        let node = |declared: &Declared| declared.entry.structure.as_deref().and_then(|key| self.node(key));
        let new = || self.partitions.iter().enumerate().skip(from);
        for (_, declared) in new().filter(|(_, declared)| declared.end() > last) {
            let (number, start, end) = (declared.entry.index, declared.start(), declared.end());
            past.hit(node(declared), Some(self.guest(start, end - start)), || {
                let (_, missing) = self.guest(0, end - start.max(last));
                format!(
                    "partition {number} has sectors {start} to {}, but the disk has {last}: {} of it are missing",
                    end - 1,
                    size_text(missing)
                )
            });
        }
        let ranges = new()
            .filter(|(_, declared)| declared.entry.role == EntryRole::Partition)
            .map(|(owner, declared)| Range { start: declared.start(), end: declared.end(), owner })
            .collect();
        for found in overlaps(ranges) {
            let both = (self.partitions.get(found.first), self.partitions.get(found.second));
            let (Some(first), Some(second)) = both else { continue };
            let guest = self.guest(found.start, found.end - found.start);
            overlap.hit(node(second), Some(guest), || {
                let (first, second) = (first.entry.index, second.entry.index);
                format!(
                    "partitions {first} and {second} both have sectors {} to {}",
                    found.start,
                    found.end - 1
                )
            });
        }
        for faults in [past, overlap] {
            if let Some(finding) = faults.finding() {
                self.add_unless_iso(disk, finding);
            }
        }
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
        let mut finding = Finding::new(&rules::general::ISO_HYBRID, detail);
        finding.structure = self.nodes.first().map(|node| node.key.clone());
        finding.count = self.by_design.len() as u64;
        self.findings.add(finding);
        self.by_design.clear();
    }

    /// Bytes of the disk that those sectors take: first byte and length. Saturates.
    pub(super) fn guest(&self, start: u64, sectors: u64) -> (u64, u64) {
        let unit = u64::from(self.sector_bytes);
        (start.saturating_mul(unit), sectors.saturating_mul(unit))
    }

    /// Mentions a table of another kind that the disk has too: with its structures, without its partitions.
    pub(super) fn mention(&mut self, other: Self) {
        let is_known =
            |head: &Node| self.nodes.iter().any(|node| (node.id, node.span) == (head.id, head.span));
        let Some(head) = other.nodes.first().filter(|head| !is_known(head)) else { return };
        let detail = format!(
            "the disk is partitioned by the scheme {}, and has a table of the scheme {} with {} partitions",
            self.scheme,
            other.scheme,
            other.partitions.len()
        );
        let finding = Finding::new(&rules::general::ALSO, detail).on(head.key.clone()).place(head.span);
        self.findings.add(finding);
        self.nodes.extend(other.nodes);
    }

    /// The node of that key.
    pub(super) fn node(&self, key: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.key == key)
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
