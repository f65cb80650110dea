//! The check of all grain tables of one image, in steps.
//!
//! Products write the tables one after the other, so a run of them is read at once.

use super::cowd::CowdHeader;
use super::faults::Faults;
use super::grain::{Entry, Kind, Sparse, TablePlace};
use super::header::SECTOR;
use super::overlap::Overlaps;
use super::rules;
use super::sesparse::GrainEntry;
use super::tables::{DIRECTORY, GRAINS, Grains, Member};
use crate::bytes::{ReadError, Span};
use crate::finding::{Finding, Findings, READ_FAILED, Tally};
use crate::image::{Scan, ScanOutcome};
use crate::limits;
use crate::order::gathered;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a table that does not exist costs of a step's budget: the look at its directory entry.
const ABSENT_COST: u64 = 16;

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

/// One table at work.
struct Table<'a> {
    number: u64,
    /// Byte offset in the file.
    offset: u64,
    entries: Vec<u64>,
    /// The entries of the redundant table; empty where there is none.
    copy: Vec<u64>,
    member: &'a Member,
}

/// Counts of grains by what becomes of them.
#[derive(Default)]
struct Counts {
    allocated: u64,
    absent: u64,
    zero: u64,
    invalid: u64,
}

/// The check of all grain tables of an image.
pub(super) struct GrainScan {
    grains: Rc<Grains>,
    member: usize,
    table: u64,
    overlaps: Overlaps,
    /// Whether the tables of the extent are read again to find the earlier grain of each collision.
    again: bool,
    /// Sector behind the last grain or table of the extent.
    used: u64,
    done: u64,
    total: u64,
    counts: Counts,
    tables: BTreeMap<&'static str, u64>,
    unreferenced: u64,
    unreferenced_place: Option<Span>,
    unmapped: u64,
    faults: Faults,
    unread: Tally,
    findings: Findings,
}

impl GrainScan {
    pub(super) fn new(grains: Rc<Grains>) -> Self {
        let total = grains.members.iter().map(|member| work(&member.sparse)).fold(0, u64::saturating_add);
        let mut scan = Self {
            grains,
            member: 0,
            table: 0,
            overlaps: Overlaps::default(),
            again: false,
            used: 0,
            done: 0,
            total,
            counts: Counts::default(),
            tables: BTreeMap::new(),
            unreferenced: 0,
            unreferenced_place: None,
            unmapped: 0,
            faults: Faults::default(),
            unread: Tally::new(&READ_FAILED),
            findings: Findings::default(),
        };
        scan.begin();
        scan
    }

    /// Gets ready for the extent at hand.
    fn begin(&mut self) {
        if let Some(member) = self.grains.members.get(self.member) {
            self.overlaps = Overlaps::new(&member.sparse);
        }
        self.again = false;
        self.table = 0;
        self.used = 0;
    }

    /// Goes through a run.
    fn take(&mut self, member: &Member, run: &Run) {
        let sparse = &member.sparse;
        let length = usize::try_from(sparse.geometry.table_bytes()).unwrap_or(0).max(1);
        let mut copies = run.copies.chunks_exact(length);
        let mut has_copy = run.has_copy.iter();
        let mut offset = run.offset;
        for (number, raw) in (run.first..).zip(run.entries.chunks_exact(length)) {
            let copy = copies.next().filter(|_| has_copy.next() == Some(&true)).unwrap_or_default();
            // Equal copies need no second look.
            let copy = if copy == raw { Vec::new() } else { sparse.numbers(copy) };
            let table = Table { number, offset, entries: sparse.numbers(raw), copy, member };
            self.check_table(&table);
            self.used = self.used.max(offset / SECTOR + sparse.geometry.table_sectors());
            offset += sparse.geometry.table_bytes();
        }
    }

