//! The descriptor: a text of keys, extent lines and the disk database, in a file of its own or inside an extent.
//!
//! The reader is lenient: it takes every line for what it most likely is and remembers what was unusual, so that the
//! checks can say so.

use crate::bytes::Span;
use crate::limits;
use crate::structure::{FieldValue, Node, Role, State};

/// The first lines that products accept, without the leading `#`, spaces and letter case.
const SIGNATURES: &[&str] = &["diskdescriptorfile"];

/// What the header keys mean.
const KEYS: &[(&str, &str)] = &[
    (
        "version",
        "Version of the descriptor (not of the binary header): 1, or 3 while changed blocks are tracked.",
    ),
    ("encoding", "Character set of the names in this text; UTF-8 where it is not given."),
    (
        "CID",
        "Content identity: a random number that changes at the first write after every opening. Children remember it.",
    ),
    (
        "parentCID",
        "Content identity that the parent had when this link was made; ffffffff where there is no parent.",
    ),
    ("isNativeSnapshot", "Whether the storage array made the snapshot, rather than VMware."),
    ("createType", "How the disk is laid out in files."),
    ("parentFileNameHint", "Where the parent was when this link was made."),
    ("changeTrackPath", "File that lists the blocks changed since the last backup."),
    ("keyID", "Key that the disk is encrypted with."),
    ("encryptionKeys", "Keys that the disk is encrypted with, themselves encrypted."),
];

/// What the keys of the disk database mean.
const DDB: &[(&str, &str)] = &[
    (
        "ddb.adapterType",
        "Controller that the disk was made for: a hint, the machine's configuration decides.",
    ),
    ("ddb.geometry.cylinders", "Cylinders of the disk's geometry."),
    ("ddb.geometry.heads", "Heads of the disk's geometry."),
    ("ddb.geometry.sectors", "Sectors per track of the disk's geometry."),
    ("ddb.geometry.biosCylinders", "Cylinders as the BIOS reports them."),
    ("ddb.geometry.biosHeads", "Heads as the BIOS reports them."),
    ("ddb.geometry.biosSectors", "Sectors per track as the BIOS reports them."),
    (
        "ddb.virtualHWVersion",
        "Version of VMware's virtual hardware that the disk was made for; dates its maker.",
    ),
    ("ddb.toolsVersion", "Version of VMware Tools in the guest; 2147483647 where the guest brings its own."),
    ("ddb.toolsInstallType", "How VMware Tools were installed; 4 is open-vm-tools."),
    ("ddb.uuid", "Identity of the disk, which the guest sees as the SCSI device's; 60 00 C2 is VMware."),
    ("ddb.longContentID", "Content identity of 128 bits; its last 8 digits are usually the CID."),
    ("ddb.thinProvisioned", "1 where the flat file takes space only as it is written."),
    ("ddb.deletable", "Whether VMware may delete the disk with its machine."),
    ("ddb.encoding", "Character set of the names in this text."),
    ("ddb.comment", "A comment (VirtualBox)."),
    ("ddb.uuid.image", "Identity of the image (VirtualBox)."),
    ("ddb.uuid.modification", "Changes at every write session (VirtualBox)."),
    ("ddb.uuid.parent", "Identity of the parent (VirtualBox); zero where there is none."),
    ("ddb.uuid.parentmodification", "Modification identity that the parent had (VirtualBox)."),
    ("ddb.grain", "Sectors of a grain of a space-efficient extent."),
    ("ddb.logicalSectorSize", "Bytes of a sector as the guest sees it; the counts here stay in 512 bytes."),
    ("ddb.physicalSectorSize", "Bytes of a physical sector as the guest sees it."),
    ("ddb.iofilters", "Filters that the data passes on its way, such as encryption."),
    ("ddb.sidecars", "Files of those filters."),
];

/// What an unknown key means.
const UNKNOWN_KEY: &str = "A key that VMware's documents do not describe.";

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
    /// Bytes that are no UTF-8 although nothing else is declared.
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
}

/// Whether a text that begins with `head` is a descriptor: by its first line.
pub(super) fn has_signature(head: &[u8]) -> bool {
    let text: String =
        Text::of(head.get(..1024).unwrap_or(head)).bytes.iter().map(|b| char::from(*b)).collect();
    let first = text.split(['\n', '\r', '\0']).map(str::trim).find(|line| !line.is_empty());
    first.is_some_and(is_signature)
}

