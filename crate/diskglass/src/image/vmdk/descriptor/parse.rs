//! Reads the text of a descriptor: what it is recognised by, its lines, and what each of them is.

use super::charset::Charset;
use super::{Content, Descriptor, ExtentLine, Line, Oddity, Pair};
use crate::limits;

/// The first lines that products accept, without the leading `#`, spaces and letter case.
const SIGNATURES: &[&str] = &["diskdescriptorfile"];

/// Whether a text that begins with `head` is a descriptor: by its first line.
pub(in super::super) fn has_signature(head: &[u8]) -> bool {
    let text: String = Text::of(head.get(..1024).unwrap_or(head)).ascii().collect();
    let first = text.split(['\n', '\r', '\0']).map(str::trim).find(|line| !line.is_empty());
    first.is_some_and(is_signature)
}

/// Whether a text that begins with `head` has the keys of a descriptor, and begins with keys: a document that only
/// quotes a descriptor is none.
pub(in super::super) fn has_keys(head: &[u8]) -> bool {
    let text: String = Text::of(head).ascii().map(|c| c.to_ascii_lowercase()).collect();
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

pub(super) fn is_signature(line: &str) -> bool {
    let Some(title) = line.strip_prefix('#') else { return false };
    let title: String = title.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    SIGNATURES.contains(&title.as_str())
}

/// A text in its units, and how to come back from one of them to its place in the file.
struct Text {
    /// Bytes, or the 16 bits of UTF-16.
    units: Vec<u16>,
    /// Bytes of the byte order mark.
    start: u32,
    /// Bytes of a unit.
    scale: u32,
}

impl Text {
    fn of(raw: &[u8]) -> Self {
        let wide = |rest: &[u8], from: fn([u8; 2]) -> u16| Self {
            units: rest.as_chunks::<2>().0.iter().map(|pair| from(*pair)).collect(),
            start: 2,
            scale: 2,
        };
        let narrow = |rest: &[u8], start| Self {
            units: rest.iter().copied().map(u16::from).collect(),
            start,
            scale: 1,
        };
        match raw {
            [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
            [0xef, 0xbb, 0xbf, rest @ ..] => narrow(rest, 3),
            _ => narrow(raw, 0),
        }
    }

    /// The text with a question mark for everything that is not ASCII: every word of a descriptor is.
    fn ascii(&self) -> impl Iterator<Item = char> {
        self.units.iter().map(|unit| ascii(*unit))
    }

    /// The characters of a line, and whether all of it is in that character set.
    fn decode(&self, line: &[u16], charset: &Charset) -> (String, bool) {
        if self.scale == 2 {
            let mut sound = true;
            let text = char::decode_utf16(line.iter().copied()).map(|c| {
                sound &= c.is_ok();
                c.unwrap_or(char::REPLACEMENT_CHARACTER)
            });
            return (text.collect(), sound);
        }
        let bytes: Vec<u8> = line.iter().map(|unit| u8::try_from(*unit).unwrap_or(b'?')).collect();
        charset.decode(&bytes)
    }
}

/// The character of a unit, a question mark for all that are not ASCII.
fn ascii(unit: u16) -> char {
    u8::try_from(unit).ok().filter(u8::is_ascii).map_or('?', char::from)
}

/// The character set that a text declares, in a header key or else in the disk database.
fn declared(units: &[u16]) -> Option<String> {
    let value = |name: &str| {
        units.split(|unit| matches!(unit, 0x0a | 0x0d)).take(limits::DESCRIPTOR_LINES).find_map(|line| {
            let line: String = line.iter().take(200).map(|unit| ascii(*unit)).collect();
            let (key, value) = line.split_once('=')?;
            let value = value.trim().trim_matches('"').trim();
            (key.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
        })
    };
    value("encoding").or_else(|| value("ddb.encoding"))
}

/// Whether what follows the first zero of a text says nothing: zeros, or the last characters of a longer text that was
/// there before. qemu leaves these when the new content id has fewer digits than the old one.
fn is_leftover(before: &[u16], after: &[u16]) -> bool {
    const DIGITS: usize = 8;
    let Some(start) = after.iter().position(|unit| *unit != 0) else { return true };
    let end = after.iter().rposition(|unit| *unit != 0).map_or(start, |last| last + 1);
    after.get(start..end).is_some_and(|rest| rest.len() < DIGITS && before.ends_with(rest))
}

impl Descriptor {
    /// Reads a text. One that is embedded in an extent ends at the first zero byte.
    pub(in super::super) fn parse(raw: &[u8], embedded: bool) -> Self {
        let text = Text::of(raw);
        let mut found = Self::default();
        if text.start > 0 {
            found.odd.push(Oddity::ByteOrderMark);
        }
        let end = text.units.iter().position(|unit| *unit == 0).unwrap_or(text.units.len());
        let (before, after) = text.units.split_at_checked(end).unwrap_or_default();
        let units = if embedded || is_leftover(before, after) {
            before
        } else {
            found.odd.push(Oddity::TextAfterNul);
            &text.units
        };
        found.charset = Charset::of(declared(units));
        let mut at = 0;
        let mut number = 0;
        while at < units.len() {
            number += 1;
            let rest = units.get(at..).unwrap_or_default();
            let length = rest.iter().position(|unit| matches!(unit, 0x0a | 0x0d)).unwrap_or(rest.len());
            let ending = match rest.get(length..) {
                Some([0x0d, 0x0a, ..]) => 2,
                Some([0x0d, ..]) => {
                    found.remember(Oddity::BareCr);
                    1
                }
                _ => 1,
            };
            let line = rest.get(..length).unwrap_or_default();
            let place = |unit: usize| u32::try_from(unit).unwrap_or(u32::MAX).saturating_mul(text.scale);
            let (shown, sound) = text.decode(line, &found.charset);
            if !sound {
                found.remember(Oddity::BadEncoding);
            }
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
    use super::super::hex;
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
