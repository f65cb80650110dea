//! Tables inside partitions: the labels of BSD and Solaris in the slices of an MBR, and the volumes of dynamic disks.

use super::disk::Disk;
use super::model::EntryRole;
use super::table::Table;
use super::{bsd, ldm, sun};

/// Reads what is inside the partitions and adds it, numbered behind all others as Linux does.
pub(super) fn read(disk: &Disk, table: &mut Table) {
    match table.scheme {
        "mbr" => read_slices(disk, table),
        "gpt" => {}
        _ => return,
    }
    ldm::read(disk, table);
}

fn read_slices(disk: &Disk, table: &mut Table) {
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
