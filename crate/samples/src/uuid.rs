//! UUIDs, and the two orders in which disks store them.

use std::fmt;

/// A UUID written as one number, so that it reads as its text form:
///
/// ```
/// use diskglass_samples::uuid::Uuid;
///
/// let esp = Uuid(0xc12a7328_f81f_11d2_ba4b_00a0c93ec93b);
/// assert_eq!(esp.to_string(), "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
/// assert_eq!(esp.mixed()[..4], [0x28, 0x73, 0x2a, 0xc1]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uuid(pub u128);

impl Uuid {
    /// The bytes in the order of the text: VHD, and every Unix file system.
    pub const fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The bytes with the first three groups little-endian, as Microsoft and UEFI store a GUID: GPT.
    pub fn mixed(self) -> [u8; 16] {
        let mut bytes = self.bytes();
        bytes[..4].reverse();
        bytes[4..6].reverse();
        bytes[6..8].reverse();
        bytes
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}
