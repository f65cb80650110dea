//! Every step of the guided tours is followed by hand, with the bytes of the samples.

use diskglass::image::Topic;
use diskglass::report::MAX_EXACT;
use diskglass::session::Tour;
use diskglass_conformance::by_hand::{arrive, follow, opened, step, tour};
use diskglass_samples::{find, gallery};

#[test]
fn every_reading_and_every_sum_of_every_sample_is_right() {
    let mut wrong = Vec::new();
    for sample in gallery() {
        let (session, files) = opened(sample);
        let size = session.disk().map_or(0, |disk| disk.size());
        // A damaged size may be beyond all numbers that a report can state exactly.
        let size = size.min(MAX_EXACT);
        let others =
            [0, size / 2, size.saturating_sub(1)].into_iter().filter(|guest| *guest < size).map(Some);
        for guest in std::iter::once(None).chain(others) {
            let Ok(tour) = session.tour(guest) else {
                wrong.push(format!("{} at {guest:?}: no tour", sample.name));
                continue;
            };
            let outcome = follow(&tour, &files);
            wrong.extend(outcome.err().map(|why| format!("{} at {guest:?}: {why}", sample.name)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_way_of_a_healthy_sample_ends_at_the_bytes_of_the_guest() {
    let mut wrong = Vec::new();
    for sample in gallery().iter().filter(|sample| sample.main && sample.is_healthy() && sample.complete) {
        let (session, files) = opened(sample);
        let size = session.disk().map_or(0, |disk| disk.size());
        for guest in [None, Some(0), Some(size / 2), Some(size - 1)] {
            let tour = session.tour(guest).unwrap();
            let known = ["size of the file", "size of all pieces", "footer before the end", "guest byte"];
            let readings = tour.steps.iter().flat_map(|step| &step.readings);
            let assumed = readings
                .filter(|reading| reading.place.is_none())
                .find(|reading| !known.contains(&reading.term.as_str()));
            assert!(assumed.is_none(), "{}: {assumed:?} stands in the bytes", sample.name);
            let outcome = arrive(&tour, &files, &session);
            wrong.extend(outcome.err().map(|why| format!("{} at {guest:?}: {why}", sample.name)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_sector_that_is_looked_up_has_something_to_show() {
    for sample in gallery().iter().filter(|sample| sample.main && sample.is_healthy() && sample.complete) {
        let (session, _) = opened(sample);
        let tour = session.tour(None).unwrap();
        let guest = tour.guest.unwrap();
        let bytes = session.disk().unwrap().read_vec(guest.offset, 512).unwrap();
        assert!(bytes.iter().any(|byte| *byte != 0), "{}: sector {}", sample.name, guest.offset / 512);
        let last = tour.steps.last().unwrap().title.as_str();
        assert!(matches!(last, "Data" | "Compressed data" | "Plain bytes"), "{}: {last}", sample.name);
        let parent = tour.steps.iter().any(|step| step.title == "Parent");
        assert!(!parent, "{} has sectors of its own", sample.name);
    }
}

#[test]
fn each_kind_of_image_has_its_steps() {
    const VHD: [&str; 2] = ["How to recognise a VHD", "The footer"];
    const GROWS: [&str; 4] = [
        "The copy at the start",
        "The dynamic disk header",
        "The block allocation table",
        "A block that is not there",
    ];
    const TEXT: [&str; 2] = ["The descriptor", "The extent lines"];
    const HEADER: [&str; 3] = ["How to recognise a sparse extent", "The size in the header", "Grains"];
    const GRAINS: [&str; 3] = ["The grain directory", "A grain table", "A grain that is not there"];
    const TWICE: [&str; 1] = ["Two sets of tables"];
    const FOUND: [&str; 5] = ["A sector of the guest", "Extent", "Grain directory", "Grain table", "Data"];
    let kinds: [(&str, Vec<&[&str]>); 10] = [
        ("vhd-fixed", vec![&VHD, &["That is all", "A sector of the guest", "Plain bytes", "Data"]]),
        ("vhd-dynamic", vec![&VHD, &GROWS, &["A sector of the guest", "Block", "Table entry", "Data"]]),
        (
            "vhd-differencing",
            vec![
                &VHD,
                &GROWS,
                &["The parent", "A sector of the guest", "Block", "Table entry", "Bitmap", "Data"],
            ],
        ),
        ("vmdk-monolithic-sparse", vec![&HEADER, &TEXT, &GRAINS, &TWICE, &FOUND[..1], &FOUND[2..]]),
        (
            "vmdk-two-gb-sparse",
            vec![&["How to recognise this VMDK"], &TEXT, &HEADER, &GRAINS, &TWICE, &FOUND],
        ),
        (
            "vmdk-two-gb-flat",
            vec![&["How to recognise this VMDK"], &TEXT, &["A sector of the guest", "Extent", "Data"]],
        ),
        (
            "vmdk-stream",
            vec![
                &HEADER,
                &TEXT,
                &["The footer of the stream"],
                &GRAINS,
                &["A sector of the guest", "Grain directory", "Grain table", "Marker", "Compressed data"],
            ],
        ),
        (
            "vmdk-esx-snapshot",
            vec![
                &["How to recognise this VMDK"],
                &TEXT,
                &["How to recognise an extent of ESX", "The size in the header", "Grains"],
                &GRAINS,
                &["The parent"],
                &FOUND,
            ],
        ),
        (
            "vmdk-sesparse-snapshot",
            vec![
                &["How to recognise this VMDK"],
                &TEXT,
                &["How to recognise a space-efficient extent", "The size in the header", "Grains and areas"],
                &GRAINS,
                &["The parent"],
                &FOUND,
            ],
        ),
        (
            "raw-mbr",
            vec![&[
                "How to recognise a raw image",
                "The size of the disk",
                "A sector of the guest",
                "Plain bytes",
            ]],
        ),
    ];
    for (name, expected) in kinds {
        let (tour, ..) = tour(name);
        let titles: Vec<&str> = tour.steps.iter().map(|step| step.title.as_str()).collect();
        assert_eq!(titles, expected.concat(), "{name}");
    }
}

#[test]
fn a_dynamic_vhd_by_hand() {
    // What a reader does with a hex editor, once more and in other words.
    let (tour, files, _) = tour("vhd-dynamic");
    let image = &files["vhd-dynamic.vhd"];
    let be32 = |at: usize| u32::from_be_bytes(image[at..at + 4].try_into().unwrap()) as usize;
    let guest = usize::try_from(tour.guest.unwrap().offset).unwrap();
    assert_eq!(guest, (65 << 20) - 512, "the copy of the boot sector, at the end of the NTFS volume");
    let (table, block) = (be32(512 + 20), be32(512 + 32));
    let start = be32(table + 4 * (guest / block)) * 512;
    let place = step(&tour, "Data").place.as_ref().unwrap();
    let at = usize::try_from(place.offset).unwrap();
    assert_eq!(at, start + 512 + guest % block);
    assert_eq!(&image[at + 3..][..4], b"NTFS");
}

#[test]
fn the_way_into_a_parent_goes_on_with_its_header() {
    for (name, header) in
        [("vhd-undo-disk", "Header of the parent"), ("vmdk-snapshots", "How to recognise a sparse extent")]
    {
        let (session, files) = opened(find(name).unwrap());
        let disk = session.disk().unwrap();
        let tours =
            (0..disk.size() / 512).step_by(64).map(|sector| session.tour(Some(sector * 512)).unwrap());
        let through = |tour: &Tour| {
            let titles: Vec<&str> = tour.steps.iter().map(|step| step.title.as_str()).collect();
            titles.windows(2).any(|pair| pair == ["Parent", header])
        };
        let tour =
            tours.into_iter().find(through).unwrap_or_else(|| panic!("{name}: nothing is in a parent"));
        follow(&tour, &files).unwrap();
        arrive(&tour, &files, &session).unwrap();
    }
}

#[test]
fn a_tour_of_a_damaged_image_says_why_it_ends() {
    for name in ["vhd-bat-past-end", "vmdk-gde-past-end", "vmdk-gte-past-end", "vmdk-flat-without-extent"] {
        let (session, _) = opened(find(name).unwrap());
        let size = session.disk().map_or(0, |disk| disk.size());
        let mut tours =
            (0..size / 512).step_by(64).filter_map(|sector| session.tour(Some(sector * 512)).ok());
        let ends = ["Dead end", "Not readable", "Redundant table", "Redundant directory", "Not there"];
        let tour = if size == 0 { session.tour(None).ok() } else { None };
        let said = |tour: &Tour| {
            tour.steps.iter().any(|step| {
                step.title == "The tour ends here" && step.here.is_some()
                    || ends.contains(&step.title.as_str())
            })
        };
        assert!(tour.as_ref().is_some_and(said) || tours.any(|tour| said(&tour)), "{name}");
    }
}

#[test]
fn a_tour_with_a_wrong_place_or_a_wrong_number_is_noticed() {
    for name in ["vhd-differencing", "vmdk-monolithic-sparse", "vmdk-sesparse-snapshot", "vmdk-stream"] {
        let (tour, files, _) = tour(name);
        follow(&tour, &files).unwrap();
        let mut tried = 0;
        for (index, stop) in tour.steps.iter().enumerate() {
            for (number, reading) in
                stop.readings.iter().enumerate().filter(|(_, reading)| reading.value != "0")
            {
                let mut wrong = tour.clone();
                let changed = &mut wrong.steps[index].readings[number];
                match &mut changed.place {
                    Some(place) => place.offset += 1,
                    None => changed.value = "77".into(),
                }
                // Among bytes that are all the same the next place is as good.
                let same =
                    reading.value.parse() == Ok(u64::from(u32::MAX)) || reading.value.parse() == Ok(u64::MAX);
                assert!(same || follow(&wrong, &files).is_err(), "{name}: {} {}", stop.title, reading.term);
                tried += 1;
            }
            for number in 0..stop.sums.len() {
                let mut wrong = tour.clone();
                wrong.steps[index].sums[number].result += "0";
                let zero = stop.sums[number].result == "0";
                assert!(zero || follow(&wrong, &files).is_err(), "{name}: {}", stop.sums[number].what);
                tried += 1;
            }
        }
        assert!(tried > 20, "{name}: {tried}");
    }
}

#[test]
fn the_twins_hold_the_same_disk_and_answer_the_same_questions() {
    let ((left, .., one), (right, .., other)) = (tour("vhd-side-by-side"), tour("vmdk-side-by-side"));
    let (one, other) = (one.disk().unwrap(), other.disk().unwrap());
    assert_eq!(one.size(), other.size());
    let size = usize::try_from(one.size()).unwrap();
    assert!(one.read_vec(0, size).unwrap() == other.read_vec(0, size).unwrap());
    let guest = left.guest.unwrap().offset;
    let topics =
        [Topic::Recognise, Topic::Size, Topic::Unit, Topic::Table, Topic::Empty, Topic::Copies, Topic::Way];
    for tour in [&left, &right] {
        for topic in topics {
            let steps: Vec<_> = tour.steps.iter().filter(|step| step.topic == topic).collect();
            assert!(steps.iter().any(|step| !step.readings.is_empty()), "{}: {topic:?}", tour.image);
        }
        assert!(guest > 0);
    }
    for name in ["vhd-differencing", "vmdk-snapshots"] {
        let (tour, ..) = tour(name);
        assert!(
            tour.steps.iter().any(|step| step.topic == Topic::Parent && step.readings.len() == 2),
            "{name}"
        );
    }
}
