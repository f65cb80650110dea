//! How a differencing image names its parent: an identity, a name, and up to eight locators, each a path in the
//! manner of some platform.

use crate::disk::SECTOR;
use crate::record::{Record, utf16be, utf16le};
use crate::time;
use crate::uuid::Uuid;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Bytes that a file URL cannot hold as they are.
const NOT_IN_URLS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'\\').add(b'`');

/// What a differencing image says of its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The parent's own id: must match, or no product opens the child. Null where the parent is a raw image.
    pub id: Uuid,
    /// When the parent file was last modified, in seconds since 2000.
    pub timestamp: u32,
    /// Its file name, UTF-16 with the most significant byte first.
    pub name: Vec<u8>,
    /// Its paths.
    pub locators: Vec<Locator>,
}

impl Parent {
    /// A parent beside the child, as Windows names it.
    pub fn windows(id: Uuid, name: &str) -> Self {
        let absolute = Locator::absolute(&format!("C:\\VMs\\{name}"));
        let relative = Locator::relative(&format!(".\\{name}"));
        Self { id, timestamp: time::SINCE_2000, name: utf16be(name), locators: vec![absolute, relative] }
    }

    /// A parent beside the child, as XenServer names it: one relative path in three ways.
    pub fn xenserver(id: Uuid, name: &str) -> Self {
        let path = format!(".\\{name}");
        let locators =
            vec![Locator::url(&format!("./{name}")), Locator::absolute(&path), Locator::relative(&path)];
        Self { id, timestamp: time::SINCE_2000, name: utf16be(name), locators }
    }
}

/// How a locator counts the room that its data has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// In sectors, as the specification says.
    Sectors,
    /// In bytes, as Microsoft's own products, XenServer and VirtualBox write.
    Bytes,
}

/// A path of the parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locator {
    /// Platform code.
    pub code: [u8; 4],
    /// The path, in the encoding of that platform.
    pub data: Vec<u8>,
    /// What the field for its room counts.
    pub space: Space,
}

impl Locator {
    fn new(code: [u8; 4], data: impl Into<Vec<u8>>) -> Self {
        Self { code, data: data.into(), space: Space::Bytes }
    }

    /// A Windows path from the child's folder on. Little-endian, although the name in the header is big-endian.
    pub fn relative(path: &str) -> Self {
        Self::new(*b"W2ru", utf16le(path))
    }

    /// A Windows path from the drive on.
    pub fn absolute(path: &str) -> Self {
        Self::new(*b"W2ku", utf16le(path))
    }

    /// A relative Windows path of 8-bit letters, as before Virtual PC 2004.
    pub fn old_relative(path: &str) -> Self {
        Self::new(*b"Wi2r", path)
    }

    /// An absolute Windows path of 8-bit letters.
    pub fn old_absolute(path: &str) -> Self {
        Self::new(*b"Wi2k", path)
    }

    /// A file URL.
    pub fn url(path: &str) -> Self {
        Self::new(*b"MacX", format!("file://{}", utf8_percent_encode(path, NOT_IN_URLS)))
    }

    /// An alias record of Mac OS: bytes that only Mac OS understands.
    pub fn mac_alias(record: &[u8]) -> Self {
        Self::new(*b"Mac ", record)
    }

    /// Room that its data takes in the file: whole sectors.
    pub(super) fn room(&self) -> u64 {
        (self.data.len() as u64).next_multiple_of(SECTOR)
    }

    /// The 24 bytes in the header.
    pub(super) fn to_bytes(&self, offset: u64) -> Vec<u8> {
        let space = match self.space {
            Space::Sectors => self.room() / SECTOR,
            Space::Bytes => self.room(),
        };
        Record::new(24)
            .put(0, self.code)
            .be32(4, space as u32)
            .be32(8, self.data.len() as u32)
            .be64(16, offset)
            .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_in_the_manner_of_their_platform() {
        assert_eq!(Locator::relative(".\\a").data, b".\0\\\0a\0");
        assert_eq!(Locator::old_relative(".\\a").data, b".\\a");
        assert_eq!(Locator::url("./my base.vhd").data, b"file://./my%20base.vhd");
        assert_eq!(Locator::url("./Grün").data, b"file://./Gr%C3%BCn");
    }

    #[test]
    fn room_is_counted_in_bytes_or_in_sectors() {
        let bytes = Locator::mac_alias(&[1; 600]);
        assert_eq!(bytes.to_bytes(2048)[4..12], [0, 0, 4, 0, 0, 0, 2, 88]);
        let sectors = Locator { space: Space::Sectors, ..bytes };
        assert_eq!(sectors.to_bytes(2048)[4..8], [0, 0, 0, 2]);
    }
}
