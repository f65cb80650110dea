//! ISO 9660, the format of CD and DVD images, with Joliet's labels.

use super::found::{Found, When};
use super::limited::Limited;
use super::text;
use crate::structure;
use crate::structure::{Endian, Show};

structure! {
    /// ISO 9660 volume descriptor: label, size and root directory. Descriptors follow each other from byte 32768 on; Joliet adds one with labels in Unicode.
    pub struct Descriptor("iso9660.descriptor", "ISO 9660 volume descriptor", 2048, Little) {
        /// Kind of descriptor.
        0 => kind: u8, Show::Names(&[(0, "boot record"), (1, "primary"), (2, "supplementary"), (3, "partition"), (255, "end")]);
        /// Always `CD001`.
        1 => identifier: [u8; 5], Show::Ascii;
        /// Version: 1.
        6 => version: u8, Show::Decimal;
        /// Flags of a supplementary descriptor.
        7 => flags: u8, Show::Hex;
        /// System that may start from it.
        8 => system_id: [u8; 32], Show::Ascii;
        /// Label.
        40 => volume_id: [u8; 32], Show::Ascii;
        /// Zero.
        72 => unused: [u8; 8], Show::Reserved;
        /// Blocks of the volume.
        80 => blocks: u32, Show::Decimal;
        /// The same, big-endian.
        84 => blocks_big: [u8; 4], Show::Raw;
        /// Joliet: how its texts are encoded.
        88 => escape_sequences: [u8; 32], Show::Ascii;
        /// Number of volumes in the set, in both byte orders.
        120 => set_size: [u8; 4], Show::Raw;
        /// Number of this volume in the set, in both byte orders.
        124 => sequence: [u8; 4], Show::Raw;
        /// Bytes per block, normally 2048.
        128 => block_size: u16, Show::Bytes;
        /// The same, big-endian.
        130 => block_size_big: [u8; 2], Show::Raw;
        /// Bytes of the path table.
        132 => path_table_bytes: u32, Show::Bytes;
        /// The same, big-endian.
        136 => path_table_bytes_big: [u8; 4], Show::Raw;
        /// Blocks of the path tables.
        140 => path_tables: [u8; 16], Show::Raw;
        /// Entry of the root directory.
        156 => root: [u8; 34], Show::Raw;
        /// Name of the set.
        190 => volume_set_id: [u8; 128], Show::Ascii;
        /// Publisher.
        318 => publisher_id: [u8; 128], Show::Ascii;
        /// Who or what prepared the data.
        446 => preparer_id: [u8; 128], Show::Ascii;
        /// Program that made the image.
        574 => application_id: [u8; 128], Show::Ascii;
        /// Names of files: copyright, abstract, bibliography.
        702 => files: [u8; 111], Show::Ascii;
        /// When the volume was made: year to hundredths of a second in digits, then the time zone.
        813 => created: [u8; 17], Show::Ascii;
        /// When it was last changed.
        830 => modified: [u8; 17], Show::Ascii;
        /// When it becomes obsolete.
        847 => expires: [u8; 17], Show::Ascii;
        /// When it becomes valid.
        864 => effective: [u8; 17], Show::Ascii;
        /// Version of directories and path table: 1.
        881 => structure_version: u8, Show::Decimal;
        /// Zero.
        882 => unused_2: u8, Show::Decimal;
        /// For the program that made the image.
        883 => application_use: [u8; 512], Show::Raw;
        /// Zero.
        1395 => reserved: [u8; 653], Show::Reserved;
    }
}

/// Byte offset of the first descriptor.
const DESCRIPTORS_AT: u64 = 32 << 10;
/// Descriptors looked at, as by libblkid.
const DESCRIPTORS: u64 = 16;
const PRIMARY: u8 = 1;
const SUPPLEMENTARY: u8 = 2;
const END: u8 = 255;

impl Descriptor {
    fn is_joliet(&self) -> bool {
        self.kind == SUPPLEMENTARY
            && [b"%/@", b"%/C", b"%/E"].iter().any(|escape| self.escape_sequences.starts_with(*escape))
    }
}

