use super::{Rule, Severity};
use crate::bytes::Span;
use crate::limits;
use std::collections::BTreeMap;

/// What separates the first fault from how many there are.
const ENTRIES_IN_ALL: &str = "; in all there are ";

/// The first of so many equal faults, in words.
fn counted(first: &str, count: u64) -> String {
    if count == 1 { first.into() } else { format!("{first}{ENTRIES_IN_ALL}{count}") }
}

/// A rule that fired.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What exactly, with the numbers.
    pub detail: String,
    /// The numbers, by name: `expected`, `found`.
    pub args: BTreeMap<&'static str, String>,
    /// Key of the structure it is about.
    pub structure: Option<String>,
    /// Name of the field in that structure.
    pub field: Option<String>,
    /// How many equal faults there are.
    pub count: u64,
    /// The first places.
    pub places: Vec<Span>,
    /// What of the guest's disk is concerned: first byte and length.
    pub guest_range: Option<(u64, u64)>,
}

impl Finding {
    /// That rule, with what exactly.
    pub fn new(rule: &'static Rule, detail: impl Into<String>) -> Self {
        Self {
            rule,
            detail: detail.into(),
            args: BTreeMap::new(),
            structure: None,
            field: None,
            count: 1,
            places: Vec::new(),
            guest_range: None,
        }
    }

    /// With a named number or text.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "numbers are passed as they are")]
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.insert(name, value.to_string());
        self
    }

    /// With what should be there and what is.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "numbers are passed as they are")]
    pub fn expected(self, expected: impl ToString, found: impl ToString) -> Self {
        self.arg("expected", expected).arg("found", found)
    }

    /// About that structure.
    #[must_use]
    pub fn on(mut self, structure: impl Into<String>) -> Self {
        self.structure = Some(structure.into());
        self
    }

    /// About that field of that structure; the place is the field's.
    #[must_use]
    pub fn field(mut self, node: &crate::structure::Node, field: &str) -> Self {
        self.structure = Some(node.key.clone());
        self.field = Some(field.into());
        self.place(node.field_span(field))
    }

    /// With a place, where there is one.
    #[must_use]
    pub fn place(mut self, span: Option<Span>) -> Self {
        self.places.extend(span);
        self
    }

    /// Takes in equal faults of the same structure. Which of both comes first in the file tells the story, so that it
    /// does not matter who found what.
    fn merge(&mut self, mut other: Self) {
        let place = |span: &Span| (span.file.0, span.offset);
        if other.places.first().map(place) < self.places.first().map(place) {
            std::mem::swap(self, &mut other);
        }
        self.count += other.count;
        self.places.extend(other.places);
        self.places.sort_by_key(place);
        self.places.truncate(limits::PLACES);
        self.guest_range = match (self.guest_range, other.guest_range) {
            (Some((a, n)), Some((b, m))) => {
                let end = a.saturating_add(n).max(b.saturating_add(m));
                Some((a.min(b), end - a.min(b)))
            }
            (own, more) => own.or(more),
        };
        let first = self.detail.split(ENTRIES_IN_ALL).next().unwrap_or_default();
        self.detail = counted(first, self.count);
    }

    /// About `length` bytes of the guest's disk.
    #[must_use]
    pub fn guest(mut self, offset: u64, length: u64) -> Self {
        self.guest_range = Some((offset, length));
        self
    }
}

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    /// Adds one. The list is bounded: what comes past the limit is dropped, for only hostile input gets there.
    pub fn add(&mut self, finding: Finding) {
        if self.list.len() < limits::FINDINGS {
            self.list.push(finding);
        }
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, other: Self) {
        for finding in other.list {
            self.add(finding);
        }
    }

    /// Takes in what another share of the same work found: equal faults of the same structure become one.
    pub fn merge(&mut self, other: Self) {
        for more in other.list {
            let same = |own: &&mut Finding| {
                own.rule.id == more.rule.id && own.structure == more.structure && own.field == more.field
            };
            match self.list.iter_mut().find(same) {
                Some(own) => own.merge(more),
                None => self.add(more),
            }
        }
    }

    /// What a child says of them when they are its parent's: what is wrong with a parent is wrong with what stands on
    /// it, but the child's report does not list the parent's structures.
    #[must_use]
    pub fn of_parent(self, name: &str) -> Self {
        let list = self.list.into_iter().filter(|finding| finding.rule.severity != Severity::Info);
        let prefixed = list.map(|finding| Finding {
            detail: format!("in the parent {name}: {}", finding.detail),
            structure: None,
            field: None,
            ..finding
        });
        Self { list: prefixed.collect() }
    }

    /// What is said of a link further down a chain, with the name of the image that it is about.
    #[must_use]
    pub fn of_link(self, name: &str) -> Self {
        let list = self.list.into_iter().map(|finding| Finding {
            detail: format!("at {name}: {}", finding.detail),
            structure: None,
            field: None,
            ..finding
        });
        Self { list: list.collect() }
    }

    /// All, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }

    /// Whether that rule fired.
    pub fn has(&self, rule: &Rule) -> bool {
        self.list.iter().any(|finding| finding.rule.id == rule.id)
    }

    /// The worst severity.
    pub fn worst(&self) -> Option<Severity> {
        self.list.iter().map(|finding| finding.rule.severity).min()
    }
}

/// Counts equal faults in a table: how many, the first places, and the range of the guest's disk they touch.
#[derive(Debug)]
pub struct Tally {
    rule: &'static Rule,
    count: u64,
    places: Vec<Span>,
    guest: Option<(u64, u64)>,
    first: Option<String>,
}

impl Tally {
    /// For that rule.
    pub fn new(rule: &'static Rule) -> Self {
        Self { rule, count: 0, places: Vec::new(), guest: None, first: None }
    }

    /// Counts one fault; `first` words the first one.
    pub fn hit(&mut self, place: Option<Span>, guest: Option<(u64, u64)>, first: impl FnOnce() -> String) {
        self.count += 1;
        if self.places.len() < limits::PLACES {
            self.places.extend(place);
        }
        if let Some((offset, length)) = guest {
            let end = offset.saturating_add(length);
            self.guest = Some(match self.guest {
                None => (offset, end),
                Some((low, high)) => (low.min(offset), high.max(end)),
            });
        }
        if self.first.is_none() {
            self.first = Some(first());
        }
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The finding, if there was any fault; `structure` is what it is about.
    pub fn finding(self, structure: &str) -> Option<Finding> {
        let first = self.first?;
        let mut finding = Finding::new(self.rule, counted(&first, self.count)).on(structure);
        finding.count = self.count;
        finding.places = self.places;
        finding.guest_range = self.guest.map(|(low, high)| (low, high - low));
        Some(finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::FileId;

    #[test]
    fn ten_thousand_equal_faults_are_one_finding() {
        let mut tally = Tally::new(&super::super::READ_FAILED);
        for n in 0..10_000_u64 {
            let span = Span { file: FileId(0), offset: n * 4, length: 4 };
            tally.hit(Some(span), Some((n * 512, 512)), || format!("entry {n} is wrong"));
        }
        let finding = tally.finding("table").unwrap();
        assert_eq!(finding.count, 10_000);
        assert_eq!(finding.detail, "entry 0 is wrong; in all there are 10000");
        assert_eq!(finding.places.len(), limits::PLACES);
        assert_eq!(finding.guest_range, Some((0, 10_000 * 512)));
        assert!(Tally::new(&super::super::READ_FAILED).finding("table").is_none());
    }
}
