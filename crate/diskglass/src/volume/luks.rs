//! LUKS, the encrypted volumes of Linux: versions 1 and 2.

use super::found::Found;
use super::limited::Limited;
use super::{rules, text};
use crate::finding::Finding;
use crate::limits::FIELD_TEXT_CHARS;
use crate::order::gathered;
use crate::structure;
use crate::structure::{Node, Role, Show, State};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

structure! {
    /// LUKS1 header: cipher and keys of an encrypted volume.
    pub struct Header1("luks1.header", "LUKS1 header", 592, Big) {
        /// Always `LUKS` and BA BE.
        0 => magic: [u8; 6], Show::Ascii;
        /// Version: 1.
        6 => version: u16, Show::Decimal;
        /// Cipher.
        8 => cipher: [u8; 32], Show::Ascii;
        /// Mode of the cipher.
        40 => mode: [u8; 32], Show::Ascii;
        /// Hash function.
        72 => hash: [u8; 32], Show::Ascii;
        /// First sector of the encrypted data.
        104 => payload_sector: u32, Show::Sectors;
        /// Bytes of the key.
        108 => key_bytes: u32, Show::Bytes;
        /// By this a key is known to be the right one.
        112 => key_digest: [u8; 20], Show::Raw;
        /// Salt of that digest.
        132 => key_digest_salt: [u8; 32], Show::Raw;
        /// Iterations of that digest.
        164 => key_digest_iterations: u32, Show::Decimal;
        /// Identity of the volume.
        168 => uuid: [u8; 40], Show::Ascii;
        /// Eight places for keys, each protected by a passphrase.
        208 => key_slots: [u8; 384], Show::With(slots_text);
    }
}

structure! {
    /// LUKS2 binary header: a description of cipher and keys in JSON follows it. Both are there twice.
    pub struct Header2("luks2.header", "LUKS2 header", 4096, Big) {
        /// `LUKS` and BA BE; in the second header, `SKUL` and BA BE.
        0 => magic: [u8; 6], Show::Ascii;
        /// Version: 2.
        6 => version: u16, Show::Decimal;
        /// Bytes of the header with its JSON.
        8 => header_bytes: u64, Show::Bytes;
        /// Number of the last change; the higher one wins.
        16 => sequence: u64, Show::Decimal;
        /// Label.
        24 => label: [u8; 48], Show::With(text::show_label);
        /// Hash function of the checksum.
        72 => checksum_algorithm: [u8; 32], Show::Ascii;
        /// Random bytes that make the two headers differ.
        104 => salt: [u8; 64], Show::Raw;
        /// Identity of the volume.
        168 => uuid: [u8; 40], Show::Ascii;
        /// A second label.
        208 => subsystem: [u8; 48], Show::With(text::show_label);
        /// Byte offset of this header on the device.
        256 => header_offset: u64, Show::Offset;
        /// Zero.
        264 => padding: [u8; 184], Show::Reserved;
        /// Checksum of the header with its JSON, these bytes taken as zero.
        448 => checksum: [u8; 64], Show::Raw;
        /// Zero.
        512 => padding_2: [u8; 3584], Show::Reserved;
    }
}

const MAGIC: [u8; 6] = *b"LUKS\xba\xbe";
const SECOND_MAGIC: [u8; 6] = *b"SKUL\xba\xbe";
/// Where the second header of LUKS2 may be: as far in as the first one is long.
const SECOND_OFFSETS: [u64; 9] =
    [0x4000, 0x8000, 0x1_0000, 0x2_0000, 0x4_0000, 0x8_0000, 0x10_0000, 0x20_0000, 0x40_0000];
/// Longest header whose checksum is computed: the usual one has 16 KiB. Both together stay below the limit of a volume.
const HEADER_BYTES: u64 = 128 << 10;
/// Byte offset of the checksum in the header.
const CHECKSUM_AT: usize = 448;

const SLOT_BYTES: usize = 48;
const SLOT_ACTIVE: [u8; 4] = 0x00ac_71f3_u32.to_be_bytes();

fn slots_text(bytes: &[u8]) -> String {
    let slots = bytes.chunks_exact(SLOT_BYTES);
    format!(
        "{} of {} in use",
        slots.clone().filter(|slot| slot.starts_with(&SLOT_ACTIVE)).count(),
        slots.count()
    )
}

