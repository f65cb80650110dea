//! Linux swap, version 1: one page of header, the magic at its end.

use crate::disk::Disk;
use crate::record::Record;
use crate::uuid::Uuid;

/// An empty swap area for pages of 4096 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    /// Size in bytes.
    pub bytes: u64,
    /// Its id.
    pub id: Uuid,
    /// Label: at most 16 bytes.
    pub label: &'static str,
}

const PAGE: u64 = 4096;

impl Swap {
    /// The volume.
    pub fn build(&self) -> Disk {
        let header = Record::new(PAGE as usize)
            .le32(1024, 1) // version
            .le32(1028, (self.bytes / PAGE - 1) as u32) // last page
            .put(1036, self.id.bytes())
            .put(1052, self.label)
            .put(4086, "SWAPSPACE2");
        let mut disk = Disk::new(self.bytes);
        disk.write(0, header);
        disk
    }
}
