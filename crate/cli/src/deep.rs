//! The check of the data by several threads.

use super::{Failure, files};
use diskglass::image::{Scan, ScanOutcome, Share};
use diskglass::session::Session;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::thread;

/// Threads at most: beyond that the disk is what is waited for.
const MOST_THREADS: usize = 8;

/// Bytes read between two looks at the progress.
const STEP_BYTES: u64 = 4 << 20;

/// Checks the data of the image that `session` has open. Every thread opens the same files in a session of its own and
/// takes a share of the work. Progress is shown on stderr where that is a terminal.
pub(crate) fn verify(session: &mut Session, paths: &[PathBuf], image: Option<&str>) -> Result<(), Failure> {
    if session.share(Share::WHOLE).is_none() {
        session.take_verified([], true);
        return Ok(());
    }
    let threads = thread::available_parallelism().map_or(1, |count| count.get().min(MOST_THREADS));
    let of = u32::try_from(threads).unwrap_or(1);
    let bar = ProgressBar::new(0).with_style(style()?);
    let outcomes: Result<Vec<ScanOutcome>, Failure> = thread::scope(|scope| {
        let bar = &bar;
        let workers: Vec<_> = (1..of)
            .map(|index| {
                scope.spawn(move || -> Result<ScanOutcome, Failure> {
                    let mut own = Session::default();
                    for given in files::collect(paths)? {
                        own.add(given.name, given.bytes, given.modified_unix);
                    }
                    own.open(image);
                    Ok(run(own.share(Share { index, of }), bar))
                })
            })
            .collect();
        let first = run(session.share(Share { index: 0, of }), bar);
        let others = workers.into_iter().map(|worker| {
            worker.join().unwrap_or_else(|_| Err("a thread that checked the data ended unexpectedly".into()))
        });
        std::iter::once(Ok(first)).chain(others).collect()
    });
    bar.finish_and_clear();
    session.take_verified(outcomes?, true);
    Ok(())
}

/// Does a share of the work to its end.
fn run(scan: Option<Box<dyn Scan>>, bar: &ProgressBar) -> ScanOutcome {
    let Some(mut scan) = scan else { return ScanOutcome::default() };
    bar.inc_length(scan.progress().1);
    let mut shown = 0;
    loop {
        let finished = scan.step(STEP_BYTES);
        let (done, total) = scan.progress();
        let done = if finished { total } else { done };
        bar.inc(done.saturating_sub(shown));
        shown = shown.max(done);
        if finished {
            return scan.outcome();
        }
    }
}

fn style() -> Result<ProgressStyle, Failure> {
    ProgressStyle::with_template(
        "Checking the data {bar:30} {percent:>3}%  {binary_bytes_per_sec}  {eta} left",
    )
    .map_err(|error| error.to_string())
}
