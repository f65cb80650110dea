//! The format as a whole, on images made for the purpose: every rule fires where it should, and what the guest reads
//! is what was written.

use super::*;
use crate::bytes::{FileEntry, FileSet};
use crate::finding::Severity;
use crate::image::{ExtentStatus, ScanOutcome};
use diskglass_samples::disk::Disk;
use diskglass_samples::vmdk as writer;
use miniz_oxide::deflate::compress_to_vec_zlib;
use std::collections::BTreeSet;

const MIB: u64 = 1 << 20;
const GRAIN: u64 = 64 << 10;
const TITLE: &str = "# Disk DescriptorFile\nversion=1\n";
const DDB: &str = "ddb.adapterType = \"lsilogic\"\n";

type Files = Vec<(String, Vec<u8>)>;

/// What looking at a set of files gave.
struct Seen {
    image: Box<dyn Image>,
    scanned: ScanOutcome,
    files: FileSet,
}

impl Seen {
    fn ids(&self) -> Vec<&'static str> {
        self.image
            .findings()
            .iter()
            .chain(self.scanned.findings.iter())
            .map(|finding| finding.rule.id)
            .collect()
    }

    /// Ids of errors and warnings.
    fn faults(&self) -> Vec<&'static str> {
        let all = self.image.findings().iter().chain(self.scanned.findings.iter());
        all.filter(|finding| finding.rule.severity != Severity::Info).map(|finding| finding.rule.id).collect()
    }

    fn detail(&self, id: &str) -> String {
        let mut all = self.image.findings().iter().chain(self.scanned.findings.iter());
        all.find(|finding| finding.rule.id == id).map(|finding| finding.detail.clone()).unwrap_or_default()
    }

    fn bytes(&self) -> Vec<u8> {
        let disk = self.image.disk().unwrap();
        disk.read_vec(0, usize::try_from(disk.size()).unwrap()).unwrap()
    }

    fn counts(&self, table: &str) -> Vec<(&str, u64)> {
        self.scanned.counts[table].iter().map(|(state, count)| (state.as_str(), *count)).collect()
    }
}

/// Opens the first of the files among all of them, and scans it in small steps.
fn look(files: &Files) -> Seen {
    let given =
        files.iter().map(|(name, bytes)| (name.clone(), Rc::new(bytes.clone()) as Bytes, None)).collect();
    let set = FileSet::new(given);
    let file = set.by_name(&files[0].0).unwrap();
    let context = Context { files: &set, now: None };
    let probed = probe(&Probe::read(&*set.get(file).unwrap().bytes).unwrap());
    assert_ne!(probed, Match::No);
    let image = open(&context, file).unwrap();
    let mut scan = image.scan();
    let mut steps = 0;
    while let Some(scan) = &mut scan
        && !scan.step(5000)
    {
        steps += 1;
        assert!(steps < 100_000, "a scan comes to an end");
    }
    let scanned = scan.map_or_else(ScanOutcome::default, Scan::outcome);
    Seen { image, scanned, files: set }
}

fn one(name: &str, bytes: Vec<u8>) -> Files {
    vec![(name.into(), bytes)]
}

/// A disk of 40 MiB (two grain tables) with data in five grains.
fn disk() -> Disk {
    let mut disk = Disk::new(40 * MIB);
    for (grain, text) in
        [(0, "first"), (1, "second"), (5, "sixth"), (513, "in the second table"), (639, "last")]
    {
        disk.write(grain * GRAIN + 100, text);
    }
    disk
}

fn embedded(create_type: &'static str, sectors: u64) -> String {
    format!(
        "{TITLE}CID=12345678\nparentCID=ffffffff\ncreateType=\"{create_type}\"\nRW {sectors} SPARSE \"d.vmdk\"\n{DDB}"
    )
}

fn sparse_writer() -> writer::Sparse {
    writer::Sparse::new(disk().sectors(), Some(embedded("monolithicSparse", disk().sectors())))
}

fn sparse() -> Vec<u8> {
    sparse_writer().write(&disk())
}

fn put(bytes: &mut [u8], at: u64, what: &[u8]) {
    let at = usize::try_from(at).unwrap();
    bytes[at..at + what.len()].copy_from_slice(what);
}

fn patched(at: u64, what: &[u8]) -> Files {
    let mut bytes = sparse();
    put(&mut bytes, at, what);
    one("d.vmdk", bytes)
}

fn le(number: u64) -> [u8; 8] {
    number.to_le_bytes()
}

