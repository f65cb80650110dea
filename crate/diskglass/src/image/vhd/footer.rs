//! The hard disk footer and what it says.

use super::creator::{self, SizeRule};
use super::geometry::Geometry;
use super::rules;
use crate::finding::{Finding, Findings};
use crate::structure;
use crate::structure::{Node, Show, ascii};

const DISK_TYPES: &[(u64, &str)] = &[
    (0, "none (0)"),
    (1, "reserved (1)"),
    (2, "fixed"),
    (3, "dynamic"),
    (4, "differencing"),
    (5, "reserved (5)"),
    (6, "reserved (6)"),
];

structure! {
    /// Hard disk footer: the last sector of every VHD. Images that grow keep a copy of it in their first sector, so that one can replace the other.
    pub struct Footer("vhd.footer", "Hard disk footer", 512, Big) {
        /// Always `conectix`, after the company that made the first Virtual PC.
        0 => cookie: [u8; 8], Show::Ascii;
        /// Bit 1 is always set. Bit 0 marks a temporary disk that may be deleted when its virtual machine shuts down.
        8 => features: u32, Show::Flags(&[(1, "temporary"), (2, "reserved, always set")]);
        /// Version of the file format: 1.0.
        12 => file_format_version: u32, Show::Version;
        /// Where the dynamic disk header lies. A fixed disk has none: all bits are set.
        16 => data_offset: u64, Show::Offset;
        /// When the image was made, in seconds since 2000-01-01 UTC.
        24 => time_stamp: u32, Show::Seconds2000;
        /// Four letters of the program that made the image. Readers go by it when the two sizes below differ.
        28 => creator_application: [u8; 4], Show::With(creator::describe);
        /// Version of that program, major and minor.
        32 => creator_version: u32, Show::Version;
        /// Where that program ran: `Wi2k` for Windows, `Mac ` for a Macintosh.
        36 => creator_host_os: [u8; 4], Show::With(host_os);
        /// Size of the disk when it was made; a later change of size leaves it alone.
        40 => original_size: u64, Show::Bytes;
        /// Size of the disk that the guest sees, for most products.
        48 => current_size: u64, Show::Bytes;
        /// Cylinders of the disk geometry. Cylinders x heads x sectors is the size for products that go by geometry.
        56 => cylinders: u16, Show::Decimal;
        /// Heads of the disk geometry.
        58 => heads: u8, Show::Decimal;
        /// Sectors per track of the disk geometry.
        59 => sectors_per_track: u8, Show::Decimal;
        /// What kind of image it is.
        60 => disk_type: u32, Show::Names(DISK_TYPES);
        /// One's complement of the sum of all bytes of the footer, these four taken as zero.
        64 => checksum: u32, Show::Hex;
        /// Identity of the image: a child names its parent by it.
        68 => unique_id: [u8; 16], Show::Uuid;
        /// 1 where the virtual machine is saved: its disk must not be changed then.
        84 => saved_state: u8, Show::Decimal;
        /// XenServer sets 1 on a base copy that it hides from its users; reserved for everybody else.
        85 => hidden: u8, Show::Decimal;
        /// Zero.
        86 => reserved: [u8; 426], Show::Reserved;
    }
}

fn host_os(bytes: &[u8]) -> String {
    match bytes {
        b"Wi2k" => "Wi2k: Windows".into(),
        b"Mac " => "Mac: Macintosh".into(),
        [0, 0, 0, 0] => "none".into(),
        other => ascii(other),
    }
}

/// Checksum of a footer or header: the one's complement of the sum of all bytes, the stored checksum (4 bytes at
/// `at`) taken as zero.
pub fn checksum(bytes: &[u8], at: usize) -> u32 {
    let sum = bytes
        .iter()
        .enumerate()
        .filter(|(index, _)| !(at..at + 4).contains(index))
        .fold(0_u32, |sum, (_, byte)| sum.wrapping_add((*byte).into()));
    !sum
}

impl Footer {
    /// Byte offset of the checksum in the footer.
    pub const CHECKSUM_AT: usize = 64;

    /// Whether the first bytes are a footer's; `v_poison` is how blktap disables an image.
    pub fn is_marked(bytes: &[u8]) -> bool {
        bytes.starts_with(b"conectix") || bytes.starts_with(b"v_poison")
    }

