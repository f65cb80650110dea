//! From the guest's disk to the files, step by step, and back.

use super::{QueryError, Session};
use crate::bytes::{FileSet, Span};
use crate::image::{Holding, Image, Mapping, Source, Step};
use crate::limits;
use crate::report::{GuestRange, Place, Structure, exact, place};
use schemars::JsonSchema;
use serde::Serialize;

/// Where a range of the guest's disk lies.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Translation {
    /// The range that is answered: less than was asked for where the disk ends or there are too many pieces.
    pub guest: GuestRange,
    /// The pieces in the order of the guest's disk, without gaps.
    pub pieces: Vec<Piece>,
    /// Where to go on asking, where not all was answered.
    pub next: Option<u64>,
}

/// A stretch of the guest's disk that lies in one place.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Piece {
    /// What of the guest's disk it is.
    pub guest: GuestRange,
    /// What it is made of.
    pub source: Source,
    /// Where that lies: the bytes themselves, or the stretch that they are inflated from.
    pub place: Option<Place>,
    /// Name of the image of the chain that decides: the inspected one, or a parent.
    pub image: Option<String>,
    /// How to get there by hand: to the first byte of the piece.
    pub steps: Vec<StepTaken>,
}

/// A step of a translation.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StepTaken {
    /// What it is about.
    pub title: String,
    /// The arithmetic with its numbers, or what the bytes mean.
    pub text: String,
    /// The bytes that were looked at.
    pub place: Option<Place>,
}

/// What lies at a place of a supplied file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Whereabouts {
    /// The place that was asked for.
    pub place: Place,
    /// Key of the innermost structure around it.
    pub structure: Option<String>,
    /// Name of the field of that structure.
    pub field: Option<String>,
    /// What the image keeps there; empty where nothing refers to it.
    pub held: Vec<Held>,
}

/// What an image keeps at a place.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Held {
    /// What it is, in a line.
    pub what: String,
    /// The stretch of the file of which that is true.
    pub place: Option<Place>,
    /// Key of the table whose entry leads there.
    pub table: Option<String>,
    /// Row of that table.
    pub row: Option<u64>,
    /// The guest's bytes that begin there.
    pub guest: Option<GuestRange>,
    /// Whether the guest sees these bytes: not where a child has its own in their stead. Null where it holds none.
    pub visible: Option<bool>,
    /// Name of the image of the chain that it belongs to.
    pub image: Option<String>,
    /// How to get there by hand.
    pub steps: Vec<StepTaken>,
}

impl Session {
    /// Where `length` bytes of the guest's disk at `offset` lie.
    ///
    /// # Errors
    /// When nothing is open, the disk ends before `offset`, or the files cannot be read.
    pub fn translate(&self, offset: u64, length: u64) -> Result<Translation, QueryError> {
        let image = self.image()?;
        let end = offset.saturating_add(length.max(1)).min(crate::report::MAX_EXACT);
        let size = image.disk().map_or(0, |disk| disk.size());
        if offset >= size {
            return Err(QueryError::PastDisk { offset, size });
        }
        let end = end.min(size);
        let mut pieces: Vec<Mapping> = Vec::new();
        let mut at = offset;
        let mut lookups = 0;
        while at < end && lookups < limits::PIECE_LOOKUPS {
            lookups += 1;
            let found = cut(image.map(at, end - at)?, at, end - at);
            let length = found.guest.1;
            let full = pieces.len() == limits::PIECES;
            match pieces.last_mut().filter(|last| continues(last, &found)) {
                Some(last) => extend(last, length),
                None if full => break,
                None => pieces.push(found),
            }
            at += length;
        }
        Ok(Translation {
            guest: GuestRange { offset, length: at - offset },
            pieces: pieces.into_iter().map(|piece| self.piece(image, piece)).collect(),
            next: (at < end).then_some(at),
        })
    }

