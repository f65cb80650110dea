//! The check of all grain tables, in steps.
//!
//! Products write the tables one after the other, so a run of them is read at once. Space that two grains share is
//! found through a map with a bit per grain of the file; only what collides is looked at again.

use super::grain::{Entry, Sparse, TablePlace};
use super::header::SECTOR;
use super::rules;
use super::tables::{DIRECTORY, GRAINS, Grains, Member};
use crate::bytes::{ReadError, Span};
use crate::finding::{Finding, Findings, READ_FAILED, Rule, Tally};
use crate::image::{Scan, ScanOutcome};
use crate::limits;
use std::collections::BTreeMap;
use std::rc::Rc;

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

    fn is_taken(&self, unit: u64) -> bool {
        let word = || {
            let page = self.pages.get(usize::try_from(unit / PAGE_BITS).ok()?)?.as_ref()?;
            page.get(usize::try_from(unit % PAGE_BITS / 64).ok()?)
        };
        word().is_some_and(|word| word & 1 << (unit % 64) != 0)
    }
}

/// Equal faults over all extents.
struct Faults {
    tally: Tally,
    /// Key of the structure with the first one.
    structure: Option<String>,
    /// How many of them the redundant table makes up for.
    recovered: u64,
}

impl Faults {
    fn new(rule: &'static Rule) -> Self {
        Self { tally: Tally::new(rule), structure: None, recovered: 0 }
    }

    fn hit(
        &mut self,
        member: &Member,
        place: Option<Span>,
        guest: Option<(u64, u64)>,
        first: impl FnOnce() -> String,
    ) {
        if self.structure.is_none() {
            self.structure = Some(member.tables_key());
        }
        self.tally.hit(place, guest, first);
    }

    fn finding(self) -> Option<Finding> {
        let mut finding = self.tally.finding(self.structure.as_deref().unwrap_or(GRAINS))?;
        if self.recovered > 0 {
            let said = match (self.recovered, finding.count) {
                (1, 1) => "; the redundant table's entry is sound and is used".to_owned(),
                (all, count) if all == count => "; the redundant tables make up for all of them".to_owned(),
                (some, _) => format!("; the redundant tables make up for {some} of them"),
            };
            finding.detail.push_str(&said);
        }
        Some(finding)
    }
}

/// Two grains at one place: the later one, and the earlier one once it is known.
struct Collision {
    raw: u32,
    later: u64,
    place: Option<Span>,
    earlier: Option<u64>,
}

/// What is remembered of the extent that is being read.
#[derive(Default)]
struct Current {
    seen: Seen,
    /// Entries at no multiple of a grain: the sector in the high half, the grain in the low half.
    odd: Vec<u64>,
    collisions: Vec<Collision>,
    /// Grains that collided and are not in `collisions`: how many, and the first and last of them.
    more: u64,
    more_range: Option<(u64, u64)>,
    /// Whether the tables are read again to find the earlier grain of each collision.
    again: bool,
}

/// A run of grain tables that lie one after the other.
struct Run {
    first: u64,
    count: u64,
    offset: u64,
    entries: Vec<u8>,
    /// The redundant tables, at the same places; what is not there is marked in `has_copy`.
    copies: Vec<u8>,
    has_copy: Vec<bool>,
}

/// The check of all grain tables.
pub(super) struct GrainScan {
    grains: Rc<Grains>,
    member: usize,
    table: u64,
    current: Current,
    done: u64,
    total: u64,
    allocated: u64,
    absent: u64,
    zero: u64,
    invalid: u64,
    tables: BTreeMap<&'static str, u64>,
    unreferenced: u64,
    unreferenced_place: Option<Span>,
    unmapped_seen: u64,
    past_end: Faults,
    cut_off: Faults,
    in_metadata: Faults,
    duplicate: Faults,
    misaligned: Faults,
    past_capacity: Faults,
    one: Faults,
    copy_differs: Faults,
    findings: Findings,
}

