//! The header of a hosted sparse extent, and the checks that need nothing but it and the size of its file.

use super::geometry::{Geometry, MOST_GRAIN_SECTORS, MOST_SECTORS, MOST_TABLE_ENTRIES};
use super::rules;
use crate::bytes::ReadAt;
use crate::finding::{Finding, Findings, Rule};
use crate::structure;
use crate::structure::{Node, Show, hex_bytes};
use std::ops::Range;

/// Bytes of a sector: every count in a VMDK is in these, whatever the guest's sectors are.
pub(super) const SECTOR: u64 = 512;

/// A directory that is only written at the end of a stream; the footer says where.
pub(super) const GD_AT_END: u64 = u64::MAX;

/// The newline test bytes are valid.
const FLAG_NEWLINE: u32 = 1;
/// There is a second grain directory with grain tables of its own.
const FLAG_REDUNDANT: u32 = 2;
/// The grain table entry 1 means zeros.
const FLAG_ZEROED: u32 = 4;
/// Grains are compressed.
const FLAG_COMPRESSED: u32 = 0x1_0000;
/// Grains and tables have markers in front of them.
const FLAG_MARKERS: u32 = 0x2_0000;
/// Bits of features that a reader must refuse when it does not know them.
const INCOMPATIBLE: u32 = 0xffff_0000;

const FLAGS: &[(u64, &str)] = &[
    (FLAG_NEWLINE as u64, "newline test bytes valid"),
    (FLAG_REDUNDANT as u64, "redundant grain directory"),
    (FLAG_ZEROED as u64, "zeroed grains"),
    (FLAG_COMPRESSED as u64, "compressed grains"),
    (FLAG_MARKERS as u64, "markers"),
];

const COMPRESSION: &[(u64, &str)] = &[(0, "none"), (1, "deflate")];

const UNCLEAN: &[(u64, &str)] = &[(0, "closed"), (1, "open, or not closed cleanly")];

/// What the newline test bytes are unless a transfer in text mode changed them.
pub(super) const NEWLINES: [u8; 4] = *b"\n \r\n";

/// Sectors that VMware reserves for an embedded descriptor.
const USUAL_DESCRIPTOR_SECTORS: u64 = 20;

/// The largest embedded descriptor that VirtualBox reads.
const MOST_DESCRIPTOR_SECTORS: u64 = 20_480;

structure! {
    /// Sparse extent header: how large the extent is, how it is divided into grains, and where its descriptor and its grain directories lie. A stream ends with a copy of it, the footer.
    pub struct SparseHeader("vmdk.header", "Sparse extent header", 512, Little) {
        /// Always `KDMV`: the letters VMDK as a number with the least significant byte first.
        0 => magic_number: [u8; 4], Show::Ascii;
        /// Version of the header: 1, 2 where grains may be marked as zeroed, 3 in streams.
        4 => version: u32, Show::Decimal;
        /// Which features are used. A reader may ignore unknown bits of the lower half and must refuse those of the upper half.
        8 => flags: u32, Show::Flags(FLAGS);
        /// Size of the guest's disk, or of the part of it that is in this extent.
        12 => capacity: u64, Show::Sectors;
        /// Size of a grain, the unit in which space is allocated: a power of two, nearly always 128 sectors.
        20 => grain_size: u64, Show::Sectors;
        /// Where the embedded descriptor lies; zero where there is none.
        28 => descriptor_offset: u64, Show::SectorOffset;
        /// Room for the embedded descriptor; zero bytes fill what the text does not.
        36 => descriptor_size: u64, Show::Sectors;
        /// Entries of a grain table: 512 in all that products write.
        44 => num_gtes_per_gt: u32, Show::Decimal;
        /// Where the redundant grain directory lies; it only counts when the flag says that there is one.
        48 => rgd_offset: u64, Show::SectorOffset;
        /// Where the grain directory lies; all ones in a stream whose footer says it.
        56 => gd_offset: u64, Show::SectorOffset;
        /// Sectors of metadata before the first grain.
        64 => over_head: u64, Show::Sectors;
        /// One while the extent is open for writing, so also after a crash.
        72 => unclean_shutdown: u8, Show::Names(UNCLEAN);
        /// A line feed. This byte and the next three show whether a transfer in text mode altered the file.
        73 => single_end_line_char: u8, Show::Hex;
        /// A space.
        74 => non_end_line_char: u8, Show::Hex;
        /// A carriage return.
        75 => double_end_line_char1: u8, Show::Hex;
        /// A line feed.
        76 => double_end_line_char2: u8, Show::Hex;
        /// How grains are compressed.
        77 => compress_algorithm: u16, Show::Names(COMPRESSION);
        /// Zero.
        79 => pad: [u8; 433], Show::Reserved;
    }
}

