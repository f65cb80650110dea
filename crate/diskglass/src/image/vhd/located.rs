//! Finds the footers of a file: at its end, at its start, and where a file that was padded or damaged has them.

use super::bat::{bitmap_bytes, to_usize};
use super::footer::Footer;
use super::header::DynamicHeader;
use crate::bytes::{Bytes, ReadAt, ReadError};
use crate::limits;

/// Length of the footers that were written before Virtual PC 2004.
pub(super) const SHORT_FOOTER: u64 = 511;

/// Keys of the structures that show the footer and its copy.
pub(super) const END_KEY: &str = "vhd.footer@end";
pub(super) const COPY_KEY: &str = "vhd.footer@copy";

/// How far before the end of the file a footer is looked for when the last sector is none.
const SEARCH_BYTES: u64 = 64 << 10;

/// A footer where it was found.
pub(super) struct At {
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) footer: Footer,
    pub(super) intact: bool,
}

impl At {
    /// The footer of 512 or 511 bytes at `offset`, if there is one.
    fn read(file: &dyn ReadAt, offset: u64) -> Result<Option<Self>, ReadError> {
        match file.read_up_to(offset, Footer::LENGTH) {
            Ok(bytes) => Ok(Self::of(bytes, offset)),
            // A piece of a split image that was not given is no reason to give up.
            Err(ReadError::Unmapped { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn of(mut bytes: Vec<u8>, offset: u64) -> Option<Self> {
        if bytes.len() as u64 == SHORT_FOOTER {
            bytes.push(0);
        }
        let footer = Footer::decode(&bytes).filter(|_| Footer::is_marked(&bytes))?;
        let intact = footer.is_intact(&bytes);
        Some(Self { offset, bytes, footer, intact })
    }

    /// How many bytes of the file it takes.
    pub(super) fn length(&self, size: u64) -> u64 {
        size.saturating_sub(self.offset).min(Footer::LENGTH as u64)
    }
}

/// The footers of a file.
pub(super) struct Located {
    pub(super) end: Option<At>,
    pub(super) copy: Option<At>,
}

impl Located {
    /// The footers at both ends. Reads nothing else.
    pub(super) fn ends(bytes: &Bytes) -> Result<Self, ReadError> {
        let size = bytes.size();
        let mut end = match size.checked_sub(512) {
            Some(offset) => At::read(&**bytes, offset)?,
            None => None,
        };
        if end.is_none() && size >= SHORT_FOOTER {
            end = At::read(&**bytes, size - SHORT_FOOTER)?;
        }
        let copy = At::read(&**bytes, 0)?.filter(|_| end.as_ref().is_none_or(|end| end.offset != 0));
        Ok(Self { end, copy })
    }

    /// The footers at both ends; where the one at the end is missing, it is looked for shortly before the end, then
    /// right behind the last block, and at last, in a file that shows no sign of blocks, as far back as we go.
    pub(super) fn read(bytes: &Bytes) -> Result<Self, ReadError> {
        let mut located = Self::ends(bytes)?;
        if located.end.is_none() {
            located.end = search(bytes, SEARCH_BYTES)?;
        }
        if located.end.is_none() {
            let behind =
                behind_last_block(bytes, located.copy.as_ref().map_or(512, |copy| copy.footer.data_offset))?;
            located.end = match behind {
                Some(offset) => At::read(&**bytes, offset)?.filter(|found| found.intact),
                None if located.copy.is_none() => search(bytes, limits::FOOTER_SEARCH)?,
                None => None,
            };
        }
        Ok(located)
    }

    /// The one that counts: the one at the end when it is intact, or else an intact copy, or else whichever there is.
    pub(super) fn best(&self) -> Option<&At> {
        let copy = self.copy.as_ref().filter(|copy| copy.footer.is_sparse());
        let intact = |at: &&At| at.intact;
        (self.end.as_ref().filter(intact))
            .or(copy.filter(intact))
            .or(self.end.as_ref())
            .or(copy)
            .or(self.copy.as_ref())
    }

    pub(super) fn footer(&self) -> Option<&Footer> {
        self.best().map(|at| &at.footer)
    }

    /// The key of the structure that shows the one that counts.
    pub(super) fn best_key(&self) -> Option<&'static str> {
        let best = self.best()?;
        let is_end = self.end.as_ref().is_some_and(|end| std::ptr::eq(best, end));
        Some(if is_end { END_KEY } else { COPY_KEY })
    }
}

/// Looks for an intact footer in whole sectors before the end, the last one first.
pub(super) fn search(bytes: &Bytes, back: u64) -> Result<Option<At>, ReadError> {
    let lowest = bytes.size().saturating_sub(back).next_multiple_of(512).max(512);
    let mut end = bytes.size() / 512 * 512;
    while end > lowest {
        let start = end.saturating_sub(limits::SCAN_CHUNK as u64).max(lowest);
        let chunk = match bytes.read_vec(start, to_usize(end - start)) {
            Ok(chunk) => chunk,
            Err(ReadError::Unmapped { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let sectors = chunk.chunks_exact(512).enumerate().rev();
        for (index, sector) in sectors.filter(|(_, sector)| Footer::is_marked(sector)) {
            let offset = start + index as u64 * 512;
            if let Some(found) = At::of(sector.to_vec(), offset).filter(|found| found.intact) {
                return Ok(Some(found));
            }
        }
        end = start;
    }
    Ok(None)
}

/// Where the blocks end, by the first part of the table; `None` where no table can be found.
fn behind_last_block(bytes: &Bytes, header_offset: u64) -> Result<Option<u64>, ReadError> {
    let raw = bytes.read_up_to(header_offset, DynamicHeader::LENGTH)?;
    let Some(header) = DynamicHeader::decode(&raw)
        .filter(|header| header.cookie == *b"cxsparse" && header.has_usable_block_size())
    else {
        return Ok(None);
    };
    let table_bytes = u64::from(header.max_table_entries) * 4;
    let shown = usize::try_from(table_bytes).unwrap_or(usize::MAX).min(limits::SCAN_CHUNK);
    let table = bytes.read_up_to(header.table_offset, shown)?;
    let entries = table.as_chunks::<4>().0.iter().map(|raw| u64::from(u32::from_be_bytes(*raw)));
    let block = u64::from(header.block_size);
    let stride = bitmap_bytes(block) + block;
    let table_end = header.table_offset.saturating_add(table_bytes).checked_next_multiple_of(512);
    Ok(entries.map(|sector| sector * 512 + stride).filter(|end| *end < bytes.size()).max().max(table_end))
}

#[cfg(test)]
mod tests {
    use super::super::footer::checksum;
    use super::*;
    use std::rc::Rc;

    fn footer() -> Vec<u8> {
        let mut footer = vec![0; 512];
        footer[..8].copy_from_slice(b"conectix");
        let sum = checksum(&footer, Footer::CHECKSUM_AT);
        footer[64..68].copy_from_slice(&sum.to_be_bytes());
        footer
    }

    fn found_at(file: Vec<u8>, back: u64) -> Option<u64> {
        let bytes: Bytes = Rc::new(file);
        search(&bytes, back).unwrap().map(|found| found.offset)
    }

    #[test]
    fn the_last_intact_footer_is_found_as_far_back_as_asked() {
        let mut broken = footer();
        broken[100] = 1;
        let file =
            |slack: usize| [vec![7; 4096], footer(), footer(), broken.clone(), vec![0; slack]].concat();
        assert_eq!(found_at(file(0), 4096), Some(4608));
        assert_eq!(found_at(file(3 << 20), 4 << 20), Some(4608), "across chunks");
        assert_eq!(found_at(file(3 << 20), 1 << 20), None);
        assert_eq!(found_at(file(777), 4096), Some(4608), "sectors are counted from the start");
        assert_eq!(found_at(vec![0; 100], 4096), None);
    }
}
