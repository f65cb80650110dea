//! The dynamic disk header and its parent locators.

use super::footer::{Footer, checksum};
use super::rules;
use crate::bytes::{Bytes, ReadError};
use crate::finding::{Finding, Findings};
use crate::structure;
use crate::structure::{Endian, Node, Show, ascii, utf16};
use percent_encoding::percent_decode;
use std::borrow::Cow;

/// Codes of parent locators, and what their data is.
const PLATFORMS: &[([u8; 4], &str)] = &[
    (*b"W2ru", "relative Windows path, UTF-16"),
    (*b"W2ku", "absolute Windows path, UTF-16"),
    (*b"Wi2r", "relative Windows path, 8-bit (deprecated)"),
    (*b"Wi2k", "absolute Windows path, 8-bit (deprecated)"),
    (*b"Mac ", "Mac OS alias record"),
    (*b"MacX", "Mac OS X file URL, UTF-8"),
];

structure! {
    /// Dynamic disk header: where the block allocation table lies, how large a block is, and who the parent is.
    pub struct DynamicHeader("vhd.header", "Dynamic disk header", 1024, Big) {
        /// Always `cxsparse`.
        0 => cookie: [u8; 8], Show::Ascii;
        /// Unused: all bits are set.
        8 => data_offset: u64, Show::Offset;
        /// Where the block allocation table lies.
        16 => table_offset: u64, Show::Offset;
        /// Version of the header: 1.0.
        24 => header_version: u32, Show::Version;
        /// Entries of the block allocation table: at least the blocks that the disk needs.
        28 => max_table_entries: u32, Show::Decimal;
        /// Size of a block's data, without the bitmap in front of it. Usually 2 MiB.
        32 => block_size: u32, Show::Bytes;
        /// One's complement of the sum of all bytes of the header, these four taken as zero.
        36 => checksum: u32, Show::Hex;
        /// Identity of the parent of a differencing image: its footer's unique id.
        40 => parent_unique_id: [u8; 16], Show::Uuid;
        /// When the parent was last changed as the child was made, in seconds since 2000-01-01 UTC.
        56 => parent_time_stamp: u32, Show::Seconds2000;
        /// Zero.
        60 => reserved1: u32, Show::Reserved;
        /// Name of the parent's file, in UTF-16 with the most significant byte first.
        64 => parent_unicode_name: [u8; 512], Show::Utf16;
        /// Eight parent locators: places of further names of the parent, each for a platform.
        576 => parent_locators: [u8; 192], Show::Raw;
        /// Zero.
        768 => reserved2: [u8; 256], Show::Reserved;
    }
}

structure! {
    /// Parent locator: where a name of the parent for one platform lies.
    pub struct ParentLocator("vhd.locator", "Parent locator", 24, Big) {
        /// Which platform and encoding the name is for; zero where the slot is not used.
        0 => platform_code: [u8; 4], Show::With(platform);
        /// Room for the name: sectors by the specification, bytes in what most products write.
        4 => platform_data_space: u32, Show::Decimal;
        /// Length of the name in bytes.
        8 => platform_data_length: u32, Show::Bytes;
        /// Zero.
        12 => reserved: u32, Show::Reserved;
        /// Where the name lies.
        16 => platform_data_offset: u64, Show::Offset;
    }
}

fn platform(bytes: &[u8]) -> String {
    if bytes == [0; 4] {
        return "not used".into();
    }
    match PLATFORMS.iter().find(|(code, _)| code == bytes) {
        Some((_, name)) => format!("{}: {name}", ascii(bytes)),
        None => format!("{}: unknown", ascii(bytes)),
    }
}

impl DynamicHeader {
    /// Byte offset of the checksum in the header.
    pub const CHECKSUM_AT: usize = 36;

    /// Whether there is a header at that place.
    ///
    /// # Errors
    /// Those of [`ReadAt::read_exact_at`](crate::bytes::ReadAt::read_exact_at).
    pub fn is_at(bytes: &Bytes, offset: u64) -> Result<bool, ReadError> {
        Ok(bytes.read_up_to(offset, 8)? == b"cxsparse")
    }

