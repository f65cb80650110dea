//! Labels and UUIDs in the form that `blkid` prints.

use crate::structure::{self, Endian, uuid_text};

/// White space of the C locale.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

fn trimmed(text: &str) -> Option<String> {
    let text = text.trim_end_matches(is_space);
    (!text.is_empty()).then(|| text.into())
}

/// Bytes as hexadecimal digits without anything between them.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A label stored as bytes: up to the first NUL, without white space at its end; `None` where nothing is left.
/// Linux stores UTF-8; what is none becomes the replacement character.
pub(super) fn label(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    trimmed(&String::from_utf8_lossy(bytes.get(..end)?))
}

/// A label stored as UTF-16.
pub(super) fn label_utf16(bytes: &[u8], endian: Endian) -> Option<String> {
    trimmed(&structure::utf16(bytes, endian))
}

/// A UUID stored as 16 bytes in order; `None` where they are all zero.
pub(super) fn uuid(bytes: &[u8]) -> Option<String> {
    bytes.iter().any(|byte| *byte != 0).then(|| uuid_text(bytes))
}

/// The serial number of FAT and exFAT: `1234-ABCD`; `None` for zero.
pub(super) fn serial(serial: u32) -> Option<String> {
    (serial != 0).then(|| format!("{:04X}-{:04X}", serial >> 16, serial & 0xffff))
}

/// For the display of a field: a label, or `none`.
pub(super) fn show_label(bytes: &[u8]) -> String {
    label(bytes).unwrap_or_else(|| "none".into())
}

/// For the display of a field: a FAT serial number.
pub(super) fn show_serial(bytes: &[u8]) -> String {
    bytes.try_into().map_or_else(
        |_| String::new(),
        |bytes| serial(u32::from_le_bytes(bytes)).unwrap_or_else(|| "none".into()),
    )
}

/// For the display of a field: seconds since 1970, of which 0 means never.
pub(super) fn show_time(bytes: &[u8]) -> String {
    time(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn time(seconds: u64) -> String {
    match i64::try_from(seconds) {
        Ok(0) => "never".into(),
        Ok(seconds) => structure::utc(seconds),
        Err(_) => "not valid".into(),
    }
}

/// Seconds from 1601-01-01, the epoch of Windows, to 1970.
const SECONDS_1601_TO_1970: i64 = 11_644_473_600;

/// Seconds since 1970 of a time of Windows: 100 nanoseconds since 1601.
pub(super) fn filetime(time: u64) -> i64 {
    i64::try_from(time / 10_000_000).map_or(i64::MAX, |seconds| seconds - SECONDS_1601_TO_1970)
}

/// For the display of a field: a time of Windows.
pub(super) fn show_filetime(bytes: &[u8]) -> String {
    match bytes.try_into().map(u64::from_le_bytes) {
        Ok(0) => "never".into(),
        Ok(time) => structure::utc(filetime(time)),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_end_at_the_first_nul_and_lose_trailing_space() {
        assert_eq!(label(b"EFI \0x").as_deref(), Some("EFI"));
        assert_eq!(label(b" a b\t ").as_deref(), Some(" a b"));
        assert_eq!(label(b"  \n\0"), None);
        assert_eq!(label("d\u{e9}but".as_bytes()).as_deref(), Some("d\u{e9}but"));
        assert_eq!(label(b"\xff"), Some("\u{fffd}".into()));
        assert_eq!(label_utf16(&[0x41, 0, 0xe9, 0, 0x20, 0], Endian::Little).as_deref(), Some("A\u{e9}"));
    }

    #[test]
    fn nothing_is_no_identity() {
        assert_eq!(uuid(&[0; 16]), None);
        assert_eq!(serial(0), None);
        assert_eq!(serial(0x12ab_0c0d).as_deref(), Some("12AB-0C0D"));
    }
}
