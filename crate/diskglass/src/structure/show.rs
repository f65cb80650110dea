use super::Endian;
use std::fmt;

/// How a field's value is shown. The plain value (a decimal number or the bytes) is always kept beside it.
#[derive(Clone, Copy, Debug)]
pub enum Show {
    /// A number.
    Decimal,
    /// A number, in hexadecimal.
    Hex,
    /// Text, one byte a character; trailing NULs and spaces are cut.
    Ascii,
    /// UTF-16 text in the structure's byte order, up to the first NUL.
    Utf16,
    /// 16 bytes printed in order as a UUID.
    Uuid,
    /// 16 bytes whose first three groups are little-endian, as GPT and Windows store GUIDs.
    Guid,
    /// One of several named values.
    Names(&'static [(u64, &'static str)]),
    /// Bits; each entry is a mask and its name. Bits without a name are shown too.
    Flags(&'static [(u64, &'static str)]),
    /// A length in bytes.
    Bytes,
    /// A count of 512-byte sectors.
    Sectors,
    /// A byte offset in the file; all ones means none.
    Offset,
    /// A sector number in the file; the offset is shown beside it.
    SectorOffset,
    /// Major and minor version, 16 bits each.
    Version,
    /// Seconds since 2000-01-01 UTC.
    Seconds2000,
    /// Seconds since 1970-01-01 UTC.
    Seconds1970,
    /// Bytes that ought to be zero.
    Reserved,
    /// Bytes without further meaning here; only the first few are shown.
    Raw,
    /// Anything else: the text comes from the bytes.
    With(fn(&[u8]) -> String),
}

impl Show {
    /// The plain value and its display.
    pub(super) fn apply(self, bytes: &[u8], endian: Endian, integer: bool) -> (String, String) {
        let number = integer.then(|| number(bytes, endian));
        let value = match (number, self) {
            (Some(number), _) => number.to_string(),
            (None, Self::Ascii) => ascii(bytes),
            (None, Self::Utf16) => utf16(bytes, endian),
            (None, Self::Uuid) => uuid_text(bytes),
            (None, Self::Guid) => Guid::from_bytes(bytes).map_or_else(String::new, |guid| guid.to_string()),
            (None, _) => hex_bytes(bytes, 64),
        };
        let n = number.unwrap_or(0);
        let display = match self {
            Self::Decimal | Self::Uuid | Self::Guid => value.clone(),
            Self::Utf16 => printable(&value),
            Self::Hex => format!("0x{n:0width$x}", width = bytes.len() * 2),
            Self::Ascii => ascii(bytes),
            Self::Names(names) => match names.iter().find(|(number, _)| *number == n) {
                Some((_, name)) => (*name).into(),
                None => format!("unknown ({n})"),
            },
            Self::Flags(names) => flags(n, names),
            Self::Bytes => size_text(n),
            Self::Sectors if n == 1 => "1 sector, 512 bytes".into(),
            Self::Sectors => format!("{n} sectors, {}", size_text(n.saturating_mul(512))),
            Self::Offset if n == all_ones(bytes.len()) => "none (all ones)".into(),
            Self::Offset => format!("byte {n} (0x{n:x})"),
            Self::SectorOffset if n == all_ones(bytes.len()) => "all ones".into(),
            Self::SectorOffset => match n.checked_mul(512) {
                Some(at) => format!("sector {n} (byte {at})"),
                None => format!("sector {n}"),
            },
            Self::Version => format!("{}.{}", n >> 16, n & 0xffff),
            Self::Seconds2000 => utc(i64::try_from(n).unwrap_or(0).saturating_add(SECONDS_1970_TO_2000)),
            Self::Seconds1970 => utc(i64::try_from(n).unwrap_or(0)),
            Self::Reserved if bytes.iter().all(|byte| *byte == 0) => "zero".into(),
            Self::Reserved | Self::Raw => hex_bytes(bytes, 16),
            Self::With(text) => text(bytes),
        };
        (value, display)
    }
}

/// Seconds from 1970-01-01 to 2000-01-01, the epoch of VHD.
pub(crate) const SECONDS_1970_TO_2000: i64 = 946_684_800;

fn number(bytes: &[u8], endian: Endian) -> u64 {
    let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    match endian {
        Endian::Big => bytes.iter().fold(0, fold),
        Endian::Little => bytes.iter().rev().fold(0, fold),
    }
}

fn all_ones(length: usize) -> u64 {
    match length {
        8.. => u64::MAX,
        _ => (1 << (length * 8)) - 1,
    }
}