    /// Whether the stored checksum is right.
    pub fn is_intact(&self, bytes: &[u8]) -> bool {
        checksum(bytes, Self::CHECKSUM_AT) == self.checksum
    }

    /// The eight locators.
    pub fn locators(&self) -> impl Iterator<Item = ParentLocator> {
        self.parent_locators
            .as_chunks::<{ ParentLocator::LENGTH }>()
            .0
            .iter()
            .filter_map(|raw| ParentLocator::decode(raw))
    }

    /// The parent's name, in whichever byte order makes sense of it, and whether that is the wrong one.
    pub fn parent_name(&self) -> (String, bool) {
        let big = utf16(&self.parent_unicode_name, Endian::Big);
        let little = utf16(&self.parent_unicode_name, Endian::Little);
        let latin =
            |text: &str| text.chars().filter(|c| (*c as u32) < 0x300).count() * 2 >= text.chars().count();
        if !big.is_empty() && !latin(&big) && latin(&little) { (little, true) } else { (big, false) }
    }

    /// The checks that need nothing but the header and the footer. Where the table lies is checked by the table.
    pub fn check(&self, node: &Node, footer: &Footer, findings: &mut Findings) {
        let mut add = |finding: Finding| findings.add(finding);
        if self.header_version != 0x0001_0000 {
            let version = format!("{}.{}", self.header_version >> 16, self.header_version & 0xffff);
            add(Finding::new(&rules::HEADER_VERSION, format!("the header version is {version}"))
                .expected("1.0", version)
                .field(node, "header_version"));
        }
        if self.data_offset != u64::MAX {
            add(Finding::new(&rules::HEADER_NEXT, format!("the unused offset is 0x{:x}", self.data_offset))
                .field(node, "data_offset"));
        }
        if !self.has_usable_block_size() {
            add(Finding::new(&rules::BLOCK_SIZE, format!("the block size is {} bytes", self.block_size))
                .expected("a power of two from 512", self.block_size)
                .field(node, "block_size"));
        } else if !matches!(self.block_size, 0x8_0000 | 0x20_0000) {
            add(Finding::new(
                &rules::BLOCK_SIZE_UNUSUAL,
                format!("the block size is {} bytes", self.block_size),
            )
            .field(node, "block_size"));
        }
        if self.reserved1 != 0 || self.reserved2.iter().any(|byte| *byte != 0) {
            add(Finding::new(&rules::HEADER_RESERVED, "reserved bytes of the header are not zero")
                .field(node, "reserved2"));
        }
        let (name, swapped) = self.parent_name();
        if footer.disk_type == 3 {
            let locators = self.locators().any(|locator| locator.platform_code != [0; 4]);
            let left: Vec<&str> = [
                (self.parent_unique_id != [0; 16], "identity"),
                (self.parent_time_stamp != 0, "time stamp"),
                (!name.is_empty(), "name"),
                (locators, "locators"),
            ]
            .into_iter()
            .filter_map(|(set, what)| set.then_some(what))
            .collect();
            if !left.is_empty() {
                add(Finding::new(&rules::PARENT_ON_DYNAMIC, format!("set: {}", left.join(", ")))
                    .field(node, "parent_unique_id"));
            }
        }
        if footer.disk_type == 4 {
            if swapped {
                add(Finding::new(
                    &rules::NAME_LITTLE_ENDIAN,
                    format!("read the other way round it is {name:?}"),
                )
                .field(node, "parent_unicode_name"));
            }
            if self.parent_unique_id == footer.unique_id {
                add(Finding::new(&rules::SELF_PARENT, "parent identity and own identity are equal")
                    .field(node, "parent_unique_id"));
            } else if self.parent_unique_id == [0; 16] && !super::creator::is_xen(footer.creator_application)
            {
                add(Finding::new(&rules::PARENT_ID_NULL, "all 16 bytes of the parent identity are zero")
                    .field(node, "parent_unique_id"));
            }
        }
    }

    /// Whether blocks can be mapped with this size.
    pub fn has_usable_block_size(&self) -> bool {
        self.block_size >= 512 && self.block_size.is_power_of_two()
    }
}

impl ParentLocator {
    /// Whether the slot is used.
    pub fn is_used(&self) -> bool {
        self.platform_code != [0; 4]
    }

