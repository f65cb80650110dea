//! Physical volumes of LVM2.

use super::found::Found;
use super::limited::Limited;
use super::rules;
use crate::checksum;
use crate::finding::Finding;
use crate::structure;
use crate::structure::{FieldValue, Node, Show, State};

structure! {
    /// LVM label: in one of the first four sectors, normally the second one. It marks a physical volume.
    pub struct Label("lvm.label", "LVM label", 32, Little) {
        /// Always `LABELONE`.
        0 => magic: [u8; 8], Show::Ascii;
        /// Number of the sector that the label is in.
        8 => sector: u64, Show::Decimal;
        /// CRC-32 of the rest of the sector, with a starting value of LVM's own.
        16 => crc: u32, Show::Hex;
        /// Offset of the physical volume header from the label.
        20 => header_offset: u32, Show::Decimal;
        /// Always `LVM2 001`.
        24 => kind: [u8; 8], Show::Ascii;
    }
}

structure! {
    /// LVM physical volume header: identity and size. Lists of areas for data and for metadata follow.
    pub struct PhysicalVolume("lvm.physical-volume", "LVM physical volume header", 40, Little) {
        /// Identity of the physical volume: 32 letters and digits.
        0 => uuid: [u8; 32], Show::With(uuid_text);
        /// Size of the physical volume.
        32 => device_size: u64, Show::Bytes;
    }
}

structure! {
    /// LVM metadata area header: says where in its area the current description of the volume group is.
    pub struct MetadataArea("lvm.metadata-area", "LVM metadata area header", 512, Little) {
        /// CRC-32 of the rest of the sector, with a starting value of LVM's own.
        0 => crc: u32, Show::Hex;
        /// Always ` LVM2 x[5A%r0N*>`.
        4 => magic: [u8; 16], Show::Ascii;
        /// Version: 1.
        20 => version: u32, Show::Decimal;
        /// Byte offset of the area on the physical volume.
        24 => start: u64, Show::Offset;
        /// Bytes of the area.
        32 => size: u64, Show::Bytes;
        /// Where the text starts in the area. At the end of the area it goes on behind this header.
        40 => text_offset: u64, Show::Decimal;
        /// Bytes of the text; 0 where the physical volume is in no group.
        48 => text_size: u64, Show::Bytes;
        /// CRC-32 of the text.
        56 => text_crc: u32, Show::Hex;
        /// Flags.
        60 => text_flags: u32, Show::Flags(&[(1, "ignored")]);
        /// More places, of which one may hold a change that is under way.
        64 => more: [u8; 448], Show::Raw;
    }
}

/// Bytes of a sector, for LVM.
const SECTOR: usize = 512;
/// Sectors in which the label may be.
const LABEL_SECTORS: usize = 4;
/// Longest text that is read: descriptions of very large groups have more, their checksum is not looked at.
const TEXT_BYTES: u64 = 128 << 10;
/// Longest name of a volume group.
const NAME_BYTES: usize = 127;
const AREA_MAGIC: [u8; 16] = *b" LVM2 x[5A%r0N*>";

/// An identity in groups of 6, 4, 4, 4, 4, 4 and 6 characters.
pub(super) fn uuid_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(38);
    for (at, c) in structure::ascii(bytes).chars().enumerate() {
        if (6..=26).contains(&at) && (at - 6) % 4 == 0 {
            text.push('-');
        }
        text.push(c);
    }
    text
}

/// Recognises physical volumes of LVM2.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let head = volume.read(0, LABEL_SECTORS * SECTOR)?;
    let (index, sector) = head.chunks_exact(SECTOR).enumerate().find(|(index, sector)| {
        let label = Label::decode(sector);
        label.is_some_and(|label| {
            label.magic == *b"LABELONE" && label.kind == *b"LVM2 001" && label.sector == *index as u64
        })
    })?;
    let label = Label::decode(sector)?;
    let offset = (index * SECTOR) as u64;
    let mut found = Found::new("LVM2_member", volume.node(&Label::LAYOUT, key, offset, sector));
    found.volume.version = Some(structure::ascii(&label.kind));
    let computed = checksum::lvm(&[sector.get(20..)?]);
    if computed != label.crc {
        found.wrong_checksum("crc", &format!("0x{:08x}", label.crc), &format!("0x{computed:08x}"));
    }
    let header_at = usize::try_from(label.header_offset).ok()?;
    let header_bytes = sector.get(header_at..).unwrap_or_default();
    if let Some(header) = PhysicalVolume::decode(header_bytes) {
        let at = offset + header_at as u64;
        found.add_node(volume.node(&PhysicalVolume::LAYOUT, key, at, header_bytes));
        found.volume.uuid = header.uuid.iter().any(|byte| *byte != 0).then(|| uuid_text(&header.uuid));
        found.volume.size_bytes =
            Some(header.device_size).filter(|size| (1..=crate::report::MAX_EXACT).contains(size));
        let lists = header_bytes.get(PhysicalVolume::LENGTH..).unwrap_or_default();
        if let Some((start, size)) = metadata_areas(lists).first() {
            read_area(volume, key, &mut found, *start, *size);
        }
    }
    Some(found)
}

