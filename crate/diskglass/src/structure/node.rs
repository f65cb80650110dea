use super::{Endian, Field, Layout};
use crate::bytes::{Location, ReadAt, Span};
use schemars::JsonSchema;
use serde::Serialize;

/// Which of several copies a structure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The one that counts.
    Primary,
    /// A spare copy.
    Backup,
    /// An older copy that lost.
    Stale,
    /// Found, but nothing refers to it.
    Orphan,
}

/// What became of a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// There, but something in it is wrong.
    Damaged,
    /// The file ends inside it.
    Truncated,
    /// It should be there and is not.
    Absent,
}

/// One field with its value, for report, hex view and teaching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldValue {
    /// Name in the words of the specification.
    pub name: String,
    /// Byte offset in the structure.
    pub offset: u32,
    /// Length in bytes.
    pub length: u32,
    /// Type as written: `u32`, `bytes`, `ascii`, `text`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The plain value: decimal for integers, text, or bytes in hexadecimal.
    pub value: String,
    /// The value for a reader: names of enum values and flags, dates, sizes.
    pub display: String,
    /// What the field means.
    pub meaning: String,
}

impl FieldValue {
    /// The value of a declared field.
    pub(super) fn declared(field: &Field, endian: Endian, bytes: &[u8]) -> Self {
        let (value, display) = field.show.apply(bytes, endian, field.kind != "bytes");
        let kind = if matches!(field.show, super::Show::Ascii) { "ascii" } else { field.kind };
        Self {
            name: field.name.into(),
            offset: field.offset,
            length: field.length,
            kind: kind.into(),
            value,
            display,
            meaning: field.meaning.into(),
        }
    }

    /// A value found in running text or in a part of variable length.
    pub fn text(name: impl Into<String>, offset: u32, length: u32, value: &str, meaning: &str) -> Self {
        let value: String = value.chars().take(crate::limits::FIELD_TEXT_CHARS).collect();
        let display = super::printable(&value);
        Self {
            name: name.into(),
            offset,
            length,
            kind: "text".into(),
            value,
            display,
            meaning: meaning.into(),
        }
    }
}

/// What the bytes of a structure are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeps {
    /// The image's own account of itself: headers, footers, descriptors.
    #[default]
    Metadata,
    /// The entries of a table or a directory.
    Tables,
    /// The guest's data: an area of the file that grains lie in.
    Data,
}

/// A structure found in an image: where it is, which copy, in what state, with its fields.
#[derive(Clone, Debug)]
pub struct Node {
    /// Unique in the report: `vhd.footer@end`.
    pub key: String,
    /// The kind of structure: `vhd.footer`.
    pub id: &'static str,
    /// Key of the structure around it.
    pub parent: Option<String>,
    /// What people call it.
    pub title: String,
    /// Where it lies; `None` where it is absent.
    pub span: Option<Span>,
    /// Byte offset and length in the source that it was read from, as far as they are known.
    pub within_source: Option<(u64, u64)>,
    /// Which copy it is.
    pub role: Role,
    /// What became of it.
    pub state: State,
    /// What this kind of structure is, or why this copy lost.
    pub note: String,
    /// Its fields.
    pub fields: Vec<FieldValue>,
    /// What its bytes are for.
    pub keeps: Keeps,
}

impl Node {
    /// A structure that follows `layout`, read from `bytes` (which may be shorter: then it is truncated) that lie
    /// at `offset` of `source`.
    pub fn of(
        layout: &Layout,
        key: impl Into<String>,
        source: &dyn ReadAt,
        offset: u64,
        bytes: &[u8],
    ) -> Self {
        let whole = bytes.len() >= layout.length as usize;
        let length = (layout.length as usize).min(bytes.len()) as u64;
        Self {
            key: key.into(),
            id: layout.id,
            parent: None,
            title: layout.title.into(),
            span: span_at(source, offset, length),
            within_source: Some((offset, length)),
            role: Role::Primary,
            state: if whole { State::Ok } else { State::Truncated },
            note: layout.meaning.into(),
            fields: layout.values(bytes),
            keeps: Keeps::Metadata,
        }
    }

    /// A structure without declared fields: a table, an area.
    pub fn area(
        id: &'static str,
        key: impl Into<String>,
        title: impl Into<String>,
        span: Option<Span>,
    ) -> Self {
        Self {
            key: key.into(),
            id,
            parent: None,
            title: title.into(),
            span,
            within_source: None,
            role: Role::Primary,
            state: State::Ok,
            note: String::new(),
            fields: Vec::new(),
            keeps: Keeps::Metadata,
        }
    }

    /// The same, inside another structure.
    #[must_use]
    pub fn within(mut self, parent: impl Into<String>) -> Self {
        self.parent = Some(parent.into());
        self
    }

    /// The same at that byte offset of its source, with that length.
    #[must_use]
    pub fn at(mut self, offset: u64, length: u64) -> Self {
        self.within_source = Some((offset, length));
        self
    }

    /// The same under another title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same as that copy.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// The same in that state.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// The same with bytes for that.
    #[must_use]
    pub fn keeping(mut self, keeps: Keeps) -> Self {
        self.keeps = keeps;
        self
    }

    /// The same with another note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// The span of a field of this structure.
    pub fn field_span(&self, name: &str) -> Option<Span> {
        let field = self.fields.iter().find(|field| field.name == name)?;
        let span = self.span?;
        let (offset, length) = (u64::from(field.offset), u64::from(field.length));
        // Of a structure that is cut off, only what is there has a place.
        let there = span.length.checked_sub(offset).filter(|there| *there > 0)?;
        Some(Span { file: span.file, offset: span.offset + offset, length: length.min(there) })
    }
}

/// The span in a supplied file of `length` bytes at `offset` of `source`, cut where the bytes stop lying together.
pub(crate) fn span_at(source: &dyn ReadAt, offset: u64, length: u64) -> Option<Span> {
    let Location { file, offset, contiguous } = source.locate(offset)?;
    Some(Span { file, offset, length: length.min(contiguous) })
}
