//! XenServer's batmap, behind the block allocation table: a bit per block, set where all sectors of the block were
//! written, so that its bitmap need not be read.

use super::Creator;
use crate::checksum;
use crate::disk::SECTOR;
use crate::record::Record;

/// Bytes of its header.
pub const HEADER_BYTES: u64 = SECTOR;
/// Where in the header the checksum of the map stands.
pub const CHECKSUM: usize = 24;

/// Bytes of the map for so many table entries: whole sectors.
pub const fn map_bytes(entries: u32) -> u64 {
    (entries as u64).div_ceil(8).next_multiple_of(SECTOR)
}

/// Header and map.
pub(super) fn to_bytes(offset: u64, disk_bytes: u64, map: &[u8], creator: Creator) -> Vec<u8> {
    // The tools add up as much of the map as a disk of that size has blocks of 2 MiB.
    let summed = (disk_bytes >> 24).max(1).next_multiple_of(SECTOR).min(map.len() as u64) as usize;
    let signed = creator == Creator::XENSERVER_1_1;
    let mut sum = checksum::vhd(&map[..summed]);
    if signed {
        // The first version added up signed bytes: each with its highest bit set counted as 256 less.
        sum = sum.wrapping_add(0x100 * map[..summed].iter().filter(|byte| **byte >= 0x80).count() as u32);
    }
    let mut bytes = Record::new(HEADER_BYTES as usize)
        .put(0, "tdbatmap")
        .be64(8, offset + HEADER_BYTES)
        .be32(16, (map.len() as u64 / SECTOR) as u32)
        .be32(20, if signed { 0x0001_0001 } else { 0x0001_0002 })
        .be32(CHECKSUM, sum)
        .into_bytes();
    bytes.extend(map);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_is_summed_up_as_unsigned_or_signed_bytes() {
        let sum =
            |creator| to_bytes(2048, 1 << 20, &[[0x81; 512], [9; 512]].concat(), creator)[24..28].to_vec();
        assert_eq!(sum(Creator::XENSERVER), (!(0x81_u32 * 512)).to_be_bytes());
        assert_eq!(sum(Creator::XENSERVER_1_1), (!(-0x7f_i32 * 512)).to_be_bytes());
    }

    #[test]
    fn a_map_takes_whole_sectors() {
        assert_eq!([1, 4096, 4097].map(map_bytes), [512, 512, 1024]);
    }
}