/// Offset and size of the metadata areas. Two lists follow the header, each ended by a pair of zeros: that of the data
/// areas and this one.
fn metadata_areas(lists: &[u8]) -> Vec<(u64, u64)> {
    let pairs = lists.as_chunks::<16>().0.iter().map(|pair| {
        let (offset, size) = pair.split_at(8);
        let number = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
        (number(offset), number(size))
    });
    let metadata = pairs.skip_while(|(offset, _)| *offset != 0).skip(1);
    metadata.take_while(|(offset, _)| *offset != 0).collect()
}

/// Reads the metadata area at that place, and the name of the volume group from it.
fn read_area(volume: &Limited, key: &str, found: &mut Found, start: u64, size: u64) {
    let Some(bytes) = volume.read(start, MetadataArea::LENGTH) else { return };
    let Some(area) = MetadataArea::decode(&bytes) else { return };
    let mut node = volume.node(&MetadataArea::LAYOUT, key, start, &bytes);
    let computed = checksum::lvm(&[bytes.get(4..).unwrap_or_default()]);
    if area.magic != AREA_MAGIC || computed != area.crc {
        node.state = State::Damaged;
        let detail = format!("the header stores 0x{:08x}, its bytes give 0x{computed:08x}", area.crc);
        found.add_finding(Finding::new(&rules::LVM_METADATA, detail).field(&node, "crc"));
        found.add_node(node);
        return;
    }
    // An area that is ignored, or of a physical volume in no group, holds no text.
    let has_text = area.text_size != 0 && area.text_flags & 1 == 0;
    if has_text && let Some(text) = read_text(volume, &area, start, size) {
        let computed = checksum::lvm(&[&text]);
        if text.len() as u64 == area.text_size && computed != area.text_crc {
            node.state = State::Damaged;
            let detail = format!(
                "the text's stored checksum is 0x{:08x}, its bytes give 0x{computed:08x}",
                area.text_crc
            );
            found.add_finding(Finding::new(&rules::LVM_METADATA, detail).field(&node, "text_crc"));
        } else if let Some(name) = group_name(&text) {
            found.add_node(
                text_node(volume, key, start + area.text_offset, area.text_size, name).within(&node.key),
            );
        }
    }
    found.add_node(node);
}

/// The text, or its beginning where it is very long.
fn read_text(volume: &Limited, area: &MetadataArea, start: u64, size: u64) -> Option<Vec<u8>> {
    let header = MetadataArea::LENGTH as u64;
    if !(header..size).contains(&area.text_offset) || area.text_size > size - header {
        return None;
    }
    let length = area.text_size.min(TEXT_BYTES);
    let first = length.min(size - area.text_offset);
    let mut text = volume.read(start.checked_add(area.text_offset)?, usize::try_from(first).ok()?)?;
    text.extend(volume.read(start.checked_add(header)?, usize::try_from(length - first).ok()?)?);
    Some(text)
}

/// The name of the volume group: that of the text's first section.
fn group_name(text: &[u8]) -> Option<&str> {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"_+.-".contains(byte);
    let length = text.iter().take(NAME_BYTES + 1).take_while(|byte| allowed(byte)).count();
    let (name, rest) = text.split_at_checked(length)?;
    let opens = rest.trim_ascii_start().starts_with(b"{");
    let fits = (1..=NAME_BYTES).contains(&length);
    (opens && fits).then(|| std::str::from_utf8(name).ok()).flatten()
}

