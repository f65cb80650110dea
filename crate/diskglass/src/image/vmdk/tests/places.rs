//! Where the guest's bytes lie, and the way back.

use super::*;
use crate::bytes::Span;
use crate::image::{Mapping, Source};
use diskglass_samples::vmdk::link::{Link as WrittenLink, Storage};
use diskglass_samples::vmdk::stream::Form;

/// Goes through the whole disk piece by piece: what is said of each piece is what a reader gets, and the way back from
/// its place leads to it. Returns the pieces.
fn check_places(seen: &Seen) -> Vec<Mapping> {
    let disk = seen.image.disk().unwrap();
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < disk.size() {
        let piece = seen.image.map(at, disk.size() - at).unwrap();
        let (start, length) = piece.guest;
        assert_eq!(start, at);
        assert!(length > 0 && at + length <= disk.size() && !piece.steps.is_empty());
        for byte in [at, at + length / 2, at + length - 1] {
            check_byte(seen, &piece, byte);
        }
        at += length;
        pieces.push(piece);
    }
    assert!(seen.image.map(disk.size(), 1).is_err());
    pieces
}

/// Checks what is said of a byte of that piece.
fn check_byte(seen: &Seen, piece: &Mapping, at: u64) {
    let read = seen.image.disk().unwrap().read_array::<1>(at);
    let backing = |span: Span| &seen.files.get(span.file).unwrap().bytes;
    let back = |span: Span, offset: u64| {
        let found = seen.image.holdings(span.file, offset).unwrap();
        let held = found.into_iter().find(|held| {
            held.layer == piece.layer
                && held.guest.is_some_and(|(start, length)| at >= start && at - start < length)
        });
        held.unwrap_or_else(|| {
            panic!("nothing leads from byte {offset} of the file to byte {at} of the disk")
        })
    };
    match piece.source {
        Source::Data => {
            let span = piece.place.unwrap();
            assert_eq!(span.length, piece.guest.1);
            let offset = span.offset + (at - piece.guest.0);
            assert_eq!(backing(span).read_array::<1>(offset), read, "byte {at}");
            assert_eq!(back(span, offset).guest.unwrap().0, at, "the byte itself is held there");
            let located = seen.image.disk().unwrap().locate(at).unwrap();
            assert_eq!((located.file, located.offset), (span.file, offset));
        }
        Source::Compressed => {
            let span = piece.place.unwrap();
            assert_eq!(backing(span).read_array::<1>(span.offset), Ok([0x78]), "a zlib stream begins there");
            let held = back(span, span.offset + span.length - 1);
            assert_eq!(held.span, span);
            let marker = seen.image.holdings(span.file, span.offset - 1).unwrap();
            assert!(
                marker.iter().any(|held| held.what.starts_with("marker of the compressed grain")),
                "{marker:?}"
            );
        }
        Source::Zero => assert_eq!(read.unwrap(), [0], "byte {at}"),
        Source::Absent | Source::Invalid => assert!(read.is_err(), "byte {at}"),
    }
}

fn sources(pieces: &[Mapping]) -> Vec<(Source, u32)> {
    let mut all: Vec<(Source, u32)> = pieces.iter().map(|piece| (piece.source, piece.layer)).collect();
    all.dedup();
    all
}

fn texts(piece: &Mapping) -> Vec<String> {
    piece.steps.iter().map(|step| format!("{}: {}", step.title, step.text)).collect()
}

