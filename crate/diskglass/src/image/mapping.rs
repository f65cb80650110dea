//! Where the guest's bytes lie, step by step, and the way back.

use super::tour::{Reading, Sum};
use crate::bytes::{ReadAt, ReadError, Span};
use schemars::JsonSchema;
use serde::Serialize;

/// Title of the first step, where it says which sector is looked for.
pub const SECTOR: &str = "Sector";

/// Title of the step from an image to its parent.
pub const PARENT: &str = "Parent";

/// What a stretch of the guest's disk is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Bytes of a file as they are.
    Data,
    /// Bytes that are inflated from a stretch of a file.
    Compressed,
    /// Zeros: not allocated anywhere, or marked as zero.
    Zero,
    /// In a file that was not given: a parent, an extent.
    Absent,
    /// A table leads nowhere, or the stretch is cut off.
    Invalid,
}

/// Where a stretch of the guest's disk lies. The same holds for every byte of the stretch.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// First byte of the guest's disk and length; the length is at least 1.
    pub guest: (u64, u64),
    /// What it is made of.
    pub source: Source,
    /// Where that lies: the bytes themselves, or the stretch that they are inflated from.
    pub place: Option<Span>,
    /// Parents that were gone through: 0 where the image itself decides.
    pub layer: u32,
    /// How to get there by hand, in order.
    pub steps: Vec<Step>,
}

/// A step of a translation: what is computed or looked up, and the bytes that say so.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is about, in a word or two: `Block`, `Table entry`, `Bitmap`.
    pub title: &'static str,
    /// The arithmetic with its numbers, or what the bytes mean.
    pub text: String,
    /// The bytes that were looked at.
    pub place: Option<Span>,
    /// The numbers that were read there.
    pub readings: Vec<Reading>,
    /// The arithmetic of `text`, line by line.
    pub sums: Vec<Sum>,
}

impl Step {
    /// A step without bytes of its own.
    pub fn new(title: &'static str, text: impl Into<String>) -> Self {
        Self { title, text: text.into(), place: None, readings: Vec::new(), sums: Vec::new() }
    }

    /// With the bytes that say so.
    #[must_use]
    pub fn at(mut self, place: Option<Span>) -> Self {
        self.place = place;
        self
    }

    /// With something that is read.
    #[must_use]
    pub fn reading(mut self, reading: impl IntoIterator<Item = Reading>) -> Self {
        self.readings.extend(reading);
        self
    }

    /// With a computation.
    #[must_use]
    pub fn sum(mut self, what: &str, terms: impl Into<String>, result: u64) -> Self {
        self.sums.push(Sum::new(what, terms, result));
        self
    }

    /// With the computation of where byte `offset` of a disk is that is stored as it is.
    #[must_use]
    pub fn plain(self, offset: u64) -> Self {
        let rest = if offset.is_multiple_of(512) { String::new() } else { format!(" + {}", offset % 512) };
        self.sum("byte of the file", format!("{} × 512{rest}", offset / 512), offset)
    }
}

/// What of an image a place in one of its files holds.
#[derive(Clone, Debug)]
pub struct Holding {
    /// What it is, in a line: `data of block 5`, `bitmap of block 5`, `entry 5 of the block allocation table`.
    pub what: String,
    /// The stretch of the file of which that is true.
    pub span: Span,
    /// The table entry that leads there: key of the table and row.
    pub row: Option<(String, u64)>,
    /// The guest's bytes that begin at the place in question, where it holds such: first byte and length.
    pub guest: Option<(u64, u64)>,
    /// Parents between the inspected image and the one that the file belongs to.
    pub layer: u32,
    /// How to get there by hand, in order.
    pub steps: Vec<Step>,
}

/// The mapping of a disk that is nothing but plain bytes.
///
/// # Errors
/// [`ReadError::PastEnd`] where the disk ends before `offset`.
pub fn plain(disk: &dyn ReadAt, offset: u64, length: u64) -> Result<Mapping, ReadError> {
    let left = disk.size().saturating_sub(offset);
    if left == 0 {
        return Err(ReadError::PastEnd { offset, length, size: disk.size() });
    }
    let length = length.clamp(1, left);
    Ok(match disk.locate(offset) {
        Some(at) => {
            let length = length.min(at.contiguous.max(1));
            let text = format!("the disk is stored as it is: guest byte {offset} is byte {}", at.offset);
            let place = Some(Span { file: at.file, offset: at.offset, length });
            let step = Step::new("Plain bytes", text).at(place);
            let steps = vec![if at.offset == offset { step.plain(offset) } else { step }];
            Mapping { guest: (offset, length), source: Source::Data, place, layer: 0, steps }
        }
        None => Mapping {
            guest: (offset, length),
            source: Source::Zero,
            place: None,
            layer: 0,
            steps: vec![Step::new("Nothing", "no file holds these bytes")],
        },
    })
}
