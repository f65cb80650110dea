//! The check of the data in shares, each by a reader of its own that opened the same files: the same report as in one
//! go, also when what the shares found was written down in between, as it is on its way from one worker of the page
//! to another.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use diskglass::image::{ScanOutcome, Share};
use diskglass::report::{Coverage, Report};
use diskglass::session::Session;
use diskglass_conformance::{check_data, files, session};
use diskglass_samples::gallery;

type Files = Vec<(String, Vec<u8>)>;

/// A reader that has the files open.
fn opened(files: &Files) -> Session {
    let mut session = session(files.clone());
    session.inspect(None);
    session
}

/// What so many readers found, each in its share.
fn shares(files: &Files, of: u32) -> Vec<ScanOutcome> {
    let share = |index| {
        let mut session = session(files.clone());
        session.open(None);
        let Some(mut scan) = session.share(Share { index, of }) else { return ScanOutcome::default() };
        while !scan.step(1 << 20) {}
        scan.outcome()
    };
    (0..of).map(share).collect()
}

/// The report on what the shares found.
fn taken(files: &Files, shares: impl IntoIterator<Item = ScanOutcome>) -> Report {
    let mut session = opened(files);
    session.take_verified(shares, true);
    session.report()
}

/// There and back.
fn carried(outcome: &ScanOutcome) -> ScanOutcome {
    serde_json::from_str(&serde_json::to_string(outcome).unwrap()).unwrap()
}

fn text(report: &Report) -> String {
    serde_json::to_string_pretty(report).unwrap()
}

#[test]
fn shares_find_together_what_one_finds_alone() {
    let mut found = 0;
    for sample in gallery() {
        let files = files(sample);
        let whole = check_data(&mut opened(&files));
        assert_eq!(whole.coverage, Coverage::Data, "{}", sample.name);
        found +=
            usize::from(whole.findings.iter().any(|finding| sample.shows.contains(&finding.id.as_str())));
        for of in [1, 2, 3] {
            let outcomes = shares(&files, of);
            let carried: Vec<_> = outcomes.iter().map(carried).collect();
            assert_eq!(text(&taken(&files, outcomes)), text(&whole), "{} in {of} shares", sample.name);
            assert_eq!(
                text(&taken(&files, carried)),
                text(&whole),
                "{} in {of} shares, carried",
                sample.name
            );
        }
    }
    assert!(found > 0, "there is a sample to find something in");
}

#[test]
fn shares_that_were_stopped_leave_what_they_found_and_no_more() {
    let sample = gallery().iter().find(|sample| sample.deep && !sample.shows.is_empty()).unwrap();
    let files = files(sample);
    let mut session = opened(&files);
    session.take_verified(shares(&files, 2), false);
    let report = session.report();
    assert_eq!(report.coverage, Coverage::Tables);
    assert!(report.findings.iter().any(|finding| sample.shows.contains(&finding.id.as_str())));
    let again = check_data(&mut session);
    assert_eq!(text(&again), text(&taken(&files, shares(&files, 1))), "a second check begins anew");
}
