//! Every rule for VHD, each with an image that has just this fault.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use diskglass::bytes::Bytes;
use diskglass::finding::catalogue;
use diskglass::session::Session;
use diskglass_conformance::{faults, files, inspect};
use diskglass_samples::disk::Disk;
use diskglass_samples::find;
use diskglass_samples::uuid::Uuid;
use diskglass_samples::vhd::{Creator, Dynamic};
use std::collections::BTreeSet;
use std::rc::Rc;

type Files = Vec<(String, Vec<u8>)>;

/// One's complement of the sum of all bytes, those at `at` taken as zero.
fn seal(bytes: &mut [u8], at: usize) {
    bytes[at..at + 4].fill(0);
    let sum = bytes.iter().fold(0_u32, |sum, byte| sum.wrapping_add((*byte).into()));
    bytes[at..at + 4].copy_from_slice(&(!sum).to_be_bytes());
}

fn sample(name: &str) -> Files {
    files(find(name).unwrap())
}

fn dynamic() -> Vec<u8> {
    sample("vhd-dynamic").remove(0).1
}

fn fixed() -> Vec<u8> {
    sample("vhd-fixed").remove(0).1
}

fn one(bytes: Vec<u8>) -> Files {
    vec![("disk.vhd".into(), bytes)]
}

/// A change to the footer at the end, sealed anew.
fn end(mut bytes: Vec<u8>, change: impl Fn(&mut [u8])) -> Vec<u8> {
    let at = bytes.len() - 512;
    change(&mut bytes[at..]);
    seal(&mut bytes[at..], 64);
    bytes
}

/// The same change to both footers.
fn both(bytes: Vec<u8>, change: impl Fn(&mut [u8])) -> Files {
    let mut bytes = end(bytes, &change);
    change(&mut bytes[..512]);
    seal(&mut bytes[..512], 64);
    one(bytes)
}

/// A change to the dynamic disk header, sealed anew.
fn header(change: impl Fn(&mut [u8])) -> Files {
    let mut bytes = dynamic();
    change(&mut bytes[512..1536]);
    seal(&mut bytes[512..1536], 36);
    one(bytes)
}

/// A change to the header of a differencing image, which is given without its parent.
fn child(change: impl Fn(&mut [u8])) -> Files {
    child_with(change, false)
}

fn child_with(change: impl Fn(&mut [u8]), parent: bool) -> Files {
    let mut set = sample("vhd-differencing");
    set.retain(|(_, bytes)| parent || bytes[60..64] == [0, 0, 0, 4]);
    let leaf = set.iter_mut().find(|(_, bytes)| bytes[60..64] == [0, 0, 0, 4]).unwrap();
    change(&mut leaf.1[512..1536]);
    seal(&mut leaf.1[512..1536], 36);
    set
}

/// A change to the block allocation table.
fn bat(change: impl Fn(&mut [u8])) -> Files {
    let mut bytes = dynamic();
    change(&mut bytes[1536..]);
    one(bytes)
}

fn be32(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
}

fn be64(bytes: &mut [u8], at: usize, value: u64) {
    bytes[at..at + 8].copy_from_slice(&value.to_be_bytes());
}

/// An image as XenServer writes it, with a batmap behind the table; then a change to the batmap's header and map.
fn xen(change: impl Fn(&mut [u8])) -> Files {
    const ENTRIES: usize = 32;
    let disk = Disk::new(ENTRIES as u64 * (2 << 20));
    let creator = Creator { application: *b"tap\0", version: 0x0001_0003, host: [0; 4] };
    let mut bytes = Dynamic { room: 1 << 20, ..Dynamic::new(disk.size(), creator, Uuid(7)) }.write(&disk);
    // The table ends at byte 2048: header and map take a sector each from there on.
    let batmap = &mut bytes[2048..3072];
    batmap[..8].copy_from_slice(b"tdbatmap");
    be64(batmap, 8, 2560);
    be32(batmap, 16, 1);
    be32(batmap, 20, 0x0001_0002);
    be32(batmap, 24, u32::MAX);
    change(batmap);
    one(bytes)
}

/// The places of the allocated entries in a table, and their values.
fn allocated(table: &[u8], entries: usize) -> Vec<(usize, u32)> {
    (0..entries)
        .map(|index| (index * 4, u32::from_be_bytes(table[index * 4..index * 4 + 4].try_into().unwrap())))
        .filter(|(_, value)| *value != u32::MAX)
        .collect()
}

const TWO_TIB: u64 = 2 << 40;

