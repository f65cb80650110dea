//! A guided tour of an image: what a person would look at with a hex editor, in that order, and what is computed with
//! the numbers found there. The same code walks a sample and the reader's own image.
//!
//! The rule of a tour: a number of a sum was read in the same step or before, came out of an earlier sum, or is a
//! constant of the format that the text names. So whoever has the bytes can do it all by hand.

use super::mapping::{PARENT, SECTOR, Step};
use super::{About, Image};
use crate::bytes::{ReadError, Span};
use crate::finding::Severity;
use crate::structure::{Endian, Node};
use schemars::JsonSchema;
use serde::Serialize;

/// Entries of a table that are read to show what such a table looks like.
pub(super) const ENTRIES_SHOWN: u64 = 4;

/// The question about a format that a step answers. Two tours are compared question by question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// How is such an image recognised?
    Recognise,
    /// How is the size of the disk said?
    Size,
    /// In what units is space given out?
    Unit,
    /// What is said in words, beside the numbers?
    Words,
    /// Which tables lead to the data?
    Table,
    /// What does a unit look like that is not there?
    Empty,
    /// What is there twice?
    Copies,
    /// How does a child name its parent?
    Parent,
    /// How is a sector found?
    Way,
}

/// A step of a tour.
#[derive(Clone, Debug)]
pub struct TourStep {
    /// The question that it answers.
    pub topic: Topic,
    /// What it is about.
    pub title: String,
    /// What a reader has to know who never saw such an image; the same in every image.
    pub text: String,
    /// What it comes to in this one.
    pub here: Option<String>,
    /// The bytes that it is about.
    pub place: Option<Span>,
    /// The numbers and texts that are read.
    pub readings: Vec<Reading>,
    /// What is computed with them.
    pub sums: Vec<Sum>,
}

/// A number or a text that is read from bytes.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The field or the entry.
    pub term: String,
    /// Where its bytes lie; `None` for what is known without reading.
    pub place: Option<Span>,
    /// How the bytes are read.
    pub form: Form,
    /// What they say: a number in decimal, a text, bytes in hexadecimal.
    pub value: String,
    /// The same for a reader: with its unit, or the name of the value.
    pub display: String,
    /// What it means.
    pub meaning: String,
}

/// How bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A number whose most significant byte comes first.
    BigEndian,
    /// A number whose least significant byte comes first.
    LittleEndian,
    /// Text: ASCII, or in the encoding that the descriptor names.
    Text,
    /// Text in UTF-16 whose most significant byte comes first, up to the first zero.
    Utf16,
    /// Sixteen bytes in their order.
    Uuid,
    /// Not read from the image: the size of a file, what was asked for, what was taken for granted.
    Known,
}

impl From<Endian> for Form {
    fn from(order: Endian) -> Self {
        match order {
            Endian::Big => Self::BigEndian,
            Endian::Little => Self::LittleEndian,
        }
    }
}

/// A computation by hand.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Sum {
    /// What comes out.
    pub what: String,
    /// The computation, in whole numbers: `+ - × /` (without remainder), `mod` (the remainder), `&`, `>>`, `<<` and
    /// parentheses.
    pub terms: String,
    /// Its result, in decimal.
    pub result: String,
}

impl Sum {
    /// A computation with its result.
    pub fn new(what: impl Into<String>, terms: impl Into<String>, result: u64) -> Self {
        Self { what: what.into(), terms: terms.into(), result: result.to_string() }
    }
}

impl Reading {
    /// A number at that place.
    pub fn number(
        term: impl Into<String>,
        place: Option<Span>,
        order: Endian,
        value: u64,
        meaning: impl Into<String>,
    ) -> Self {
        let bytes = place.map_or(8, |place| place.length.min(8));
        let width = usize::try_from(bytes * 2).unwrap_or(0);
        Self {
            term: term.into(),
            place,
            form: if place.is_some() { order.into() } else { Form::Known },
            value: value.to_string(),
            display: format!("0x{value:0width$x}"),
            meaning: meaning.into(),
        }
    }

    /// A number that is known without reading it.
    pub fn known(term: impl Into<String>, value: u64, meaning: impl Into<String>) -> Self {
        Self {
            display: crate::structure::size_text(value),
            ..Self::number(term, None, Endian::Big, value, meaning)
        }
    }