/// Whether a text that begins with `head` has the keys of a descriptor, and begins with keys: a document that only
/// quotes a descriptor is none.
pub(super) fn has_keys(head: &[u8]) -> bool {
    let text: String = Text::of(head).bytes.iter().map(|b| char::from(b.to_ascii_lowercase())).collect();
    let has = |key: &str| {
        text.split(['\n', '\r'])
            .any(|line| line.trim().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('=')))
    };
    let mut lines =
        text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let begins_with_key = lines.next().and_then(|line| line.split_once('=')).is_some_and(|(key, _)| {
        let key = key.trim();
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    });
    begins_with_key && has("createtype") && (has("cid") || has("version"))
}

fn is_signature(line: &str) -> bool {
    let Some(title) = line.strip_prefix('#') else { return false };
    let title: String = title.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    SIGNATURES.contains(&title.as_str())
}

/// Text bytes, and how to come back from one of them to its place in the file.
struct Text {
    bytes: Vec<u8>,
    start: u32,
    /// Bytes of the file per byte of text.
    scale: u32,
}

impl Text {
    /// UTF-16 is narrowed to one byte a character: every word of a descriptor is ASCII.
    fn of(raw: &[u8]) -> Self {
        let wide = |rest: &[u8], low: usize| Self {
            bytes: (rest.as_chunks::<2>().0.iter())
                .map(|pair| match (pair.get(low), pair.get(1 - low)) {
                    (Some(byte), Some(0)) => *byte,
                    _ => b'?',
                })
                .collect(),
            start: 2,
            scale: 2,
        };
        match raw {
            [0xff, 0xfe, rest @ ..] => wide(rest, 0),
            [0xfe, 0xff, rest @ ..] => wide(rest, 1),
            [0xef, 0xbb, 0xbf, rest @ ..] => Self { bytes: rest.to_vec(), start: 3, scale: 1 },
            _ => Self { bytes: raw.to_vec(), start: 0, scale: 1 },
        }
    }
}

/// Whether what follows the first zero byte of a text says nothing: zeros, or the last characters of a longer text that
/// was there before. qemu leaves these when the new content id has fewer digits than the old one.
fn is_leftover(before: &[u8], after: &[u8]) -> bool {
    const DIGITS: usize = 8;
    let Some(start) = after.iter().position(|byte| *byte != 0) else { return true };
    let end = after.iter().rposition(|byte| *byte != 0).map_or(start, |last| last + 1);
    after.get(start..end).is_some_and(|rest| rest.len() < DIGITS && before.ends_with(rest))
}

