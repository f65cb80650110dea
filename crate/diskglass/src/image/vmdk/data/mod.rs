//! The check of the data itself, in steps and divisible: streams are read from front to back and every grain is
//! inflated; in other extents grains of zeros are counted.

mod ahead;
mod stored;
mod tallies;

pub(super) use ahead::Ahead;
pub(super) use stored::{Cursor, Stored, Survey};
pub(super) use tallies::Tallies;

use super::header::SECTOR;
use super::rules;
use super::stream::rules::NOT_CHECKED;
use super::stream::{Ground, Step, TornWalk, Walk};
use super::tables::{Grains, Member};
use crate::bytes::ReadError;
use crate::finding::{Findings, READ_FAILED};
use crate::image::{Scan, ScanOutcome, Share};
use crate::limits;
use std::rc::Rc;

/// The check of a share of the data of all extents of an image: every so many-th segment of their files.
pub(super) struct DataCheck {
    grains: Rc<Grains>,
    share: Share,
    /// The extent at hand.
    member: usize,
    /// Segments of the extents before it.
    before: u64,
    now: Option<Check>,
    /// Streams without tables, which are gone through at the end: the first one is at work.
    torn: Vec<TornWalk>,
    done: u64,
    total: u64,
    findings: Findings,
}

impl DataCheck {
    pub(super) fn new(grains: Rc<Grains>, share: Share) -> Self {
        let mut before = 0;
        let mut total = 0_u64;
        for member in &grains.members {
            let mine = Mine { share, before };
            total = total.saturating_add(mine.bytes(member));
            before += stored::segments(member.sparse.bytes.size());
        }
        // Without tables there is one way through a stream, and nothing to share.
        let torn: Vec<TornWalk> = match share.index {
            0 => grains.torn.iter().map(|torn| TornWalk::new(Rc::clone(torn))).collect(),
            _ => Vec::new(),
        };
        let lengths = torn.iter().map(TornWalk::length);
        let mut check = Self {
            total: lengths.fold(total, u64::saturating_add),
            torn,
            grains,
            share,
            member: 0,
            before: 0,
            now: None,
            done: 0,
            findings: Findings::default(),
        };
        check.begin();
        check
    }

    fn begin(&mut self) {
        let mine = Mine { share: self.share, before: self.before };
        self.now = self.grains.members.get(self.member).map(|member| Check::new(member, mine));
    }

    /// Ends the extent at hand, finished or not.
    fn finish(&mut self) {
        let Some((member, check)) = self.grains.members.get(self.member).zip(self.now.take()) else { return };
        self.done = self.done.saturating_add(check.mine.bytes(member));
        self.before += stored::segments(member.sparse.bytes.size());
        check.work.report(member, &mut self.findings);
        self.member += 1;
    }

    /// Goes on in the streams without tables by so many bytes; whether they are at their end.
    fn follow_torn(&mut self, budget: u64) -> bool {
        let mut left = budget;
        while left > 0 {
            let Some(walk) = self.torn.first_mut() else { return true };
            match walk.step() {
                Some(read) => left = left.saturating_sub(read),
                None => {
                    let walk = self.torn.remove(0);
                    self.done = self.done.saturating_add(walk.length());
                    walk.report(&mut self.findings);
                }
            }
        }
        self.torn.is_empty()
    }
}

impl Scan for DataCheck {
    fn step(&mut self, budget: u64) -> bool {
        let grains = Rc::clone(&self.grains);
        let mut left = budget.max(1);
        while left > 0 {
            let Some((member, check)) = grains.members.get(self.member).zip(self.now.as_mut()) else {
                return self.follow_torn(left);
            };
            match check.step(member) {
                Some(read) => left = left.saturating_sub(read.max(1)),
                None => {
                    self.finish();
                    self.begin();
                }
            }
        }
        self.now.is_none() && self.torn.is_empty()
    }

    fn progress(&self) -> (u64, u64) {
        let member = self.grains.members.get(self.member);
        let now = match member.zip(self.now.as_ref()) {
            Some((member, check)) => check.done(member),
            None => self.torn.first().map_or(0, TornWalk::done),
        };
        (self.done.saturating_add(now).min(self.total), self.total)
    }

