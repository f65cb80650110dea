//! Sparse extents of ESX: COWD and SE sparse.

use super::*;
use diskglass_samples::vmdk::cowd::Cowd;
use diskglass_samples::vmdk::sesparse::{SeSparse, ZEROED};

/// Patches of an extent, each with the finding that it has to give; the extent is looked at alone.
fn check_faults(whole: &[u8], cases: &[(&str, u64, &[u8])]) {
    for (id, at, what) in cases {
        let mut bytes = whole.to_vec();
        put(&mut bytes, *at, what);
        let seen = look(&one("d-delta.vmdk", bytes));
        assert!(seen.ids().contains(id), "{id}: {:?}", seen.ids());
        let keys: Vec<&str> = seen.image.about().nodes.iter().map(|node| node.key.as_str()).collect();
        let all = seen.image.about().findings.iter().chain(seen.scanned.findings.iter());
        for structure in all.filter_map(|finding| finding.structure.as_deref()) {
            assert!(keys.contains(&structure), "{id}: there is no {structure}");
        }
    }
}

/// 16 MiB with data in three of eight tables of 2 MiB.
fn small_disk() -> Disk {
    let mut disk = Disk::new(16 * MIB);
    for (sector, text) in
        [(0, "first"), (5, "sixth"), (4096, "second table"), (8191, "its end"), (32767, "last")]
    {
        disk.write(sector * 512, text);
    }
    disk
}

fn with_descriptor(create_type: &str, kind: &str, sectors: u64, extent: Vec<u8>) -> Files {
    let lines = format!("RW {sectors} {kind} \"d-delta.vmdk\"\n");
    vec![("d.vmdk".into(), text(create_type, &lines)), ("d-delta.vmdk".into(), extent)]
}

#[test]
fn cowd_is_read_through_a_descriptor() {
    for grain_sectors in [1, 8] {
        let disk = small_disk();
        let extent = Cowd { grain_sectors, ..Cowd::new(disk.sectors()) }.write(&disk);
        let seen = look(&with_descriptor("vmfsSparse", "VMFSSPARSE", disk.sectors(), extent.bytes.clone()));
        assert_eq!(seen.faults(), [""; 0]);
        assert_eq!(seen.bytes(), disk.to_bytes());
        let facts = &seen.image.about().facts;
        assert_eq!((facts.variant.as_str(), facts.unit_bytes), ("vmfsSparse", Some(grain_sectors * 512)));
        assert_eq!(seen.scanned.allocated_units, Some(extent.grains.len() as u64));
        let columns: Vec<&str> =
            seen.image.about().tables[1].columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(columns, ["grain", "guest", "place", "entry", "file", "meaning"]);
        let row = &seen.image.rows("vmdk.grain-tables", 4096 / grain_sectors, 1).unwrap()[0];
        assert_eq!(row.entry.unwrap().offset, extent.entry(4096 / grain_sectors));
        assert_eq!((row.state, row.cells.len()), ("allocated", 6));
    }
}

#[test]
fn cowd_alone_says_what_it_does_not_hold() {
    let disk = small_disk();
    let extent = Cowd::new(disk.sectors()).write(&disk);
    let seen = look(&one("d-delta.vmdk", extent.bytes));
    assert_eq!(seen.faults(), [""; 0]);
    assert!(seen.ids().contains(&"vmdk.descriptor.absent"));
    assert_eq!(seen.image.about().facts.variant, "cowd-extent");
    assert_eq!(seen.image.about().facts.extents[0].kind, "VMFSSPARSE");
    let read = seen.image.disk().unwrap();
    assert_eq!(read.read_vec(5 * 512, 5).unwrap(), b"sixth");
    assert!(read.read_vec(512, 1).is_err(), "what is in the parent is not called zero");
    assert_eq!(seen.image.about().chain[0].status, LinkStatus::Missing);
}