#[test]
fn hosted_sparse() {
    let seen = look(&one("d.vmdk", sparse()));
    let pieces = check_places(&seen);
    assert_eq!(pieces.iter().filter(|piece| piece.source == Source::Data).count(), 5);
    let layout = sparse_writer().layout();
    let piece = seen.image.map(513 * GRAIN + 700, u64::MAX >> 1).unwrap();
    let sector = 513 * 128 + 1;
    let table = layout.gd + 1 + 4;
    let grain = layout.overhead + 3 * 128;
    assert_eq!(
        texts(&piece),
        [
            format!(
                "Sector: byte {} of the disk is byte 188 of sector {sector} (of 512 bytes each)",
                513 * GRAIN + 700
            ),
            format!(
                "Grain directory: sector {sector} / (512 entries × 128 sectors) = 1; entry 1 of the grain directory, at byte {}, is {table}: the grain table is at sector {table}, byte {}",
                layout.directory_entry(1),
                table * 512
            ),
            format!(
                "Grain table: (sector {sector} mod 65536) / 128 = 1; entry 1 of grain table 1, at byte {}, is {grain}",
                layout.entry(513)
            ),
            format!(
                "Data: the grain begins at sector {grain}: ({grain} + 1) × 512 + 188 = byte {} of d.vmdk",
                grain * 512 + 700
            ),
        ]
    );
    assert_eq!(piece.guest, (513 * GRAIN + 700, GRAIN - 700));
    // The entries themselves.
    let file = seen.files.by_name("d.vmdk").unwrap();
    for (at, what, row) in [
        (layout.directory_entry(1) + 3, "entry 1 of the grain directory", ("vmdk.grain-directory", 1)),
        (layout.rgd * 512, "entry 0 of the redundant grain directory", ("vmdk.grain-directory", 0)),
        (layout.entry(513), "entry 1 of the grain table 1: that of grain 513", ("vmdk.grain-tables", 513)),
        (
            layout.redundant_entry(5),
            "entry 5 of the redundant grain table 0: that of grain 5",
            ("vmdk.grain-tables", 5),
        ),
    ] {
        let held = seen.image.holdings(file, at).unwrap();
        let [held] = held.as_slice() else { panic!("{held:?}") };
        assert_eq!((held.what.as_str(), held.row.clone()), (what, Some((row.0.into(), row.1))));
        assert!(held.span.offset <= at && at < held.span.offset + held.span.length);
    }
    assert!(seen.image.holdings(file, 100).unwrap().is_empty(), "a header is no entry");
}

#[test]
fn split_sets_and_flat_extents() {
    let mut disk = Disk::new(3 * MIB);
    disk.write(0, "in the first extent");
    disk.write(2 * MIB + 5000, "in the second extent");
    for storage in
        [Storage::TwoGbMaxExtentSparse(2 << 11), Storage::TwoGbMaxExtentFlat(2 << 11), Storage::Vmfs]
    {
        let files = WrittenLink::new("d", storage.clone(), 5).files(&disk);
        let seen = look(&files);
        assert_eq!(seen.bytes(), disk.to_bytes());
        check_places(&seen);
        let piece = seen.image.map(2 * MIB + 5000, 1).unwrap();
        let line =
            seen.image.about().nodes[0].fields.iter().find(|field| field.name.starts_with("extent")).unwrap();
        assert_eq!(piece.steps[1].title, "Extent");
        if storage == Storage::Vmfs {
            assert_eq!(piece.steps[1].place.unwrap().offset, u64::from(line.offset));
            assert!(piece.steps[1].text.ends_with("the whole disk is in d-flat.vmdk"));
        } else {
            assert!(
                piece.steps[1].text.ends_with("this one is its sector 4105 - 4096 = 9"),
                "{:?}",
                piece.steps[1]
            );
        }
    }
}

#[test]
fn extents_that_are_not_there_or_must_not_be_read() {
    let lines = "RW 2 FLAT \"a\" 1\nNOACCESS 2 FLAT \"b\" 0\nRW 2 FLAT \"gone\" 0\nRW 2 FLAT \"/dev/sda\" 0\nRW 2 ZERO\nRW 4 FLAT \"b\" 1\n";
    let files = vec![
        ("d.vmdk".into(), text("partitionedDevice", lines)),
        ("a".into(), vec![1; 1536]),
        ("b".into(), vec![2; 1536]),
    ];
    let seen = look(&files);
    let pieces = check_places(&seen);
    let found: Vec<_> = pieces.iter().map(|piece| (piece.guest.0 / 512, piece.source)).collect();
    assert_eq!(
        found,
        [
            (0, Source::Data),
            (2, Source::Absent),
            (4, Source::Absent),
            (6, Source::Absent),
            (8, Source::Zero),
            (10, Source::Data),
            (12, Source::Invalid),
        ]
    );
}