    /// Checks the entries of one table.
    fn check_table(&mut self, table: &Table) {
        let Table { number, offset, member, .. } = *table;
        let sparse = &member.sparse;
        let geometry = sparse.geometry;
        let width = geometry.entry_bytes;
        let first = number * geometry.table_entries;
        let inside = geometry.grains_of(number);
        let clear = sparse.metadata.last().map_or(0, |range| range.end);
        let end = sparse.bytes.size() / SECTOR;
        let length = if sparse.compressed { 1 } else { geometry.grain };
        let (allocated, invalid) = (self.counts.allocated, self.counts.invalid);
        for (index, raw) in (0..inside).zip(&table.entries) {
            if *raw == 0 {
                self.counts.absent += 1;
                continue;
            }
            let grain = first + index;
            // What lies behind all metadata and before the end needs no second look.
            let sound =
                matches!(sparse.kind, Kind::Hosted | Kind::Cowd) && *raw >= clear && raw + length <= end;
            let start = if sound { Some(*raw) } else { None };
            let start = start.or_else(|| match sparse.meaning(*raw, grain) {
                Entry::At(start) => Some(start),
                _ => None,
            });
            let at = offset + index * width;
            let Some(start) = start else {
                self.unsound(table, index, *raw);
                continue;
            };
            self.counts.allocated += 1;
            self.used = self.used.max(start + length);
            if !self.overlaps.take(sparse, grain, at, start) {
                let (place, guest) = (sparse.span(at, width), member.guest_range(grain, 1));
                self.faults.hit(&rules::ENTRY_MISALIGNED, member, place, guest, || {
                    format!(
                        "grain {grain} is at sector {start}; grains are expected at multiples of {} sectors",
                        geometry.grain
                    )
                });
            }
        }
        let beyond = (inside..).zip(table.entries.iter().skip(usize::try_from(inside).unwrap_or(usize::MAX)));
        for (index, raw) in beyond.filter(|(_, raw)| **raw != 0) {
            let place = sparse.span(offset + index * width, width);
            self.faults.hit(&rules::ENTRY_PAST_CAPACITY, member, place, None, || {
                format!(
                    "entry {index} of table {number} is {}, but the disk ends with grain {}",
                    sparse.number_text(*raw),
                    geometry.grains - 1
                )
            });
        }
        self.compare(table);
        let lost = self.counts.invalid - invalid;
        if lost > 0 && !table.copy.is_empty() {
            self.recover(table, self.counts.allocated - allocated, lost);
        }
    }

    /// Counts an entry that leads to no grain of its own.
    fn unsound(&mut self, table: &Table, index: u64, raw: u64) {
        let member = table.member;
        let sparse = &member.sparse;
        let width = sparse.geometry.entry_bytes;
        let grain = table.number * sparse.geometry.table_entries + index;
        let place = sparse.span(table.offset + index * width, width);
        let guest = member.guest_range(grain, 1);
        let size = sparse.bytes.size();
        let shown = || sparse.number_text(raw);
        let at = || match sparse.sector_of(raw) {
            Some(sector) if matches!(sparse.kind, Kind::SeSparse(_)) => {
                format!("sector {sector} (entry {}, byte {})", shown(), sector.saturating_mul(SECTOR))
            }
            Some(sector) => format!("sector {sector} (byte {})", sector.saturating_mul(SECTOR)),
            None => format!("a place past the area of the grains (entry {})", shown()),
        };
        let entry_is = || format!("the entry of grain {grain} is {}", shown());
        let mut hit = |rule, text: &dyn Fn() -> String| {
            self.faults.hit(rule, member, place, guest, text);
            rule
        };
        let rule = match sparse.meaning(raw, grain) {
            Entry::Zero => {
                if !sparse.zeroed_grains {
                    hit(&rules::ENTRY_ONE, &entry_is);
                } else if matches!(sparse.kind, Kind::SeSparse(_)) && GrainEntry::has_stray_bits(raw) {
                    hit(&rules::SE_ENTRY_BITS, &entry_is);
                }
                self.counts.zero += 1;
                return;
            }
            Entry::PastEnd => hit(&rules::ENTRY_PAST_END, &|| {
                format!("grain {grain} would be at {}, the file has {size} bytes", at())
            }),
            Entry::CutOff(sector) => hit(&rules::ENTRY_CUT_OFF, &|| {
                let whole = sparse.geometry.sectors_of(grain) * SECTOR;
                let there = size.saturating_sub(sector * SECTOR);
                format!("grain {grain} is at sector {sector}; {there} of its {whole} bytes are in the file")
            }),
            Entry::Metadata => hit(&rules::ENTRY_IN_METADATA, &|| {
                format!("grain {grain} would be at {}, where the extent's own metadata lies", at())
            }),
            Entry::Malformed => hit(&rules::SE_ENTRY_TYPE, &entry_is),
            Entry::Absent | Entry::At(_) => return,
        };
        self.counts.invalid += 1;
        let other = usize::try_from(index).ok().and_then(|index| table.copy.get(index));
        if other.is_some_and(|other| !sparse.meaning(*other, grain).is_invalid()) {
            self.faults.recovered(rule);
        }
    }