#[test]
fn faults_of_cowd() {
    let disk = small_disk();
    let extent = Cowd::new(disk.sectors()).write(&disk);
    let wide = Cowd { grain_sectors: 8, ..Cowd::new(disk.sectors()) }.write(&disk);
    let number = |value: u64| u32::try_from(value).unwrap().to_le_bytes();
    let sector_of = |grain: u64| number(extent.grains[&grain] / 512);
    check_faults(
        &extent.bytes,
        &[
            ("vmdk.cowd-header.version", 4, &[2]),
            ("vmdk.cowd-header.flags", 8, &[7]),
            ("vmdk.cowd-header.grain-size", 16, &[3]),
            ("vmdk.cowd-header.grain-size", 16, &[0]),
            ("vmdk.cowd-header.grain-size", 16, &[0, 16]),
            ("vmdk.cowd-header.grain-size-unusual", 16, &[2]),
            ("vmdk.grain-directory.out-of-file", 20, &[0]),
            ("vmdk.grain-directory.out-of-file", 20, &[0, 0, 1]),
            ("vmdk.cowd-header.directory-place", 20, &[5]),
            ("vmdk.cowd-header.directory-count", 24, &[7]),
            ("vmdk.cowd-header.free-sector", 28, &number(extent.bytes.len() as u64 / 512 - 1)),
            ("vmdk.cowd-header.free-sector", 28, &[1, 0]),
            ("vmdk.cowd-header.free-sector-past-end", 28, &[0, 0, 1]),
            ("vmdk.header.capacity-zero", 12, &[0; 4]),
            ("vmdk.header.unclean", 1648, &[1]),
            ("vmdk.header.unclean-value", 1648, &[9]),
            ("vmdk.grain-directory.entry-past-end", 2048 + 4, &[0, 0, 1]),
            ("vmdk.grain-directory.entry-overlap", 2048 + 4, &number(extent.tables[&0] / 512 + 1)),
            ("vmdk.grain-table.entry-past-end", extent.entry(5), &[0, 0, 1]),
            ("vmdk.grain-table.entry-in-metadata", extent.entry(5), &[4, 0]),
            ("vmdk.grain-table.entry-one", extent.entry(5), &[1, 0]),
            ("vmdk.grain-table.entry-duplicate", extent.entry(5), &sector_of(0)),
        ],
    );
    // Grains of eight sectors may overlap without being at the same place.
    let near = number(wide.grains[&0] / 512 + 3);
    check_faults(&wide.bytes, &[("vmdk.grain-table.entry-duplicate", wide.entry(512), &near)]);
    let mut bytes = wide.bytes.clone();
    put(&mut bytes, wide.entry(512), &near);
    let detail = look(&one("d-delta.vmdk", bytes)).detail("vmdk.grain-table.entry-duplicate");
    assert!(
        detail.starts_with("grain 0 at sector ") && detail.contains(" and grain 512 at sector "),
        "{detail}"
    );
    // The last grain is cut off.
    let mut bytes = wide.bytes.clone();
    bytes.truncate(bytes.len() - 512);
    let seen = look(&one("d-delta.vmdk", bytes));
    assert_eq!(seen.faults(), ["vmdk.cowd-header.free-sector-past-end", "vmdk.grain-table.entry-cut-off"]);
    let detail = seen.detail("vmdk.grain-table.entry-cut-off");
    assert!(detail.ends_with("; 3 of the 4 grains with data are whole in the file (75 %)"), "{detail}");
}

#[test]
fn a_parent_in_the_header_is_compared() {
    let disk = small_disk();
    let mut extent = Cowd::new(disk.sectors()).write(&disk).bytes;
    put(&mut extent, 32, b"old.vmdk");
    let mut files = with_descriptor("vmfsSparse", "VMFSSPARSE", disk.sectors(), extent);
    let text = String::from_utf8(files[0].1.clone()).unwrap();
    let hinted = text.replace("parentCID=ffffffff", "parentCID=00000007\nparentFileNameHint=\"new.vmdk\"");
    files[0].1 = hinted.into_bytes();
    let seen = look(&files);
    assert_eq!(seen.faults(), [""; 0]);
    assert!(seen.ids().contains(&"vmdk.cowd-header.parent-name"), "{:?}", seen.ids());
}

