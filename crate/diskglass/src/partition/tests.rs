use super::*;
use crate::bytes::{Location, ReadAt, ReadError};
use crate::finding::Severity;
use crate::limits;
use diskglass_samples::disk::{Disk as Sample, MIB};
use diskglass_samples::uuid::Uuid;
use diskglass_samples::volumes::fat::{Fat, Width};
use diskglass_samples::volumes::swap::Swap;
use diskglass_samples::{gpt as gpt_sample, mbr as mbr_sample};
use std::rc::Rc;

const LAST: u64 = 131_071;
const BACKUP: usize = 131_071 * 512;

fn look(bytes: Vec<u8>) -> Outcome {
    let disk: Bytes = Rc::new(bytes);
    read(&disk)
}

fn ids(outcome: &Outcome) -> Vec<&'static str> {
    let mut ids: Vec<_> = outcome.findings.iter().map(|finding| finding.rule.id).collect();
    ids.sort_unstable();
    ids
}

fn worst(outcome: &Outcome) -> Option<Severity> {
    outcome.findings.worst()
}

fn table(outcome: &Outcome) -> &Partitions {
    outcome.partitions.as_ref().unwrap()
}

/// Number, first sector, sectors, type of all partitions.
fn listed(outcome: &Outcome) -> Vec<(u32, u64, u64, &str)> {
    let entries = table(outcome).entries.iter();
    entries.map(|e| (e.index, e.first_sector, e.sector_count, e.type_id.as_str())).collect()
}

fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// The MBR disk of 64 MiB that sfdisk and the sample writer agree on.
fn mbr_disk() -> Vec<u8> {
    let mut disk = Sample::new(64 * MIB);
    let primaries = vec![
        mbr_sample::Partition::new(0x07, 2048, 0x4000).active(),
        mbr_sample::Partition::new(0x0f, 20480, 0x14000),
    ];
    let logicals = vec![
        mbr_sample::Partition::new(0x83, 22528, 0x2000),
        mbr_sample::Partition::new(0x82, 32768, 0x2000),
    ];
    mbr_sample::Table::new(0xdead_beef, primaries).with_logicals(logicals).write(&mut disk);
    disk.to_bytes()
}

fn gpt_partitions() -> Vec<gpt_sample::Partition> {
    vec![
        gpt_sample::Partition {
            kind: gpt_sample::kind::EFI_SYSTEM,
            id: Uuid(0xaaaa_bbbb_cccc_dddd_eeee_ffff_0000_1111),
            first: 2048,
            last: 34815,
            attributes: 0,
            name: "EFI System",
        },
        gpt_sample::Partition {
            kind: gpt_sample::kind::LINUX_ROOT_X86_64,
            id: Uuid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
            first: 34816,
            last: 131_038,
            attributes: 1 << 60 | 1 << 2,
            name: "",
        },
    ]
}

/// The GPT disk of 64 MiB that sfdisk, sgdisk and the sample writer agree on.
fn gpt_disk() -> Vec<u8> {
    let mut disk = Sample::new(64 * MIB);
    let id = Uuid(0x1111_2222_3333_4444_5555_6666_7777_8888);
    gpt_sample::Table::new(id, gpt_partitions()).write(&mut disk);
    disk.to_bytes()
}

/// Changes bytes of the header at `header` and makes its checksum, and that of the array it names, right again.
fn reseal(bytes: &mut [u8], header: usize, at: usize, new: &[u8]) {
    put(bytes, header + at, new);
    let number = |bytes: &[u8], at: usize| {
        u64::from(u32::from_le_bytes(bytes[header + at..header + at + 4].try_into().unwrap()))
    };
    let array = usize::try_from(number(bytes, 72) * 512).unwrap();
    let length = usize::try_from(number(bytes, 80) * number(bytes, 84)).unwrap();
    if let Some(array) = bytes.get(array..array.saturating_add(length)) {
        let crc = crate::checksum::crc32(&[array]);
        put(bytes, header + 88, &crc.to_le_bytes());
    }
    put(bytes, header + 16, &[0; 4]);
    let crc = crate::checksum::crc32(&[&bytes[header..header + 92]]);
    put(bytes, header + 16, &crc.to_le_bytes());
}

