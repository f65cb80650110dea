//! BitLocker, the encrypted volumes of Windows.

use super::found::{Found, When};
use super::int::{index, le};
use super::limited::Limited;
use super::{rules, text};
use crate::finding::Finding;
use crate::structure;
use crate::structure::{Endian, Guid, Node, Show};

structure! {
    /// BitLocker boot sector: takes the place of that of the encrypted file system.
    pub struct BootSector("bitlocker.boot-sector", "BitLocker boot sector", 512, Little) {
        /// Jump to the boot code.
        0 => jump: [u8; 3], Show::Raw;
        /// `-FVE-FS-`; `MSWIN4.1` on removable drives.
        3 => signature: [u8; 8], Show::Ascii;
        /// Bytes per sector.
        11 => bytes_per_sector: u16, Show::Bytes;
        /// Sectors per cluster.
        13 => sectors_per_cluster: u8, Show::Decimal;
        /// Fields of FAT and NTFS.
        14 => parameters: [u8; 42], Show::Raw;
        /// Windows Vista: cluster of the metadata.
        56 => metadata_cluster: u64, Show::Decimal;
        /// More fields of FAT and NTFS, boot code.
        64 => boot_code: [u8; 96], Show::Raw;
        /// Since Windows 7: tells how much is encrypted.
        160 => identifier: [u8; 16], Show::Guid;
        /// Byte offset of the metadata.
        176 => metadata_1: u64, Show::Offset;
        /// Byte offset of their first copy.
        184 => metadata_2: u64, Show::Offset;
        /// Byte offset of their second copy.
        192 => metadata_3: u64, Show::Offset;
        /// Boot code.
        200 => boot_code_2: [u8; 224], Show::Raw;
        /// Removable drives: the identifier.
        424 => to_go_identifier: [u8; 16], Show::Guid;
        /// Removable drives: byte offset of the metadata.
        440 => to_go_metadata_1: u64, Show::Offset;
        /// Byte offset of their first copy.
        448 => to_go_metadata_2: u64, Show::Offset;
        /// Byte offset of their second copy.
        456 => to_go_metadata_3: u64, Show::Offset;
        /// Boot code.
        464 => boot_code_3: [u8; 46], Show::Raw;
        /// Always 55 AA.
        510 => end: [u8; 2], Show::Raw;
    }
}

structure! {
    /// BitLocker metadata: state of the encryption, and how the keys are protected. Entries follow. They are there three times.
    pub struct Metadata("bitlocker.metadata", "BitLocker metadata", 112, Little) {
        /// Always `-FVE-FS-`.
        0 => signature: [u8; 8], Show::Ascii;
        /// Bytes of this header.
        8 => header_bytes: u16, Show::Bytes;
        /// Version: 1 with Windows Vista, 2 since Windows 7.
        10 => version: u16, Show::Decimal;
        /// What is under way.
        12 => state: u16, Show::Names(STATES);
        /// What it will come to.
        14 => next_state: u16, Show::Names(STATES);
        /// Bytes that are encrypted so far.
        16 => encrypted_bytes: u64, Show::Bytes;
        /// Zero.
        24 => reserved: u32, Show::Decimal;
        /// Sectors at the start of the volume that are kept elsewhere.
        28 => header_sectors: u32, Show::Decimal;
        /// Byte offset of the metadata.
        32 => metadata_1: u64, Show::Offset;
        /// Byte offset of their first copy.
        40 => metadata_2: u64, Show::Offset;
        /// Byte offset of their second copy.
        48 => metadata_3: u64, Show::Offset;
        /// Where the start of the volume is kept.
        56 => volume_header: u64, Show::Offset;
        /// Bytes of what follows, with the entries.
        64 => size: u32, Show::Bytes;
        /// Version of what follows: 1.
        68 => metadata_version: u32, Show::Decimal;
        /// Bytes of what follows, without the entries.
        72 => metadata_header_bytes: u32, Show::Bytes;
        /// The size again.
        76 => size_again: u32, Show::Bytes;
        /// Identity of the volume.
        80 => volume_id: [u8; 16], Show::Guid;
        /// Next number for the encryption of keys.
        96 => next_nonce: u32, Show::Decimal;
        /// Method of encryption.
        100 => method: u32, Show::Names(METHODS);
        /// When the volume was encrypted: 100 nanoseconds since 1601.
        104 => created: u64, Show::With(text::show_filetime);
    }
}

const STATES: &[(u64, &str)] = &[
    (0, "none"),
    (1, "decrypted"),
    (2, "decrypting"),
    (3, "decrypting paused"),
    (4, "encrypted"),
    (5, "encrypting"),
];

const METHODS: &[(u64, &str)] = &[
    (0x8000, "AES-CBC 128-bit with diffuser"),
    (0x8001, "AES-CBC 256-bit with diffuser"),
    (0x8002, "AES-CBC 128-bit"),
    (0x8003, "AES-CBC 256-bit"),
    (0x8004, "AES-XTS 128-bit"),
    (0x8005, "AES-XTS 256-bit"),
];

/// Ways of protecting the volume master key.
const PROTECTIONS: &[(u64, &str)] = &[
    (0x0000, "clear key"),
    (0x0100, "TPM"),
    (0x0200, "startup key"),
    (0x0500, "TPM and PIN"),
    (0x0800, "recovery password"),
    (0x2000, "password"),
];
const CLEAR_KEY: u64 = 0;