fn text_node(volume: &Limited, key: &str, offset: u64, length: u64, name: &str) -> Node {
    let mut node = volume.area("lvm.metadata-text", key, "LVM volume group description", offset, length);
    let size = u32::try_from(name.len()).unwrap_or(0);
    let meaning = "Name of the volume group that the physical volume belongs to.";
    node.fields.push(FieldValue::text("volume_group", 0, size, name, meaning));
    node.note(
        "Text that describes the volume group: its physical volumes, its logical volumes and where they lie.",
    )
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "offsets in small samples")]
mod tests {
    use super::super::tests::{ids, kind, lvm, patched};
    use super::*;
    use std::rc::Rc;

    const AREA: usize = 4096;

    fn group(outcome: &crate::volume::Outcome) -> Option<&str> {
        let node = outcome.nodes.iter().find(|node| node.id == "lvm.metadata-text")?;
        Some(node.fields.first()?.value.as_str())
    }

    /// With another metadata area header, its checksum written anew.
    fn area(bytes: &Rc<Vec<u8>>, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
        let mut sector = bytes[AREA..AREA + 512].to_vec();
        change(&mut sector);
        let crc = checksum::lvm(&[&sector[4..]]).to_le_bytes();
        sector[..4].copy_from_slice(&crc);
        sector
    }

    #[test]
    fn the_volume_group_is_named() {
        let bytes = lvm();
        assert_eq!(group(&patched(&bytes, &[])), Some("vg-data"));
        let ignored = area(&bytes, |sector| sector[60] = 1);
        let outcome = patched(&bytes, &[(AREA as u64, &ignored)]);
        assert_eq!((group(&outcome), ids(&outcome).len()), (None, 0));
        let empty = area(&bytes, |sector| sector[40..64].fill(0));
        let outcome = patched(&bytes, &[(AREA as u64, &empty)]);
        assert_eq!((group(&outcome), ids(&outcome).len()), (None, 0), "in no group yet");
    }

    #[test]
    fn the_text_goes_on_at_the_start_of_its_area() {
        let bytes = lvm();
        let number = |at: usize| u64::from_le_bytes(bytes[AREA + at..AREA + at + 8].try_into().unwrap());
        let (size, offset, length) = (number(32), number(40), number(48) as usize);
        let text = bytes[AREA + offset as usize..][..length].to_vec();
        let (head, tail) = text.split_at(100);
        let moved = area(&bytes, |sector| sector[40..48].copy_from_slice(&(size - 100).to_le_bytes()));
        let start = AREA as u64;
        let outcome = patched(&bytes, &[(start, &moved), (start + size - 100, head), (start + 512, tail)]);
        assert_eq!((group(&outcome), ids(&outcome).len()), (Some("vg-data"), 0));
    }

    #[test]
    fn damage() {
        let bytes = lvm();
        assert_eq!(ids(&patched(&bytes, &[(512 + 400, &[1])])), ["volume.superblock.checksum"]);
        assert_eq!(ids(&patched(&bytes, &[(AREA as u64 + 100, &[1])])), ["volume.lvm.metadata-checksum"]);
        let text = AREA as u64 + 512 + 40;
        assert_eq!(ids(&patched(&bytes, &[(text, b"\x01")])), ["volume.lvm.metadata-checksum"]);
        assert_eq!(kind(&patched(&bytes, &[(520, &[2])])), "", "the label knows its sector");
        for field in [40, 48] {
            let far = area(&bytes, |sector| sector[field..field + 8].fill(0xff));
            assert_eq!(group(&patched(&bytes, &[(AREA as u64, &far)])), None);
        }
    }

    #[test]
    fn identities_are_grouped() {
        assert_eq!(uuid_text(b"V9N6H5MXloJmEETLHsKyAokLv5JL0RY7"), "V9N6H5-MXlo-JmEE-TLHs-KyAo-kLv5-JL0RY7");
    }

    #[test]
    fn the_name_is_that_of_the_first_section() {
        assert_eq!(group_name(b"vg-0.data_1 {\nid = \"x\"\n"), Some("vg-0.data_1"));
        assert_eq!(group_name(b"contents = \"Text\""), None);
        assert_eq!(group_name(b"{"), None);
        assert_eq!(group_name(&[b'a'; 4096]), None);
    }
}