/// Changes the entry array behind both headers alike.
fn change_entries(bytes: &mut [u8], at: usize, new: &[u8]) {
    put(bytes, 1024 + at, new);
    put(bytes, BACKUP - 16384 + at, new);
    reseal(bytes, 512, 0, b"E");
    reseal(bytes, BACKUP, 0, b"E");
}

#[test]
fn mbr_with_logical_partitions() {
    let outcome = look(mbr_disk());
    let found = table(&outcome);
    assert_eq!((found.scheme.as_str(), found.disk_id.as_deref()), ("mbr", Some("0xdeadbeef")));
    assert_eq!(found.sector_bytes, 512);
    assert_eq!(
        listed(&outcome),
        [
            (1, 2048, 16384, "0x07"),
            (2, 20480, 81920, "0x0f"),
            (5, 22528, 8192, "0x83"),
            (6, 32768, 8192, "0x82")
        ]
    );
    let parents: Vec<_> = found.entries.iter().map(|entry| (entry.parent, entry.role)).collect();
    assert_eq!(parents[0], (None, EntryRole::Partition));
    assert_eq!(parents[1], (None, EntryRole::Container));
    assert_eq!(parents[2], (Some(2), EntryRole::Partition));
    assert!(found.entries[0].active && !found.entries[1].active);
    assert_eq!(found.entries[2].type_name.as_deref(), Some("Linux filesystem"));
    let keys: Vec<_> = outcome.nodes.iter().map(|node| node.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "mbr@0",
            "mbr.entry@1",
            "mbr.entry@2",
            "mbr.entry@3",
            "mbr.entry@4",
            "mbr.ebr@1",
            "mbr.entry@5",
            "mbr.ebr.link@1",
            "mbr.ebr@2",
            "mbr.entry@6"
        ]
    );
    for entry in &found.entries {
        assert!(keys.contains(&entry.structure.as_deref().unwrap()));
    }
    assert_eq!(ids(&outcome), ["partition.gap"]);
}

