//! VMDKs of every variant, made by chance: whatever is written, the guest reads, and every place of the disk is found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]
#![allow(clippy::indexing_slicing, reason = "what is not there fails the test")]

use diskglass::image::Source;
use diskglass::session::Session;
use diskglass_conformance::vmdk_chain::{Layer, files, guest};
use diskglass_conformance::{faults, session};
use diskglass_samples::disk::{Disk, SECTOR};
use diskglass_samples::vmdk::link::{Link, Storage};
use diskglass_samples::vmdk::stream::Form;
use diskglass_samples::vmdk::{Descriptor, Extent, Grains, Order};
use fastrand::Rng;
use miniz_oxide::inflate::decompress_to_vec_zlib;
use std::collections::{BTreeMap, BTreeSet};

/// Chains that are made.
const CHAINS: u64 = 100;
/// Sets of extents of several kinds that are made.
const SETS: u64 = 60;

/// What a link without a parent can be.
const BASES: &[Storage] = &[
    Storage::MonolithicSparse,
    Storage::StreamOptimized(Form::Canonical),
    Storage::StreamOptimized(Form::Patched),
    Storage::StreamOptimized(Form::TablesFirst),
    Storage::StreamOptimized(Form::Qemu),
    Storage::TwoGbMaxExtentSparse(0),
    Storage::TwoGbMaxExtentFlat(0),
    Storage::MonolithicFlat,
    Storage::Vmfs,
    Storage::VmfsSparse,
    Storage::SeSparse,
];

/// What a delta link can be.
const DELTAS: &[Storage] =
    &[Storage::MonolithicSparse, Storage::TwoGbMaxExtentSparse(0), Storage::VmfsSparse, Storage::SeSparse];

/// The sectors of a disk: usually no multiple of anything.
fn capacity(chance: &mut Rng) -> u64 {
    let most = [200, 3000, 40_000, 140_000][chance.usize(..4)];
    chance.u64(1..=most)
}

/// A disk of so many sectors with a few stretches of data.
fn contents(chance: &mut Rng, sectors: u64) -> Disk {
    let mut disk = Disk::new(sectors * SECTOR);
    for _ in 0..chance.u32(0..10) {
        let first = match chance.u8(0..4) {
            0 => 0,
            1 => sectors - 1,
            _ => chance.u64(0..sectors),
        };
        let length = chance.u64(1..=300).min(sectors - first) * SECTOR;
        let mut bytes = vec![0; usize::try_from(length).unwrap()];
        // Some of it compresses well, some not at all.
        if chance.bool() {
            chance.fill(&mut bytes);
        } else {
            bytes.fill(chance.u8(1..));
        }
        disk.write(first * SECTOR, bytes);
    }
    disk
}

/// A few of so many grains.
fn some(chance: &mut Rng, grains: u64) -> BTreeSet<u64> {
    (0..chance.u8(0..4)).map(|_| chance.u64(0..grains)).collect()
}

fn layer(chance: &mut Rng, index: usize, sectors: u64, kinds: &[Storage]) -> Layer {
    let storage = &kinds[chance.usize(..kinds.len())];
    let grain = 8 << chance.u32(0..6);
    let storage = match storage {
        Storage::TwoGbMaxExtentSparse(_) => Storage::TwoGbMaxExtentSparse(grain * chance.u64(1..2000)),
        Storage::TwoGbMaxExtentFlat(_) => {
            Storage::TwoGbMaxExtentFlat(chance.u64(1..50_000).max(sectors / 50))
        }
        storage => storage.clone(),
    };
    let name = format!("disk-{index:06}");
    let mut link = Link::new(name, storage, 0x1000_0000 + u32::try_from(index).unwrap());
    link.grain_sectors = match link.storage {
        Storage::VmfsSparse => 1 << chance.u32(0..6),
        Storage::SeSparse => link.grain_sectors,
        _ => grain,
    };
    let count = sectors.div_ceil(link.grain_sectors);
    let order = [Order::Ascending, Order::Descending, Order::Shuffled(chance.u64(..))][chance.usize(..3)];
    link.grains = Grains { written: some(chance, count), zeroed: BTreeSet::new(), order };
    if matches!(
        link.storage,
        Storage::MonolithicSparse | Storage::TwoGbMaxExtentSparse(_) | Storage::SeSparse
    ) {
        link.grains.zeroed = some(chance, count);
    }
    if matches!(link.storage, Storage::StreamOptimized(_)) {
        link.grains.order = Order::Ascending;
    }
    Layer { link, disk: contents(chance, sectors) }
}

