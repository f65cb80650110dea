//! Ranges of sectors: which overlap, and what lies between them.

use crate::order::sort_by;

/// Sectors from `start` up to but without `end`, and whose they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    /// First sector.
    pub(super) start: u64,
    /// The sector after the last.
    pub(super) end: u64,
    /// Whose: an index of the caller's.
    pub(super) owner: usize,
}

/// An overlap of two ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overlap {
    /// Owner of the range that starts first.
    pub(super) first: usize,
    /// Owner of the other one.
    pub(super) second: usize,
    /// First sector that both have.
    pub(super) start: u64,
    /// The sector after the last that both have.
    pub(super) end: u64,
}

/// Each range that overlaps an earlier one, with the earlier one that reaches furthest: at most one overlap a range.
pub(super) fn overlaps(mut ranges: Vec<Range>) -> Vec<Overlap> {
    ranges.retain(|range| range.start < range.end);
    sort_by(&mut ranges, Ord::cmp);
    let mut found = Vec::new();
    let mut furthest: Option<Range> = None;
    for range in ranges {
        if let Some(before) = furthest.filter(|before| before.end > range.start) {
            found.push(Overlap {
                first: before.owner,
                second: range.owner,
                start: range.start,
                end: range.end.min(before.end),
            });
        }
        if furthest.is_none_or(|before| range.end > before.end) {
            furthest = Some(range);
        }
    }
    found
}

/// What of `first..end` no range covers, as pairs of first sector and the sector after the last.
pub(super) fn gaps(mut ranges: Vec<Range>, first: u64, end: u64) -> Vec<(u64, u64)> {
    sort_by(&mut ranges, Ord::cmp);
    let mut found = Vec::new();
    let mut at = first;
    for range in ranges {
        if range.start > at {
            found.push((at, range.start.min(end)));
        }
        at = at.max(range.end);
    }
    found.push((at, end));
    found.retain(|(from, to)| from < to);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(list: &[(u64, u64)]) -> Vec<Range> {
        list.iter().enumerate().map(|(owner, &(start, end))| Range { start, end, owner }).collect()
    }

    #[test]
    fn overlaps_are_found_with_the_range_that_reaches_furthest() {
        assert!(overlaps(ranges(&[(10, 20), (0, 10), (20, 20)])).is_empty());
        let found = overlaps(ranges(&[(0, 100), (10, 20), (30, 40), (99, 120), (110, 115)]));
        let pairs: Vec<_> = found.iter().map(|o| (o.first, o.second, o.start, o.end)).collect();
        assert_eq!(pairs, [(0, 1, 10, 20), (0, 2, 30, 40), (0, 3, 99, 100), (3, 4, 110, 115)]);
    }

    #[test]
    fn gaps_are_what_is_left() {
        assert_eq!(gaps(ranges(&[(5, 10), (8, 12), (20, 30)]), 1, 40), [(1, 5), (12, 20), (30, 40)]);
        assert_eq!(gaps(ranges(&[(0, u64::MAX)]), 1, 40), []);
        assert_eq!(gaps(Vec::new(), 1, 40), [(1, 40)]);
        assert_eq!(gaps(ranges(&[(50, 60)]), 1, 40), [(1, 40)]);
    }
}