#[test]
fn gpt_with_both_copies() {
    let outcome = look(gpt_disk());
    let found = table(&outcome);
    assert_eq!(found.scheme, "gpt");
    assert_eq!(found.disk_id.as_deref(), Some("11112222-3333-4444-5555-666677778888"));
    assert_eq!(
        listed(&outcome),
        [
            (1, 2048, 32768, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"),
            (2, 34816, 96223, "4f68bce3-e8cd-4db1-96e7-fbcaf984b709")
        ]
    );
    let [efi, root] = &found.entries[..] else { panic!("two partitions") };
    assert_eq!(efi.id.as_deref(), Some("aaaabbbb-cccc-dddd-eeee-ffff00001111"));
    assert_eq!((efi.name.as_deref(), root.name.as_deref()), (Some("EFI System"), None));
    assert_eq!((efi.active, root.active), (false, true));
    assert_eq!(root.type_name.as_deref(), Some("Linux root (x86-64)"));
    assert_eq!(ids(&outcome), [""; 0], "a healthy disk");
    let backup = outcome.nodes.iter().find(|node| node.key == "gpt.header@backup").unwrap();
    assert_eq!((backup.role, backup.state), (crate::structure::Role::Backup, crate::structure::State::Ok));
}

#[test]
fn gpt_on_sectors_of_4096_bytes() {
    let mut disk = Sample::new(64 * MIB);
    let mut partitions = gpt_partitions();
    (partitions[0].first, partitions[0].last) = (256, 4095);
    (partitions[1].first, partitions[1].last) = (4096, 16000);
    let mut table_4k = gpt_sample::Table::new(Uuid(7), partitions);
    table_4k.sector_bytes = 4096;
    table_4k.write(&mut disk);
    let outcome = look(disk.to_bytes());
    assert_eq!((table(&outcome).scheme.as_str(), table(&outcome).sector_bytes), ("gpt", 4096));
    assert_eq!(listed(&outcome)[0].1, 256);
    assert!(ids(&outcome).contains(&"partition.sector-size"));
    assert_eq!(worst(&outcome), Some(Severity::Info));
}

/// Each fault in an MBR, and the findings beside the gap at the end of this disk.
#[test]
fn faults_of_an_mbr() {
    type Fault = fn(&mut [u8]);
    let cases: &[(&str, Fault, &[&str])] = &[
        (
            "past the end",
            |disk| put(disk, 446 + 12, &0x0010_0000_u32.to_le_bytes()),
            &["mbr.entry.chs", "mbr.entry.overlap", "mbr.entry.past-end"],
        ),
        (
            "overlap",
            |disk| put(disk, 446 + 12, &20000_u32.to_le_bytes()),
            &["mbr.entry.chs", "mbr.entry.overlap", "partition.gap"],
        ),
        ("two active", |disk| disk[462] = 0x80, &["mbr.entry.several-active", "partition.gap"]),
        ("indicator", |disk| disk[462] = 0x12, &["mbr.entry.boot-indicator", "partition.gap"]),
        ("half empty", |disk| disk[478 + 4] = 0x83, &["mbr.entry.half-empty", "partition.gap"]),
        ("no signature", |disk| disk[440..444].fill(0), &["mbr.disk-signature.zero", "partition.gap"]),
        (
            "odd start",
            |disk| put(disk, 446 + 8, &63_u32.to_le_bytes()),
            &["mbr.entry.chs", "partition.entry.unaligned", "partition.gap"],
        ),
        (
            "chain in a circle",
            |disk| disk.copy_within(20480 * 512 + 462..20480 * 512 + 478, 30720 * 512 + 462),
            &["mbr.ebr.loop", "partition.gap"],
        ),
        (
            "chain leaves",
            |disk| put(disk, 20480 * 512 + 470, &90000_u32.to_le_bytes()),
            &["mbr.ebr.outside", "partition.gap"],
        ),
        (
            "logical leaves",
            |disk| put(disk, 30720 * 512 + 458, &80000_u32.to_le_bytes()),
            &["mbr.ebr.outside", "partition.gap"],
        ),
        ("broken chain", |disk| disk[30720 * 512 + 510] = 0, &["mbr.ebr.signature", "partition.gap"]),
        (
            "empty container",
            |disk| disk[20480 * 512..20481 * 512].fill(0),
            &["mbr.extended.empty", "partition.gap"],
        ),
        (
            "logical over the next record",
            |disk| put(disk, 20480 * 512 + 458, &0x2400_u32.to_le_bytes()),
            &["mbr.logical.overlaps-ebr", "partition.gap"],
        ),
        (
            "two links",
            |disk| disk.copy_within(20480 * 512 + 462..20480 * 512 + 478, 20480 * 512 + 478),
            &["mbr.ebr.nested", "partition.gap"],
        ),
        (
            "two containers",
            |disk| put(disk, 478, &[0, 0, 0, 0, 5, 0, 0, 0, 0, 0x90, 1, 0, 0, 0x10, 0, 0]),
            &["mbr.extended.empty", "mbr.extended.several", "partition.gap"],
        ),
        (
            "sector 0",
            |disk| put(disk, 446 + 8, &[0; 4]),
            &["mbr.entry.chs", "mbr.entry.covers-table", "partition.gap"],
        ),
        ("a GPT was here", |disk| put(disk, 512, b"EFI PART"), &["gpt.remains", "partition.gap"]),
        ("protective alone", |disk| disk[446 + 4] = 0xee, &["mbr.protective.orphan"]),
    ];
    for (name, fault, expected) in cases {
        let mut disk = mbr_disk();
        fault(&mut disk);
        let outcome = look(disk);
        assert_eq!(ids(&outcome), *expected, "{name}");
        assert_eq!(table(&outcome).scheme, "mbr", "{name}");
    }
}

#[test]
fn faults_of_a_gpt() {
    type Fault = fn(&mut Vec<u8>);
    let cases: &[(&str, Fault, &[&str])] = &[
        ("primary header", |disk| disk[600] ^= 1, &["gpt.header.checksum", "gpt.primary.invalid"]),
        ("primary entries", |disk| disk[1100] ^= 1, &["gpt.entries.checksum", "gpt.primary.invalid"]),
        ("primary gone", |disk| disk[512..1024].fill(0), &["gpt.primary.invalid"]),
        (
            "primary displaced",
            |disk| reseal(disk, 512, 24, &[9]),
            &["gpt.header.position", "gpt.primary.invalid"],
        ),
        ("primary header size", |disk| disk[512 + 12] = 91, &["gpt.header.size", "gpt.primary.invalid"]),
        ("backup header", |disk| disk[BACKUP + 60] ^= 1, &["gpt.backup.invalid", "gpt.header.checksum"]),
        ("backup gone", |disk| disk[BACKUP..].fill(0), &["gpt.backup.invalid"]),
        (
            "both",
            |disk| {
                disk[600] ^= 1;
                disk[BACKUP + 60] ^= 1;
            },
            &["gpt.copies.invalid", "gpt.header.checksum", "gpt.header.checksum"],
        ),
        ("no protection", |disk| disk[..512].fill(0), &["gpt.protective.missing"]),
        ("grown", |disk| disk.resize(80 << 20, 0), &["gpt.backup.not-at-end", "gpt.protective.size"]),
        (
            "cut",
            |disk| disk.truncate(50 << 20),
            &["gpt.disk.truncated", "gpt.entry.range", "gpt.header.usable-range", "gpt.protective.size"],
        ),
        ("copies differ", |disk| reseal(disk, 512, 56, &[0xff]), &["gpt.copies.differ"]),
        ("revision", |disk| reseal(disk, 512, 10, &[2]), &["gpt.header.revision"]),
        ("reserved", |disk| disk[512 + 200] = 1, &["gpt.header.reserved"]),
        (
            "entry size 256",
            |disk| reseal(disk, 512, 84, &[0, 1]),
            &["gpt.copies.differ", "gpt.entries.entry-size-unusual", "gpt.entries.position", "partition.gap"],
        ),
        (
            "backwards",
            |disk| change_entries(disk, 32, &40000_u64.to_le_bytes()),
            &["gpt.entry.range", "partition.gap"],
        ),
        ("overlap", |disk| change_entries(disk, 40, &40000_u64.to_le_bytes()), &["gpt.entry.overlap"]),
        (
            "one GUID twice",
            |disk| {
                let guid = disk[1040..1056].to_vec();
                change_entries(disk, 128 + 16, &guid);
            },
            &["gpt.entry.duplicate-guid"],
        ),
        ("no GUID", |disk| change_entries(disk, 16, &[0; 16]), &["gpt.entry.no-guid"]),
        ("leftover", |disk| change_entries(disk, 256 + 32, &[7]), &["gpt.entry.leftover"]),
        ("made-up type", |disk| change_entries(disk, 0, &[9]), &["gpt.entry.unknown-type"]),
        ("attributes", |disk| change_entries(disk, 49, &[9]), &["gpt.entry.reserved-attributes"]),
        (
            "past the end",
            |disk| change_entries(disk, 128 + 40, &200_000_u64.to_le_bytes()),
            &["gpt.entry.range"],
        ),
        (
            "hybrid",
            |disk| put(disk, 462, &[0, 0, 0, 0, 0xef, 0, 0, 0, 0, 8, 0, 0, 0, 0x80, 0, 0]),
            &["gpt.hybrid.present"],
        ),
        (
            "hybrid astray",
            |disk| put(disk, 462, &[0, 0, 0, 0, 0xef, 0, 0, 0, 0, 8, 0, 0, 0, 0x70, 0, 0]),
            &["gpt.hybrid.mismatch", "gpt.hybrid.present"],
        ),
    ];
    for (name, fault, expected) in cases {
        let mut disk = gpt_disk();
        fault(&mut disk);
        let outcome = look(disk);
        assert_eq!(ids(&outcome), *expected, "{name}");
        assert!(!table(&outcome).entries.is_empty(), "{name}");
    }
}

#[test]
fn an_iso_hybrid_is_not_wrong() {
    let mut disk = mbr_disk();
    put(&mut disk, 0x8000, b"\x01CD001\x01");
    put(&mut disk, 446, &[0x80, 0, 1, 0, 0x17, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 2, 0]);
    disk[462..478].copy_from_slice(&[0, 0, 0, 0, 0xef, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0]);
    let outcome = look(disk);
    assert_eq!(ids(&outcome), ["partition.iso-hybrid"]);
    assert_eq!(listed(&outcome).len(), 2);
}

#[test]
fn what_is_no_table_is_not_read_as_one() {
    let nothing = look(vec![0; 1 << 20]);
    assert_eq!((table(&nothing).scheme.as_str(), ids(&nothing)), ("none", vec!["partition.none"]));
    assert!(!nothing.is_evidence());

    let mut code = vec![0; 1 << 20];
    code[446..510].fill(b'x');
    put(&mut code, 510, &[0x55, 0xaa]);
    assert_eq!(table(&look(code)).scheme, "none", "text where entries would be");

    let mut bsd = vec![0; 1 << 20];
    put(&mut bsd, 446 + 48, &[0x80, 0, 1, 0, 0xa5, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x50, 0xc3, 0, 0]);
    put(&mut bsd, 510, &[0x55, 0xaa]);
    assert_eq!(table(&look(bsd)).scheme, "none", "the made-up slice in BSD's boot blocks");

    let mut empty = vec![0; 1 << 20];
    put(&mut empty, 440, &[0x39, 0x1d, 0xce, 0x12]);
    put(&mut empty, 510, &[0x55, 0xaa]);
    let empty = look(empty);
    assert_eq!((table(&empty).scheme.as_str(), table(&empty).entries.len()), ("mbr", 0));
    assert_eq!(table(&empty).disk_id.as_deref(), Some("0x12ce1d39"));
    assert!(ids(&empty).is_empty());
}

#[test]
fn two_thirds_of_a_sector_are_no_disk() {
    let outcome = look(vec![0; 300]);
    assert!(outcome.partitions.is_none());
    assert_eq!(ids(&outcome), ["partition.disk.too-small"]);
}

/// A disk of which nothing, or not all, can be read.
struct Holes {
    bytes: Vec<u8>,
    from: u64,
    error: ReadError,
}

impl ReadAt for Holes {
    fn size(&self) -> u64 {
        self.bytes.size()
    }
    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        if offset + buf.len() as u64 > self.from {
            return Err(self.error.clone());
        }
        self.bytes.read_exact_at(offset, buf)
    }
    fn locate(&self, _: u64) -> Option<Location> {
        None
    }
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_read() {
    let unmapped = ReadError::Unmapped { offset: 0, why: "the parent was not given" };
    let failed = ReadError::Io { offset: 0, message: "gone".into() };
    for (error, id) in [(unmapped, "partition.disk.unbacked"), (failed, "file.read-failed")] {
        let nothing: Bytes = Rc::new(Holes { bytes: mbr_disk(), from: 0, error: error.clone() });
        let outcome = read(&nothing);
        assert!(outcome.partitions.is_none(), "there may be a table where nothing can be read");
        assert!(ids(&outcome).iter().all(|found| *found == id), "{:?}", ids(&outcome));

        let start: Bytes = Rc::new(Holes { bytes: gpt_disk(), from: 20_000, error: error.clone() });
        let outcome = read(&start);
        assert_eq!(listed(&outcome).len(), 2);
        let only = |outcome: &Outcome| ids(outcome).iter().all(|found| *found == id);
        assert!(only(&outcome), "what is not known of the backup is no fault of it");

        let mut hidden = gpt_disk();
        hidden[512..20_000].fill(0);
        let hidden: Bytes = Rc::new(Holes { bytes: hidden, from: 20_000, error: error.clone() });
        assert!(only(&read(&hidden)), "the backup may be there");

        let first: Bytes = Rc::new(Holes { bytes: mbr_disk(), from: 20480 * 512, error });
        let outcome = read(&first);
        assert_eq!(listed(&outcome).len(), 2, "the primary ones");
        assert!(ids(&outcome).contains(&id));
    }
}

/// Counts bytes read.
struct Metered(Vec<u8>, std::cell::Cell<u64>);

impl ReadAt for Metered {
    fn size(&self) -> u64 {
        self.0.size()
    }
    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        self.1.set(self.1.get() + buf.len() as u64);
        self.0.read_exact_at(offset, buf)
    }
    fn locate(&self, _: u64) -> Option<Location> {
        None
    }
}