fn se_extent() -> (Disk, diskglass_samples::vmdk::sesparse::Written) {
    let mut disk = Disk::new(40 * MIB);
    for grain in [0, 1, 4095, 4096, 9000, 10239] {
        disk.write(grain * 4096 + 7, format!("grain {grain}").as_bytes());
    }
    let grains = diskglass_samples::vmdk::Grains { zeroed: [3].into(), ..Default::default() };
    let extent = SeSparse { grains, unmapped: [2].into(), ..SeSparse::new(disk.sectors()) }.write(&disk);
    (disk, extent)
}

#[test]
fn se_sparse_is_read() {
    let (disk, extent) = se_extent();
    let seen = look(&with_descriptor("seSparse", "SESPARSE", disk.sectors(), extent.bytes.clone()));
    assert_eq!(seen.faults(), [""; 0]);
    assert_eq!(seen.bytes(), disk.to_bytes());
    assert_eq!(seen.counts("vmdk.grain-tables"), [("allocated", 6), ("unallocated", 10240 - 8), ("zero", 2)]);
    let rows = seen.image.rows("vmdk.grain-tables", 0, 5).unwrap();
    let meanings: Vec<&str> = rows.iter().map(|row| row.cells[5].as_str()).collect();
    assert_eq!(meanings, ["data", "data", "given back by the guest: zeros", "zeros", "not allocated: zeros"]);
    assert_eq!(rows[3].cells[3], format!("0x{ZEROED:016x}"));
    let seen = look(&one("d-sesparse.vmdk", extent.bytes));
    assert_eq!((seen.image.about().facts.variant.as_str(), seen.faults().len()), ("sesparse-extent", 0));
}

#[test]
fn more_grains_than_the_low_bits_count() {
    let mut disk = Disk::new(20 * MIB);
    for grain in 0..5000_u64 {
        disk.write(grain * 4096, grain.to_le_bytes());
    }
    let extent = SeSparse::new(disk.sectors()).write(&disk);
    let seen = look(&with_descriptor("seSparse", "SESPARSE", disk.sectors(), extent.bytes));
    assert_eq!(seen.faults(), [""; 0]);
    assert_eq!(seen.bytes(), disk.to_bytes());
}

#[test]
fn faults_of_se_sparse() {
    let (_, extent) = se_extent();
    let entry = |kind: u64, index: u64| (kind << 60 | index << 48).to_le_bytes();
    check_faults(
        &extent.bytes,
        &[
            ("vmdk.sesparse-volatile-header.magic", 80, &[7]),
            ("vmdk.sesparse-volatile-header.magic", 80, &[0xff; 6]),
            ("vmdk.sesparse-volatile-header.magic", 512, &[0xbe, 0xba]),
            ("vmdk.sesparse-header.version", 8, &[2]),
            ("vmdk.sesparse-header.fixed-field", 24, &[16]),
            ("vmdk.sesparse-header.fixed-field", 32, &[32]),
            ("vmdk.sesparse-header.fixed-field", 40, &[1]),
            ("vmdk.sesparse-header.fixed-field", 500, &[1]),
            ("vmdk.sesparse-header.fixed-field", 512 + 40, &[1]),
            ("vmdk.header.capacity-zero", 16, &[0; 8]),
            ("vmdk.header.capacity-huge", 16, &[0xff; 8]),
            ("vmdk.sesparse-volatile-header.journal", 512 + 24, &[1]),
            ("vmdk.sesparse-header.area-past-end", 112, &[0xff; 7]),
            ("vmdk.sesparse-header.grains-short", 200, &[0xff; 4]),
            ("vmdk.sesparse-header.areas-overlap", 104, &[3]),
            ("vmdk.sesparse-header.directory-small", 136, &[0]),
            ("vmdk.sesparse.directory-entry", extent.directory, &[5]),
            ("vmdk.sesparse.directory-entry", extent.directory + 7, &[0x20]),
            ("vmdk.grain-directory.entry-overlap", extent.directory, &[1]),
            ("vmdk.sesparse.entry-type", extent.entry(4), &entry(4, 0)),
            ("vmdk.sesparse.entry-type", extent.entry(4), &[1]),
            ("vmdk.sesparse.entry-bits", extent.entry(3), &[1]),
            ("vmdk.grain-table.entry-past-end", extent.entry(4), &entry(3, 6)),
            (
                "vmdk.grain-table.entry-past-end",
                extent.entry(4),
                &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f],
            ),
            ("vmdk.grain-table.entry-duplicate", extent.entry(4), &entry(3, 1)),
            ("vmdk.sesparse-volatile-header.free-table", 512 + 8, &[1]),
            ("vmdk.grain-table.entry-past-capacity", extent.tables[&2] + 2048 * 8, &entry(3, 0)),
            ("vmdk.grain-table.entry-past-capacity", extent.directory + 3 * 8, &[1, 0, 0, 0, 0, 0, 0, 0x10]),
        ],
    );
    let mut bytes = extent.bytes.clone();
    bytes.truncate(bytes.len() - 512);
    let seen = look(&one("d-sesparse.vmdk", bytes));
    assert_eq!(seen.faults(), ["vmdk.sesparse-header.grains-short", "vmdk.grain-table.entry-cut-off"]);
}