impl SparseHeader {
    /// Whether `bytes` begin with the magic number.
    pub fn is_marked(bytes: &[u8]) -> bool {
        bytes.starts_with(b"KDMV")
    }

    /// Whether `bytes` begin with the magic number as it is while the file is being written.
    pub fn is_unfinished(bytes: &[u8]) -> bool {
        bytes.starts_with(b"kdmv")
    }

    /// Whether grains are compressed.
    pub fn is_compressed(&self) -> bool {
        self.flags & FLAG_COMPRESSED != 0
    }

    /// Whether a marker stands in front of every grain.
    pub fn has_markers(&self) -> bool {
        self.flags & FLAG_MARKERS != 0
    }

    /// Whether there is a redundant grain directory.
    pub fn has_copy(&self) -> bool {
        self.flags & FLAG_REDUNDANT != 0
    }

    /// Whether the grain table entry 1 means zeros.
    pub fn has_zeroed_grains(&self) -> bool {
        self.flags & FLAG_ZEROED != 0
    }

    fn newlines(&self) -> [u8; 4] {
        [
            self.single_end_line_char,
            self.non_end_line_char,
            self.double_end_line_char1,
            self.double_end_line_char2,
        ]
    }

    /// Size of the extent's part of the disk in bytes; `None` where it is no possible size.
    pub fn capacity_bytes(&self) -> Option<u64> {
        (self.capacity <= MOST_SECTORS).then(|| self.capacity * SECTOR)
    }

    /// The bytes of the file where the embedded descriptor is, as far as they are there.
    pub fn descriptor_range(&self, file_size: u64) -> Option<Range<u64>> {
        if self.descriptor_offset == 0 || self.descriptor_size == 0 {
            return None;
        }
        let start = self.descriptor_offset.checked_mul(SECTOR).filter(|start| *start < file_size)?;
        let length = self.descriptor_size.saturating_mul(SECTOR);
        Some(start..start.saturating_add(length).min(file_size))
    }

    /// The sector behind the header and what follows it, where grains begin.
    pub fn first_grain(&self) -> u64 {
        let text = if self.descriptor_offset == 0 { 0 } else { self.descriptor_size };
        self.over_head.max(text.saturating_add(1)).min(MOST_SECTORS)
    }

    /// How the extent is divided, where the numbers allow it.
    pub fn geometry(&self) -> Option<Geometry> {
        Geometry::new(self.capacity, self.grain_size, self.num_gtes_per_gt.into(), 4)
    }