/// The rule's id and an image that has the fault.
fn faulty_images() -> Vec<(&'static str, Files)> {
    vec![
        ("vhd.footer.none", {
            let mut bytes = dynamic();
            let at = bytes.len() - 512;
            bytes[..512].fill(0);
            bytes[at..].fill(0);
            one(bytes)
        }),
        ("vhd.footer.missing", sample("vhd-footer-missing")),
        ("vhd.footer.checksum", sample("vhd-footer-checksum")),
        ("vhd.copy.missing", {
            let mut bytes = dynamic();
            bytes[..512].fill(0);
            one(bytes)
        }),
        ("vhd.copy.checksum", sample("vhd-copy-damaged")),
        ("vhd.copy.differs", one(end(dynamic(), |footer| be32(footer, 24, 1)))),
        ("vhd.copy.contradicts", one(end(dynamic(), |footer| footer[70] ^= 1))),
        ("vhd.footer.short", sample("vhd-fixed-511")),
        ("vhd.footer.trailing-data", one([fixed(), vec![0; 1024]].concat())),
        ("vhd.file.size", one([dynamic(), vec![0; 100]].concat())),
        ("vhd.fixed.start-footer", {
            let mut bytes = fixed();
            let inner = dynamic();
            bytes[..512].copy_from_slice(&inner[..512]);
            one(bytes)
        }),
        ("vhd.footer.features-reserved", both(dynamic(), |footer| be32(footer, 8, 0))),
        ("vhd.footer.features-unknown", both(dynamic(), |footer| be32(footer, 8, 0x12))),
        ("vhd.footer.temporary", both(dynamic(), |footer| be32(footer, 8, 3))),
        ("vhd.footer.version", both(dynamic(), |footer| be32(footer, 12, 0x0002_0000))),
        ("vhd.footer.version-minor", both(dynamic(), |footer| be32(footer, 12, 0x0001_0001))),
        ("vhd.footer.fixed-data-offset", one(end(fixed(), |footer| be64(footer, 16, 512)))),
        ("vhd.footer.fixed-data-offset-32", one(end(fixed(), |footer| be64(footer, 16, 0xffff_ffff)))),
        ("vhd.footer.data-offset", both(dynamic(), |footer| be64(footer, 16, u64::MAX))),
        ("vhd.footer.data-offset-unaligned", both(dynamic(), |footer| be64(footer, 16, 513))),
        ("vhd.footer.data-offset-unusual", both(dynamic(), |footer| be64(footer, 16, 1024))),
        ("vhd.footer.creator-unknown", both(dynamic(), |footer| footer[28..32].copy_from_slice(b"abcd"))),
        (
            "vhd.footer.tap-version",
            both(dynamic(), |footer| {
                footer[28..32].copy_from_slice(b"tap\0");
                be32(footer, 32, 0x0001_0009);
            }),
        ),
        ("vhd.footer.shrunk", both(dynamic(), |footer| be64(footer, 40, 1 << 40))),
        ("vhd.footer.size-unaligned", both(dynamic(), |footer| footer[55] = 1)),
        ("vhd.footer.size-zero", both(dynamic(), |footer| be64(footer, 48, 0))),
        ("vhd.footer.size-over-2040-gib", both(dynamic(), |footer| be64(footer, 48, TWO_TIB - 512))),
        ("vhd.footer.size-beyond-table", both(dynamic(), |footer| be64(footer, 48, TWO_TIB + 512))),
        ("vhd.footer.size-absurd", both(dynamic(), |footer| be64(footer, 48, 1 << 60))),
        ("vhd.size.two-sizes", one(fixed())),
        (
            "vhd.geometry.larger-than-disk",
            both(dynamic(), |footer| footer[56..58].copy_from_slice(&60_000_u16.to_be_bytes())),
        ),
        ("vhd.geometry.unusual", both(dynamic(), |footer| footer[59] = 16)),
        ("vhd.geometry.zero", both(dynamic(), |footer| footer[56..60].fill(0))),
        ("vhd.footer.disk-type", both(dynamic(), |footer| be32(footer, 60, 9))),
        ("vhd.footer.id-null", both(dynamic(), |footer| footer[68..84].fill(0))),
        ("vhd.footer.saved-state", both(dynamic(), |footer| footer[84] = 1)),
        ("vhd.footer.saved-state-invalid", both(dynamic(), |footer| footer[84] = 2)),
        (
            "vhd.footer.hidden",
            both(dynamic(), |footer| {
                footer[28..32].copy_from_slice(b"tap\0");
                be32(footer, 32, 0x0001_0003);
                footer[85] = 1;
            }),
        ),
        ("vhd.footer.hidden-odd", both(dynamic(), |footer| footer[85] = 1)),
        ("vhd.footer.reserved", both(dynamic(), |footer| footer[300] = 1)),
        ("vhd.footer.disabled", both(dynamic(), |footer| footer[..8].copy_from_slice(b"v_poison"))),
        ("vhd.fixed.truncated", sample("vhd-fixed-truncated")),
        ("vhd.fixed.oversize", one(end(fixed(), |footer| be64(footer, 48, 1 << 20)))),
        ("vhd.header.cookie", header(|header| header[0] = b'X')),
        ("vhd.header.cut-off", one(dynamic()[..1000].to_vec())),
        ("vhd.header.checksum", sample("vhd-header-checksum")),
        ("vhd.header.version", header(|header| be32(header, 24, 0x0002_0000))),
        ("vhd.header.next", header(|header| be64(header, 8, 0xffff_ffff))),
        ("vhd.bat.outside-file", header(|header| be64(header, 16, 1 << 40))),
        ("vhd.bat.unaligned", header(|header| be64(header, 16, 1537))),
        ("vhd.bat.overlaps", header(|header| be64(header, 16, 1024))),
        ("vhd.header.block-size", header(|header| be32(header, 32, 3 << 20))),
        ("vhd.header.block-size-unusual", header(|header| be32(header, 32, 4 << 20))),
        ("vhd.bat.too-small", header(|header| be32(header, 28, 3))),
        (
            "vhd.bat.too-large",
            header(|header| {
                let entries = u32::from_be_bytes(header[28..32].try_into().unwrap());
                be32(header, 28, entries + 1);
            }),
        ),
        ("vhd.bat.absurd", header(|header| be32(header, 28, 1 << 30))),
        ("vhd.header.reserved", header(|header| header[1000] = 1)),
        ("vhd.header.parent-on-dynamic", header(|header| header[40] = 1)),
        ("vhd.bat.entry-in-metadata", sample("vhd-bat-in-metadata")),
        ("vhd.bat.entry-past-end", sample("vhd-bat-past-end")),
        (
            "vhd.bat.entry-overlap",
            bat(|table| {
                let used = allocated(table, 100);
                be32(table, used[1].0, used[0].1 + 1);
            }),
        ),
        ("vhd.bat.entry-duplicate", sample("vhd-bat-duplicate")),
        ("vhd.bat.entry-beyond-disk", both(dynamic(), |footer| be64(footer, 48, 1 << 20))),
        (
            "vhd.bat.unreferenced-space",
            bat(|table| {
                let used = allocated(table, 100);
                be32(table, used[0].0, u32::MAX);
            }),
        ),
        ("vhd.bat.alignment", {
            // A block moved by a sector, behind all others.
            let mut bytes = dynamic();
            let used = allocated(&bytes[1536..], 100);
            let footer = bytes.split_off(bytes.len() - 512);
            let sector = bytes.len() / 512;
            bytes.resize(bytes.len() + 512 + (2 << 20) + 4096, 0);
            let shifted = if (sector + 1).is_multiple_of(8) { sector + 1 } else { sector };
            be32(&mut bytes, 1536 + used[0].0, u32::try_from(shifted).unwrap());
            bytes.extend(footer);
            one(bytes)
        }),
        (
            "vhd.footer.tap-old",
            both(dynamic(), |footer| {
                footer[28..32].copy_from_slice(b"tap\0");
                be32(footer, 32, 1);
            }),
        ),
        ("vhd.batmap.missing", xen(|batmap| batmap[0] = 0)),
        ("vhd.batmap.header", xen(|batmap| be32(batmap, 16, 0))),
        ("vhd.batmap.checksum", xen(|batmap| be32(batmap, 24, 5))),
        (
            "vhd.batmap.unallocated",
            xen(|batmap| {
                batmap[512] = 0x10;
                be32(batmap, 24, !0x10);
            }),
        ),
        ("vhd.locator.code", child(|header| header[576..580].copy_from_slice(b"Zzzz"))),
        ("vhd.locator.unused-dirty", header(|header| header[576 + 7] = 1)),
        ("vhd.locator.range", child(|header| be64(header, 576 + 16, 1 << 40))),
        ("vhd.locator.empty", child(|header| be32(header, 576 + 8, 0))),
        (
            "vhd.header.name-little-endian",
            child(|header| {
                for pair in header[64..576].chunks_exact_mut(2) {
                    pair.swap(0, 1);
                }
            }),
        ),
        ("vhd.chain.no-name", child(|header| header[64..768].fill(0))),
        ("vhd.chain.parent-missing", child(|_| {})),
        ("vhd.chain.parent-ambiguous", {
            let mut set = child_with(|header| header[64..768].fill(0), true);
            let mut copy = set.iter().find(|(_, bytes)| bytes[60..64] != [0, 0, 0, 4]).unwrap().clone();
            copy.0 = "copy-of-it.vhd".into();
            set.push(copy);
            set
        }),
        ("vhd.chain.parent-id", child_with(|header| header[41] ^= 1, true)),
        ("vhd.chain.parent-size", {
            let mut set = sample("vhd-differencing");
            let leaf = set.iter_mut().find(|(_, bytes)| bytes[60..64] == [0, 0, 0, 4]).unwrap();
            let smaller = |footer: &mut [u8]| {
                let size = u64::from_be_bytes(footer[48..56].try_into().unwrap());
                be64(footer, 48, size - 512);
            };
            leaf.1 = both(leaf.1.clone(), smaller).remove(0).1;
            set
        }),
        ("vhd.chain.self-parent", {
            let mut set = child(|_| {});
            let own = set[0].1[68..84].to_vec();
            set[0].1[512 + 40..512 + 56].copy_from_slice(&own);
            seal(&mut set[0].1[512..1536], 36);
            set
        }),
        ("vhd.chain.loop", {
            // Two children, each the other's parent.
            let first = child(|_| {}).remove(0).1;
            let parent = first[512 + 40..512 + 56].to_vec();
            let mut second =
                both(first.clone(), |footer| footer[68..84].copy_from_slice(&parent)).remove(0).1;
            second[512 + 40..512 + 56].copy_from_slice(&first[68..84]);
            seal(&mut second[512..1536], 36);
            vec![("a.vhd".into(), first), ("b.vhd".into(), second)]
        }),
        ("vhd.chain.parent-id-null", child(|header| header[40..56].fill(0))),
    ]
}

