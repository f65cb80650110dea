//! BitLocker as Windows 7 and later write it: the boot sector and the metadata, three times. The keys in them are made
//! up: no password opens this volume, there is nothing in it.

use crate::disk::{Disk, KIB, SECTOR};
use crate::record::{Record, utf16le};
use crate::time;
use crate::uuid::Uuid;

/// An encrypted volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitLocker {
    /// Size in bytes: at least 512 KiB.
    pub bytes: u64,
    /// Its id.
    pub id: Uuid,
    /// What Windows shows while the volume is locked: names of the computer and of the drive, and the date.
    pub description: &'static str,
    /// Whether a key lies beside the data in the clear, as while protection is suspended.
    pub suspended: bool,
}

/// Byte offsets of the metadata and of their copies.
pub const METADATA: [u64; 3] = [64 * KIB, 192 * KIB, 320 * KIB];

/// Where the first sectors of the file system are kept, and how many.
const VOLUME_HEADER: u64 = 448 * KIB;
const VOLUME_HEADER_SECTORS: u32 = 16;

/// Room for each copy of the metadata.
const METADATA_BYTES: usize = 1024;
/// Bytes of the metadata's two headers; the second one counts from here on.
const HEADERS_BYTES: usize = 112;
const SECOND_HEADER: usize = 64;
const ENCRYPTED: u16 = 4;
const AES_XTS_128: u32 = 0x8004;

/// What an entry is for, and of what kind its value is.
mod entry {
    pub(super) const MASTER_KEY: (u16, u16) = (2, 8);
    pub(super) const ENCRYPTION_KEY: (u16, u16) = (3, 5);
    pub(super) const DESCRIPTION: (u16, u16) = (7, 2);
    /// Part of another entry: a key, in the clear or encrypted by another.
    pub(super) const KEY: (u16, u16) = (0, 1);
    pub(super) const ENCRYPTED_KEY: (u16, u16) = (0, 5);
}

/// What the master key is protected by.
mod protection {
    pub(super) const CLEAR_KEY: u16 = 0;
    pub(super) const RECOVERY_PASSWORD: u16 = 0x0800;
}

/// An entry: its length, what it is, version 1, its value.
fn entry((kind, value): (u16, u16), data: &[u8]) -> Vec<u8> {
    let length = 8 + data.len();
    let header = Record::new(8).le16(0, length as u16).le16(2, kind).le16(4, value).le16(6, 1);
    [header.bytes(), data].concat()
}

/// A key that is encrypted: nonce, authentication tag, and bytes that say nothing.
fn encrypted_key(kind: (u16, u16), number: u32) -> Vec<u8> {
    entry(kind, Record::new(72).le64(0, time::FILETIME).le32(8, number).fill(12..72, 0xa5).bytes())
}

/// The volume master key, protected that way.
fn master_key(id: Uuid, protected_by: u16, keys: &[Vec<u8>]) -> Vec<u8> {
    let head = Record::new(28).put(0, id.mixed()).le64(16, time::FILETIME).le16(26, protected_by);
    entry(entry::MASTER_KEY, &[head.into_bytes(), keys.concat()].concat())
}

impl BitLocker {
    fn boot_sector() -> Record {
        let record = Record::new(SECTOR as usize)
            .put(0, [0xeb, 0x58, 0x90])
            .put(3, "-FVE-FS-")
            .le16(11, SECTOR as u16)
            .u8(13, 8) // sectors per cluster
            .u8(21, 0xf8) // medium: a hard disk
            .le16(24, 63) // sectors per track
            .le16(26, 255) // heads
            .put(160, Uuid(0x4967_d63b_2e29_4ad8_8399_f6a3_39e3_d001).mixed())
            .put(510, [0x55, 0xaa]);
        Self::with_places(record, 176)
    }

    fn with_places(record: Record, at: usize) -> Record {
        METADATA.into_iter().zip((at..).step_by(8)).fold(record, |record, (place, at)| record.le64(at, place))
    }

    /// The entries: what Windows shows, the master key as often as it is protected, and the key of the data.
    fn entries(&self) -> Vec<u8> {
        let key_id = |number: u128| Uuid(self.id.0 ^ number);
        let mut entries = entry(entry::DESCRIPTION, &utf16le(&format!("{}\0", self.description)));
        let recovery = [encrypted_key(entry::ENCRYPTED_KEY, 1)];
        entries.extend(master_key(key_id(1), protection::RECOVERY_PASSWORD, &recovery));
        if self.suspended {
            let clear = Record::new(36).le32(0, 0x2000).fill(4..36, 0x5a); // AES-CCM, 256 bits
            let keys = [entry(entry::KEY, clear.bytes()), encrypted_key(entry::ENCRYPTED_KEY, 2)];
            entries.extend(master_key(key_id(2), protection::CLEAR_KEY, &keys));
        }
        entries.extend(encrypted_key(entry::ENCRYPTION_KEY, 3));
        entries
    }

    fn metadata(&self) -> Record {
        let entries = self.entries();
        let size = (HEADERS_BYTES - SECOND_HEADER + entries.len()) as u32;
        let record = Record::new(METADATA_BYTES)
            .put(0, "-FVE-FS-")
            .le16(8, SECOND_HEADER as u16)
            .le16(10, 2) // version
            .le16(12, ENCRYPTED)
            .le16(14, ENCRYPTED)
            .le64(16, self.bytes)
            .le32(28, VOLUME_HEADER_SECTORS)
            .le64(56, VOLUME_HEADER)
            .le32(64, size)
            .le32(68, 1)
            .le32(72, (HEADERS_BYTES - SECOND_HEADER) as u32)
            .le32(76, size)
            .put(80, self.id.mixed())
            .le32(96, 4) // next nonce
            .le32(100, AES_XTS_128)
            .le64(104, time::FILETIME)
            .put(HEADERS_BYTES, entries);
        Self::with_places(record, 32)
    }

    /// The volume.
    pub fn build(&self) -> Disk {
        let mut disk = Disk::new(self.bytes);
        disk.write(0, Self::boot_sector());
        for offset in METADATA {
            disk.write(offset, self.metadata());
        }
        disk
    }
}