impl GrainScan {
    pub(super) fn new(grains: Rc<Grains>) -> Self {
        let bytes = |sparse: &Sparse| {
            let copies = if sparse.copy.is_some() && sparse.directory.is_some() { 2 } else { 1 };
            sparse.tables.saturating_mul(sparse.geometry.table_bytes()).saturating_mul(copies)
        };
        let total =
            grains.members.iter().fold(0_u64, |sum, member| sum.saturating_add(bytes(&member.sparse)));
        let mut scan = Self {
            grains,
            member: 0,
            table: 0,
            current: Current::default(),
            done: 0,
            total,
            allocated: 0,
            absent: 0,
            zero: 0,
            invalid: 0,
            tables: BTreeMap::new(),
            unreferenced: 0,
            unreferenced_place: None,
            unmapped_seen: 0,
            past_end: Faults::new(&rules::ENTRY_PAST_END),
            cut_off: Faults::new(&rules::ENTRY_CUT_OFF),
            in_metadata: Faults::new(&rules::ENTRY_IN_METADATA),
            duplicate: Faults::new(&rules::ENTRY_DUPLICATE),
            misaligned: Faults::new(&rules::ENTRY_MISALIGNED),
            past_capacity: Faults::new(&rules::ENTRY_PAST_CAPACITY),
            one: Faults::new(&rules::ENTRY_ONE),
            copy_differs: Faults::new(&rules::COPY_DIFFERS),
            findings: Findings::default(),
        };
        scan.begin();
        scan
    }

    /// Gets ready for the extent at hand.
    fn begin(&mut self) {
        let units = self.grains.members.get(self.member).map_or(0, |member| {
            let sparse = &member.sparse;
            let sectors = sparse.bytes.size().div_ceil(SECTOR);
            if sparse.compressed { sectors } else { sectors / sparse.geometry.grain + 1 }
        });
        self.current = Current { seen: Seen::new(units), ..Current::default() };
        self.table = 0;
    }

    /// Reads the run of tables that begins with table `first`; at most `most` bytes of each copy, but one table.
    fn run(member: &Member, first: u64, most: u64, with_copies: bool) -> Result<Run, ReadError> {
        let sparse = &member.sparse;
        let bytes = sparse.geometry.table_bytes();
        let at = |table: u64| match sparse.table(table) {
            TablePlace::Primary(offset) | TablePlace::Copy(offset) => Some(offset),
            TablePlace::Absent | TablePlace::Invalid => None,
        };
        let offset = at(first).unwrap_or(0);
        let mut count = 1;
        while (count + 1) * bytes <= most
            && first + count < sparse.tables
            && at(first + count) == Some(offset + count * bytes)
        {
            count += 1;
        }
        let length = usize::try_from(count * bytes).unwrap_or(0);
        let table_length = usize::try_from(bytes).unwrap_or(0);
        let entries = sparse.bytes.read_vec(offset, length)?;
        let mut copies = Vec::new();
        let mut has_copy = Vec::new();
        if with_copies && sparse.copy.is_some() {
            copies = vec![0; length];
            has_copy = vec![false; usize::try_from(count).unwrap_or(0)];
            let mut table = 0;
            while table < count {
                let Some(start) = sparse.table_copy(first + table) else {
                    table += 1;
                    continue;
                };
                let mut together = 1;
                while table + together < count
                    && sparse.table_copy(first + table + together) == Some(start + together * bytes)
                {
                    together += 1;
                }
                let from = usize::try_from(table).unwrap_or(0);
                let number = usize::try_from(together).unwrap_or(0);
                let part = copies.get_mut(from * table_length..(from + number) * table_length);
                sparse.bytes.read_exact_at(start, part.unwrap_or_default())?;
                if let Some(marks) = has_copy.get_mut(from..from + number) {
                    marks.fill(true);
                }
                table += together;
            }
        }
        Ok(Run { first, count, offset, entries, copies, has_copy })
    }

    /// Goes through a run.
    fn take(&mut self, member: &Member, run: &Run) {
        let sparse = &member.sparse;
        let geometry = sparse.geometry;
        let length = usize::try_from(geometry.table_bytes()).unwrap_or(0).max(1);
        let mut copies = run.copies.chunks_exact(length);
        let mut has_copy = run.has_copy.iter();
        let mut offset = run.offset;
        for (table, entries) in (run.first..).zip(run.entries.chunks_exact(length)) {
            let copy = copies.next().filter(|_| has_copy.next() == Some(&true)).unwrap_or_default();
            let first = table * geometry.table_entries;
            let inside = geometry.grains.saturating_sub(first).min(geometry.table_entries);
            let used = usize::try_from(inside * 4).unwrap_or(0);
            let entries = entries.as_chunks::<4>().0;
            let copy = copy.as_chunks::<4>().0;
            self.entries(member, first, offset, entries.get(..used / 4).unwrap_or_default(), copy);
            for (index, entry) in (inside..).zip(entries.get(used / 4..).unwrap_or_default()) {
                let raw = u32::from_le_bytes(*entry);
                if raw != 0 {
                    self.past_capacity.hit(member, sparse.span(offset + index * 4, 4), None, || {
                        format!(
                            "entry {index} of table {table} is {raw}, but the disk ends with grain {}",
                            geometry.grains - 1
                        )
                    });
                }
            }
            if !copy.is_empty() && entries != copy {
                self.compare(member, table, offset, entries, copy);
            }
            offset += geometry.table_bytes();
        }
    }

