//! Which sectors of the disk the partition tables take for themselves.

use super::model::Metadata;
use super::table::Table;
use crate::report::MAX_EXACT;
use crate::structure::Node;

/// The sectors of the structures of `table`. What lies in the sectors of another one, or beside the structure around
/// it, is counted to that one.
pub(super) fn of(table: &Table) -> Vec<Metadata> {
    let unit = u64::from(table.sector_bytes).max(1);
    let mut stretches: Vec<Stretch> = table.nodes.iter().filter_map(|node| Stretch::of(node, unit)).collect();
    crate::order::sort_by_key(&mut stretches, |stretch| (stretch.start, std::cmp::Reverse(stretch.end)));
    let mut joined: Vec<Stretch> = Vec::new();
    for next in stretches {
        match joined.last_mut() {
            Some(last) if next.end <= last.end => {}
            Some(last) if next.start <= last.end && next.lies_in(last) => last.end = next.end,
            Some(last) if next.start <= last.end && last.lies_in(&next) => {
                *last = Stretch { start: last.start, ..next };
            }
            _ => joined.push(next),
        }
    }
    joined.into_iter().map(Stretch::reported).collect()
}

/// The sectors of a structure.
struct Stretch<'a> {
    node: &'a Node,
    /// First sector.
    start: u64,
    /// The sector after the last.
    end: u64,
}

impl<'a> Stretch<'a> {
    /// `None` where the structure is absent or empty.
    fn of(node: &'a Node, unit: u64) -> Option<Self> {
        let (offset, length) = node.within_source.filter(|(_, length)| *length > 0)?;
        Some(Self { node, start: offset / unit, end: offset.saturating_add(length).div_ceil(unit) })
    }

    fn lies_in(&self, other: &Self) -> bool {
        self.node.parent.as_ref() == Some(&other.node.key)
    }

    fn reported(self) -> Metadata {
        Metadata {
            structure: self.node.key.clone(),
            first_sector: self.start.min(MAX_EXACT),
            sector_count: (self.end - self.start).min(MAX_EXACT),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::bytes::Bytes;
    use diskglass_samples::disk::{Disk, MIB};
    use diskglass_samples::uuid::Uuid;
    use diskglass_samples::{gpt, mbr};
    use std::rc::Rc;

    fn metadata(disk: &Disk) -> Vec<(String, u64, u64)> {
        let disk: Bytes = Rc::new(disk.to_bytes());
        let found = super::super::read(&disk).partitions.unwrap().metadata;
        found.into_iter().map(|one| (one.structure, one.first_sector, one.sector_count)).collect()
    }

    fn expected(list: &[(&str, u64, u64)]) -> Vec<(String, u64, u64)> {
        list.iter().map(|&(key, first, count)| (key.to_owned(), first, count)).collect()
    }

    #[test]
    fn every_boot_record_of_a_chain_takes_a_sector() {
        let mut disk = Disk::new(64 * MIB);
        let logicals =
            vec![mbr::Partition::new(0x83, 22528, 0x2000), mbr::Partition::new(0x82, 32768, 0x2000)];
        let extended = vec![mbr::Partition::new(0x0f, 20480, 0x14000)];
        mbr::Table::new(1, extended).with_logicals(logicals).write(&mut disk);
        assert_eq!(
            metadata(&disk),
            expected(&[("mbr@0", 0, 1), ("mbr.ebr@1", 20480, 1), ("mbr.ebr@2", 30720, 1)])
        );
    }

    #[test]
    fn an_array_beside_its_header_is_one_with_it_on_either_side() {
        let mut disk = Disk::new(64 * MIB);
        gpt::Table::new(Uuid(1), Vec::new()).write(&mut disk);
        assert_eq!(
            metadata(&disk),
            expected(&[("mbr@0", 0, 1), ("gpt.header@primary", 1, 33), ("gpt.header@backup", 131_039, 33)])
        );
    }

    #[test]
    fn a_disk_without_a_table_has_none() {
        assert_eq!(metadata(&Disk::new(MIB)), []);
    }
}
