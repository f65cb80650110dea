//! The checksums that disk structures carry.

use crc::{Algorithm, CRC_32_ISCSI, CRC_32_ISO_HDLC, Crc};

/// CRC-32 as zlib computes it: GPT headers and partition arrays.
pub fn crc32(bytes: &[u8]) -> u32 {
    const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    CRC.checksum(bytes)
}

/// CRC-32C (Castagnoli): XFS and Btrfs metadata.
pub fn crc32c(bytes: &[u8]) -> u32 {
    const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);
    CRC.checksum(bytes)
}

/// LVM2's own variety of CRC-32: the zlib polynomial with a start value of its own and no final inversion.
pub fn lvm(bytes: &[u8]) -> u32 {
    const LVM: Algorithm<u32> = Algorithm {
        // The crate wants the start value of a reflected CRC in normal bit order.
        init: 0xf597_a6cf_u32.reverse_bits(),
        xorout: 0,
        ..CRC_32_ISO_HDLC
    };
    const CRC: Crc<u32> = Crc::<u32>::new(&LVM);
    CRC.checksum(bytes)
}

/// F2FS' variety: the same polynomial, the magic number as start value, and no final inversion.
pub fn f2fs(bytes: &[u8]) -> u32 {
    const F2FS: Algorithm<u32> =
        Algorithm { init: 0xf2f5_2010_u32.reverse_bits(), xorout: 0, ..CRC_32_ISO_HDLC };
    const CRC: Crc<u32> = Crc::<u32>::new(&F2FS);
    CRC.checksum(bytes)
}

/// VHD's checksum: all bytes added up, then inverted. The field itself counts as zero.
pub fn vhd(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(0, |sum: u32, &byte| sum.wrapping_add(u32::from(byte)))
}

/// exFAT's 32-bit checksum: rotate right by one, add the next byte. Serves the boot region and the upper-case table.
pub fn exfat(bytes: impl IntoIterator<Item = u8>) -> u32 {
    bytes.into_iter().fold(0, |sum: u32, byte| sum.rotate_right(1).wrapping_add(u32::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values that CRC catalogues list: the checksum of the digits 1 to 9.
    #[test]
    fn catalogue_values() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn sums() {
        assert_eq!(vhd(&[0; 512]), 0xffff_ffff);
        assert_eq!(vhd(&[0xff; 512]), 0xfffe_01ff);
        assert_eq!(exfat([1, 0]), 0x8000_0000);
        assert_eq!(exfat([2, 3]), 4);
    }
}
