//! VMFS, the file system of ESXi, and the devices that its volumes are made of.

use super::found::{Found, When};
use super::limited::Limited;
use super::{Content, Extent, Volume, rules, text};
use crate::structure;
use crate::structure::Show;

structure! {
    /// VMFS device header: at 1 MiB of the partition. It describes the device, and its share of a volume.
    pub struct Device("vmfs.device", "VMFS device header", 214, Little) {
        /// Always 0xc001d00d.
        0x00 => magic: u32, Show::Hex;
        /// Version of the volume manager: 3, 5, 6.
        0x04 => major: u32, Show::Decimal;
        /// Minor version.
        0x08 => minor: u32, Show::Decimal;
        /// Kind of the disk's identity, its length, and the LUN.
        0x0c => disk_id: [u8; 6], Show::Raw;
        /// Name of the disk: vendor, model and revision.
        0x12 => name: [u8; 28], Show::Ascii;
        /// Identity of the disk.
        0x2e => disk_name: [u8; 44], Show::Raw;
        /// Bytes per sector.
        0x5a => sector_bytes: u32, Show::Bytes;
        /// Bytes of the device.
        0x5e => size: u64, Show::Bytes;
        /// Volumes.
        0x66 => volumes: u32, Show::Decimal;
        /// Extents of the volume on this device.
        0x6a => extents: u32, Show::Decimal;
        /// Last one.
        0x6e => last_extent: u32, Show::Decimal;
        /// Number of the last change.
        0x72 => generation: u64, Show::Decimal;
        /// Where the volume's bytes start on this device.
        0x7a => data_offset: u64, Show::Offset;
        /// Identity of the device.
        0x82 => uuid: [u8; 16], Show::With(uuid);
        /// When it was made, in microseconds since 1970.
        0x92 => created: u64, Show::With(show_microseconds);
        /// When it was last changed.
        0x9a => modified: u64, Show::With(show_microseconds);
        /// Who holds it.
        0xa2 => locked_by: [u8; 16], Show::With(uuid);
        /// Since when.
        0xb2 => locked: u64, Show::With(show_microseconds);
        /// Where extents are listed.
        0xba => maps: [u8; 16], Show::Raw;
        /// Version 6: where the description of the volume is, counted from here.
        0xca => volume_offset: u32, Show::Hex;
        /// Version 6: extents, and flags.
        0xce => more: [u8; 8], Show::Raw;
    }
}

structure! {
    /// VMFS volume description: which volume the device is a part of.
    pub struct Description("vmfs.volume", "VMFS volume description", 148, Little) {
        /// Bytes of the volume.
        0x00 => size: u64, Show::Bytes;
        /// Number of the last change.
        0x08 => generation: u64, Show::Decimal;
        /// State.
        0x10 => state: u32, Show::Names(&[(0, "invalid"), (1, "normal"), (2, "new signature pending"), (3, "new signature written")]);
        /// Identity of the volume, as text.
        0x14 => uuid_text: [u8; 64], Show::Ascii;
        /// Identity of the volume.
        0x54 => uuid: [u8; 16], Show::With(uuid);
        /// Number of the snapshot.
        0x64 => snapshot: u32, Show::Decimal;
        /// When it was made, in microseconds since 1970.
        0x68 => created: u64, Show::With(show_microseconds);
        /// Number of the volume.
        0x70 => number: u32, Show::Decimal;
        /// Extents on this device.
        0x74 => extents: u32, Show::Decimal;
        /// First extent of the volume on this device.
        0x78 => first_extent: u64, Show::Decimal;
        /// Last one.
        0x80 => last_extent: u64, Show::Decimal;
        /// When it was last changed.
        0x88 => modified: u64, Show::With(show_microseconds);
        /// Devices of the volume.
        0x90 => devices: u32, Show::Decimal;
    }
}

structure! {
    /// VMFS file system header: at 2 MiB of the volume.
    pub struct FileSystem("vmfs.file-system", "VMFS file system header", 237, Little) {
        /// Always 0x2fabf15e.
        0x00 => magic: u32, Show::Hex;
        /// Version, major: 14 for VMFS 5, 24 for VMFS 6.
        0x04 => major: u32, Show::Decimal;
        /// Version, minor.
        0x08 => minor: u8, Show::Decimal;
        /// Identity of the file system.
        0x09 => uuid: [u8; 16], Show::With(uuid);
        /// Settings.
        0x19 => config: u32, Show::Hex;
        /// Label.
        0x1d => label: [u8; 128], Show::With(text::show_label);
        /// Bytes per sector.
        0x9d => sector_bytes: u32, Show::Bytes;
        /// Bytes per block.
        0xa1 => block_size: u64, Show::Bytes;
        /// When it was made.
        0xa9 => created: u32, Show::With(text::show_time);
        /// Number of the snapshot.
        0xad => snapshot: u32, Show::Decimal;
        /// Volume that it lies in.
        0xb1 => volume: [u8; 32], Show::Raw;
        /// Where the file descriptors are, and how large sub-blocks are.
        0xd1 => layout: [u8; 28], Show::Raw;
    }
}

