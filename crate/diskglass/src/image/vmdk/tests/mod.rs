//! The format as a whole, on images made for the purpose: every rule fires where it should, and what the guest reads
//! is what was written.

mod chains;
mod data;
mod esx;
mod places;

use super::*;
use crate::bytes::{FileEntry, FileSet};
use crate::finding::Severity;
use crate::image::{ExtentStatus, ScanOutcome};
use diskglass_samples::disk::Disk;
use diskglass_samples::vmdk as writer;

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
            .about()
            .findings
            .iter()
            .chain(self.scanned.findings.iter())
            .map(|finding| finding.rule.id)
            .collect()
    }

    /// Ids of errors and warnings.
    fn faults(&self) -> Vec<&'static str> {
        let all = self.image.about().findings.iter().chain(self.scanned.findings.iter());
        all.filter(|finding| finding.rule.severity != Severity::Info).map(|finding| finding.rule.id).collect()
    }

    fn detail(&self, id: &str) -> String {
        let mut all = self.image.about().findings.iter().chain(self.scanned.findings.iter());
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
    let probed = probe(&Probe::read(&files[0].0, &set.get(file).unwrap().bytes).unwrap());
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

/// A stream as VMware exports it.
fn stream(disk: &Disk) -> Vec<u8> {
    let text = embedded("streamOptimized", disk.sectors());
    writer::stream::Stream::new(writer::stream::Form::Canonical, disk.sectors(), text).write(disk).bytes
}

/// A descriptor of its own with these extent lines.
fn text(create_type: &str, lines: &str) -> Vec<u8> {
    format!("{TITLE}CID=12345678\nparentCID=ffffffff\ncreateType=\"{create_type}\"\n{lines}{DDB}")
        .into_bytes()
}

#[test]
fn the_guest_reads_what_was_written() {
    let seen = look(&one("d.vmdk", sparse()));
    assert_eq!(seen.ids(), [""; 0]);
    assert_eq!(seen.bytes(), disk().to_bytes());
    assert_eq!(seen.counts("vmdk.grain-tables"), [("allocated", 5), ("unallocated", 635)]);
    assert_eq!(seen.counts("vmdk.grain-directory"), [("allocated", 2)]);
    assert_eq!(seen.scanned.allocated_units, Some(5));
    let facts = &seen.image.about().facts;
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
        assert_eq!(seen.image.about().facts.variant, "streamOptimized");
        assert_eq!(seen.bytes(), disk.to_bytes());
        assert!(seen.image.disk().unwrap().locate(100).is_none(), "compressed bytes are nowhere as they are");
        assert!(seen.image.about().nodes.iter().any(|node| node.key == "vmdk.footer"));
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
    let statuses: Vec<_> = seen.image.about().facts.extents.iter().map(|extent| extent.status).collect();
    assert_eq!(
        statuses,
        [ExtentStatus::Found, ExtentStatus::NotNeeded, ExtentStatus::Found, ExtentStatus::Found]
    );
}

#[test]
fn names_are_read_in_the_character_set_of_the_text() {
    let lines = "RW 1 FLAT \"磁盘-flat.vmdk\" 0\n";
    let utf8 = text("custom", lines);
    let wide = |from: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let text = format!("\u{feff}{}", String::from_utf8(utf8.clone()).unwrap());
        text.encode_utf16().flat_map(from).collect()
    };
    let gbk = text("custom", &format!("{lines}ddb.encoding = \"GBK\"\n"));
    let at = gbk.windows(6).position(|bytes| bytes == "磁盘".as_bytes()).unwrap();
    let gbk = [&gbk[..at], b"\xb4\xc5\xc5\xcc", &gbk[at + 6..]].concat();
    for (text, faults) in [
        (utf8.clone(), &[""; 0][..]),
        (wide(u16::to_le_bytes), &[]),
        (wide(u16::to_be_bytes), &[]),
        (gbk.clone(), &[]),
        (
            gbk.into_iter().map(|byte| if byte == b'G' { b'x' } else { byte }).collect(),
            &["vmdk.descriptor.encoding"],
        ),
    ] {
        let files = vec![("d.vmdk".into(), text), ("磁盘-flat.vmdk".into(), vec![7; 512])];
        let seen = look(&files);
        assert_eq!(seen.faults(), faults);
        assert_eq!(seen.image.disk().is_some(), faults.is_empty(), "the extent is found");
        let node = &seen.image.about().nodes[0];
        let field = node.fields.iter().find(|field| field.name == "extent 1").unwrap();
        assert!(files[0].1.len() >= (field.offset + field.length) as usize);
    }
}