    /// Whether the stored checksum is right. Old XenServer tools hid an image without writing the checksum anew.
    pub fn is_intact(&self, bytes: &[u8]) -> bool {
        if checksum(bytes, Self::CHECKSUM_AT) == self.checksum {
            return true;
        }
        let old_xen =
            creator::is_xen(self.creator_application) && matches!(self.creator_version, 1 | 0x0001_0001);
        let added = u32::from(self.hidden);
        old_xen && added != 0 && checksum(bytes, Self::CHECKSUM_AT).wrapping_add(added) == self.checksum
    }

    /// The disk geometry.
    pub fn geometry(&self) -> Geometry {
        Geometry { cylinders: self.cylinders, heads: self.heads, sectors: self.sectors_per_track }
    }

    /// The word for its disk type in reports.
    pub fn variant(&self) -> &'static str {
        match self.disk_type {
            2 => "fixed",
            3 => "dynamic",
            4 => "differencing",
            _ => "unknown",
        }
    }

    /// Whether it describes an image with a header and a block allocation table.
    pub fn is_sparse(&self) -> bool {
        matches!(self.disk_type, 3 | 4)
    }

    /// The checks that need nothing but the footer.
    pub fn check(&self, node: &Node, findings: &mut Findings) {
        let mut add = |finding: Finding| findings.add(finding);
        if self.cookie == *b"v_poison" {
            add(Finding::new(&rules::POISONED, "the cookie is v_poison instead of conectix")
                .field(node, "cookie"));
        }
        if self.features & 2 == 0 {
            add(Finding::new(
                &rules::FEATURES_RESERVED,
                format!("features are 0x{:08x}, bit 1 is clear", self.features),
            )
            .field(node, "features"));
        }
        if self.features & !3 != 0 {
            add(Finding::new(&rules::FEATURES_UNKNOWN, format!("features are 0x{:08x}", self.features))
                .field(node, "features"));
        }
        if self.features & 1 != 0 {
            add(Finding::new(&rules::TEMPORARY, "bit 0 of the features is set").field(node, "features"));
        }
        let (major, minor) = (self.file_format_version >> 16, self.file_format_version & 0xffff);
        if major != 1 {
            add(Finding::new(&rules::VERSION, format!("the format version is {major}.{minor}"))
                .expected("1.0", format!("{major}.{minor}"))
                .field(node, "file_format_version"));
        } else if minor != 0 {
            add(Finding::new(&rules::VERSION_MINOR, format!("the format version is 1.{minor}"))
                .field(node, "file_format_version"));
        }
        if !creator::is_known(self.creator_application) {
            add(Finding::new(
                &rules::CREATOR_UNKNOWN,
                format!("the creator is {:?}", ascii(&self.creator_application)),
            )
            .field(node, "creator_application"));
        }
        if creator::is_xen(self.creator_application) && self.creator_version <= 1 {
            add(Finding::new(&rules::TAP_OLD, "XenServer's version is 0.1").field(node, "creator_version"));
        }
        if creator::is_xen(self.creator_application) && self.creator_version > 0x0001_0003 {
            let version = format!("{}.{}", self.creator_version >> 16, self.creator_version & 0xffff);
            add(Finding::new(&rules::TAP_VERSION, format!("XenServer's version is {version}"))
                .field(node, "creator_version"));
        }
        if self.original_size > self.current_size {
            add(Finding::new(
                &rules::SHRUNK,
                format!(
                    "the disk was made with {} bytes and now has {}",
                    self.original_size, self.current_size
                ),
            )
            .field(node, "original_size"));
        }
        if self.current_size == 0 {
            add(Finding::new(&rules::SIZE_ZERO, "the current size is 0").field(node, "current_size"));
        } else if !self.current_size.is_multiple_of(512) {
            add(Finding::new(
                &rules::SIZE_UNALIGNED,
                format!(
                    "the current size is {}: {} bytes beyond a sector",
                    self.current_size,
                    self.current_size % 512
                ),
            )
            .field(node, "current_size"));
        }
        if self.current_size > crate::report::MAX_EXACT {
            add(Finding::new(
                &rules::SIZE_ABSURD,
                format!("the current size is {} bytes", self.current_size),
            )
            .field(node, "current_size"));
        } else if self.is_sparse() && self.current_size > 2 << 40 {
            add(Finding::new(
                &rules::SIZE_BEYOND_TABLE,
                format!("the current size is {} bytes", self.current_size),
            )
            .field(node, "current_size"));
        } else if self.current_size > MAX_HYPER_V {
            add(Finding::new(
                &rules::SIZE_OVER_2040_GIB,
                format!("the current size is {} bytes", self.current_size),
            )
            .field(node, "current_size"));
        }
        self.check_geometry(node, &mut add);
        if !matches!(self.disk_type, 2..=4) {
            add(Finding::new(&rules::DISK_TYPE, format!("the disk type is {}", self.disk_type))
                .expected("2, 3 or 4", self.disk_type)
                .field(node, "disk_type"));
        }
        if self.unique_id == [0; 16] {
            add(Finding::new(&rules::ID_NULL, "all 16 bytes of the identity are zero")
                .field(node, "unique_id"));
        }
        match self.saved_state {
            0 => {}
            1 => {
                add(Finding::new(&rules::SAVED_STATE, "the saved-state byte is 1").field(node, "saved_state"));
            }
            other => {
                let detail = format!("the saved-state byte is {other}");
                add(Finding::new(&rules::SAVED_STATE_INVALID, detail)
                    .expected("0 or 1", other)
                    .field(node, "saved_state"));
            }
        }
        match (self.hidden, creator::is_xen(self.creator_application)) {
            (0, _) => {}
            (1, true) => add(Finding::new(&rules::HIDDEN, "byte 85 is 1").field(node, "hidden")),
            (other, _) => {
                add(Finding::new(&rules::HIDDEN_ODD, format!("byte 85 is {other}")).field(node, "hidden"));
            }
        }
        let dirty = self.reserved.iter().filter(|byte| **byte != 0).count();
        if dirty != 0 {
            add(Finding::new(&rules::RESERVED, format!("{dirty} of the 426 reserved bytes are not zero"))
                .field(node, "reserved"));
        }
    }

    fn check_geometry(&self, node: &Node, add: &mut impl FnMut(Finding)) {
        let geometry = self.geometry();
        let (Some(chs), false) = (geometry.bytes(), geometry.is_clamped()) else {
            if !geometry.is_clamped() {
                add(Finding::new(&rules::GEOMETRY_ZERO, format!("the geometry is {geometry}"))
                    .field(node, "cylinders"));
            }
            return;
        };
        if chs < self.current_size {
            let rule = creator::size_rule(self.creator_application);
            let here = match rule {
                SizeRule::Geometry => " The creator is one of those for which qemu goes by the geometry.",
                SizeRule::Current => "",
            };
            add(Finding::new(
                &rules::TWO_SIZES,
                format!(
                    "Hyper-V, Windows, Azure, VirtualBox and XenServer show the guest {} bytes, Virtual PC shows {chs} \
                     bytes ({geometry}), {} bytes less.{here}",
                    self.current_size,
                    self.current_size - chs
                ),
            )
            .arg("current_size", self.current_size)
            .arg("chs_size", chs)
            .field(node, "current_size"));
        } else if chs > self.current_size {
            add(Finding::new(
                &rules::GEOMETRY_LARGER,
                format!(
                    "the geometry {geometry} gives {chs} bytes, the current size is {}",
                    self.current_size
                ),
            )
            .expected(self.current_size, chs)
            .field(node, "cylinders"));
        }
        let usual = Geometry::of_size(self.current_size);
        if usual != geometry {
            add(Finding::new(
                &rules::GEOMETRY_UNUSUAL,
                format!("the geometry is {geometry}, the usual one is {usual}"),
            )
            .expected(usual, geometry)
            .field(node, "cylinders"));
        }
    }
}

/// The largest VHD that Hyper-V and qemu take: 2040 GiB.
pub const MAX_HYPER_V: u64 = 2_190_433_320_960;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_complement_of_the_sum_without_itself() {
        let mut bytes = vec![0_u8; 512];
        bytes[0] = 3;
        bytes[64..68].copy_from_slice(&[0xff; 4]);
        bytes[511] = 5;
        assert_eq!(checksum(&bytes, 64), !8);
    }
}
