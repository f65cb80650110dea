//! The labels of Sun: on the first sector of a SPARC's disk, big-endian, and inside a Solaris partition of a PC,
//! little-endian.

use super::disk::{Disk, SECTOR};
use super::labels::{text, xor16};
use super::model::{Entry, EntryRole};
use super::rules;
use super::table::Table;
use super::types::Family;
use crate::finding::Finding;
use crate::structure::{Layout, Node, Show, State};

crate::structure! {
    /// The first sector of a disk of a SPARC machine: geometry, and eight slices that begin at cylinders.
    pub struct SparcLabel("sun.label", "Sun disk label", 512, Big) {
        /// The disk in words: name and geometry.
        0 => ascii_label: [u8; 128], Show::Ascii;
        /// Version of the table of contents; 0 on labels of SunOS 4, which have none.
        128 => version: u32, Show::Decimal;
        /// Name of the volume.
        132 => volume_name: [u8; 8], Show::Ascii;
        /// Slices.
        140 => number_of_slices: u16, Show::Decimal;
        /// Tag and flags of each slice.
        142 => tags: [u8; 32], Show::Raw;
        /// Boot information, and zeros.
        174 => boot_info: [u8; 14], Show::Raw;
        /// Always 0x600ddeee where there is a table of contents.
        188 => sanity: u32, Show::Hex;
        /// Reserved room, and times.
        192 => reserved: [u8; 228], Show::Raw;
        /// Revolutions per minute.
        420 => rpm: u16, Show::Decimal;
        /// Cylinders with the alternate ones.
        422 => physical_cylinders: u16, Show::Decimal;
        /// Spare sectors of a cylinder.
        424 => spare_sectors: u16, Show::Decimal;
        /// Unused.
        426 => unused: [u8; 4], Show::Raw;
        /// Interleave factor.
        430 => interleave: u16, Show::Decimal;
        /// Cylinders of data.
        432 => cylinders: u16, Show::Decimal;
        /// Alternate cylinders.
        434 => alternate_cylinders: u16, Show::Decimal;
        /// Heads, which are the tracks of a cylinder.
        436 => heads: u16, Show::Decimal;
        /// Sectors of a track.
        438 => sectors: u16, Show::Decimal;
        /// Unused.
        440 => unused_too: [u8; 4], Show::Raw;
        /// First cylinder and number of sectors of each slice.
        444 => slices: [u8; 64], Show::Raw;
        /// Always 0xdabe.
        508 => magic: u16, Show::Hex;
        /// Makes the exclusive or of all 16-bit words zero.
        510 => checksum: u16, Show::Hex;
    }
}

crate::structure! {
    /// A slice: the cylinder that it begins at, and its sectors.
    pub struct SparcSlice("sun.slice", "Slice", 8, Big) {
        /// First cylinder.
        0 => start_cylinder: u32, Show::Decimal;
        /// Sectors.
        4 => sectors: u32, Show::Decimal;
    }
}

crate::structure! {
    /// What a slice is for.
    pub struct SparcTag("sun.tag", "Tag of a slice", 4, Big) {
        /// What it is for.
        0 => tag: u16, Show::Names(TAGS);
        /// How it may be used.
        2 => flags: u16, Show::Flags(FLAGS);
    }
}

crate::structure! {
    /// The second sector of a Solaris partition on a PC: sixteen slices, counted from the partition.
    pub struct X86Label("solaris.vtoc", "Solaris table of contents", 456, Little) {
        /// Boot information.
        0 => boot_info: [u8; 12], Show::Raw;
        /// Always 0x600ddeee.
        12 => sanity: u32, Show::Hex;
        /// Version; 1 is the only one.
        16 => version: u32, Show::Decimal;
        /// Name of the volume.
        20 => volume_name: [u8; 8], Show::Ascii;
        /// Bytes of a sector.
        28 => sector_size: u16, Show::Bytes;
        /// Slices.
        30 => number_of_slices: u16, Show::Decimal;
        /// Reserved.
        32 => reserved: [u8; 40], Show::Raw;
        /// The slices; each used one is shown as a structure of its own.
        72 => slices: [u8; 192], Show::Raw;
        /// Time of each slice.
        264 => timestamps: [u8; 64], Show::Raw;
        /// The disk in words: name and geometry.
        328 => ascii_label: [u8; 128], Show::Ascii;
    }
}

crate::structure! {
    /// A slice: what it is for, and its sectors, counted from the start of the partition.
    pub struct X86Slice("solaris.slice", "Slice", 12, Little) {
        /// What it is for.
        0 => tag: u16, Show::Names(TAGS);
        /// How it may be used.
        2 => flags: u16, Show::Flags(FLAGS);
        /// First sector.
        4 => start: u32, Show::Decimal;
        /// Sectors.
        8 => size: u32, Show::Decimal;
    }
}