#[test]
fn devices_are_never_looked_up() {
    let files = vec![
        ("d.vmdk".into(), text("fullDevice", "RW 1 FLAT \"/dev/sda\" 0\n")),
        ("sda".into(), vec![7; 512]),
    ];
    let seen = look(&files);
    assert_eq!(seen.image.about().facts.extents[0].status, ExtentStatus::External);
    assert!(seen.image.disk().is_none() && seen.image.about().parts.is_empty());
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
fn what_is_no_vmdk_is_not_taken_for_one() {
    for bytes in [&b"conectix"[..], b"COWE", b"version = 1\n", b"", b"# Disk\nCID=1\n"] {
        let entry = FileEntry { name: "x".into(), bytes: Rc::new(bytes.to_vec()), modified_unix: None };
        assert_eq!(probe(&Probe::read(&entry.name, &entry.bytes).unwrap()), Match::No, "{bytes:?}");
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
            for table in &seen.image.about().tables {
                assert!(seen.image.rows(&table.key, 0, 3).unwrap().len() <= 3);
            }
        }
    }
    let mut lines = String::from_utf8(text("custom", "")).unwrap();
    lines.extend((0..20_000).map(|n| format!("RW {n} SPARSE \"d{n}.vmdk\"\n")));
    assert!(look(&one("d.vmdk", lines.into_bytes())).ids().contains(&"vmdk.descriptor.cut"));
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
    assert_eq!(detail, format!("grains 0 and 7 are both at sector {first}; in all there are 2"));
    // A grain at an odd place overlaps its neighbours.
    put(&mut bytes, layout.entry(600), &(first + 3).to_le_bytes());
    put(&mut bytes, layout.redundant_entry(600), &(first + 3).to_le_bytes());
    let seen = look(&one("d.vmdk", bytes));
    let detail = seen.detail("vmdk.grain-table.entry-duplicate");
    assert_eq!(detail, format!("grains 0 and 7 are both at sector {first}; in all there are 2"));
    assert!(seen.faults().contains(&"vmdk.grain-table.entry-misaligned"));
}

#[test]
fn nothing_is_looked_for_in_ciphertext() {
    let files = |keys: &str| {
        let mut session = crate::session::Session::default();
        let lines = format!("{keys}RW 2048 FLAT \"d-flat.vmdk\" 0\n");
        session.add("d.vmdk", Rc::new(text("vmfs", &lines)), None);
        session.add("d-flat.vmdk", Rc::new(vec![0x5a_u8; 1 << 20]), None);
        session.inspect(None)
    };
    let about_the_disk = |keys: &str| {
        let report = files(keys);
        report
            .findings
            .into_iter()
            .map(|finding| finding.id)
            .filter(|id| !id.starts_with("vmdk."))
            .collect::<Vec<_>>()
    };
    assert_eq!(about_the_disk(""), ["partition.none"]);
    assert_eq!(about_the_disk("encryptionKeys=\"vmware:key/list/(pair/(fqid/x))\"\n"), [""; 0]);
    let report = files("ddb.iofilters = \"vmwarevmcrypt\"\n");
    assert!(report.findings.iter().any(|finding| finding.id == "vmdk.descriptor.encrypted"));
    assert!(report.findings.iter().all(|finding| finding.id != "partition.none"));
}
