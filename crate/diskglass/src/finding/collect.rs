use super::{Rule, Severity, catalogue};
use crate::bytes::Span;
use crate::limits;
use crate::order::sort_by_key;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What separates the first fault from how many there are.
const ENTRIES_IN_ALL: &str = "; in all there are ";

/// The first of so many equal faults, in words.
fn counted(first: &str, count: u64) -> String {
    if count == 1 { first.into() } else { format!("{first}{ENTRIES_IN_ALL}{count}") }
}

/// Where a place comes in the order of the files and their bytes; what has no place comes last.
fn order(place: Option<&Span>) -> (bool, Option<(u32, u64)>) {
    (place.is_none(), place.map(|span| (span.file.0, span.offset)))
}

/// A rule as its id, for findings that go from one instance of the program to another.
mod by_id {
    use super::super::{Rule, catalogue};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(rule: &Rule, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(rule.id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Rule, D::Error> {
        let id = String::deserialize(deserializer)?;
        let rule = catalogue().find(|rule| rule.id == id);
        rule.ok_or_else(|| D::Error::custom(format!("there is no rule {id:?}")))
    }
}

/// A rule that fired.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    #[serde(with = "by_id")]
    pub rule: &'static Rule,
    /// What exactly, with the numbers.
    pub detail: String,
    /// The numbers, by name: `expected`, `found`.
    pub args: BTreeMap<Cow<'static, str>, String>,
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
    /// Where the fault is, when that is not the image of the report: the name of its parent, and the structure there.
    elsewhere: Option<(String, Option<String>)>,
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
            elsewhere: None,
        }
    }

    /// With a named number or text.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "numbers are passed as they are")]
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.insert(Cow::Borrowed(name), value.to_string());
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
        if order(other.places.first()) < order(self.places.first()) {
            std::mem::swap(self, &mut other);
        }
        self.count += other.count;
        self.places.extend(other.places);
        sort_by_key(&mut self.places, |place| order(Some(place)));
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
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
                own.rule.id == more.rule.id
                    && own.structure == more.structure
                    && own.field == more.field
                    && own.elsewhere == more.elsewhere
            };
            match self.list.iter_mut().find(same) {
                Some(own) => own.merge(more),
                None => self.add(more),
            }
        }
    }

    /// Puts them into the order of the catalogue, those of the image itself first, so that it does not matter which
    /// share of the work found what.
    pub fn sort(&mut self) {
        let nth = |rule: &Rule| catalogue().position(|known| known.id == rule.id);
        sort_by_key(&mut self.list, |finding| {
            let at = order(finding.places.first());
            (finding.elsewhere.clone(), nth(finding.rule), finding.structure.clone(), at)
        });
    }

    /// What a child says of them when they are its parent's: what is wrong with a parent is wrong with what stands on
    /// it, but the child's report does not list the parent's structures.
    #[must_use]
    pub fn of_parent(self, name: &str) -> Self {
        let list = self.list.into_iter().filter(|finding| finding.rule.severity != Severity::Info);
        let prefixed = list.map(|finding| Finding {
            detail: format!("in the parent {name}: {}", finding.detail),
            elsewhere: Some((name.into(), finding.structure)),
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

/// Counts equal faults in a table: how many, the first places, and the range of the guest's disk they touch. What comes
/// first in the file is first, whatever was counted first.
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

    /// Counts one fault; `words` tells of it, should it be the first one.
    pub fn hit(&mut self, place: Option<Span>, guest: Option<(u64, u64)>, words: impl FnOnce() -> String) {
        self.hits(1, place, guest, words);
    }

    /// Counts so many faults, the first of which is at `place`.
    pub fn hits(
        &mut self,
        count: u64,
        place: Option<Span>,
        guest: Option<(u64, u64)>,
        words: impl FnOnce() -> String,
    ) {
        self.count += count;
        if self.first.is_none() || order(place.as_ref()) < order(self.places.first()) {
            self.first = Some(words());
        }
        if let Some(place) = place {
            let at = self.places.partition_point(|known| order(Some(known)) <= order(Some(&place)));
            if at < limits::PLACES {
                self.places.truncate(limits::PLACES - 1);
                self.places.insert(at, place);
            }
        }
        if let Some((offset, length)) = guest {
            let end = offset.saturating_add(length);
            self.guest = Some(match self.guest {
                None => (offset, end),
                Some((low, high)) => (low.min(offset), high.max(end)),
            });
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

    #[test]
    fn what_is_first_in_the_file_is_first_however_it_was_counted() {
        let tally = |places: &[Option<u64>]| {
            let mut tally = Tally::new(&super::super::READ_FAILED);
            for at in places {
                let span = at.map(|offset| Span { file: FileId(0), offset, length: 4 });
                tally.hit(span, None, || format!("{at:?}"));
            }
            tally.finding("table").unwrap()
        };
        let found = tally(&[None, Some(9), Some(3), None, Some(5)]);
        assert_eq!(found.detail, "Some(3); in all there are 5");
        assert_eq!(found.places.iter().map(|span| span.offset).collect::<Vec<_>>(), [3, 5, 9]);
        let descending: Vec<_> = (0..100).rev().map(Some).collect();
        let found = tally(&descending);
        let lowest: Vec<_> = (0..limits::PLACES as u64).collect();
        assert_eq!(found.places.iter().map(|span| span.offset).collect::<Vec<_>>(), lowest);
        assert_eq!(tally(&[None, None]).detail, "None; in all there are 2");
    }

    #[test]
    fn equal_faults_of_different_parents_stay_apart() {
        let found = |structure: &str| {
            let mut findings = Findings::default();
            findings.add(Finding::new(&super::super::READ_FAILED, structure).on(structure));
            findings
        };
        let mut merged = Findings::default();
        for (structure, parent) in [("a", "p"), ("b", "p"), ("a", "q"), ("b", "p")] {
            merged.merge(found(structure).of_parent(parent));
        }
        let counts: Vec<_> = merged.iter().map(|found| (found.detail.as_str(), found.count)).collect();
        let expected = [
            ("in the parent p: a", 1),
            ("in the parent p: b; in all there are 2", 2),
            ("in the parent q: a", 1),
        ];
        assert_eq!(counts, expected);
    }

    #[test]
    fn a_finding_of_an_unknown_rule_is_an_error() {
        let text = serde_json::to_string(&Finding::new(&super::super::READ_FAILED, "it is gone")).unwrap();
        assert!(serde_json::from_str::<Finding>(&text).is_ok());
        let unknown = text.replace("file.read-failed", "no.such.rule");
        let error = serde_json::from_str::<Finding>(&unknown).unwrap_err();
        assert!(error.to_string().contains("there is no rule \"no.such.rule\""), "{error}");
    }
}
