//! Linux swap areas, and the system images that hibernation puts in them.

use super::found::Found;
use super::limited::Limited;
use super::{State, rules, text};
use crate::structure;
use crate::structure::{Endian, Layout, Show};

structure! {
    /// Swap header: what mkswap writes behind the first kibibyte. The signature itself ends the first page.
    pub struct Header("swap.header", "Swap header", 512, Little) {
        /// Version: 1.
        0 => version: u32, Show::Decimal;
        /// Number of the last page.
        4 => last_page: u32, Show::Decimal;
        /// Number of unusable pages, listed behind this header.
        8 => bad_pages: u32, Show::Decimal;
        /// Identity of the swap area.
        12 => uuid: [u8; 16], Show::Uuid;
        /// Label.
        28 => label: [u8; 16], Show::With(text::show_label);
        /// Zero.
        44 => padding: [u8; 468], Show::Reserved;
    }
}

structure! {
    /// Swap signature: the last ten bytes of the first page. Where they lie tells the size of a page.
    pub struct Signature("swap.signature", "Swap signature", 10, Little) {
        /// `SWAPSPACE2`, the old `SWAP-SPACE`, or the mark of a hibernated system.
        0 => magic: [u8; 10], Show::Ascii;
    }
}

/// The header as machines of the other byte order write it.
const BIG_ENDIAN: Layout = Layout { endian: Endian::Big, ..Header::LAYOUT };

/// Byte offset of the header.
const HEADER_AT: u64 = 1024;
/// Sizes of a page on the machines that Linux runs on.
const PAGES: [u64; 5] = [4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10];
/// Swap areas have at least ten pages.
const SMALLEST_BYTES: u64 = 10 * 4096;
/// What TuxOnIce puts at the start of a swap area that holds a hibernated system.
const TUX_ON_ICE: [u8; 8] = *b"\xed\xc3\x02\xe9\x98\x56\xe5\x0c";

/// What a signature means: the kind, the version, and whether the header has label and UUID.
fn meaning(magic: [u8; 10]) -> Option<(&'static str, &'static str, bool)> {
    Some(match &magic {
        b"SWAPSPACE2" => ("swap", "1", true),
        b"SWAP-SPACE" => ("swap", "0", false),
        b"LINHIB0001" => ("swsuspend", "linhib0001", true),
        _ if magic.starts_with(b"S1SUSPEND") => ("swsuspend", "s1suspend", true),
        _ if magic.starts_with(b"S2SUSPEND") => ("swsuspend", "s2suspend", true),
        _ if magic.starts_with(b"ULSUSPEND") => ("swsuspend", "ulsuspend", true),
        _ => return None,
    })
}

/// Recognises swap areas and hibernated systems.
pub(super) fn read(volume: &Limited, key: &str) -> Option<Found> {
    if volume.size() < SMALLEST_BYTES {
        return None;
    }
    let (page, signature) = PAGES.iter().find_map(|page| {
        let bytes = volume.read(page - Signature::LENGTH as u64, Signature::LENGTH)?;
        meaning(bytes.as_slice().try_into().ok()?).map(|_| (*page, bytes))
    })?;
    let (mut kind, mut version, is_new) = meaning(signature.as_slice().try_into().ok()?)?;
    // The signature is left in place: only the start of the area tells.
    if volume.holds(0, &TUX_ON_ICE) {
        (kind, version) = ("swsuspend", "tuxonice");
    }
    let mark = volume.node(&Signature::LAYOUT, key, page - Signature::LENGTH as u64, &signature);
    if !is_new {
        let mut found = Found::new(kind, mark);
        found.volume.version = Some(version.into());
        return Some(found);
    }
    let bytes = volume.read(HEADER_AT, Header::LENGTH)?;
    let mut header = Header::decode(&bytes)?;
    let mut layout = &Header::LAYOUT;
    if header.version == 1_u32.swap_bytes() {
        layout = &BIG_ENDIAN;
        header.version = header.version.swap_bytes();
        header.last_page = header.last_page.swap_bytes();
    }
    if kind == "swap" && (header.version != 1 || header.last_page == 0) {
        return None;
    }
    let mut found = Found::new(kind, volume.node(layout, key, HEADER_AT, &bytes));
    found.volume.version = Some(version.into());
    // Old versions of mkswap left what was there before.
    if header.padding.get(128..136) == Some(&[0; 8]) {
        found.volume.label = text::label(&header.label);
        found.volume.uuid = text::uuid(&header.uuid);
    }
    found.blocks("last_page", u64::from(header.last_page) + 1, page);
    if kind == "swsuspend" {
        found.state(State::Hibernated);
        let detail = format!("the signature is {:?}", structure::ascii(&signature));
        found.add_finding(crate::finding::Finding::new(&rules::HIBERNATED, detail).field(&mark, "magic"));
    }
    found.add_node(mark);
    Some(found)
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "offsets in small samples")]
mod tests {
    use super::super::tests::{ids, kind, patched, swap};
    use crate::bytes::{Bytes, Slice};
    use std::rc::Rc;

