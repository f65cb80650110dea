//! UDF, the file system of DVDs and Blu-ray discs.

use super::found::{Found, When};
use super::int::{index, le};
use super::limited::Limited;
use super::{State, rules, text};
use crate::checksum::crc16;
use crate::finding::Finding;
use crate::structure;
use crate::structure::{Endian, Show, utf16};

structure! {
    /// UDF anchor: block 256 of the volume, and the last one, say where the volume descriptors are.
    pub struct Anchor("udf.anchor", "UDF anchor volume descriptor pointer", 32, Little) {
        /// Tag: kind of descriptor (2), checksums, own block.
        0 => tag: [u8; 16], Show::Raw;
        /// Bytes of the main sequence of descriptors.
        16 => main_length: u32, Show::Bytes;
        /// Its first block.
        20 => main_block: u32, Show::Decimal;
        /// Bytes of its copy.
        24 => reserve_length: u32, Show::Bytes;
        /// First block of its copy.
        28 => reserve_block: u32, Show::Decimal;
    }
}

structure! {
    /// UDF primary volume descriptor: names of the volume and of its set.
    pub struct Primary("udf.primary", "UDF primary volume descriptor", 512, Little) {
        /// Tag: kind of descriptor (1), checksums, own block.
        0 => tag: [u8; 16], Show::Raw;
        /// Number of the descriptor; the highest of its kind counts.
        16 => sequence: u32, Show::Decimal;
        /// Number of the primary volume descriptor.
        20 => number: u32, Show::Decimal;
        /// Name of the volume.
        24 => volume_id: [u8; 32], Show::With(show_text);
        /// Number of the volume in its set, and more.
        56 => numbers: [u8; 16], Show::Raw;
        /// Name of the set; its first characters stand for a UUID.
        72 => volume_set_id: [u8; 128], Show::With(show_text);
        /// Character set of the names.
        200 => character_set: [u8; 64], Show::Ascii;
        /// Another character set.
        264 => explanatory_set: [u8; 64], Show::Ascii;
        /// Where abstract and copyright are.
        328 => texts: [u8; 16], Show::Raw;
        /// Program that made the volume.
        344 => application: [u8; 32], Show::Ascii;
        /// When it was made: time zone and type, year, month, day, hour, minute, second, parts of it.
        376 => recorded: [u8; 12], Show::With(show_timestamp);
        /// Implementation that wrote it.
        388 => implementation: [u8; 32], Show::Ascii;
        /// For the implementation.
        420 => use_area: [u8; 92], Show::Raw;
    }
}

structure! {
    /// UDF logical volume descriptor: the label and the size of blocks.
    pub struct Logical("udf.logical", "UDF logical volume descriptor", 440, Little) {
        /// Tag: kind of descriptor (6), checksums, own block.
        0 => tag: [u8; 16], Show::Raw;
        /// Number of the descriptor; the highest of its kind counts.
        16 => sequence: u32, Show::Decimal;
        /// Character set of the names.
        20 => character_set: [u8; 64], Show::Ascii;
        /// Label.
        84 => label: [u8; 128], Show::With(show_text);
        /// Bytes per block.
        212 => block_size: u32, Show::Bytes;
        /// Standard that the volume follows: `*OSTA UDF Compliant`.
        216 => domain_flags: u8, Show::Hex;
        /// Its name.
        217 => domain: [u8; 23], Show::Ascii;
        /// Its revision, in hexadecimal digits: 0x0201 for 2.01.
        240 => revision: u16, Show::Hex;
        /// Flags.
        242 => protection: [u8; 6], Show::Raw;
        /// Where the set of files is described.
        248 => contents: [u8; 16], Show::Raw;
        /// Bytes of the list of partitions.
        264 => map_length: u32, Show::Bytes;
        /// Partitions.
        268 => maps: u32, Show::Decimal;
        /// Implementation that wrote it.
        272 => implementation: [u8; 32], Show::Ascii;
        /// For the implementation.
        304 => use_area: [u8; 128], Show::Raw;
        /// Bytes of the integrity descriptors.
        432 => integrity_length: u32, Show::Bytes;
        /// Their first block.
        436 => integrity_block: u32, Show::Decimal;
    }
}

