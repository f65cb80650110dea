//! Which grains of an extent share space in the file: a map with a bit per unit of the file finds what collides, and
//! only that is looked at again.

use super::grain::{Kind, Sparse};
use super::header::SECTOR;
use super::tables::Member;
use crate::bytes::Span;
use crate::limits;

/// Bits of one page of a [`Seen`].
const PAGE_BITS: u64 = 1 << 15;

/// Entries that lie at no multiple of a grain and are remembered to find overlaps.
const MOST_ODD: usize = 1 << 20;

/// Which units of a file are taken: a bit each, in pages that are made as they are needed.
#[derive(Default)]
struct Seen {
    pages: Vec<Option<Box<[u64; 512]>>>,
    set: u64,
}

impl Seen {
    /// For `units` units.
    fn new(units: u64) -> Self {
        let pages = units.min(limits::SEEN_UNITS).div_ceil(PAGE_BITS);
        Self { pages: (0..pages).map(|_| None).collect(), set: 0 }
    }

    /// Takes a unit. Whether it was taken before; `None` where it is past what is remembered.
    fn take(&mut self, unit: u64) -> Option<bool> {
        let page = self.pages.get_mut(usize::try_from(unit / PAGE_BITS).ok()?)?;
        let page = page.get_or_insert_with(|| Box::new([0; 512]));
        let word = page.get_mut(usize::try_from(unit % PAGE_BITS / 64).ok()?)?;
        let bit = 1 << (unit % 64);
        let taken = *word & bit != 0;
        *word |= bit;
        self.set += u64::from(!taken);
        Some(taken)
    }

    /// Takes `count` units. Whether any was taken before; `None` where one is past what is remembered.
    fn take_all(&mut self, first: u64, count: u64) -> Option<bool> {
        let mut taken = false;
        for unit in first..first.saturating_add(count) {
            taken |= self.take(unit)?;
        }
        Some(taken)
    }

    fn is_taken(&self, unit: u64) -> bool {
        let word = || {
            let page = self.pages.get(usize::try_from(unit / PAGE_BITS).ok()?)?.as_ref()?;
            page.get(usize::try_from(unit % PAGE_BITS / 64).ok()?)
        };
        word().is_some_and(|word| word & 1 << (unit % 64) != 0)
    }
}

/// Two grains at one place: the later one, and the earlier one once it is known.
struct Collision {
    start: u64,
    later: u64,
    place: Option<Span>,
    earlier: Option<(u64, u64)>,
}

/// A grain that shares space with another one, in words.
pub(super) struct Shared {
    pub(super) place: Option<Span>,
    pub(super) grain: u64,
    pub(super) text: String,
}

/// What is remembered of the extent that is being read.
#[derive(Default)]
pub(super) struct Overlaps {
    seen: Seen,
    /// Sectors of a unit.
    unit: u64,
    /// Units of a grain.
    length: u64,
    /// Sector of the first unit, within a unit.
    phase: u64,
    /// Grains at no multiple of a unit: sector and grain.
    odd: Vec<(u64, u64)>,
    collisions: Vec<Collision>,
    /// Grains that collided and are not in `collisions`: how many, and the first and last of them.
    more: u64,
    more_range: Option<(u64, u64)>,
    /// Grains past what is remembered.
    pub(super) unmapped: u64,
}

impl Overlaps {
    pub(super) fn new(sparse: &Sparse) -> Self {
        let grain = sparse.geometry.grain;
        let (unit, length, phase) = match sparse.kind {
            // How long a compressed grain is does not stand in the table.
            Kind::Hosted if sparse.compressed => (1, 1, 0),
            Kind::Hosted | Kind::SeSparse(_) => (grain, 1, sparse.phase),
            // Tables lie between the grains, so that these begin at any sector.
            Kind::Cowd => (1, grain, 0),
        };
        let sectors = sparse.bytes.size().div_ceil(SECTOR);
        Self { seen: Seen::new(sectors / unit + 1), unit, length, phase, ..Self::default() }
    }

