//! Findings on the volumes of Windows: FAT, exFAT and NTFS.

use super::super::Sample;
use super::Change::{Put, Size};
use super::{image, raw};
use crate::disk::{Disk, KIB, SECTOR};
use crate::gpt;
use crate::mbr::{self, Partition, kind};
use crate::uuid::Uuid;
use crate::volumes::exfat::Exfat;
use crate::volumes::fat::{Fat, Width};
use crate::volumes::ntfs::Ntfs;

/// First sector of the partition with FAT.
const FIRST: u32 = 8;

/// FAT12 of that many sectors in a partition that begins there.
fn fat(sectors: u32, hidden_sectors: u32) -> Disk {
    let width = Width::Fat12;
    Fat { width, sectors, hidden_sectors, cluster_sectors: 2, serial: 0x4e1b_92d6, label: "NOTES" }.build()
}

/// A disk with FAT12 in its one partition.
const FAT: Sample = Sample {
    build: |sample| {
        let mut disk = Disk::new(sample.virtual_size);
        let count = disk.sectors() as u32 - FIRST;
        mbr::Table::new(0x83d1_60fe, vec![Partition::new(kind::FAT12, FIRST, count)]).write(&mut disk);
        disk.place(u64::from(FIRST) * SECTOR, &fat(count, FIRST));
        image(sample, &disk)
    },
    ..raw(256 * KIB)
};

/// Byte offset of a field of its boot sector.
const fn of_fat(offset: i64) -> i64 {
    FIRST as i64 * 512 + offset
}

/// An exFAT volume without a partition table.
const EXFAT: Sample = Sample {
    build: |sample| {
        let exfat = Exfat {
            sectors: sample.virtual_size / SECTOR,
            partition_offset: 0,
            cluster_shift: 3,
            serial: 0x6f2c_a3e7,
            label: "CARD",
        };
        image(sample, &exfat.build())
    },
    ..raw(512 * KIB)
};

/// Byte offset of exFAT's flags. The checksum of the boot region leaves them out.
const EXFAT_FLAGS: i64 = 106;

/// An NTFS volume without a partition table.
const NTFS: Sample = Sample {
    build: |sample| {
        let ntfs = Ntfs {
            sectors: sample.virtual_size / SECTOR,
            hidden_sectors: 0,
            cluster_sectors: 8,
            serial: 0x5a3d_b4f8_70ac_2b16,
            label: "Archive",
        };
        image(sample, &ntfs.build())
    },
    ..raw(516 * KIB)
};

/// Where the record of `$Volume` is, the fourth of the mirror and of the table.
const NTFS_VOLUME: [i64; 2] = [11 * 1024, 15 * 1024];

/// Where in it the flags are, in the attribute `$VOLUME_INFORMATION`.
const NTFS_FLAGS: i64 = 306;

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "raw-finding-volume-fat-dirty",
        title: "A FAT12 volume that is in use",
        about: "The mark that Windows NT and Linux set in the boot sector while they use a volume.",
        shows: &["volume.fat.dirty"],
        changes: &[Put(of_fat(37), &[1])],
        ..FAT
    },
    Sample {
        name: "raw-finding-volume-start-moved",
        title: "A FAT12 volume that was moved",
        about: "It says that its partition begins at sector 63, and the partition begins at sector 8.",
        shows: &["volume.start.moved"],
        changes: &[Put(of_fat(28), &[63])],
        ..FAT
    },
    Sample {
        name: "raw-finding-volume-sector-size",
        title: "A FAT12 volume of a disk with other sectors",
        about: "The disk has sectors of 4096 bytes, as its table shows. The volume counts in sectors of 512.",
        shows: &["volume.sector-size.mismatch"],
        faults: &["volume.sector-size.mismatch"],
        build: |sample| {
            const SECTOR_BYTES: u64 = 4096;
            const START: u64 = 8;
            let mut disk = Disk::new(sample.virtual_size);
            // Behind the partition come the backup's array, of four sectors, and its header.
            let end = disk.size() / SECTOR_BYTES - 5;
            let partition = gpt::Partition {
                kind: gpt::kind::BASIC_DATA,
                id: Uuid(0x650a_2c4e_6082_4ba3_9fc1_e352_7496_b8da),
                first: START,
                last: end - 1,
                attributes: 0,
                name: "Copy",
            };
            let table = gpt::Table::new(Uuid(0x761b_3d5f_7193_4cb4_a0d2_f463_85a7_c9eb), vec![partition]);
            gpt::Table { sector_bytes: SECTOR_BYTES, ..table }.write(&mut disk);
            let sectors = (end - START) * SECTOR_BYTES / SECTOR;
            disk.place(START * SECTOR_BYTES, &fat(sectors as u32, (START * SECTOR_BYTES / SECTOR) as u32));
            image(sample, &disk)
        },
        ..FAT
    },
    Sample {
        name: "raw-finding-volume-exfat-dirty",
        title: "An exFAT volume that is in use",
        about: "The flag VolumeDirty is set, as while files are written.",
        shows: &["volume.exfat.dirty"],
        changes: &[Put(EXFAT_FLAGS, &[2])],
        ..EXFAT
    },
    Sample {
        name: "raw-finding-volume-media-failure",
        title: "An exFAT volume of a failing card",
        about: "The flag MediaFailure is set: a read or a write failed.",
        shows: &["volume.fat.media-failure"],
        faults: &["volume.fat.media-failure"],
        changes: &[Put(EXFAT_FLAGS, &[4])],
        ..EXFAT
    },
    Sample {
        name: "raw-finding-volume-backup-differs",
        title: "An exFAT volume whose boot sector and backup differ",
        about: "The backup in sector 12 says that the volume has twice as many sectors.",
        shows: &["volume.backup.differs"],
        faults: &["volume.backup.differs"],
        changes: &[Put(12 * 512 + 72, &[0, 8])],
        ..EXFAT
    },
    Sample {
        name: "raw-finding-volume-ntfs-dirty",
        title: "An NTFS volume that was not unmounted cleanly",
        about: "A flag in the file $Volume asks for a check at the next start.",
        shows: &["volume.ntfs.dirty"],
        changes: &[Put(NTFS_VOLUME[0] + NTFS_FLAGS, &[1]), Put(NTFS_VOLUME[1] + NTFS_FLAGS, &[1])],
        ..NTFS
    },
    Sample {
        name: "raw-finding-volume-ntfs-mft-damaged",
        title: "An NTFS volume whose master file table is damaged",
        about: "The first four records are overwritten with zeros. Their copies in $MFTMirr are intact.",
        shows: &["volume.ntfs.mft-damaged"],
        faults: &["volume.ntfs.mft-damaged"],
        changes: &[Put(12 * 1024, &[0; 4096])],
        ..NTFS
    },
    Sample {
        name: "raw-finding-volume-backup-absent",
        title: "An NTFS volume without the copy of its boot sector",
        about: "The last sector of the partition, where the copy belongs, is empty.",
        shows: &["volume.backup.absent"],
        changes: &[Put(-512, &[0; 512])],
        ..NTFS
    },
    Sample {
        name: "raw-finding-volume-part-missing",
        title: "The beginning of an NTFS volume",
        about: "The image ends in front of the master file table, so the label is not there.",
        shows: &["volume.part-missing"],
        faults: &["volume.size.larger-than-partition"],
        virtual_size: 12 * KIB,
        build: |sample| (NTFS.build)(&Sample { virtual_size: NTFS.virtual_size, ..*sample }),
        changes: &[Size(12 * 1024)],
        ..NTFS
    },
];