/// A canonical stream: grains with markers, each table after its grains, then directory, footer and end.
fn stream(disk: &Disk) -> Vec<u8> {
    let sectors = disk.sectors();
    let mut header = writer::Sparse::new(sectors, Some(String::new())).header();
    put(&mut header, 4, &3_u32.to_le_bytes());
    put(&mut header, 8, &0x3_0001_u32.to_le_bytes());
    put(&mut header, 48, &le(0));
    put(&mut header, 56, &le(u64::MAX));
    put(&mut header, 64, &le(128));
    put(&mut header, 77, &[1, 0]);
    let mut file = header.clone();
    file.extend(embedded("streamOptimized", sectors).into_bytes());
    file.resize(128 * 512, 0);
    let pad = |file: &mut Vec<u8>| file.resize(file.len().next_multiple_of(512), 0);
    let marker = |file: &mut Vec<u8>, value: u64, kind: u32| {
        file.extend(le(value));
        file.extend([0; 4]);
        file.extend(kind.to_le_bytes());
        pad(file);
    };
    let used = disk.used_units(GRAIN);
    let mut directory = Vec::new();
    for table in 0..sectors.div_ceil(512 * 128) {
        let mut entries = vec![0_u8; 2048];
        for grain in used.range(table * 512..(table + 1) * 512) {
            let sector = u32::try_from(file.len() / 512).unwrap();
            put(&mut entries, grain % 512 * 4, &sector.to_le_bytes());
            let start = grain * GRAIN;
            let data = compress_to_vec_zlib(&disk.read(start, GRAIN.min(disk.size() - start)), 6);
            file.extend(le(grain * 128));
            file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
            file.extend(data);
            pad(&mut file);
        }
        marker(&mut file, 4, 1);
        directory.extend(u32::try_from(file.len() / 512).unwrap().to_le_bytes());
        file.extend(entries);
    }
    marker(&mut file, 1, 2);
    let place = file.len() as u64 / 512;
    file.extend(directory);
    pad(&mut file);
    marker(&mut file, 1, 3);
    put(&mut header, 56, &le(place));
    file.extend(header);
    marker(&mut file, 0, 0);
    file
}

/// A descriptor of its own with these extent lines.
fn text(create_type: &str, lines: &str) -> Vec<u8> {
    format!("{TITLE}CID=12345678\nparentCID=ffffffff\ncreateType=\"{create_type}\"\n{lines}{DDB}")
        .into_bytes()
}

/// A delta link with one grain of its own, and its parent.
fn chain(parent_cid: &str, hint: &str) -> Files {
    let sectors = disk().sectors();
    let mut own = Disk::new(disk().size());
    own.write(5 * GRAIN, "changed");
    let text = embedded("monolithicSparse", sectors)
        .replace("CID=12345678\nparentCID=ffffffff", &format!("CID=9\nparentCID={parent_cid}\n{hint}"));
    vec![
        ("child.vmdk".into(), writer::Sparse::new(sectors, Some(text)).write(&own)),
        ("d.vmdk".into(), sparse()),
    ]
}

#[test]
fn the_guest_reads_what_was_written() {
    let seen = look(&one("d.vmdk", sparse()));
    assert_eq!(seen.ids(), [""; 0]);
    assert_eq!(seen.bytes(), disk().to_bytes());
    assert_eq!(seen.counts("vmdk.grain-tables"), [("allocated", 5), ("unallocated", 635)]);
    assert_eq!(seen.counts("vmdk.grain-directory"), [("allocated", 2)]);
    assert_eq!(seen.scanned.allocated_units, Some(5));
    let facts = seen.image.facts();
    assert_eq!((facts.variant.as_str(), facts.id.as_deref()), ("monolithicSparse", Some("12345678")));
    assert_eq!((facts.virtual_size_bytes, facts.total_units), (Some(40 * MIB), Some(640)));
    // Grains 0 and 1 lie one after the other in the file, grain 2 is nowhere.
    let layout = sparse_writer().layout();
    let found = seen.image.disk().unwrap().locate(100).unwrap();
    assert_eq!((found.offset, found.contiguous), (layout.overhead * 512 + 100, 2 * GRAIN - 100));
    assert!(seen.image.disk().unwrap().locate(2 * GRAIN).is_none());
    let rows = seen.image.rows("vmdk.grain-tables", 511, 3).unwrap();
    let cells: Vec<_> = rows.iter().map(|row| (row.index, row.cells[2].as_str(), row.state)).collect();
    assert_eq!(
        cells,
        [(511, "0 / 511", "unallocated"), (512, "1 / 0", "unallocated"), (513, "1 / 1", "allocated")]
    );
    assert_eq!(rows[2].entry.unwrap().offset, layout.entry(513));
    assert_eq!(rows[2].guest, Some((513 * GRAIN, GRAIN)));
    assert_eq!(seen.image.rows("vmdk.grain-tables", 639, 500).unwrap().len(), 1);
    assert!(seen.image.rows("vmdk.grain-tables", u64::MAX, 500).unwrap().is_empty());
}