structure! {
    /// UDF logical volume integrity descriptor: whether the volume was closed. Tables of free space follow.
    pub struct Integrity("udf.integrity", "UDF logical volume integrity descriptor", 80, Little) {
        /// Tag: kind of descriptor (9), checksums, own block.
        0 => tag: [u8; 16], Show::Raw;
        /// When it was written.
        16 => recorded: [u8; 12], Show::With(show_timestamp);
        /// State.
        28 => kind: u32, Show::Names(&[(0, "open"), (1, "closed")]);
        /// Where the next one is.
        32 => next: [u8; 8], Show::Raw;
        /// For the file system.
        40 => contents: [u8; 32], Show::Raw;
        /// Partitions.
        72 => partitions: u32, Show::Decimal;
        /// Bytes for the implementation, behind the tables.
        76 => use_length: u32, Show::Bytes;
    }
}

/// Where the sequence of volume structure descriptors starts.
const SEQUENCE_AT: u64 = 32 << 10;
/// Descriptors of that sequence, and of the main one, that are read.
const SEQUENCE_LENGTH: u64 = 64;
/// Block sizes that are tried.
const BLOCK_SIZES: [u64; 4] = [512, 1024, 2048, 4096];
/// Blocks in which an anchor may be.
const ANCHORS: [u64; 2] = [256, 512];
const TAG_PRIMARY: u64 = 1;
const TAG_ANCHOR: u64 = 2;
const TAG_LOGICAL: u64 = 6;
const TAG_TERMINATING: u64 = 8;
const TAG_INTEGRITY: u64 = 9;
const TAG_BYTES: usize = 16;

/// Text of UDF: the first byte says how many bits a character has, the last one how long the text is.
fn udf_text(field: &[u8]) -> Option<String> {
    let (kind, rest) = field.split_first()?;
    let (length, text) = rest.split_last()?;
    let text = text.get(..usize::from(length.saturating_sub(1)).min(text.len()))?;
    let text: String = match kind {
        8 => text.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect(),
        16 => utf16(text, Endian::Big),
        _ => return None,
    };
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.into())
}

fn show_text(field: &[u8]) -> String {
    udf_text(field).unwrap_or_else(|| "none".into())
}

/// A time of UDF in seconds since 1970 and whether its zone is known.
fn timestamp(field: &[u8]) -> Option<(i64, bool)> {
    let zone = u16::from_le_bytes([*field.first()?, *field.get(1)?]);
    let year = i16::try_from(le(field, 2, 2)?).ok()?;
    let part = |at: usize| field.get(at).and_then(|byte| i8::try_from(*byte).ok());
    let date = jiff::civil::date(year, part(4)?.clamp(1, 12), 1);
    let day = part(5)?;
    let time = jiff::civil::time(part(6)?.clamp(0, 23), part(7)?.clamp(0, 59), part(8)?.clamp(0, 59), 0);
    let date = date.with().day(day).build().ok()?;
    let seconds = date.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    // Minutes east of Greenwich in twelve bits; -2047 for unknown.
    let offset = i64::from(zone & 0xfff);
    let offset = if offset >= 0x800 { offset - 0x1000 } else { offset };
    let is_known = zone >> 12 == 1 && offset != -2047;
    Some((if is_known { seconds - offset * 60 } else { seconds }, is_known))
}

fn show_timestamp(field: &[u8]) -> String {
    match timestamp(field) {
        Some((seconds, true)) => structure::utc(seconds),
        Some((seconds, false)) => structure::utc(seconds).trim_end_matches('Z').into(),
        None => "none".into(),
    }
}

/// Kind and block of a descriptor with a tag.
fn tag(bytes: &[u8]) -> (u64, u64) {
    (le(bytes, 0, 2).unwrap_or(0), le(bytes, 12, 4).unwrap_or(0))
}

/// Whether a descriptor stands up to the checksums of its tag.
fn is_intact(volume: &Limited, offset: u64, bytes: &[u8]) -> bool {
    let Some(tag) = bytes.get(..TAG_BYTES) else { return false };
    let sum = tag.iter().enumerate().filter(|(at, _)| *at != 4);
    let sum = sum.fold(0_u8, |sum, (_, byte)| sum.wrapping_add(*byte));
    let (crc, length) = (le(tag, 8, 2), index(le(tag, 10, 2)).unwrap_or(0));
    let checked = volume.read(offset + TAG_BYTES as u64, length.min(4096 - TAG_BYTES));
    tag.get(4) == Some(&sum)
        && checked.is_none_or(|checked| crc == Some(crc16(&checked).into()) || length > 4096 - TAG_BYTES)
}