/// Recognises LUKS by the header at its start.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    let bytes = volume.read(0, Header1::LENGTH)?;
    let header = Header1::decode(&bytes).filter(|header| header.magic == MAGIC)?;
    match header.version {
        1 => {
            let mut found = Found::new("crypto_LUKS", volume.node(&Header1::LAYOUT, key, 0, &bytes));
            found.volume.version = Some("1".into());
            found.volume.uuid = text::label(&header.uuid);
            found.fact("Hash", structure::ascii(&header.hash));
            let cipher = format!("{}-{}", structure::ascii(&header.cipher), structure::ascii(&header.mode));
            let detail = format!("LUKS1, {cipher}, keys: {}", slots_text(&header.key_slots));
            found.add(&rules::ENCRYPTED, "cipher", detail);
            Some(found)
        }
        2 => {
            let first = Copy::read(volume, 0, MAGIC)?;
            let second = SECOND_OFFSETS
                .contains(&first.header.header_bytes)
                .then(|| Copy::read(volume, first.header.header_bytes, SECOND_MAGIC))
                .flatten();
            Some(luks2(volume, key, first, second))
        }
        _ => None,
    }
}

/// Recognises LUKS2 by its second header, where the first one is lost.
pub(super) fn read_second_header(volume: &Limited, key: &str) -> Option<Found> {
    let second = SECOND_OFFSETS.iter().find_map(|offset| {
        let copy = Copy::read(volume, *offset, SECOND_MAGIC)?;
        (copy.header.header_offset == *offset && copy.check == Check::Right).then_some(copy)
    })?;
    let mut found = describe(volume, key, &second);
    let detail = format!("there is only the second header, at byte {}", second.offset);
    found.add(&rules::LUKS_HEADER, "magic", detail);
    Some(found)
}

/// What became of a checksum.
#[derive(PartialEq, Eq)]
enum Check {
    Right,
    Wrong {
        computed: String,
    },
    /// Of a kind that is not computed here, or the header is very long or not all there.
    Unknown,
}

/// One of the two headers.
struct Copy {
    offset: u64,
    bytes: Vec<u8>,
    header: Header2,
    /// The JSON behind it, where it is not too long.
    json: Option<Vec<u8>>,
    check: Check,
}

impl Copy {
    fn read(volume: &Limited, offset: u64, magic: [u8; 6]) -> Option<Self> {
        if volume.read(offset, magic.len())? != magic {
            return None;
        }
        let bytes = volume.read(offset, Header2::LENGTH)?;
        let header = Header2::decode(&bytes).filter(|header| header.version == 2)?;
        let json = header.header_bytes.checked_sub(Header2::LENGTH as u64).and_then(|length| {
            let length = usize::try_from(length).ok().filter(|_| header.header_bytes <= HEADER_BYTES)?;
            volume.read(offset + Header2::LENGTH as u64, length)
        });
        let check = json.as_ref().and_then(|json| check(&bytes, &header, json)).unwrap_or(Check::Unknown);
        Some(Self { offset, bytes, header, json, check })
    }
}

/// Computes the checksum of a header with its JSON; `None` for hash functions other than the usual one.
fn check(bytes: &[u8], header: &Header2, json: &[u8]) -> Option<Check> {
    if structure::ascii(&header.checksum_algorithm) != "sha256" {
        return None;
    }
    let (before, from) = bytes.split_at_checked(CHECKSUM_AT)?;
    let (stored, after) = from.split_at_checked(header.checksum.len())?;
    let mut hash = Sha256::new();
    for part in [before, &[0; 64], after, json] {
        hash.update(part);
    }
    let computed = hash.finalize();
    Some(if stored.starts_with(&computed) {
        Check::Right
    } else {
        Check::Wrong { computed: structure::hex_bytes(&computed, 32) }
    })
}

/// What of the JSON is told.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Json {
    keyslots: BTreeMap<String, KeySlot>,
    segments: BTreeMap<String, Segment>,
}

/// While a volume is encrypted anew, one slot holds no key.
#[derive(Deserialize)]
struct KeySlot {
    kdf: Option<Kdf>,
}

#[derive(Deserialize)]
struct Kdf {
    #[serde(rename = "type")]
    kind: String,
}

/// While a volume is encrypted anew, one segment may be in the clear.
#[derive(Deserialize)]
struct Segment {
    encryption: Option<String>,
}

