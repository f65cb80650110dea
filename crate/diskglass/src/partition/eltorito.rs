//! El Torito: what a CD starts from. A boot record among the volume descriptors leads to a catalogue of images.
//! Little-endian; sectors of 2048 bytes.

use super::disk::Disk;
use super::rules;
use super::table::Table;
use crate::finding::Finding;
use crate::structure::{Node, Show, State};

crate::structure! {
    /// A volume descriptor that says where the boot catalogue is.
    pub struct BootRecord("eltorito.record", "El Torito boot record", 75, Little) {
        /// 0: a boot record.
        0 => kind: u8, Show::Decimal;
        /// Always `CD001`.
        1 => identifier: [u8; 5], Show::Ascii;
        /// Version of the record: 1.
        6 => version: u8, Show::Decimal;
        /// Always `EL TORITO SPECIFICATION`.
        7 => system: [u8; 32], Show::Ascii;
        /// Zero.
        39 => unused: [u8; 32], Show::Raw;
        /// Sector of the boot catalogue.
        71 => catalogue: u32, Show::Decimal;
    }
}

crate::structure! {
    /// The first record of the boot catalogue: for which machines it is, and a checksum.
    pub struct Validation("eltorito.validation", "Validation entry", 32, Little) {
        /// Always 1.
        0 => header: u8, Show::Decimal;
        /// For which machines the first image is.
        1 => platform: u8, Show::Names(PLATFORMS);
        /// Zero.
        2 => reserved: u16, Show::Decimal;
        /// Who made it.
        4 => developer: [u8; 24], Show::Ascii;
        /// Makes the sum of all 16-bit words zero.
        28 => checksum: u16, Show::Hex;
        /// Always 55 AA.
        30 => key: [u8; 2], Show::Raw;
    }
}

crate::structure! {
    /// An image that can be started.
    pub struct BootEntry("eltorito.entry", "Boot image", 32, Little) {
        /// 0x88 where it can be started.
        0 => indicator: u8, Show::Names(&[(0, "not bootable"), (0x88, "bootable")]);
        /// What the image is.
        1 => media: u8, Show::With(media_text);
        /// Where a BIOS loads it to; 0 for the usual place.
        2 => load_segment: u16, Show::Hex;
        /// Partition type, where the image is that of a hard disk.
        4 => system_type: u8, Show::Hex;
        /// Zero.
        5 => unused: u8, Show::Decimal;
        /// Sectors of 512 bytes that a BIOS loads.
        6 => sector_count: u16, Show::Decimal;
        /// Sector that the image begins at.
        8 => image: u32, Show::Decimal;
        /// How to choose between images, and spare room.
        12 => selection: [u8; 20], Show::Raw;
    }
}

crate::structure! {
    /// Begins a section of images for one kind of machine.
    pub struct SectionHeader("eltorito.section", "Section header", 32, Little) {
        /// 0x91 where it is the last one.
        0 => indicator: u8, Show::Names(&[(0x90, "more follow"), (0x91, "the last")]);
        /// For which machines the images are.
        1 => platform: u8, Show::Names(PLATFORMS);
        /// Images.
        2 => entry_count: u16, Show::Decimal;
        /// Name of the section.
        4 => name: [u8; 28], Show::Ascii;
    }
}

const PLATFORMS: &[(u64, &str)] = &[(0, "BIOS (x86)"), (1, "PowerPC"), (2, "Macintosh"), (0xef, "UEFI")];

const MEDIA: [&str; 5] = [
    "no emulation",
    "floppy disk of 1.2 MB",
    "floppy disk of 1.44 MB",
    "floppy disk of 2.88 MB",
    "hard disk",
];

fn media(number: u8) -> &'static str {
    MEDIA.get(usize::from(number & 0xf)).copied().unwrap_or("unknown kind of image")
}

fn media_text(bytes: &[u8]) -> String {
    media(bytes.first().copied().unwrap_or(0)).into()
}

/// Bytes of a sector of a CD.
const SECTOR: usize = 2048;

/// Where the volume descriptors begin, and how many are looked at.
const DESCRIPTORS_AT: u64 = 16;
const DESCRIPTORS: u64 = 32;

/// Length of a record of the catalogue.
const RECORD: usize = 32;

const BOOTABLE: u8 = 0x88;
const EXTENSION: u8 = 0x44;

/// An image that the catalogue lists.
pub(super) struct Image {
    /// For which machines.
    pub(super) platform: &'static str,
    /// What it is.
    pub(super) media: &'static str,
    /// Whether it is marked as one to be started.
    pub(super) is_bootable: bool,
    /// Byte that it begins at.
    pub(super) offset: u64,
    /// Bytes that a BIOS loads.
    pub(super) loaded: u64,
    /// Key of its structure.
    pub(super) key: String,
}