/// Block size and number of the anchor's block.
fn anchor(volume: &Limited) -> Option<(u64, u64)> {
    BLOCK_SIZES.into_iter().find_map(|unit| {
        if !has_sequence(volume, unit.max(2048)) {
            return None;
        }
        let block = ANCHORS.into_iter().find(|block| {
            let head = volume.read(block * unit, TAG_BYTES);
            head.is_some_and(|head| tag(&head) == (TAG_ANCHOR, *block))
        })?;
        Some((unit, block))
    })
}

/// Whether the sequence at the start names the standard behind UDF.
fn has_sequence(volume: &Limited, step: u64) -> bool {
    for number in 0..SEQUENCE_LENGTH {
        match volume.array::<5>(SEQUENCE_AT + number * step + 1).as_ref() {
            Some(b"NSR02" | b"NSR03") => return true,
            Some(b"BEA01" | b"BOOT2" | b"CD001" | b"CDW02" | b"TEA01") => {}
            _ => return false,
        }
    }
    false
}

/// Recognises UDF.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let (unit, anchor_block) = anchor(volume)?;
    let at = anchor_block * unit;
    let bytes = volume.read(at, Anchor::LENGTH)?;
    let anchor = Anchor::decode(&bytes)?;
    let anchor_is_intact = is_intact(volume, at, &bytes);
    let anchor_node = volume.node(&Anchor::LAYOUT, key, at, &bytes);
    let mut descriptors = Descriptors::default();
    let count = (u64::from(anchor.main_length) / unit).min(SEQUENCE_LENGTH);
    for number in 0..count {
        let block = u64::from(anchor.main_block) + number;
        let Some(bytes) = volume.read(block * unit, 512) else { break };
        let (kind, own_block) = tag(&bytes);
        if kind == 0 || own_block != block || kind == TAG_TERMINATING {
            break;
        }
        if !is_intact(volume, block * unit, &bytes) {
            descriptors.damaged.get_or_insert(block);
        }
        match kind {
            TAG_PRIMARY => descriptors.primary = descriptors.primary.or(Some(block * unit)),
            TAG_LOGICAL => descriptors.logical = descriptors.logical.or(Some(block * unit)),
            _ => {}
        }
    }
    let logical_at = descriptors.logical?;
    let bytes = volume.read(logical_at, Logical::LENGTH)?;
    let logical =
        Logical::decode(&bytes).filter(|logical| logical.domain.starts_with(b"*OSTA UDF Compliant"))?;
    let mut found = Found::new("udf", volume.node(&Logical::LAYOUT, key, logical_at, &bytes));
    found.volume.label = udf_text(&logical.label);
    found.volume.block_bytes = Some(unit);
    let mut revision = logical.revision;
    if let Some(at) = descriptors.primary
        && let Some(bytes) = volume.read(at, Primary::LENGTH)
        && let Some(primary) = Primary::decode(&bytes)
    {
        found.volume.uuid = udf_text(&primary.volume_set_id).and_then(|id| uuid(&id));
        found.fact("Volume name", udf_text(&primary.volume_id).unwrap_or_default());
        found.moment_of(When::Created, timestamp(&primary.recorded));
        found.add_node(volume.node(&Primary::LAYOUT, key, at, &bytes));
    }
    if logical.maps != 0 {
        read_integrity(volume, key, &mut found, &logical, unit, &mut revision);
    }
    found.volume.version = Some(format!("{:x}.{:02x}", revision >> 8, revision & 0xff));
    if let Some(block) = descriptors.damaged {
        let detail = format!("the descriptor in block {block} does not stand up to its checksum");
        found.damaged_by("tag", detail);
    } else if !anchor_is_intact {
        let detail = "the anchor does not stand up to its checksum";
        found.add_finding(Finding::new(&rules::COPY_STALE, detail).field(&anchor_node, "tag"));
    }
    found.add_node(anchor_node);
    Some(found)
}

/// Where the descriptors are that matter.
#[derive(Default)]
struct Descriptors {
    primary: Option<u64>,
    logical: Option<u64>,
    /// Block of the first one whose checksum is wrong.
    damaged: Option<u64>,
}

