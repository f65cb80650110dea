//! Reading a stream from front to back, as an importer does: marker by marker, with every grain inflated, beside what
//! the tables say.
//!
//! A walk can begin at every grain that the tables and its marker agree on. So it is cut into runs, one for each
//! segment of the file: a run begins at the first such grain of its segment and ends where the next one begins. What is
//! found does not depend on who does which run.

use super::super::data::{Ahead, Cursor, Stored, Survey, Tallies};
use super::super::grain::Sparse;
use super::super::header::SECTOR;
use super::super::tables::Member;
use super::rules;
use super::{Broken, GRAIN_MARKER, Inflater, Marker};
use crate::bytes::ReadError;
use crate::finding::{READ_FAILED, Rule};
use crate::limits;

/// Grains of a segment that are tried as the beginning of its run.
const TRIES: usize = 64;

/// What a look at a single marker costs where little is read.
const SMALL: u64 = SECTOR;

/// What the walk goes through.
#[derive(Clone, Copy)]
pub(in crate::image::vmdk) struct Ground<'a> {
    pub(in crate::image::vmdk) member: &'a Member,
    pub(in crate::image::vmdk) survey: &'a Survey,
}

impl Ground<'_> {
    fn sparse(&self) -> &Sparse {
        &self.member.sparse
    }

    fn size(&self) -> u64 {
        self.sparse().bytes.size()
    }

    /// First sector of a grain on the disk, or on the part of it that is in this extent.
    fn lba(&self, grain: u64) -> u64 {
        grain.saturating_mul(self.sparse().geometry.grain)
    }

    /// Whether a grain can begin at that sector of the disk.
    fn is_place(&self, lba: u64) -> bool {
        let geometry = self.sparse().geometry;
        lba.is_multiple_of(geometry.grain) && lba < geometry.capacity
    }

    /// Whether the table of the grain for that sector of the disk is among those that are read.
    fn is_examined(&self, lba: u64) -> bool {
        let sparse = self.sparse();
        lba / sparse.geometry.grain / sparse.geometry.table_entries < sparse.examined
    }

    /// Whether a grain at that byte of the file can have that compressed size. Data that does not compress becomes a
    /// little longer, never twice as long.
    fn is_size(&self, offset: u64, size: u32) -> bool {
        let size = u64::from(size);
        size <= self.sparse().geometry.grain_bytes() * 2
            && offset.saturating_add(GRAIN_MARKER + size) <= self.size()
    }

    /// Sectors that follow a marker of that kind; `None` for a kind that is not known or has no certain length.
    fn sectors_behind(&self, kind: u32) -> Option<u64> {
        let geometry = &self.sparse().geometry;
        match kind {
            Marker::END => Some(0),
            Marker::TABLE => Some(geometry.table_sectors()),
            Marker::DIRECTORY => Some(geometry.directory_sectors()),
            Marker::FOOTER => Some(1),
            _ => None,
        }
    }

    /// The marker at that byte.
    fn marker(&self, offset: u64) -> Result<Marker, ReadError> {
        self.sparse().bytes.read_array(offset).map(Marker::decode)
    }

    /// The size of a grain whose own marker stands where the tables say.
    fn own_size(&self, stored: Stored) -> Option<u32> {
        match self.marker(stored.offset()) {
            Ok(Marker::Grain { lba, size })
                if lba == self.lba(stored.grain) && self.is_size(stored.offset(), size) =>
            {
                Some(size)
            }
            _ => None,
        }
    }
}

/// What a step of a walk came to.
pub(in crate::image::vmdk) enum Step {
    /// So many bytes were gone through.
    Read(u64),
    /// The run is at its end; the next one begins in this segment or a later one.
    End(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A marker ought to be at hand.
    Walking,
    /// The way was lost: on to the next grain that the tables lead to.
    Seeking,
    /// Behind the end of the stream.
    Tail,
}

struct Run {
    state: State,
    /// The next byte.
    at: u64,
    /// Where reading ahead is of no use any more.
    until: u64,
    /// Place on the disk of the grain before.
    before: Option<u64>,
    /// The last segment of which is known where its run begins.
    known: Option<usize>,
    /// Where the next run begins.
    end: Option<Stored>,
}

/// A walk through a stream, run by run.
pub(in crate::image::vmdk) struct Walk {
    cursor: Cursor,
    ahead: Ahead,
    inflater: Inflater,
    /// Where grains are inflated.
    room: Vec<u8>,
    run: Option<Run>,
    pub(in crate::image::vmdk) tallies: Tallies,
}

impl Walk {
    pub(in crate::image::vmdk) fn new(sparse: &Sparse) -> Self {
        let room = usize::try_from(sparse.geometry.grain_bytes()).unwrap_or(usize::MAX);
        let room = if room <= limits::INFLATED_GRAIN_BYTES { room } else { 0 };
        Self {
            cursor: Cursor::default(),
            ahead: Ahead::default(),
            inflater: Inflater::new(),
            room: vec![0; room],
            run: None,
            tallies: Tallies::default(),
        }
    }

