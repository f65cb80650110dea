//! The checksums of tables and superblocks.

use crc::{CRC_16_XMODEM, CRC_32_ISCSI, CRC_32_ISO_HDLC, CRC_64_WE, Crc};

static CRC16: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);
static CRC32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
static CRC32C: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);
static CRC64: Crc<u64> = Crc::<u64>::new(&CRC_64_WE);

/// CRC-16 of UDF's tags.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    CRC16.checksum(bytes)
}

/// CRC-32 as zlib computes it, over the parts, one after the other.
pub(crate) fn crc32(parts: &[&[u8]]) -> u32 {
    !crc32_from(u32::MAX, parts)
}

/// The same from a starting value, without inversion at the end.
pub(crate) fn crc32_from(start: u32, parts: &[&[u8]]) -> u32 {
    continued(&CRC32, start, parts)
}

/// CRC-32C over the parts, one after the other.
pub(crate) fn crc32c(parts: &[&[u8]]) -> u32 {
    !crc32c_from(u32::MAX, parts)
}

/// The same from a starting value, without inversion at the end.
pub(crate) fn crc32c_from(start: u32, parts: &[&[u8]]) -> u32 {
    continued(&CRC32C, start, parts)
}

fn continued(crc: &'static Crc<u32>, start: u32, parts: &[&[u8]]) -> u32 {
    let mut digest = crc.digest_with_initial(start.reverse_bits());
    for part in parts {
        digest.update(part);
    }
    !digest.finalize()
}

/// CRC-64 of bcache and bcachefs.
pub(crate) fn crc64(bytes: &[u8]) -> u64 {
    CRC64.checksum(bytes)
}

/// LVM's CRC over the parts, one after the other: an initial value of its own, and no inversion at the end.
pub(crate) fn lvm(parts: &[&[u8]]) -> u32 {
    crc32_from(0xf597_a6cf, parts)
}

/// The sum of all little-endian words of 32 bits; bytes behind the last whole one count as a shorter word.
pub(crate) fn sum_words(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<4>();
    let sum: u64 = words.iter().map(|word| u64::from(u32::from_le_bytes(*word))).sum();
    sum + rest.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Fletcher's checksum as APFS uses it.
pub(crate) fn fletcher64(bytes: &[u8]) -> u64 {
    const MODULUS: u64 = 0xffff_ffff;
    let (mut low, mut high) = (0_u64, 0_u64);
    for word in bytes.as_chunks::<4>().0 {
        low = (low + u64::from(u32::from_le_bytes(*word))) % MODULUS;
        high = (high + low) % MODULUS;
    }
    let first = MODULUS - (low + high) % MODULUS;
    let second = MODULUS - (low + first) % MODULUS;
    second << 32 | first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_check_values() {
        assert_eq!(crc16(b"123456789"), 0x31c3, "CRC catalogue: XMODEM");
        assert_eq!(crc32(&[b"1234", b"56789"]), 0xcbf4_3926, "CRC catalogue: ISO-HDLC");
        assert_eq!(!crc32_from(0, &[b"123456789"]), !0x2dfd_2d88, "no inversion at either end");
        assert_eq!(crc32c(&[b"1234", b"56789"]), 0xe306_9283, "RFC 3720, B.4");
        assert_eq!(crc64(b"123456789"), 0x62ec_59e3_f1a4_f00a, "CRC catalogue: WE");
        // LVM's table-driven routine, written out bit by bit.
        let slow = |start: u32, poly: u32| {
            b"LVM2 001".iter().fold(start, |crc, byte| {
                (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { poly } else { 0 })
            })
        };
        assert_eq!(lvm(&[b"LVM2", b" 001"]), slow(0xf597_a6cf, 0xedb8_8320));
        assert_eq!(crc32_from(0xf2f5_2010, &[b"LVM2 001"]), slow(0xf2f5_2010, 0xedb8_8320));
        assert_eq!(crc32c_from(0x1234_5678, &[b"LVM2 001"]), slow(0x1234_5678, 0x82f6_3b78));
    }

    #[test]
    fn sums() {
        assert_eq!(sum_words(&[1, 0, 0, 0, 255, 255, 255, 255, 2, 1]), 0x1_0000_0000 + 0x102);
        // Worked out by hand: both sums are 1, so the halves are -2 and -(1 - 2) modulo 2^32 - 1.
        assert_eq!(fletcher64(&[1, 0, 0, 0]), 0x1_ffff_fffd);
    }
}