#[test]
fn streams() {
    for form in [Form::Canonical, Form::TablesFirst, Form::Qemu] {
        let files = WrittenLink::new("d", Storage::StreamOptimized(form), 5).files(&disk());
        let seen = look(&files);
        assert_eq!(seen.bytes(), disk().to_bytes());
        let pieces = check_places(&seen);
        assert_eq!(pieces.iter().filter(|piece| piece.source == Source::Compressed).count(), 5);
    }
}

#[test]
fn the_redundant_table_is_said_to_be_used() {
    let layout = sparse_writer().layout();
    for (at, what) in [
        (56, 0xffff_0000_u64),
        (layout.directory_entry(1), u64::from(u32::MAX)),
        (layout.directory_entry(1), 0),
        (layout.entry(513), u64::from(u32::MAX)),
    ] {
        let seen = look(&patched(at, &le(what)));
        assert_eq!(seen.bytes(), disk().to_bytes());
        check_places(&seen);
        let piece = seen.image.map(513 * GRAIN, 1).unwrap();
        assert!(
            texts(&piece).iter().any(|text| text.contains("redundant grain table 1")),
            "{:?}",
            texts(&piece)
        );
    }
}

#[test]
fn through_a_chain_of_all_kinds() {
    let size = 40 * MIB;
    let mut expected = Disk::new(size);
    let mut below: Option<WrittenLink> = None;
    let mut files = Vec::new();
    let kinds = [Storage::Vmfs, Storage::VmfsSparse, Storage::MonolithicSparse, Storage::SeSparse];
    for (number, storage) in (0_u32..).zip(kinds) {
        let mut own = Disk::new(size);
        for place in [0, u64::from(number) * 5 * MIB, 39 * MIB] {
            let text = format!("link {number} at {place}");
            own.write(place, text.as_bytes());
        }
        let mut link = WrittenLink::new(format!("d-{number}"), storage, 100 + number);
        if let Some(below) = &below {
            link = link.on(below);
        }
        let unit = link.grain_sectors * 512;
        // A grain that is written hides all of the parent's.
        for grain in own.used_units(unit) {
            expected.write(grain * unit, own.read(grain * unit, unit));
        }
        if link.is_flat() {
            expected = own.clone();
        }
        files.splice(0..0, link.files(&own));
        below = Some(link);
    }
    let seen = look(&files);
    assert_eq!(seen.image.about().chain.len(), 4);
    assert_eq!(seen.bytes(), expected.to_bytes());
    let pieces = check_places(&seen);
    let layers: std::collections::BTreeSet<u32> = sources(&pieces).iter().map(|(_, layer)| *layer).collect();
    assert_eq!(layers.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
    // The base's first sector is hidden by all links above it, and still is what it is.
    let flat = seen.files.by_name("d-0-flat.vmdk").unwrap();
    let held = seen.image.holdings(flat, 3).unwrap();
    assert_eq!((held[0].layer, held[0].guest.unwrap().0, held[0].row.clone()), (3, 3, None));
    let piece = seen.image.map(0, 1).unwrap();
    assert_eq!(piece.layer, 0);
    let piece = seen.image.map(5 * MIB + 600, 1).unwrap();
    assert_eq!((piece.layer, piece.source), (3, Source::Data), "the link of ESX has one sector of it");
    let piece = seen.image.map(5 * MIB, 1).unwrap();
    assert_eq!(piece.layer, 2);
    assert_eq!(texts(&piece).iter().filter(|text| text.starts_with("Parent:")).count(), 2);
}

#[test]
fn contradicting_tables_are_both_said() {
    let layout = sparse_writer().layout();
    let mut bytes = sparse();
    let first = u32::try_from(layout.overhead).unwrap();
    for at in [layout.entry(7), layout.redundant_entry(7)] {
        put(&mut bytes, at, &first.to_le_bytes());
    }
    let seen = look(&one("d.vmdk", bytes));
    let held = seen.image.holdings(seen.files.by_name("d.vmdk").unwrap(), layout.overhead * 512 + 5).unwrap();
    let guests: Vec<_> = held.iter().map(|held| held.guest.unwrap().0).collect();
    assert_eq!(guests, [5, 7 * GRAIN + 5]);
}