    /// The checks that need nothing but the header and the size of its file; `node` is the header's.
    pub fn check(&self, node: &Node, file: &dyn ReadAt, findings: &mut Findings) {
        let size = file.size();
        let mut say = |rule: &'static Rule, field: &str, detail: String| {
            findings.add(Finding::new(rule, detail).field(node, field));
        };
        match (self.version, self.has_zeroed_grains()) {
            (0, _) => say(&rules::VERSION_ZERO, "version", "the version is 0".into()),
            (1, true) => say(
                &rules::VERSION_FLAGS,
                "version",
                "the version is 1, but the flags say that grains may be zeroed".into(),
            ),
            (2, false) => say(
                &rules::VERSION_UNNEEDED,
                "version",
                "the version is 2, but the flags do not say that grains may be zeroed".into(),
            ),
            (3, _) if !self.is_compressed() => {
                say(
                    &rules::VERSION_FLAGS,
                    "version",
                    "the version is 3, but grains are not compressed".into(),
                );
            }
            (1..=3, _) => {}
            (version, _) => say(&rules::VERSION, "version", format!("the version is {version}")),
        }
        let known = FLAG_NEWLINE | FLAG_REDUNDANT | FLAG_ZEROED | FLAG_COMPRESSED | FLAG_MARKERS;
        let unknown = self.flags & !known;
        if unknown & INCOMPATIBLE != 0 {
            say(
                &rules::FLAGS_INCOMPATIBLE,
                "flags",
                format!("unknown bits 0x{:08x}", unknown & INCOMPATIBLE),
            );
        }
        if unknown & !INCOMPATIBLE != 0 {
            say(&rules::FLAGS_UNKNOWN, "flags", format!("unknown bits 0x{:08x}", unknown & !INCOMPATIBLE));
        }
        if self.has_markers() && !self.is_compressed() {
            say(&rules::MARKERS, "flags", format!("the flags are 0x{:08x}", self.flags));
        }
        if self.newlines() != NEWLINES {
            let found = hex_bytes(&self.newlines(), 4);
            if self.flags & FLAG_NEWLINE != 0 {
                let detail = format!("the test bytes are {found} instead of {}", hex_bytes(&NEWLINES, 4));
                findings.add(
                    Finding::new(&rules::NEWLINE, detail)
                        .expected(hex_bytes(&NEWLINES, 4), found)
                        .field(node, "single_end_line_char"),
                );
            } else {
                let detail = format!("the test bytes are {found}, and the flags do not promise any");
                findings
                    .add(Finding::new(&rules::NEWLINE_UNMARKED, detail).field(node, "single_end_line_char"));
            }
        }
        let mut say = |rule: &'static Rule, field: &str, detail: String| {
            findings.add(Finding::new(rule, detail).field(node, field));
        };
        match self.unclean_shutdown {
            0 => {}
            1 => say(&rules::UNCLEAN, "unclean_shutdown", "the mark is set".into()),
            value => say(&rules::UNCLEAN_VALUE, "unclean_shutdown", format!("the mark is {value}")),
        }
        match (self.compress_algorithm, self.is_compressed()) {
            (0, false) | (1, true) => {}
            (0, true) => say(
                &rules::COMPRESS_FLAG,
                "compress_algorithm",
                "the flags say that grains are compressed, the algorithm says that they are not".into(),
            ),
            (1, false) => say(
                &rules::COMPRESS_FLAG,
                "compress_algorithm",
                "the algorithm is deflate, but the flags say that grains are not compressed".into(),
            ),
            (other, _) => {
                say(&rules::COMPRESS_ALGORITHM, "compress_algorithm", format!("the algorithm is {other}"));
            }
        }
        let strange = self.pad.iter().filter(|byte| **byte != 0).count();
        if strange > 0 {
            say(&rules::PADDING, "pad", format!("{strange} of its 433 bytes are not zero"));
        }
        self.check_division(&mut say);
        self.check_places(size, &mut say);
    }

    /// Grain size, table size, capacity.
    fn check_division(&self, say: &mut impl FnMut(&'static Rule, &str, String)) {
        let grain = self.grain_size;
        if !grain.is_power_of_two() || !(8..=MOST_GRAIN_SECTORS).contains(&grain) {
            say(&rules::GRAIN_SIZE, "grain_size", format!("a grain has {grain} sectors"));
        } else if grain != 128 {
            say(&rules::GRAIN_SIZE_UNUSUAL, "grain_size", format!("a grain has {grain} sectors"));
        }
        match u64::from(self.num_gtes_per_gt) {
            512 => {}
            entries @ 1..=MOST_TABLE_ENTRIES => say(
                &rules::TABLE_ENTRIES_UNUSUAL,
                "num_gtes_per_gt",
                format!("a grain table has {entries} entries"),
            ),
            entries => {
                say(&rules::TABLE_ENTRIES, "num_gtes_per_gt", format!("a grain table has {entries} entries"));
            }
        }
        match self.capacity {
            0 if self.descriptor_offset != 0 => say(
                &rules::CAPACITY_ZERO,
                "capacity",
                "the capacity is 0 and there is an embedded descriptor: qemu would open whatever files that text names"
                    .into(),
            ),
            0 => say(&rules::CAPACITY_ZERO, "capacity", "the capacity is 0".into()),
            capacity if capacity > MOST_SECTORS => {
                say(&rules::CAPACITY_HUGE, "capacity", format!("the capacity is {capacity} sectors"));
            }
            capacity if grain > 0 && !capacity.is_multiple_of(grain) => say(
                &rules::CAPACITY_UNALIGNED,
                "capacity",
                format!("the last grain has only {} of {grain} sectors", capacity % grain),
            ),
            _ => {}
        }
    }

    /// Where the parts lie, as far as the header alone tells.
    fn check_places(&self, size: u64, say: &mut impl FnMut(&'static Rule, &str, String)) {
        let end = self
            .descriptor_offset
            .checked_add(self.descriptor_size)
            .and_then(|end| end.checked_mul(SECTOR))
            .unwrap_or(u64::MAX);
        if self.descriptor_offset != 0 {
            if self.descriptor_size == 0 {
                say(&rules::DESCRIPTOR_RANGE, "descriptor_size", "the descriptor has no room".into());
            } else if end > size {
                say(
                    &rules::DESCRIPTOR_RANGE,
                    "descriptor_offset",
                    format!(
                        "{} sectors at sector {} end past the end of the file ({size} bytes)",
                        self.descriptor_size, self.descriptor_offset
                    ),
                );
            }
            if self.descriptor_offset != 1 {
                say(
                    &rules::DESCRIPTOR_PLACE,
                    "descriptor_offset",
                    format!("the descriptor is at sector {}", self.descriptor_offset),
                );
            }
        }
        if self.descriptor_size > MOST_DESCRIPTOR_SECTORS {
            say(
                &rules::DESCRIPTOR_HUGE,
                "descriptor_size",
                format!("{} sectors are reserved for the descriptor", self.descriptor_size),
            );
        } else if self.descriptor_size > USUAL_DESCRIPTOR_SECTORS {
            say(
                &rules::DESCRIPTOR_SIZE,
                "descriptor_size",
                format!("{} sectors are reserved for the descriptor", self.descriptor_size),
            );
        }
        if self.gd_offset == GD_AT_END && !self.is_compressed() {
            say(
                &rules::GD_AT_END_PLAIN,
                "gd_offset",
                "the directory is said to be at the end, but this is no compressed stream".into(),
            );
        }
        if !self.has_copy() && self.rgd_offset != 0 {
            say(
                &rules::RGD_IGNORED,
                "rgd_offset",
                format!("sector {} is given, the flags say that there is none", self.rgd_offset),
            );
        }
        if self.over_head.checked_mul(SECTOR).is_none_or(|overhead| overhead > size) {
            say(
                &rules::OVERHEAD_PAST_END,
                "over_head",
                format!("the grains would begin at sector {}, the file has {size} bytes", self.over_head),
            );
        } else if self.grain_size > 0 && !self.over_head.is_multiple_of(self.grain_size) {
            say(
                &rules::OVERHEAD_UNALIGNED,
                "over_head",
                format!(
                    "{} sectors of metadata are no multiple of {} sectors",
                    self.over_head, self.grain_size
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_of_the_specification() {
        // What qemu-img convert wrote for a disk of 5244416 bytes.
        let mut bytes = vec![0; 512];
        bytes[..16].copy_from_slice(&[0x4b, 0x44, 0x4d, 0x56, 1, 0, 0, 0, 3, 0, 0, 0, 3, 0x28, 0, 0]);
        bytes[20] = 128;
        bytes[28] = 1;
        bytes[36] = 20;
        bytes[45] = 2;
        bytes[48] = 21;
        bytes[56] = 26;
        bytes[64] = 128;
        bytes[73..77].copy_from_slice(&NEWLINES);
        let header = SparseHeader::decode(&bytes).unwrap();
        assert_eq!((header.capacity, header.grain_size, header.num_gtes_per_gt), (10243, 128, 512));
        assert_eq!((header.rgd_offset, header.gd_offset, header.over_head), (21, 26, 128));
        let geometry = header.geometry().unwrap();
        assert_eq!((geometry.grains, geometry.tables, geometry.sectors_of(80)), (81, 1, 3));
        assert_eq!(header.descriptor_range(1 << 20), Some(512..512 + 10240));
    }

    #[test]
    fn hostile_numbers_map_nothing() {
        let header = SparseHeader::decode(&[0xff; 512]).unwrap();
        assert_eq!((header.geometry(), header.capacity_bytes()), (None, None));
        assert_eq!(header.descriptor_range(1 << 40), None);
        assert!(SparseHeader::decode(&[0; 512]).unwrap().geometry().is_none());
    }
}
