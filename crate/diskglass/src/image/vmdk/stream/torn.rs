//! A stream whose end is missing, and with it the tables: what is there is found by going from marker to marker, as an
//! importer does.

use super::super::data::Ahead;
use super::super::geometry::Geometry;
use super::super::header::SECTOR;
use super::rules;
use super::{Broken, GRAIN_MARKER, Inflater, Marker};
use crate::bytes::{Bytes, ReadError};
use crate::finding::{Finding, Findings, READ_FAILED, Tally};
use crate::limits;
use crate::structure::span_at;
use std::rc::Rc;

/// A stream without tables.
pub(in crate::image::vmdk) struct Torn {
    pub(in crate::image::vmdk) bytes: Bytes,
    /// Key of its header.
    pub(in crate::image::vmdk) key: String,
    pub(in crate::image::vmdk) geometry: Geometry,
    /// Byte of the file at which the first marker ought to stand.
    pub(in crate::image::vmdk) first: u64,
    /// First byte of the guest's disk that it holds.
    pub(in crate::image::vmdk) guest: u64,
}

/// A walk through such a stream.
pub(in crate::image::vmdk) struct TornWalk {
    torn: Rc<Torn>,
    ahead: Ahead,
    inflater: Inflater,
    /// Where grains are inflated; empty where one is larger than that is done for.
    room: Vec<u8>,
    /// The next byte.
    at: u64,
    /// Why the walk ended.
    end: Option<String>,
    whole: u64,
    /// Where the grain ends on the disk that reaches furthest: a sector.
    furthest: u64,
    broken: Tally,
    wrong_sum: Tally,
    wrong_length: Tally,
    findings: Findings,
}

impl TornWalk {
    pub(in crate::image::vmdk) fn new(torn: Rc<Torn>) -> Self {
        let room = usize::try_from(torn.geometry.grain_bytes()).unwrap_or(usize::MAX);
        let room = if room <= limits::INFLATED_GRAIN_BYTES { room } else { 0 };
        Self {
            at: torn.first,
            torn,
            ahead: Ahead::default(),
            inflater: Inflater::new(),
            room: vec![0; room],
            end: None,
            whole: 0,
            furthest: 0,
            broken: Tally::new(&rules::INFLATE),
            wrong_sum: Tally::new(&rules::CHECKSUM),
            wrong_length: Tally::new(&rules::GRAIN_LENGTH),
            findings: Findings::default(),
        }
    }

    /// Bytes that there may be to go through.
    pub(in crate::image::vmdk) fn length(&self) -> u64 {
        self.torn.bytes.size().saturating_sub(self.torn.first)
    }

    /// How many of them are behind.
    pub(in crate::image::vmdk) fn done(&self) -> u64 {
        let done = self.at.saturating_sub(self.torn.first);
        if self.end.is_some() { self.length() } else { done.min(self.length()) }
    }

    /// Goes on by a marker; the bytes that were read, or nothing at the end.
    pub(in crate::image::vmdk) fn step(&mut self) -> Option<u64> {
        if self.end.is_some() {
            return None;
        }
        let from = self.at;
        match self.marker() {
            Ok(end) => self.end = end,
            Err(error) => {
                self.findings.add(Finding::new(&READ_FAILED, error.to_string()).on(self.torn.key.clone()));
                self.end = Some(format!("byte {from} could not be read"));
            }
        }
        Some((self.at - from).max(SECTOR))
    }