const ENTRY_BYTES: usize = 8;
/// Byte offset, in the metadata, of what the size is about.
const SIZED_AT: usize = 64;
/// Bytes of metadata with their entries that are read: usual ones have some hundred.
const LONGEST: u32 = 16 << 10;
const ENTRY_MASTER_KEY: u64 = 2;
const ENTRY_DESCRIPTION: u64 = 7;
const VALUE_STRING: u64 = 2;

/// What a boot sector says.
enum Kind {
    Vista,
    /// The metadata are at this byte.
    Later(u64),
}

fn kind(boot: &BootSector) -> Option<Kind> {
    match (&boot.jump, &boot.signature) {
        (b"\xeb\x52\x90", b"-FVE-FS-") => Some(Kind::Vista),
        (b"\xeb\x58\x90", b"-FVE-FS-") => Some(Kind::Later(boot.metadata_1)),
        (b"\xeb\x58\x90", b"MSWIN4.1") => Some(Kind::Later(boot.to_go_metadata_1)),
        _ => None,
    }
}

/// Byte offset of the metadata, where a boot sector is BitLocker's; 0 with Windows Vista. On removable drives it looks
/// like one of FAT otherwise.
fn metadata_at(volume: &Limited, boot: &BootSector) -> Option<u64> {
    match kind(boot)? {
        Kind::Vista => Some(0),
        Kind::Later(offset) => {
            (offset != 0 && offset % 64 == 0 && volume.holds(offset, b"-FVE-FS-")).then_some(offset)
        }
    }
}

/// Recognises BitLocker.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, BootSector::LENGTH)?;
    let boot = BootSector::decode(&bytes)?;
    let offset = metadata_at(volume, &boot)?;
    let mut found = Found::new("BitLocker", volume.node(&BootSector::LAYOUT, key, 0, &bytes));
    if offset == 0 {
        found.encrypted("signature", "BitLocker of Windows Vista");
        return Some(found);
    }
    let bytes = volume.read(offset, Metadata::LENGTH)?;
    let metadata = Metadata::decode(&bytes)?;
    let mut found = found.version(metadata.version.to_string());
    found.volume.uuid = Guid::from_bytes(&metadata.volume_id).map(|id| id.to_string());
    let node = volume.node(&Metadata::LAYOUT, key, offset, &bytes);
    let length = SIZED_AT + metadata.size.min(LONGEST) as usize;
    let whole = volume.read(offset, length).unwrap_or_default();
    describe(&mut found, &metadata, &node, whole.get(Metadata::LENGTH..).unwrap_or_default());
    found.add_node(node);
    let copies = [metadata.metadata_2, metadata.metadata_3].map(|copy| volume.holds(copy, b"-FVE-FS-"));
    if copies.contains(&false) {
        let lost = copies.iter().filter(|is_there| !**is_there).count();
        found.add(&rules::BITLOCKER_COPY, "metadata_2", format!("{lost} of the two copies are not there"));
    }
    Some(found)
}

fn name(names: &[(u64, &'static str)], number: u64) -> String {
    names
        .iter()
        .find(|(known, _)| *known == number)
        .map_or_else(|| format!("0x{number:x}"), |(_, name)| (*name).into())
}

/// What metadata and their entries say.
fn describe(found: &mut Found, metadata: &Metadata, node: &Node, mut entries: &[u8]) {
    let mut protections = Vec::new();
    while let Some(length) = index(le(entries, 0, 2)) {
        let Some((entry, rest)) = entries.split_at_checked(length).filter(|_| length >= ENTRY_BYTES) else {
            break;
        };
        entries = rest;
        let (kind, value) = (le(entry, 2, 2), le(entry, 4, 2));
        let data = entry.get(ENTRY_BYTES..).unwrap_or_default();
        match kind {
            // A GUID and two times are in front of the protection.
            Some(ENTRY_MASTER_KEY) => protections.extend(le(data, 26, 2)),
            Some(ENTRY_DESCRIPTION) if value == Some(VALUE_STRING) && found.volume.label.is_none() => {
                found.volume.label = text::label_utf16(data, Endian::Little);
            }
            _ => {}
        }
    }
    let method = name(METHODS, metadata.method.into());
    let keys: Vec<String> = protections.iter().map(|protection| name(PROTECTIONS, *protection)).collect();
    let state = name(STATES, metadata.state.into());
    let detail = format!("BitLocker, {method}, {state}, keys: {}", keys.join(", "));
    found.add_finding(Finding::new(&rules::ENCRYPTED, detail).field(node, "method"));
    found.fact("Method", method);
    found.fact("State", state);
    found.fact("Keys", keys.join(", "));
    found.filetime(When::Created, metadata.created);
    if protections.contains(&CLEAR_KEY) {
        let detail = "one of the keys is stored in the clear";
        found.add_finding(Finding::new(&rules::BITLOCKER_CLEAR_KEY, detail).on(node.key.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_numbers() {
        assert_eq!(name(METHODS, 0x8004), "AES-XTS 128-bit");
        assert_eq!(name(PROTECTIONS, 0x7777), "0x7777");
    }
}
