//! The attributes of GPT partitions: three bits that mean the same for all types, and sixteen that each type uses as it
//! likes.

use crate::partition::types;
use crate::structure::Guid;

/// Attribute of the partition that a BIOS loader starts.
pub(super) const LEGACY_BOOT: u64 = 1 << 2;

/// Attribute bits that mean nothing yet: 3 to 47.
pub(super) const RESERVED: u64 = 0x0000_ffff_ffff_fff8;

/// Bits that every type has.
const COMMON: &[(u32, &str)] =
    &[(0, "required by the platform"), (1, "no block I/O protocol"), (2, "legacy BIOS bootable")];

/// Bits of Windows' types.
const WINDOWS: &[(u32, &str)] =
    &[(60, "read-only"), (61, "shadow copy"), (62, "hidden"), (63, "no drive letter")];

/// Bits of Linux' types, by the Discoverable Partitions Specification.
const LINUX: &[(u32, &str)] = &[(59, "grow the file system"), (60, "read-only"), (63, "no automatic mount")];

/// Bits that FreeBSD's boot code looks at.
const FREEBSD: &[(u32, &str)] = &[(57, "boot failed"), (58, "boot once"), (59, "boot from here")];

const CHROMEOS_KERNEL: u128 = 0xfe3a2a5d_4f32_41a7_b725_accc3285a309;

/// The attributes in words; a bit that has none by its number.
pub(super) fn words(type_guid: &[u8], attributes: u64) -> Vec<String> {
    let Some(guid) = Guid::from_bytes(type_guid) else { return Vec::new() };
    let name = types::gpt_name(guid).unwrap_or_default();
    let own = match name.split_whitespace().next() {
        Some("Microsoft" | "Windows") => WINDOWS,
        Some("Linux") => LINUX,
        Some("FreeBSD") => FREEBSD,
        _ => &[],
    };
    let mut rest = attributes;
    let mut words = Vec::new();
    for (bit, word) in COMMON.iter().chain(own) {
        if rest & 1 << bit != 0 {
            words.push((*word).to_owned());
            rest &= !(1 << bit);
        }
    }
    if guid.number() == CHROMEOS_KERNEL {
        let (priority, tries, successful) = (rest >> 48 & 0xf, rest >> 52 & 0xf, rest >> 56 & 1);
        words.push(format!("priority {priority}"));
        words.push(format!("{tries} tries left"));
        if successful != 0 {
            words.push("started successfully".into());
        }
        rest &= !(0x1ff << 48);
    }
    words.extend((0..64).filter(|bit| rest & 1 << bit != 0).map(|bit| format!("bit {bit}")));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_mean_what_the_type_has_them_mean() {
        let of = |guid: u128, attributes| words(&uuid::Uuid::from_u128(guid).to_bytes_le(), attributes);
        let data = 0xebd0a0a2_b9e5_4433_87c0_68b6b72699c7;
        assert_eq!(of(data, 1 << 63 | 1), ["required by the platform", "no drive letter"]);
        let linux = 0x0fc63daf_8483_4772_8e79_3d69d8477de4;
        assert_eq!(of(linux, 1 << 59 | 1 << 48), ["grow the file system", "bit 48"]);
        assert_eq!(
            of(CHROMEOS_KERNEL, 0x01f2 << 48),
            ["priority 2", "15 tries left", "started successfully"]
        );
        assert!(of(0, 0).is_empty());
    }
}