    /// What stands at the next byte; why the walk is over, if it is.
    fn marker(&mut self) -> Result<Option<String>, ReadError> {
        let size = self.torn.bytes.size();
        let at = self.at;
        if size.saturating_sub(at) < Marker::LENGTH as u64 {
            return Ok(Some(format!("the file ends at byte {size}, where the next marker ought to stand")));
        }
        let head = self.ahead.get(&*self.torn.bytes, at, Marker::LENGTH, size)?;
        let geometry = &self.torn.geometry;
        match Marker::decode(head.first_chunk().copied().unwrap_or_default()) {
            Marker::Grain { lba, size: length } => {
                let possible = lba.is_multiple_of(geometry.grain) && lba < geometry.capacity;
                if !possible || u64::from(length) > geometry.grain_bytes() * 2 {
                    return Ok(Some(format!("what stands at byte {at} is no marker")));
                }
                if at + GRAIN_MARKER + u64::from(length) > size {
                    return Ok(Some(format!("the file ends inside the grain for sector {lba} of the disk")));
                }
                self.grain(lba, length)?;
                self.at = at + Marker::grain_extent(length);
            }
            Marker::Metadata { kind: Marker::END, .. } => {
                return Ok(Some(format!("from byte {at} on there are zeros, which end a stream")));
            }
            Marker::Metadata { kind: Marker::PROGRESS, .. } => self.at = at + SECTOR,
            Marker::Metadata { kind: Marker::TABLE | Marker::DIRECTORY | Marker::FOOTER, sectors } => {
                let longest = geometry.table_sectors().max(geometry.directory_sectors());
                if sectors > longest {
                    return Ok(Some(format!("the marker at byte {at} has an impossible length")));
                }
                self.at = at + (1 + sectors) * SECTOR;
            }
            Marker::Metadata { .. } => return Ok(Some(format!("what stands at byte {at} is no marker"))),
        }
        Ok(None)
    }

    /// A grain whose data is all in the file.
    fn grain(&mut self, lba: u64, length: u32) -> Result<(), ReadError> {
        let (at, torn) = (self.at, &self.torn);
        let grain = lba / torn.geometry.grain;
        let count = usize::try_from(GRAIN_MARKER).unwrap_or(0) + length as usize;
        let bytes = self.ahead.get(&*torn.bytes, at, count, torn.bytes.size())?;
        let data = bytes.get(Marker::DATA..).unwrap_or_default();
        let needed = usize::try_from(torn.geometry.sectors_of(grain) * SECTOR).unwrap_or(usize::MAX);
        let fault = match self.inflater.inflate(data, &mut self.room) {
            _ if self.room.is_empty() => None,
            Ok(found) if found.length >= needed => None,
            Ok(_) => Some((&mut self.wrong_length, "is shorter than a grain")),
            Err(broken @ Broken::Checksum) => Some((&mut self.wrong_sum, broken.text())),
            Err(broken @ Broken::TooLong) => Some((&mut self.wrong_length, broken.text())),
            Err(broken) => Some((&mut self.broken, broken.text())),
        };
        match fault {
            None => {
                self.whole += 1;
                self.furthest = self.furthest.max(lba.saturating_add(torn.geometry.sectors_of(grain)));
            }
            Some((tally, what)) => {
                let guest = torn.guest.saturating_add(lba * SECTOR);
                let place = span_at(&*torn.bytes, at, count as u64);
                tally.hit(place, Some((guest, needed as u64)), || {
                    format!("grain {grain} at byte {at}: its data {what}")
                });
            }
        }
        Ok(())
    }

    /// Adds what was found.
    pub(in crate::image::vmdk) fn report(self, findings: &mut Findings) {
        let key = &self.torn.key;
        findings.extend(self.findings);
        for tally in [self.broken, self.wrong_sum, self.wrong_length] {
            tally.finding(key).into_iter().for_each(|finding| findings.add(finding));
        }
        let capacity = self.torn.geometry.capacity;
        let percent = u128::from(self.furthest) * 100 / u128::from(capacity.max(1));
        let why = self.end.unwrap_or_else(|| "the check was broken off".into());
        let detail = format!(
            "{} grains are whole; they reach to sector {} of {capacity} of the disk ({percent} %); {why}",
            self.whole, self.furthest
        );
        let mut finding = Finding::new(&rules::PRESENT, detail).on(key.clone()).arg("grains", self.whole);
        finding = finding.guest(self.torn.guest, self.furthest * SECTOR);
        findings.add(finding);
    }
}
