//! One golden report per sample, checked in. The module in Node and the page are compared with the same files.
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
    for sample in gallery() {
        let report = serde_json::to_string_pretty(&inspect(files(sample))).unwrap() + "\n";
        let path = folder.join(format!("{}.json", sample.name));
        if blessing() {
            fs::write(&path, &report).unwrap();
        } else if fs::read_to_string(&path).ok().as_deref() != Some(&report) {
            wrong.push(sample.name);
        }
    }
    assert!(wrong.is_empty(), "these differ from their golden report (cargo xtask bless writes them anew): {wrong:?}");
}

#[test]
fn there_is_no_golden_report_without_its_sample() {
    let names: BTreeSet<String> = gallery().iter().map(|sample| format!("{}.json", sample.name)).collect();
    for entry in fs::read_dir(tests_folder().join("golden")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name), "{name} belongs to no sample");
    }
}

#[test]
fn every_report_follows_the_schema_kept_beside_the_code() {
    let path = tests_folder().join("../crate/diskglass/schema/report.schema.json");
    let generated = diskglass::schema::report();
    if blessing() {
        fs::write(&path, &generated).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == generated, "the schema differs from the types (cargo xtask bless writes it anew)");

    let schema = serde_json::from_str(&kept).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for sample in gallery() {
        let report = serde_json::to_value(inspect(files(sample))).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", sample.name);
    }
    let empty = serde_json::to_value(inspect([("nothing".to_owned(), Vec::new())])).unwrap();
    assert!(validator.is_valid(&empty));
    assert!(!validator.is_valid(&serde_json::json!({ "schema": "diskglass-report/1" })), "the schema demands something");
}