/// Rules that no image of a few megabytes can trigger, with the reason.
const NOT_HERE: [(&str, &str); 2] = [
    ("vhd.bat.not-examined", "takes a table of more than a gigabyte"),
    ("vhd.chain.too-deep", "has a test of its own"),
];

#[test]
fn each_fault_gives_its_finding() {
    for (id, set) in faulty_images() {
        let report = inspect(set);
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
        assert!(found.contains(&id), "{id} is missing from {found:?}");
        assert!(report.image.is_some(), "{id}: the image is still shown");
    }
}

#[test]
fn what_xenserver_writes_is_sound() {
    let report = inspect(xen(|_| {}));
    assert_eq!(faults(&report), [""; 0]);
    assert!(report.structures.iter().any(|structure| structure.key == "vhd.batmap"));
}

#[test]
fn every_rule_has_its_fault() {
    let covered: BTreeSet<&str> =
        faulty_images().into_iter().map(|(id, _)| id).chain(NOT_HERE.iter().map(|(id, _)| *id)).collect();
    let declared: BTreeSet<&str> =
        catalogue().map(|rule| rule.id).filter(|id| id.starts_with("vhd.")).collect();
    assert_eq!(covered, declared);
}

#[test]
fn a_chain_without_end_is_given_up() {
    let leaf = child(|_| {}).remove(0).1;
    let identity = |number: u32| [&[7; 12][..], &number.to_be_bytes()].concat();
    let mut session = Session::default();
    for number in 0..100 {
        let own = identity(number);
        let mut bytes = both(leaf.clone(), |footer| footer[68..84].copy_from_slice(&own)).remove(0).1;
        bytes[512 + 40..512 + 56].copy_from_slice(&identity(number + 1));
        seal(&mut bytes[512..1536], 36);
        session.add(format!("{number:03}.vhd"), Rc::new(bytes) as Bytes, None);
    }
    let report = session.inspect(None);
    assert!(report.findings.iter().any(|finding| finding.id == "vhd.chain.too-deep"));
    assert!(report.chain.len() <= 65);
}

#[test]
fn a_parent_is_found_by_name_among_thousands_of_files() {
    let mut set = sample("vhd-differencing");
    set.extend((0..5_100).map(|number| (format!("a{number}.txt"), vec![b'x'])));
    let report = inspect(set);
    assert_eq!(faults(&report), [""; 0]);
    assert_eq!(report.chain.len(), 2);
}