impl Descriptor {
    /// Reads a text. One that is embedded in an extent ends at the first zero byte.
    pub(super) fn parse(raw: &[u8], embedded: bool) -> Self {
        let text = Text::of(raw);
        let mut found = Self::default();
        if text.start > 0 {
            found.odd.push(Oddity::ByteOrderMark);
        }
        let end = text.bytes.iter().position(|byte| *byte == 0).unwrap_or(text.bytes.len());
        let (before, after) = text.bytes.split_at_checked(end).unwrap_or_default();
        let bytes = if embedded || is_leftover(before, after) {
            before
        } else {
            found.odd.push(Oddity::TextAfterNul);
            &text.bytes
        };
        let mut at = 0;
        let mut number = 0;
        while at < bytes.len() {
            number += 1;
            let rest = bytes.get(at..).unwrap_or_default();
            let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
            let ending = match rest.get(length..) {
                Some([b'\r', b'\n', ..]) => 2,
                Some([b'\r', ..]) => {
                    found.remember(Oddity::BareCr);
                    1
                }
                _ => 1,
            };
            let line = rest.get(..length).unwrap_or_default();
            let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX).saturating_mul(text.scale);
            let shown = decoded(line);
            let shown = shown.trim_matches(|c: char| c.is_whitespace() || c == '\0');
            if !shown.is_empty() {
                if found.lines.len() >= limits::DESCRIPTOR_LINES {
                    found.remember(Oddity::Cut);
                    break;
                }
                let content = found.take(shown, number);
                found.lines.push(Line {
                    offset: place(at).saturating_add(text.start),
                    length: place(length),
                    number,
                    text: shown.into(),
                    content,
                });
            }
            at += length + ending;
        }
        let declared = found.value("encoding").or(found.ddb_value("ddb.encoding"));
        if declared.is_none_or(|name| name.eq_ignore_ascii_case("utf-8"))
            && std::str::from_utf8(bytes).is_err()
        {
            found.odd.push(Oddity::BadEncoding);
        }
        found
    }

    fn remember(&mut self, oddity: Oddity) {
        if !self.odd.contains(&oddity) {
            self.odd.push(oddity);
        }
    }

    /// Takes a line for what it is.
    fn take(&mut self, line: &str, number: usize) -> Content {
        if line.starts_with('#') {
            return Content::Comment;
        }
        let first = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        if matches!(first.as_str(), "RW" | "RDONLY" | "NOACCESS") {
            if self.extents.len() >= limits::EXTENTS {
                self.remember(Oddity::Cut);
                return Content::Unknown;
            }
            self.extents.push(extent(line, first, number));
            return Content::Extent(self.extents.len() - 1);
        }
        let Some((key, value)) = line.split_once('=') else { return Content::Unknown };
        let name = key.trim();
        let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if name.is_empty() || !name.chars().all(is_name) {
            return Content::Unknown;
        }
        let value = value.trim();
        let value = value.strip_prefix('"').map_or(value, |rest| rest.strip_suffix('"').unwrap_or(rest));
        let pair = Pair { key: name.into(), value: value.into(), spaced: key.ends_with(' '), line: number };
        if name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("ddb.")) {
            self.ddb.push(pair);
            Content::Ddb(self.ddb.len() - 1)
        } else {
            self.keys.push(pair);
            Content::Key(self.keys.len() - 1)
        }
    }

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