    /// Begins the first run, which leads from the first marker to the first grain that a run of its own begins with.
    pub(in crate::image::vmdk) fn begin_at_front(&mut self, ground: Ground) {
        self.run = Some(Run {
            state: State::Walking,
            at: ground.member.first * SECTOR,
            until: ground.size(),
            before: None,
            known: None,
            end: None,
        });
    }

    /// Begins the run of a segment. Whether there is one: none begins where tables and markers agree on no grain.
    pub(in crate::image::vmdk) fn begin(&mut self, ground: Ground, segment: usize) -> bool {
        let sparse = ground.sparse();
        let left_out = self.cursor.seek(ground.survey, sparse, segment);
        if left_out > 0 {
            self.tallies.hit(&rules::NOT_CHECKED, None, None, || {
                format!("more table entries than there is room for grains lead to one stretch of the file; {left_out} of them were not followed")
            });
        }
        let Some(first) = self.first(ground, segment) else { return false };
        while self.cursor.peek(ground.survey, sparse).is_some_and(|stored| stored.sector < first.sector) {
            self.cursor.advance();
        }
        self.run = Some(Run {
            state: State::Walking,
            at: first.offset(),
            until: ground.survey.range(segment).end,
            before: None,
            known: Some(segment),
            end: None,
        });
        true
    }

    /// Whether a run was begun and is not at its end.
    pub(in crate::image::vmdk) fn is_running(&self) -> bool {
        self.run.is_some()
    }

    /// How far the run has come: a byte of the file.
    pub(in crate::image::vmdk) fn at(&self) -> u64 {
        self.run.as_ref().map_or(0, |run| run.at)
    }

    /// The grain of a segment that its run begins with.
    fn first(&self, ground: Ground, segment: usize) -> Option<Stored> {
        let stored = self.cursor.of(ground.survey, segment).iter().take(TRIES);
        stored.copied().find(|stored| ground.own_size(*stored).is_some())
    }

    /// Goes on by a marker or so.
    pub(in crate::image::vmdk) fn step(&mut self, ground: Ground) -> Step {
        let Some(run) = self.run.take() else { return Step::End(ground.survey.segments()) };
        let at = run.at;
        match self.go_on(ground, run) {
            Ok((run, step)) => {
                self.run = run;
                step
            }
            Err(error) => {
                let place = ground.sparse().span(at, SECTOR);
                self.tallies.hit(&READ_FAILED, place, None, || format!("{}: {error}", ground.member.name));
                let next = (0..ground.survey.segments()).find(|next| ground.survey.range(*next).start > at);
                Step::End(next.unwrap_or(usize::MAX))
            }
        }
    }

    fn go_on(&mut self, ground: Ground, mut run: Run) -> Result<(Option<Run>, Step), ReadError> {
        let last = ground.survey.segments();
        let next = self.cursor.peek(ground.survey, ground.sparse());
        if let Some(stored) = next {
            let segment = ground.survey.segment_of(stored);
            if run.known.is_none_or(|known| known < segment) {
                run.known = Some(segment);
                run.end = self.first(ground, segment);
            }
            if let Some(end) = run.end.filter(|end| stored.sector >= end.sector)
                && (run.state == State::Seeking || run.at >= end.offset())
            {
                if run.state == State::Walking {
                    self.meet(ground, &run, end);
                }
                return Ok((None, Step::End(segment)));
            }
            if stored.offset() < run.at {
                self.astray(ground, stored)?;
                self.cursor.advance();
                return Ok((Some(run), Step::Read(SMALL)));
            }
            if run.state == State::Seeking {
                if ground.own_size(stored).is_some() {
                    run.state = State::Walking;
                    run.at = stored.offset();
                } else {
                    self.astray(ground, stored)?;
                    self.cursor.advance();
                }
                return Ok((Some(run), Step::Read(SMALL)));
            }
        }
        let left = ground.size().saturating_sub(run.at);
        let over = match run.state {
            State::Walking => left < Marker::LENGTH as u64,
            State::Seeking => true,
            State::Tail => left == 0,
        };
        if over {
            return Ok((None, Step::End(last)));
        }
        let from = run.at;
        if run.state == State::Tail {
            self.tail(ground, &mut run)?;
        } else {
            let head = self.ahead.get(&*ground.sparse().bytes, run.at, Marker::LENGTH, run.until)?;
            match Marker::decode(head.first_chunk().copied().unwrap_or_default()) {
                Marker::Grain { lba, size } => self.grain(ground, &mut run, lba, size, next)?,
                Marker::Metadata { kind, sectors } => {
                    self.metadata(ground, &mut run, kind, sectors, next)?;
                }
            }
        }
        let read = run.at - from;
        Ok((Some(run), Step::Read(read.max(SMALL))))
    }

