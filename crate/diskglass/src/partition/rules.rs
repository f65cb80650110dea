//! What can be wrong with partition tables.

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

    PROTECTIVE_MISSING: Warning Partition "gpt.protective.missing" [25] "GPT without a protective MBR",
        what: "There is a GPT, but sector 0 has no entry of type 0xEE.",
        why: "Windows and Linux do not look for a GPT then: the disk appears empty, and tools will offer to initialise it.",
        remedy: "On a copy, write a protective MBR (gdisk does so when it saves the table).",
        spec: "UEFI Specification 2.10, 5.2.3 (protective MBR)";
    HYBRID: Warning Partition "gpt.hybrid.present" [26] "Hybrid MBR: two partition tables on one disk",
        what: "Beside the entry that protects the GPT, the MBR has ordinary entries.",
        why: "Systems disagree on which table counts: Windows takes the MBR, Linux, macOS and UEFI the GPT. A tool that changes one does not change the other.",
        remedy: "Keep both in step by hand, or write a plain protective MBR if no system needs the MBR entries any more (gdisk).",
        spec: "UEFI Specification 2.10, 5.2.3: a protective MBR has one entry only";
    HYBRID_MISMATCH: Error Partition "gpt.hybrid.mismatch" [27] "Hybrid MBR entry is no partition of the GPT",
        what: "An ordinary entry of the MBR has another start or size than every partition of the GPT.",
        why: "Systems that go by the MBR and systems that go by the GPT write to different places and destroy each other's data.",
        remedy: "Find out from the volumes' own sizes which table is right, and correct the other on a copy.",
        spec: "UEFI Specification 2.10, 5.2.3 (protective MBR)";
    PROTECTIVE_SIZE: Info Partition "gpt.protective.size" [28] "Protective entry does not cover the disk exactly",
        what: "The entry that protects the GPT has neither all sectors after the first nor the largest value.",
        why: "It is so after the disk was resized, and with some tools always. The firmware of a few machines insists on the exact size.",
        remedy: "Nothing is to be done; gdisk and sfdisk correct it when they save the table.",
        spec: "UEFI Specification 2.10, 5.2.3: SizeInLBA";
    HEADER_CHECKSUM: Error Partition "gpt.header.checksum" [29] "GPT header checksum does not match",
        what: "The CRC-32 stored in the header is not that of its bytes.",
        why: "This copy of the table does not count. With a sound other copy the disk still works on Linux and in UEFI; Windows may show it as unreadable.",
        remedy: "Where the other copy is valid, restore this one from it on a copy of the disk (gdisk: recovery menu; sgdisk --load-backup).",
        spec: "UEFI Specification 2.10, 5.3.2: HeaderCRC32";
    ENTRIES_CHECKSUM: Error Partition "gpt.entries.checksum" [30] "GPT entries do not match their checksum",
        what: "The CRC-32 that the header stores for the array of entries is not that of the array.",
        why: "An entry was changed or damaged. This copy of the table does not count.",
        remedy: "Where the other copy is valid, restore this one from it on a copy of the disk (gdisk: recovery menu).",
        spec: "UEFI Specification 2.10, 5.3.2: PartitionEntryArrayCRC32";
    HEADER_POSITION: Error Partition "gpt.header.position" [31] "GPT header names another sector as its own",
        what: "The header says that it is in another sector than the one it was read from.",
        why: "It was copied here from elsewhere, or the disk's content was moved. This copy of the table does not count.",
        remedy: "Check whether the image begins at the right byte; restore the header from the other copy on a copy of the disk.",
        spec: "UEFI Specification 2.10, 5.3.2: MyLBA";
    HEADER_REVISION: Warning Partition "gpt.header.revision" [32] "Unknown revision of the GPT",
        what: "The header names another revision than 1.0.",
        why: "No other revision exists. Some firmware refuses it.",
        remedy: "Find out what wrote the table; rewrite it with a partitioning tool on a copy.",
        spec: "UEFI Specification 2.10, 5.3.2: Revision";
    HEADER_SIZE: Error Partition "gpt.header.size" [33] "Impossible size of the GPT header",
        what: "The header says that it has less than 92 bytes or more than a sector.",
        why: "Its checksum cannot be verified. This copy of the table does not count.",
        remedy: "Restore the header from the other copy on a copy of the disk (gdisk: recovery menu).",
        spec: "UEFI Specification 2.10, 5.3.2: HeaderSize";
    HEADER_RESERVED: Info Partition "gpt.header.reserved" [34] "Reserved bytes of the GPT header are in use",
        what: "Bytes of the header's sector that should be zero are not.",
        why: "Readers ignore them. Something may hide there, or a tool uses them for itself.",
        remedy: "Nothing is to be done.",
        spec: "UEFI Specification 2.10, 5.3.2: Reserved";
    USABLE_RANGE: Error Partition "gpt.header.usable-range" [35] "The range for partitions does not fit the disk",
        what: "The first usable sector is after the last one, or the last one is not on the disk.",
        why: "Linux and others do not accept the table. The usual cause is an image that was cut short.",
        remedy: "Compare the disk's size with that of the original. If the data is complete, let gdisk move the table to the disk's end on a copy.",
        spec: "UEFI Specification 2.10, 5.3.2: FirstUsableLBA, LastUsableLBA";
    ENTRIES_POSITION: Error Partition "gpt.entries.position" [36] "The GPT's entries are in an impossible place",
        what: "The array of entries lies past the end of the disk, over its own header, or where partitions may be.",
        why: "The entries cannot be read, or writing to a partition destroys them.",
        remedy: "Restore the header from the other copy where that is valid, on a copy of the disk.",
        spec: "UEFI Specification 2.10, 5.3.2: PartitionEntryLBA";
    ENTRY_SIZE_UNUSUAL: Warning Partition "gpt.entries.entry-size-unusual" [37] "Unusual size of a GPT entry",
        what: "An entry has another size than 128 bytes, though an allowed one.",
        why: "Linux accepts 128 bytes only and shows the disk as empty.",
        remedy: "Rewrite the table with a usual tool on a copy if other systems must read it.",
        spec: "UEFI Specification 2.10, 5.3.2: SizeOfPartitionEntry; Linux block/partitions/efi.c";
    ENTRY_SIZE_INVALID: Error Partition "gpt.entries.entry-size" [37] "Impossible number or size of GPT entries",
        what: "There is no entry at all, or the size of one is not 128 bytes times a power of two.",
        why: "No system accepts the table.",
        remedy: "Restore the header from the other copy where that is valid, on a copy of the disk.",
        spec: "UEFI Specification 2.10, 5.3.2: NumberOfPartitionEntries, SizeOfPartitionEntry";
    ENTRIES_SMALL: Info Partition "gpt.entries.small" [38] "Small array of GPT entries",
        what: "The array takes less than the 16384 bytes that the specification reserves.",
        why: "All usual systems read it. Some tools insist on the minimum when they change the table.",
        remedy: "Nothing is to be done.",
        spec: "UEFI Specification 2.10, 5.3: a minimum of 16384 bytes for the array";
    ENTRIES_LARGE: Info Partition "gpt.entries.large" [] "Very large array of GPT entries",
        what: "The array is larger than what this program reads of it.",
        why: "The first entries were read; the checksum of the array was not verified.",
        remedy: "Verify the table with sgdisk --verify if it matters.",
        spec: "none: the limit is this program's own";
    BACKUP_NOT_AT_END: Warning Partition "gpt.backup.not-at-end" [39] "The backup GPT is not at the end of the disk",
        what: "The backup copy is where the primary says, but the disk goes on after it.",
        why: "The disk was enlarged. The new room cannot be used until the backup is moved, and a tool that looks for it at the end does not find it.",
        remedy: "Move it on a copy: sgdisk --move-second-header, or sfdisk --relocate gpt-bak-std. Windows and parted offer to do so.",
        spec: "UEFI Specification 2.10, 5.3.2: the backup header is in the last block of the device";
    DISK_TRUNCATED: Error Partition "gpt.disk.truncated" [40] "The end of the disk is missing",
        what: "By the primary GPT, the backup copy is in a sector that the disk does not have.",
        why: "The image was cut short, or the disk was shrunk below its partition table. Data in the last partition may be missing; Linux does not accept the table.",
        remedy: "Look for the complete image. If only unused room was cut off, gdisk can write the backup to the new end, on a copy.",
        spec: "UEFI Specification 2.10, 5.3.2: AlternateLBA";
    BACKUP_INVALID: Warning Partition "gpt.backup.invalid" [41] "The backup GPT is missing or damaged",
        what: "The primary copy is valid, the backup is not.",
        why: "The disk works, but if the primary copy is damaged too, the partitions are lost.",
        remedy: "Let gdisk or sgdisk rebuild the backup from the primary, on a copy.",
        spec: "UEFI Specification 2.10, 5.3.2";
    PRIMARY_INVALID: Error Partition "gpt.primary.invalid" [42] "The primary GPT is damaged",
        what: "The primary copy is missing or not valid; the backup is.",
        why: "Linux and UEFI fall back on the backup. Windows may show the disk as not initialised, and boot loaders may not start.",
        remedy: "Restore the primary from the backup on a copy of the disk (gdisk: recovery menu, b).",
        spec: "UEFI Specification 2.10, 5.3.2: software must test the backup when the primary is invalid";
    BOTH_INVALID: Error Partition "gpt.copies.invalid" [29, 30] "Neither copy of the GPT is valid",
        what: "Both the primary and the backup copy are missing or damaged.",
        why: "No system accepts the table. What is listed here may be wrong.",
        remedy: "Work on a copy. If the listed partitions lead to volumes, gdisk can write them anew; otherwise search with a recovery tool such as TestDisk.",
        spec: "UEFI Specification 2.10, 5.3.2";
    COPIES_DIFFER: Warning Partition "gpt.copies.differ" [43] "Primary and backup GPT differ",
        what: "Both copies are valid by their checksums, but do not say the same.",
        why: "A change reached only one of them. Systems use the primary; a later repair from the backup brings the old layout back.",
        remedy: "Find out which layout is right, and write both copies from it on a copy of the disk (gdisk).",
        spec: "UEFI Specification 2.10, 5.3.2";
    GPT_ENTRY_RANGE: Error Partition "gpt.entry.range" [44] "Partition lies outside the usable range",
        what: "The partition ends before it starts, leaves the range that the header allows, or is not on the disk.",
        why: "Its data does not exist, or it covers the partition table. Operating systems leave it out.",
        remedy: "The image was probably cut short: look for the complete one. Otherwise correct the entry on a copy.",
        spec: "UEFI Specification 2.10, 5.3.3: StartingLBA, EndingLBA";
    GPT_ENTRY_OVERLAP: Error Partition "gpt.entry.overlap" [45] "Partitions overlap",
        what: "Two partitions both claim the same sectors.",
        why: "Writing to one destroys data of the other. Firmware may refuse the whole table.",
        remedy: "Write nothing to either. Find out from the volumes' own sizes which entry is wrong, and correct it on a copy.",
        spec: "UEFI Specification 2.10, 5.3.3";
    DUPLICATE_GUID: Error Partition "gpt.entry.duplicate-guid" [46] "Two partitions have the same GUID",
        what: "The GUID that tells a partition apart from all others occurs twice on this disk.",
        why: "Systems that find partitions by GUID (PARTUUID in Linux, boot entries of UEFI, Windows) take either.",
        remedy: "Give one of them a new GUID on a copy: sgdisk --partition-guid=N:R.",
        spec: "UEFI Specification 2.10, 5.3.3: UniquePartitionGUID";
    NO_GUID: Warning Partition "gpt.entry.no-guid" [47] "Partition without a GUID of its own",
        what: "The entry has a type, but its own GUID is all zero.",
        why: "Systems that find partitions by GUID cannot tell it apart.",
        remedy: "Give it a GUID on a copy: sgdisk --partition-guid=N:R.",
        spec: "UEFI Specification 2.10, 5.3.3: UniquePartitionGUID";
    LEFTOVER: Info Partition "gpt.entry.leftover" [47] "Unused entry is not all zero",
        what: "The entry has no type, so it is unused, but other bytes of it are set.",
        why: "Readers ignore it. It is what some tools leave of a deleted partition.",
        remedy: "Nothing is to be done. If a partition was deleted by mistake, the entry still says where it was.",
        spec: "UEFI Specification 2.10, 5.3.3: PartitionTypeGUID";
    UNKNOWN_TYPE: Info Partition "gpt.entry.unknown-type" [48] "Unknown partition type",
        what: "The type GUID is not one of those known here.",
        why: "Anybody may make up type GUIDs; nothing is wrong with that.",
        remedy: "Nothing is to be done.",
        spec: "UEFI Specification 2.10, 5.3.3: PartitionTypeGUID";
    RESERVED_ATTRIBUTES: Info Partition "gpt.entry.reserved-attributes" [49] "Reserved attribute bits are set",
        what: "Bits 3 to 47 of the attributes should be zero.",
        why: "Readers ignore them.",
        remedy: "Nothing is to be done.",
        spec: "UEFI Specification 2.10, 5.3.3, table of attributes";
    SECTOR_SIZES_BOTH: Warning Partition "gpt.sector-size.ambiguous" [67] "GPT headers for two sizes of a sector",
        what: "There is a valid primary header at byte 512 and another where sectors of another size would have it.",
        why: "The disk was partitioned once with each sector size. A system that goes by the other size sees another layout.",
        remedy: "Find out which layout is right, and erase the other header on a copy.",
        spec: "UEFI Specification 2.10, 5.3.1: the header is in logical block 1";
    GPT_REMAINS: Info Partition "gpt.remains" [69] "Parts of a former GPT",
        what: "There is a GPT header, but the disk is used in another way and its MBR does not announce a GPT.",
        why: "It is left from an earlier layout. Operating systems ignore it; partitioning tools may warn, and some offer to restore it, which destroys the current layout.",
        remedy: "Do not let a tool restore it. It can be erased with wipefs on a copy.",
        spec: "UEFI Specification 2.10, 5.2.3 (protective MBR)";
}