fn flags(value: u64, names: &[(u64, &str)]) -> String {
    let mut shown: Vec<String> =
        names.iter().filter(|(mask, _)| value & mask != 0).map(|(_, name)| (*name).to_owned()).collect();
    let unknown = names.iter().fold(value, |rest, (mask, _)| rest & !mask);
    if unknown != 0 {
        shown.push(format!("unknown 0x{unknown:x}"));
    }
    if shown.is_empty() { "none".into() } else { shown.join(", ") }
}

/// RFC 3339 text of a time in seconds since 1970.
pub(crate) fn utc(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| format!("{seconds} s"), |time| time.to_string())
}

/// Printable text of `bytes`: trailing NULs and spaces cut, unprintable bytes as `.`.
pub fn ascii(bytes: &[u8]) -> String {
    let end = bytes.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |last| last + 1);
    let shown = bytes.get(..end).unwrap_or_default();
    shown.iter().map(|byte| if matches!(byte, 0x20..=0x7e) { char::from(*byte) } else { '.' }).collect()
}

/// UTF-16 text up to the first NUL; what is not valid becomes the replacement character.
pub fn utf16(bytes: &[u8], endian: Endian) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| match endian {
        Endian::Big => u16::from_be_bytes(*pair),
        Endian::Little => u16::from_le_bytes(*pair),
    });
    char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Text in one line that cannot steer a terminal: control characters become the replacement character.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// At most `most` bytes in hexadecimal, with `…` where there are more.
pub fn hex_bytes(bytes: &[u8], most: usize) -> String {
    let mut shown: Vec<String> = bytes.iter().take(most).map(|byte| format!("{byte:02x}")).collect();
    if bytes.len() > most {
        shown.push("…".into());
    }
    shown.join(" ")
}

/// A length in bytes with the binary unit that suits it: `136365211648 bytes (127 GiB)`.
pub fn size_text(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let exponent = (bytes.ilog2() / 10).min(6);
    let unit = UNITS.get(exponent as usize - 1).copied().unwrap_or("EiB");
    // Two decimals, rounded down in integers: no size is ever shown larger than it is.
    let hundredths = (u128::from(bytes) * 100) >> (10 * exponent);
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match part {
        0 => format!("{bytes} bytes ({whole} {unit})"),
        part if part % 10 == 0 => format!("{bytes} bytes ({whole}.{} {unit})", part / 10),
        part => format!("{bytes} bytes ({whole}.{part:02} {unit})"),
    }
}

/// 16 bytes in order as a lower-case UUID.
pub fn uuid_text(bytes: &[u8]) -> String {
    uuid::Uuid::from_slice(bytes).map_or_else(|_| hex_bytes(bytes, 16), |id| id.to_string())
}

/// A GUID as GPT and Windows store it: the first three groups little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(uuid::Uuid);

impl Guid {
    /// From the 16 bytes on disk.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(uuid::Uuid::from_bytes_le(bytes.try_into().ok()?)))
    }

    /// As one number that reads as its text form.
    pub fn number(self) -> u128 {
        self.0.as_u128()
    }

    /// Whether all bits are zero.
    pub fn is_nil(self) -> bool {
        self.0.is_nil()
    }
}

impl fmt::Display for Guid {
    /// Lower case with hyphens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well_and_are_never_rounded_up() {
        assert_eq!(size_text(511), "511 bytes");
        assert_eq!(size_text(136_365_211_648), "136365211648 bytes (127 GiB)");
        assert_eq!(size_text(1536), "1536 bytes (1.5 KiB)");
        assert_eq!(size_text((1 << 20) - 1), "1048575 bytes (1023.99 KiB)");
        assert_eq!(size_text(u64::MAX), "18446744073709551615 bytes (15.99 EiB)");
    }

    #[test]
    fn guids_are_mixed_endian_and_uuids_are_not() {
        let bytes =
            [0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b];
        assert_eq!(Guid::from_bytes(&bytes).unwrap().to_string(), "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
        assert_eq!(uuid_text(&bytes), "28732ac1-1ff8-d211-ba4b-00a0c93ec93b");
    }

    #[test]
    fn times_are_shown_in_utc() {
        assert_eq!(Show::Seconds2000.apply(&[0, 0, 0, 0], Endian::Big, true).1, "2000-01-01T00:00:00Z");
        assert_eq!(Show::Seconds1970.apply(&[0xff; 4], Endian::Big, true).1, "2106-02-07T06:28:15Z");
    }

    #[test]
    fn text_that_is_not_text_stays_harmless() {
        assert_eq!(ascii(b"vpc \0\x01x "), "vpc ..x");
        assert_eq!(printable("a\nb\u{1b}[2Jé\u{9b}"), "a\u{fffd}b\u{fffd}[2Jé\u{fffd}");
        assert_eq!(utf16(&[0, 0x41, 0xd8, 0, 0, 0x42, 0, 0, 0, 0x43], Endian::Big), "A\u{fffd}B");
    }
}