/// One to four links of any kinds.
fn chain(chance: &mut Rng) -> Vec<Layer> {
    let sectors = capacity(chance);
    let mut layers = vec![layer(chance, 0, sectors, BASES)];
    for index in 1..=chance.usize(0..4) {
        let mut next = layer(chance, index, sectors, DELTAS);
        next.link = next.link.on(&layers[index - 1].link);
        layers.push(next);
    }
    layers
}

/// What an image is, for the message of a failure.
fn described(layers: &[Layer]) -> String {
    let one = |layer: &Layer| format!("{:?} of {} sectors", layer.link.storage, layer.disk.sectors());
    layers.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Reads all of the disk, in stretches of chance lengths.
fn read(chance: &mut Rng, session: &Session) -> Vec<u8> {
    let disk = session.disk().unwrap();
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < disk.size() {
        let length = chance.usize(1..=400_000);
        bytes.extend(disk.read_up_to(bytes.len() as u64, length).unwrap());
    }
    bytes
}

/// Where two disks differ first.
fn difference(ours: &[u8], expected: &[u8]) -> Option<usize> {
    (ours.len() != expected.len())
        .then_some(ours.len().min(expected.len()))
        .or_else(|| ours.iter().zip(expected).position(|(a, b)| a != b))
}

#[test]
fn the_guest_reads_what_was_written() {
    for seed in 0..CHAINS {
        let chance = &mut Rng::with_seed(seed);
        let layers = chain(chance);
        let mut session = session(files(&layers));
        session.inspect(None);
        session.verify();
        while !session.advance(u64::from(u32::MAX)).finished {}
        let report = session.report();
        let about = format!("seed {seed}: {}", described(&layers));
        let newest = format!("{}.vmdk", layers[layers.len() - 1].link.name);
        assert_eq!(report.image.as_ref().unwrap().key, newest, "{about}");
        let mixed = layers.windows(2).any(|pair| {
            let is = |index: usize, kind| pair[index].link.storage == kind;
            (is(0, Storage::VmfsSparse) && is(1, Storage::SeSparse))
                || (is(0, Storage::SeSparse) && is(1, Storage::VmfsSparse))
        });
        let expected: &[&str] = if mixed { &["vmdk.chain.mixed"] } else { &[] };
        assert_eq!(faults(&report), expected, "{about}");
        assert_eq!(report.chain.len(), layers.len(), "{about}");
        assert_eq!(difference(&read(chance, &session), &guest(&layers)), None, "{about}");
    }
}

/// Extents of several kinds in one disk: its files, and what the guest reads.
fn set(chance: &mut Rng) -> (Vec<(String, Vec<u8>)>, Vec<u8>) {
    let mut files = Vec::new();
    let mut extents = Vec::new();
    let mut guest = Vec::new();
    for index in 1..=chance.usize(1..6) {
        let sectors = chance.u64(1..3000);
        let disk = contents(chance, sectors);
        let name = |kind: &str| format!("d-{kind}{index:03}.vmdk");
        let extent = match chance.u8(u8::from(index == 1)..4) {
            0 => Extent::zero(sectors),
            1 => {
                let offset = chance.u64(0..100);
                let file = [vec![0xff; usize::try_from(offset * SECTOR).unwrap()], disk.to_bytes()].concat();
                files.push((name("f"), file));
                Extent::flat(sectors, name("f"), offset)
            }
            2 => {
                files.push((name("flat"), disk.to_bytes()));
                Extent::new("VMFS", sectors, name("flat"))
            }
            _ => {
                let link = Link::new("d", Storage::MonolithicSparse, 0);
                files.push((name("s"), link.sparse(sectors, None).write(&disk)));
                Extent::sparse(sectors, name("s"))
            }
        };
        let zero = extent.file.is_none();
        guest.extend(if zero { Disk::new(disk.size()).to_bytes() } else { disk.to_bytes() });
        let access = if zero {
            ["RW", "RDONLY", "NOACCESS"][chance.usize(..3)]
        } else {
            ["RW", "RDONLY"][chance.usize(..2)]
        };
        extents.push(extent.access(access));
    }
    let text = Descriptor::new("custom", 0x1000_0000, extents).to_string().into_bytes();
    files.insert(0, ("d.vmdk".into(), text));
    (files, guest)
}

#[test]
fn extents_of_all_kinds_follow_each_other() {
    for seed in 0..SETS {
        let chance = &mut Rng::with_seed(seed);
        let (files, guest) = set(chance);
        let text = String::from_utf8(files[0].1.clone()).unwrap();
        let mut session = session(files);
        let report = session.inspect(None);
        assert_eq!(faults(&report), [""; 0], "seed {seed}: {text}");
        assert_eq!(difference(&read(chance, &session), &guest), None, "seed {seed}: {text}");
    }
}

/// A number of bytes that are in memory.
fn index(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap()
}

/// What a disk is made of, piece by piece, and where that is found again.
fn check_places(
    chance: &mut Rng,
    session: &Session,
    files: &BTreeMap<String, Vec<u8>>,
    guest: &[u8],
    grain: usize,
    about: &str,
) {
    let mut at = 0;
    while index(at) < guest.len() {
        let answer = session.translate(at, guest.len() as u64).unwrap();
        for piece in answer.pieces {
            assert_eq!(piece.guest.offset, at, "{about}: pieces follow each other");
            let (start, length) = (index(piece.guest.offset), index(piece.guest.length));
            let expected = &guest[start..start + length];
            let bytes = piece
                .place
                .as_ref()
                .map(|place| &files[&place.file][index(place.offset)..index(place.offset + place.length)]);
            match (piece.source, bytes) {
                (Source::Zero, None) => {
                    assert!(expected.iter().all(|byte| *byte == 0), "{about}: zeros at {at}");
                }
                (Source::Data, Some(bytes)) => assert!(bytes == expected, "{about}: data at {at}"),
                (Source::Compressed, Some(bytes)) => {
                    let inflated = decompress_to_vec_zlib(bytes).unwrap();
                    let skip = start % grain;
                    assert!(inflated[skip..skip + length] == *expected, "{about}: grain at {at}");
                }
                (source, _) => panic!("{about}: {source:?} at {at}"),
            }
            if let Some(place) = piece.place.filter(|_| chance.u8(..8) == 0) {
                let found = session.whereabouts(&place.file, place.offset).unwrap();
                let seen = found.held.iter().any(|held| {
                    let Some(range) = held.guest else { return false };
                    // Of a compressed grain only its first byte is looked for, and a child may hide that one.
                    let first = range.offset == at;
                    let inside = (range.offset..range.offset + range.length).contains(&at);
                    if first {
                        held.visible == Some(true)
                    } else {
                        piece.source == Source::Compressed && inside
                    }
                });
                assert!(seen, "{about}: {place:?} is not found to be byte {at}: {:?}", found.held);
            }
            at += piece.guest.length;
        }
        assert_eq!(answer.next, (index(at) < guest.len()).then_some(at), "{about}");
    }
}

/// Any byte of any file: what is said of the guest's bytes there is what the guest's disk says.
fn check_ways_back(chance: &mut Rng, session: &Session, files: &BTreeMap<String, Vec<u8>>, about: &str) {
    for (name, bytes) in files {
        let offset = chance.u64(0..bytes.len() as u64);
        for held in session.whereabouts(name, offset).unwrap().held {
            let place = held.place.as_ref().unwrap();
            assert!(
                place.file == *name && (place.offset..place.offset + place.length).contains(&offset),
                "{about}"
            );
            let (Some(range), Some(visible)) = (held.guest, held.visible) else { continue };
            let piece = session.translate(range.offset, 1).unwrap().pieces.remove(0);
            let there = piece.place.is_some_and(|place| {
                let exact = piece.source == Source::Compressed || place.offset == offset;
                place.file == *name && exact
            });
            assert_eq!(visible, there, "{about}: byte {offset} of {name}, {}", held.what);
        }
    }
}

#[test]
fn every_place_is_found_both_ways() {
    for seed in 0..CHAINS {
        let chance = &mut Rng::with_seed(seed);
        let layers = chain(chance);
        let mut session = session(files(&layers));
        session.open(None);
        let about = format!("seed {seed}: {}", described(&layers));
        let files: BTreeMap<String, Vec<u8>> = files(&layers).into_iter().collect();
        let grain = index(layers[0].link.grain_sectors * SECTOR);
        check_places(chance, &session, &files, &guest(&layers), grain, &about);
        check_ways_back(chance, &session, &files, &about);
    }
}
