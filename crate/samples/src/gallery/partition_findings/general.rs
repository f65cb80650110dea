//! Findings on where partitions are and what is in them, whatever the table.

use super::super::Sample;
use super::Change::Put;
use super::{FIRST, ONE, SECTORS, SIGNATURE, disk_of, image, one_partition, swap};
use crate::disk::{Disk, SECTOR};
use crate::eltorito::{self, platform};
use crate::labels::apm;
use crate::mbr::{Partition, Table, kind};
use crate::volumes::iso9660::Iso9660;

/// Sectors of 2048 bytes of the CD.
const CD_SECTORS: u32 = 26;

/// Sectors of the catalogue and of the images that it leads to.
const CATALOGUE: u32 = 23;
const IMAGES: [u32; 2] = [24, 25];

fn cd(sample: &Sample) -> Disk {
    let iso = Iso9660 {
        label: "BOOT",
        written: "2024051709300000",
        file: "README.TXT",
        text: "A disc that starts nothing.\r\n",
    };
    let mut disk = Disk::new(sample.virtual_size);
    disk.place(0, &iso.build());
    disk
}

/// A CD that starts on a BIOS and with UEFI.
const CD: Sample = Sample {
    build: |sample| {
        let mut disk = cd(sample);
        let [bios, uefi] = IMAGES;
        eltorito::write(&mut disk, CATALOGUE, (platform::BIOS, bios, 4), &[(platform::UEFI, uefi, 4)]);
        image(sample, &disk)
    },
    ..disk_of(CD_SECTORS * 4)
};

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "raw-finding-partition-unaligned",
        title: "A partition that begins at sector 9",
        about: "It begins in the middle of a physical sector of 4096 bytes.",
        shows: &["partition.entry.unaligned"],
        build: |sample| one_partition(sample, kind::SWAP, 9, SECTORS - 16, SECTORS - 16),
        ..ONE
    },
    Sample {
        name: "raw-finding-partition-gap",
        title: "A disk with two MiB in no partition",
        about: "The one partition ends early, and nothing follows.",
        shows: &["partition.gap"],
        virtual_size: (SECTORS + 4096) as u64 * SECTOR,
        ..ONE
    },
    Sample {
        name: "raw-finding-partition-volume-smaller",
        title: "A partition that is larger than the volume in it",
        about: "The partition was enlarged, the swap space in it was not.",
        shows: &["partition.entry.volume-smaller"],
        build: |sample| one_partition(sample, kind::SWAP, FIRST, 4600, 248),
        ..disk_of(4608)
    },
    Sample {
        name: "raw-finding-partition-type-contradicts",
        title: "Swap space of Linux in a partition of Windows",
        about: "The entry has the type of NTFS. Windows would offer to format it.",
        shows: &["partition.type.contradicts"],
        faults: &["partition.type.contradicts"],
        changes: &[Put(446 + 4, &[7])],
        ..ONE
    },
    Sample {
        name: "raw-finding-partition-volume-remains",
        title: "Swap space where no partition is",
        about: "Swap space begins at sector 63, and the only partition begins at sector 400.",
        shows: &["partition.volume.remains"],
        build: |sample| {
            let mut disk = Disk::new(sample.virtual_size);
            Table::new(SIGNATURE, vec![Partition::new(kind::LINUX, 400, 112)]).write(&mut disk);
            disk.place(63 * SECTOR, &swap(256));
            image(sample, &disk)
        },
        ..disk_of(512)
    },
    Sample {
        name: "raw-finding-partition-also",
        title: "A disk with an MBR and an Apple partition map",
        about: "Both tables are valid. The MBR is what a PC goes by.",
        shows: &["partition.also"],
        build: |sample| {
            let mut disk = Disk::new(sample.virtual_size);
            Table::new(SIGNATURE, vec![Partition::new(kind::LINUX, 16, 240)]).write(&mut disk);
            let head = disk.read(446, 66);
            let partition = apm::Partition {
                kind: "Apple_UNIX_SVR2",
                name: "Linux",
                first: 16,
                count: 240,
                status: apm::USABLE,
            };
            apm::write(&mut disk, 512, 15, &[partition]);
            disk.write(446, head);
            image(sample, &disk)
        },
        ..disk_of(SECTORS)
    },
    Sample {
        name: "raw-finding-partition-iso-hybrid",
        title: "A CD with an MBR, for USB sticks",
        about: "The first partition begins at sector 0 and covers the table that it is in, on purpose.",
        shows: &["partition.iso-hybrid"],
        build: |sample| {
            let mut disk = cd(sample);
            let whole = Partition::new(0x17, 0, CD_SECTORS * 4).active();
            Table::new(SIGNATURE, vec![whole]).write(&mut disk);
            image(sample, &disk)
        },
        ..CD
    },
    Sample {
        name: "raw-finding-partition-eltorito-catalogue",
        title: "A CD whose boot catalogue has a wrong checksum",
        about: "A letter in the first record of the catalogue was changed, so a BIOS does not start from the CD.",
        shows: &["partition.eltorito.catalogue"],
        faults: &["partition.eltorito.catalogue"],
        changes: &[Put(CATALOGUE as i64 * 2048 + 4, b"d")],
        ..CD
    },
    Sample {
        name: "raw-finding-partition-eltorito-image",
        title: "A CD whose boot image is behind its end",
        about: "The catalogue names sector 1000 of a CD that has 26.",
        shows: &["partition.eltorito.image"],
        faults: &["partition.eltorito.image"],
        changes: &[Put(CATALOGUE as i64 * 2048 + 32 + 8, &[0xe8, 3])],
        ..CD
    },
];