    fn outcome(mut self: Box<Self>) -> ScanOutcome {
        self.finish();
        self.torn.drain(..).for_each(|walk| walk.report(&mut self.findings));
        ScanOutcome { findings: self.findings, ..ScanOutcome::default() }
    }
}

/// Which segments of an extent's file belong to a share. They take turns, so that all shares have about as much to do.
#[derive(Clone, Copy)]
struct Mine {
    share: Share,
    /// Segments of the extents before.
    before: u64,
}

impl Mine {
    fn has(self, segment: u64) -> bool {
        let of = u64::from(self.share.of.max(1));
        (self.before + segment) % of == u64::from(self.share.index)
    }

    /// Bytes that are read in all.
    fn bytes(self, member: &Member) -> u64 {
        if !can_check(member) {
            return 0;
        }
        let size = member.sparse.bytes.size();
        let own = (0..stored::segments(size)).filter(|segment| self.has(*segment));
        let segments = own.map(|segment| {
            let range = stored::range(size, segment);
            range.end - range.start
        });
        segments.sum::<u64>() + tables_bytes(member)
    }
}

/// Bytes of the grain tables, all of which every share reads.
fn tables_bytes(member: &Member) -> u64 {
    member.sparse.examined.saturating_mul(member.sparse.geometry.table_bytes())
}

/// Whether it can be told how long each grain is.
fn can_check(member: &Member) -> bool {
    !member.sparse.compressed || member.sparse.markers
}

/// The check of one extent.
struct Check {
    mine: Mine,
    survey: Survey,
    surveyed: bool,
    /// The next segment.
    segment: usize,
    /// Bytes of own segments that are done.
    passed: u64,
    work: Work,
}

/// What is done with a segment.
enum Work {
    Stream(Box<Walk>),
    Plain(Zeros),
    /// Nothing can be.
    None(Tallies),
}

impl Work {
    fn report(self, member: &Member, findings: &mut Findings) {
        let tallies = match self {
            Self::Stream(walk) => walk.tallies,
            Self::Plain(zeros) => zeros.tallies,
            Self::None(tallies) => tallies,
        };
        tallies.report(member, findings);
    }
}

impl Check {
    fn new(member: &Member, mine: Mine) -> Self {
        let sparse = &member.sparse;
        let mut work = if !can_check(member) {
            Work::None(Tallies::default())
        } else if sparse.compressed {
            Work::Stream(Box::new(Walk::new(sparse)))
        } else {
            Work::Plain(Zeros::default())
        };
        if let Work::None(tallies) = &mut work
            && mine.has(0)
        {
            tallies.hit(&NOT_CHECKED, None, None, || {
                format!("the grains of {} have no markers that tell how long they are", member.name)
            });
        }
        Self { mine, survey: Survey::new(sparse), surveyed: false, segment: 0, passed: 0, work }
    }

    /// Bytes that were read.
    fn done(&self, member: &Member) -> u64 {
        let tables = self.survey.tables_read().saturating_mul(member.sparse.geometry.table_bytes());
        let at = match &self.work {
            Work::Stream(walk) => walk.at(),
            Work::Plain(zeros) => zeros.at(),
            Work::None(_) => 0,
        };
        let range = self.survey.range(self.segment);
        let here = at.clamp(range.start, range.end) - range.start;
        tables.saturating_add(self.passed).saturating_add(here)
    }

    /// Goes on a little; the bytes that were read, or nothing where all is done.
    fn step(&mut self, member: &Member) -> Option<u64> {
        let sparse = &member.sparse;
        if matches!(self.work, Work::None(_)) {
            return None;
        }
        if !self.surveyed {
            self.surveyed = self.survey.read(sparse);
            if self.surveyed
                && self.mine.has(0)
                && let Work::Stream(walk) = &mut self.work
            {
                walk.begin_at_front(Ground { member, survey: &self.survey });
            }
            return Some(sparse.geometry.table_bytes());
        }
        let next = match &mut self.work {
            Work::Stream(walk) if walk.is_running() => {
                match walk.step(Ground { member, survey: &self.survey }) {
                    Step::Read(read) => return Some(read),
                    Step::End(next) => next,
                }
            }
            Work::Plain(zeros) if zeros.is_running() => match zeros.step(member, &self.survey) {
                Some(read) => return Some(read),
                None => self.segment + 1,
            },
            _ => self.segment,
        };
        self.go_to(member, next)
    }

