//! Every sample says what its description promises: healthy ones nothing wrong, damaged ones exactly their faults, and
//! for every finding there is one that shows it.

use diskglass::bytes::Bytes;
use diskglass::finding::{Layer, catalogue};
use diskglass::image::{FORMATS, Match, Probe};
use diskglass::report::{Coverage, Verdict};
use diskglass_conformance::{check_data, faults, files, inspect, inspect_sample, session};
use diskglass_samples::gallery;
use std::collections::BTreeSet;
use std::rc::Rc;

#[test]
fn samples_show_their_findings_and_have_exactly_their_faults() {
    let mut wrong = Vec::new();
    for sample in gallery() {
        let report = inspect_sample(sample);
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
        let mut expected = sample.faults.to_vec();
        expected.sort_unstable();
        if faults(&report) != expected || !sample.shows.iter().all(|id| found.contains(id)) {
            wrong.push(format!("{}: {found:?}", sample.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn findings_of_the_data_take_the_check_of_the_data() {
    for sample in gallery().iter().filter(|sample| sample.deep) {
        let report = inspect(files(sample));
        let shown = report.findings.iter().any(|finding| sample.shows.contains(&finding.id.as_str()));
        assert!(!shown, "{} needs no check of its data", sample.name);
    }
}

#[test]
fn healthy_samples_are_sound_down_to_the_data() {
    for sample in gallery().iter().filter(|sample| sample.main && sample.is_healthy()) {
        let mut session = session(files(sample));
        let report = session.inspect(None);
        assert!(matches!(report.verdict, Verdict::Sound | Verdict::Incomplete), "{}", sample.name);
        assert_eq!(report.coverage, Coverage::Tables, "{}", sample.name);
        let report = check_data(&mut session);
        assert_eq!(faults(&report), [""; 0], "{}", sample.name);
        assert_eq!(report.coverage, Coverage::Data, "{}", sample.name);
    }
}

/// Findings that no sample shows, and why.
const WITHOUT_SAMPLE: &[(&str, &str)] = &[
    ("vhd.bat.not-examined", "takes a table of more than a gigabyte"),
    (
        "vhd.chain.parent-time",
        "takes the times of files, which samples do not have; it has a test of its own",
    ),
    ("vmdk.grain-table.not-examined", "takes more tables than are examined; a unit test has fewer to spend"),
    ("vhd.chain.too-deep", "takes a chain of hundreds of files; it has a test of its own"),
];

#[test]
fn every_finding_has_its_sample() {
    let shown: BTreeSet<&str> = gallery().iter().flat_map(|sample| sample.shows).copied().collect();
    let excused: BTreeSet<&str> = WITHOUT_SAMPLE.iter().map(|(id, _)| *id).collect();
    let declared: BTreeSet<&str> = catalogue()
        .filter(|rule| {
            let of_image = ["vhd.", "vmdk."].iter().any(|format| rule.id.starts_with(format));
            of_image || matches!(rule.layer, Layer::Partition | Layer::Volume)
        })
        .map(|rule| rule.id)
        .collect();
    let both: Vec<_> = shown.intersection(&excused).collect();
    assert!(both.is_empty(), "these have a sample after all: {both:?}");
    let covered: BTreeSet<&str> = shown.union(&excused).copied().collect();
    let missing: Vec<_> = declared.difference(&covered).collect();
    assert!(missing.is_empty(), "no sample shows {missing:#?}");
}

#[test]
fn format_and_variant_are_as_described() {
    for sample in gallery() {
        let report = inspect_sample(sample);
        let image = report.image.unwrap_or_else(|| panic!("{} is not recognised", sample.name));
        assert_eq!(
            (image.facts.format.as_str(), image.facts.variant.as_str()),
            (sample.format, sample.variant),
            "{}",
            sample.name
        );
    }
}

#[test]
fn exactly_one_format_claims_a_sample() {
    for sample in gallery().iter().filter(|sample| sample.format != "raw") {
        let mut claims: BTreeSet<&str> = BTreeSet::new();
        for (name, bytes) in files(sample) {
            let bytes: Bytes = Rc::new(bytes);
            let probe = Probe::read(&name, &bytes).unwrap();
            let claiming = FORMATS.iter().filter(|format| (format.probe)(&probe) != Match::No);
            claims.extend(claiming.map(|format| format.id));
        }
        assert_eq!(claims, BTreeSet::from([sample.format]), "{}", sample.name);
    }
}

#[test]
fn samples_name_only_findings_that_exist() {
    let known: BTreeSet<&str> = catalogue().map(|rule| rule.id).collect();
    for id in gallery().iter().flat_map(|sample| sample.faults.iter().chain(sample.shows)) {
        assert!(known.contains(id), "{id}");
    }
}

#[test]
fn structures_lie_inside_their_files_and_their_parents_exist() {
    for sample in gallery() {
        let report = inspect_sample(sample);
        let keys: BTreeSet<&str> = report.structures.iter().map(|structure| structure.key.as_str()).collect();
        assert_eq!(keys.len(), report.structures.len(), "{}: a key is there twice", sample.name);
        for structure in &report.structures {
            if let Some(parent) = &structure.parent {
                assert!(
                    keys.contains(parent.as_str()),
                    "{}: {} has no parent {parent}",
                    sample.name,
                    structure.key
                );
            }
            let Some(file) = &structure.file else { continue };
            let size =
                report.files.iter().find(|known| known.name == *file).and_then(|known| known.size).unwrap();
            let end = structure.offset.unwrap() + structure.length.unwrap();
            assert!(end <= size, "{}: {} ends at {end} of {size}", sample.name, structure.key);
        }
        for finding in &report.findings {
            if let Some(structure) = &finding.structure {
                assert!(
                    keys.contains(structure.as_str()),
                    "{}: {} is on {structure}",
                    sample.name,
                    finding.id
                );
            }
        }
    }
}
