//! What can be wrong with an MBR and its extended boot records.

crate::rules! {
    SIGNATURE_MISSING: Warning Partition "mbr.signature.missing" [3] "Master boot record lacks its signature",
        what: "Bytes 510 and 511 are not 55 AA, but the four entries make sense and lead to volumes.",
        why: "Every BIOS and operating system takes the disk for uninitialised and will offer to initialise it.",
        remedy: "On a copy, write 55 AA to bytes 510 and 511.",
        spec: "PC/AT master boot record: signature at 510";
    ENTRY_PAST_END: Error Partition "mbr.entry.past-end" [4] "Partition reaches past the end of the disk",
        what: "The first sector plus the number of sectors of this entry is more than the disk has.",
        why: "The data of the partition's end does not exist. An operating system refuses the partition or fails when it reads there.",
        remedy: "The image was probably cut short, or shrunk without changing the partition table. Look for the complete image; compare the disk's size with the partition's end.",
        spec: "PC/AT master boot record, partition entry: first LBA at 8, sectors at 12";
    HALF_EMPTY: Warning Partition "mbr.entry.half-empty" [5] "Entry is neither used nor empty",
        what: "The entry has a type but no sectors, or sectors but no type.",
        why: "Windows goes by the type, Linux by the size: they disagree on whether there is a partition.",
        remedy: "Find out whether a partition belongs there; then complete the entry, or clear all 16 bytes, on a copy.",
        spec: "Linux block/partitions/msdos.c takes an entry of size 0 as empty; Windows one of type 0";
    BOOT_INDICATOR: Warning Partition "mbr.entry.boot-indicator" [6] "Invalid boot indicator",
        what: "The first byte of the entry is neither 0x00 (not active) nor 0x80 (active).",
        why: "Boot loaders stop with \"Invalid partition table\", and Linux then does not accept the whole table.",
        remedy: "Set the byte to 0x00, or to 0x80 for the partition that a BIOS starts, on a copy.",
        spec: "PC/AT master boot record, partition entry: boot indicator at 0";
    SEVERAL_ACTIVE: Warning Partition "mbr.entry.several-active" [7] "More than one active partition",
        what: "Several entries carry the mark of the partition that a BIOS loader starts.",
        why: "The usual boot code stops with \"Invalid partition table\" or takes the first one.",
        remedy: "Leave the mark on the partition with the boot loader only (sfdisk --activate), on a copy.",
        spec: "PC/AT master boot record: exactly one entry may have 0x80";
    NONE_ACTIVE: Info Partition "mbr.entry.none-active" [8] "Boot code, but no active partition",
        what: "Sector 0 has boot code, and no entry is marked active.",
        why: "The boot code of Windows then stops with \"Missing operating system\". Boot loaders of their own, such as GRUB, do not need the mark. On a data disk it does not matter.",
        remedy: "If the disk should start, mark its boot partition active; otherwise nothing is to be done.",
        spec: "PC/AT master boot record";
    ENTRY_OVERLAP: Error Partition "mbr.entry.overlap" [9] "Partitions overlap",
        what: "Two partitions both claim the same sectors.",
        why: "Writing to one destroys data of the other. Some tools refuse the whole table.",
        remedy: "Write nothing to either. Find out from the volumes' own sizes which entry is wrong, and correct it on a copy.",
        spec: "PC/AT master boot record, partition entry: first LBA at 8, sectors at 12";
    COVERS_TABLE: Warning Partition "mbr.entry.covers-table" [10] "Partition starts at sector 0",
        what: "The partition begins with the sector that the partition table itself is in.",
        why: "Formatting the partition overwrites the table. Operating systems show the disk in different ways.",
        remedy: "If a volume begins at sector 0, the table is a leftover: the disk is used without partitions. Otherwise look for the true start of the volume.",
        spec: "PC/AT master boot record, partition entry: first LBA at 8";
    NO_DISK_SIGNATURE: Info Partition "mbr.disk-signature.zero" [13] "Disk has no signature",
        what: "The four bytes at 440 that tell disks apart are zero, and the disk has a partition of Windows.",
        why: "Windows writes a signature as soon as the disk is attached, which changes the image. PARTUUIDs that Linux derives from it change with it.",
        remedy: "Attach the image read-only where it must not change.",
        spec: "Microsoft: disk signature at 0x1B8 of the master boot record";
    CHS: Info Partition "mbr.entry.chs" [15] "CHS values and sector numbers do not match",
        what: "Each entry names its first and last sector twice: by number, and by cylinder, head and sector. No geometry makes both agree in all entries.",
        why: "Everything since about 1998 goes by the sector number. Old boot code that uses the BIOS's CHS calls reads the wrong place.",
        remedy: "Nothing is to be done, unless a very old system must start from the disk.",
        spec: "PC/AT master boot record, partition entry: CHS at 1 and 5";
    PROTECTIVE_ORPHAN: Warning Partition "mbr.protective.orphan" [24] "Protective entry without a GPT",
        what: "The MBR says that the disk has a GPT, but neither the primary nor the backup copy was found.",
        why: "Windows shows the disk as a GPT protective partition that cannot be used; other systems show an unknown partition. What the GPT listed is not known any more.",
        remedy: "If the image was cut or its start overwritten, look for a complete copy. Otherwise search a copy of the disk for volumes with a tool such as TestDisk.",
        spec: "UEFI Specification 2.10, 5.2.3 (protective MBR)";
    EXTENDED_UNREADABLE: Error Partition "mbr.extended.unreadable" [16] "Extended boot record cannot be read",
        what: "An entry leads to an extended boot record past the end of the disk.",
        why: "The logical partition that it declares, and all after it, are lost from the table.",
        remedy: "The image was probably cut short: look for the complete one.",
        spec: "PC/AT extended boot records: a chain of sectors inside the extended partition";
    EXTENDED_EMPTY: Info Partition "mbr.extended.empty" [] "Extended partition without logical partitions",
        what: "The extended partition begins with zeros: no logical partition was ever made in it.",
        why: "The room is unused.",
        remedy: "Nothing is to be done. If logical partitions are missing, search a copy with a recovery tool such as TestDisk.",
        spec: "PC/AT extended boot records";
    EBR_SIGNATURE: Error Partition "mbr.ebr.signature" [17] "Extended boot record lacks its signature",
        what: "The sector where the chain of logical partitions goes on does not end in 55 AA.",
        why: "The chain is broken here: this logical partition and all after it are lost to every operating system.",
        remedy: "The sector was overwritten, or the link to it is wrong. A recovery tool such as TestDisk finds the volumes by their own superblocks; work on a copy.",
        spec: "PC/AT extended boot records: signature at 510";
    EBR_LOOP: Error Partition "mbr.ebr.loop" [18] "The chain of logical partitions runs in a circle",
        what: "A link leads to an extended boot record that was already read.",
        why: "Logical partitions that followed are lost. Old systems hang when they read such a table (it was a known prank).",
        remedy: "Clear or correct the link on a copy; a recovery tool such as TestDisk can rebuild the chain from the volumes.",
        spec: "PC/AT extended boot records: the second entry leads to the next record";
    OUTSIDE_EXTENDED: Error Partition "mbr.ebr.outside" [19] "Logical partition lies outside the extended partition",
        what: "A logical partition, or a link to the next one, leaves the extended partition around it.",
        why: "Operating systems end the chain here or show the partition wrongly; partitioning tools take its sectors for free and may overwrite them.",
        remedy: "Find out from the volumes' own sizes whether the extended partition is too small or the entry wrong, and correct it on a copy.",
        spec: "PC/AT extended boot records; Linux block/partitions/msdos.c";
    SEVERAL_EXTENDED: Warning Partition "mbr.extended.several" [20] "More than one extended partition",
        what: "More than one of the four entries is an extended partition.",
        why: "DOS and Windows follow only one of them; Linux follows all. The numbers and drive letters of the logical partitions differ.",
        remedy: "Use the disk with the system that made it, or move the partitions to a disk with a GPT.",
        spec: "PC/AT master boot record: at most one extended partition";
    EBR_NESTED: Warning Partition "mbr.ebr.nested" [20] "Extended boot record with more than one link",
        what: "Two entries of this record are extended partitions. Only the first was followed.",
        why: "What the second one leads to is seen by some systems and not by others.",
        remedy: "Look at the second entry with a hex viewer; search a copy with a recovery tool if a partition is missing.",
        spec: "PC/AT extended boot records: one partition and one link";
    EBR_TOO_MANY: Warning Partition "mbr.ebr.too-many" [21] "Very many logical partitions",
        what: "The chain of extended boot records was not followed to its end.",
        why: "A chain this long is a sign of damage. Linux reads at most 100 records without a partition.",
        remedy: "Check the chain; a recovery tool such as TestDisk can rebuild it from the volumes.",
        spec: "none: the limit is this program's own";
    LOGICAL_OVER_EBR: Warning Partition "mbr.logical.overlaps-ebr" [22] "Logical partition covers an extended boot record",
        what: "Among the sectors of the logical partition is one that declares a logical partition.",
        why: "Writing to the partition can destroy the chain, and with it the way to the partitions after it.",
        remedy: "Copy the data elsewhere and partition anew.",
        spec: "PC/AT extended boot records: each stands before its partition";
    LOGICAL_ORDER: Info Partition "mbr.logical.order" [23] "Logical partitions are not numbered in the order of the disk",
        what: "The chain of extended boot records goes back and forth.",
        why: "It works. Numbers and drive letters simply do not follow the places; some tools renumber when they save the table.",
        remedy: "Nothing is to be done.",
        spec: "PC/AT extended boot records: logical partitions are numbered along the chain";
}
