//! What can be wrong with every partition table, and the disk around it.

crate::rules! {
    DISK_TOO_SMALL: Error Partition "partition.disk.too-small" [1] "The disk is smaller than one sector",
        what: "The disk that the image presents has fewer than 512 bytes.",
        why: "No partition table and no volume fits into it; no virtual machine will find anything on it.",
        remedy: "Look for the complete image. If the image's header names the disk's size, check that value first.",
        spec: "PC/AT master boot record: 512 bytes";
    UNBACKED: Info Partition "partition.disk.unbacked" [1] "A place that tables or volumes would be in has no data",
        what: "While partition tables and volumes were looked for, a part of the disk was needed that nothing supplied here holds: a parent or an extent is missing, or a table of the image leads nowhere.",
        why: "What stands there, if anything, is missing from this report. The image itself is judged by its own findings.",
        remedy: "Give the missing files (parent images, extents) together with this image.",
        spec: "none: this is about the files given, not a format";
    NOTHING: Info Partition "partition.none" [2] "The disk has no partition table and no known volume",
        what: "Sector 0 is no boot record, there is no GPT, and no known volume starts at the first byte.",
        why: "This is what a new disk looks like. It can also be a disk that is encrypted as a whole, wiped, or formatted with something not known here.",
        remedy: "If the disk should hold data, do not initialise it, as some systems offer to. Search a copy with a recovery tool such as TestDisk.",
        spec: "none: it is what is left when nothing else applies";
    SECTOR_SIZE: Info Partition "partition.sector-size" [68] "The table counts sectors of another size than 512 bytes",
        what: "All sector numbers in the table make sense only when a sector has more than 512 bytes, as on disks called 4K native.",
        why: "A virtual machine that presents this image with sectors of 512 bytes finds nothing where the table says. VHD and VMDK disks have sectors of 512 bytes.",
        remedy: "Attach the image as a disk with that sector size (QEMU: logical_block_size=4096; Linux: losetup --sector-size 4096), or copy the partitions to a disk that is partitioned anew.",
        spec: "UEFI Specification 2.10, 5.3.1: the header is in logical block 1";
    ISO_HYBRID: Info Partition "partition.iso-hybrid" [9] "The partition table is that of an ISO image made for USB sticks",
        what: "The disk is an ISO 9660 image with a partition table in front. Its entries overlap, begin at sector 0 or cover the table, which would be wrong on any other disk.",
        why: "It is done so that the same image starts from a CD and from a USB stick. Partitioning tools may complain about it; it works all the same.",
        remedy: "Nothing is to be done.",
        spec: "isohybrid of SYSLINUX and xorriso; ISO 9660 leaves the first 32 KiB to the system";
    ENTRY_PAST_END: Error Partition "partition.entry.past-end" [70] "Partition reaches past the end of the disk",
        what: "The first sector plus the number of sectors is more than the disk has.",
        why: "The data of the partition's end does not exist. An operating system refuses the partition or fails when it reads there.",
        remedy: "The image was probably cut short. Look for the complete one; compare the disk's size with the partition's end.",
        spec: "the table's own counts against the size of the disk";
    ENTRY_OVERLAP: Error Partition "partition.entry.overlap" [9] "Partitions overlap",
        what: "Two partitions both claim the same sectors.",
        why: "Writing to one destroys data of the other.",
        remedy: "Write nothing to either. Find out from the volumes' own sizes which entry is wrong, and correct it on a copy.",
        spec: "the table's own counts";
    ALSO: Info Partition "partition.also" [] "A second partition table of another kind",
        what: "Beside the table that is listed, the disk has a valid one of another scheme. Its structures are shown, its partitions are not listed.",
        why: "It is done on purpose where the same image must start on different machines; otherwise one of the two is left from an earlier use of the disk.",
        remedy: "Nothing is to be done as long as each system finds what it should. Do not change one of the tables only.",
        spec: "Apple partition map behind isohybrid boot code; labels of BSD, Sun and SGI beside an MBR";
    UNALIGNED: Info Partition "partition.entry.unaligned" [11] "Partition does not start at a multiple of 4 KiB",
        what: "The first byte is no multiple of 4096. Sector 63, the first of the second track, was usual until Windows Vista.",
        why: "Nothing is broken. On disks with physical sectors of 4096 bytes, on SSDs and on storage that works in larger blocks, writes get slower.",
        remedy: "Leave it as it is, unless speed matters; then create an aligned partition on a new disk and copy the files.",
        spec: "none: current partitioning tools align to 64 KiB or 1 MiB";
    GAP: Info Partition "partition.gap" [12] "A part of the disk belongs to no partition",
        what: "More than 1 MiB between the partitions or after the last one is not in any of them.",
        why: "The room is unused, or a partition that was there has been deleted.",
        remedy: "If a partition is missing, search a copy of the disk with a recovery tool such as TestDisk before anything writes there.",
        spec: "none: this is an observation";
    TOO_MANY: Info Partition "partition.entries.too-many" [] "More partitions than are shown",
        what: "The table has more used entries than this program lists.",
        why: "The rest was counted and checked against each other, but is not listed, nor are its volumes recognised. No operating system is known to use so many.",
        remedy: "Look at the table with sgdisk or sfdisk if all entries matter.",
        spec: "none: the limit is this program's own";
    VOLUME_SMALLER: Info Partition "partition.entry.volume-smaller" [54] "Volume is smaller than its partition",
        what: "The superblock says that the volume has at least 1 % less than the partition.",
        why: "The rest of the partition is not used. That is so after a partition was enlarged without the file system in it.",
        remedy: "Grow the file system with its own tool (resize2fs, xfs_growfs, Extend Volume in Windows) if the room is wanted.",
        spec: "the volume's own superblock against the partition table";
    TYPE_CONTRADICTS: Warning Partition "partition.type.contradicts" [50, 55] "Partition type and content contradict each other",
        what: "The type in the table belongs to another operating system or purpose than the volume that was recognised.",
        why: "Linux does not mind. Windows gives no drive letter to a type it does not know, and offers to format a partition of its own type in which it finds nothing it knows: one click and the data is lost. UEFI only starts from FAT.",
        remedy: "Set the type that fits the volume on a copy (sfdisk --part-type, sgdisk --typecode).",
        spec: "type ids and GUIDs as listed by util-linux and the UEFI Specification";
    TYPE_SHARED: Info Partition "partition.type.shared" [55] "A Linux volume under the type of Windows' data partitions",
        what: "The type GUID is Microsoft basic data, but the volume is one that only Linux reads.",
        why: "Older partitioning tools of Linux had no type of their own and used this one. Windows, where the disk is attached, shows the partition as unformatted and offers to format it.",
        remedy: "Before the disk is attached to Windows, set the type to Linux filesystem (sgdisk --typecode=N:8300) on a copy.",
        spec: "UEFI Specification 2.10, 5.3.3; Discoverable Partitions Specification";
    VOLUME_REMAINS: Info Partition "partition.volume.remains" [69] "A volume begins where no partition is",
        what: "At a place where partitions usually start there is the beginning of a known volume, but no entry leads to it.",
        why: "It is left from an earlier layout, or its partition was deleted, or the table was wiped.",
        remedy: "If data is missing, recreate the partition with exactly this start on a copy of the disk, without formatting.",
        spec: "usual first sectors: 63 until Windows Vista, 2048 since";
    CATALOGUE: Warning Partition "partition.eltorito.catalogue" [65] "The boot catalogue of the CD is not valid",
        what: "The first record of the El Torito catalogue has a wrong checksum, mark or beginning, or the catalogue is not on the disk.",
        why: "A BIOS does not start from the CD then.",
        remedy: "Make the image anew, or look for the original one.",
        spec: "El Torito Bootable CD-ROM Format Specification 1.0, figure 2: validation entry";
    BOOT_IMAGE: Warning Partition "partition.eltorito.image" [66] "A boot image of the CD lies past its end",
        what: "The boot catalogue names a sector that the disk does not have.",
        why: "The CD does not start on the machines that the image is for. The file was probably cut short.",
        remedy: "Compare the size of the file with that of the original.",
        spec: "El Torito Bootable CD-ROM Format Specification 1.0, figure 3: load RBA";
}
