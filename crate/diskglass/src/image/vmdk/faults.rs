//! Equal faults of grain tables over all extents of an image: one finding each.

use super::overlap::Overlaps;
use super::rules;
use super::tables::Member;
use crate::bytes::Span;
use crate::finding::{Finding, Rule, Tally};

/// Faults by rule, in the order in which the rules first fired.
#[derive(Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
}

struct Fault {
    rule: &'static Rule,
    tally: Tally,
    /// Key of the structure with the first one.
    structure: String,
    /// How many of them the redundant table makes up for.
    recovered: u64,
}

impl Faults {
    /// Counts one fault in the grain tables of that extent.
    pub(super) fn hit(
        &mut self,
        rule: &'static Rule,
        member: &Member,
        place: Option<Span>,
        guest: Option<(u64, u64)>,
        first: impl FnOnce() -> String,
    ) {
        self.hit_on(rule, || member.tables_key(), place, guest, first);
    }

    /// Counts one fault in the structure of that key.
    pub(super) fn hit_on(
        &mut self,
        rule: &'static Rule,
        structure: impl FnOnce() -> String,
        place: Option<Span>,
        guest: Option<(u64, u64)>,
        first: impl FnOnce() -> String,
    ) {
        if let Some(known) = self.list.iter_mut().find(|known| known.rule.id == rule.id) {
            known.tally.hit(place, guest, first);
        } else {
            let mut tally = Tally::new(rule);
            tally.hit(place, guest, first);
            self.list.push(Fault { rule, tally, structure: structure(), recovered: 0 });
        }
    }

    /// Counts the grains of an extent that share space.
    pub(super) fn shared(&mut self, member: &Member, overlaps: &Overlaps) {
        let rule = &rules::ENTRY_DUPLICATE;
        let (shared, more) = overlaps.shared(member);
        for one in shared {
            self.hit(rule, member, one.place, member.guest_range(one.grain, 1), || one.text);
        }
        if let Some((count, low, high)) = more {
            self.hit(rule, member, None, member.guest_range(low, high - low + 1), String::new);
            (1..count).for_each(|_| self.hit(rule, member, None, None, String::new));
        }
    }

    /// Counts one of the faults of that rule for which the redundant table makes up.
    pub(super) fn recovered(&mut self, rule: &Rule) {
        if let Some(fault) = self.list.iter_mut().find(|known| known.rule.id == rule.id) {
            fault.recovered += 1;
        }
    }

    /// All findings. Where grains are not in the file it is said how many are: `allocated` are sound, `lost` are not.
    pub(super) fn findings(self, allocated: u64, lost: u64) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut told = false;
        for fault in self.list {
            let is_missing = [rules::ENTRY_PAST_END.id, rules::ENTRY_CUT_OFF.id].contains(&fault.rule.id);
            let count = fault.tally.count();
            let Some(mut finding) = fault.tally.finding(&fault.structure) else { continue };
            match (fault.recovered, count) {
                (0, _) if is_missing && !told => {
                    told = true;
                    finding.detail.push_str(&whole_text(allocated, allocated.saturating_add(lost)));
                }
                (0, _) => {}
                (1, 1) => finding.detail.push_str("; the redundant table's entry is sound and is used"),
                (all, count) if all == count => {
                    finding.detail.push_str("; the redundant tables make up for all of them");
                }
                (some, _) => {
                    let said = format!("; the redundant tables make up for {some} of them");
                    finding.detail.push_str(&said);
                }
            }
            findings.push(finding);
        }
        findings
    }
}

/// How much of the data is there.
fn whole_text(whole: u64, total: u64) -> String {
    // Rounded down: what is not quite whole is not called so.
    let percent = u128::from(whole) * 100 / u128::from(total.max(1));
    format!("; {whole} of the {total} grains with data are whole in the file ({percent} %)")
}