const DEVICE_AT: u64 = 1 << 20;
const DEVICE_MAGIC: [u8; 4] = 0xc001_d00d_u32.to_le_bytes();
/// Where the volume is described in versions before 6, counted from the device header.
const DESCRIPTION_AT: u64 = 512;
const FILE_SYSTEM_AT: u64 = 2 << 20;
const FILE_SYSTEM_MAGIC: [u8; 4] = 0x2fab_f15e_u32.to_le_bytes();
/// Characters of an identity as text.
const UUID_CHARS: usize = 35;

fn show_microseconds(bytes: &[u8]) -> String {
    match microseconds(bytes.try_into().map_or(0, u64::from_le_bytes)) {
        0 => "never".into(),
        seconds => structure::utc(seconds),
    }
}

fn microseconds(time: u64) -> i64 {
    i64::try_from(time / 1_000_000).unwrap_or(i64::MAX)
}

/// The first groups are little-endian.
fn uuid(bytes: &[u8]) -> String {
    let group = |from: usize, to: usize| {
        let mut bytes = bytes.get(from..to).unwrap_or_default().to_vec();
        bytes.reverse();
        text::hex(&bytes)
    };
    let last = bytes.get(10..).unwrap_or_default();
    format!("{}-{}-{}-{}", group(0, 4), group(4, 8), group(8, 10), text::hex(last))
}

/// Recognises devices of VMFS volumes.
pub(super) fn read_device(volume: &Limited, key: &str) -> Option<Found> {
    if !volume.holds(DEVICE_AT, &DEVICE_MAGIC) {
        return None;
    }
    let bytes = volume.read(DEVICE_AT, Device::LENGTH)?;
    let device = Device::decode(&bytes)?;
    let node = volume.node(&Device::LAYOUT, key, DEVICE_AT, &bytes);
    let mut found = Found::new("VMFS_volume_member", node).version(device.major.to_string());
    found.volume.device_uuid = Some(uuid(&device.uuid));
    found.time(When::Created, "created", microseconds(device.created));
    found.time(When::Written, "modified", microseconds(device.modified));
    found.fact("Disk", structure::ascii(&device.name));
    let at = DEVICE_AT + if device.major >= 6 { device.volume_offset.into() } else { DESCRIPTION_AT };
    if let Some(bytes) = volume.read(at, Description::LENGTH)
        && let Some(description) = Description::decode(&bytes)
    {
        found.volume.uuid = description.uuid_text.get(..UUID_CHARS).and_then(text::label);
        // blkid looks for it where versions before 6 have it.
        if device.major >= 6 {
            found.fact("Volume", uuid(&description.uuid));
            found.volume.uuid = volume
                .read(DEVICE_AT + DESCRIPTION_AT + 0x14, UUID_CHARS)
                .and_then(|text| text::label(&text));
        }
        let node = volume.node(&Description::LAYOUT, key, at, &bytes);
        found.add_node(node);
        let devices = u64::from(description.devices);
        if (2..=32).contains(&devices) {
            found.member("volumes", devices, format!("one of the {devices} devices of the volume"));
        }
        if description.first_extent == 0 {
            read_inside(volume, key, &mut found, device.data_offset, description.size);
        }
    }
    Some(found)
}

/// The file system in the volume that starts on this device.
fn read_inside(volume: &Limited, key: &str, found: &mut Found, start: u64, size: u64) {
    let Some((inner, node)) = start.checked_add(FILE_SYSTEM_AT).and_then(|at| file_system(volume, key, at))
    else {
        return;
    };
    let length = size.min(volume.size().saturating_sub(start));
    found.volume.contents.push(Content {
        name: inner.label.clone().unwrap_or_default(),
        id: inner.uuid.clone(),
        layout: Some("linear".into()),
        size_bytes: crate::report::exact(size),
        extents: vec![Extent { start: 0, device_offset: start, length }],
        complete: length == size,
        volume: Some(Box::new(inner)),
    });
    found.add_node(node);
}

fn file_system(volume: &Limited, key: &str, offset: u64) -> Option<(Volume, structure::Node)> {
    let found = read_at(volume, key, offset)?.finish();
    Some((found.volume?, found.nodes.into_iter().next()?))
}

fn read_at(volume: &Limited, key: &str, offset: u64) -> Option<Found> {
    if !volume.holds(offset, &FILE_SYSTEM_MAGIC) {
        return None;
    }
    let bytes = volume.read(offset, FileSystem::LENGTH)?;
    let header = FileSystem::decode(&bytes)?;
    let mut found = Found::new("VMFS", volume.node(&FileSystem::LAYOUT, key, offset, &bytes))
        .version(header.minor.to_string());
    found.volume.label = text::label(&header.label);
    found.volume.uuid = Some(uuid(&header.uuid));
    found.time(When::Created, "created", header.created.into());
    let generation = match header.major {
        24.. => 6,
        14.. => 5,
        _ => 3,
    };
    found.fact("VMFS", format!("{generation}.{}", header.minor));
    if header.block_size.is_power_of_two() && header.block_size <= 1 << 30 {
        found.volume.block_bytes = Some(header.block_size);
    } else {
        let detail = format!("it is {}, which is no power of two", header.block_size);
        found.add(&rules::IMPLAUSIBLE, "block_size", detail);
    }
    Some(found)
}

/// Recognises VMFS.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    read_at(volume, key, FILE_SYSTEM_AT)
}