/// What slices are for; the last four are Linux's.
const TAGS: &[(u64, &str)] = &[
    (0, "unassigned"),
    (1, "boot"),
    (2, "root"),
    (3, "swap"),
    (4, "usr"),
    (5, "whole disk"),
    (6, "stand"),
    (7, "var"),
    (8, "home"),
    (9, "alternate sectors"),
    (10, "cache"),
    (11, "reserved"),
    (0x82, "Linux swap"),
    (0x83, "Linux native"),
    (0x8e, "Linux LVM"),
    (0xfd, "Linux RAID"),
];

/// How slices may be used.
const FLAGS: &[(u64, &str)] = &[(1, "not mountable"), (0x10, "read-only")];

/// Tag of the slice that is the whole disk.
const WHOLE: u16 = 5;

/// Magic number of a label.
const MAGIC: u16 = 0xdabe;

/// Says that there is a table of contents.
const SANITY: u32 = 0x600d_deee;

/// Slices of a SPARC's label, and of a PC's.
const SPARC_SLICES: u16 = 8;
const X86_SLICES: u16 = 16;

/// Where the label of a Solaris partition has its magic number: 0xdabe and the checksum end the sector.
const X86_MAGIC_AT: usize = 508;

/// A slice of either label, as it is declared.
struct Slice {
    slot: usize,
    tag: u16,
    flags: u16,
    start: u64,
    sectors: u64,
    key: String,
}

impl Slice {
    /// Adds it to `table` under that number.
    fn declare(self, index: u32, parent: Option<u32>, table: &mut Table) {
        let whole = self.tag == WHOLE;
        let role = if whole { EntryRole::Container } else { EntryRole::Partition };
        let mut entry = Entry::new(index, role, self.start, self.sectors);
        entry.parent = parent;
        entry.type_id = format!("0x{:02x}", self.tag);
        let known = TAGS.iter().find(|(number, _)| *number == u64::from(self.tag));
        entry.type_name = known.map(|(_, name)| (*name).into());
        entry.name = parent.map(|_| format!("s{}", self.slot));
        let set = FLAGS.iter().filter(|(mask, _)| u64::from(self.flags) & mask != 0);
        entry.attributes = set.map(|(_, name)| (*name).into()).collect();
        entry.structure = Some(self.key);
        let family = if whole { Family::Whole } else { Family::of_unix(self.tag.into()) };
        table.declare(entry, family);
    }
}

/// Reads the label of a SPARC's disk.
pub(super) fn read(disk: &Disk) -> Option<Table> {
    let sector = disk.read(0, SECTOR)?;
    let label = SparcLabel::decode(&sector).filter(|label| label.magic == MAGIC)?;
    let is_sealed = xor16(&sector, u16::from_be_bytes) == 0;
    if !is_sealed && label.sanity != SANITY {
        return None;
    }
    let mut table = Table::new("sun", 512);
    table.usable = (0, disk.sectors(512));
    table.disk_id = Some(text(&label.volume_name)).filter(|name| !name.is_empty());
    let mut node = Node::of(&SparcLabel::LAYOUT, "sun.label@0", &**disk.bytes(), 0, &sector);
    check_seal(&mut node, &mut table, is_sealed, label.checksum);
    // Labels of SunOS 4 have zeros where the table of contents would be.
    let has_contents = label.version != 0 || label.sanity != 0 || label.number_of_slices != 0;
    let found = (label.version, label.sanity, label.number_of_slices);
    if has_contents && found != (1, SANITY, SPARC_SLICES) {
        add_contents(&node, &mut table, found, SPARC_SLICES);
    }
    table.nodes.push(node);
    let cylinder = u64::from(label.heads) * u64::from(label.sectors);
    for slot in 0..usize::from(SPARC_SLICES) {
        let tag_at = 142 + slot * SparcTag::LENGTH;
        let slice_at = 444 + slot * SparcSlice::LENGTH;
        let part = |layout: &Layout, at: usize, key: &str| {
            let bytes = sector.get(at..).unwrap_or_default();
            let node = Node::of(layout, key, &**disk.bytes(), at as u64, bytes);
            node.titled(format!("{} {}", layout.title, slot + 1)).within("sun.label@0")
        };
        let tag = sector.get(tag_at..).and_then(SparcTag::decode);
        let slice = sector.get(slice_at..).and_then(SparcSlice::decode);
        let Some((tag, slice)) = tag.zip(slice).filter(|(_, slice)| slice.sectors != 0) else { continue };
        let key = format!("sun.slice@{}", slot + 1);
        table.nodes.push(part(&SparcSlice::LAYOUT, slice_at, &key));
        table.nodes.push(part(&SparcTag::LAYOUT, tag_at, &format!("sun.tag@{}", slot + 1)));
        let start = u64::from(slice.start_cylinder) * cylinder;
        // Without a table of contents, the third slice is the disk.
        let tag = match tag.tag {
            0 if !has_contents && slot == 2 => SparcTag { tag: WHOLE, ..tag },
            _ => tag,
        };
        let sectors = slice.sectors.into();
        Slice { slot, tag: tag.tag, flags: tag.flags, start, sectors, key }.declare(
            u32::try_from(slot).unwrap_or(0) + 1,
            None,
            &mut table,
        );
    }
    table.check_places(disk, 0);
    Some(table)
}

