//! The Apple partition map: a descriptor of the drive in the first block, then a block for each partition, the map
//! itself among them. Big-endian.

use super::disk::{Disk, SECTOR};
use super::labels::text;
use super::model::{Entry, EntryRole};
use super::rules;
use super::table::{Faults, Table};
use super::types::Family;
use crate::finding::Finding;
use crate::limits;
use crate::structure::{Node, Show, size_text};

crate::structure! {
    /// The first block: the size of the blocks and of the disk, and the drivers that an old Macintosh loads.
    pub struct DriverDescriptor("apm.driver", "Driver descriptor map", 512, Big) {
        /// Always `ER`.
        0 => signature: [u8; 2], Show::Ascii;
        /// Bytes of a block.
        2 => block_size: u16, Show::Bytes;
        /// Blocks of the disk.
        4 => block_count: u32, Show::Decimal;
        /// Kind of device.
        8 => device_type: u16, Show::Decimal;
        /// Number of the device.
        10 => device_id: u16, Show::Decimal;
        /// For the driver.
        12 => driver_data: u32, Show::Hex;
        /// Drivers that follow.
        16 => driver_count: u16, Show::Decimal;
        /// First block, size and system of each driver. Hybrid images have boot code of a PC here.
        18 => drivers: [u8; 494], Show::Raw;
    }
}

crate::structure! {
    /// A partition: its blocks, its name, and what it is for.
    pub struct MapEntry("apm.entry", "Partition map entry", 136, Big) {
        /// Always `PM`.
        0 => signature: [u8; 2], Show::Ascii;
        /// Zero.
        2 => reserved: [u8; 2], Show::Reserved;
        /// Entries of the whole map, the same in all of them.
        4 => map_entries: u32, Show::Decimal;
        /// First block.
        8 => first_block: u32, Show::Decimal;
        /// Blocks.
        12 => block_count: u32, Show::Decimal;
        /// Name.
        16 => name: [u8; 32], Show::Ascii;
        /// What it is for.
        48 => type_name: [u8; 32], Show::Ascii;
        /// First block of its data, counted from the partition.
        80 => first_data_block: u32, Show::Decimal;
        /// Blocks of its data.
        84 => data_blocks: u32, Show::Decimal;
        /// What may be done with it.
        88 => status: u32, Show::Flags(STATUS);
        /// First block of its boot code, counted from the partition.
        92 => first_boot_block: u32, Show::Decimal;
        /// Bytes of its boot code.
        96 => boot_size: u32, Show::Bytes;
        /// Where the boot code is loaded to, and where it begins.
        100 => boot_address: [u8; 16], Show::Raw;
        /// Checksum of the boot code.
        116 => boot_checksum: u32, Show::Hex;
        /// Processor that the boot code is for.
        120 => processor: [u8; 16], Show::Ascii;
    }
}

const STATUS: &[(u64, &str)] = &[
    (1, "valid"),
    (1 << 1, "allocated"),
    (1 << 2, "in use"),
    (1 << 3, "bootable"),
    (1 << 4, "readable"),
    (1 << 5, "writable"),
    (1 << 6, "position-independent boot code"),
    (1 << 8, "chain-compatible driver"),
    (1 << 9, "real driver"),
    (1 << 10, "can chain to the next driver"),
    (1 << 30, "mounted at startup"),
    (1 << 31, "startup partition"),
];

/// Signature of an entry. Before System 7, maps with `TS` existed too; nothing reads them any more.
const ENTRY: [u8; 2] = *b"PM";

/// What the words of usual types mean, and whether a volume may be inside.
const TYPES: &[(&str, &str, bool)] = &[
    ("Apple_partition_map", "Partition map", false),
    ("Apple_Driver", "Driver", false),
    ("Apple_Driver43", "SCSI driver", false),
    ("Apple_Driver43_CD", "CD driver", false),
    ("Apple_Driver_ATA", "ATA driver", false),
    ("Apple_Driver_ATAPI", "ATAPI driver", false),
    ("Apple_Driver_IOKit", "IOKit driver", false),
    ("Apple_FWDriver", "FireWire driver", false),
    ("Apple_Patches", "Patches", false),
    ("Apple_MDFW", "Firmware", false),
    ("Apple_Free", "Unused", false),
    ("Apple_Void", "Unused", false),
    ("Apple_Extra", "Unused", false),
    ("Apple_Scratch", "Scratch", true),
    ("Apple_HFS", "HFS or HFS+", true),
    ("Apple_HFSX", "HFSX", true),
    ("Apple_APFS", "APFS", true),
    ("Apple_MFS", "MFS", true),
    ("Apple_UFS", "UFS", true),
    ("Apple_PRODOS", "ProDOS", true),
    ("Apple_RAID", "RAID", true),
    ("Apple_UNIX_SVR2", "Unix (A/UX or Linux)", true),
    ("Apple_Boot", "Boot", true),
    ("Apple_Bootstrap", "New World boot", true),
    ("Apple_Loader", "Secondary loader", true),
    ("Be_BFS", "BFS", true),
    ("DOS_FAT_12", "FAT12", true),
    ("DOS_FAT_16", "FAT16", true),
    ("DOS_FAT_32", "FAT32", true),
    ("Windows_NTFS", "NTFS", true),
    ("CD_ROM_Mode_1", "CD data", true),
];

