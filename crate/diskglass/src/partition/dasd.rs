//! Disks of IBM mainframes (DASD): a volume label in the third block and, with the compatible layout, a table of
//! contents with a descriptor for each partition. Big-endian; text is EBCDIC.

use super::disk::Disk;
use super::model::{Entry, EntryRole};
use super::rules;
use super::table::Table;
use super::types::Family;
use crate::finding::Finding;
use crate::structure::{Node, Show};

crate::structure! {
    /// Names the volume and says where its table of contents is. With Linux' own layout there is none: the rest of the
    /// disk is one partition.
    pub struct VolumeLabel("dasd.label", "Volume label", 84, Big) {
        /// `VOL1` or `LNX1`, in EBCDIC: key of the record.
        0 => key: [u8; 4], Show::With(ebcdic);
        /// The same again where the layout is the compatible one; otherwise the serial begins here.
        4 => label: [u8; 4], Show::With(ebcdic);
        /// Serial of the volume, six characters.
        8 => volume_serial: [u8; 6], Show::With(ebcdic);
        /// Security byte.
        14 => security: u8, Show::Hex;
        /// Where the table of contents is: cylinder and head of 16 bits each, and a record.
        15 => contents: [u8; 5], Show::With(address_text);
        /// Reserved, and counts of blocks.
        20 => reserved: [u8; 21], Show::Raw;
        /// Owner.
        41 => owner: [u8; 14], Show::With(ebcdic);
        /// Reserved.
        55 => reserved_too: [u8; 29], Show::Raw;
    }
}

crate::structure! {
    /// A descriptor in the table of contents. One of format 1 (or 8) is a partition.
    pub struct Descriptor("dasd.descriptor", "Data set descriptor", 140, Big) {
        /// Name of the data set.
        0 => name: [u8; 44], Show::With(ebcdic);
        /// Format, as an EBCDIC digit.
        44 => format: u8, Show::With(ebcdic);
        /// Serial of the volume.
        45 => volume_serial: [u8; 6], Show::With(ebcdic);
        /// Sequence, dates, attributes and use.
        51 => attributes: [u8; 54], Show::Raw;
        /// The first extent: its kind, its number, and its first and last track.
        105 => extent_type: u8, Show::Hex;
        /// Number of the extent.
        106 => extent_number: u8, Show::Decimal;
        /// First track: cylinder and head.
        107 => first_track: [u8; 4], Show::With(track_text);
        /// Last track, which still belongs to it.
        111 => last_track: [u8; 4], Show::With(track_text);
        /// Further extents, which Linux does not use.
        115 => more_extents: [u8; 20], Show::Raw;
        /// The next descriptor of the same data set.
        135 => next: [u8; 5], Show::Raw;
    }
}

/// Labels, in EBCDIC.
const VOL1: [u8; 4] = [0xe5, 0xd6, 0xd3, 0xf1];
const LNX1: [u8; 4] = [0xd3, 0xd5, 0xe7, 0xf1];
const CMS1: [u8; 4] = [0xc3, 0xd4, 0xe2, 0xf1];

/// Blocks of a track of a 3390, the drive that all others pretend to be, by the bytes of a block.
const TRACKS: [(u32, u64); 4] = [(4096, 12), (2048, 21), (1024, 33), (512, 49)];

/// Tracks of a cylinder of a 3390.
const HEADS: u64 = 15;

/// Formats of descriptors, as EBCDIC digits: of the table itself, of partitions, and of free room.
const FORMAT_1: u8 = 0xf1;
const FORMAT_4: u8 = 0xf4;
const FORMAT_5: u8 = 0xf5;
const FORMAT_7: u8 = 0xf7;
const FORMAT_8: u8 = 0xf8;
const FORMAT_9: u8 = 0xf9;

/// Descriptors that are read.
const DESCRIPTORS: u64 = 64;

/// Blocks that Linux' own layout keeps in front of its one partition.
const LNX_START: u64 = 3;

/// What the last part of a data set's name says of a partition.
const KINDS: [(&str, Family); 6] = [
    ("NATIVE", Family::Linux),
    ("SWAP", Family::LinuxSwap),
    ("RAID", Family::Other),
    ("LVM", Family::LinuxLvm),
    ("GPFS", Family::Other),
    ("NEW", Family::Other),
];

/// The digits, capital letters and signs of EBCDIC that labels use; everything else as a dot.
fn ebcdic(bytes: &[u8]) -> String {
    let letters = |byte: u8, first: u8, letter: u8| char::from(letter + (byte - first));
    let text: String = bytes
        .iter()
        .map(|byte| match *byte {
            0x40 | 0 => ' ',
            // A full stop stands for what cannot be shown, too.
            0x5b => '$',
            0x60 => '-',
            0x6d => '_',
            0x7b => '#',
            0x7c => '@',
            0xc1..=0xc9 => letters(*byte, 0xc1, b'A'),
            0xd1..=0xd9 => letters(*byte, 0xd1, b'J'),
            0xe2..=0xe9 => letters(*byte, 0xe2, b'S'),
            0xf0..=0xf9 => letters(*byte, 0xf0, b'0'),
            _ => '.',
        })
        .collect();
    text.trim_end().to_owned()
}