    /// A field of a structure; `None` where it is cut off or its bytes are no number and no text.
    pub fn field(node: &Node, name: &str, order: Endian) -> Option<Self> {
        let field = node.fields.iter().find(|field| field.name == name)?;
        let place = node.field_span(name).filter(|place| place.length == u64::from(field.length))?;
        let form = match field.kind.as_str() {
            "ascii" | "text" => Form::Text,
            "bytes" if field.length == 16 => Form::Uuid,
            "bytes" => return None,
            _ => order.into(),
        };
        Some(Self {
            term: field.name.clone(),
            place: Some(place),
            form,
            value: field.value.clone(),
            display: field.display.clone(),
            meaning: field.meaning.clone(),
        })
    }
}

impl TourStep {
    /// A step without bytes of its own.
    pub fn new(topic: Topic, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            topic,
            title: title.into(),
            text: text.into(),
            here: None,
            place: None,
            readings: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// A step of a translation, with what has to be known to follow it.
    pub fn of(step: Step, text: impl Into<String>) -> Self {
        Self {
            here: Some(sentence(&step.text)),
            place: step.place,
            readings: step.readings,
            sums: step.sums,
            ..Self::new(Topic::Way, step.title, text)
        }
    }

    /// Where a tour has to end, and why.
    pub fn end(why: impl Into<String>) -> Self {
        Self {
            here: Some(why.into()),
            ..Self::new(
                Topic::Way,
                "The tour ends here",
                "The next step needs bytes that are damaged or were not given. What was shown so far is all that can be \
                 followed by hand.",
            )
        }
    }

    /// What it comes to in this image.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        self.here = Some(text.into());
        self
    }

    /// The bytes that it is about.
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

    /// With these fields of a structure, as far as they are there.
    #[must_use]
    pub fn fields(mut self, node: &Node, order: Endian, names: &[&str]) -> Self {
        self.readings.extend(names.iter().filter_map(|name| Reading::field(node, name, order)));
        self
    }

    /// With a computation, where it has a result.
    #[must_use]
    pub fn sum(mut self, what: &str, terms: impl Into<String>, result: Option<u64>) -> Self {
        self.sums.extend(result.map(|result| Sum::new(what, terms, result)));
        self
    }
}

/// The first step of a translation: which sector is looked for.
pub(super) fn sector(guest: u64) -> TourStep {
    TourStep::new(
        Topic::Way,
        "A sector of the guest",
        "The machine that uses this disk, the guest, knows nothing of the file. It asks for sectors of 512 bytes by their \
         numbers, from 0 on. One of them is now looked up by hand; any other goes the same way.",
    )
    .here(format!("The sector is number {}: the 512 bytes of the disk from byte {guest} on.", guest / 512))
    .reading([Reading::known("guest byte", guest, "First byte of the sector that is looked for.")])
    .sum("number of the sector", format!("{guest} / 512"), Some(guest / 512))
}

/// The way to a sector by the image's own translation; `explain` has the words for a step by its title, and `beneath`
/// what has to be read of a parent before its part of the way, by its depth.
pub(super) fn way(
    image: &dyn Image,
    guest: u64,
    explain: impl Fn(&str) -> &'static str,
    beneath: impl Fn(usize) -> Vec<TourStep>,
) -> Result<Vec<TourStep>, ReadError> {
    let mut steps = vec![sector(guest)];
    let mut depth = 0;
    for step in image.map(guest, 512)?.steps.into_iter().filter(|step| step.title != SECTOR) {
        let is_parent = step.title == PARENT;
        let text = explain(step.title);
        steps.push(TourStep::of(step, text));
        if is_parent {
            depth += 1;
            steps.extend(beneath(depth));
        }
    }
    Ok(steps)
}

/// Why a tour cannot go on: the first error of the image, or else these words.
pub(super) fn obstacle(about: &About, otherwise: &str) -> TourStep {
    let error = about.findings.iter().find(|finding| finding.rule.severity == Severity::Error);
    TourStep::end(error.map_or_else(|| otherwise.to_owned(), |error| sentence(&error.detail)))
}

/// A text that begins in lower case and ends without a stop, as a sentence. A name at its beginning stays as it is.
fn sentence(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    let mut letters = text.chars();
    let first = match letters.next() {
        Some(letter) if word.chars().all(char::is_alphabetic) => letter.to_uppercase().to_string(),
        Some(letter) => letter.to_string(),
        None => String::new(),
    };
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}