    /// Goes through the entries of one table; `first` is the grain of the first one.
    fn entries(&mut self, member: &Member, first: u64, offset: u64, entries: &[[u8; 4]], copy: &[[u8; 4]]) {
        let sparse = &member.sparse;
        let grain_sectors = sparse.geometry.grain;
        let (unit, length) = if sparse.compressed { (1, 1) } else { (grain_sectors, grain_sectors) };
        let phase = if sparse.compressed { 0 } else { sparse.phase };
        let clear = sparse.metadata.last().map_or(0, |range| range.end);
        let end = sparse.bytes.size() / SECTOR;
        for (index, entry) in (0..).zip(entries) {
            let raw = u32::from_le_bytes(*entry);
            if raw == 0 {
                self.absent += 1;
                continue;
            }
            let start = u64::from(raw);
            let grain = first + index;
            let sound =
                start >= clear && start + length <= end || matches!(sparse.meaning(raw, grain), Entry::At(_));
            if !sound {
                let other = usize::try_from(index).ok().and_then(|index| copy.get(index));
                self.unsound(
                    member,
                    grain,
                    offset + index * 4,
                    raw,
                    other.map(|other| u32::from_le_bytes(*other)),
                );
                continue;
            }
            self.allocated += 1;
            if (start + unit - phase).is_multiple_of(unit) {
                match self.current.seen.take(start / unit) {
                    Some(false) => {}
                    Some(true) => self.collide(member, grain, offset + index * 4, raw),
                    None => self.unmapped_seen += 1,
                }
            } else {
                self.misaligned.hit(member, sparse.span(offset + index * 4, 4), member.guest_range(grain, 1), || {
                    format!("grain {grain} is at sector {raw}; grains are expected at multiples of {unit} sectors")
                });
                if self.current.odd.len() < MOST_ODD {
                    self.current.odd.push(start << 32 | grain & u64::from(u32::MAX));
                }
            }
        }
    }

    /// Counts an entry that leads to no grain of its own.
    fn unsound(&mut self, member: &Member, grain: u64, at: u64, raw: u32, other: Option<u32>) {
        let sparse = &member.sparse;
        let place = sparse.span(at, 4);
        let guest = member.guest_range(grain, 1);
        let size = sparse.bytes.size();
        let sector = u64::from(raw);
        let recovered = other.is_some_and(|other| !sparse.meaning(other, grain).is_invalid());
        let faults = match sparse.meaning(raw, grain) {
            Entry::Zero => {
                self.zero += 1;
                if !sparse.zeroed_grains {
                    self.one.hit(member, place, guest, || format!("the entry of grain {grain} is 1"));
                }
                return;
            }
            Entry::PastEnd => {
                self.past_end.hit(member, place, guest, || {
                    format!(
                        "grain {grain} would be at sector {raw} (byte {}), the file has {size} bytes",
                        sector * SECTOR
                    )
                });
                &mut self.past_end
            }
            Entry::CutOff(_) => {
                let whole = sparse.geometry.sectors_of(grain) * SECTOR;
                self.cut_off.hit(member, place, guest, || {
                    let there = size.saturating_sub(sector * SECTOR);
                    format!("grain {grain} is at sector {raw}; {there} of its {whole} bytes are in the file")
                });
                &mut self.cut_off
            }
            Entry::Metadata => {
                self.in_metadata.hit(member, place, guest, || {
                    format!("grain {grain} would be at sector {raw}, where the extent's own metadata lies")
                });
                &mut self.in_metadata
            }
            Entry::Absent | Entry::At(_) => return,
        };
        faults.recovered += u64::from(recovered);
        self.invalid += 1;
    }

    /// Remembers a grain whose place was taken before.
    fn collide(&mut self, member: &Member, grain: u64, at: u64, raw: u32) {
        let current = &mut self.current;
        if current.collisions.len() < limits::PLACES {
            let place = member.sparse.span(at, 4);
            current.collisions.push(Collision { raw, later: grain, place, earlier: None });
        } else {
            current.more += 1;
            current.more_range = Some(
                current.more_range.map_or((grain, grain), |(low, high)| (low.min(grain), high.max(grain))),
            );
        }
    }