/// The characters of a line: UTF-8, or else each byte as the character of its number (Latin-1).
fn decoded(line: &[u8]) -> String {
    std::str::from_utf8(line)
        .map_or_else(|_| line.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

fn extent(line: &str, access: String, number: usize) -> ExtentLine {
    let mut found = ExtentLine {
        access,
        sectors: None,
        kind: String::new(),
        file: None,
        offset: None,
        fault: None,
        line: number,
    };
    let (words, file) = match line.split_once('"') {
        Some((words, rest)) => (words, Some(rest)),
        None => (line, None),
    };
    let mut words = words.split_whitespace().skip(1);
    match words.next().map(str::parse) {
        Some(Ok(sectors)) => found.sectors = Some(sectors),
        Some(Err(_)) => found.fault = Some("its size is no number"),
        None => found.fault = Some("it has no size"),
    }
    match words.next() {
        Some(kind) => found.kind = kind.to_ascii_uppercase(),
        None => found.fault = found.fault.or(Some("it has no type")),
    }
    let mut tail = "";
    if let Some(rest) = file {
        let (name, after) = rest.split_once('"').unwrap_or_else(|| {
            found.fault = found.fault.or(Some("the name of its file is not closed by a quotation mark"));
            (rest, "")
        });
        found.file = Some(name.into());
        tail = after;
    } else if found.kind != "ZERO" {
        found.fault = found.fault.or(Some("it names no file"));
    }
    if file.is_some() && words.next().is_some() {
        found.fault = found.fault.or(Some("something stands between its type and its file"));
    }
    if let Some(offset) = tail.split_whitespace().next() {
        match offset.parse() {
            Ok(offset) => found.offset = Some(offset),
            Err(_) => found.fault = found.fault.or(Some("its offset is no number")),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_vmware_writes() {
        let text = "# Disk DescriptorFile\nversion=1 \nCID=a454774a \nparentCID=ffffffff \ncreateType=\"twoGbMaxExtentSparse\" \n\n\
            # Extent description\nRW 8323072 SPARSE \"disk-s001.vmdk\"\nRDONLY 63 FLAT \"a b-pt.vmdk\" 7\nRW 5 ZERO\n\n\
            # The Disk Data Base \n#DDB\n\nddb.adapterType = \"lsilogic\"\n";
        let found = Descriptor::parse(text.as_bytes(), false);
        assert_eq!(found.cid(), Some(0xa454_774a));
        assert_eq!((found.parent_cid(), found.create_type()), (None, Some("twoGbMaxExtentSparse")));
        assert_eq!(found.ddb_value("ddb.adapterType"), Some("lsilogic"));
        assert_eq!(found.sectors(), Some(8_323_072 + 63 + 5));
        let [sparse, flat, zero] = found.extents.as_slice() else { panic!("three extents") };
        assert_eq!((sparse.kind.as_str(), sparse.file.as_deref()), ("SPARSE", Some("disk-s001.vmdk")));
        assert_eq!(
            (flat.access.as_str(), flat.file.as_deref(), flat.offset),
            ("RDONLY", Some("a b-pt.vmdk"), Some(7))
        );
        assert_eq!((zero.kind.as_str(), zero.fault), ("ZERO", None));
        assert!(found.extents.iter().all(|extent| extent.fault.is_none()));
        let field = found.node(None).fields.into_iter().find(|field| field.name == "CID").unwrap();
        assert_eq!(field.value, "a454774a");
        assert_eq!(&text[field.offset as usize..][..field.length as usize], "CID=a454774a ");
    }

    #[test]
    fn what_qemu_leaves_after_a_shorter_content_id() {
        for (after, odd) in [
            (&b"\0\0\0"[..], false),
            (b"\0\n\0\0", false),
            (b"\0\"\n\0", false),
            (b"\0x\n\0", true),
            (b"\0CID=1\n", true),
        ] {
            let text = [b"CID=1da351\nddb.adapterType = \"ide\"\n", after].concat();
            let found = Descriptor::parse(&text, false);
            assert_eq!(found.odd == [Oddity::TextAfterNul], odd, "{after:?}");
            assert_eq!(found.lines.len(), if odd { 3 } else { 2 }, "{after:?}");
        }
    }

    #[test]
    fn what_virtualbox_writes() {
        let found = Descriptor::parse(
            b"# Disk DescriptorFile\r\nddb.uuid.image=\"fd9d\"\r\nddb.comment=\"\"\r\n\0\0junk",
            true,
        );
        assert_eq!(found.ddb_value("ddb.uuid.image"), Some("fd9d"));
        assert!(!found.ddb[0].spaced && found.odd.is_empty());
        assert_eq!(found.lines.len(), 3, "an embedded text ends at the first zero byte");
    }

    #[test]
    fn every_odd_thing_is_remembered() {
        let found = Descriptor::parse(
            b"\xef\xbb\xbfCID=1ff\rRW x FLAT \"f\"\nRW 1 FLAT f\nwhat\nk\xff=1\0\nz=1",
            false,
        );
        assert_eq!(
            found.odd,
            [Oddity::ByteOrderMark, Oddity::TextAfterNul, Oddity::BareCr, Oddity::BadEncoding]
        );
        assert!(!found.has_title());
        assert_eq!((found.cid(), found.lines[0].offset), (Some(0x1ff), 3));
        let faults: Vec<_> = found.extents.iter().map(|extent| extent.fault.unwrap()).collect();
        assert_eq!(faults, ["its size is no number", "it names no file"]);
        assert_eq!(found.lines.iter().filter(|line| line.content == Content::Unknown).count(), 2);
    }

    #[test]
    fn signatures_in_all_their_forms() {
        for good in [
            "# Disk DescriptorFile",
            "#Disk Descriptor File",
            "\n\n# DISK descriptorfile \r\n",
            "\u{feff}# Disk DescriptorFile",
        ] {
            assert!(has_signature(good.as_bytes()), "{good:?}");
        }
        let wide: Vec<u8> =
            "\u{feff}# Disk DescriptorFile\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(has_signature(&wide));
        assert!(!has_signature(b"# Disk description"));
        assert!(
            has_keys(b"version=1\nCID=1\ncreateType = \"x\"\n") && !has_keys(b"# createType=\"x\"\nCID=1")
        );
        assert_eq!(
            (hex("1"), hex("FFFFFFFE"), hex(""), hex("123456789"), hex("+1")),
            (Some(1), Some(0xffff_fffe), None, None, None)
        );
    }
}
