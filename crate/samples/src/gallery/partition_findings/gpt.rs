//! Findings on a GPT and the MBR in front of it.

use super::super::Sample;
use super::Change::{GptEntry, GptHeader, GptHeaders, Put, Size};
use super::{ONE, SECTORS, disk_of, image, swap};
use crate::disk::{Disk, MIB, SECTOR};
use crate::gpt::{Partition, Table, kind};
use crate::uuid::Uuid;
use crate::volumes::ntfs::Ntfs;

const DISK_ID: Uuid = Uuid(0x7f32_e4f9_5081_4ba2_83d4_e5f6_0718_293a);
const ID_1: Uuid = Uuid(0x8043_f50a_6192_4cb3_94e5_f607_1829_3a4b);
const ID_2: Uuid = Uuid(0x9154_061b_72a3_4dc4_a5f6_0718_293a_4b5c);

/// Fields of a header.
const REVISION: usize = 8;
const MY_LBA: usize = 24;
const FIRST_USABLE: usize = 40;
const LAST_USABLE: usize = 48;
const DISK_GUID: usize = 56;
/// The same in the first header, from the start of the disk, and in the backup, from its end.
const FIRST_GUID: i64 = 512 + 56;
const BACKUP_GUID: i64 = -512 + 56;
/// Length of the disk.
const DISK_BYTES: u64 = SECTORS as u64 * SECTOR;
const ENTRIES: usize = 80;
const ENTRY_SIZE: usize = 84;

/// Fields of an entry.
const TYPE: usize = 0;
const GUID: usize = 16;
const FIRST: usize = 32;
const LAST: usize = 40;
const ATTRIBUTES: usize = 48;

/// Type GUID of an EFI system partition, as it is stored.
const EFI: &[u8] =
    &[0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b];

/// An entry of an MBR: type 0x83, sectors 40 to 119, as the first partition of the GPT has.
const TWIN: &[u8] = &[0, 0, 0, 0, 0x83, 0, 0, 0, 40, 0, 0, 0, 80, 0, 0, 0];

fn partition(id: Uuid, kind: Uuid, first: u64, last: u64) -> Partition {
    Partition { kind, id, first, last, attributes: 0, name: "" }
}

/// A disk with two partitions that fill the usable range but for six sectors.
const TWO: Sample = Sample {
    build: |sample| {
        let partitions = vec![partition(ID_1, kind::LINUX, 40, 119), partition(ID_2, kind::LINUX, 120, 222)];
        let mut disk = Disk::new(sample.virtual_size);
        Table::new(DISK_ID, partitions).write(&mut disk);
        image(sample, &disk)
    },
    ..disk_of(SECTORS)
};

/// A disk with a partition of Windows' data, and a volume in it.
fn windows(sample: &Sample, volume: &Disk) -> Vec<super::SampleFile> {
    let last = 2048 + volume.sectors() - 1;
    let mut disk = Disk::new(sample.virtual_size);
    Table::new(DISK_ID, vec![partition(ID_1, kind::BASIC_DATA, 2048, last)]).write(&mut disk);
    disk.place(MIB, volume);
    image(sample, &disk)
}

/// A disk with a table of so many entries, which are used for partitions of a sector each.
fn entries(sample: &Sample, used: u64, entries: usize) -> Vec<super::SampleFile> {
    let mut disk = Disk::new(sample.virtual_size);
    let first = 2 + (entries as u64 * 128).div_ceil(SECTOR);
    let partitions = (first..first + used)
        .map(|sector| partition(Uuid(DISK_ID.0 + u128::from(sector)), kind::LINUX, sector, sector))
        .collect();
    Table { entries, ..Table::new(DISK_ID, partitions) }.write(&mut disk);
    image(sample, &disk)
}