    /// Looks for the entries in which a table and its redundant copy differ.
    fn compare(&mut self, table: &Table) {
        let sparse = &table.member.sparse;
        let width = sparse.geometry.entry_bytes;
        for (index, (raw, other)) in (0..).zip(table.entries.iter().zip(&table.copy)) {
            if raw == other {
                continue;
            }
            let grain = table.number * sparse.geometry.table_entries + index;
            let place = sparse.span(table.offset + index * width, width);
            let guest = table.member.guest_range(grain, 1);
            self.faults.hit(&rules::COPY_DIFFERS, table.member, place, guest, || {
                format!(
                    "entry {index} of table {} (grain {grain}) is {raw}, the redundant table has {other}",
                    table.number
                )
            });
        }
    }

    /// Says what the redundant table makes of a damaged one, which has `sound` sound entries and `lost` others.
    fn recover(&mut self, table: &Table, sound: u64, lost: u64) {
        let sparse = &table.member.sparse;
        let first = table.number * sparse.geometry.table_entries;
        let (mut good, mut bad) = (0, 0);
        for (grain, raw) in (first..sparse.geometry.grains).zip(&table.copy) {
            match sparse.meaning(*raw, grain) {
                Entry::At(_) => good += 1,
                meaning if meaning.is_invalid() => bad += 1,
                _ => {}
            }
        }
        let number = table.number;
        let (place, guest) = (
            sparse.span(table.offset, sparse.geometry.table_bytes()),
            table.member.guest_range(first, sparse.geometry.table_entries),
        );
        self.faults.hit(&rules::TABLE_RECOVERED, table.member, place, guest, || {
            if bad == 0 {
                format!("grain table {number} is damaged, its copy is good: {}", readable_text(good))
            } else {
                format!(
                    "grain table {number} has {lost} entries that lead nowhere and {sound} sound ones, its copy has {bad} and {good}: each entry is taken from where it is sound"
                )
            }
        });
    }

    /// Looks for the earlier grain of each collision.
    fn look_again(&mut self, member: &Member, run: &Run) {
        let sparse = &member.sparse;
        let per_table = sparse.geometry.table_entries;
        for (grain, raw) in (run.first * per_table..sparse.geometry.grains).zip(sparse.numbers(&run.entries))
        {
            if let Some(start) = sparse.sector_of(raw) {
                self.overlaps.look_again(grain, start);
            }
        }
    }

    /// A table that is reached through the redundant directory only.
    fn replaced(&mut self, member: &Member, table: u64, why: &str, allocated: u64) {
        let sparse = &member.sparse;
        let per_table = sparse.geometry.table_entries;
        let guest = member.guest_range(table.saturating_mul(per_table), per_table);
        let place = sparse.directory_span(sparse.copy, table);
        self.faults.hit_on(
            &rules::TABLE_RECOVERED,
            || member.redundant_tables_key(),
            place,
            guest,
            || {
                format!(
                    "grain table {table} is reached by the redundant directory ({why}): {}",
                    readable_text(allocated)
                )
            },
        );
    }

    /// What can only be said once all tables of an extent were read.
    fn finish_member(&mut self, member: &Member) {
        let sparse = &member.sparse;
        let overlaps = std::mem::take(&mut self.overlaps);
        self.faults.shared(member, &overlaps);
        self.unmapped += overlaps.unmapped;
        if let Some(free) = member.free_sector {
            let key = format!("vmdk.cowd-header{}", member.suffix);
            CowdHeader::check_free(free, self.used, sparse, &key, &mut self.findings);
        }
        // Where all metadata lies in front of the grains, what no entry leads to is easily told.
        let unit = sparse.geometry.grain;
        let sectors = sparse.bytes.size() / SECTOR;
        // A header may say of metadata that it lies anywhere.
        let end = sparse.metadata.last().map_or(0, |range| range.end).min(sectors);
        let data = end.saturating_sub(sparse.phase).next_multiple_of(unit) + sparse.phase;
        let room = sectors.saturating_sub(data) / unit;
        if sparse.kind == Kind::Hosted
            && !sparse.compressed
            && let Some(taken) = overlaps.taken().filter(|taken| room > *taken)
        {
            self.unreferenced += (room - taken) * unit * SECTOR;
            let place = sparse.span(data * SECTOR, room * unit * SECTOR);
            self.unreferenced_place = self.unreferenced_place.or(place);
        }
    }