#[test]
fn streams_are_inflated() {
    let mut odd = disk().grown(3 * 512);
    odd.write(disk().size(), "the last grain is short");
    for disk in [disk(), odd] {
        let seen = look(&one("d.vmdk", stream(&disk)));
        assert_eq!(seen.faults(), [""; 0]);
        assert_eq!(seen.image.facts().variant, "streamOptimized");
        assert_eq!(seen.bytes(), disk.to_bytes());
        assert!(seen.image.disk().unwrap().locate(100).is_none(), "compressed bytes are nowhere as they are");
        assert!(seen.image.nodes().iter().any(|node| node.key == "vmdk.footer"));
    }
}

#[test]
fn extents_follow_each_other_in_the_order_of_their_lines() {
    let sparse = writer::Sparse::new(2048, None);
    let mut part = Disk::new(MIB);
    part.write(70_000, "in the sparse one");
    let files = vec![
        (
            "d.vmdk".into(),
            text(
                "custom",
                "RDONLY 3 FLAT \"d-f001.vmdk\" 1\nRW 5 ZERO\nRW 2048 SPARSE \"sub\\D-s002.vmdk\"\nRW 1 VMFS \"/vmfs/volumes/x/d-flat.vmdk\"\n",
            ),
        ),
        ("d-f001.vmdk".into(), [vec![1; 512], vec![2; 3 * 512]].concat()),
        ("sub/d-s002.vmdk".into(), sparse.write(&part)),
        ("d-flat.vmdk".into(), vec![4; 512]),
    ];
    let seen = look(&files);
    assert_eq!(seen.faults(), [""; 0]);
    let expected = [vec![2; 3 * 512], vec![0; 5 * 512], part.to_bytes(), vec![4; 512]].concat();
    assert_eq!(seen.bytes(), expected);
    let found = seen.image.disk().unwrap().locate(2 * 512).unwrap();
    assert_eq!((seen.files.name(found.file), found.offset, found.contiguous), ("d-f001.vmdk", 3 * 512, 512));
    let row = &seen.image.rows("vmdk.grain-tables", 1, 1).unwrap()[0];
    assert_eq!((row.guest, row.state), (Some((8 * 512 + GRAIN, GRAIN)), "allocated"));
    let statuses: Vec<_> = seen.image.facts().extents.iter().map(|extent| extent.status).collect();
    assert_eq!(
        statuses,
        [ExtentStatus::Found, ExtentStatus::NotNeeded, ExtentStatus::Found, ExtentStatus::Found]
    );
}

#[test]
fn devices_are_never_looked_up() {
    let files = vec![
        ("d.vmdk".into(), text("fullDevice", "RW 1 FLAT \"/dev/sda\" 0\n")),
        ("sda".into(), vec![7; 512]),
    ];
    let seen = look(&files);
    assert_eq!(seen.image.facts().extents[0].status, ExtentStatus::External);
    assert!(seen.image.disk().is_none() && seen.image.parts().is_empty());
}

#[test]
fn damaged_tables_are_replaced_by_the_redundant_ones() {
    let layout = sparse_writer().layout();
    for (at, what, id) in [
        (56, 0xffff_0000_u64, "vmdk.grain-directory.out-of-file"),
        (layout.directory_entry(1), u64::from(u32::MAX), "vmdk.grain-directory.entry-past-end"),
        (layout.entry(513), u64::from(u32::MAX), "vmdk.grain-table.entry-past-end"),
        (layout.entry(513), 2, "vmdk.grain-table.entry-in-metadata"),
    ] {
        let seen = look(&patched(at, &le(what)));
        assert!(seen.ids().contains(&id), "{id}: {:?}", seen.ids());
        assert_eq!(seen.bytes(), disk().to_bytes(), "{id}");
        assert!(
            seen.detail(id).contains("used") || seen.detail(id).contains("redundant"),
            "{}",
            seen.detail(id)
        );
    }
    // Without the copy the rest can still be read.
    let mut bytes = sparse();
    put(&mut bytes, layout.entry(513), &u32::MAX.to_le_bytes());
    put(&mut bytes, layout.redundant_entry(513), &u32::MAX.to_le_bytes());
    let seen = look(&one("d.vmdk", bytes));
    assert_eq!(seen.faults(), ["vmdk.grain-table.entry-past-end"]);
    assert_eq!(seen.counts("vmdk.grain-tables"), [("allocated", 4), ("invalid", 1), ("unallocated", 635)]);
    let read = seen.image.disk().unwrap();
    assert!(matches!(read.read_vec(513 * GRAIN, 1), Err(ReadError::Unmapped { .. })));
    assert_eq!(read.read_vec(639 * GRAIN + 100, 4).unwrap(), b"last");
}

