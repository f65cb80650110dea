//! Gathers equal faults of the lines of a descriptor: one finding per rule.

use crate::finding::{Findings, Rule, Tally};
use crate::structure::Node;

/// Faults by rule, in the order in which the rules first fired.
#[derive(Default)]
pub(super) struct Gather {
    list: Vec<(&'static Rule, Tally, String)>,
}

impl Gather {
    /// Counts one fault of `field` of the descriptor.
    pub(super) fn hit(
        &mut self,
        rule: &'static Rule,
        node: &Node,
        field: &str,
        guest: Option<(u64, u64)>,
        first: impl FnOnce() -> String,
    ) {
        let place = node.field_span(field);
        if let Some((_, tally, _)) = self.list.iter_mut().find(|(known, _, _)| known.id == rule.id) {
            tally.hit(place, guest, first);
        } else {
            let mut tally = Tally::new(rule);
            tally.hit(place, guest, first);
            self.list.push((rule, tally, field.into()));
        }
    }

    /// Adds all findings; the field is that of the first fault.
    pub(super) fn into_findings(self, node: &Node, findings: &mut Findings) {
        for (_, tally, field) in self.list {
            if let Some(mut finding) = tally.finding(&node.key) {
                finding.field = Some(field);
                findings.add(finding);
            }
        }
    }
}