/// A chain of 2000 records: each with a partition of one sector and a link to the next.
#[test]
fn a_long_chain_is_cut_off() {
    let mut disk = mbr_disk();
    for n in 0..2000_usize {
        let at = (20480 + 4 * n) * 512;
        disk[at..at + 510].fill(0);
        put(&mut disk, at + 446, &[0, 0, 0, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
        put(&mut disk, at + 462, &[0, 0, 0, 0, 5, 0, 0, 0]);
        put(&mut disk, at + 470, &u32::try_from(4 * (n + 1)).unwrap().to_le_bytes());
        put(&mut disk, at + 474, &[4, 0, 0, 0]);
        put(&mut disk, at + 510, &[0x55, 0xaa]);
    }
    let outcome = look(disk);
    assert!(ids(&outcome).contains(&"mbr.ebr.too-many"));
    assert_eq!(table(&outcome).entries.len(), 2 + limits::EBRS);
}

/// An array far larger than anybody needs, full of used entries.
#[test]
fn a_huge_array_is_read_in_part() {
    let mut disk = gpt_disk();
    let template = disk[1024..1152].to_vec();
    for n in 0..65_000_usize {
        put(&mut disk, 2048 * 512 + n * 128, &template);
        put(&mut disk, 2048 * 512 + n * 128 + 16, &n.to_le_bytes());
    }
    reseal(&mut disk, 512, 72, &2048_u64.to_le_bytes());
    put(&mut disk, 512 + 84, &128_u32.to_le_bytes());
    reseal(&mut disk, 512, 80, &65_000_u32.to_le_bytes());
    let metered = Rc::new(Metered(disk, std::cell::Cell::new(0)));
    let bytes: Bytes = metered.clone();
    let outcome = read(&bytes);
    let found = ids(&outcome);
    assert_eq!(table(&outcome).entries.len(), limits::PARTITIONS);
    for id in ["gpt.entries.large", "partition.entries.too-many", "gpt.entry.overlap", "gpt.entries.position"]
    {
        assert!(found.contains(&id), "{id} in {found:?}");
    }
    assert!(found.len() < 20, "{found:?}");
    let volumes = limits::VOLUME_BYTES * limits::PARTITIONS as u64;
    assert!(metered.1.get() < 4 * limits::PARTITION_TABLE_BYTES + volumes);
}

/// No bytes whatever may lead to a panic, an endless loop or a large allocation.
#[test]
fn hostile_disks_are_survived() {
    for disk in [gpt_disk(), mbr_disk()] {
        for size in [512, 513, 1023, 1024, 1536, 2048, 4096, 4608, 17408, 17920, 20480 * 512, 20481 * 512] {
            look(disk[..size].to_vec());
        }
    }
    for filler in [0xff, 0x55, 0xaa, 0xee, 0x05] {
        let mut disk = vec![filler; 64 << 10];
        look(disk.clone());
        put(&mut disk, 510, &[0x55, 0xaa]);
        look(disk.clone());
        put(&mut disk, 512, b"EFI PART");
        look(disk);
    }
    // Extreme values in every field of a header whose checksums are right.
    for value in [0_u64, 1, 2, 127, 128, LAST, LAST + 1, u64::from(u32::MAX), u64::MAX / 512, u64::MAX] {
        for (field, length) in
            [(8, 4), (12, 4), (24, 8), (32, 8), (40, 8), (48, 8), (72, 8), (80, 4), (84, 4)]
        {
            for header in [512, BACKUP] {
                let mut disk = gpt_disk();
                reseal(&mut disk, header, field, &value.to_le_bytes()[..length]);
                let outcome = look(disk);
                assert!(outcome.partitions.is_some());
            }
        }
        for field in [32, 40, 48] {
            let mut disk = gpt_disk();
            change_entries(&mut disk, field, &value.to_le_bytes());
            look(disk);
        }
    }
    for value in [0_u32, 1, 63, 0x7fff_ffff, u32::MAX] {
        for field in
            [454, 458, 470, 474, 20480 * 512 + 454, 20480 * 512 + 458, 20480 * 512 + 470, 20480 * 512 + 474]
        {
            let mut disk = mbr_disk();
            put(&mut disk, field, &value.to_le_bytes());
            look(disk);
        }
    }
    // Noise in the tables.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..200 {
        let mut disk = if round % 2 == 0 { gpt_disk() } else { mbr_disk() };
        for _ in 0..64 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = usize::try_from(state % 2048).unwrap();
            disk[at] = state.to_le_bytes()[7];
        }
        if round % 4 == 0 {
            reseal(&mut disk, 512, 0, b"EFI PART");
        }
        put(&mut disk, 510, &[0x55, 0xaa]);
        look(disk);
    }
}

