//! Every sample says what its description promises: healthy ones nothing wrong, damaged ones exactly their fault.

use diskglass::finding::catalogue;
use diskglass::image::{FORMATS, Match, Probe};
use diskglass::report::{Coverage, Verdict};
use diskglass_conformance::{faults, files, inspect};
use diskglass_samples::gallery;
use std::collections::BTreeSet;

#[test]
fn healthy_samples_have_nothing_wrong() {
    for sample in gallery().iter().filter(|sample| sample.healthy) {
        let report = inspect(files(sample));
        assert!(faults(&report).is_empty(), "{}: {:?}", sample.name, faults(&report));
        assert!(matches!(report.verdict, Verdict::Sound | Verdict::Incomplete), "{}", sample.name);
        assert_eq!(report.coverage, Coverage::Tables, "{}", sample.name);
    }
}

#[test]
fn damaged_samples_show_exactly_their_faults() {
    for sample in gallery().iter().filter(|sample| !sample.healthy) {
        let report = inspect(files(sample));
        let mut expected = sample.faults.to_vec();
        expected.sort_unstable();
        assert_eq!(faults(&report), expected, "{}", sample.name);
    }
}

#[test]
fn format_and_variant_are_as_described() {
    for sample in gallery() {
        let report = inspect(files(sample));
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
        let claims: BTreeSet<&str> = files(sample)
            .into_iter()
            .map(|(_, bytes)| Probe::read(&bytes).unwrap())
            .flat_map(|probe| FORMATS.iter().filter(move |format| (format.probe)(&probe) != Match::No))
            .map(|format| format.id)
            .collect();
        assert_eq!(claims, BTreeSet::from([sample.format]), "{}", sample.name);
    }
}

#[test]
fn samples_name_only_findings_that_exist() {
    let known: BTreeSet<&str> = catalogue().map(|rule| rule.id).collect();
    for fault in gallery().iter().flat_map(|sample| sample.faults) {
        assert!(known.contains(fault), "{fault}");
    }
}

#[test]
fn structures_lie_inside_their_files_and_their_parents_exist() {
    for sample in gallery() {
        let report = inspect(files(sample));
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
