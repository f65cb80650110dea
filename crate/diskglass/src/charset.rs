//! Character sets older than UTF-8, by the names and rules of the WHATWG Encoding Standard.
//!
//! With the feature `charsets` (the default) their tables are part of the library. A browser has the same tables, by the
//! same standard: there the library is built without them, and its decoder is [installed](install).

/// What a decoder can do.
#[derive(Clone, Copy, Debug)]
pub struct Decoder {
    /// The standard name, in lower case, of the set that a label stands for; `None` for a label that is not known.
    pub standard_name: fn(label: &str) -> Option<String>,
    /// The text of bytes in the set of that standard name, and whether all of them are characters of it. Those that are
    /// not become U+FFFD; a byte order mark is a character like any other.
    pub decode: fn(name: &str, bytes: &[u8]) -> (String, bool),
}

/// The standard name, in lower case, of the set that a label stands for.
pub(crate) fn standard_name(label: &str) -> Option<String> {
    (decoder().standard_name)(label)
}

/// The text of bytes in the set of that standard name, and whether all of them are characters of it.
pub(crate) fn decode(name: &str, bytes: &[u8]) -> (String, bool) {
    (decoder().decode)(name, bytes)
}

#[cfg(feature = "charsets")]
fn decoder() -> Decoder {
    use encoding_rs::{Encoding, WINDOWS_1252};

    Decoder {
        standard_name: |label| {
            Encoding::for_label(label.as_bytes()).map(|set| set.name().to_ascii_lowercase())
        },
        decode: |name, bytes| {
            let set = Encoding::for_label(name.as_bytes()).unwrap_or(WINDOWS_1252);
            let (text, wrong) = set.decode_without_bom_handling(bytes);
            (text.into_owned(), !wrong)
        },
    }
}

#[cfg(not(feature = "charsets"))]
use installed::decoder;
#[cfg(not(feature = "charsets"))]
pub use installed::install;

#[cfg(not(feature = "charsets"))]
mod installed {
    use super::Decoder;
    use std::sync::OnceLock;

    static INSTALLED: OnceLock<Decoder> = OnceLock::new();

    /// Gives the library its decoder, before anything is read. The first one stays.
    pub fn install(decoder: Decoder) {
        let _ = INSTALLED.set(decoder);
    }

    /// The installed one; without any, no label is known, and bytes are what they are in Latin-1.
    pub(super) fn decoder() -> Decoder {
        let plain = Decoder {
            standard_name: |_| None,
            decode: |_, bytes| (bytes.iter().copied().map(char::from).collect(), true),
        };
        INSTALLED.get().copied().unwrap_or(plain)
    }
}