    /// Looks for the entries in which a table and its redundant copy differ.
    fn compare(&mut self, member: &Member, table: u64, offset: u64, entries: &[[u8; 4]], copy: &[[u8; 4]]) {
        let sparse = &member.sparse;
        for (index, (own, other)) in (0..).zip(entries.iter().zip(copy)) {
            if own == other {
                continue;
            }
            let (raw, other) = (u32::from_le_bytes(*own), u32::from_le_bytes(*other));
            let grain = table * sparse.geometry.table_entries + index;
            self.copy_differs.hit(member, sparse.span(offset + index * 4, 4), member.guest_range(grain, 1), || {
                format!("entry {index} of table {table} (grain {grain}) is {raw}, the redundant table has {other}")
            });
        }
    }

    /// Looks for the earlier grain of each collision.
    fn look_again(&mut self, member: &Member, run: &Run) {
        let per_table = member.sparse.geometry.table_entries;
        for (index, entry) in (run.first * per_table..).zip(run.entries.as_chunks::<4>().0) {
            let raw = u32::from_le_bytes(*entry);
            if raw < 2 {
                continue;
            }
            for collision in &mut self.current.collisions {
                if collision.raw == raw && collision.later > index && collision.earlier.is_none() {
                    collision.earlier = Some(index);
                }
            }
        }
    }

    /// What can only be said once all tables of an extent were read.
    fn finish_member(&mut self, member: &Member) {
        let sparse = &member.sparse;
        let unit = sparse.geometry.grain;
        let current = std::mem::take(&mut self.current);
        self.shared(member, &current);
        // Where all metadata lies in front of the grains, what no entry leads to is easily told.
        let end = sparse.metadata.last().map_or(0, |range| range.end);
        let data = end.saturating_sub(sparse.phase).next_multiple_of(unit) + sparse.phase;
        let room = (sparse.bytes.size() / SECTOR).saturating_sub(data) / unit;
        if !sparse.compressed && current.odd.is_empty() && room > current.seen.set {
            self.unreferenced += (room - current.seen.set) * unit * SECTOR;
            let place = sparse.span(data * SECTOR, room * unit * SECTOR);
            self.unreferenced_place = self.unreferenced_place.or(place);
        }
    }

    /// Reports the grains of an extent that share space.
    fn shared(&mut self, member: &Member, current: &Current) {
        let sparse = &member.sparse;
        let unit = sparse.geometry.grain;
        for collision in &current.collisions {
            let guest = member.guest_range(collision.later, 1);
            self.duplicate.hit(member, collision.place, guest, || match collision.earlier {
                Some(earlier) => {
                    format!("grains {earlier} and {} are both at sector {}", collision.later, collision.raw)
                }
                None => {
                    format!("grain {} is at sector {}, as another one is", collision.later, collision.raw)
                }
            });
        }
        if let Some((low, high)) = current.more_range {
            self.duplicate.hit(member, None, member.guest_range(low, high - low + 1), String::new);
            (1..current.more).for_each(|_| self.duplicate.hit(member, None, None, String::new));
        }
        let mut odd = current.odd.clone();
        odd.sort_unstable();
        let mut before: Option<(u64, u64)> = None;
        for packed in &odd {
            let (start, grain) = (packed >> 32, packed & u64::from(u32::MAX));
            let guest = member.guest_range(grain, 1);
            let below = start.checked_sub(sparse.phase).map(|distance| distance / unit);
            let above = below.map_or(0, |below| below + 1);
            if let Some((other, neighbour)) = before.filter(|(other, _)| start - other < unit) {
                self.duplicate.hit(member, None, guest, || {
                    format!("grain {neighbour} at sector {other} and grain {grain} at sector {start} overlap")
                });
            } else if below.is_some_and(|unit| current.seen.is_taken(unit)) || current.seen.is_taken(above) {
                self.duplicate.hit(member, None, guest, || {
                    format!("grain {grain} at sector {start} overlaps another one")
                });
            }
            before = Some((start, grain));
        }
    }

    /// Whether something of the extent has to be read a second time.
    fn needs_second_look(&self) -> bool {
        !self.current.again && !self.current.collisions.is_empty()
    }
}

