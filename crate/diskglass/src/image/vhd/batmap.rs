//! XenServer's batmap: a bit per block, behind the block allocation table. A set bit says that every sector of the block
//! was written, so that its bitmap need not be read.

use super::creator;
use super::footer::Footer;
use super::rules;
use crate::bytes::{Bytes, ReadError};
use crate::finding::{Finding, Findings};
use crate::structure;
use crate::structure::{Node, Show, State, span_at};
use std::ops::Range;

/// Key of its header among the structures.
const KEY: &str = "vhd.batmap";

/// The first version of XenServer's tools that always writes a batmap, and the newest version of the batmap.
const ALWAYS: u32 = 0x0001_0002;

/// The version whose checksum adds up signed bytes.
const SIGNED: u32 = 0x0001_0001;

/// Bytes of the map that are added up at most: a disk of 16 TiB in blocks of 2 MiB.
const SUMMED: u64 = 1 << 20;

structure! {
    /// Header of XenServer's batmap, in the sector behind the block allocation table.
    pub struct BatmapHeader("vhd.batmap", "Batmap header", 512, Big) {
        /// Always `tdbatmap`.
        0 => cookie: [u8; 8], Show::Ascii;
        /// Where the map lies.
        8 => map_offset: u64, Show::Offset;
        /// Length of the map.
        16 => map_sectors: u32, Show::Sectors;
        /// Version of the batmap: 1.2 now, 1.1 with a checksum over signed bytes.
        20 => version: u32, Show::Version;
        /// One's complement of the sum of the map's bytes.
        24 => checksum: u32, Show::Hex;
        /// For free use.
        28 => marker: u8, Show::Decimal;
        /// Whether the image is encrypted, and the two fields below tell which key it takes.
        29 => key_flag: u8, Show::Decimal;
        /// Nonce of the key's hash.
        30 => key_nonce: [u8; 32], Show::Raw;
        /// SHA-256 of nonce and key.
        62 => key_hash: [u8; 32], Show::Raw;
        /// Zero.
        94 => reserved: [u8; 418], Show::Reserved;
    }
}

/// A batmap that can be followed.
pub(super) struct Batmap {
    /// Header and map: no block may lie here.
    pub(super) metadata: [Range<u64>; 2],
    /// Byte offset of the map.
    pub(super) offset: u64,
}

/// Looks for the batmap behind a table that ends at byte `offset` (a whole sector), shows and checks it.
pub(super) fn read(
    file: &Bytes,
    footer: &Footer,
    entries: u64,
    offset: u64,
    nodes: &mut Vec<Node>,
    findings: &mut Findings,
) -> Result<Option<Batmap>, ReadError> {
    if !creator::is_xen(footer.creator_application) || footer.creator_version < SIGNED {
        return Ok(None);
    }
    let raw = file.read_up_to(offset, BatmapHeader::LENGTH)?;
    let header = BatmapHeader::decode(&raw).filter(|header| header.cookie == *b"tdbatmap");
    let Some(header) = header else {
        if footer.creator_version >= ALWAYS {
            let detail = format!("at byte {offset} there is no tdbatmap");
            let place = span_at(&**file, offset, 512);
            findings.add(Finding::new(&rules::BATMAP_MISSING, detail).on("vhd.bat").place(place));
        }
        return Ok(None);
    };
    let mut node = Node::of(&BatmapHeader::LAYOUT, KEY, &**file, offset, &raw).within("vhd.bat");
    let bytes = u64::from(header.map_sectors) * 512;
    let end = header.map_offset.saturating_add(bytes);
    let wrong = if header.version > ALWAYS {
        Some(("version", "its version is unknown".to_owned()))
    } else if bytes == 0 || bytes * 8 < entries {
        Some(("map_sectors", format!("it has {} bits for {entries} blocks", bytes * 8)))
    } else if header.map_offset == 0 || !header.map_offset.is_multiple_of(512) || end > file.size() {
        let size = file.size();
        Some(("map_offset", format!("the map lies at bytes {} to {end} of {size}", header.map_offset)))
    } else {
        None
    };
    if let Some((field, detail)) = wrong {
        node.state = State::Damaged;
        findings.add(Finding::new(&rules::BATMAP_HEADER, detail).field(&node, field));
        nodes.push(node);
        return Ok(None);
    }
    let summed = (footer.current_size >> 24).max(1).next_multiple_of(512).min(bytes).min(SUMMED);
    let map = file.read_vec(header.map_offset, usize::try_from(summed).unwrap_or(0))?;
    let computed = checksum(&map, header.version == SIGNED);
    if computed != header.checksum {
        node.state = State::Damaged;
        let detail = format!("stored 0x{:08x}, computed 0x{computed:08x}", header.checksum);
        findings.add(
            Finding::new(&rules::BATMAP_CHECKSUM, detail)
                .expected(format!("0x{computed:08x}"), format!("0x{:08x}", header.checksum))
                .field(&node, "checksum"),
        );
    }
    nodes.push(node);
    let span = span_at(&**file, header.map_offset, bytes);
    nodes.push(
        Node::area("vhd.batmap-map", "vhd.batmap-map", "Batmap", span).within(KEY).note(
            "A bit per block, the most significant first: 1 where every sector of the block was written.",
        ),
    );
    Ok(Some(Batmap { metadata: [offset..offset + 512, header.map_offset..end], offset: header.map_offset }))
}

/// One's complement of the sum of the bytes, as unsigned or as signed numbers.
fn checksum(map: &[u8], signed: bool) -> u32 {
    let sum = map.iter().fold(0_u32, |sum, byte| {
        let unsigned = u32::from(*byte);
        let low = if signed && *byte >= 0x80 { 0x100 } else { 0 };
        sum.wrapping_add(unsigned).wrapping_sub(low)
    });
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_map_sums_up_to_all_ones() {
        assert_eq!(checksum(&[0; 512], false), u32::MAX);
        assert_eq!(checksum(&[0xf0], false), !0xf0);
        assert_eq!(checksum(&[0xf0], true), !0xffff_fff0);
    }
}