fn fat(sectors: u32) -> Sample {
    Fat { width: Width::Fat16, sectors, hidden_sectors: 0, cluster_sectors: 4, serial: 1, label: "FAT" }
        .build()
}

fn swap(bytes: u64) -> Sample {
    Swap { bytes, id: Uuid(1), label: "" }.build()
}

/// A volume in each partition, the finding about it, and the kind of volume that is reported.
#[test]
fn partitions_and_volumes_are_compared() {
    const ROOM: u64 = 32 * MIB;
    let moved = Fat {
        width: Width::Fat16,
        sectors: 65536,
        hidden_sectors: 63,
        cluster_sectors: 4,
        serial: 1,
        label: "",
    };
    let cases: &[(&str, u8, Sample, Option<&str>, &str)] = &[
        ("as it should be", 0x0e, fat(65536), None, "vfat"),
        ("a FAT volume is common in a Linux partition", 0x83, fat(65536), None, "vfat"),
        ("too large", 0x0e, fat(81920), Some("volume.size.larger-than-partition"), "vfat"),
        ("much smaller", 0x0e, fat(40960), Some("partition.entry.volume-smaller"), "vfat"),
        ("formatted for another place", 0x0e, moved.build(), Some("volume.start.moved"), "vfat"),
        ("Windows' type", 0x07, swap(ROOM), Some("partition.type.contradicts"), "swap"),
        ("its own type", 0x82, swap(ROOM), None, "swap"),
    ];
    for (name, type_id, volume, expected, kind) in cases {
        let mut disk = Sample::new(64 * MIB);
        mbr_sample::Table::new(1, vec![mbr_sample::Partition::new(*type_id, 2048, 65536)]).write(&mut disk);
        disk.place(MIB, volume);
        let outcome = look(disk.to_bytes());
        let found: Vec<_> = ids(&outcome).into_iter().filter(|id| *id != "partition.gap").collect();
        assert_eq!(found, expected.iter().copied().collect::<Vec<_>>(), "{name}");
        assert_eq!(table(&outcome).entries[0].volume.as_ref().unwrap().kind, *kind, "{name}");
    }
}