/// Reads the table of contents inside the partition of that number, whose slices are added to `table`. Says whether
/// there is one: the type id of a Solaris partition is that of Linux' swap space, too.
pub(super) fn read_partition(disk: &Disk, number: u32, table: &mut Table) -> bool {
    let Some(around) = table.partitions.iter().find(|declared| declared.entry.index == number) else {
        return false;
    };
    let (start, end) = (around.start(), around.end());
    let parent = around.entry.structure.clone().unwrap_or_default();
    let offset = table.guest(start.saturating_add(1), 1).0;
    let Some(sector) = disk.read(offset, SECTOR) else { return false };
    let Some(label) = X86Label::decode(&sector).filter(|label| label.sanity == SANITY) else { return false };
    let first_new = table.partitions.len();
    let key = format!("solaris.vtoc@{number}");
    let mut node = Node::of(&X86Label::LAYOUT, &*key, &**disk.bytes(), offset, &sector).within(parent);
    if label.version != 1 || label.number_of_slices > X86_SLICES {
        add_contents(&node, table, (label.version, label.sanity, label.number_of_slices), X86_SLICES);
    }
    let tail = sector.get(X86_MAGIC_AT..).and_then(|tail| tail.as_chunks::<2>().0.first_chunk::<2>());
    if let Some([magic, checksum]) = tail.filter(|[magic, _]| u16::from_le_bytes(*magic) == MAGIC) {
        debug_assert_eq!(u16::from_le_bytes(*magic), MAGIC);
        let is_sealed = xor16(&sector, u16::from_le_bytes) == 0;
        check_seal(&mut node, table, is_sealed, u16::from_le_bytes(*checksum));
    }
    table.nodes.push(node);
    let count = usize::from(label.number_of_slices.min(X86_SLICES));
    for (slot, bytes) in label.slices.chunks_exact(X86Slice::LENGTH).take(count).enumerate() {
        let Some(slice) = X86Slice::decode(bytes).filter(|slice| slice.size != 0) else { continue };
        let slice_key = format!("solaris.slice@{number}.{slot}");
        let at = offset + 72 + (slot * X86Slice::LENGTH) as u64;
        let node = Node::of(&X86Slice::LAYOUT, &*slice_key, &**disk.bytes(), at, bytes);
        table.nodes.push(node.titled(format!("Slice {slot}")).within(&*key));
        // The slice of the whole is the partition itself.
        if slice.tag == WHOLE {
            continue;
        }
        let from = start + u64::from(slice.start);
        let to = from + u64::from(slice.size);
        if to > end {
            let detail = format!(
                "slice {slot} has sectors {from} to {}, but partition {number} ends at {}",
                to - 1,
                end.saturating_sub(1)
            );
            let place = table.node(&slice_key).and_then(|node| node.span);
            let finding = Finding::new(&rules::labels::SUN_OUTSIDE, detail);
            table.findings.add(finding.on(&*slice_key).place(place));
        }
        let slice = Slice {
            slot,
            tag: slice.tag,
            flags: slice.flags,
            start: from,
            sectors: slice.size.into(),
            key: slice_key,
        };
        slice.declare(table.next_index(5), Some(number), table);
    }
    table.check_places(disk, first_new);
    true
}

fn check_seal(node: &mut Node, table: &mut Table, is_sealed: bool, checksum: u16) {
    if is_sealed {
        return;
    }
    node.state = State::Damaged;
    let detail = format!(
        "the exclusive or of the label's words, its checksum 0x{checksum:04x} among them, is not zero"
    );
    // The label of a PC ends before its checksum, which has no field of its own.
    let finding = Finding::new(&rules::labels::SUN_CHECKSUM, detail);
    table.findings.add(if node.field_span("checksum").is_some() {
        finding.field(node, "checksum")
    } else {
        finding.on(node.key.clone()).place(node.span)
    });
}

fn add_contents(node: &Node, table: &mut Table, (version, sanity, count): (u32, u32, u16), slices: u16) {
    let detail = format!(
        "the table of contents has version {version}, sanity 0x{sanity:08x} and {count} slices instead of 1, \
         0x{SANITY:08x} and {slices}"
    );
    let field = if sanity != SANITY {
        "sanity"
    } else if version != 1 {
        "version"
    } else {
        "number_of_slices"
    };
    table.findings.add(Finding::new(&rules::labels::SUN_CONTENTS, detail).field(node, field));
}