    /// Begins the next own segment from `next` on that has anything to do.
    fn go_to(&mut self, member: &Member, next: usize) -> Option<u64> {
        self.pass(next);
        while self.segment < self.survey.segments() {
            let segment = self.segment;
            if self.mine.has(segment as u64) && self.survey.count(segment) > 0 {
                let begun = match &mut self.work {
                    Work::Stream(walk) => walk.begin(Ground { member, survey: &self.survey }, segment),
                    Work::Plain(zeros) => zeros.begin(member, &self.survey, segment),
                    Work::None(_) => false,
                };
                if begun {
                    return Some(SECTOR);
                }
            }
            self.pass(segment + 1);
        }
        None
    }

    /// Leaves all segments before `next` behind.
    fn pass(&mut self, next: usize) {
        while self.segment < next.min(self.survey.segments()) {
            if self.mine.has(self.segment as u64) {
                let range = self.survey.range(self.segment);
                self.passed += range.end - range.start;
            }
            self.segment += 1;
        }
    }
}

/// Counts grains that hold nothing but zeros.
#[derive(Default)]
struct Zeros {
    cursor: Cursor,
    ahead: Ahead,
    segment: Option<usize>,
    /// The grain at hand, and how many of its bytes were read.
    now: Option<(Stored, u64)>,
    tallies: Tallies,
}

impl Zeros {
    /// Begins with that segment.
    fn begin(&mut self, member: &Member, survey: &Survey, segment: usize) -> bool {
        self.cursor.seek(survey, &member.sparse, segment);
        self.segment = Some(segment);
        true
    }

    fn is_running(&self) -> bool {
        self.segment.is_some()
    }

    /// A byte of the file.
    fn at(&self) -> u64 {
        self.now.map_or(0, |(stored, read)| stored.offset() + read)
    }

    /// Goes on by a piece of a grain; the bytes that were read, or nothing at the end of the segment.
    fn step(&mut self, member: &Member, survey: &Survey) -> Option<u64> {
        let sparse = &member.sparse;
        let segment = self.segment?;
        let (stored, read) = match self.now {
            Some(now) => now,
            None => {
                let next = self.cursor.peek(survey, sparse);
                let Some(stored) = next.filter(|stored| survey.segment_of(*stored) == segment) else {
                    self.segment = None;
                    return None;
                };
                (stored, 0)
            }
        };
        let length = sparse.geometry.sectors_of(stored.grain) * SECTOR;
        let left = length - read;
        let part = usize::try_from(left).unwrap_or(usize::MAX).min(limits::SCAN_CHUNK);
        let until = survey.range(segment).end;
        let bytes = self.ahead.get(&*sparse.bytes, stored.offset() + read, part, until);
        let zero = bytes.map(is_zero);
        self.now = match zero {
            Ok(true) if left > part as u64 => Some((stored, read + part as u64)),
            zero => {
                self.tell(member, stored, length, zero);
                self.leave(survey, member, stored);
                None
            }
        };
        Some(part as u64)
    }

    /// Leaves a grain behind, and others that are at the same place.
    fn leave(&mut self, survey: &Survey, member: &Member, stored: Stored) {
        while self.cursor.peek(survey, &member.sparse).is_some_and(|next| next.sector == stored.sector) {
            self.cursor.advance();
        }
    }

    fn tell(&mut self, member: &Member, stored: Stored, length: u64, zero: Result<bool, ReadError>) {
        let place = member.sparse.span(stored.offset(), length);
        let guest = member.guest_range(stored.grain, 1);
        match zero {
            Ok(false) => {}
            Ok(true) => self.tallies.hit(&rules::ZERO_GRAINS, place, guest, || {
                format!("grain {} at byte {} is all zero", stored.grain, stored.offset())
            }),
            Err(error) => self.tallies.hit(&READ_FAILED, place, guest, || {
                format!("grain {} of {}: {error}", stored.grain, member.name)
            }),
        }
    }
}

/// Whether all bytes are zero.
fn is_zero(bytes: &[u8]) -> bool {
    bytes.chunks(4096).all(|chunk| chunk.iter().fold(0, |all, byte| all | byte) == 0)
}