#[test]
fn a_volume_without_partitions_is_no_table() {
    let outcome = look(fat(65536).to_bytes());
    assert_eq!((table(&outcome).scheme.as_str(), ids(&outcome)), ("none", vec![]));
    assert_eq!(table(&outcome).volume.as_ref().unwrap().kind, "vfat");
    assert!(outcome.is_evidence());

    let mut cut = fat(65536).to_bytes();
    cut.truncate(20 << 20);
    assert_eq!(ids(&look(cut)), ["volume.size.larger-than-partition"]);

    // A table that was written over an old volume counts, if it is without fault.
    let mut over = fat(40960).grown(44 * MIB).to_bytes();
    let table_bytes = mbr_disk()[440..510].to_vec();
    put(&mut over, 440, &table_bytes);
    over[478..510].fill(0);
    over[462..478].fill(0);
    assert_eq!(table(&look(over)).scheme, "mbr");
}

#[test]
fn what_is_left_of_a_volume_is_mentioned() {
    let mut disk = Sample::new(64 * MIB);
    disk.place(MIB, &fat(65536));
    let outcome = look(disk.to_bytes());
    assert_eq!(ids(&outcome), ["partition.none", "partition.volume.remains"]);

    mbr_sample::Table::new(1, vec![mbr_sample::Partition::new(0x83, 81920, 40960)]).write(&mut disk);
    let outcome = look(disk.to_bytes());
    assert!(ids(&outcome).contains(&"partition.volume.remains"));
}

