//! The volume header of SGI's machines: the first sector, with sixteen partitions and the programs that their firmware
//! can start. Big-endian.

use super::disk::{Disk, SECTOR};
use super::labels::text;
use super::model::{Entry, EntryRole};
use super::rules;
use super::table::Table;
use super::types::Family;
use crate::finding::Finding;
use crate::structure::{Node, Show, State};

crate::structure! {
    /// The first sector: what the firmware starts, files outside of any file system, and the partitions.
    pub struct VolumeHeader("sgi.header", "SGI volume header", 512, Big) {
        /// Always 0x0be5a941.
        0 => magic: u32, Show::Hex;
        /// Number of the partition with the root file system, from 0.
        4 => root_partition: u16, Show::Decimal;
        /// Number of the partition with swap space, from 0.
        6 => swap_partition: u16, Show::Decimal;
        /// What the firmware starts: a file of the root partition, or of the volume directory.
        8 => boot_file: [u8; 16], Show::Ascii;
        /// Parameters of the drive.
        24 => device_parameters: [u8; 48], Show::Raw;
        /// Files in the volume header's partition: name, first block and bytes of each.
        72 => volume_directory: [u8; 240], Show::Raw;
        /// The partitions; each used one is shown as a structure of its own.
        312 => partitions: [u8; 192], Show::Raw;
        /// Makes the sum of all 32-bit words zero.
        504 => checksum: u32, Show::Hex;
        /// Zero.
        508 => padding: u32, Show::Decimal;
    }
}

crate::structure! {
    /// A partition: its sectors, where they start, and what it is for.
    pub struct PartitionEntry("sgi.entry", "Partition entry", 12, Big) {
        /// Sectors.
        0 => sectors: u32, Show::Decimal;
        /// First sector.
        4 => first_sector: u32, Show::Decimal;
        /// What it is for.
        8 => type_id: u32, Show::Names(TYPES);
    }
}

/// What partitions are for; the last four are Linux's.
const TYPES: &[(u64, &str)] = &[
    (0, "volume header"),
    (1, "track replacement"),
    (2, "sector replacement"),
    (3, "raw"),
    (4, "BSD"),
    (5, "System V"),
    (6, "entire volume"),
    (7, "EFS"),
    (8, "logical volume"),
    (9, "raw logical volume"),
    (10, "XFS"),
    (11, "XFS log"),
    (12, "XLV volume"),
    (13, "XVM volume"),
    (0x82, "Linux swap"),
    (0x83, "Linux native"),
    (0x8e, "Linux LVM"),
    (0xfd, "Linux RAID"),
];

const MAGIC: u32 = 0x0be5_a941;

/// Types of the partitions that are the volume header and the whole disk.
const HEADER: u32 = 0;
const WHOLE: u32 = 6;

/// Reads the volume header.
pub(super) fn read(disk: &Disk) -> Option<Table> {
    let sector = disk.read(0, SECTOR)?;
    let header = VolumeHeader::decode(&sector).filter(|header| header.magic == MAGIC)?;
    let words = sector.as_chunks::<4>().0.iter();
    let sum = words.fold(0_u32, |sum, word| sum.wrapping_add(u32::from_be_bytes(*word)));
    let mut table = Table::new("sgi", 512);
    table.usable = (0, disk.sectors(512));
    let mut node = Node::of(&VolumeHeader::LAYOUT, "sgi.header@0", &**disk.bytes(), 0, &sector);
    if sum != 0 {
        node.state = State::Damaged;
        let computed = header.checksum.wrapping_sub(sum);
        let detail = format!("stored is 0x{:08x}, the bytes give 0x{computed:08x}", header.checksum);
        let finding = Finding::new(&rules::labels::SGI_CHECKSUM, detail);
        let (expected, found) = (format!("0x{computed:08x}"), format!("0x{:08x}", header.checksum));
        table.findings.add(finding.expected(expected, found).field(&node, "checksum"));
    }
    table.nodes.push(node);
    for (slot, bytes) in header.partitions.chunks_exact(PartitionEntry::LENGTH).enumerate() {
        let Some(found) = PartitionEntry::decode(bytes).filter(|entry| entry.sectors != 0) else { continue };
        let number = u32::try_from(slot).unwrap_or(0) + 1;
        let key = format!("sgi.entry@{number}");
        let at = 312 + (slot * PartitionEntry::LENGTH) as u64;
        let node = Node::of(&PartitionEntry::LAYOUT, &*key, &**disk.bytes(), at, bytes);
        let known = TYPES.iter().find(|(id, _)| *id == u64::from(found.type_id)).map(|(_, name)| *name);
        let title = format!("Entry {number}: {}", known.unwrap_or("unknown type"));
        table.nodes.push(node.titled(title).within("sgi.header@0"));
        let (role, family) = match found.type_id {
            WHOLE => (EntryRole::Container, Family::Whole),
            HEADER => (EntryRole::Partition, Family::Reserved),
            other => (EntryRole::Partition, Family::of_unix(other)),
        };
        let mut entry = Entry::new(number, role, found.first_sector.into(), found.sectors.into());
        entry.type_id = format!("0x{:02x}", found.type_id);
        entry.type_name = known.map(Into::into);
        // The numbers of both are 0 where nobody set them, and 0 is a number, too.
        let is_named = header.root_partition != header.swap_partition;
        let slot = u16::try_from(slot).ok().filter(|_| is_named && role == EntryRole::Partition);
        if slot == Some(header.root_partition) {
            let file = text(&header.boot_file);
            entry.attributes.push(if file.is_empty() {
                "root".into()
            } else {
                format!("root, starts {file}")
            });
        } else if slot == Some(header.swap_partition) {
            entry.attributes.push("swap".into());
        }
        entry.structure = Some(key);
        table.declare(entry, family);
    }
    table.check_places(disk, 0);
    Some(table)
}
