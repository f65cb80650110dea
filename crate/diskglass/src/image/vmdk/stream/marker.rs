//! Markers: what stands in front of everything in a stream, always at the beginning of a sector.

use super::super::header::SECTOR;

/// Bytes of the marker in front of a compressed grain; the data follows at once.
pub(in crate::image::vmdk) const GRAIN_MARKER: u64 = Marker::DATA as u64;

/// A marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::image::vmdk) enum Marker {
    /// A compressed grain.
    Grain {
        /// Its first sector on the disk.
        lba: u64,
        /// Bytes of compressed data.
        size: u32,
    },
    /// Something else.
    Metadata {
        /// Which kind, as stored.
        kind: u32,
        /// Sectors that follow.
        sectors: u64,
    },
}

impl Marker {
    /// Bytes that tell a marker.
    pub(in crate::image::vmdk) const LENGTH: usize = 16;

    /// Where the data of a grain begins.
    pub(in crate::image::vmdk) const DATA: usize = 12;

    /// The end of the stream.
    pub(super) const END: u32 = 0;
    /// A grain table follows.
    pub(super) const TABLE: u32 = 1;
    /// The grain directory follows.
    pub(super) const DIRECTORY: u32 = 2;
    /// The footer follows.
    pub(super) const FOOTER: u32 = 3;
    /// Written by some exports of vSphere; open-vmdk calls it "progress".
    pub(super) const PROGRESS: u32 = 4;

    /// The marker that begins with these bytes.
    pub(in crate::image::vmdk) fn decode(bytes: [u8; Self::LENGTH]) -> Self {
        let [v0, v1, v2, v3, v4, v5, v6, v7, s0, s1, s2, s3, k0, k1, k2, k3] = bytes;
        let value = u64::from_le_bytes([v0, v1, v2, v3, v4, v5, v6, v7]);
        match u32::from_le_bytes([s0, s1, s2, s3]) {
            0 => Self::Metadata { kind: u32::from_le_bytes([k0, k1, k2, k3]), sectors: value },
            size => Self::Grain { lba: value, size },
        }
    }

    /// Bytes from the beginning of a grain's marker to what follows the grain.
    pub(super) fn grain_extent(size: u32) -> u64 {
        (GRAIN_MARKER + u64::from(size)).next_multiple_of(SECTOR)
    }

    /// What a kind is called.
    pub(super) fn name(kind: u32) -> &'static str {
        match kind {
            Self::END => "end of stream",
            Self::TABLE => "grain table",
            Self::DIRECTORY => "grain directory",
            Self::FOOTER => "footer",
            Self::PROGRESS => "progress",
            _ => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_tells_grains_from_the_rest() {
        let mut bytes = [0; 16];
        assert_eq!(Marker::decode(bytes), Marker::Metadata { kind: Marker::END, sectors: 0 });
        bytes[0] = 4;
        bytes[12] = 1;
        assert_eq!(Marker::decode(bytes), Marker::Metadata { kind: Marker::TABLE, sectors: 4 });
        bytes[8..10].copy_from_slice(&[0x3c, 1]);
        assert_eq!(Marker::decode(bytes), Marker::Grain { lba: 4, size: 316 });
        assert_eq!((Marker::grain_extent(500), Marker::grain_extent(501)), (512, 1024));
    }
}
