//! Searches through things of any size, in steps that each take a moment: the caller asks again from where the last
//! step ended, and stops by not asking.

use super::{QueryError, Session};
use crate::bytes::ReadAt;
use crate::limits;
use crate::report::exact;
use memchr::memmem::{Finder, FinderRev};
use schemars::JsonSchema;
use serde::Serialize;

/// Which way a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the end; what begins at the place itself counts.
    Forwards,
    /// Towards the start; what begins at the place itself counts.
    Backwards,
}

/// What came of a step of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sought {
    /// Byte of the file where the nearest match begins.
    pub found: Option<u64>,
    /// Where to go on; null where a match was found or there is nothing left to search.
    pub next: Option<u64>,
}

impl Sought {
    const NOTHING: Self = Self { found: None, next: None };

    fn at(place: u64) -> Self {
        Self { found: exact(place), next: None }
    }

    fn go_on(next: Option<u64>) -> Self {
        Self { found: None, next: next.and_then(exact) }
    }
}

impl Session {
    /// Looks for `needle` among the bytes of a supplied file, in that direction from where a match may begin at `from`.
    /// One step goes through about [`limits::SEARCH_STEP`] bytes.
    ///
    /// # Errors
    /// When there is no such file, it cannot be read, or the needle is empty or longer than [`limits::NEEDLE_BYTES`].
    pub fn find_bytes(
        &self,
        file: &str,
        needle: &[u8],
        from: u64,
        direction: Direction,
    ) -> Result<Sought, QueryError> {
        let bytes = self.file(file)?;
        let length = needle.len();
        if !(1..=limits::NEEDLE_BYTES).contains(&length) {
            return Err(QueryError::Needle { length });
        }
        // Matches begin before this place.
        let Some(end) = (bytes.size() + 1).checked_sub(length as u64) else { return Ok(Sought::NOTHING) };
        match direction {
            Direction::Forwards => forwards(&**bytes, needle, from.min(end), end),
            Direction::Backwards => backwards(&**bytes, needle, from.saturating_add(1).min(end)),
        }
    }

    /// The row of a table that stands for byte `guest` of the guest's disk; `None` where none does.
    ///
    /// # Errors
    /// When nothing is open or there is no such table.
    pub fn row_at(&self, table: &str, guest: u64) -> Result<Option<u64>, QueryError> {
        let (image, known) = self.table(table)?;
        Ok(image.row_at(table, guest).filter(|row| *row < known.rows))
    }
}

/// The first match that begins in `at..end`, in a step.
fn forwards(bytes: &dyn ReadAt, needle: &[u8], mut at: u64, end: u64) -> Result<Sought, QueryError> {
    let finder = Finder::new(needle);
    let stop = at.saturating_add(limits::SEARCH_STEP).min(end);
    while at < stop {
        let to = at.saturating_add(limits::SCAN_CHUNK as u64).min(stop);
        if let Some(found) = finder.find(&around(bytes, at, to, needle)?) {
            return Ok(Sought::at(at + found as u64));
        }
        at = to;
    }
    Ok(Sought::go_on((at < end).then_some(at)))
}

/// The last match that begins before `end`, in a step.
fn backwards(bytes: &dyn ReadAt, needle: &[u8], mut end: u64) -> Result<Sought, QueryError> {
    let finder = FinderRev::new(needle);
    let stop = end.saturating_sub(limits::SEARCH_STEP);
    while end > stop {
        let at = end.saturating_sub(limits::SCAN_CHUNK as u64).max(stop);
        if let Some(found) = finder.rfind(&around(bytes, at, end, needle)?) {
            return Ok(Sought::at(at + found as u64));
        }
        end = at;
    }
    Ok(Sought::go_on(end.checked_sub(1)))
}

/// The bytes of all matches that begin in `from..to`.
fn around(bytes: &dyn ReadAt, from: u64, to: u64, needle: &[u8]) -> Result<Vec<u8>, QueryError> {
    let length = usize::try_from(to - from).unwrap_or(limits::SCAN_CHUNK);
    Ok(bytes.read_up_to(from, length + needle.len() - 1)?)
}

#[cfg(test)]
mod tests {
    use super::{Direction, Sought};
    use crate::bytes::{Location, ReadAt, ReadError, check_range};
    use crate::limits;
    use crate::session::{QueryError, Session};
    use std::rc::Rc;