/// Reads the catalogue of a CD, where there is one.
pub(super) fn read(disk: &Disk, table: &mut Table) -> Vec<Image> {
    if !disk.is_iso() {
        return Vec::new();
    }
    let descriptors = (DESCRIPTORS_AT..DESCRIPTORS_AT + DESCRIPTORS).map(|sector| sector * SECTOR as u64);
    let mut readable = descriptors.map_while(|offset| Some((offset, disk.read(offset, BootRecord::LENGTH)?)));
    let record = readable.find_map(|(offset, bytes)| {
        let record = BootRecord::decode(&bytes)?;
        let is_boot = record.kind == 0
            && &record.identifier == b"CD001"
            && record.system.starts_with(b"EL TORITO SPECIFICATION");
        is_boot.then_some((offset, bytes, record))
    });
    let Some((offset, bytes, record)) = record else { return Vec::new() };
    let node = Node::of(&BootRecord::LAYOUT, "eltorito.record@1", &**disk.bytes(), offset, &bytes);
    let start = u64::from(record.catalogue) * SECTOR as u64;
    let catalogue = disk.read(start, SECTOR);
    let Some(catalogue) = catalogue else {
        if start + SECTOR as u64 > disk.size() {
            let detail =
                format!("the catalogue should be in sector {}, but the disk ends before", record.catalogue);
            table.findings.add(Finding::new(&rules::general::CATALOGUE, detail).field(&node, "catalogue"));
        }
        table.nodes.push(node);
        return Vec::new();
    };
    table.nodes.push(node);
    check_validation(disk, start, &catalogue, table);
    read_images(disk, start, &catalogue, table)
}

fn check_validation(disk: &Disk, start: u64, catalogue: &[u8], table: &mut Table) {
    let Some(validation) = Validation::decode(catalogue) else { return };
    let words = catalogue.get(..RECORD).unwrap_or_default().as_chunks::<2>().0.iter();
    let sum = words.fold(0_u16, |sum, word| sum.wrapping_add(u16::from_le_bytes(*word)));
    let key = "eltorito.validation@1";
    let mut node =
        Node::of(&Validation::LAYOUT, key, &**disk.bytes(), start, catalogue).within("eltorito.record@1");
    let wrong = match (validation.header, validation.key, sum) {
        (1, [0x55, 0xaa], 0) => None,
        (1, [0x55, 0xaa], sum) => {
            Some((format!("the sum of its words is 0x{sum:04x} instead of 0"), "checksum"))
        }
        (1, [a, b], _) => Some((format!("it ends in {a:02x} {b:02x} instead of 55 aa"), "key")),
        (header, ..) => Some((format!("it begins with {header} instead of 1"), "header")),
    };
    if let Some((detail, field)) = wrong {
        node.state = State::Damaged;
        table.findings.add(Finding::new(&rules::general::CATALOGUE, detail).field(&node, field));
    }
    table.nodes.push(node);
}

fn read_images(disk: &Disk, start: u64, catalogue: &[u8], table: &mut Table) -> Vec<Image> {
    let mut images = Vec::new();
    let mut platform = catalogue.get(1).copied().unwrap_or(0);
    // The first image has no section around it.
    let mut left = 1_u16;
    let mut is_last = false;
    let mut past = None;
    for (index, bytes) in catalogue.chunks_exact(RECORD).enumerate().skip(1) {
        let at = start + (index * RECORD) as u64;
        if left == 0 {
            let header =
                SectionHeader::decode(bytes).filter(|header| matches!(header.indicator, 0x90 | 0x91));
            let Some(header) = header.filter(|_| !is_last) else { break };
            (platform, left, is_last) = (header.platform, header.entry_count, header.indicator == 0x91);
            let key = format!("eltorito.section@{index}");
            let node = Node::of(&SectionHeader::LAYOUT, key, &**disk.bytes(), at, bytes);
            table.nodes.push(node.within("eltorito.record@1"));
            continue;
        }
        let Some(entry) = BootEntry::decode(bytes).filter(|entry| entry.indicator != EXTENSION) else {
            continue;
        };
        left -= 1;
        let known = PLATFORMS.iter().find(|(number, _)| *number == u64::from(platform));
        let platform = known.map_or("an unknown platform", |(_, name)| *name);
        let key = format!("eltorito.entry@{index}");
        let node = Node::of(&BootEntry::LAYOUT, &*key, &**disk.bytes(), at, bytes)
            .titled(format!("Boot image for {platform}"))
            .within("eltorito.record@1");
        let offset = u64::from(entry.image) * SECTOR as u64;
        if offset >= disk.size() && past.is_none() {
            let detail = format!(
                "the image for {platform} begins in sector {}, but the disk ends before",
                entry.image
            );
            past = Some(Finding::new(&rules::general::BOOT_IMAGE, detail).field(&node, "image"));
        }
        table.nodes.push(node);
        images.push(Image {
            platform,
            media: media(entry.media),
            is_bootable: entry.indicator == BOOTABLE,
            offset,
            loaded: u64::from(entry.sector_count) * 512,
            key,
        });
    }
    if let Some(finding) = past {
        table.findings.add(finding);
    }
    images
}
