//! What the extents and grains of an image are, and where they lie, for a picture of the disk and of its files.

use super::disk::{Backing, Beneath, GuestDisk, Packed, Part};
use super::grain::{Entry, Grain, Sparse};
use super::header::SECTOR;
use crate::bytes::ReadError;
use crate::image::{Surveyor, Use, stored_in};
use crate::limits;

/// Up to so many grains the markers of compressed ones are read, to tell how long they are.
const CLOSE_UP_GRAINS: u64 = 4096;

impl GuestDisk {
    /// Tells of the disk from `from` up to `to`, as far as one step goes; where it got to.
    pub(super) fn survey(&self, from: u64, to: u64, surveyor: &mut dyn Surveyor) -> Result<u64, ReadError> {
        let mut at = from;
        let mut left = limits::SURVEY_UNITS;
        while at < to && left > 0 {
            let index = self.part_at(at);
            let Some(part) = self.parts.get(index) else {
                surveyor.guest(at, to - at, Use::Invalid);
                return Ok(to);
            };
            let end = part.start.saturating_add(part.length).min(to);
            left -= 1;
            let whole = match &part.backing {
                Backing::Zero => Use::Zero,
                Backing::Absent(_) => Use::Absent,
                Backing::Broken(_) => Use::Invalid,
                Backing::Flat(file, start) => {
                    let from = start.saturating_add(at - part.start);
                    let there = file.size().saturating_sub(from).min(end - at);
                    if there > 0 {
                        stored_in(&**file, from, there, at, Use::Data, surveyor);
                        surveyor.guest(at, there, Use::Data);
                    }
                    if there < end - at {
                        surveyor.guest(at + there, end - at - there, Use::Invalid);
                    }
                    at = end;
                    continue;
                }
                Backing::Sparse(sparse) => {
                    let mut survey =
                        GrainSurvey { disk: self, index, part, sparse, surveyor: &mut *surveyor };
                    at = survey.run(at, end, &mut left)?;
                    continue;
                }
            };
            surveyor.guest(at, end - at, whole);
            at = end;
        }
        Ok(at)
    }

    fn absent(&self) -> Use {
        match self.beneath {
            Beneath::Zeros => Use::Unallocated,
            Beneath::Parent(_) | Beneath::Lost => Use::Parent,
        }
    }
}

/// A survey of a sparse extent.
struct GrainSurvey<'a> {
    disk: &'a GuestDisk,
    /// Number of the part.
    index: usize,
    part: &'a Part,
    sparse: &'a Sparse,
    surveyor: &'a mut dyn Surveyor,
}

impl GrainSurvey<'_> {
    fn run(&mut self, from: u64, to: u64, left: &mut u64) -> Result<u64, ReadError> {
        let geometry = self.sparse.geometry;
        let (bytes, per_table) = (geometry.grain_bytes(), geometry.table_entries.max(1));
        let close_up = (to - from) / bytes <= CLOSE_UP_GRAINS;
        let mut at = from;
        while at < to && *left > 0 {
            let grain = (at - self.part.start) / bytes;
            if grain >= geometry.grains || grain >= self.sparse.grain_count() {
                self.surveyor.guest(at, to - at, Use::Invalid);
                return Ok(to);
            }
            let guest_of = |grain: u64| self.part.start.saturating_add(grain.saturating_mul(bytes));
            let empty = self.sparse.without_table(grain)?;
            if empty > 0 {
                let end = guest_of(grain + empty).min(to);
                self.surveyor.guest(at, end - at, self.disk.absent());
                at = end;
                *left -= 1;
                continue;
            }
            let table = grain / per_table;
            let (own, copy) = self.sparse.both_places(table)?;
            for place in [own, copy].into_iter().flatten() {
                stored_in(&*self.sparse.bytes, place, geometry.table_bytes(), at, Use::Table, self.surveyor);
            }
            let last = (to - self.part.start).div_ceil(bytes).min((table + 1) * per_table);
            let found = self.sparse.grains(grain, last - grain)?;
            if found.is_empty() {
                self.surveyor.guest(at, to - at, Use::Invalid);
                return Ok(to);
            }
            *left = left.saturating_sub(found.len() as u64);
            at = self.table(grain, &found, at, to, close_up)?;
        }
        Ok(at)
    }

    /// The grains of one table from `first` on; where they end.
    fn table(
        &mut self,
        first: u64,
        found: &[Grain],
        from: u64,
        to: u64,
        close_up: bool,
    ) -> Result<u64, ReadError> {
        let bytes = self.sparse.geometry.grain_bytes();
        let guest_of = |grain: u64| self.part.start.saturating_add(grain.saturating_mul(bytes));
        let mut at = from;
        // Grains that are alike are told of together.
        let mut alike: Option<(u64, Use)> = None;
        for (grain, this) in (first..).zip(found) {
            let is = match this.entry {
                Entry::Absent => self.disk.absent(),
                Entry::Zero => Use::Zero,
                Entry::At(sector) if self.sparse.compressed => {
                    let next = found.get(usize::try_from(grain + 1 - first).unwrap_or(usize::MAX));
                    let length = self.packed_length(grain, sector, next, close_up)?;
                    let start = sector.saturating_mul(SECTOR);
                    stored_in(
                        &*self.sparse.bytes,
                        start,
                        length,
                        guest_of(grain),
                        Use::Compressed,
                        self.surveyor,
                    );
                    Use::Compressed
                }
                Entry::At(sector) => {
                    let length = self.sparse.geometry.sectors_of(grain).saturating_mul(SECTOR);
                    let start = sector.saturating_mul(SECTOR);
                    stored_in(&*self.sparse.bytes, start, length, guest_of(grain), Use::Data, self.surveyor);
                    Use::Data
                }
                Entry::PastEnd | Entry::CutOff(_) | Entry::Metadata | Entry::Malformed => Use::Invalid,
            };
            match alike {
                Some((_, before)) if before == is => {}
                Some((start, before)) => {
                    self.surveyor.guest(start, at - start, before);
                    alike = Some((at, is));
                }
                None => alike = Some((at, is)),
            }
            at = guest_of(grain + 1).min(to);
        }
        if let Some((start, is)) = alike {
            self.surveyor.guest(start, at - start, is);
        }
        Ok(at)
    }

    /// Bytes that a compressed grain takes with its marker. From afar they are taken to reach to the next grain, as they
    /// do where an image was written in one go.
    fn packed_length(
        &self,
        grain: u64,
        sector: u64,
        next: Option<&Grain>,
        close_up: bool,
    ) -> Result<u64, ReadError> {
        if close_up {
            let found = self.disk.packed_bytes(Packed { part: self.index, grain, sector })?;
            let end = found.map_or(0, |(at, length)| at.saturating_add(length as u64));
            return Ok(end
                .saturating_sub(sector.saturating_mul(SECTOR))
                .next_multiple_of(SECTOR)
                .max(SECTOR));
        }
        let most = self.sparse.geometry.grain_bytes().saturating_add(2 * SECTOR);
        let gap = match next.map(|next| next.entry) {
            Some(Entry::At(next)) => next.saturating_sub(sector).saturating_mul(SECTOR),
            _ => 0,
        };
        Ok(if (1..=most).contains(&gap) { gap } else { SECTOR })
    }
}
