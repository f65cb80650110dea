//! Tables inside partitions: the labels of BSD and Solaris in the slices of an MBR.

use super::disk::Disk;
use super::model::EntryRole;
use super::table::Table;
use super::{bsd, sun};

/// Reads what is inside the partitions of an MBR and adds it, numbered behind all others as Linux does.
pub(super) fn read(disk: &Disk, table: &mut Table) {
    if table.scheme != "mbr" {
        return;
    }
    let slices: Vec<(u32, String)> = table
        .partitions
        .iter()
        .filter(|declared| declared.is_top())
        .map(|declared| (declared.entry.index, declared.entry.type_id.clone()))
        .collect();
    for (number, type_id) in slices {
        let is_container = match &*type_id {
            "0xa5" | "0xa6" | "0xa9" => bsd::read_slice(disk, number, table),
            "0x82" | "0xbf" => sun::read_partition(disk, number, table),
            _ => false,
        };
        let around = table.partitions.iter_mut().find(|declared| declared.entry.index == number);
        if let Some(around) = around.filter(|_| is_container) {
            around.entry.role = EntryRole::Container;
        }
    }
}
