//! One golden report per main sample, checked in. The module in Node and the page are compared with the same files.
//! `cargo xtask bless` writes them anew.

use diskglass_conformance::{files, inspect, tests_folder};
use diskglass_samples::gallery;
use std::collections::BTreeSet;
use std::fs;

fn blessing() -> bool {
    std::env::var_os("DISKGLASS_BLESS").is_some()
}

#[test]
fn reports_equal_the_golden_ones() {
    let folder = tests_folder().join("golden");
    let mut wrong = Vec::new();
    for sample in gallery().iter().filter(|sample| sample.main) {
        let report = serde_json::to_string_pretty(&inspect(files(sample))).unwrap() + "\n";
        let path = folder.join(format!("{}.json", sample.name));
        if blessing() {
            fs::write(&path, &report).unwrap();
        } else if fs::read_to_string(&path).ok().as_deref() != Some(&report) {
            wrong.push(sample.name);
        }
    }
    assert!(
        wrong.is_empty(),
        "these differ from their golden report (cargo xtask bless writes them anew): {wrong:?}"
    );
}

#[test]
fn there_is_no_golden_report_without_its_sample() {
    let main = gallery().iter().filter(|sample| sample.main);
    let names: BTreeSet<String> = main.map(|sample| format!("{}.json", sample.name)).collect();
    for entry in fs::read_dir(tests_folder().join("golden")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name), "{name} belongs to no sample");
    }
}

#[test]
fn the_schema_kept_beside_the_code_is_that_of_the_types() {
    let path = tests_folder().join("../crate/diskglass/schema/report.schema.json");
    let generated = diskglass::schema::report();
    if blessing() {
        fs::write(&path, &generated).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == generated, "the schema differs from the types (cargo xtask bless writes it anew)");
}