#[test]
fn a_delta_link_is_read_through_its_parent() {
    let mut expected = disk();
    expected.write(5 * GRAIN, vec![0; 65536]);
    expected.write(5 * GRAIN, "changed");
    for hint in ["d.vmdk", "C:\\\\vm\\\\D.VMDK", "renamed.vmdk"] {
        let seen = look(&chain("12345678", &format!("parentFileNameHint=\"{hint}\"")));
        assert_eq!(seen.faults(), [""; 0], "{hint}");
        assert_eq!(seen.bytes(), expected.to_bytes(), "{hint}");
        assert_eq!(seen.counts("vmdk.grain-tables"), [("allocated", 1), ("parent", 639)]);
        let statuses: Vec<_> =
            seen.image.chain().iter().map(|link| (link.key.as_str(), link.status)).collect();
        assert_eq!(statuses, [("child.vmdk", LinkStatus::Matches), ("d.vmdk", LinkStatus::Base)]);
    }
    let mut alone = chain("12345678", "parentFileNameHint=\"../base/child.vmdk\"");
    alone.truncate(1);
    let seen = look(&alone);
    assert_eq!(seen.faults(), [""; 0]);
    assert!(seen.ids().contains(&"vmdk.chain.parent-missing"));
    let read = seen.image.disk().unwrap();
    assert!(read.read_vec(0, 1).is_err(), "what is not there is not called zero");
    assert_eq!(read.read_vec(5 * GRAIN, 7).unwrap(), b"changed");
    let seen = look(&chain("12345679", "parentFileNameHint=\"d.vmdk\""));
    assert_eq!(seen.faults(), ["vmdk.chain.cid-mismatch"]);
    assert_eq!(seen.image.facts().parent.as_ref().unwrap().file.as_deref(), Some("d.vmdk"));
    assert!(seen.image.disk().unwrap().read_vec(0, 1).is_err());
}

#[test]
fn parts_and_parents_are_references() {
    let files = chain("12345678", "parentFileNameHint=\"d.vmdk\"");
    let seen = look(&files);
    let context = Context { files: &seen.files, now: None };
    let child = seen.files.by_name("child.vmdk").unwrap();
    let parent = Reference { file: seen.files.by_name("d.vmdk").unwrap(), role: FileRole::Parent };
    assert_eq!(references(&context, child), [parent]);
    assert_eq!(seen.image.parts(), [parent]);
    let set = vec![
        ("d.vmdk".into(), text("monolithicFlat", "RW 1 FLAT \"d-flat.vmdk\" 0\n")),
        ("d-flat.vmdk".into(), vec![0; 512]),
    ];
    let seen = look(&set);
    let extent = Reference { file: seen.files.by_name("d-flat.vmdk").unwrap(), role: FileRole::Extent };
    let context = Context { files: &seen.files, now: None };
    assert_eq!(references(&context, seen.files.by_name("d.vmdk").unwrap()), [extent]);
}

#[test]
fn what_is_no_vmdk_is_not_taken_for_one() {
    for bytes in [&b"conectix"[..], b"COWD", b"version = 1\n", b"", b"# Disk\nCID=1\n"] {
        let entry = FileEntry { name: "x".into(), bytes: Rc::new(bytes.to_vec()), modified_unix: None };
        assert_eq!(probe(&Probe::read(&*entry.bytes).unwrap()), Match::No, "{bytes:?}");
    }
    let set = FileSet::new(vec![("x".into(), Rc::new(b"KDMV\x01".to_vec()) as Bytes, None)]);
    let opened = open(&Context { files: &set, now: None }, FileId(0));
    assert!(matches!(opened, Err(OpenError::Unusable { .. })), "a header cut short says nothing");
}

#[test]
fn hostile_headers_cost_nothing() {
    for what in [0, 1, u64::MAX, 1 << 63, 1 << 44, 1 << 32, 0xffff_ffff] {
        for at in [4, 8, 12, 20, 28, 36, 44, 48, 56, 64, 77] {
            let seen = look(&patched(at, &le(what)));
            for table in seen.image.tables() {
                assert!(seen.image.rows(&table.key, 0, 3).unwrap().len() <= 3);
            }
        }
    }
    let mut lines = String::from_utf8(text("custom", "")).unwrap();
    lines.extend((0..20_000).map(|n| format!("RW {n} SPARSE \"d{n}.vmdk\"\n")));
    assert!(look(&one("d.vmdk", lines.into_bytes())).ids().contains(&"vmdk.descriptor.cut"));
}

