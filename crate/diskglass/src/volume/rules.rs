//! What can be wrong with volumes, as far as their superblocks say.

crate::rules! {
    AMBIVALENT: Warning Volume "volume.signature.ambivalent" [1] "There are the superblocks of two different volumes",
        what: "Two kinds of volume are recognised at the same place, and both superblocks look sound.",
        why: "One of them is left over from before the partition was formatted anew. Tools that mount by content refuse to choose: blkid reports an ambivalent result, and the system may not find its volume.",
        remedy: "Find out which one is in use (the partition type and the system's list of mounts say so), then erase the other one's signature on a copy: wipefs lists and erases them one by one.",
        spec: "libblkid: blkid_do_safeprobe";
    CHECKSUM: Error Volume "volume.superblock.checksum" [2] "Checksum of the superblock does not match",
        what: "The checksum stored in the volume's first structure is not that of its bytes.",
        why: "The structure was damaged, or changed by a tool that does not know of the checksum. Operating systems refuse to mount the volume.",
        remedy: "Work on a copy. Compare with the backup copy that most file systems keep, and let the file system's own repair tool write it anew.",
        spec: "the format's own documentation; the detail names the algorithm by its result";
    LARGER_THAN_PARTITION: Warning Volume "volume.size.larger-than-partition" [3] "Volume is larger than the partition it is in",
        what: "The superblock says that the volume has more bytes than the partition.",
        why: "The end of the volume lies outside the partition: files there cannot be read, and most operating systems refuse to mount it.",
        remedy: "Look for the complete image, or grow the partition to the volume's size on a copy.",
        spec: "the volume's own superblock against the partition table";
    NTFS_DIRTY: Info Volume "volume.ntfs.dirty" [5] "NTFS was not unmounted cleanly",
        what: "A flag in $Volume asks Windows to check the volume.",
        why: "Normal for a disk that was copied while its machine ran. Windows runs chkdsk at the next start; Linux may mount it read-only.",
        remedy: "Nothing needs to be done before Windows starts from it. For a clean image, shut the machine down before it is copied.",
        spec: "NTFS, attribute $VOLUME_INFORMATION, flags";
    FAT_DIRTY: Info Volume "volume.fat.dirty" [5] "FAT was not unmounted cleanly",
        what: "The volume is marked as in use: in the second entry of the file allocation table, or in the boot sector.",
        why: "Normal for a disk that was copied while its machine ran. Operating systems offer a check at the next mount.",
        remedy: "Nothing needs to be done. A check (chkdsk, fsck.fat) clears the mark.",
        spec: "Microsoft FAT specification, FAT[1]; the Linux and Windows NT mark in the boot sector";
    EXFAT_DIRTY: Info Volume "volume.exfat.dirty" [5] "exFAT was not unmounted cleanly",
        what: "The flag VolumeDirty is set in the boot sector.",
        why: "Normal for a disk that was copied while its machine ran. Operating systems offer a check at the next mount.",
        remedy: "Nothing needs to be done. A check (chkdsk, fsck.exfat) clears the flag.",
        spec: "exFAT specification 3.1.13, VolumeFlags";
    EXT_DIRTY: Info Volume "volume.ext.dirty" [5] "The ext file system was not unmounted cleanly",
        what: "The journal holds changes that are not yet in their places, or the state does not say clean.",
        why: "Normal for a disk that was copied while its machine ran. The next mount replays the journal; without a journal, a check runs at the next start.",
        remedy: "Nothing needs to be done. Readers that do not replay the journal may show older contents.",
        spec: "ext4 documentation, super block: s_state and the feature needs_recovery";
    BTRFS_LOG: Info Volume "volume.btrfs.log" [5] "Btrfs has a log to replay",
        what: "The superblock leads to a log tree: writes that were made safe but not yet put in their places.",
        why: "Normal for a disk that was copied while its machine ran. The next mount replays the log.",
        remedy: "Nothing needs to be done.",
        spec: "Btrfs on-disk format, superblock: log_root";
    DIRTY: Info Volume "volume.state.dirty" [5] "The volume was not unmounted cleanly",
        what: "Its superblock is marked as in use.",
        why: "Normal for a disk that was copied while its machine ran. The next mount replays a journal or asks for a check.",
        remedy: "Nothing needs to be done. For a clean image, shut the machine down before it is copied.",
        spec: "the mark of an unmounted volume in the format's own documentation; the field is named beside";
    ERRORS: Warning Volume "volume.state.errors" [6] "The volume recorded errors",
        what: "An operating system or a check noticed contradictions in the file system and wrote that down.",
        why: "Files may be damaged. Some systems mount it read-only, or not at all, until it is repaired.",
        remedy: "Run the file system's own check on a copy before the image is put to use.",
        spec: "the mark of errors in the format's own documentation; the field is named beside";
    EXT_ERRORS: Warning Volume "volume.ext.errors" [6] "The ext file system recorded errors",
        what: "Linux noticed contradictions in the file system and wrote that down in its superblock.",
        why: "Files may be damaged. Depending on its settings, the file system is mounted read-only from then on.",
        remedy: "Run e2fsck on a copy before the image is put to use.",
        spec: "ext4 documentation, super block: s_state and s_error_count";
    XFS_NEEDS_REPAIR: Warning Volume "volume.xfs.needs-repair" [6] "XFS needs a repair",
        what: "The feature bit is set by which xfs_repair and xfs_admin mark a file system that they have not finished with.",
        why: "Linux refuses to mount it.",
        remedy: "Run xfs_repair on a copy.",
        spec: "XFS on-disk format, superblock: XFS_SB_FEAT_INCOMPAT_NEEDSREPAIR";
    MEDIA_FAILURE: Warning Volume "volume.fat.media-failure" [6] "The volume recorded failed reads or writes",
        what: "An operating system met a disk error while it used the volume, and marked it.",
        why: "Files may be damaged: the image may come from a failing disk.",
        remedy: "Check the files; look for an older image of the same disk.",
        spec: "Microsoft FAT specification, FAT[1]; exFAT specification 3.1.13, VolumeFlags: MediaFailure";
    MOVED: Info Volume "volume.start.moved" [7] "The volume says that it starts elsewhere",
        what: "The boot sector records where its partition began when it was formatted: that is not where it begins now.",
        why: "The volume was moved or copied. Its files are not concerned, but Windows' boot code goes by this number: it may not start from here.",
        remedy: "Nothing needs to be done unless Windows is to start from it: its recovery console (bootrec) or ntfsfix writes the number anew.",
        spec: "hidden sectors of FAT and NTFS; exFAT specification 3.1.4, PartitionOffset";
    BACKUP_DIFFERS: Warning Volume "volume.backup.differs" [8] "Boot sector and its backup describe different volumes",
        what: "The copy of the boot sector is there, but says something else about the layout of the volume.",
        why: "A resize was interrupted, or one of the two is damaged. Repair tools may take the wrong one.",
        remedy: "Compare both with the partition's size. Work on a copy and write the right one over the other one.",
        spec: "FAT32: sector 6; NTFS: the sector after the last; exFAT: sector 12";
    BACKUP_ABSENT: Info Volume "volume.backup.absent" [8] "The backup of the boot sector is not there",
        what: "The place where a copy of the boot sector is expected holds something else or lies past the end.",
        why: "Nothing is wrong with the volume, but there is no spare should the boot sector be damaged. Some formatters write none; a change of the partition's size loses it.",
        remedy: "Nothing needs to be done. The operating system's check can write a new one.",
        spec: "FAT32: sector 6; NTFS: the sector after the last; exFAT: sector 12";
    COPY_STALE: Warning Volume "volume.copy.differs" [9] "A copy of the superblock says something else",
        what: "Another copy of the superblock is damaged or missing, or describes another volume: its identity or its size is not the same.",
        why: "Redundancy is lost, or a volume that was there before shows through: a repair from that copy would destroy this one.",
        remedy: "Nothing needs to be done to use the volume. Do not repair it from that copy; the file system's own check writes a new one.",
        spec: "the places of the copies in the format's own documentation";
    BEGINNING_LOST: Warning Volume "volume.superblock.lost" [9] "The first superblock is lost",
        what: "Where the superblock belongs there is none, but an intact copy of it was found and used.",
        why: "Operating systems that look only at the first place do not recognise the volume. Its start may be overwritten.",
        remedy: "Work on a copy. The file system's own check writes the first superblock anew from the copy.",
        spec: "the places of the copies in the format's own documentation";
    FEATURES_UNKNOWN: Info Volume "volume.features.unknown" [10] "The volume uses features that are not known here",
        what: "Bits are set among the features that a reader must know to understand the volume.",
        why: "What is shown of the volume may be incomplete. Older operating systems refuse to mount it.",
        remedy: "Nothing needs to be done.",
        spec: "the feature bits that the current Linux kernel defines";
    ENCRYPTED: Info Volume "volume.encrypted" [11] "The volume is encrypted",
        what: "It is a container of LUKS, BitLocker, Core Storage, or an encrypted volume of APFS.",
        why: "What is in it cannot be seen without a key. The name of the cipher and the number of keys can.",
        remedy: "Nothing needs to be done.",
        spec: "LUKS on-disk format 1.2.3; LUKS2 on-disk format 1.1.3; the formats of BitLocker, Core Storage and APFS";
    INCOMPLETE_SET: Info Volume "volume.set.member" [12] "The volume is one of several",
        what: "It is one of the devices of a RAID, a volume group, a pool, or of a file system that is spread over several.",
        why: "Without the others, its files cannot be read, or only some of them.",
        remedy: "Keep the images of all devices together.",
        spec: "number of devices: md, DDF, Btrfs, bcachefs, ZFS, Storage Spaces, LVM";
    IMPLAUSIBLE: Warning Volume "volume.superblock.implausible" [13] "The superblock contradicts itself",
        what: "A number in it cannot be: more is free than there is, a size is not a power of two, or the whole is larger than any disk.",
        why: "The superblock is damaged or was made by a faulty tool. Operating systems may refuse the volume.",
        remedy: "Work on a copy and let the file system's own check tool look at it.",
        spec: "the format's own documentation";
    NTFS_MFT: Warning Volume "volume.ntfs.mft-damaged" [13] "The start of NTFS' master file table is damaged",
        what: "The first records of the table are not what they should be; their copy in $MFTMirr is intact and was used.",
        why: "Windows repairs the table from its mirror. If the damage goes further, files are lost.",
        remedy: "Work on a copy and run chkdsk there.",
        spec: "NTFS, boot sector: clusters of $MFT and $MFTMirr";
    TIME: Warning Volume "volume.time.implausible" [14] "The volume says that something happened at an impossible time",
        what: "A time in its superblock is before 1980, or more than a day in the future.",
        why: "The clock of the machine was wrong, or the superblock is damaged. Checks that are due by time run too often or never.",
        remedy: "Nothing needs to be done if the clock of that machine was wrong. Otherwise let the file system's own check look at a copy.",
        spec: "the times in the format's own documentation; 1980 is before the first of these formats";
    SECTOR_SIZE: Warning Volume "volume.sector-size.mismatch" [15] "The volume was made for sectors of another size",
        what: "The boot sector counts in sectors of another size than the disk has.",
        why: "It was copied from a disk with 4096 bytes a sector to one with 512, or the other way round. Windows does not mount it, and nothing starts from it.",
        remedy: "Attach the image as a disk with the sector size that the volume was made for, or copy the files to a new volume.",
        spec: "bytes per sector in the boot sectors of NTFS, FAT, exFAT and ReFS against the partition table's";
    UUID_TWICE: Warning Volume "volume.uuid.twice" [20] "Two volumes of the disk have the same identity",
        what: "Type and UUID of two volumes are the same: one is a copy of the other.",
        why: "Systems that mount by UUID may take the wrong one, and some refuse to mount both. The copy that is mounted changes from start to start.",
        remedy: "Delete one of them, or give it a new identity on a copy (tune2fs -U, xfs_admin -U, ntfslabel --new-serial).",
        spec: "libblkid: UUIDs are taken to be unique";
    BITLOCKER_CLEAR_KEY: Warning Volume "volume.bitlocker.clear-key" [18] "BitLocker's protection is suspended",
        what: "The volume master key is protected by a key that is stored beside it in the clear.",
        why: "Whoever has the image can decrypt it. Windows does so on purpose while protection is suspended, as for an update.",
        remedy: "Resume protection in Windows. Treat this image as if it were not encrypted.",
        spec: "BitLocker metadata entry of a volume master key: protection 0x0000";
    BITLOCKER_COPY: Warning Volume "volume.bitlocker.copy-missing" [16] "A copy of BitLocker's metadata is missing",
        what: "BitLocker keeps its metadata three times. One of the places holds something else or lies past the end.",
        why: "Redundancy is lost: if the others are damaged too, all data is lost for good. Often the image is cut short.",
        remedy: "Look for the complete image. Keep the recovery key, and the recovery key package, at hand.",
        spec: "BitLocker metadata block header: the three offsets";
    PART_MISSING: Info Volume "volume.part-missing" [] "A part of the volume could not be looked at",
        what: "The volume's label is stored in a place that the image does not hold: the file is cut short, or a parent or an extent is missing.",
        why: "The label is not shown although there may be one.",
        remedy: "Give the complete set of files.",
        spec: "none: this is about what was given, not the volume";
    LUKS_HEADER: Warning Volume "volume.luks.header-damaged" [16] "One of the two LUKS2 headers is damaged",
        what: "One header is intact and was used. The other one is missing or its checksum does not match.",
        why: "The redundancy is lost: if the second one is damaged too, all data is lost for good.",
        remedy: "Work on a copy. cryptsetup repairs the damaged header from the intact one when it opens the volume; keep a backup (cryptsetup luksHeaderBackup).",
        spec: "LUKS2 on-disk format 1.1.3, binary header";
    LVM_METADATA: Warning Volume "volume.lvm.metadata-checksum" [16] "LVM metadata is damaged",
        what: "The checksum of the metadata area or of the text in it does not match.",
        why: "LVM refuses this copy of the volume group's description. Without an intact copy on another physical volume, the logical volumes cannot be found.",
        remedy: "Work on a copy. vgcfgrestore writes the metadata anew from a backup in /etc/lvm.",
        spec: "LVM2 on-disk format: metadata area header and raw locations";
    HIBERNATED: Warning Volume "volume.swap.hibernated" [17] "The swap area holds a hibernated system",
        what: "In place of the swap signature is that of a system image: Linux went to sleep to disk.",
        why: "When the machine wakes up it goes on with the file systems as it knew them: whatever changed them meanwhile is overwritten, and they are damaged.",
        remedy: "Do not change anything on this machine's disks. Start it and shut it down, then copy it; or discard the sleeping system with mkswap on a copy.",
        spec: "Linux kernel/power/swap.c: S1SUSPEND";
}

/// Checks without a finding of their own, each with its reason.
pub static NOT_CHECKED: &[(u16, &str)] = &[
    (4, "It is said of the partition that has room to spare: `partition.entry.volume-smaller`."),
    (19, "Where and when a volume was last mounted is no fault: the facts of the volume have it."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_findings_or_a_reason() {
        let path = "src/volume/CHECKS.md";
        crate::finding::coverage::assert_covered(path, "volumes", 20, RULES, NOT_CHECKED);
    }
}