/// Recognises ISO 9660.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let mut primary = None;
    let mut joliet = None;
    for index in 0..DESCRIPTORS {
        let offset = DESCRIPTORS_AT + index * Descriptor::LENGTH as u64;
        // Most volumes are none of this family: that takes only a few bytes to see.
        let head = volume.read(offset, 6).filter(|head| head.ends_with(b"CD001"));
        if head.is_none_or(|head| head.starts_with(&[END])) {
            break;
        }
        let Some(bytes) = volume.read(offset, Descriptor::LENGTH) else { break };
        let Some(descriptor) = Descriptor::decode(&bytes) else { break };
        let place = match descriptor.kind {
            PRIMARY => &mut primary,
            _ if descriptor.is_joliet() => &mut joliet,
            _ => continue,
        };
        place.get_or_insert((offset, bytes, descriptor));
    }
    let (offset, bytes, descriptor) = primary?;
    let mut found = Found::new("iso9660", volume.node(&Descriptor::LAYOUT, key, offset, &bytes));
    found.blocks("blocks", descriptor.blocks.into(), descriptor.block_size.into());
    found.fact("Publisher", ascii_name(&descriptor.publisher_id));
    found.fact("Prepared by", ascii_name(&descriptor.preparer_id));
    found.fact("Application", ascii_name(&descriptor.application_id));
    found.moment_of(When::Created, date(&descriptor.created));
    found.moment_of(When::Written, date(&descriptor.modified));
    found.volume.uuid = uuid(&descriptor);
    found.volume.label = text::label(&descriptor.volume_id);
    if let Some((offset, bytes, joliet)) = joliet {
        found.volume.version = Some("Joliet Extension".into());
        found.volume.label = joliet_label(&joliet.volume_id, &descriptor.volume_id);
        let mut node = volume.node(&Descriptor::LAYOUT, key, offset, &bytes);
        node.key += ".joliet";
        found.add_node(node.titled("Joliet volume descriptor"));
    }
    Some(found)
}

/// A name, where it is one and not that of a file.
fn ascii_name(bytes: &[u8]) -> String {
    let name = structure::ascii(bytes);
    if name.starts_with('_') { String::new() } else { name }
}

/// A date in seconds since 1970, in universal time; `None` where it is not set.
fn date(field: &[u8; 17]) -> Option<(i64, bool)> {
    let number = |from: usize, to: usize| std::str::from_utf8(field.get(from..to)?).ok()?.parse::<i16>().ok();
    let part = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    let date = jiff::civil::Date::new(number(0, 4)?, part(4)?, part(6)?).ok()?;
    let time = jiff::civil::Time::new(part(8)?, part(10)?, part(12)?, 0).ok()?;
    let local = date.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    // Quarters of an hour east of Greenwich.
    let zone = i64::from(i8::from_le_bytes([field[16]]));
    Some((local - zone * 15 * 60, true))
}

/// What stands for a UUID: the time of the last change, or else that of making the volume.
fn uuid(descriptor: &Descriptor) -> Option<String> {
    let [modified, created] =
        [&descriptor.modified, &descriptor.created].map(|date| date.split_at_checked(16));
    let is_unset = |(digits, zone): (&[u8], &[u8])| digits.iter().all(|digit| *digit == b'0') && zone == [0];
    let (digits, _) =
        modified.filter(|date| !is_unset(*date)).or_else(|| created.filter(|date| !is_unset(*date)))?;
    if digits.iter().all(|byte| *byte == 0) {
        return None;
    }
    let digits = String::from_utf8_lossy(digits);
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at >= 4 && at % 2 == 0 {
            text.push('-');
        }
        text.push(digit);
    }
    Some(text)
}

/// The label of a volume that has two: Joliet's is in Unicode, but cut to 16 characters; the other one may be longer,
/// but has `_` for what it cannot express, and often capitals only. Where they are the same label, the best of both.
fn joliet_label(joliet: &[u8; 32], primary: &[u8; 32]) -> Option<String> {
    let units: Vec<u16> = joliet.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    match merged(&units, primary) {
        Some(label) => text::label_utf16(&label, Endian::Big),
        None => text::label_utf16(joliet, Endian::Big),
    }
}