/// Changes of a sound image, and the rule that each of them breaks.
fn cases() -> Vec<(&'static str, Files)> {
    let layout = sparse_writer().layout();
    let sectors = disk().sectors();
    let all = |range: std::ops::Range<usize>| sparse()[range].to_vec();
    let mut cases = vec![
        ("vmdk.header.unfinished", patched(0, b"kdmv")),
        ("vmdk.header.file-size", one("d.vmdk", [sparse(), vec![1]].concat())),
        ("vmdk.header.version-zero", patched(4, &[0])),
        ("vmdk.header.version", patched(4, &[4])),
        ("vmdk.header.version-flags", patched(4, &[3])),
        ("vmdk.header.version-2", patched(4, &[2])),
        ("vmdk.header.incompatible-flags", patched(8, &[3, 0, 8])),
        ("vmdk.header.unknown-flags", patched(8, &[11])),
        ("vmdk.header.markers", patched(8, &[3, 0, 2])),
        ("vmdk.header.newline", patched(75, b"\n")),
        (
            "vmdk.header.newline-unmarked",
            patched(8, &{
                let mut bytes = all(8..80);
                bytes[0] = 2;
                bytes[67] = 0;
                bytes
            }),
        ),
        ("vmdk.header.unclean", patched(72, &[1])),
        ("vmdk.header.unclean-value", patched(72, &[2])),
        ("vmdk.header.compress-flag", patched(77, &[1])),
        ("vmdk.header.compress-algorithm", patched(77, &[2])),
        ("vmdk.header.padding", patched(500, &[1])),
        ("vmdk.header.grain-size", patched(20, &le(100))),
        ("vmdk.header.grain-size-unusual", patched(20, &le(64))),
        ("vmdk.header.table-entries", patched(44, &[0, 0, 0, 0])),
        ("vmdk.header.table-entries-unusual", patched(44, &[0, 1, 0, 0])),
        ("vmdk.header.capacity-zero", patched(12, &le(0))),
        ("vmdk.header.capacity-huge", patched(12, &le(1 << 50))),
        ("vmdk.header.capacity-unaligned", patched(12, &le(sectors - 5))),
        ("vmdk.header.descriptor-range", patched(28, &le(1 << 40))),
        ("vmdk.header.descriptor-place", patched(28, &le(2))),
        ("vmdk.header.descriptor-size", patched(36, &le(21))),
        ("vmdk.header.descriptor-huge", patched(36, &le(20_481))),
        ("vmdk.header.descriptor-overlap", patched(36, &le(22))),
        ("vmdk.header.directory-at-end", patched(56, &le(u64::MAX))),
        ("vmdk.header.redundant-ignored", patched(8, &[1])),
        ("vmdk.header.overhead", patched(64, &le(layout.gd + 1))),
        ("vmdk.header.overhead-past-end", patched(64, &le(1 << 40))),
        ("vmdk.header.overhead-unaligned", patched(64, &le(129))),
        ("vmdk.header.layout", patched(48, &le(layout.rgd + 1))),
        ("vmdk.grain-directory.out-of-file", patched(56, &le(0))),
        ("vmdk.grain-directory.copy-out-of-file", patched(48, &le(0))),
        ("vmdk.grain-directory.copy-overlaps", patched(48, &le(layout.gd))),
        ("vmdk.grain-directory.entry-past-end", patched(layout.directory_entry(1), &[0xff; 4])),
        ("vmdk.grain-directory.copy-entry-past-end", patched(layout.rgd * 512, &[0xff; 4])),
        (
            "vmdk.grain-directory.entry-overlap",
            patched(
                layout.directory_entry(1),
                &all(usize::try_from(layout.gd * 512).unwrap()..usize::try_from(layout.gd * 512 + 4).unwrap()),
            ),
        ),
        ("vmdk.grain-directory.entry-zero", patched(layout.directory_entry(1), &[0; 4])),
        ("vmdk.grain-directory.copy-presence", patched(layout.rgd * 512, &[0; 4])),
        (
            "vmdk.grain-directory.same-table",
            patched(
                layout.rgd * 512,
                &all(usize::try_from(layout.gd * 512).unwrap()..usize::try_from(layout.gd * 512 + 4).unwrap()),
            ),
        ),
        ("vmdk.grain-directory.tail", patched(layout.directory_entry(2), &[1])),
        ("vmdk.grain-table.entry-past-end", patched(layout.entry(7), &[0xff; 4])),
        ("vmdk.grain-table.entry-cut-off", one("d.vmdk", sparse()[..sparse().len() - 1000].to_vec())),
        ("vmdk.grain-table.entry-in-metadata", patched(layout.entry(7), &[2])),
        (
            "vmdk.grain-table.entry-duplicate",
            patched(layout.entry(7), &u32::try_from(layout.overhead).unwrap().to_le_bytes()),
        ),
        (
            "vmdk.grain-table.entry-misaligned",
            patched(layout.entry(0), &u32::try_from(layout.overhead + 1).unwrap().to_le_bytes()),
        ),
        ("vmdk.grain-table.entry-past-capacity", patched(layout.entry(640), &[5])),
        ("vmdk.grain-table.entry-one", patched(layout.entry(7), &[1])),
        ("vmdk.grain-table.copy-differs", patched(layout.redundant_entry(7), &[1])),
        ("vmdk.grain-table.zero-without-parent", patched(layout.entry(7), &[1])),
        ("vmdk.grain-table.unreferenced", patched(layout.entry(5), &[0; 4])),
        // A directory of 600000 tables with 512 entries each is more than is examined.
        ("vmdk.grain-table.not-examined", {
            let mut writer = writer::Sparse::new(600_000, None).header();
            put(&mut writer, 20, &le(8));
            put(&mut writer, 12, &le(8 * 65_536 * 5000));
            put(&mut writer, 44, &65_536_u32.to_le_bytes());
            put(&mut writer, 48, &le(1));
            put(&mut writer, 56, &le(40));
            writer.resize(80 * 512, 0);
            one("d.vmdk", writer)
        }),
        ("vmdk.descriptor.empty", patched(512, &[0; 1024])),
        (
            "vmdk.descriptor.absent",
            one("d-s001.vmdk", writer::Sparse::new(2048, None).write(&Disk::new(MIB))),
        ),
        ("vmdk.descriptor.other-name", one("e.vmdk", sparse())),
        ("vmdk.stream.create-type", patched(512, embedded("streamOptimized", sectors).as_bytes())),
        (
            "vmdk.descriptor.byte-order-mark",
            one("d.vmdk", [&b"\xef\xbb\xbf"[..], &text("custom", "RW 1 ZERO\n")].concat()),
        ),
        (
            "vmdk.descriptor.encoding",
            one("d.vmdk", [&text("custom", "RW 1 ZERO\n")[..], b"# \xff\n"].concat()),
        ),
        (
            "vmdk.descriptor.nul",
            one("d.vmdk", [&text("custom", "RW 1 ZERO\n")[..], b"\0\0# more\n"].concat()),
        ),
        (
            "vmdk.descriptor.long",
            one("d.vmdk", text("custom", &format!("RW 1 ZERO\n# {}\n", "x".repeat(70_000)))),
        ),
        (
            "vmdk.descriptor.too-long",
            one("d.vmdk", text("custom", &format!("RW 1 ZERO\n# {}\n", "x".repeat(1 << 20)))),
        ),
        ("vmdk.descriptor.cut", one("d.vmdk", text("custom", &"# x\n".repeat(9000)))),
        (
            "vmdk.descriptor.change-tracking-missing",
            one("d.vmdk", text("custom", "changeTrackPath=\"d-ctk.vmdk\"\nRW 1 ZERO\n")),
        ),
        (
            "vmdk.descriptor.change-tracking-magic",
            vec![
                ("d.vmdk".into(), text("custom", "changeTrackPath=\"d-ctk.vmdk\"\nRW 1 ZERO\n")),
                ("d-ctk.vmdk".into(), vec![0; 8]),
            ],
        ),
        (
            "vmdk.descriptor.sidecar-missing",
            one("d.vmdk", text("custom", "RW 1 ZERO\nddb.sidecars = \"cache_1.vmfd\"\n")),
        ),
        (
            "vmdk.descriptor.locked",
            vec![("d.vmdk".into(), sparse()), ("d.vmdk.lck/M1.lck".into(), Vec::new())],
        ),
        ("vmdk.descriptor.orphan", vec![("d.vmdk".into(), sparse()), ("d-s002.vmdk".into(), Vec::new())]),
        ("vmdk.extent.count", one("d.vmdk", text("monolithicFlat", "RW 1 ZERO\nRW 1 ZERO\n"))),
        ("vmdk.extent.missing", one("d.vmdk", text("custom", "RW 1 FLAT \"x\" 0\n"))),
        (
            "vmdk.extent.ambiguous",
            vec![
                ("d.vmdk".into(), text("custom", "RW 1 FLAT \"x\" 0\n")),
                ("a/x".into(), vec![0; 512]),
                ("b/x".into(), vec![0; 512]),
            ],
        ),
        ("vmdk.extent.external", one("d.vmdk", text("vmfsRDM", "RW 1 VMFSRDM \"d-rdm.vmdk\"\n"))),
        ("vmdk.extent.elsewhere", one("d.vmdk", text("custom", "RW 1 FLAT \"/etc/passwd\" 0\n"))),
        (
            "vmdk.extent.flat-short",
            vec![("d.vmdk".into(), text("custom", "RW 2 FLAT \"x\" 0\n")), ("x".into(), vec![0; 512])],
        ),
        (
            "vmdk.extent.flat-long",
            vec![("d.vmdk".into(), text("custom", "RW 1 FLAT \"x\" 0\n")), ("x".into(), vec![0; 1024])],
        ),
        (
            "vmdk.extent.overlap",
            vec![
                ("d.vmdk".into(), text("custom", "RW 2 FLAT \"x\" 0\nRW 2 FLAT \"x\" 1\n")),
                ("x".into(), vec![0; 1536]),
            ],
        ),
        (
            "vmdk.extent.kind",
            vec![("d.vmdk".into(), text("custom", "RW 1 SPARSE \"x\"\n")), ("x".into(), vec![0; 512])],
        ),
        (
            "vmdk.extent.flat-is-vmdk",
            vec![("d.vmdk".into(), text("custom", "RW 1 FLAT \"x\" 0\n")), ("x".into(), sparse())],
        ),
        ("vmdk.extent.size-differs", patched(512, embedded("monolithicSparse", sectors - 128).as_bytes())),
        ("vmdk.extent.size-rounded", patched(512, embedded("monolithicSparse", sectors - 1).as_bytes())),
        (
            "vmdk.extent.not-read",
            vec![
                ("d.vmdk".into(), text("vmfsSparse", "RW 1 VMFSSPARSE \"d-delta.vmdk\"\n")),
                ("d-delta.vmdk".into(), b"COWD".to_vec()),
            ],
        ),
        ("vmdk.chain.parent-missing", chain("12345678", "parentFileNameHint=\"x.vmdk\"")[..1].to_vec()),
        (
            "vmdk.chain.parent-ambiguous",
            [
                &chain("12345678", "parentFileNameHint=\"x.vmdk\"")[..],
                &[("a/x.vmdk".into(), sparse()), ("b/x.vmdk".into(), sparse())],
            ]
            .concat(),
        ),
        ("vmdk.chain.no-hint", chain("12345678", "")),
        ("vmdk.chain.hint-without-cid", chain("ffffffff", "parentFileNameHint=\"d.vmdk\"")),
        ("vmdk.chain.hint-elsewhere", chain("12345678", "parentFileNameHint=\"/vm/d.vmdk\"")),
        ("vmdk.chain.cid-mismatch", chain("1", "parentFileNameHint=\"d.vmdk\"")),
        ("vmdk.chain.loop", chain("9", "parentFileNameHint=\"child.vmdk\"")),
        (
            "vmdk.chain.flat-delta",
            one("d.vmdk", text("custom", "RW 1 FLAT \"x\" 0\n").replace_text("ffffffff", "00000001")),
        ),
        ("vmdk.chain.size-differs", {
            let mut files = chain("12345678", "parentFileNameHint=\"d.vmdk\"");
            files[1].1 =
                writer::Sparse::new(2048, Some(embedded("monolithicSparse", 2048))).write(&Disk::new(MIB));
            files
        }),
        ("vmdk.chain.virtualbox-uuid", {
            let mut files = chain("12345678", "parentFileNameHint=\"d.vmdk\"");
            let own = "ddb.uuid.parent=\"00000000-0000-0000-0000-000000000001\"\n";
            let parent = "ddb.uuid.image=\"00000000-0000-0000-0000-000000000002\"\n";
            for (file, line) in files.iter_mut().zip([own, parent]) {
                let end = file.1[512..].iter().position(|byte| *byte == 0).unwrap();
                put(&mut file.1, 512 + end as u64, line.as_bytes());
            }
            files
        }),
        (
            "vmdk.chain.mixed",
            vec![
                (
                    "c.vmdk".into(),
                    text("seSparse", "parentFileNameHint=\"d.vmdk\"\nRW 1 SESPARSE \"c-sesparse.vmdk\"\n")
                        .replace_text("ffffffff", "12345678"),
                ),
                ("d.vmdk".into(), text("vmfsSparse", "RW 1 VMFSSPARSE \"d-delta.vmdk\"\n")),
            ],
        ),
        (
            "vmdk.chain.long",
            (0..34_u32)
                .map(|n| {
                    let hint = format!("parentFileNameHint=\"{:02}.vmdk\"\nRW 1 ZERO\n", n + 1);
                    let parent = if n == 33 { "ffffffff".into() } else { format!("{:08x}", n + 101) };
                    let link = text("custom", if n == 33 { "RW 1 ZERO\n" } else { &hint });
                    (
                        format!("{n:02}.vmdk"),
                        link.replace_text("12345678", &format!("{:08x}", n + 100))
                            .replace_text("ffffffff", &parent),
                    )
                })
                .collect(),
        ),
    ];
    let whole = stream(&disk());
    let footer = whole.len() as u64 - 1024;
    let with = |at: u64, what: &[u8]| {
        let mut bytes = whole.clone();
        put(&mut bytes, at, what);
        one("d.vmdk", bytes)
    };
    cases.extend([
        ("vmdk.stream.footer-missing", one("d.vmdk", whole[..whole.len() - 2048].to_vec())),
        ("vmdk.stream.footer-shifted", one("d.vmdk", [whole.clone(), vec![0; 4096]].concat())),
        ("vmdk.stream.footer-differs", with(footer + 12, &le(4096))),
        ("vmdk.stream.footer-directory", with(footer + 56, &le(0))),
        ("vmdk.stream.end-missing", with(footer + 512, &[1])),
        ("vmdk.stream.no-end-marker", {
            let mut bytes = whole[..whole.len() - 1024].to_vec();
            put(&mut bytes, 56, &whole[usize::try_from(footer).unwrap() + 56..][..8]);
            one("d.vmdk", [bytes, vec![1; 512]].concat())
        }),
    ]);
    cases
}

