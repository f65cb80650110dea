//! What can be wrong with the tables of machines that are no PCs: Apple, BSD, Sun, SGI, Atari and mainframes.

crate::rules! {
    APM_BROKEN: Warning Partition "apm.map.broken" [56] "The Apple partition map ends early",
        what: "A block that should hold an entry of the map does not begin with `PM`.",
        why: "macOS and Linux stop reading there: the partitions that follow are lost to them.",
        remedy: "Work on a copy. The lost partitions can be found by their volumes with a recovery tool such as TestDisk.",
        spec: "Inside Macintosh: Devices, SCSI Manager: pmSig";
    APM_COUNT: Warning Partition "apm.map.count" [56] "Entries of the Apple partition map count differently",
        what: "Every entry states how many there are, and they do not agree.",
        why: "Readers go by the first one; a tool that goes by another shows fewer or more partitions.",
        remedy: "Find out how many entries are used, and correct the count on a copy (pdisk rewrites the map).",
        spec: "Inside Macintosh: Devices, SCSI Manager: pmMapBlkCnt";
    APM_MANY: Warning Partition "apm.map.many" [56] "Very many entries in the Apple partition map",
        what: "The map claims more entries than this program and libblkid read.",
        why: "The rest is not listed. A map this long is a sign of damage.",
        remedy: "Check the count in the first entry.",
        spec: "none: the limit is this program's own, and that of libblkid";
    APM_SIZE: Warning Partition "apm.driver.size" [57] "The Apple driver descriptor states another size of the disk",
        what: "The number of blocks times their size is not what the disk has.",
        why: "The disk was cut or enlarged since it was partitioned. Where it is smaller now, the last partition may lack its end.",
        remedy: "Compare the size with that of the original. Partitioning tools of macOS correct it when they save the map.",
        spec: "Inside Macintosh: Devices, SCSI Manager: sbBlkSize, sbBlkCount";

    BSD_MAGIC: Warning Partition "bsd.label.magic" [58] "BSD disklabel lacks its second magic number",
        what: "The label begins as it should, but bytes 132 to 135 are not 0x82564557 again.",
        why: "BSD and Linux do not accept such a label: the partitions in it do not appear.",
        remedy: "If the checksum matches otherwise, write the label anew with disklabel, on a copy.",
        spec: "BSD sys/disklabel.h: d_magic2";
    BSD_CHECKSUM: Warning Partition "bsd.label.checksum" [58] "BSD disklabel checksum does not match",
        what: "The exclusive or of all 16-bit words of the label is not zero.",
        why: "BSD takes the label for damaged and offers a made-up one instead, with other partitions.",
        remedy: "Compare the listed partitions with the volumes found in them; write the label anew with disklabel on a copy.",
        spec: "BSD sys/disklabel.h: d_checksum";
    BSD_COUNT: Warning Partition "bsd.label.count" [58] "BSD disklabel counts more partitions than fit",
        what: "The number of partitions is larger than the room behind the head of the label.",
        why: "The checksum cannot be verified, and what is listed may not be partitions.",
        remedy: "Check the label with disklabel on the system that made it. OpenBSD since 7.7 uses longer labels.",
        spec: "BSD sys/disklabel.h: d_npartitions";
    BSD_OUTSIDE: Warning Partition "bsd.entry.outside" [58] "BSD partition lies outside its slice",
        what: "A partition of the label begins before its slice or ends after it.",
        why: "It reaches into what belongs to another partition of the MBR. BSD systems allow it on purpose, to reach partitions of other systems; a label that was copied from another place shows it, too.",
        remedy: "Compare the volume found there with the entry; do not write to the partition before it is clear to whom it belongs.",
        spec: "BSD sys/disklabel.h: p_offset, p_size; libblkid flags the same";

    SUN_CHECKSUM: Warning Partition "sun.label.checksum" [59] "Sun disk label checksum does not match",
        what: "The exclusive or of all 16-bit words of the label is not zero.",
        why: "Solaris, the firmware and Linux do not accept the label: the disk appears without partitions.",
        remedy: "Compare the listed slices with the volumes found in them; write the label anew with format or fdisk on a copy.",
        spec: "Solaris sys/dklabel.h: dkl_cksum";
    SUN_CONTENTS: Warning Partition "sun.label.contents" [59] "Table of contents of a Sun label is not valid",
        what: "Its version, its sanity value or its number of slices is not what it should be.",
        why: "Tools ignore tags and flags of the slices then, and some refuse the label.",
        remedy: "Write the label anew with format or fdisk, on a copy.",
        spec: "Solaris sys/vtoc.h: v_version, v_sanity, v_nparts";
    SUN_OUTSIDE: Warning Partition "sun.slice.outside" [59] "Slice lies outside its Solaris partition",
        what: "A slice of the table of contents ends after the partition around it.",
        why: "It reaches into what belongs to another partition, or past the end of the disk.",
        remedy: "Compare the volume found there with the entry, and correct it with format on a copy.",
        spec: "Solaris sys/vtoc.h: p_start, p_size count from the partition";

    SGI_CHECKSUM: Warning Partition "sgi.header.checksum" [] "SGI volume header checksum does not match",
        what: "The sum of all 32-bit words of the header is not zero.",
        why: "IRIX, the firmware and Linux do not accept the header: the disk appears without partitions.",
        remedy: "Compare the listed partitions with the volumes found in them; write the header anew with fx or fdisk on a copy.",
        spec: "IRIX sys/dvh.h: vh_csum";
    ATARI_CHAIN: Warning Partition "atari.chain.broken" [] "The chain of Atari partitions is broken",
        what: "A link leads to a sector that cannot be read, that holds no partition, or that was read already.",
        why: "The partitions that follow are lost to every driver.",
        remedy: "Work on a copy; find the lost partitions by their boot sectors.",
        spec: "Atari AHDI 3.00 release notes: extended partitions";
    DASD_CONTENTS: Warning Partition "dasd.contents.missing" [] "The table of contents of a DASD volume is not there",
        what: "The volume label points to a place where no descriptor of the table of contents is.",
        why: "Linux and z/OS find no partition or data set on the disk.",
        remedy: "Check whether the image is complete and in blocks of the right size. fdasd rebuilds the table on a copy.",
        spec: "z/Architecture: volume label, VTOC; Linux block/partitions/ibm.c";
}
