//! The checksums of superblocks.

use crc::{Algorithm, CRC_32_ISCSI, Crc};

static CRC32C: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// LVM's: the polynomial of Ethernet, but an initial value of its own and no inversion at the end.
static LVM: Crc<u32> = Crc::<u32>::new(&Algorithm {
    width: 32,
    poly: 0x04c1_1db7,
    init: 0xf597_a6cf_u32.reverse_bits(),
    refin: true,
    refout: true,
    xorout: 0,
    check: 0,
    residue: 0,
});

/// CRC-32C over the parts, one after the other.
pub(super) fn crc32c(parts: &[&[u8]]) -> u32 {
    let mut digest = CRC32C.digest();
    for part in parts {
        digest.update(part);
    }
    digest.finalize()
}

/// LVM's CRC over the parts, one after the other.
pub(super) fn lvm(parts: &[&[u8]]) -> u32 {
    let mut digest = LVM.digest();
    for part in parts {
        digest.update(part);
    }
    digest.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_check_values() {
        assert_eq!(crc32c(&[b"1234", b"56789"]), 0xe306_9283, "RFC 3720, B.4");
        // LVM's table-driven routine, written out bit by bit.
        let slow = b"LVM2 001".iter().fold(0xf597_a6cf_u32, |crc, byte| {
            (0..8)
                .fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
        });
        assert_eq!(lvm(&[b"LVM2", b" 001"]), slow);
    }
}
