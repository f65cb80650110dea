//! Thousands of damaged images: none makes the library panic, read or allocate without end, or contradict itself.
//!
//! A failure names the mutant; `DISKGLASS_MUTANT=vhd:123` in the environment repeats it alone.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use diskglass::report::{Report, Verdict, text};
use diskglass::session::Session;
use diskglass_conformance::mutation::{Files, Original};
use diskglass_conformance::{Counted, explore};
use diskglass_samples::gallery;
use fastrand::Rng;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many mutants there are of the samples of each format.
const MUTANTS: &[(&str, u64)] = &[("vhd", 10_000), ("vmdk", 10_000), ("raw", 2_000)];

/// How many there are at least of every variant that a main sample has.
const OF_EACH_VARIANT: u64 = 30;

/// Threads that look at mutants.
const THREADS: usize = 2;

/// Steps in which a check of tables or data ends.
const STEPS: usize = 1024;

/// What may be read for all that is asked about a mutant: so many bytes, and its own so many times.
const READ: (u64, u64) = (4 << 20, 24);

/// What may be held in memory at any time, in the same way.
const MEMORY: (u64, u64) = (16 << 20, 4);

/// What came of many mutants.
#[derive(Default)]
struct Tally {
    /// How many there were of each variant.
    variants: BTreeMap<&'static str, u64>,
    /// How many were still recognised.
    recognised: usize,
    /// Ids of all that was found.
    findings: BTreeSet<String>,
    failures: Vec<String>,
}

fn allowed((fixed, times): (u64, u64), size: u64) -> u64 {
    fixed + times * size
}

/// The samples of a format: small ones more often than large ones, for they are quick, and the main ones more often than
/// those of a single finding, which resemble one another.
fn originals<'a>(all: &'a [Original], format: &str) -> Vec<&'a Original> {
    all.iter()
        .filter(|original| original.sample.format == format)
        .flat_map(|original| {
            let by_size = ((16 << 20) / original.size()).clamp(1, 32);
            vec![original; if original.sample.main { 3 * by_size } else { by_size }]
        })
        .collect()
}

/// Asks about a set of files of so many bytes together.
fn ask(files: Files, size: u64) -> Result<Report, String> {
    let read = Rc::new(Cell::new(0));
    let mut session = Session::default();
    for (name, bytes) in files {
        session.add(name, Counted::within(bytes, &read, allowed(READ, size)), None);
    }
    let mut explored = Err("nothing was asked".into());
    let memory = allocation_counter::measure(|| {
        explored = catch_unwind(AssertUnwindSafe(|| {
            let explored = explore::everything(&mut session, STEPS);
            explore::plausible(&explored.report, "the mutant");
            let text = text(&explored.report);
            assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\u{1b}'), "{text:?}");
            explored
        }))
        .map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "it panics".into()));
    });
    let explored = explored?;
    if !explored.finished {
        return Err(format!("a check does not end within {STEPS} steps"));
    }
    if memory.bytes_max > allowed(MEMORY, size) {
        return Err(format!("it takes {} bytes of memory", memory.bytes_max));
    }
    Ok(explored.report)
}

impl Tally {
    fn take(&mut self, originals: &[&Original], format: &str, number: u64) {
        let mut chance = Rng::with_seed(number);
        let original = originals[chance.usize(..originals.len())];
        let mutant = original.mutant(&mut chance);
        let name = format!("{format}:{number} of {}: {mutant}", original.sample.name);
        let size = mutant.files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        *self.variants.entry(original.sample.variant).or_default() += 1;
        match ask(mutant.files, size) {
            Ok(report) => {
                self.recognised += usize::from(report.verdict != Verdict::Unrecognised);
                self.findings.extend(report.findings.into_iter().map(|finding| finding.id));
            }
            Err(failure) => self.failures.push(format!("{failure}: {name}")),
        }
    }

    fn merge(mut self, other: Self) -> Self {
        for (variant, count) in other.variants {
            *self.variants.entry(variant).or_default() += count;
        }
        self.recognised += other.recognised;
        self.findings.extend(other.findings);
        self.failures.extend(other.failures);
        self
    }
}

#[test]
fn mutants_do_no_harm() {
    let all: Vec<Original> = gallery().iter().map(Original::new).collect();
    let pools: BTreeMap<&str, Vec<&Original>> =
        MUTANTS.iter().map(|(format, _)| (*format, originals(&all, format))).collect();
    let wanted = std::env::var("DISKGLASS_MUTANT").ok();
    let queue: Vec<(&str, u64)> = MUTANTS
        .iter()
        .flat_map(|(format, count)| (0..*count).map(move |number| (*format, number)))
        .filter(|(format, number)| {
            wanted.as_ref().is_none_or(|wanted| *wanted == format!("{format}:{number}"))
        })
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut tally = Tally::default();
        while let Some((format, number)) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            tally.take(&pools[format], format, *number);
        }
        tally
    };
    let tally = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let tallies = threads.into_iter().map(|thread| thread.join().expect("failures are caught"));
        tallies.fold(Tally::default(), Tally::merge)
    });
    let failures = &tally.failures;
    assert!(failures.is_empty(), "{} of {} mutants:\n{}", failures.len(), queue.len(), failures.join("\n"));
    if wanted.is_some() {
        assert_eq!(queue.len(), 1, "no mutant has that name");
        return;
    }
    // The damage is neither so heavy that nothing is looked at, nor so light or so alike that little is found.
    assert!(tally.recognised * 10 >= queue.len() * 9, "{} are recognised", tally.recognised);
    assert!(tally.findings.len() >= 350, "only {} things are found", tally.findings.len());
    for sample in gallery().iter().filter(|sample| sample.main) {
        let count = tally.variants.get(sample.variant).copied().unwrap_or(0);
        assert!(count >= OF_EACH_VARIANT, "only {count} mutants are {}", sample.variant);
    }
}