/// Cylinder and head; the upper bits of large cylinder numbers are kept with the head.
fn track([a, b, c, d]: [u8; 4]) -> (u64, u64) {
    let (cylinder, head) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    (u64::from(cylinder) | u64::from(head & 0xfff0) << 12, u64::from(head & 0xf))
}

fn track_text(bytes: &[u8]) -> String {
    let Ok(bytes) = bytes.try_into() else { return String::new() };
    let (cylinder, head) = track(bytes);
    format!("cylinder {cylinder}, track {head}")
}

fn address_text(bytes: &[u8]) -> String {
    let [place @ .., record] = bytes else { return String::new() };
    format!("{}, record {record}", track_text(place))
}

/// Blocks in front of a track.
fn block_of(bytes: [u8; 4], per_track: u64) -> u64 {
    let (cylinder, head) = track(bytes);
    (cylinder * HEADS + head) * per_track
}

/// Reads the label, with each size of a block that there is.
pub(super) fn read(disk: &Disk) -> Option<Table> {
    TRACKS.iter().find_map(|(unit, per_track)| {
        let offset = 2 * u64::from(*unit);
        let bytes = disk.read(offset, VolumeLabel::LENGTH)?;
        let label = VolumeLabel::decode(&bytes)?;
        if ![VOL1, LNX1, CMS1].contains(&label.key) {
            return None;
        }
        let is_compatible = label.key == VOL1 && label.label == VOL1;
        // Four bytes of text alone are little evidence: where they begin a sector of a volume, it is a volume.
        if !is_compatible && disk.volume().volume.is_some() {
            return None;
        }
        let mut table = Table::new("dasd", *unit);
        table.usable = (LNX_START, disk.sectors(*unit));
        let serial =
            if is_compatible { &label.volume_serial[..] } else { bytes.get(4..10).unwrap_or_default() };
        table.disk_id = Some(ebcdic(serial)).filter(|serial| !serial.is_empty());
        table.nodes.push(Node::of(&VolumeLabel::LAYOUT, "dasd.label@2", &**disk.bytes(), offset, &bytes));
        if is_compatible {
            read_contents(disk, &label, *per_track, &mut table);
        } else {
            let sectors = disk.sectors(*unit).saturating_sub(LNX_START);
            let mut entry = Entry::new(1, EntryRole::Partition, LNX_START, sectors);
            entry.type_id = ebcdic(&label.key);
            entry.type_name = Some("The whole of the disk".into());
            entry.structure = Some("dasd.label@2".into());
            table.declare(entry, Family::Other);
        }
        table.check_places(disk, 0);
        Some(table)
    })
}

/// Reads the table of contents of the compatible layout.
fn read_contents(disk: &Disk, label: &VolumeLabel, per_track: u64, table: &mut Table) {
    let [cylinder @ .., record] = label.contents;
    let first = block_of(cylinder, per_track) + u64::from(record).saturating_sub(1);
    let mut index = 0;
    for number in 0..DESCRIPTORS {
        let block = first + number;
        let offset = table.guest(block, 1).0;
        let bytes = disk.read(offset, Descriptor::LENGTH).unwrap_or_default();
        let found = Descriptor::decode(&bytes);
        if number == 0 && found.as_ref().is_none_or(|found| found.format != FORMAT_4) {
            let detail = format!(
                "the label says that it begins in block {block}, but no descriptor of format 4 is there"
            );
            let place = table.node("dasd.label@2").and_then(|node| node.field_span("contents"));
            let finding = Finding::new(&rules::labels::DASD_CONTENTS, detail).on("dasd.label@2");
            return table.findings.add(finding.place(place));
        }
        let Some(found) = found else { return };
        let is_partition = matches!(found.format, FORMAT_1 | FORMAT_8);
        if !is_partition && !matches!(found.format, FORMAT_4 | FORMAT_5 | FORMAT_7 | FORMAT_9) {
            return;
        }
        let key = format!("dasd.descriptor@{}", number + 1);
        let name = ebcdic(&found.name);
        let node =
            Node::of(&Descriptor::LAYOUT, &*key, &**disk.bytes(), offset, &bytes).within("dasd.label@2");
        let format = ebcdic(&[found.format]);
        table.nodes.push(node.titled(format!("Descriptor of format {format}")));
        if !is_partition {
            continue;
        }
        index += 1;
        let start = block_of(found.first_track, per_track);
        let end = block_of(found.last_track, per_track) + per_track;
        let mut entry = Entry::new(index, EntryRole::Partition, start, end.saturating_sub(start));
        let kind = name.rsplit('.').next().unwrap_or_default();
        let known = KINDS.iter().find(|(word, _)| *word == kind);
        entry.type_id = kind.into();
        entry.name = Some(name).filter(|name| !name.is_empty());
        entry.structure = Some(key);
        table.declare(entry, known.map_or(Family::Other, |(_, family)| *family));
    }
}
