//! Work that takes long and runs in steps: the check of tables, and the check of the data itself.

use crate::finding::Findings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A check that runs in steps, so that it can show progress and be cancelled.
pub trait Scan {
    /// Goes on, reading about `budget` bytes. Returns whether it is finished.
    fn step(&mut self, budget: u64) -> bool;

    /// Bytes read, and bytes to be read in all.
    fn progress(&self) -> (u64, u64);

    /// What came out, as far as it went.
    fn outcome(self: Box<Self>) -> ScanOutcome;
}

/// What a scan found. It can be handed on to another instance of the program as long as that one was given the same
/// files in the same order: findings go as the ids of their rules, places as the numbers of their files.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ScanOutcome {
    /// Counts per table key and state.
    pub counts: BTreeMap<String, BTreeMap<String, u64>>,
    /// Allocated blocks or grains.
    pub allocated_units: Option<u64>,
    /// What is wrong.
    pub findings: Findings,
}

impl ScanOutcome {
    /// Takes in what another share of the same work found: counts add up, and equal faults become one finding.
    pub fn merge(&mut self, other: Self) {
        for (table, counts) in other.counts {
            let own = self.counts.entry(table).or_default();
            for (state, count) in counts {
                *own.entry(state).or_default() += count;
            }
        }
        self.allocated_units = match (self.allocated_units, other.allocated_units) {
            (Some(own), Some(more)) => Some(own + more),
            (own, more) => own.or(more),
        };
        self.findings.merge(other.findings);
    }
}

/// A share of work that can be divided: part `index` of `of`. Whoever has several readers opens the image in each of
/// them and gives each its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which part, from 0.
    pub index: u32,
    /// How many parts there are, at least 1.
    pub of: u32,
}

impl Share {
    /// All of it.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// The part of `0..count` that belongs to this share; the parts follow one another.
    pub fn range(self, count: u64) -> std::ops::Range<u64> {
        let of = u64::from(self.of.max(1));
        let cut = |index: u64| {
            u64::try_from(u128::from(count) * u128::from(index.min(of)) / u128::from(of)).unwrap_or(count)
        };
        cut(self.index.into())..cut(u64::from(self.index) + 1)
    }
}

/// The same work on the images of a chain, one after the other, the image itself first.
pub struct InTurn {
    waiting: std::vec::IntoIter<Turn>,
    now: Option<Turn>,
    done: u64,
    total: u64,
    outcome: ScanOutcome,
}

/// A parent's name (`None` for the image itself) and the work on it.
pub type Turn = (Option<String>, Box<dyn Scan>);

impl InTurn {
    /// The work, in its order; `None` where there is none.
    pub fn of(turns: Vec<Turn>) -> Option<Box<dyn Scan>> {
        if turns.is_empty() {
            return None;
        }
        let total = turns.iter().map(|(_, scan)| scan.progress().1).fold(0, u64::saturating_add);
        let mut waiting = turns.into_iter();
        let now = waiting.next();
        Some(Box::new(Self { waiting, now, done: 0, total, outcome: ScanOutcome::default() }))
    }

    fn finish(&mut self) {
        let Some((parent, scan)) = self.now.take() else { return };
        self.done = self.done.saturating_add(scan.progress().1);
        let outcome = scan.outcome();
        match parent {
            None => {
                self.outcome.counts = outcome.counts;
                self.outcome.allocated_units = outcome.allocated_units;
                self.outcome.findings.extend(outcome.findings);
            }
            Some(name) => self.outcome.findings.extend(outcome.findings.of_parent(&name)),
        }
    }
}

impl Scan for InTurn {
    fn step(&mut self, budget: u64) -> bool {
        let Some((_, scan)) = &mut self.now else { return true };
        if scan.step(budget) {
            self.finish();
            self.now = self.waiting.next();
        }
        self.now.is_none()
    }

    fn progress(&self) -> (u64, u64) {
        let now = self.now.as_ref().map_or(0, |(_, scan)| scan.progress().0);
        (self.done.saturating_add(now).min(self.total), self.total)
    }

    fn outcome(mut self: Box<Self>) -> ScanOutcome {
        self.finish();
        self.outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_follow_one_another_and_are_all() {
        for (count, of) in [(0, 1), (1, 3), (10, 3), (7, 7), (u64::MAX, 5)] {
            let mut next = 0;
            for index in 0..of {
                let range = Share { index, of }.range(count);
                assert_eq!(range.start, next);
                next = range.end;
            }
            assert_eq!(next, count);
        }
        assert_eq!(Share::WHOLE.range(9), 0..9);
    }
}