    #[test]
    fn pages_of_other_machines() {
        let bytes = swap();
        let signature = &bytes[4086..4096];
        for page in [8_u64, 16, 32, 64].map(|kib| kib << 10) {
            let last = (((1 << 20) / page - 1) as u32).to_le_bytes();
            let patches: [(u64, &[u8]); 3] = [(4086, &[0; 10]), (page - 10, signature), (1028, &last)];
            let volume = patched(&bytes, &patches).volume.unwrap();
            assert_eq!((volume.kind.as_str(), volume.size_bytes), ("swap", Some(1 << 20)), "{page}");
        }
    }

    #[test]
    fn the_other_byte_order() {
        let bytes = swap();
        let patches: [(u64, &[u8]); 2] = [(1024, &[0, 0, 0, 1]), (1028, &[0, 0, 0, 255])];
        let outcome = patched(&bytes, &patches);
        assert_eq!(outcome.nodes[0].fields[1].value, "255");
        assert_eq!(outcome.volume.unwrap().size_bytes, Some(1 << 20));
    }

    #[test]
    fn a_sleeping_system_is_a_warning() {
        let bytes = swap();
        for (magic, version) in
            [(b"S1SUSPEND\0", "s1suspend"), (b"S2SUSPEND\0", "s2suspend"), (b"LINHIB0001", "linhib0001")]
        {
            let outcome = patched(&bytes, &[(4086, magic)]);
            assert_eq!(ids(&outcome), ["volume.swap.hibernated"]);
            let volume = outcome.volume.unwrap();
            assert_eq!((volume.kind.as_str(), volume.version.as_deref()), ("swsuspend", Some(version)));
        }
        let outcome = patched(&bytes, &[(0, &super::TUX_ON_ICE)]);
        assert_eq!(ids(&outcome), ["volume.swap.hibernated"]);
        assert_eq!(outcome.volume.unwrap().version.as_deref(), Some("tuxonice"));
    }

    #[test]
    fn headers_that_say_less() {
        let bytes = swap();
        let old = patched(&bytes, &[(4086, b"SWAP-SPACE")]).volume.unwrap();
        assert_eq!((old.version.as_deref(), old.uuid, old.label), (Some("0"), None, None));
        let dirty = patched(&bytes, &[(1024 + 44 + 128, &[1])]).volume.unwrap();
        assert_eq!((dirty.version.as_deref(), dirty.uuid, dirty.label), (Some("1"), None, None));
        assert_eq!(kind(&patched(&bytes, &[(1024, &[2])])), "");
        assert_eq!(kind(&patched(&bytes, &[(1028, &[0; 4])])), "");
        let small: Bytes = Rc::new(Slice::new(bytes, 0, 9 * 4096));
        assert!(super::super::recognise(&small, "p1").volume.is_none());
    }
}
