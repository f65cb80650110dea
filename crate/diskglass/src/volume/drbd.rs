//! DRBD, devices that are mirrored over the network.

use super::found::Found;
use super::limited::Limited;
use super::{State, rules};
use crate::structure;
use crate::structure::Show;

structure! {
    /// DRBD metadata: the last 4096 bytes of the device. Fields between are other ones in versions 8 and 9.
    pub struct Metadata("drbd.metadata", "DRBD metadata", 84, Big) {
        /// Sectors of the device, as last agreed on.
        0 => sectors: u64, Show::Sectors;
        /// Generation of the data.
        8 => generation: u64, Show::Hex;
        /// Older generations.
        16 => history: [u8; 24], Show::Raw;
        /// Version 8: identity of the device.
        40 => device_8: u64, Show::Hex;
        /// Version 9: identity of the device.
        48 => device_9: u64, Show::Hex;
        /// Flags.
        56 => flags: u32, Show::Flags(&[(1, "consistent"), (2, "primary"), (4, "was connected"), (8, "full sync"), (0x10, "peer out of date"), (0x20, "was up to date"), (0x40, "peer out of date"), (0x80, "crashed primary"), (0x100, "activity log clean"), (0x200, "activity log disabled")]);
        /// Tells the version.
        60 => magic: u32, Show::Hex;
        /// Sectors of the metadata.
        64 => metadata_sectors: u32, Show::Sectors;
        /// Sectors from here to the activity log.
        68 => log_offset: u32, Show::Hex;
        /// Extents in the activity log.
        72 => log_extents: u32, Show::Decimal;
        /// Sectors from here to the bitmap.
        76 => bitmap_offset: u32, Show::Hex;
        /// Bytes per bit of the bitmap.
        80 => bytes_per_bit: u32, Show::Bytes;
    }
}

const FROM_END: u64 = 4096;
const VERSION_8: u32 = 0x8374_026b;
const VERSION_84_UNCLEAN: u32 = 0x8374_026c;
const VERSION_9: u32 = 0x8374_026d;
const BYTES_PER_BIT: u32 = 4096;
/// Smaller devices are not looked at, as by libblkid.
const SMALLEST_BYTES: u64 = 64 << 10;

/// Recognises DRBD devices.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let offset = volume.size().checked_sub(FROM_END).filter(|_| volume.size() >= SMALLEST_BYTES)?;
    let bytes = volume.read(offset, Metadata::LENGTH)?;
    let metadata = Metadata::decode(&bytes).filter(|metadata| metadata.bytes_per_bit == BYTES_PER_BIT)?;
    let (version, device) = match metadata.magic {
        VERSION_8 | VERSION_84_UNCLEAN => ("v08", metadata.device_8),
        VERSION_9 => ("v09", metadata.device_9),
        _ => return None,
    };
    let mut found = Found::new("drbd", volume.node(&Metadata::LAYOUT, key, offset, &bytes)).version(version);
    found.volume.uuid = Some(format!("{device:x}"));
    found.state(if metadata.magic == VERSION_84_UNCLEAN { State::Dirty } else { State::Clean });
    found.add(&rules::INCOMPLETE_SET, "device_8", "it is one of the copies that DRBD keeps in step");
    Some(found)
}