    /// The way lost: what ought to be a marker is none.
    fn lose(&mut self, ground: Ground, run: &mut Run, what: impl FnOnce() -> String) {
        let at = run.at;
        let place = ground.sparse().span(at, Marker::LENGTH as u64);
        self.tallies.hit(&rules::LOST, place, None, || format!("at byte {at} {}", what()));
        run.state = State::Seeking;
        run.at += SECTOR;
    }

    /// The run has come to where the next one begins.
    fn meet(&mut self, ground: Ground, run: &Run, end: Stored) {
        if run.at > end.offset() {
            self.hit_astray(
                ground,
                end,
                "the grain's own marker stands there, inside what the marker before it claims",
            );
        } else {
            self.check_order(ground, run.before, end.offset(), ground.lba(end.grain));
        }
    }

    fn check_order(&mut self, ground: Ground, before: Option<u64>, offset: u64, lba: u64) {
        if let Some(before) = before.filter(|before| *before >= lba) {
            self.tallies.hit(&rules::ORDER, ground.sparse().span(offset, GRAIN_MARKER), None, || {
                format!("the grain at byte {offset} is for sector {lba} of the disk, the one in front of it for sector {before}")
            });
        }
    }

    fn hit_astray(&mut self, ground: Ground, stored: Stored, what: &str) {
        let offset = stored.offset();
        let place = ground.sparse().span(offset, Marker::LENGTH as u64);
        let guest = ground.member.guest_range(stored.grain, 1);
        self.tallies.hit(&rules::GRAIN_ASTRAY, place, guest, || {
            format!("the entry of grain {} leads to byte {offset}: {what}", stored.grain)
        });
    }

    /// An entry that leads to no marker of the walk.
    fn astray(&mut self, ground: Ground, stored: Stored) -> Result<(), ReadError> {
        match ground.own_size(stored) {
            Some(size) => {
                let what = "the grain's own marker stands there, inside what the marker before it claims";
                self.hit_astray(ground, stored, what);
                self.inflate(ground, stored.offset(), size, stored, ground.size())
            }
            None => {
                self.hit_astray(ground, stored, "what stands there is not this grain");
                Ok(())
            }
        }
    }

    /// A marker of a grain; `next` is the next grain by the tables.
    fn grain(
        &mut self,
        ground: Ground,
        run: &mut Run,
        lba: u64,
        size: u32,
        next: Option<Stored>,
    ) -> Result<(), ReadError> {
        let offset = run.at;
        let place = ground.sparse().span(offset, GRAIN_MARKER);
        let possible = ground.is_place(lba);
        let fits = ground.is_size(offset, size);
        let Some(stored) = next.filter(|stored| stored.offset() == offset) else {
            if !possible || !fits {
                self.lose(ground, run, || {
                    format!("a grain of {size} bytes for sector {lba} of the disk cannot be, and no table leads to it")
                });
                return Ok(());
            }
            if ground.is_examined(lba) {
                self.tallies.hit(&rules::GRAIN_UNREFERENCED, place, None, || {
                    format!("the grain at byte {offset} is for sector {lba} of the disk")
                });
            }
            self.check_order(ground, run.before, offset, lba);
            run.before = Some(lba);
            run.at += Marker::grain_extent(size);
            return Ok(());
        };
        while let Some(other) = self.cursor.peek(ground.survey, ground.sparse())
            && other.sector == stored.sector
        {
            self.cursor.advance();
            let guest = ground.member.guest_range(other.grain, 1);
            let wanted = ground.lba(other.grain);
            if !possible {
                self.tallies.hit(&rules::GRAIN_PLACE, place, guest, || {
                    format!("the marker of grain {} names sector {lba} of the disk", other.grain)
                });
            } else if lba != wanted {
                self.tallies.hit(&rules::GRAIN_OTHER, place, guest, || {
                    format!(
                        "the entry of grain {} leads to byte {offset}, where the marker names sector {lba} of the disk instead of {wanted}",
                        other.grain
                    )
                });
            }
        }
        if !fits {
            let left = ground.size() - offset - GRAIN_MARKER;
            self.tallies.hit(&rules::GRAIN_SIZE, place, ground.member.guest_range(stored.grain, 1), || {
                format!("the marker of grain {} says {size} bytes; {left} follow in the file", stored.grain)
            });
            run.state = State::Seeking;
            run.at += SECTOR;
            return Ok(());
        }
        if possible {
            self.check_order(ground, run.before, offset, lba);
            run.before = Some(lba);
        }
        run.at += Marker::grain_extent(size);
        self.inflate(ground, offset, size, stored, run.until)
    }