pub(in super::super) const SAMPLES: &[Sample] = &[
    Sample {
        name: "raw-finding-gpt-protective-missing",
        title: "A GPT without the MBR that protects it",
        about: "Sector 0 has no entry of type 0xEE, so Windows and Linux do not look for the GPT.",
        shows: &["gpt.protective.missing"],
        faults: &["gpt.protective.missing"],
        changes: &[Put(446, &[0; 16])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-hybrid-present",
        title: "A hybrid MBR in front of a GPT",
        about: "The second entry of the MBR repeats the first partition of the GPT.",
        shows: &["gpt.hybrid.present"],
        faults: &["gpt.hybrid.present"],
        changes: &[Put(462, TWIN)],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-hybrid-mismatch",
        title: "A hybrid MBR that is out of step with its GPT",
        about: "The second entry of the MBR is ten sectors shorter than the partition that it repeats.",
        shows: &["gpt.hybrid.mismatch"],
        faults: &["gpt.hybrid.mismatch", "gpt.hybrid.present"],
        changes: &[Put(462, TWIN), Put(474, &[70])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-protective-size",
        title: "A protective entry that covers a part of the disk",
        about: "The entry of type 0xEE has 100 sectors of the 255 after the first.",
        shows: &["gpt.protective.size"],
        changes: &[Put(458, &[100])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-header-checksum",
        title: "A GPT header whose checksum does not match",
        about: "A bit of the disk's identity in the first header has flipped; the backup is good.",
        shows: &["gpt.header.checksum", "gpt.primary.invalid"],
        faults: &["gpt.header.checksum", "gpt.primary.invalid"],
        changes: &[Put(FIRST_GUID, &[0xff])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-entries-checksum",
        title: "GPT entries that do not match their checksum",
        about: "A letter was written into the name of the first partition, in the first array only.",
        shows: &["gpt.entries.checksum"],
        faults: &["gpt.entries.checksum", "gpt.primary.invalid"],
        changes: &[Put(1024 + 56, b"x")],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-header-position",
        title: "A GPT header that belongs elsewhere",
        about: "The first header says that it is sector 9. It was copied, checksum and all.",
        shows: &["gpt.header.position"],
        faults: &["gpt.header.position", "gpt.primary.invalid"],
        changes: &[GptHeader(&[(MY_LBA, &[9])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-header-revision",
        title: "A GPT of revision 3.0",
        about: "Only revision 1.0 exists.",
        shows: &["gpt.header.revision"],
        faults: &["gpt.header.revision"],
        changes: &[GptHeader(&[(REVISION + 2, &[3])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-header-size",
        title: "A GPT header of 91 bytes",
        about: "A header has 92 bytes at least; nothing can be said of its checksum.",
        shows: &["gpt.header.size"],
        faults: &["gpt.header.size", "gpt.primary.invalid"],
        changes: &[Put(512 + 12, &[91])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-header-reserved",
        title: "Bytes behind a GPT header",
        about: "A byte of the header's sector is set that should be zero. No checksum covers it.",
        shows: &["gpt.header.reserved"],
        changes: &[Put(512 + 200, &[1])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-usable-range",
        title: "A GPT for more sectors than the disk has",
        about: "Partitions may take sectors up to 300, but the disk has 256. The backup knows better.",
        shows: &["gpt.header.usable-range"],
        faults: &["gpt.copies.differ", "gpt.header.usable-range"],
        changes: &[GptHeader(&[(LAST_USABLE, &[0x2c, 1])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-entries-position",
        title: "GPT entries where partitions may be",
        about: "The first usable sector is 20, and the array takes sectors 2 to 33.",
        shows: &["gpt.entries.position"],
        faults: &["gpt.copies.differ", "gpt.entries.position"],
        changes: &[GptHeader(&[(FIRST_USABLE, &[20])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-entry-size-unusual",
        title: "A GPT with entries of 256 bytes",
        about: "The specification allows it, Linux does not. Every second entry disappears.",
        shows: &["gpt.entries.entry-size-unusual"],
        faults: &["gpt.entries.entry-size-unusual"],
        changes: &[GptHeaders(&[(ENTRIES, &[64]), (ENTRY_SIZE, &[0, 1])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-entry-size",
        title: "A GPT with entries of 100 bytes",
        about: "An entry has 128 bytes, or that times a power of two.",
        shows: &["gpt.entries.entry-size"],
        faults: &["gpt.entries.entry-size"],
        changes: &[GptHeaders(&[(ENTRY_SIZE, &[100])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-entries-small",
        title: "A GPT with an array of four entries",
        about: "The specification reserves 16384 bytes for the array; this one has 512.",
        shows: &["gpt.entries.small"],
        changes: &[GptHeaders(&[(ENTRIES, &[4])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-entries-large",
        title: "A GPT with an array of 1.1 MiB",
        about: "9000 entries, of which one is used. The checksum of so large an array is not verified.",
        shows: &["gpt.entries.large"],
        build: |sample| entries(sample, 1, 9000),
        ..disk_of(4608)
    },
    Sample {
        name: "raw-finding-gpt-backup-not-at-end",
        title: "A GPT on a disk that grew",
        about: "32 sectors were added behind the backup, where nothing can use them.",
        shows: &["gpt.backup.not-at-end"],
        faults: &["gpt.backup.not-at-end"],
        virtual_size: DISK_BYTES + 32 * SECTOR,
        changes: &[Size((DISK_BYTES + 32 * SECTOR).cast_signed())],
        build: |sample| (TWO.build)(&Sample { virtual_size: DISK_BYTES, ..*sample }),
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-disk-truncated",
        title: "A GPT on a disk that was cut",
        about: "The last 16 sectors are gone, and with them the backup header and half of its entries.",
        shows: &["gpt.disk.truncated"],
        faults: &["gpt.disk.truncated"],
        virtual_size: DISK_BYTES - 16 * SECTOR,
        changes: &[Size((DISK_BYTES - 16 * SECTOR).cast_signed())],
        build: |sample| (TWO.build)(&Sample { virtual_size: DISK_BYTES, ..*sample }),
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-backup-invalid",
        title: "A GPT without its backup",
        about: "The last sector was overwritten with zeros. The disk works as long as nothing happens to its start.",
        shows: &["gpt.backup.invalid"],
        faults: &["gpt.backup.invalid"],
        changes: &[Put(-512, &[0; 512])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-copies-invalid",
        title: "A GPT with two damaged headers",
        about: "A bit has flipped in both headers: no system accepts either.",
        shows: &["gpt.copies.invalid"],
        faults: &["gpt.copies.invalid", "gpt.header.checksum"],
        changes: &[Put(FIRST_GUID, &[0xff]), Put(BACKUP_GUID, &[0xee])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-copies-differ",
        title: "A GPT whose two copies are of different disks",
        about: "Both headers are valid, and name different identities.",
        shows: &["gpt.copies.differ"],
        faults: &["gpt.copies.differ"],
        changes: &[GptHeader(&[(DISK_GUID, &[0xff])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-entry-range",
        title: "A GPT partition that ends before it begins",
        about: "The second partition begins at sector 120 and ends at sector 119.",
        shows: &["gpt.entry.range"],
        faults: &["gpt.entry.range"],
        changes: &[GptEntry(2, &[(LAST, &[119])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-entry-overlap",
        title: "A GPT whose two partitions overlap",
        about: "The first partition ends ten sectors after the second begins.",
        shows: &["gpt.entry.overlap"],
        faults: &["gpt.entry.overlap"],
        changes: &[GptEntry(1, &[(LAST, &[130])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-duplicate-guid",
        title: "A GPT with the same partition GUID twice",
        about: "The second partition has the identity of the first, as after a copy of its entry.",
        shows: &["gpt.entry.duplicate-guid"],
        faults: &["gpt.entry.duplicate-guid"],
        changes: &[GptEntry(1, &[(GUID, &[7; 16])]), GptEntry(2, &[(GUID, &[7; 16])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-no-guid",
        title: "A GPT partition without a GUID",
        about: "The identity of the second partition is all zero.",
        shows: &["gpt.entry.no-guid"],
        faults: &["gpt.entry.no-guid"],
        changes: &[GptEntry(2, &[(GUID, &[0; 16])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-leftover",
        title: "A GPT entry that was not quite deleted",
        about: "The third entry has no type, but still says where it began.",
        shows: &["gpt.entry.leftover"],
        changes: &[GptEntry(3, &[(FIRST, &[40])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-unknown-type",
        title: "A GPT partition of a type that nobody knows",
        about: "Anybody may make up a type. This one was.",
        shows: &["gpt.entry.unknown-type"],
        changes: &[GptEntry(2, &[(TYPE, &[0x99])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-reserved-attributes",
        title: "A GPT partition with attributes that mean nothing",
        about: "Bit 8 of its attributes is set, which no specification explains.",
        shows: &["gpt.entry.reserved-attributes"],
        changes: &[GptEntry(1, &[(ATTRIBUTES + 1, &[1])])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-esp-several",
        title: "A GPT with two EFI system partitions",
        about: "Both partitions have the type that UEFI starts from.",
        shows: &["gpt.esp.several"],
        changes: &[GptEntry(1, &[(TYPE, EFI)]), GptEntry(2, &[(TYPE, EFI)])],
        ..TWO
    },
    Sample {
        name: "raw-finding-gpt-msr-missing",
        title: "A GPT with NTFS and nothing reserved for Windows",
        about: "Windows makes a reserved partition on every disk that it initialises; here there is none.",
        shows: &["gpt.msr.missing"],
        build: |sample| {
            let volume = Ntfs {
                sectors: 2048,
                hidden_sectors: 2048,
                cluster_sectors: 8,
                serial: 0x4d6e_8fa0_1234_5678,
                label: "Data",
            };
            windows(sample, &volume.build())
        },
        ..disk_of(2 * 2048 + 40)
    },
    Sample {
        name: "raw-finding-partition-type-shared",
        title: "Swap space of Linux under the type of Windows' data",
        about: "Older tools of Linux had no type of their own in a GPT.",
        shows: &["partition.type.shared"],
        build: |sample| windows(sample, &swap(512)),
        ..disk_of(2048 + 512 + 40)
    },
    Sample {
        name: "raw-finding-partition-too-many",
        title: "A GPT with 1100 partitions",
        about: "Each has one sector. The first 1024 are listed, all are compared with one another.",
        shows: &["partition.entries.too-many"],
        build: |sample| entries(sample, 1100, 1100),
        ..disk_of(2048)
    },
    Sample {
        name: "raw-finding-gpt-sector-size-ambiguous",
        title: "A disk with a GPT for each size of a sector",
        about: "There is a table for sectors of 512 bytes and one for sectors of 4096 bytes, and both are valid.",
        shows: &["gpt.sector-size.ambiguous"],
        faults: &["gpt.sector-size.ambiguous"],
        build: |sample| {
            let mut disk = Disk::new(sample.virtual_size);
            let large = vec![partition(ID_1, kind::LINUX, 16, 23)];
            Table { sector_bytes: 4096, ..Table::new(DISK_ID, large) }.write(&mut disk);
            // The arrays for sectors of 512 bytes lie beside those of the other table.
            let small = vec![partition(ID_2, kind::LINUX, 200, 399)];
            Table { arrays: (64, Some(400)), ..Table::new(DISK_ID, small) }.write(&mut disk);
            image(sample, &disk)
        },
        ..disk_of(512)
    },
    Sample {
        name: "raw-finding-gpt-remains",
        title: "An MBR disk on which a GPT was once",
        about: "The second sector still begins with the words of a GPT header.",
        shows: &["gpt.remains"],
        changes: &[Put(512, b"EFI PART")],
        ..ONE
    },
];
