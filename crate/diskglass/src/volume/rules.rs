//! What can be wrong with volumes, as far as their superblocks say.

crate::rules! {
    LARGER_THAN_PARTITION: Warning Volume "volume.size.larger-than-partition" [3] "Volume is larger than the partition it is in",
        what: "The superblock says that the volume has more bytes than the partition.",
        why: "The end of the volume lies outside the partition: files there cannot be read, and most operating systems refuse to mount it.",
        remedy: "Look for the complete image, or grow the partition to the volume's size on a copy.",
        spec: "the volume's own superblock against the partition table";
}