impl Scan for GrainScan {
    fn step(&mut self, budget: u64) -> bool {
        let grains = Rc::clone(&self.grains);
        let mut left = budget;
        while left > 0 {
            let Some(member) = grains.members.get(self.member) else { return true };
            let sparse = &member.sparse;
            let bytes = sparse.geometry.table_bytes();
            if self.table >= sparse.tables {
                if self.needs_second_look() {
                    self.current.again = true;
                    self.table = 0;
                    self.total = self.total.saturating_add(sparse.tables.saturating_mul(bytes));
                    continue;
                }
                self.finish_member(member);
                self.member += 1;
                self.begin();
                continue;
            }
            let again = self.current.again;
            let both = !again && sparse.copy.is_some() && sparse.directory.is_some();
            let copies = if both { 2 } else { 1 };
            let place = sparse.table(self.table);
            let count = match place {
                TablePlace::Absent | TablePlace::Invalid => 1,
                TablePlace::Primary(_) | TablePlace::Copy(_) => {
                    let most = (left / copies).min(limits::SCAN_CHUNK as u64);
                    match Self::run(member, self.table, most, both) {
                        Ok(run) if again => {
                            self.look_again(member, &run);
                            run.count
                        }
                        Ok(run) => {
                            self.take(member, &run);
                            run.count
                        }
                        Err(error) => {
                            let detail = format!("grain table {} of {}: {error}", self.table, member.name);
                            self.findings.add(Finding::new(&READ_FAILED, detail).on(member.tables_key()));
                            1
                        }
                    }
                }
            };
            if !again {
                let state = match place {
                    TablePlace::Absent => grains.absent(),
                    TablePlace::Primary(_) => "allocated",
                    TablePlace::Copy(_) | TablePlace::Invalid => "invalid",
                };
                *self.tables.entry(state).or_default() += count;
                let first = self.table * sparse.geometry.table_entries;
                let entries = sparse.geometry.grains.saturating_sub(first).min(sparse.geometry.table_entries);
                match place {
                    TablePlace::Absent => self.absent += entries,
                    TablePlace::Invalid => self.invalid += entries,
                    TablePlace::Primary(_) | TablePlace::Copy(_) => {}
                }
            }
            self.table += count;
            let read = count * bytes * copies;
            self.done = self.done.saturating_add(read);
            left = left.saturating_sub(read.max(1));
        }
        self.member >= grains.members.len()
    }

    fn progress(&self) -> (u64, u64) {
        (self.done.min(self.total), self.total)
    }

    fn outcome(mut self: Box<Self>) -> ScanOutcome {
        let grains = Rc::clone(&self.grains);
        if let Some(member) = grains.members.get(self.member) {
            // Stopped on the way.
            let current = std::mem::take(&mut self.current);
            self.shared(member, &current);
        }
        let mut states: BTreeMap<String, u64> = BTreeMap::new();
        let absent = self.grains.absent();
        for (state, count) in [
            ("allocated", self.allocated),
            (absent, self.absent),
            ("zero", self.zero),
            ("invalid", self.invalid),
        ] {
            if count > 0 {
                states.insert(state.into(), count);
            }
        }
        let mut findings = self.findings;
        let faults = [
            self.past_end,
            self.cut_off,
            self.in_metadata,
            self.duplicate,
            self.misaligned,
            self.past_capacity,
            self.one,
            self.copy_differs,
        ];
        for finding in faults.into_iter().filter_map(Faults::finding) {
            findings.add(finding);
        }
        if self.zero > 0 && !self.grains.has_parent {
            let detail = match self.zero {
                1 => "one grain is marked as zero".into(),
                count => format!("{count} grains are marked as zero"),
            };
            findings.add(Finding::new(&rules::ZERO_WITHOUT_PARENT, detail).on(GRAINS));
        }
        if self.unreferenced > 0 {
            let detail = format!("{} bytes behind the metadata belong to no grain", self.unreferenced);
            findings.add(
                Finding::new(&rules::UNREFERENCED, detail)
                    .on(GRAINS)
                    .arg("bytes", self.unreferenced)
                    .place(self.unreferenced_place.take()),
            );
        }
        if self.unmapped_seen > 0 {
            let detail = format!(
                "{} grains lie too far behind in the file to be compared with the others",
                self.unmapped_seen
            );
            findings.add(Finding::new(&rules::NOT_EXAMINED, detail).on(GRAINS));
        }
        let tables = self.tables.into_iter().map(|(state, count)| (state.to_owned(), count)).collect();
        ScanOutcome {
            counts: BTreeMap::from([(DIRECTORY.into(), tables), (GRAINS.into(), states)]),
            allocated_units: Some(self.allocated),
            findings,
        }
    }
}