/// State and free space: the integrity descriptor.
fn read_integrity(
    volume: &Limited,
    key: &str,
    found: &mut Found,
    logical: &Logical,
    unit: u64,
    revision: &mut u16,
) {
    let at = u64::from(logical.integrity_block) * unit;
    let Some(bytes) = volume.read(at, 512) else { return };
    let Some(integrity) = Integrity::decode(&bytes) else { return };
    if tag(&bytes) != (TAG_INTEGRITY, logical.integrity_block.into()) {
        return;
    }
    let node = volume.node(&Integrity::LAYOUT, key, at, &bytes);
    found.moment_of(When::Written, timestamp(&integrity.recorded));
    // Discs that are written once are never closed: there it says nothing.
    match integrity.kind {
        0 => {
            found.state(State::Dirty);
            let detail = "the last integrity descriptor says that the volume is open";
            found.add_finding(Finding::new(&rules::DIRTY, detail).field(&node, "kind"));
        }
        _ => found.state(State::Clean),
    }
    let tables = index(Some(integrity.partitions.into())).filter(|count| *count <= 8).unwrap_or(0);
    let sum = |from: usize| -> Option<u64> {
        let mut sum = 0_u64;
        for at in 0..tables {
            // All ones stand for unknown.
            let blocks = le(&bytes, from + at * 4, 4).filter(|blocks| *blocks != 0xffff_ffff)?;
            sum += blocks;
        }
        (tables != 0).then_some(sum)
    };
    if let (Some(free), Some(size)) = (sum(80), sum(80 + tables * 4)) {
        found.free("block_size", free, size, logical.block_size.into());
    }
    if integrity.use_length >= 46 {
        let at = 80 + tables * 8 + 40;
        let known = [le(&bytes, at, 2), le(&bytes, at + 2, 2)];
        let newest = known.into_iter().flatten().filter_map(|revision| u16::try_from(revision).ok()).max();
        *revision = newest.map_or(*revision, |newest| newest.max(*revision));
    }
    found.add_node(node);
}

/// What stands for a UUID: sixteen hexadecimal digits made of the first characters of the set's name.
fn uuid(set: &str) -> Option<String> {
    let bytes = set.as_bytes();
    let head = bytes.get(..8)?;
    let digits = bytes.iter().take(16).take_while(|byte| byte.is_ascii_hexdigit()).count();
    Some(match digits {
        16 => String::from_utf8_lossy(bytes.get(..16)?).to_ascii_lowercase(),
        8..16 => {
            let mut next = bytes.get(8..bytes.len().min(12))?.to_vec();
            next.resize(4, 0);
            String::from_utf8_lossy(head).to_ascii_lowercase() + &text::hex(&next)
        }
        _ => text::hex(head),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities() {
        assert_eq!(uuid("4AA16678B55E9987 rest").as_deref(), Some("4aa16678b55e9987"));
        assert_eq!(uuid("103A3B3B UDF Volume Set").as_deref(), Some("103a3b3b20554446"));
        assert_eq!(uuid("LinuxUDF00").as_deref(), Some("4c696e7578554446"));
        assert_eq!(uuid("short"), None);
    }

    #[test]
    fn texts() {
        let mut field = vec![8_u8];
        field.extend(b"label  ");
        field.resize(31, 0);
        field.push(8);
        assert_eq!(udf_text(&field).as_deref(), Some("label"));
        let mut wide = vec![16_u8, 0x20, 0xac, 0, b'x'];
        wide.resize(31, 0);
        wide.push(5);
        assert_eq!(udf_text(&wide).as_deref(), Some("\u{20ac}x"));
        assert_eq!(udf_text(&[0; 32]), None);
    }

    #[test]
    fn times() {
        // 60 minutes east of Greenwich.
        let field = [60, 0x10, 0xe8, 0x07, 5, 17, 9, 30, 0, 0, 0, 0];
        assert_eq!(show_timestamp(&field), "2024-05-17T08:30:00Z");
        let local = [1, 0x08, 0xe8, 0x07, 5, 17, 9, 30, 0, 0, 0, 0];
        assert_eq!(show_timestamp(&local), "2024-05-17T09:30:00");
        assert_eq!(show_timestamp(&[0; 12]), "none");
    }
}