/// Ciphers and keys in words, where the JSON can be read.
fn ciphers(json: &[u8]) -> Option<String> {
    let text = json.split(|byte| *byte == 0).next()?;
    let json: Json = serde_json::from_slice(text).ok()?;
    let ciphers: BTreeSet<&str> =
        gathered(json.segments.values().filter_map(|segment| segment.encryption.as_deref()));
    let keys: Vec<&str> =
        json.keyslots.values().filter_map(|slot| Some(slot.kdf.as_ref()?.kind.as_str())).collect();
    let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    let (count, kinds) = (keys.len(), list(gathered(keys)));
    let ciphers = list(ciphers);
    let text = match (ciphers.as_str(), kinds.as_str()) {
        ("", "") => format!("LUKS2, keys: {count}"),
        (_, "") => format!("LUKS2, {ciphers}, keys: {count}"),
        _ => format!("LUKS2, {ciphers}, keys: {count} ({kinds})"),
    };
    Some(text.chars().take(FIELD_TEXT_CHARS).collect())
}

/// A LUKS2 volume as one of its headers says.
fn describe(volume: &Limited, key: &str, copy: &Copy) -> Found {
    let node = volume.node(&Header2::LAYOUT, key, copy.offset, &copy.bytes);
    let mut found = Found::new("crypto_LUKS", node);
    found.volume.version = Some("2".into());
    found.volume.uuid = text::label(&copy.header.uuid);
    found.volume.label = text::label(&copy.header.label);
    let detail = copy.json.as_ref().and_then(|json| ciphers(json)).unwrap_or_else(|| "LUKS2".into());
    found.add(&rules::ENCRYPTED, "version", detail);
    found
}

/// A LUKS2 volume of two headers, of which one may be lost.
fn luks2(volume: &Limited, key: &str, first: Copy, second: Option<Copy>) -> Found {
    let place = format!("the second header, at byte {},", first.header.header_bytes);
    let Some(second) = second else {
        let mut found = describe(volume, key, &first);
        match first.check {
            Check::Wrong { computed } => {
                let stored = structure::hex_bytes(first.header.checksum.get(..32).unwrap_or_default(), 32);
                found.wrong_checksum("checksum", &stored, &computed);
            }
            _ => found.add(&rules::LUKS_HEADER, "header_bytes", format!("{place} is not there")),
        }
        return found;
    };
    let spoiled = |copy: &Copy| matches!(copy.check, Check::Wrong { .. });
    let second_wins = spoiled(&first) && !spoiled(&second)
        || spoiled(&first) == spoiled(&second) && second.header.sequence > first.header.sequence;
    let (winner, other) = if second_wins { (second, first) } else { (first, second) };
    let mut found = describe(volume, key, &winner);
    let mut node = backup_node(volume, key, &other);
    match (&winner.check, &other.check) {
        (Check::Wrong { computed }, _) => {
            let stored = structure::hex_bytes(winner.header.checksum.get(..32).unwrap_or_default(), 32);
            found.wrong_checksum("checksum", &stored, computed);
        }
        (_, Check::Wrong { .. }) => {
            node.state = State::Damaged;
            let detail = format!("the checksum of the header at byte {} does not match", other.offset);
            found.add_finding(Finding::new(&rules::LUKS_HEADER, detail).field(&node, "checksum"));
        }
        _ => {}
    }
    found.add_node(node);
    found
}

fn backup_node(volume: &Limited, key: &str, copy: &Copy) -> Node {
    let mut node = volume.node(&Header2::LAYOUT, key, copy.offset, &copy.bytes).role(Role::Backup);
    node.key += ".backup";
    node.title += ", backup";
    node
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "offsets in small samples")]
mod tests {
    use super::super::tests::{ids, kind, luks2, patched};
    use super::*;
    use crate::volume::Outcome;
    use std::rc::Rc;

    const SECOND: u64 = 0x4000;

    /// A header with these bytes replaced and its checksum written anew.
    fn sealed(bytes: &Rc<Vec<u8>>, offset: u64, at: usize, patch: &[u8]) -> Vec<u8> {
        let mut header = bytes[offset as usize..][..0x4000].to_vec();
        header[at..at + patch.len()].copy_from_slice(patch);
        header[CHECKSUM_AT..CHECKSUM_AT + 64].fill(0);
        let sum = Sha256::digest(&header);
        header[CHECKSUM_AT..CHECKSUM_AT + 32].copy_from_slice(&sum);
        header
    }

    fn label(outcome: &Outcome) -> Option<&str> {
        outcome.volume.as_ref()?.label.as_deref()
    }

