//! VHDs of every variant, made by chance: whatever was written, the guest reads, and every place of the disk is found.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use diskglass::image::Source;
use diskglass::session::{Piece, Session};
use diskglass_conformance::vhd_images::{Chain, Scale};
use diskglass_conformance::{Sparse, faults};
use diskglass_samples::disk::Disk;
use fastrand::Rng;
use std::rc::Rc;

/// Chains that are made, of either scale.
const CHAINS: u64 = 150;

/// Ranges of a disk that are read, and bytes of each at most.
const RANGES: u32 = 40;
const RANGE_BYTES: u64 = 200_000;

/// Pieces of a disk that are followed back.
const FOLLOWED: usize = 12;

fn chain(seed: u64, scale: Scale) -> (Rng, Chain, Session) {
    let mut chance = Rng::with_seed(seed);
    let chain = Chain::by_chance(&mut chance, scale);
    let mut session = Session::default();
    let mut files: Vec<_> = chain.files.iter().collect();
    chance.shuffle(&mut files);
    for (name, file) in files {
        session.add(name, Rc::new(Sparse(file.clone())), None);
    }
    (chance, chain, session)
}

/// Where something was written.
fn written(guest: &Disk) -> Vec<u64> {
    guest.runs().map(|(offset, _)| offset).collect()
}

/// A range that is likely to begin where something was written.
fn range(chance: &mut Rng, guest: &Disk, runs: &[u64]) -> (u64, u64) {
    let near = if runs.is_empty() || chance.bool() { 0 } else { runs[chance.usize(..runs.len())] };
    let offset = match chance.u8(..3) {
        0 => chance.u64(..guest.size()),
        1 => near,
        _ => near.saturating_sub(chance.u64(..5000)),
    };
    (offset, chance.u64(1..RANGE_BYTES).min(guest.size() - offset))
}

fn check_reading(seed: u64, scale: Scale) {
    let (mut chance, chain, mut session) = chain(seed, scale);
    let report = session.inspect(None);
    let about = format!("seed {seed}: {}", chain.about);
    let image = report.image.as_ref().unwrap_or_else(|| panic!("{about}: no image"));
    assert_eq!(image.key, chain.files[0].0, "{about}: the newest image is meant");
    assert_eq!(faults(&report), chain.faults.iter().copied().collect::<Vec<_>>(), "{about}");
    assert_eq!(report.chain.len(), chain.files.len(), "{about}");
    let disk = session.disk().unwrap();
    assert_eq!(disk.size(), chain.guest.size(), "{about}");
    let runs = written(&chain.guest);
    for _ in 0..RANGES {
        let (offset, length) = range(&mut chance, &chain.guest, &runs);
        let read = disk.read_vec(offset, usize::try_from(length).unwrap()).unwrap();
        assert!(read == chain.guest.read(offset, length), "{about}: {length} bytes at {offset}");
    }
    if scale == Scale::Small {
        let whole = disk.read_vec(0, usize::try_from(disk.size()).unwrap()).unwrap();
        assert!(whole == chain.guest.to_bytes(), "{about}: the disk as a whole");
    }
}

#[test]
fn the_guest_reads_what_was_written() {
    for seed in 0..CHAINS {
        check_reading(seed, Scale::Small);
        check_reading(seed, Scale::Large);
    }
}

#[test]
fn every_place_is_found_both_ways() {
    for seed in 0..CHAINS {
        check_places(seed, Scale::Small);
        check_places(seed, Scale::Large);
    }
}

/// What the disk is made of, piece by piece.
fn check_places(seed: u64, scale: Scale) {
    let (mut chance, chain, mut session) = chain(seed, scale);
    session.open(None);
    let about = format!("seed {seed}: {}", chain.about);
    let ranges: Vec<(u64, u64)> = match scale {
        Scale::Small => vec![(0, chain.guest.size())],
        Scale::Large => {
            let runs = written(&chain.guest);
            (0..RANGES).map(|_| range(&mut chance, &chain.guest, &runs)).collect()
        }
    };
    let mut pieces = Vec::new();
    for (offset, length) in ranges {
        let mut at = offset;
        while at < offset + length {
            let answer = session.translate(at, offset + length - at).unwrap();
            for piece in answer.pieces {
                assert_eq!(piece.guest.offset, at, "{about}: pieces follow one another");
                check_piece(&chain, &piece, &about);
                at += piece.guest.length;
                pieces.push(piece);
            }
            assert_eq!(answer.next, (at < offset + length).then_some(at), "{about}");
        }
        assert_eq!(at, offset + length, "{about}");
    }
    chance.shuffle(&mut pieces);
    let data = pieces.iter().filter(|piece| piece.source == Source::Data);
    for piece in data.take(FOLLOWED) {
        check_way_back(&mut chance, &session, piece, &about);
    }
    for (name, file) in &chain.files {
        check_whereabouts(&session, name, chance.u64(..file.size()), &about);
    }
}

/// The bytes of a piece are those of the guest.
fn check_piece(chain: &Chain, piece: &Piece, about: &str) {
    let guest = chain.guest.read(piece.guest.offset, piece.guest.length);
    match (piece.source, &piece.place) {
        (Source::Zero, None) => {
            assert!(guest.iter().all(|byte| *byte == 0), "{about}: zeros at {}", piece.guest.offset);
        }
        (Source::Data, Some(place)) => {
            let (_, file) = chain.files.iter().find(|(name, _)| *name == place.file).unwrap();
            assert_eq!(place.length, piece.guest.length, "{about}");
            let bytes = file.read(place.offset, place.length);
            assert!(bytes == guest, "{about}: data at {}", piece.guest.offset);
        }
        (source, place) => panic!("{about}: {source:?} at {place:?}"),
    }
}

/// From a byte of a piece in its file back to the disk.
fn check_way_back(chance: &mut Rng, session: &Session, piece: &Piece, about: &str) {
    let place = piece.place.as_ref().unwrap();
    let inside = chance.u64(..place.length);
    let back = session.whereabouts(&place.file, place.offset + inside).unwrap();
    let home = back.held.iter().any(|held| {
        let guest = held.guest.as_ref().map(|guest| guest.offset);
        held.visible == Some(true) && guest == Some(piece.guest.offset + inside)
    });
    assert!(home, "{about}: byte {inside} of {piece:?} is found as {:?}", back.held);
}

/// What is said of any byte of a file is what the disk says of itself.
fn check_whereabouts(session: &Session, file: &str, offset: u64, about: &str) {
    for held in session.whereabouts(file, offset).unwrap().held {
        let place = held.place.as_ref().unwrap();
        assert!(
            place.file == file && (place.offset..place.offset + place.length).contains(&offset),
            "{about}"
        );
        let (Some(guest), Some(visible)) = (held.guest, held.visible) else { continue };
        let Ok(answer) = session.translate(guest.offset, 1) else {
            assert!(!visible, "{about}: {} is past the end of the disk", held.what);
            continue;
        };
        let there = answer.pieces[0].place.as_ref();
        let there = there.is_some_and(|place| place.file == file && place.offset == offset);
        assert_eq!(visible, there, "{about}: byte {offset} of {file}, {}", held.what);
    }
}