/// Reads the map.
pub(super) fn read(disk: &Disk) -> Option<Table> {
    let block = disk.read(0, SECTOR)?;
    let descriptor = DriverDescriptor::decode(&block).filter(|found| &found.signature == b"ER")?;
    let stated = u32::from(descriptor.block_size);
    let is_entry = |unit: u32| disk.read(unit.into(), 2).is_some_and(|start| start == ENTRY);
    // Where blocks have 2048 bytes, there may be a second map for drives that have blocks of 512.
    let unit = [stated, 512, 2048]
        .into_iter()
        .find(|unit| unit.is_power_of_two() && (512..=4096).contains(unit) && is_entry(*unit))?;
    let mut table = Table::new("apm", unit);
    table.usable = (1, disk.sectors(unit));
    let node = Node::of(&DriverDescriptor::LAYOUT, "apm.driver@0", &**disk.bytes(), 0, &block);
    check_size(disk, &descriptor, &node, &mut table);
    table.nodes.push(node);
    read_entries(disk, &mut table);
    table.check_places(disk, 0);
    Some(table)
}

/// Whether the descriptor's size is that of the disk.
fn check_size(disk: &Disk, descriptor: &DriverDescriptor, node: &Node, table: &mut Table) {
    let stated = u64::from(descriptor.block_size) * u64::from(descriptor.block_count);
    // isohybrid's boot code, which begins with the bytes of a descriptor, states none.
    if stated == 0 || disk.size().abs_diff(stated) < u64::from(table.sector_bytes) {
        return;
    }
    let detail = format!(
        "the descriptor says {} blocks of {} bytes, {} in all; the disk has {}",
        descriptor.block_count,
        descriptor.block_size,
        size_text(stated),
        size_text(disk.size())
    );
    let finding = Finding::new(&rules::labels::APM_SIZE, detail).expected(disk.size(), stated);
    table.add_unless_iso(disk, finding.field(node, "block_count"));
}

fn read_entries(disk: &Disk, table: &mut Table) {
    let unit = table.sector_bytes;
    let mut counts = Faults::new(&rules::labels::APM_COUNT, Some("map_entries"));
    let mut number = 1;
    let mut count = 1;
    while number <= count.min(limits::APPLE_MAP_ENTRIES) {
        let offset = u64::from(number) * u64::from(unit);
        let bytes = disk.read(offset, MapEntry::LENGTH).unwrap_or_default();
        let Some(found) = MapEntry::decode(&bytes).filter(|entry| entry.signature == ENTRY) else {
            let detail = format!("the map has {count} entries, but block {number} holds none");
            let place = crate::structure::span_at(&**disk.bytes(), offset, 2);
            let finding = Finding::new(&rules::labels::APM_BROKEN, detail);
            return table.findings.add(finding.on("apm.entry@1").place(place));
        };
        let key = format!("apm.entry@{number}");
        let kind = text(&found.type_name);
        let node = Node::of(&MapEntry::LAYOUT, &*key, &**disk.bytes(), offset, &bytes)
            .titled(format!("Entry {number}: {kind}"))
            .within("apm.driver@0");
        if number == 1 {
            count = found.map_entries;
            if count > limits::APPLE_MAP_ENTRIES {
                let read = limits::APPLE_MAP_ENTRIES;
                let detail = format!("the map has {count} entries; the first {read} were read");
                let finding = Finding::new(&rules::labels::APM_MANY, detail);
                table.findings.add(finding.field(&node, "map_entries"));
            }
        } else if found.map_entries != count {
            counts.hit(Some(&node), None, || {
                format!("entry {number} counts {} entries, the first one {count}", found.map_entries)
            });
        }
        table.nodes.push(node);
        let (first, blocks) = (found.first_block.into(), found.block_count.into());
        let mut entry = Entry::new(number, EntryRole::Partition, first, blocks);
        let known = TYPES.iter().find(|(word, _, _)| word.eq_ignore_ascii_case(&kind));
        entry.type_name = known.map(|(_, name, _)| (*name).into());
        let is_room = known.is_some_and(|(_, _, holds)| !holds);
        entry.type_id = kind;
        entry.name = Some(text(&found.name)).filter(|name| !name.is_empty());
        let set = STATUS.iter().filter(|(mask, _)| u64::from(found.status) & mask != 0);
        entry.attributes = set.map(|(_, name)| (*name).into()).collect();
        entry.active = found.status & 1 << 3 != 0;
        entry.structure = Some(key);
        table.declare(entry, if is_room { Family::Reserved } else { Family::Other });
        number += 1;
    }
    table.add_faults(counts);
}