    /// Takes the place of a grain that begins at sector `start`; its entry is at byte `at`. Whether the grain is where
    /// grains begin.
    pub(super) fn take(&mut self, sparse: &Sparse, grain: u64, at: u64, start: u64) -> bool {
        let unit = self.unit.max(1);
        if (start + unit - self.phase).is_multiple_of(unit) {
            match self.seen.take_all(start / unit, self.length) {
                Some(false) => {}
                Some(true) => self.collide(sparse, grain, at, start),
                None => self.unmapped += 1,
            }
            return true;
        }
        if self.odd.len() < MOST_ODD {
            self.odd.push((start, grain));
        }
        false
    }

    /// Remembers a grain whose place was taken before.
    fn collide(&mut self, sparse: &Sparse, grain: u64, at: u64, start: u64) {
        if self.collisions.len() < limits::PLACES {
            let place = sparse.span(at, sparse.geometry.entry_bytes);
            self.collisions.push(Collision { start, later: grain, place, earlier: None });
        } else {
            self.more += 1;
            self.more_range =
                Some(self.more_range.map_or((grain, grain), |(low, high)| (low.min(grain), high.max(grain))));
        }
    }

    /// Whether the tables have to be read again to find the earlier grain of each collision.
    pub(super) fn is_incomplete(&self) -> bool {
        !self.collisions.is_empty()
    }

    /// Looks whether that grain is the earlier one of a collision.
    pub(super) fn look_again(&mut self, grain: u64, start: u64) {
        let reach = self.unit * self.length;
        for collision in &mut self.collisions {
            if collision.start.abs_diff(start) < reach
                && collision.later > grain
                && collision.earlier.is_none()
            {
                collision.earlier = Some((grain, start));
            }
        }
    }

    /// Units that are taken, where every grain is at a place of its own that can be counted.
    pub(super) fn taken(&self) -> Option<u64> {
        self.odd.is_empty().then_some(self.seen.set)
    }

    /// All grains that share space, as far as each is remembered; then how many more there are, with the first and the
    /// last of them.
    pub(super) fn shared(&self, member: &Member) -> (Vec<Shared>, Option<(u64, u64, u64)>) {
        let sparse = &member.sparse;
        let mut shared: Vec<Shared> = Vec::new();
        for collision in &self.collisions {
            let Collision { start, later, place, earlier } = collision;
            let text = match earlier {
                Some((earlier, at)) if at == start => {
                    format!("grains {earlier} and {later} are both at sector {start}")
                }
                Some((earlier, at)) => {
                    format!("grain {earlier} at sector {at} and grain {later} at sector {start} overlap")
                }
                None => format!("grain {later} is at sector {start}, where another one is"),
            };
            shared.push(Shared { place: *place, grain: *later, text });
        }
        let mut odd = self.odd.clone();
        odd.sort_unstable();
        let mut before: Option<(u64, u64)> = None;
        for (start, grain) in odd {
            let below = start.checked_sub(sparse.phase).map(|distance| distance / self.unit.max(1));
            let above = below.map_or(0, |below| below + 1);
            if let Some((other, neighbour)) = before.filter(|(other, _)| start - other < self.unit) {
                let text = format!(
                    "grain {neighbour} at sector {other} and grain {grain} at sector {start} overlap"
                );
                shared.push(Shared { place: None, grain, text });
            } else if below.is_some_and(|unit| self.seen.is_taken(unit)) || self.seen.is_taken(above) {
                let text = format!("grain {grain} at sector {start} overlaps another one");
                shared.push(Shared { place: None, grain, text });
            }
            before = Some((start, grain));
        }
        (shared, self.more_range.map(|(low, high)| (self.more, low, high)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_twice_is_noticed() {
        let mut seen = Seen::new(100_000);
        assert_eq!(seen.take_all(70_000, 8), Some(false));
        assert_eq!(seen.take_all(70_007, 8), Some(true));
        assert_eq!(seen.take_all(70_015, 1), Some(false));
        assert_eq!(seen.take(1 << 40), None);
        assert!(seen.is_taken(70_003) && !seen.is_taken(5));
        assert_eq!(seen.set, 16);
    }
}
