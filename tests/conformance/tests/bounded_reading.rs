//! However large a disk is, and whatever its tables say: little is read of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use diskglass::bytes::ReadAt;
use diskglass::finding::Severity;
use diskglass::limits::{APPLE_MAP_ENTRIES, EBRS, PARTITION_TABLE_BYTES, PARTITIONS, VOLUME_BYTES};
use diskglass::{partition, volume};
use diskglass_conformance::volumes::volumes;
use diskglass_conformance::{Counted, Sparse, files};
use diskglass_samples::checksum;
use diskglass_samples::disk::{Disk, GIB, MIB, SECTOR};
use diskglass_samples::gpt::{self, Table};
use diskglass_samples::labels::apm;
use diskglass_samples::mbr::{self, kind};
use diskglass_samples::record::Record;
use diskglass_samples::uuid::Uuid;

/// As large as an MBR can describe.
const HUGE: u64 = 2048 * GIB;

/// What recognising a volume gives, and how many bytes it read.
fn recognised(bytes: impl ReadAt + 'static) -> (volume::Outcome, u64) {
    let (bytes, read) = Counted::around(bytes);
    (volume::recognise(&bytes, "p1"), read.get())
}

/// What reading a disk gives, and how many bytes it read.
fn looked_at(bytes: impl ReadAt + 'static) -> (partition::Outcome, u64) {
    let (bytes, read) = Counted::around(bytes);
    (partition::read(&bytes), read.get())
}

fn has(outcome: &partition::Outcome, id: &str) -> bool {
    outcome.findings.iter().any(|finding| finding.rule.id == id)
}

#[test]
fn volumes_of_any_size_are_recognised_by_little() {
    for (name, kind, small) in volumes() {
        for volume in [small.clone(), small.grown(HUGE)] {
            let size = volume.size();
            let (outcome, read) = recognised(Sparse(volume));
            assert_eq!(outcome.volume.map(|volume| volume.kind).as_deref(), Some(kind), "{name} of {size}");
            assert!(read <= VOLUME_BYTES, "{name} of {size}: {read} bytes");
        }
    }
    let (outcome, read) = recognised(Sparse(Disk::new(HUGE)));
    assert!(outcome.volume.is_none() && read <= VOLUME_BYTES, "nothing at all: {read} bytes");
}

/// Every field of every structure at its largest: sizes of tables, numbers of entries, places of copies.
#[test]
fn superblocks_that_name_huge_tables() {
    let mut fields = 0;
    for (name, _, small) in volumes() {
        let volume = small.grown(HUGE);
        let (whole, _) = recognised(Sparse(volume.clone()));
        for node in &whole.nodes {
            let Some(span) = node.span.as_ref() else { continue };
            for field in node.fields.iter().filter(|field| field.kind.starts_with(['u', 'i'])) {
                fields += 1;
                for fill in [0xff, 0x7f, 0x10] {
                    let mut damaged = volume.clone();
                    let length = usize::try_from(field.length).unwrap();
                    damaged.write(span.offset + u64::from(field.offset), vec![fill; length]);
                    let (_, read) = recognised(Sparse(damaged));
                    assert!(read <= VOLUME_BYTES, "{name}: {} of {}: {read}", field.name, node.key);
                }
            }
        }
    }
    assert!(fields > 400, "{fields} fields");
}

/// An area of LVM2 with gigabytes of text, sealed so that it counts.
#[test]
fn a_volume_group_described_by_gigabytes_of_text() {
    const AREA: u64 = 4096;
    let lvm = volumes().into_iter().find(|(name, ..)| *name == "lvm2").unwrap().2;
    let mut volume = lvm.grown(HUGE);
    let header = volume.read(AREA, SECTOR);
    let sealed = Record::new(512).put(0, header).le64(32, 64 * GIB).le64(48, 8 * GIB);
    let crc = checksum::lvm(&sealed.bytes()[4..]);
    volume.write(AREA, sealed.le32(0, crc));
    let (outcome, read) = recognised(Sparse(volume));
    assert_eq!(outcome.volume.unwrap().kind, "LVM2_member");
    assert_eq!(outcome.findings.iter().count(), 0, "what was not read is not said to be wrong");
    assert!(read <= VOLUME_BYTES, "{read} bytes");
}

/// A GPT on a huge disk with so many entries, the first of which are partitions that hold no volume.
fn gpt_of(entries: usize, partitions: usize) -> Disk {
    let mut disk = Disk::new(HUGE);
    let partition = |number: u64| gpt::Partition {
        kind: gpt::kind::MICROSOFT_RESERVED,
        id: Uuid(0x0f1e_2d3c_4b5a_4978_8796_0000_0000_0000 + u128::from(number)),
        first: MIB + number * 8,
        last: MIB + number * 8 + 7,
        attributes: 0,
        name: "Reserved",
    };
    let partitions = (0..partitions as u64).map(partition).collect();
    Table { entries, ..Table::new(Uuid(0x1f2e_3d4c_5b6a_4978_8796_a5b4_c3d2_e1f0), partitions) }
        .write(&mut disk);
    disk
}

/// What is read beside the entries: headers, and whether the disk as a whole is a volume or a CD.
const BESIDE: u64 = VOLUME_BYTES + (64 << 10);