    /// Works on the table at hand and on those that lie behind it; how many, and what that cost of the budget.
    fn work_on(&mut self, member: &Member, left: u64) -> Result<(u64, u64), ReadError> {
        let sparse = &member.sparse;
        let bytes = sparse.geometry.table_bytes();
        let place = sparse.table(self.table)?;
        let offset = match place {
            TablePlace::Absent | TablePlace::Invalid => None,
            TablePlace::Primary(offset) => Some(offset),
            // A damaged table is still checked; one that is not there leaves only the redundant one.
            TablePlace::Copy(offset, _) => Some(sparse.both_places(self.table)?.0.unwrap_or(offset)),
        };
        let Some(offset) = offset else {
            if !self.again {
                let (state, entries) = (self.state_of(place), sparse.geometry.grains_of(self.table));
                *self.tables.entry(state).or_default() += 1;
                match place {
                    TablePlace::Absent => self.counts.absent += entries,
                    _ => self.counts.invalid += entries,
                }
            }
            return Ok((1, ABSENT_COST));
        };
        let both = !self.again && sparse.copy.is_some() && sparse.directory.is_some();
        let copies = if both { 2 } else { 1 };
        let by_copy = matches!(place, TablePlace::Copy(at, _) if at == offset);
        let most = if by_copy { bytes } else { (left / copies).min(limits::SCAN_CHUNK as u64) };
        let run = read_run(sparse, self.table, offset, most, both)?;
        if self.again {
            self.look_again(member, &run);
        } else {
            let before = self.counts.allocated;
            self.take(member, &run);
            if let TablePlace::Copy(_, why) = place
                && by_copy
            {
                self.replaced(member, self.table, why, self.counts.allocated - before);
            }
            for table in run.first..run.first + run.count {
                let state = self.state_of(sparse.table(table)?);
                *self.tables.entry(state).or_default() += 1;
            }
        }
        Ok((run.count, run.count * bytes * copies))
    }

    fn state_of(&self, place: TablePlace) -> &'static str {
        match place {
            TablePlace::Absent => self.grains.absent(),
            TablePlace::Primary(_) => "allocated",
            TablePlace::Copy(..) | TablePlace::Invalid => "invalid",
        }
    }
}

/// What can be read of a table with so many grains.
fn readable_text(count: u64) -> String {
    match count {
        0 => "none of its grains holds data".into(),
        1 => "its one grain can be read".into(),
        count => format!("all {count} of its grains can be read"),
    }
}

/// Bytes that the scan of an extent reads.
fn work(sparse: &Sparse) -> u64 {
    let copies = if sparse.copy.is_some() && sparse.directory.is_some() { 2 } else { 1 };
    let absent = sparse.examined.saturating_sub(sparse.present).saturating_mul(ABSENT_COST);
    sparse.present.saturating_mul(sparse.geometry.table_bytes()).saturating_mul(copies).saturating_add(absent)
}