    /// Whether the code is known.
    pub fn is_known(&self) -> bool {
        PLATFORMS.iter().any(|(code, _)| *code == self.platform_code)
    }

    /// Bytes kept for the name: the field counts sectors by the specification and bytes in what most products write;
    /// 0 where it can be neither. The rule is libvhd's.
    pub fn room(&self) -> u64 {
        let space = u64::from(self.platform_data_space);
        match space {
            0..512 => space * 512,
            _ if space.is_multiple_of(512) => space,
            _ => 0,
        }
    }

    /// What kind of name it is, in words.
    pub fn kind(&self) -> String {
        platform(&self.platform_code)
    }

    /// The name that `data` holds; `None` for an alias record, which is no text.
    pub fn name(&self, data: &[u8]) -> Option<String> {
        let text = match &self.platform_code {
            b"W2ru" | b"W2ku" => utf16(data, Endian::Little),
            b"Wi2r" | b"Wi2k" => ascii(data),
            b"MacX" => {
                let path = path_of_url(data);
                String::from_utf8_lossy(&path).trim_end_matches('\0').to_owned()
            }
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Whether `data` is no text of the encoding that the code stands for.
    pub fn is_garbled(&self, data: &[u8]) -> bool {
        match &self.platform_code {
            b"W2ru" | b"W2ku" => {
                !data.len().is_multiple_of(2)
                    || utf16(data, Endian::Little).contains(char::REPLACEMENT_CHARACTER)
            }
            b"MacX" => std::str::from_utf8(&path_of_url(data)).is_err(),
            _ => false,
        }
    }
}

/// The path of a file URL: without its scheme, `%41` as `A`.
fn path_of_url(url: &[u8]) -> Cow<'_, [u8]> {
    percent_decode(url.strip_prefix(b"file://").unwrap_or(url)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_urls_become_paths() {
        assert_eq!(&*path_of_url(b"file://./my%20base%2.vhd%"), b"./my base%2.vhd%");
        let locator = |code: &[u8]| ParentLocator::decode(&[code, &[0; 20]].concat()).unwrap();
        assert_eq!(locator(b"MacX").name(b"file://./gr%C3%BCn.vhd\0").unwrap(), "./gr\u{fc}n.vhd");
        assert_eq!(locator(b"W2ru").name(b".\0\\\0a\0\0\0").unwrap(), ".\\a");
        assert_eq!(locator(b"Wi2k").name(b"C:\\a.vhd\0").unwrap(), "C:\\a.vhd");
        assert!(locator(b"Mac ").name(b"abc").is_none());
    }

    #[test]
    fn room_is_counted_in_sectors_or_in_bytes() {
        let room = |space: u32| {
            let raw = [&b"W2ru"[..], &space.to_be_bytes(), &[0; 16]].concat();
            ParentLocator::decode(&raw).unwrap().room()
        };
        assert_eq!([room(1), room(511), room(512), room(1024)], [512, 261_632, 512, 1024]);
        assert_eq!([room(0), room(513)], [0, 0]);
    }

    #[test]
    fn text_that_cannot_be_read_is_noticed() {
        let locator = |code: &[u8]| ParentLocator::decode(&[code, &[0; 20]].concat()).unwrap();
        assert!(!locator(b"W2ru").is_garbled(b"a\0b\0"));
        assert!(locator(b"W2ru").is_garbled(b"a\0b"), "half a character");
        assert!(locator(b"W2ku").is_garbled(&[0, 0xd8, 0x41, 0]), "half a pair");
        assert!(locator(b"MacX").is_garbled(b"file://%ff"));
        assert!(!locator(b"Mac ").is_garbled(&[1, 2, 3]));
    }

    #[test]
    fn a_name_in_the_wrong_byte_order_is_read_all_the_same() {
        let mut header = DynamicHeader::decode(&[0; 1024]).unwrap();
        header.parent_unicode_name[..8].copy_from_slice(b"b\0a\0s\0e\0");
        assert_eq!(header.parent_name(), ("base".into(), true));
        header.parent_unicode_name[..8].copy_from_slice(b"\0b\0a\0s\0e");
        assert_eq!(header.parent_name(), ("base".into(), false));
    }
}