#[test]
fn a_gpt_with_a_large_array_is_listed_in_part() {
    for (entries, used) in [(8192, 3), (8193, 3), (65_000, 65_000), (1 << 20, 3)] {
        let (outcome, read) = looked_at(Sparse(gpt_of(entries, used)));
        let found = outcome.partitions.as_ref().unwrap();
        assert_eq!((&*found.scheme, found.entries.len()), ("gpt", used.min(PARTITIONS)), "{entries} entries");
        let is_larger = (entries * gpt::ENTRY_BYTES) as u64 > PARTITION_TABLE_BYTES;
        assert_eq!(
            has(&outcome, "gpt.entries.large"),
            is_larger,
            "{entries}: whether it was verified is said"
        );
        assert!(read <= 2 * PARTITION_TABLE_BYTES + BESIDE, "{entries} entries, twice: {read} bytes");
    }
}

/// No header at the start, and many at the end that are sealed but lead to arrays of 1 MiB that are not theirs.
#[test]
fn a_lost_gpt_with_many_false_backups() {
    let mut disk = gpt_of(8192, 1);
    let last = disk.sectors() - 1;
    let header = Record::new(92).put(0, disk.read(last * SECTOR, 92)).put(88, [0x5a; 4]);
    for number in 0..16 {
        let header = header.clone().le64(24, last - number).le32(16, 0);
        let crc = checksum::crc32(header.bytes());
        disk.write((last - number) * SECTOR, header.le32(16, crc));
    }
    disk.write(SECTOR, [0; 512]);
    let (outcome, read) = looked_at(Sparse(disk));
    assert_eq!(outcome.findings.worst(), Some(Severity::Error), "none of them is said to be sound");
    // The last sector, and two that the search meets in the last MiB.
    assert!(read <= 4 * PARTITION_TABLE_BYTES + BESIDE, "{read} bytes");
}

/// A chain of extended boot records that hold nothing but the link to the next.
#[test]
fn an_endless_chain_of_extended_boot_records() {
    const START: u32 = 2048;
    let mut disk = Disk::new(HUGE);
    let container = mbr::Partition::new(kind::EXTENDED, START, u32::MAX - START);
    mbr::Table::new(0x1a2b_3c4d, vec![container]).write(&mut disk);
    for number in 0..20_000 {
        let next = Record::new(16).u8(4, kind::LINK).le32(8, number + 1).le32(12, 1);
        let record = Record::new(512).put(462, next).put(510, [0x55, 0xaa]);
        disk.write(u64::from(START + number) * SECTOR, record);
    }
    let (outcome, read) = looked_at(Sparse(disk));
    assert!(has(&outcome, "mbr.ebr.too-many"));
    assert!(read <= EBRS as u64 * SECTOR + BESIDE, "{read} bytes");
}

/// A map of Apple's that counts more entries than there is memory for.
#[test]
fn an_endless_apple_partition_map() {
    let mut disk = Disk::new(HUGE);
    let partition = |number: u32| apm::Partition {
        kind: "Apple_Void",
        name: "",
        first: 1 << 20 | number,
        count: 1,
        status: apm::USABLE,
    };
    apm::write(&mut disk, 512, 60_000, &(0..60_000).map(partition).collect::<Vec<_>>());
    disk.write(512 + 4, u32::MAX.to_be_bytes());
    let (outcome, read) = looked_at(Sparse(disk));
    let listed = outcome.partitions.as_ref().unwrap().entries.len();
    assert_eq!(listed, usize::try_from(APPLE_MAP_ENTRIES).unwrap());
    assert!(has(&outcome, "apm.map.many"));
    assert!(read <= PARTITION_TABLE_BYTES + BESIDE, "{read} bytes");
}

/// As many partitions as are listed, each on its own as large as a volume may be.
#[test]
fn many_volumes_are_looked_into_one_by_one() {
    let mut disk = gpt_of(gpt::ENTRIES, 0);
    let partition = |number: u64| gpt::Partition {
        kind: gpt::kind::LINUX,
        id: Uuid(u128::from(number) + 1),
        first: (number + 1) << 24,
        last: ((number + 2) << 24) - 1,
        attributes: 0,
        name: "",
    };
    let partitions: Vec<_> = (0..120).map(partition).collect();
    Table::new(Uuid(1), partitions).write(&mut disk);
    for (number, (_, _, volume)) in (1..=120).zip(volumes().into_iter().cycle()) {
        disk.place(number << 33, &volume);
    }
    let (outcome, read) = looked_at(Sparse(disk));
    let found = outcome.partitions.unwrap().entries;
    assert!(found.iter().all(|entry| entry.volume.is_some()));
    assert!(read <= 120 * VOLUME_BYTES + BESIDE, "{read} bytes");
}

/// Whatever the samples are: tables, the disk as a whole, what may be left of a volume in two places, the partitions.
#[test]
fn samples_are_read_within_the_limits() {
    for sample in diskglass_samples::gallery().iter().filter(|sample| sample.format == "raw") {
        for (_, bytes) in files(sample) {
            let (outcome, read) = looked_at(bytes);
            let entries = outcome.partitions.map_or(0, |found| found.entries.len()) as u64;
            assert!(
                read <= PARTITION_TABLE_BYTES + (entries + 3) * VOLUME_BYTES,
                "{}: {read} bytes for {entries} partitions",
                sample.name
            );
        }
    }
}
