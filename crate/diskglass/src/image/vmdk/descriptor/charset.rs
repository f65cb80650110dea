//! The character set of a descriptor: VMware writes the one of the system that it runs on, and names it in the text.

use crate::charset;

/// The Western set that most tools fall back to.
const FALLBACK: &str = "windows-1252";

/// A character set, as a text declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Charset {
    /// The name in the text; `None` where there is none: then it is UTF-8.
    pub(in super::super) declared: Option<String>,
    /// Its standard name; `None` for UTF-8 and for names that are not known.
    known: Option<String>,
}

impl Charset {
    /// The character set of that name.
    pub(super) fn of(declared: Option<String>) -> Self {
        let known = declared.as_deref().and_then(charset::standard_name);
        // The lines were told apart by their ASCII characters: no such text is in an encoding without them.
        let fits = |name: &String| {
            !matches!(name.as_str(), "utf-8" | "utf-16le" | "utf-16be" | "iso-2022-jp" | "replacement")
        };
        Self { declared, known: known.filter(fits) }
    }

    /// The characters of a line, and whether all of its bytes are characters of this set. What is not is read as the
    /// Western set that most tools fall back to.
    pub(super) fn decode(&self, line: &[u8]) -> (String, bool) {
        let utf8 = std::str::from_utf8(line);
        match (&self.known, utf8) {
            (_, Ok(text)) if text.is_ascii() => (text.to_owned(), true),
            (None, Ok(text)) => (text.to_owned(), true),
            (None, Err(_)) => (charset::decode(FALLBACK, line).0, false),
            (Some(name), utf8) => {
                let (text, sound) = charset::decode(name, line);
                match utf8 {
                    // Saved as UTF-8 by an editor that did not know of the declaration.
                    Ok(utf8) if !sound => (utf8.to_owned(), false),
                    _ => (text, sound),
                }
            }
        }
    }
}

#[cfg(all(test, feature = "charsets"))]
mod tests {
    use super::*;

    #[test]
    fn names_in_many_character_sets() {
        for (declared, bytes, text) in [
            (None, "Gerät".as_bytes(), "Gerät"),
            (Some("UTF-8"), "磁盘".as_bytes(), "磁盘"),
            (Some("windows-1252"), b"Ger\xe4t", "Gerät"),
            (Some("GBK"), b"\xb4\xc5\xc5\xcc", "磁盘"),
            (Some("gb2312"), b"\xb4\xc5\xc5\xcc", "磁盘"),
            (Some("Big5"), b"\xba\xcf\xba\xd0", "磁碟"),
            (Some("Shift_JIS"), b"\x83f\x83B\x83X\x83N", "ディスク"),
            (Some("EUC-KR"), b"\xb5\xf0\xbd\xba\xc5\xa9", "디스크"),
            (Some("windows-1251"), b"\xe4\xe8\xf1\xea", "диск"),
            (Some("ISO-8859-2"), b"\xa3\xf3d\xbc", "Łódź"),
        ] {
            let charset = Charset::of(declared.map(str::to_owned));
            assert_eq!(charset.decode(bytes), (text.to_owned(), true), "{declared:?}");
        }
    }

    #[test]
    fn what_is_not_in_the_declared_set_is_noticed() {
        for (declared, bytes, text) in [
            (None, &b"Ger\xe4t"[..], "Gerät"),
            (Some("UTF-8"), b"Ger\xe4t", "Gerät"),
            (Some("no such set"), b"Ger\xe4t", "Gerät"),
            (Some("utf-16le"), b"Ger\xe4t", "Gerät"),
            (Some("iso-2022-jp"), b"Ger\xe4t", "Gerät"),
            (Some("Shift_JIS"), b"\xfe\xff", "\u{fffd}\u{fffd}"),
        ] {
            let charset = Charset::of(declared.map(str::to_owned));
            assert_eq!(charset.decode(bytes), (text.to_owned(), false), "{declared:?}");
        }
        assert_eq!(Charset::of(Some("no such set".into())).decode(b"plain"), ("plain".into(), true));
    }
}