/// Reads the run of tables that begins with table `first` at byte `offset`; at most `most` bytes, but one table. With
/// the redundant ones, where that is wanted.
fn read_run(
    sparse: &Sparse,
    first: u64,
    offset: u64,
    most: u64,
    with_copies: bool,
) -> Result<Run, ReadError> {
    let bytes = sparse.geometry.table_bytes();
    let mut count = 1;
    while (count + 1) * bytes <= most
        && first + count < sparse.examined
        && sparse.both_places(first + count)?.0 == Some(offset + count * bytes)
    {
        count += 1;
    }
    let length = usize::try_from(count * bytes).unwrap_or(0);
    let table_length = usize::try_from(bytes).unwrap_or(0);
    let entries = sparse.bytes.read_vec(offset, length)?;
    let mut run = Run { first, count, offset, entries, copies: Vec::new(), has_copy: Vec::new() };
    if !with_copies {
        return Ok(run);
    }
    run.copies = vec![0; length];
    run.has_copy = vec![false; usize::try_from(count).unwrap_or(0)];
    let copy = |table: u64| -> Result<Option<u64>, ReadError> {
        let (own, copy) = sparse.both_places(first + table)?;
        Ok(copy.filter(|_| own.is_some()))
    };
    let mut table = 0;
    while table < count {
        let Some(start) = copy(table)? else {
            table += 1;
            continue;
        };
        let mut together = 1;
        while table + together < count && copy(table + together)? == Some(start + together * bytes) {
            together += 1;
        }
        let from = usize::try_from(table).unwrap_or(0);
        let number = usize::try_from(together).unwrap_or(0);
        let part = run.copies.get_mut(from * table_length..(from + number) * table_length);
        sparse.bytes.read_exact_at(start, part.unwrap_or_default())?;
        if let Some(marks) = run.has_copy.get_mut(from..from + number) {
            marks.fill(true);
        }
        table += together;
    }
    Ok(run)
}

impl Scan for GrainScan {
    fn step(&mut self, budget: u64) -> bool {
        let grains = Rc::clone(&self.grains);
        let mut left = budget;
        while left > 0 {
            let Some(member) = grains.members.get(self.member) else { return true };
            let sparse = &member.sparse;
            if self.table >= sparse.examined {
                if !self.again && self.overlaps.is_incomplete() {
                    self.again = true;
                    self.table = 0;
                    self.total = self.total.saturating_add(work(sparse));
                    continue;
                }
                self.finish_member(member);
                self.member += 1;
                self.begin();
                continue;
            }
            let (count, cost) = match self.work_on(member, left) {
                Ok(done) => done,
                Err(error) => {
                    let detail = format!("grain table {} of {}: {error}", self.table, member.name);
                    self.unread.hit(None, None, || detail);
                    (1, sparse.geometry.table_bytes())
                }
            };
            self.table += count;
            self.done = self.done.saturating_add(cost);
            left = left.saturating_sub(cost.max(1));
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
            let overlaps = std::mem::take(&mut self.overlaps);
            self.faults.shared(member, &overlaps);
        }
        let counts = &self.counts;
        let states = [
            ("allocated", counts.allocated),
            (grains.absent(), counts.absent),
            ("zero", counts.zero),
            ("invalid", counts.invalid),
        ];
        let states = states.into_iter().filter(|(_, count)| *count > 0);
        let states: BTreeMap<String, u64> = gathered(states.map(|(state, count)| (state.to_owned(), count)));
        let key = || grains.members.first().map_or_else(|| GRAINS.into(), Member::tables_key);
        let mut findings = self.findings;
        self.unread.finding(&key()).into_iter().for_each(|finding| findings.add(finding));
        for finding in self.faults.findings(counts.allocated, counts.invalid) {
            findings.add(finding);
        }
        if counts.zero > 0 && !grains.has_parent {
            let detail = match counts.zero {
                1 => "one grain is marked as zero".into(),
                count => format!("{count} grains are marked as zero"),
            };
            findings.add(Finding::new(&rules::ZERO_WITHOUT_PARENT, detail).on(key()));
        }
        if self.unreferenced > 0 {
            let detail = format!("{} bytes behind the metadata belong to no grain", self.unreferenced);
            findings.add(
                Finding::new(&rules::UNREFERENCED, detail)
                    .on(key())
                    .arg("bytes", self.unreferenced)
                    .place(self.unreferenced_place.take()),
            );
        }
        if self.unmapped > 0 {
            let detail = format!(
                "{} grains lie too far behind in the file to be compared with the others",
                self.unmapped
            );
            findings.add(Finding::new(&rules::NOT_EXAMINED, detail).on(key()));
        }
        let tables = self.tables.into_iter().map(|(state, count)| (state.to_owned(), count)).collect();
        ScanOutcome {
            counts: BTreeMap::from([(DIRECTORY.into(), tables), (GRAINS.into(), states)]),
            allocated_units: Some(self.counts.allocated),
            findings,
        }
    }
}
