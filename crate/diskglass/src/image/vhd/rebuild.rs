//! Where the table lies when the header that says so is lost: the usual place, as far as its entries make sense there.

use super::bat::{NOT_ALLOCATED, bitmap_bytes, to_usize};
use super::blocks::TablePlace;
use super::header::DynamicHeader;
use crate::bytes::{Bytes, ReadError};
use crate::limits;

/// The usual place: behind a header in the second sector.
const USUAL_OFFSET: u64 = 1536;

/// The block sizes that Windows makes, the usual one first.
const BLOCK_SIZES: [u64; 2] = [2 << 20, 512 << 10];

/// A place of the table and a block size that fit the entries there; `None` where nothing does. `header` is where the
/// header should be, `data_end` where blocks must end.
pub(super) fn table_place(
    bytes: &Bytes,
    header: u64,
    disk_bytes: u64,
    data_end: u64,
) -> Result<Option<TablePlace>, ReadError> {
    let behind = header.checked_add(DynamicHeader::LENGTH as u64).filter(|behind| *behind < data_end);
    for offset in behind.into_iter().filter(|behind| *behind != USUAL_OFFSET).chain([USUAL_OFFSET]) {
        for block_bytes in BLOCK_SIZES {
            let place = TablePlace { offset, claimed: disk_bytes.div_ceil(block_bytes), block_bytes };
            if makes_sense(bytes, place, data_end)? {
                return Ok(Some(place));
            }
        }
    }
    Ok(None)
}

/// Whether the first entries are those of blocks that lie in the file, behind the table and side by side. A table of an
/// empty disk is all ones.
fn makes_sense(bytes: &Bytes, place: TablePlace, data_end: u64) -> Result<bool, ReadError> {
    let table_end = place.offset.saturating_add(place.claimed.saturating_mul(4));
    if place.claimed == 0 || table_end > data_end {
        return Ok(false);
    }
    let shown = (place.claimed * 4).min(limits::SCAN_CHUNK as u64);
    let table = bytes.read_vec(place.offset, to_usize(shown))?;
    let mut starts: Vec<u64> = (table.as_chunks::<4>().0.iter())
        .map(|raw| u32::from_be_bytes(*raw))
        .filter(|entry| *entry != NOT_ALLOCATED)
        .map(|entry| u64::from(entry) * 512)
        .collect();
    starts.sort_unstable();
    let stride = bitmap_bytes(place.block_bytes) + place.block_bytes;
    let inside = |start: &u64| *start >= table_end && start + stride <= data_end;
    let apart = |pair: &[u64]| pair.first().zip(pair.last()).is_some_and(|(a, b)| b - a >= stride);
    Ok(starts.iter().all(inside) && starts.windows(2).all(apart))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    const MIB: u64 = 1 << 20;

    fn assumed(entries: &[u32], disk_bytes: u64, size: u64) -> Option<(u64, u64)> {
        let mut file = vec![0_u8; usize::try_from(size).unwrap()];
        for (index, entry) in entries.iter().enumerate() {
            file[1536 + index * 4..1540 + index * 4].copy_from_slice(&entry.to_be_bytes());
        }
        let bytes: Bytes = Rc::new(file);
        let place = table_place(&bytes, 512, disk_bytes, size).unwrap()?;
        Some((place.offset, place.block_bytes))
    }

    #[test]
    fn entries_that_make_sense_tell_the_block_size() {
        let none = NOT_ALLOCATED;
        assert_eq!(assumed(&[none, 4, none, 4 + 4097], 8 * MIB, 6 * MIB), Some((1536, 2 * MIB)));
        let small: Vec<u32> = (0..8).map(|block| 4 + block * 1025).collect();
        assert_eq!(assumed(&small, 4 * MIB, 5 * MIB), Some((1536, MIB / 2)));
        assert_eq!(assumed(&[none; 4], 8 * MIB, MIB), Some((1536, 2 * MIB)), "an empty disk");
        assert_eq!(assumed(&[0; 4], 8 * MIB, MIB), None, "zeros are no table");
        assert_eq!(assumed(&[4, 5], 4 * MIB, 9 * MIB), None, "neither size fits");
        assert_eq!(assumed(&[], 0, 9 * MIB), None);
        assert_eq!(assumed(&[], u64::MAX, 9 * MIB), None);
    }
}