    /// Inflates a grain and looks at what follows it.
    fn inflate(
        &mut self,
        ground: Ground,
        offset: u64,
        size: u32,
        stored: Stored,
        until: u64,
    ) -> Result<(), ReadError> {
        let grain = stored.grain;
        let sparse = ground.sparse();
        let guest = ground.member.guest_range(grain, 1);
        let place = sparse.span(offset, GRAIN_MARKER + u64::from(size));
        let tallies = &mut self.tallies;
        let mut hit = |rule: &'static Rule, what: &str| {
            tallies.hit(rule, place, guest, || format!("grain {grain} at byte {offset}: {what}"));
        };
        if self.room.is_empty() {
            hit(&rules::NOT_CHECKED, "its grain is larger than is inflated here");
            return Ok(());
        }
        let extent = Marker::grain_extent(size).min(ground.size() - offset);
        let bytes = self.ahead.get(&*sparse.bytes, offset, usize::try_from(extent).unwrap_or(0), until)?;
        let (_, bytes) = bytes.split_at_checked(Marker::DATA).unwrap_or_default();
        let (data, padding) = bytes.split_at_checked(size as usize).unwrap_or((bytes, &[]));
        let found = match self.inflater.inflate(data, &mut self.room) {
            Ok(found) => found,
            Err(broken) => {
                let rule = match broken {
                    Broken::Checksum => &rules::CHECKSUM,
                    Broken::TooLong => &rules::GRAIN_LENGTH,
                    Broken::Header | Broken::Data | Broken::CutShort => &rules::INFLATE,
                };
                hit(rule, &format!("its data {}", broken.text()));
                return Ok(());
            }
        };
        // Where the data cannot be inflated, nobody knows where it ends.
        if padding.iter().any(|byte| *byte != 0) {
            hit(&rules::TRAILING, "the rest of its last sector is not zero");
        }
        if found.plain {
            hit(&rules::PLAIN, "its data is plain deflate");
        }
        if found.used < data.len() {
            let rest = data.len() - found.used;
            hit(
                &rules::TRAILING,
                &format!("{rest} of its {size} bytes follow the end of the compressed data"),
            );
        }
        let whole = self.room.len();
        let needed = usize::try_from(sparse.geometry.sectors_of(grain) * SECTOR).unwrap_or(whole);
        if found.length < needed || found.length != needed && found.length < whole {
            hit(&rules::GRAIN_LENGTH, &format!("{} bytes come out instead of {needed}", found.length));
        } else if found.length < whole {
            hit(&rules::LAST_SHORT, &format!("{needed} bytes come out, a whole grain has {whole}"));
        }
        Ok(())
    }

