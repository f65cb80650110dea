//! What can be wrong with partition tables.

crate::rules! {
    ENTRY_PAST_END: Error Partition "mbr.entry.past-end" [4] "Partition reaches past the end of the disk",
        what: "The first sector plus the number of sectors of this entry is more than the disk has.",
        why: "The data of the partition's end does not exist. An operating system refuses the partition or fails when it reads there.",
        remedy: "The image was probably cut short, or shrunk without changing the partition table. Look for the complete image; compare the disk's size with the partition's end.",
        spec: "PC/AT master boot record, partition entry: first LBA at 8, sectors at 12";
}