/// The rules by which libblkid puts the two together; `None` where they are different labels.
fn merged(units: &[u16], ascii: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(ascii.len() * 2);
    let mut units = units.iter().copied().peekable();
    let mut ascii = ascii.iter().copied();
    while let Some(first) = units.next() {
        let Some(plain) = ascii.next() else { break };
        let mut unit = first;
        let is_low = |unit: &u16| (0xdc00..0xe000).contains(unit);
        if (0xd800..0xdc00).contains(&unit)
            && let Some(low) = units.next_if(is_low)
        {
            out.extend(unit.to_be_bytes());
            unit = low;
        }
        let kept = match u8::try_from(unit) {
            _ if plain == b'_' => unit,
            Ok(b'_') => plain.into(),
            Ok(letter) if letter.eq_ignore_ascii_case(&plain) => {
                u16::from(if plain.is_ascii_uppercase() { letter } else { plain })
            }
            _ => return None,
        };
        out.extend(kept.to_be_bytes());
    }
    out.extend(ascii.flat_map(|plain| u16::from(plain).to_be_bytes()));
    Some(out)
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "offsets in small samples")]
mod tests {
    use super::super::tests::{iso9660, patched};
    use super::*;

    const MODIFIED: u64 = DESCRIPTORS_AT + 830;
    const CREATED: u64 = DESCRIPTORS_AT + 813;

    #[test]
    fn the_time_of_the_last_change_stands_for_a_uuid() {
        let bytes = iso9660();
        let uuid = |patches: &[(u64, &[u8])]| patched(&bytes, patches).volume.unwrap().uuid;
        let unset: &[u8] = b"0000000000000000\0";
        assert_eq!(uuid(&[(CREATED, unset)]).as_deref(), Some("2024-05-17-09-30-00-00"));
        assert_eq!(uuid(&[(MODIFIED, unset)]).as_deref(), Some("2024-05-17-09-30-00-00"));
        assert_eq!(uuid(&[(MODIFIED, b"1999")]).as_deref(), Some("1999-05-17-09-30-00-00"));
        assert_eq!(uuid(&[(MODIFIED, unset), (CREATED, unset)]), None);
        assert_eq!(uuid(&[(MODIFIED, &[0; 17])]), None);
    }

    #[test]
    fn descriptors_end_where_they_end() {
        let bytes = iso9660();
        assert!(patched(&bytes, &[(DESCRIPTORS_AT, &[2])]).volume.is_none(), "no primary one");
        assert!(patched(&bytes, &[(DESCRIPTORS_AT, &[255])]).volume.is_none());
        let endless: Vec<u8> = bytes[DESCRIPTORS_AT as usize..][..2048].repeat(6);
        assert!(patched(&bytes, &[(DESCRIPTORS_AT, &endless)]).volume.is_some());
    }

    #[test]
    fn joliet_adds_a_label() {
        let bytes = iso9660();
        let mut joliet = bytes[DESCRIPTORS_AT as usize..][..2048].to_vec();
        joliet[0] = SUPPLEMENTARY;
        joliet[88..91].copy_from_slice(b"%/E");
        let label: Vec<u8> = "Drivers_1       ".encode_utf16().flat_map(u16::to_be_bytes).collect();
        joliet[40..72].copy_from_slice(&label);
        let outcome = patched(&bytes, &[(DESCRIPTORS_AT + 2048, &joliet)]);
        assert_eq!(outcome.nodes.len(), 2);
        let volume = outcome.volume.unwrap();
        assert_eq!(volume.label.as_deref(), Some("Drivers_1"));
        assert_eq!(volume.version.as_deref(), Some("Joliet Extension"));
    }

    fn label(joliet: &str, primary: &str) -> Option<String> {
        let mut units: Vec<u8> = joliet.encode_utf16().flat_map(u16::to_be_bytes).collect();
        while units.len() < 32 {
            units.extend([0, b' ']);
        }
        let mut ascii = primary.as_bytes().to_vec();
        ascii.resize(32, b' ');
        joliet_label(&units.try_into().unwrap(), &ascii.try_into().unwrap())
    }

    #[test]
    fn the_better_of_two_labels() {
        assert_eq!(label("Installation", "INSTALLATION").as_deref(), Some("Installation"));
        assert_eq!(
            label("Windows 10 x64 D", "WINDOWS_10_X64_DVD_GERMAN").as_deref(),
            Some("Windows 10 x64 DVD_GERMAN")
        );
        assert_eq!(label("\u{dc}bung", "_BUNG").as_deref(), Some("\u{dc}bung"));
        assert_eq!(label("another", "LABEL").as_deref(), Some("another"));
        assert_eq!(label("", "").as_deref(), None);
    }
}
