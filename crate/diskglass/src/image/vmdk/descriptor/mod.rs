//! The descriptor: a text of keys, extent lines and the disk database, in a file of its own or inside an extent.
//!
//! The reader is lenient: it takes every line for what it most likely is and remembers what was unusual, so that the
//! checks can say so.

mod charset;
pub(super) mod check;
mod meanings;
mod parse;

pub(super) use check::part_number;
pub(super) use parse::{has_keys, has_signature};

use crate::bytes::Span;
use crate::structure::{FieldValue, Node, Role, State};
use charset::Charset;
pub(crate) use meanings::UNKNOWN_KEY;
use meanings::{DDB, KEYS};
use parse::is_signature;

/// A `key = value` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) value: String,
    /// Whether there is a space before the `=`, as VMware and qemu write the disk database.
    pub(super) spaced: bool,
    /// Number of the line.
    pub(super) line: usize,
}

/// An extent line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExtentLine {
    /// `RW`, `RDONLY`, `NOACCESS`, in upper case.
    pub(super) access: String,
    pub(super) sectors: Option<u64>,
    /// `SPARSE`, `FLAT`, ..., in upper case.
    pub(super) kind: String,
    pub(super) file: Option<String>,
    /// Sector of the file where the extent begins.
    pub(super) offset: Option<u64>,
    /// What is wrong with how the line is written.
    pub(super) fault: Option<&'static str>,
    /// Number of the line.
    pub(super) line: usize,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Comment,
    /// A header key; its place in [`Descriptor::keys`].
    Key(usize),
    /// A key of the disk database; its place in [`Descriptor::ddb`].
    Ddb(usize),
    /// An extent; its place in [`Descriptor::extents`].
    Extent(usize),
    Unknown,
}

/// A line that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Byte offset of the line in the descriptor.
    pub(super) offset: u32,
    /// Bytes of the line without its end.
    pub(super) length: u32,
    /// Number of the line, counted from 1 and with blank lines.
    pub(super) number: usize,
    pub(super) text: String,
    pub(super) content: Content,
}

/// What can be unusual about how a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// A byte order mark stands in front.
    ByteOrderMark,
    /// A carriage return without a line feed ends a line.
    BareCr,
    /// Bytes that are not in the character set that is declared, or no UTF-8 where none is.
    BadEncoding,
    /// Text follows zero bytes.
    TextAfterNul,
    /// There are more lines or extents than are read.
    Cut,
}

/// A text as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub(super) lines: Vec<Line>,
    pub(super) keys: Vec<Pair>,
    pub(super) ddb: Vec<Pair>,
    pub(super) extents: Vec<ExtentLine>,
    /// What is unusual about how it is written.
    pub(super) odd: Vec<Oddity>,
    /// The character set of its names.
    pub(super) charset: Charset,
}

impl Descriptor {
    /// The first header key of that name.
    pub(super) fn key(&self, name: &str) -> Option<&Pair> {
        find(&self.keys, name)
    }