    /// A marker of something else.
    fn metadata(
        &mut self,
        ground: Ground,
        run: &mut Run,
        kind: u32,
        sectors: u64,
        next: Option<Stored>,
    ) -> Result<(), ReadError> {
        let sparse = ground.sparse();
        let offset = run.at;
        let place = sparse.span(offset, Marker::LENGTH as u64);
        if kind == Marker::PROGRESS {
            self.tallies.hit(&rules::PROGRESS, place, None, || format!("it stands at byte {offset}"));
            run.at = self.behind_progress(ground, run, sectors)?;
            return Ok(());
        }
        let Some(expected) = ground.sectors_behind(kind) else {
            self.lose(ground, run, || {
                format!("there is neither a grain nor a kind of marker that is known ({kind})")
            });
            return Ok(());
        };
        if next.is_some_and(|stored| stored.offset() == offset) && kind != Marker::END {
            // The tables lead to a grain here.
            self.lose(ground, run, || {
                format!("the marker of a {} stands where a grain ought to be", Marker::name(kind))
            });
            return Ok(());
        }
        let name = Marker::name(kind);
        if sectors != expected {
            self.tallies.hit(&rules::MARKER_LENGTH, place, None, || {
                format!(
                    "the marker of the {name} at byte {offset} says {sectors} sectors instead of {expected}"
                )
            });
        }
        let left = ground.size() - offset;
        let length = usize::try_from(SECTOR.min(left)).unwrap_or(0);
        let sector = self.ahead.get(&*sparse.bytes, offset, length, run.until)?;
        if sector.iter().skip(Marker::LENGTH).any(|byte| *byte != 0) {
            self.tallies.hit(&rules::MARKER_PADDING, place, None, || {
                format!("the rest of the sector of the {name}'s marker at byte {offset} is not zero")
            });
        }
        if kind == Marker::END {
            run.at += length as u64;
            match next {
                Some(stored) => {
                    self.tallies.hit(&rules::END_EARLY, place, None, || {
                        format!(
                            "a sector of zeros is at byte {offset}, and a table leads to grain {} at byte {}",
                            stored.grain,
                            stored.offset()
                        )
                    });
                    run.state = State::Seeking;
                    run.at = offset;
                }
                None => run.state = State::Tail,
            }
            return Ok(());
        }
        let payload = (expected * SECTOR).min(left - length as u64);
        if kind != Marker::FOOTER {
            self.check_table(ground, run, kind, offset + SECTOR, payload)?;
        }
        run.at += length as u64 + payload;
        Ok(())
    }

    /// Whether a table behind a marker is one that counts.
    fn check_table(
        &mut self,
        ground: Ground,
        run: &Run,
        kind: u32,
        offset: u64,
        length: u64,
    ) -> Result<(), ReadError> {
        let sparse = ground.sparse();
        let counts = if kind == Marker::TABLE {
            ground.survey.is_table(offset / SECTOR)
        } else {
            [&sparse.directory, &sparse.copy].into_iter().flatten().any(|found| found.offset == offset)
        };
        if counts {
            return Ok(());
        }
        let place = sparse.span(offset, length);
        let name = Marker::name(kind);
        let mut empty = kind == Marker::TABLE;
        let mut at = offset;
        while at < offset + length && empty {
            let part = usize::try_from(offset + length - at).unwrap_or(usize::MAX).min(limits::SCAN_CHUNK);
            let bytes = self.ahead.get(&*sparse.bytes, at, part, run.until)?;
            empty = bytes.iter().all(|byte| *byte == 0);
            at += part as u64;
        }
        let rule = if empty { &rules::TABLE_EMPTY } else { &rules::TABLE_UNREFERENCED };
        self.tallies.hit(rule, place, None, || format!("the {name} at byte {offset}"));
        Ok(())
    }

    /// Where it goes on behind a marker of type 4: at the next sector, unless nothing but its own sectors can explain
    /// what stands there.
    fn behind_progress(&mut self, ground: Ground, run: &Run, sectors: u64) -> Result<u64, ReadError> {
        let after = run.at + SECTOR;
        let beyond = sectors.checked_mul(SECTOR).and_then(|length| after.checked_add(length));
        let Some(beyond) = beyond.filter(|beyond| *beyond > after && *beyond <= ground.size()) else {
            return Ok(after);
        };
        let head = self.ahead.get(&*ground.sparse().bytes, after, Marker::LENGTH, run.until)?;
        let marker = Marker::decode(head.first_chunk().copied().unwrap_or_default());
        let sound = match marker {
            Marker::Grain { lba, size } => ground.is_place(lba) && ground.is_size(after, size),
            Marker::Metadata { kind: Marker::PROGRESS, .. } => true,
            Marker::Metadata { kind, sectors } => ground.sectors_behind(kind) == Some(sectors),
        };
        Ok(if sound { after } else { beyond })
    }

    /// What stands behind the end of the stream.
    fn tail(&mut self, ground: Ground, run: &mut Run) -> Result<(), ReadError> {
        let left = usize::try_from(ground.size() - run.at).unwrap_or(usize::MAX).min(limits::SCAN_CHUNK);
        let bytes = self.ahead.get(&*ground.sparse().bytes, run.at, left, ground.size())?;
        if let Some(index) = bytes.iter().position(|byte| *byte != 0) {
            let at = run.at + index as u64;
            let rest = ground.size() - at;
            self.tallies.hit(&rules::TAIL, ground.sparse().span(at, rest), None, || {
                format!("after the end of the stream, from byte {at} on, {rest} bytes are not all zero")
            });
            run.at = ground.size();
        } else {
            run.at += left as u64;
        }
        Ok(())
    }
}
