//! Bad input: whatever is done to an image, there are findings or one clear line; never a panic, a hang, or reading
//! without end.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use diskglass::report::Verdict;
use diskglass::session::Session;
use diskglass_conformance::explore::plausible;
use diskglass_conformance::{Counted, Removable, files, inspect};
use diskglass_samples::{Sample, gallery};
use std::cell::Cell;
use std::rc::Rc;

/// Main samples whose files are small enough to be damaged in many ways.
fn small_samples() -> impl Iterator<Item = (&'static Sample, Vec<(String, Vec<u8>)>)> {
    gallery()
        .iter()
        .filter(|sample| sample.main)
        .map(|sample| (sample, files(sample)))
        .filter(|(_, files)| files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() < 12 << 20)
}

#[test]
fn images_cut_at_every_structure_boundary() {
    for (sample, set) in small_samples() {
        let whole = inspect(set.clone());
        for (index, (name, bytes)) in set.iter().enumerate() {
            let mut cuts: Vec<u64> = whole
                .structures
                .iter()
                .filter(|structure| structure.file.as_deref() == Some(name))
                .flat_map(|structure| {
                    let start = structure.offset.unwrap_or(0);
                    let end = start + structure.length.unwrap_or(0);
                    [start.saturating_sub(1), start, start + 1, end.saturating_sub(1), end]
                })
                .chain([0, 1, 511, 512, 513, 1023, 1024])
                .filter(|cut| *cut < bytes.len() as u64)
                .collect();
            cuts.sort_unstable();
            cuts.dedup();
            // A descriptor of a hundred lines has hundreds of boundaries: every one of a sample is too much of the same.
            let step = cuts.len().div_ceil(60).max(1);
            for cut in cuts.into_iter().step_by(step) {
                let mut damaged = set.clone();
                damaged[index].1.truncate(usize::try_from(cut).unwrap());
                plausible(&inspect(damaged), &format!("{} cut at byte {cut} of {name}", sample.name));
            }
        }
    }
}

#[test]
fn structures_of_zeros_and_of_ones() {
    for (sample, set) in small_samples() {
        let whole = inspect(set.clone());
        let structures: Vec<_> = whole
            .structures
            .iter()
            .filter(|structure| structure.length.is_some_and(|length| length >= 16))
            .collect();
        let step = structures.len().div_ceil(24).max(1);
        for structure in structures.into_iter().step_by(step) {
            let (Some(file), Some(offset), Some(length)) =
                (&structure.file, structure.offset, structure.length)
            else {
                continue;
            };
            for fill in [0_u8, 0xff] {
                let mut damaged = set.clone();
                let bytes = &mut damaged.iter_mut().find(|(name, _)| name == file).unwrap().1;
                let start = usize::try_from(offset).unwrap();
                let end = start + usize::try_from(length).unwrap();
                bytes[start..end].fill(fill);
                plausible(
                    &inspect(damaged),
                    &format!("{}: {} filled with {fill:#x}", sample.name, structure.key),
                );
            }
        }
    }
}

#[test]
fn every_field_of_every_header_at_its_extremes() {
    for (sample, set) in small_samples() {
        let whole = inspect(set.clone());
        for structure in whole.structures.iter().filter(|structure| !structure.fields.is_empty()).take(8) {
            let (Some(file), Some(offset)) = (&structure.file, structure.offset) else { continue };
            for field in structure.fields.iter().filter(|field| field.length <= 8).take(24) {
                for value in
                    [[0_u8; 8], [0xff; 8], [0x7f; 8], [1, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0x80, 0, 0, 0, 1]]
                {
                    let mut damaged = set.clone();
                    let bytes = &mut damaged.iter_mut().find(|(name, _)| name == file).unwrap().1;
                    let start = usize::try_from(offset + u64::from(field.offset)).unwrap();
                    let length = field.length as usize;
                    bytes[start..start + length].copy_from_slice(&value[..length]);
                    plausible(
                        &inspect(damaged),
                        &format!("{}: {} of {} is {value:x?}", sample.name, field.name, structure.key),
                    );
                }
            }
        }
    }
}

#[test]
fn the_first_look_reads_little() {
    for sample in gallery() {
        let mut session = Session::default();
        let mut counters = Vec::new();
        for (name, bytes) in files(sample) {
            let (bytes, read) = Counted::around(bytes);
            session.add(name, bytes, None);
            counters.push(read);
        }
        session.open(None);
        let read: u64 = counters.iter().map(|read| read.get()).sum();
        // Less than the largest table: whoever reads tables at the first look is caught. More than the longest text,
        // which is read to recognise it, for its references and for itself.
        assert!(read <= 7 << 19, "{}: {read} bytes were read for the first look", sample.name);
    }
}

#[test]
fn a_file_that_goes_away_is_one_finding() {
    for sample in gallery().iter().filter(|sample| sample.main) {
        let gone = Rc::new(Cell::new(false));
        let mut session = Session::default();
        for (name, bytes) in files(sample) {
            session.add(name, Rc::new(Removable { bytes, gone: Rc::clone(&gone) }), None);
        }
        session.open(None);
        gone.set(true);
        while !session.advance(1 << 20).finished {}
        session.verify();
        let mut steps = 0;
        while !session.advance(1 << 20).finished {
            steps += 1;
            assert!(steps < 10_000, "{}: the check does not end", sample.name);
        }
        let report = session.report();
        let unread: Vec<_> =
            report.findings.iter().filter(|finding| finding.id == "file.read-failed").collect();
        // The tables and the data of each image of a chain, at most.
        assert!(unread.len() <= 2 * report.chain.len().max(1), "{}: {unread:#?}", sample.name);
    }
}

#[test]
fn things_that_are_no_image_get_one_clear_line() {
    let quoted = b"//! How to write a descriptor.\nlet text = \"\nversion=1\nCID=12345678\ncreateType=\\\"vmfs\\\"\n\";\n";
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("descriptor.rs", quoted.to_vec(), "file.unrecognised"),
        ("empty.vhd", Vec::new(), "file.empty"),
        ("notes.txt", b"Dear diary,\nnothing to report.\n".to_vec(), "file.unrecognised"),
        ("one", vec![7], "file.unrecognised"),
        ("disk.qcow2", [b"QFI\xfb\0\0\0\x03".to_vec(), vec![0; 600]].concat(), "file.known-format"),
        ("zeros.img", vec![0; 1 << 20], "file.unrecognised"),
    ];
    for (name, bytes, expected) in cases {
        let report = inspect([(name.to_owned(), bytes)]);
        assert_eq!(report.verdict, Verdict::Unrecognised, "{name}");
        let ids: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(ids, [expected], "{name}");
        plausible(&report, name);
    }
}

#[test]
fn a_name_that_contradicts_the_content_is_said() {
    let sample = diskglass_samples::find("vhd-dynamic").unwrap();
    let bytes = files(sample).remove(0).1;
    let report = inspect([("renamed.vmdk".to_owned(), bytes)]);
    assert_eq!(report.verdict, Verdict::Sound);
    assert!(report.findings.iter().any(|finding| finding.id == "file.name-contradicts"));
}