    #[test]
    fn one_damaged_header_is_a_warning_and_two_are_an_error() {
        let bytes = luks2();
        let (first, second) = ((5000, &[0xa5_u8][..]), (SECOND + 5000, &[0xa5_u8][..]));
        for damage in [first, second] {
            let outcome = patched(&bytes, &[damage]);
            assert_eq!(ids(&outcome), ["volume.encrypted", "volume.luks.header-damaged"]);
            assert_eq!(label(&outcome), Some("secret"));
            assert_eq!(outcome.nodes[0].state, State::Ok);
            assert_eq!(outcome.nodes[1].state, State::Damaged);
        }
        let outcome = patched(&bytes, &[first, second]);
        assert_eq!(ids(&outcome), ["volume.encrypted", "volume.superblock.checksum"]);
        let gone = patched(&bytes, &[(SECOND, &[0; 6])]);
        assert_eq!(ids(&gone), ["volume.encrypted", "volume.luks.header-damaged"]);
    }

    #[test]
    fn the_newer_header_wins() {
        let bytes = luks2();
        let mut newer = sealed(&bytes, SECOND, 16, &9_u64.to_be_bytes());
        newer[24..30].copy_from_slice(b"second");
        assert_eq!(label(&patched(&bytes, &[(SECOND, &newer)])), Some("secret"), "its checksum is wrong");
        newer = sealed(&Rc::new(newer), 0, 16, &9_u64.to_be_bytes());
        assert_eq!(label(&patched(&bytes, &[(SECOND, &newer)])), Some("second"));
    }

    #[test]
    fn the_second_header_alone() {
        let bytes = luks2();
        let lost: (u64, &[u8]) = (0, &[0; 512]);
        let outcome = patched(&bytes, &[lost]);
        assert_eq!(ids(&outcome), ["volume.encrypted", "volume.luks.header-damaged"]);
        assert_eq!(outcome.volume.unwrap().structure.as_deref(), Some("luks2.header@p1"));
        assert_eq!(
            kind(&patched(&bytes, &[lost, (SECOND + 5000, &[0xa5])])),
            "",
            "its checksum has to be right"
        );
        let elsewhere = sealed(&bytes, SECOND, 256, &0x8000_u64.to_be_bytes());
        assert_eq!(kind(&patched(&bytes, &[lost, (SECOND, &elsewhere)])), "", "it has to know its place");
    }

    #[test]
    fn cipher_and_keys_are_told() {
        let outcome = patched(&luks2(), &[]);
        assert_eq!(
            outcome.findings.iter().next().unwrap().detail,
            "LUKS2, aes-xts-plain64, keys: 1 (argon2id)"
        );
        assert_eq!(ciphers(b"{}\0\0").as_deref(), Some("LUKS2, keys: 0"));
        assert_eq!(ciphers(b"{\"keyslots\":["), None);
        assert_eq!(ciphers(&b"[".repeat(100_000)), None);
    }

    #[test]
    fn version_1() {
        let mut header = vec![0_u8; 4096];
        header[..8].copy_from_slice(b"LUKS\xba\xbe\0\x01");
        header[8..11].copy_from_slice(b"aes");
        header[40..51].copy_from_slice(b"xts-plain64");
        header[168..204].copy_from_slice(b"d806b968-2f02-4138-ae61-54586be6f8ec");
        header[208 + 48..208 + 52].copy_from_slice(&SLOT_ACTIVE);
        let outcome = patched(&Rc::new(header), &[]);
        assert_eq!(
            outcome.findings.iter().next().unwrap().detail,
            "LUKS1, aes-xts-plain64, keys: 1 of 8 in use"
        );
        let volume = outcome.volume.unwrap();
        assert_eq!(volume.uuid.as_deref(), Some("d806b968-2f02-4138-ae61-54586be6f8ec"));
        assert_eq!(volume.version.as_deref(), Some("1"));
    }

    #[test]
    fn lengths_that_cannot_be() {
        let bytes = luks2();
        for length in [0_u64, 1, 4095, 1 << 40, u64::MAX] {
            let outcome = patched(&bytes, &[(8, &length.to_be_bytes())]);
            assert_eq!(kind(&outcome), "crypto_LUKS");
        }
        assert_eq!(kind(&patched(&bytes, &[(7, &[3]), (SECOND, &[0; 6])])), "");
    }
}
