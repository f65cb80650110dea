//! The guided tour of the open image, and which sector it looks up.

use super::{QueryError, Session};
use crate::bytes::{ReadAt, ReadError, Span};
use crate::image::tour::{Form, Reading, Sum, Topic, TourStep};
use crate::image::{Image, Source};
use crate::limits;
use crate::report::{GuestRange, Place, exact, place};
use crate::structure::hex_bytes;
use schemars::JsonSchema;
use serde::Serialize;

/// Bytes of a sector.
const SECTOR: u64 = 512;

/// Bytes of a reading that are shown.
const BYTES_SHOWN: usize = 16;

/// Bytes read at once while a sector with content is looked for.
const CHUNK: usize = 64 << 10;

/// A guided tour of an image.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Tour {
    /// The image: the name of its file.
    pub image: String,
    /// Its format.
    pub format: String,
    /// Its variant.
    pub variant: String,
    /// The sector that is looked up; null where there is no disk to look one up on.
    pub guest: Option<GuestRange>,
    /// The steps, in order.
    pub steps: Vec<TourStop>,
}

/// A step of a tour.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TourStop {
    /// The question that it answers.
    pub topic: Topic,
    /// What it is about.
    pub title: String,
    /// What a reader has to know who never saw such an image.
    pub text: String,
    /// What it comes to in this image.
    pub here: Option<String>,
    /// The bytes that it is about.
    pub place: Option<Place>,
    /// The numbers and texts that are read.
    pub readings: Vec<TourReading>,
    /// What is computed with them.
    pub sums: Vec<Sum>,
}

/// A number or a text that is read from bytes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TourReading {
    /// The field or the entry.
    pub term: String,
    /// Where its bytes lie; null for what is known without reading.
    pub place: Option<Place>,
    /// The first of these bytes, in hexadecimal.
    pub bytes: String,
    /// How the bytes are read.
    pub form: Form,
    /// What they say: a number in decimal, or the text.
    pub value: String,
    /// The same for a reader: with its unit, or the name of the value.
    pub display: String,
    /// What it means.
    pub meaning: String,
}

impl Session {
    /// What a person would look at to understand the open image, and the way to one sector of its disk: the one that
    /// holds byte `guest`, or else the first that is interesting.
    ///
    /// # Errors
    /// When nothing is open, the disk ends before `guest`, or the files cannot be read.
    pub fn tour(&self, guest: Option<u64>) -> Result<Tour, QueryError> {
        let image = self.image()?;
        let size = image.disk().map_or(0, |disk| disk.size());
        if let Some(offset) = guest.filter(|guest| *guest >= size) {
            return Err(QueryError::PastDisk { offset, size });
        }
        let wanted = match guest {
            Some(guest) => guest,
            None => interesting(image)?.unwrap_or(0),
        };
        let sector = wanted / SECTOR * SECTOR;
        let steps = image.tour(sector)?;
        let facts = &image.about().facts;
        let file = self.open.as_ref().and_then(|open| open.image.as_ref()).map(|(file, _)| *file);
        Ok(Tour {
            image: file.map_or_else(String::new, |file| self.files.name(file).to_owned()),
            format: facts.format.clone(),
            variant: facts.variant.clone(),
            guest: exact(sector)
                .filter(|_| size > 0)
                .map(|offset| GuestRange { offset, length: SECTOR.min(size - sector) }),
            steps: steps.into_iter().map(|step| self.stop(step)).collect(),
        })
    }

    /// The first bytes of a place, for a reader.
    fn shown(&self, span: Span) -> String {
        let length = usize::try_from(span.length).unwrap_or(BYTES_SHOWN).min(BYTES_SHOWN);
        let file = self.files.get(span.file);
        let bytes = file.and_then(|file| file.bytes.read_up_to(span.offset, length).ok()).unwrap_or_default();
        hex_bytes(&bytes, BYTES_SHOWN)
    }

    fn stop(&self, step: TourStep) -> TourStop {
        let reading = |reading: Reading| TourReading {
            place: reading.place.and_then(|span| place(&self.files, span)),
            bytes: reading.place.map_or_else(String::new, |span| self.shown(span)),
            term: reading.term,
            form: reading.form,
            value: reading.value,
            display: reading.display,
            meaning: reading.meaning,
        };
        TourStop {
            topic: step.topic,
            title: step.title,
            text: step.text,
            here: step.here,
            place: step.place.and_then(|span| place(&self.files, span)),
            readings: step.readings.into_iter().map(reading).collect(),
            sums: step.sums,
        }
    }
}

/// The first sector that shows much: one that the image itself holds, with content, and not the first of its unit, so
/// that there is something to compute. Less than that where it has no such sector.
fn interesting(image: &dyn Image) -> Result<Option<u64>, ReadError> {
    let Some(disk) = image.disk() else { return Ok(None) };
    let mut fallback = None;
    for (start, length) in units(image, disk.size())? {
        let end = start.saturating_add(length.min(limits::TOUR_BYTES)).min(disk.size());
        let mut at = start;
        while at < end {
            let found = image.map(at, end - at)?;
            let next = at.saturating_add(found.guest.1.max(1)).min(end);
            if found.layer == 0 && matches!(found.source, Source::Data | Source::Compressed) {
                if let Some(sector) = content(&*disk, at.max(start + SECTOR), next) {
                    return Ok(Some(sector));
                }
                fallback.get_or_insert(at);
            }
            at = next;
        }
    }
    Ok(fallback)
}

/// The first sector between two places of a disk that is not all zeros; `None` also where it cannot be read.
fn content(disk: &dyn ReadAt, mut at: u64, end: u64) -> Option<u64> {
    while at < end {
        let length = usize::try_from(end - at).map_or(CHUNK, |left| left.min(CHUNK));
        let bytes = disk.read_vec(at, length).ok()?;
        if let Some(byte) = bytes.iter().position(|byte| *byte != 0) {
            return Some((at + byte as u64) / SECTOR * SECTOR);
        }
        at += length as u64;
    }
    None
}

/// The first stretches of the disk that the image has units of its own for: first byte and length. All of the disk
/// where there is no table of units, or none of them is allocated.
fn units(image: &dyn Image, size: u64) -> Result<Vec<(u64, u64)>, ReadError> {
    let mut found = Vec::new();
    // The table with the most rows is that of the units: others lead to it, or say more of the same.
    let tables = &image.about().tables;
    if let Some(table) = tables.iter().rev().max_by_key(|table| table.rows) {
        let mut first = 0;
        while first < table.rows.min(limits::TOUR_ROWS) && found.len() < limits::TOUR_UNITS {
            let rows = image.rows(&table.key, first, limits::ROWS)?;
            if rows.is_empty() {
                break;
            }
            first += rows.len() as u64;
            found.extend(rows.into_iter().filter(|row| row.state == "allocated").filter_map(|row| row.guest));
        }
    }
    found.truncate(limits::TOUR_UNITS);
    // With the first unit every division comes to 0: it is only taken where there is no other.
    crate::order::sort_by_key(&mut found, |(start, _)| *start == 0);
    if found.is_empty() {
        found.push((0, size));
    }
    Ok(found)
}
