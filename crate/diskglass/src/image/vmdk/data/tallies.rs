use super::super::tables::Member;
use crate::bytes::Span;
use crate::finding::{Findings, Rule, Tally};

/// Equal faults of one extent, rule by rule.
#[derive(Default)]
pub(in crate::image::vmdk) struct Tallies(Vec<(&'static Rule, Tally)>);

impl Tallies {
    /// Counts a fault; `first` words the first one of its rule.
    pub(in crate::image::vmdk) fn hit(
        &mut self,
        rule: &'static Rule,
        place: Option<Span>,
        guest: Option<(u64, u64)>,
        first: impl FnOnce() -> String,
    ) {
        let known = self.0.iter().position(|(known, _)| known.id == rule.id);
        let index = known.unwrap_or_else(|| {
            self.0.push((rule, Tally::new(rule)));
            self.0.len() - 1
        });
        if let Some((_, tally)) = self.0.get_mut(index) {
            tally.hit(place, guest, first);
        }
    }

    /// Adds what was counted to the findings.
    pub(in crate::image::vmdk) fn report(self, member: &Member, findings: &mut Findings) {
        let key = member.tables_key();
        for finding in self.0.into_iter().filter_map(|(_, tally)| tally.finding(&key)) {
            findings.add(finding);
        }
    }
}