    /// Zeros of any size with a few bytes here and there, as a sparse file is.
    struct Sparse {
        size: u64,
        written: Vec<(u64, &'static [u8])>,
    }

    impl ReadAt for Sparse {
        fn size(&self) -> u64 {
            self.size
        }

        fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
            check_range(self.size, offset, buf.len() as u64)?;
            buf.fill(0);
            for (at, bytes) in &self.written {
                for (place, byte) in (*at..).zip(*bytes) {
                    if let Some(inside) = place.checked_sub(offset)
                        && let Some(there) = buf.get_mut(usize::try_from(inside).unwrap())
                    {
                        *there = *byte;
                    }
                }
            }
            Ok(())
        }

        fn locate(&self, _: u64) -> Option<Location> {
            None
        }
    }

    fn opened(size: u64, written: Vec<(u64, &'static [u8])>) -> Session {
        let mut session = Session::default();
        session.add("a.img", Rc::new(Sparse { size, written }), None);
        session.open(None);
        session
    }

    /// Goes on until there is an end; the match and the number of steps.
    fn search(session: &Session, needle: &[u8], from: u64, direction: Direction) -> (Option<u64>, u32) {
        let mut steps = 0;
        let mut next = Some(from);
        while let Some(at) = next {
            steps += 1;
            let step = session.find_bytes("a.img", needle, at, direction).unwrap();
            if step.found.is_some() {
                return (step.found, steps);
            }
            next = step.next;
        }
        (None, steps)
    }

    #[test]
    fn matches_are_found_across_chunks_and_steps() {
        let chunk = limits::SCAN_CHUNK as u64;
        let places = [3, chunk - 2, limits::SEARCH_STEP - 1, limits::SEARCH_STEP * 2 + 5];
        let size = limits::SEARCH_STEP * 3;
        let session = opened(size, places.iter().map(|at| (*at, &b"needle"[..])).collect());
        let mut from = 0;
        for place in places {
            assert_eq!(search(&session, b"needle", from, Direction::Forwards).0, Some(place));
            from = place + 1;
        }
        assert_eq!(search(&session, b"needle", from, Direction::Forwards), (None, 1));
        let mut from = size;
        for place in places.iter().rev() {
            assert_eq!(search(&session, b"needle", from, Direction::Backwards).0, Some(*place));
            from = place - 1;
        }
        assert_eq!(search(&session, b"needle", from, Direction::Backwards), (None, 1));
    }

    #[test]
    fn the_very_end_and_the_very_start_count() {
        let session = opened(4096, vec![(0, b"ab"), (4094, b"ab")]);
        assert_eq!(search(&session, b"ab", 1, Direction::Forwards).0, Some(4094));
        assert_eq!(search(&session, b"ab", 4093, Direction::Backwards).0, Some(0));
        assert_eq!(search(&session, b"ab", u64::MAX, Direction::Backwards).0, Some(4094));
        assert_eq!(search(&session, b"ab", u64::MAX, Direction::Forwards).0, None);
        assert_eq!(search(&session, b"abc", 0, Direction::Forwards).0, None);
        let longer = vec![0; 4097];
        assert!(matches!(
            session.find_bytes("a.img", &longer, 0, Direction::Forwards),
            Err(QueryError::Needle { length: 4097 })
        ));
        assert!(session.find_bytes("a.img", b"", 0, Direction::Forwards).is_err());
        assert!(session.find_bytes("b.img", b"a", 0, Direction::Forwards).is_err());
        let small = opened(2, vec![]);
        assert_eq!(small.find_bytes("a.img", b"abc", 0, Direction::Backwards), Ok(Sought::NOTHING));
    }

    #[test]
    fn a_step_ends_soon_however_large_the_file_is() {
        let session = opened(1 << 41, vec![((1 << 41) - 3, b"end")]);
        let step = session.find_bytes("a.img", b"end", 0, Direction::Forwards).unwrap();
        assert_eq!(step, Sought { found: None, next: Some(limits::SEARCH_STEP) });
        assert_eq!(search(&session, b"end", 1 << 41, Direction::Backwards), (Some((1 << 41) - 3), 1));
    }
}