#[test]
fn huge_disks_cost_what_is_in_the_file() {
    let sectors = 62 << 31;
    let mut header = SeSparse::new(65536).write(&Disk::new(65536 * 512)).bytes;
    put(&mut header, 16, &le(sectors));
    let seen = look(&one("d-sesparse.vmdk", header.clone()));
    assert_eq!(seen.faults(), ["vmdk.sesparse-header.directory-small"]);
    assert_eq!(seen.image.disk().unwrap().size(), sectors * 512);
    assert!(seen.image.disk().unwrap().read_vec(61 << 40, 512).is_err());
    assert_eq!(seen.image.rows("vmdk.grain-directory", 0, 512).unwrap().len(), 64, "one sector of entries");
    // The whole directory is there and empty: 32 MiB.
    let tables = sectors / 32768;
    let directory = header.len() as u64 / 512;
    put(&mut header, 128, &le(directory));
    put(&mut header, 136, &le(tables / 64));
    put(&mut header, 192, &le(directory + tables / 64));
    header.resize(header.len() + usize::try_from(tables * 8).unwrap(), 0);
    let lines = format!("RW {sectors} SESPARSE \"d-delta.vmdk\"\n");
    let seen = look(&vec![("d.vmdk".into(), text("seSparse", &lines)), ("d-delta.vmdk".into(), header)]);
    assert_eq!(seen.faults(), [""; 0]);
    assert_eq!(seen.image.disk().unwrap().read_vec(61 << 40, 3).unwrap(), [0; 3]);
    let piece = seen.image.map(61 << 40, u64::MAX >> 8).unwrap();
    assert_eq!(piece.guest, (61 << 40, 16 * MIB));
}

#[test]
fn kinds_that_the_line_does_not_say_are_read_as_what_they_are() {
    let disk = small_disk();
    let extent = Cowd::new(disk.sectors()).write(&disk).bytes;
    let seen = look(&with_descriptor("custom", "SPARSE", disk.sectors(), extent));
    assert_eq!(seen.faults(), ["vmdk.extent.kind"]);
    assert!(seen.detail("vmdk.extent.kind").contains("begins like one of type VMFSSPARSE"));
    assert_eq!(seen.bytes(), disk.to_bytes());
}

#[test]
fn what_was_not_examined_is_said() {
    let disk = small_disk();
    let extent = Cowd::new(disk.sectors()).write(&disk).bytes;
    let files = FileSet::new(vec![("d".into(), Rc::new(extent) as Bytes, None)]);
    let (mut nodes, mut findings, mut budget) = (Vec::new(), Findings::default(), Budget::of(2, 1 << 20));
    let mut sink = open::Sink { nodes: &mut nodes, findings: &mut findings, budget: &mut budget };
    let belongs = open::Belongs { suffix: "", guest: None };
    let opened = open::open_sparse(&files, FileId(0), belongs, &mut sink).unwrap().unwrap();
    let sparse = opened.member.unwrap().sparse;
    assert_eq!((sparse.present, sparse.examined, sparse.tables), (2, 7, 8));
    assert!(findings.has(&rules::NOT_EXAMINED));
    // Reading goes on all the same.
    assert!(matches!(sparse.grain(32767).unwrap().unwrap().entry, grain::Entry::At(_)));
}
