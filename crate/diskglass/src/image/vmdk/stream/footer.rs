//! The end of a stream: the footer, a copy of the header that says where the grain directory is.

use super::super::header::{GD_AT_END, SECTOR, SparseHeader};
use super::marker::Marker;
use super::rules;
use crate::bytes::{ReadAt, ReadError};
use crate::finding::{Finding, Findings};
use crate::limits;
use crate::structure::{Node, Role, State};

/// How far before the end of a file a footer is looked for when it is not at its place.
const SEARCH_BYTES: u64 = 16 << 20;

/// Bytes from the footer to the end of the file: itself and the marker that ends the stream.
const FROM_END: u64 = 1024;

/// A footer where it was found.
pub(in crate::image::vmdk) struct Footer {
    pub(in crate::image::vmdk) header: SparseHeader,
    /// Byte offset in the file.
    offset: u64,
    bytes: Vec<u8>,
}

impl Footer {
    /// The footer at that place, when a marker stands in front of it.
    fn read(file: &dyn ReadAt, offset: u64) -> Result<Option<Self>, ReadError> {
        let Some(marker) = offset.checked_sub(SECTOR) else { return Ok(None) };
        let raw = file.read_up_to(marker, 1024)?;
        let bytes = raw.get(512..).unwrap_or_default().to_vec();
        let found = is_marker(&raw) && SparseHeader::is_marked(&bytes);
        Ok(SparseHeader::decode(&bytes).filter(|_| found).map(|header| Self { header, offset, bytes }))
    }

    /// Looks for the footer backwards from the end of the file.
    fn search(file: &dyn ReadAt) -> Result<Option<Self>, ReadError> {
        let size = file.size();
        let floor = size.saturating_sub(SEARCH_BYTES) / SECTOR * SECTOR;
        let mut end = size / SECTOR * SECTOR;
        while end > floor {
            let start = end.saturating_sub(limits::SCAN_CHUNK as u64).max(floor);
            let chunk = file.read_vec(start, usize::try_from(end - start).unwrap_or(0))?;
            for (index, sector) in
                (0..).zip(chunk.chunks_exact(512)).collect::<Vec<(u64, &[u8])>>().iter().rev()
            {
                if is_marker(sector)
                    && let Some(found) = Self::read(file, start + (index + 1) * SECTOR)?
                {
                    return Ok(Some(found));
                }
            }
            end = start;
        }
        Ok(None)
    }
}

fn is_marker(sector: &[u8]) -> bool {
    let marker = sector.first_chunk().copied().map(Marker::decode);
    matches!(marker, Some(Marker::Metadata { kind: Marker::FOOTER, .. }))
}

/// Finds the footer of a compressed extent, adds its structure, and checks it against the header.
pub(in crate::image::vmdk) fn footer(
    file: &dyn ReadAt,
    header: &SparseHeader,
    node: &Node,
    suffix: &str,
    nodes: &mut Vec<Node>,
    findings: &mut Findings,
) -> Result<Option<Footer>, ReadError> {
    let promised = header.gd_offset == GD_AT_END;
    let size = file.size();
    let mut found = match size.checked_sub(FROM_END) {
        Some(offset) => Footer::read(file, offset)?,
        None => None,
    };
    if found.is_none() && promised {
        found = Footer::search(file)?;
        let Some(shifted) = &found else {
            let detail = "the header leaves the place of the grain directory to a footer, and there is none";
            findings.add(Finding::new(&rules::FOOTER_MISSING, detail).field(node, "gd_offset"));
            return Ok(None);
        };
        let behind = size - shifted.offset - FROM_END.min(size - shifted.offset);
        let detail = format!("the footer is at byte {}, {behind} bytes too far from the end", shifted.offset);
        findings.add(Finding::new(&rules::FOOTER_SHIFTED, detail).on(format!("vmdk.footer{suffix}")));
    }
    let Some(footer) = found else {
        let last = file.read_up_to(size.saturating_sub(SECTOR), 512)?;
        if last.iter().any(|byte| *byte != 0) {
            findings.add(Finding::new(&rules::EOS_ABSENT, "the last sector holds data").on(node.key.clone()));
        }
        return Ok(None);
    };
    let mut own = Node::of(
        &SparseHeader::LAYOUT,
        format!("vmdk.footer{suffix}"),
        file,
        footer.offset,
        &footer.bytes,
    )
    .titled("Footer (copy of the header)")
    .role(if promised { Role::Primary } else { Role::Backup })
    .note(if promised {
        "The last structure of a stream: the header again, now with the place of the grain directory. It takes precedence."
    } else {
        "The header again, at the end of the stream. The header itself already has the place of the grain directory."
    });
    let differing: Vec<String> = [
        ("version", u64::from(header.version), u64::from(footer.header.version)),
        ("capacity", header.capacity, footer.header.capacity),
        ("grain_size", header.grain_size, footer.header.grain_size),
        ("num_gtes_per_gt", header.num_gtes_per_gt.into(), footer.header.num_gtes_per_gt.into()),
        ("descriptor_offset", header.descriptor_offset, footer.header.descriptor_offset),
        ("descriptor_size", header.descriptor_size, footer.header.descriptor_size),
    ]
    .into_iter()
    .filter(|(_, header, footer)| header != footer)
    .map(|(name, header, footer)| format!("{name} is {header} in the header and {footer} in the footer"))
    .collect();
    if !differing.is_empty() {
        own = own.state(State::Damaged);
        findings.add(Finding::new(&rules::FOOTER_DIFFERS, differing.join("; ")).on(own.key.clone()));
    }
    if matches!(footer.header.gd_offset, 0 | GD_AT_END) {
        own = own.state(State::Damaged);
        let detail = "the footer does not say where the grain directory is either";
        findings.add(Finding::new(&rules::FOOTER_DIRECTORY, detail).field(&own, "gd_offset"));
    }
    let end = file.read_up_to(footer.offset + SECTOR, 512)?;
    if end.len() < 512 || end.iter().any(|byte| *byte != 0) {
        let detail = "no end-of-stream marker follows the footer";
        findings.add(Finding::new(&rules::EOS_MISSING, detail).on(own.key.clone()));
    }
    nodes.push(own);
    Ok(Some(footer))
}