    /// What lies at byte `offset` of a supplied file.
    ///
    /// # Errors
    /// When nothing is open, there is no such file or it ends before `offset`, or it cannot be read.
    pub fn whereabouts(&self, file: &str, offset: u64) -> Result<Whereabouts, QueryError> {
        let image = self.image()?;
        let id = self.files.by_name(file).ok_or_else(|| QueryError::NoSuchFile(file.into()))?;
        let size = self.files.get(id).map_or(0, |entry| entry.bytes.size());
        if offset >= size {
            return Err(QueryError::PastFile { file: file.into(), offset, size });
        }
        let report = self.report();
        let around = (report.structures.iter())
            .filter(|structure| structure.file.as_deref() == Some(file))
            .filter(|structure| inside(structure.offset.zip(structure.length), offset))
            .min_by_key(|structure| structure.length);
        let mut held = image.holdings(id, offset)?;
        held.truncate(limits::HOLDINGS);
        let held = held
            .into_iter()
            .map(|holding| {
                let visible = match holding.guest {
                    Some((guest, length)) => {
                        Some(sees(image, guest, length, Span { file: id, offset, length })?)
                    }
                    None => None,
                };
                Ok(self.held(image, holding, visible))
            })
            .collect::<Result<_, QueryError>>()?;
        Ok(Whereabouts {
            place: Place { file: file.into(), offset, length: 1 },
            structure: around.map(|structure| structure.key.clone()),
            field: around.and_then(|structure| field_at(structure, offset)),
            held,
        })
    }

    /// The image that so many parents lie above; the inspected one for 0.
    fn layer(&self, image: &dyn Image, layer: u32) -> Option<String> {
        let opened = || Some(self.files.name(self.open.as_ref()?.image.as_ref()?.0).to_owned());
        let link = image.about().chain.get(layer as usize).map(|link| link.key.clone());
        if layer == 0 { link.or_else(opened) } else { link }
    }

    fn piece(&self, image: &dyn Image, piece: Mapping) -> Piece {
        Piece {
            guest: range(piece.guest).unwrap_or(GuestRange { offset: 0, length: 0 }),
            source: piece.source,
            place: piece.place.and_then(|span| place(&self.files, span)),
            image: self.layer(image, piece.layer),
            steps: steps(&self.files, piece.steps),
        }
    }

    fn held(&self, image: &dyn Image, holding: Holding, visible: Option<bool>) -> Held {
        let (table, row) = holding.row.unzip();
        Held {
            what: holding.what,
            place: place(&self.files, holding.span),
            table,
            row: row.and_then(exact),
            guest: holding.guest.and_then(range),
            visible,
            image: self.layer(image, holding.layer),
            steps: steps(&self.files, holding.steps),
        }
    }
}

/// Whether that guest byte is taken from there: from exactly that byte, or inflated from the stretch around it.
fn sees(image: &dyn Image, guest: u64, length: u64, span: Span) -> Result<bool, QueryError> {
    if image.disk().is_none_or(|disk| guest >= disk.size()) {
        return Ok(false);
    }
    let found = image.map(guest, length.max(1))?;
    let Some(place) = found.place.filter(|place| place.file == span.file) else { return Ok(false) };
    Ok(match found.source {
        Source::Data => place.offset == span.offset,
        Source::Compressed => inside(Some((place.offset, place.length)), span.offset),
        Source::Zero | Source::Absent | Source::Invalid => false,
    })
}

fn inside(range: Option<(u64, u64)>, at: u64) -> bool {
    range.is_some_and(|(start, length)| at >= start && at - start < length)
}

fn field_at(structure: &Structure, at: u64) -> Option<String> {
    let within = at.checked_sub(structure.offset?)?;
    let field = (structure.fields.iter())
        .filter(|field| inside(Some((field.offset.into(), field.length.into())), within))
        .min_by_key(|field| field.length)?;
    Some(field.name.clone())
}

fn range((offset, length): (u64, u64)) -> Option<GuestRange> {
    Some(GuestRange { offset: exact(offset)?, length: exact(length)? })
}

fn steps(files: &FileSet, steps: Vec<Step>) -> Vec<StepTaken> {
    let taken = |step: Step| StepTaken {
        title: step.title.into(),
        text: step.text,
        place: step.place.and_then(|span| place(files, span)),
    };
    steps.into_iter().map(taken).collect()
}

/// Whether a piece goes on where the last one ends, on the disk and in the file.
fn continues(last: &Mapping, next: &Mapping) -> bool {
    let together = match (last.place, next.place) {
        (None, None) => last.source != Source::Invalid,
        (Some(a), Some(b)) => {
            last.source == Source::Data && a.file == b.file && a.offset.saturating_add(a.length) == b.offset
        }
        _ => false,
    };
    together && last.source == next.source && last.layer == next.layer
}

/// At most `length` bytes of a mapping that was asked for at `offset`.
fn cut(mut found: Mapping, offset: u64, length: u64) -> Mapping {
    found.guest = (offset, found.guest.1.clamp(1, length));
    if let Some(place) = found.place.as_mut().filter(|_| found.source == Source::Data) {
        place.length = found.guest.1;
    }
    found
}

fn extend(last: &mut Mapping, length: u64) {
    last.guest.1 += length;
    if let Some(place) = &mut last.place {
        place.length += length;
    }
}