#[test]
fn a_wiped_signature_is_seen_by_what_the_entries_lead_to() {
    let mut disk = Sample::new(64 * MIB);
    mbr_sample::Table::new(1, vec![mbr_sample::Partition::new(0x0e, 2048, 65536)]).write(&mut disk);
    disk.write(510, [0, 0]);
    assert_eq!(table(&look(disk.to_bytes())).scheme, "none", "nothing is there to prove it");
    disk.place(MIB, &fat(65536));
    let outcome = look(disk.to_bytes());
    assert_eq!(table(&outcome).scheme, "mbr");
    assert!(ids(&outcome).contains(&"mbr.signature.missing"));
}

#[test]
fn an_mbr_of_a_disk_with_large_sectors_is_seen_by_what_it_leads_to() {
    let mut disk = Sample::new(64 * MIB);
    mbr_sample::Table::new(1, vec![mbr_sample::Partition::new(0x82, 256, 4096)]).write(&mut disk);
    disk.place(MIB, &swap(16 * MIB));
    let outcome = look(disk.to_bytes());
    assert_eq!(table(&outcome).sector_bytes, 4096);
    assert_eq!(table(&outcome).entries[0].volume.as_ref().unwrap().kind, "swap");
    assert_eq!(ids(&outcome), ["partition.gap", "partition.sector-size"]);
}
