//! What can be wrong with a GPT and the MBR in front of it.

crate::rules! {
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
    SEVERAL_ESP: Info Partition "gpt.esp.several" [51] "More than one EFI system partition",
        what: "Several partitions have the type of the one that UEFI starts from.",
        why: "It is allowed. Which of them the firmware takes depends on its settings, and Windows setup expects one.",
        remedy: "Nothing is to be done, unless the machine starts from the wrong one.",
        spec: "UEFI Specification 2.10, 13.3.1: system partitions";
    NO_RESERVED: Info Partition "gpt.msr.missing" [52] "No Microsoft reserved partition",
        what: "The disk has partitions of Windows, and none that is reserved for Windows itself.",
        why: "Windows makes one on every disk that it initialises, and needs it to turn the disk into a dynamic one. Everything else works without.",
        remedy: "Nothing is to be done.",
        spec: "Microsoft: Windows and GPT FAQ, Microsoft reserved partition";
}
