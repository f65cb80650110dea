//! The hard disk footer: the identity of an image.

use super::{Creator, FOOTER_BYTES, FOOTER_CHECKSUM, Geometry, HEADER_OFFSET, NOWHERE, VERSION_1_0};
use crate::checksum;
use crate::disk::SECTOR;
use crate::record::Record;
use crate::time;
use crate::uuid::Uuid;

/// The disk type in a footer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All bytes of the guest are there.
    Fixed = 2,
    /// Blocks are there once they were written.
    Dynamic = 3,
    /// Blocks hold what differs from a parent.
    Differencing = 4,
}

/// What a footer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footer {
    /// Fixed, dynamic or differencing.
    pub kind: Kind,
    /// Size of the guest's disk in bytes when it was made.
    pub original_size: u64,
    /// Its size now.
    pub size: u64,
    /// Who wrote it.
    pub creator: Creator,
    /// Its own id.
    pub id: Uuid,
    /// When it was made, in seconds since 2000.
    pub timestamp: u32,
    /// What the guest's BIOS is told.
    pub geometry: Geometry,
    /// XenServer hides it: a base that others stand on.
    pub hidden: bool,
}

impl Footer {
    /// A footer as a product writes it today: its geometry, made at the samples' moment.
    pub fn new(kind: Kind, size: u64, creator: Creator, id: Uuid) -> Self {
        Self {
            kind,
            original_size: size,
            size,
            creator,
            id,
            timestamp: time::SINCE_2000,
            geometry: creator.geometry(size / SECTOR),
            hidden: false,
        }
    }

    /// The 512 bytes, checksum included.
    pub fn to_bytes(&self) -> Vec<u8> {
        let data_offset = if self.kind == Kind::Fixed { NOWHERE } else { HEADER_OFFSET };
        let record = Record::new(FOOTER_BYTES as usize)
            .put(0, "conectix")
            .be32(8, 2) // features: the reserved bit, always set
            .be32(12, VERSION_1_0)
            .be64(16, data_offset)
            .be32(24, self.timestamp)
            .put(28, self.creator.application)
            .be32(32, self.creator.version)
            .put(36, self.creator.host)
            .be64(40, self.original_size)
            .be64(48, self.size)
            .be16(56, self.geometry.cylinders)
            .u8(58, self.geometry.heads)
            .u8(59, self.geometry.sectors)
            .be32(60, self.kind as u32)
            .put(68, self.id.bytes())
            .u8(85, self.hidden.into());
        let sum = checksum::vhd(record.bytes());
        record.be32(FOOTER_CHECKSUM, sum).into_bytes()
    }
}