    /// The value of the first header key of that name.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.key(name).map(|pair| pair.value.as_str())
    }

    /// The first key of that name in the disk database.
    pub(super) fn ddb(&self, name: &str) -> Option<&Pair> {
        find(&self.ddb, name)
    }

    /// The value of the first key of that name in the disk database.
    pub(super) fn ddb_value(&self, name: &str) -> Option<&str> {
        self.ddb(name).map(|pair| pair.value.as_str())
    }

    /// The number that a key of the disk database holds.
    pub(super) fn ddb_number(&self, name: &str) -> Option<u64> {
        self.ddb_value(name)?.trim().parse().ok()
    }

    /// How the disk is laid out, as written.
    pub(super) fn create_type(&self) -> Option<&str> {
        self.value("createType").filter(|value| !value.is_empty())
    }

    /// The content identity.
    pub(super) fn cid(&self) -> Option<u32> {
        hex(self.value("CID")?)
    }

    /// The content identity that the parent ought to have; `None` where there is no parent.
    pub(super) fn parent_cid(&self) -> Option<u32> {
        hex(self.value("parentCID")?).filter(|cid| *cid != u32::MAX)
    }

    /// Where the parent was.
    pub(super) fn parent_hint(&self) -> Option<&str> {
        self.value("parentFileNameHint").filter(|hint| !hint.is_empty())
    }

    /// The key that says that the data is encrypted.
    pub(super) fn encryption(&self) -> Option<&Pair> {
        self.keys.iter().chain(&self.ddb).find(|pair| {
            pair.value.trim_start_matches('"').starts_with("vmware:key")
                || (pair.key.eq_ignore_ascii_case("ddb.iofilters") && pair.value.contains("vmcrypt"))
        })
    }

    /// Whether there is no line at all.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether the first line is the title that products look for.
    pub(super) fn has_title(&self) -> bool {
        self.lines.first().is_some_and(|line| is_signature(&line.text))
    }

    /// Sectors of all extent lines together; `None` where a line has no size or the sum is no size of a disk.
    pub(super) fn sectors(&self) -> Option<u64> {
        self.extents.iter().try_fold(0_u64, |sum, extent| sum.checked_add(extent.sectors?))
    }

    /// Where each extent line lies; `span` is where the text does.
    pub(super) fn extent_spans(&self, span: Option<Span>) -> Vec<Option<Span>> {
        let mut spans = vec![None; self.extents.len()];
        for line in &self.lines {
            if let Content::Extent(index) = line.content
                && let Some(place) = spans.get_mut(index)
            {
                let of = |span: Span| Span {
                    offset: span.offset + u64::from(line.offset),
                    length: line.length.into(),
                    ..span
                };
                *place = span.map(of);
            }
        }
        spans
    }

    /// The structure with a field per line; `span` is where the text lies.
    pub(super) fn node(&self, span: Option<Span>) -> Node {
        let mut node = Node::area("vmdk.descriptor", "vmdk.descriptor", "Descriptor", span)
            .role(Role::Primary)
            .state(if self.is_empty() { State::Damaged } else { State::Ok })
            .note("Text that says how the disk is put together: identity, parent, extents, and the disk database.");
        node.fields = self.lines.iter().map(|line| self.field(line)).collect();
        node
    }

    fn field(&self, line: &Line) -> FieldValue {
        let meaning = |table: &[(&str, &'static str)], key: &str| {
            let known = table.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
            known.map_or(UNKNOWN_KEY, |(_, meaning)| meaning)
        };
        let (name, value, meaning) = match line.content {
            Content::Comment => {
                (comment_name(line.number), line.text.as_str(), "A comment: titles are comments too.")
            }
            Content::Key(index) => match self.keys.get(index) {
                Some(pair) => (pair.key.clone(), pair.value.as_str(), meaning(KEYS, &pair.key)),
                None => (String::new(), "", ""),
            },
            Content::Ddb(index) => match self.ddb.get(index) {
                Some(pair) => (pair.key.clone(), pair.value.as_str(), meaning(DDB, &pair.key)),
                None => (String::new(), "", ""),
            },
            Content::Extent(index) => (
                extent_name(index),
                line.text.as_str(),
                "A part of the disk: access, sectors, type, file and the sector of the file where it begins. The parts follow each other in the order of the lines.",
            ),
            Content::Unknown => {
                (line_name(line.number), line.text.as_str(), "A line that is no part of a descriptor.")
            }
        };
        FieldValue::text(name, line.offset, line.length, value, meaning)
    }
}

/// The last part of a name, for comparison: letter case and the kind of slash do not matter.
pub(super) fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase()
}

/// Name of the field of an extent line.
pub(super) fn extent_name(index: usize) -> String {
    format!("extent {}", index + 1)
}

/// Name of the field of a line that is nothing known.
pub(super) fn line_name(number: usize) -> String {
    format!("line {number}")
}

/// Name of the field of a comment.
pub(super) fn comment_name(number: usize) -> String {
    format!("comment in line {number}")
}

/// A content identity as reports show it.
pub(super) fn cid_text(cid: u32) -> String {
    format!("{cid:08x}")
}

/// One to eight hexadecimal digits: qemu leaves leading zeros out.
pub(super) fn hex(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u32::from_str_radix(text, 16).ok())?
}

fn find<'a>(pairs: &'a [Pair], name: &str) -> Option<&'a Pair> {
    (pairs.iter().find(|pair| pair.key == name))
        .or_else(|| pairs.iter().find(|pair| pair.key.eq_ignore_ascii_case(name)))
}