trait ReplaceText {
    fn replace_text(self, from: &str, to: &str) -> Self;
}

impl ReplaceText for Vec<u8> {
    fn replace_text(self, from: &str, to: &str) -> Self {
        String::from_utf8(self).unwrap().replace(from, to).into_bytes()
    }
}

#[test]
fn every_rule_fires_where_it_should() {
    let mut fired: BTreeSet<&str> = text::tests::CASES.iter().map(|(_, _, id)| *id).collect();
    fired.insert("vmdk.extent.none");
    for (id, files) in cases() {
        let ids = look(&files).ids();
        assert!(ids.contains(&id), "{id} did not fire, but {ids:?}");
        fired.insert(id);
    }
    let all: BTreeSet<&str> = rules::RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(all.difference(&fired).collect::<Vec<_>>(), [&""; 0], "rules without a case");
}

#[test]
fn a_padded_stream_is_read_by_its_footer() {
    let seen = look(&one("d.vmdk", [stream(&disk()), vec![0; 4096]].concat()));
    assert_eq!(seen.faults(), ["vmdk.stream.footer-shifted"]);
    assert!(seen.detail("vmdk.stream.footer-shifted").contains("4096 bytes too far"));
    assert_eq!(seen.bytes(), disk().to_bytes());
}

#[test]
fn colliding_grains_are_named() {
    let layout = sparse_writer().layout();
    let first = u32::try_from(layout.overhead).unwrap();
    let mut bytes = sparse();
    for grain in [7, 600] {
        put(&mut bytes, layout.entry(grain), &first.to_le_bytes());
        put(&mut bytes, layout.redundant_entry(grain), &first.to_le_bytes());
    }
    let seen = look(&one("d.vmdk", bytes.clone()));
    assert_eq!(seen.faults(), ["vmdk.grain-table.entry-duplicate"]);
    let detail = seen.detail("vmdk.grain-table.entry-duplicate");
    assert_eq!(detail, format!("grains 0 and 7 are both at sector {first}; 2 entries in all"));
    // A grain at an odd place overlaps its neighbours.
    put(&mut bytes, layout.entry(600), &(first + 3).to_le_bytes());
    put(&mut bytes, layout.redundant_entry(600), &(first + 3).to_le_bytes());
    let seen = look(&one("d.vmdk", bytes));
    let detail = seen.detail("vmdk.grain-table.entry-duplicate");
    assert_eq!(detail, format!("grains 0 and 7 are both at sector {first}; 2 entries in all"));
    assert!(seen.faults().contains(&"vmdk.grain-table.entry-misaligned"));
}
