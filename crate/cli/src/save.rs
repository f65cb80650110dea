//! Saving: bytes of the guest's disk or of a file, or the rows of a table, into a file or the standard output.

use super::translate::{Range, file_named, range};
use super::{Failure, open};
use clap::{Args, ValueEnum};
use diskglass::limits;
use diskglass::report::Report;
use diskglass::session::{Chunk, Saving, Session, TableForm, Wanted, ZeroFilled};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tempfile::NamedTempFile;

/// Zeros that are written at once where they cannot be left out.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    what: What,
    /// The table as lines of JSON or as comma-separated values.
    #[arg(long, requires = "table", default_value = "ndjson")]
    format: Form,
    /// Only the rows of the table in this state; may be given several times.
    #[arg(long, requires = "table", value_name = "STATE")]
    state: Vec<String>,
    /// Where to: a file that does not exist yet, or - for the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace the file where it exists. The files of the set are never replaced.
    #[arg(long)]
    force: bool,
}

/// What is to be saved.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct What {
    /// The whole disk as the guest sees it, parents and extents resolved.
    #[arg(long)]
    raw: bool,
    /// A partition, by its number in the report.
    #[arg(long, value_name = "N")]
    partition: Option<u32>,
    /// Bytes of the guest's disk. Numbers are decimal, hexadecimal (0x…), or end in K, M, G or T.
    #[arg(long, value_name = "OFFSET:LENGTH", value_parser = range)]
    range: Option<Range>,
    /// Bytes of a file of the set.
    #[arg(long, value_name = "FILE:OFFSET:LENGTH", value_parser = at)]
    at: Option<At>,
    /// The rows of a table, by its key in the report, such as vhd.bat.
    #[arg(long, value_name = "KEY")]
    table: Option<String>,
}

#[derive(Clone)]
struct At {
    file: String,
    range: Range,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Ndjson,
    Csv,
}

fn at(text: &str) -> Result<At, String> {
    let wrong = "write FILE:OFFSET:LENGTH, such as disk.vhd:0x600:512";
    let (start, _) = text.rmatch_indices(':').nth(1).ok_or(wrong)?;
    let (file, numbers) = text.split_at(start);
    Ok(At { file: file.into(), range: range(numbers.trim_start_matches(':'))? })
}

/// Saves what is asked for.
pub(crate) fn run(paths: &[PathBuf], image: Option<&str>, options: Options) -> Result<ExitCode, Failure> {
    let to_stdout = options.output.as_os_str() == "-";
    if !to_stdout {
        check_target(&options.output, paths, options.force)?;
    }
    let (mut session, mut report) = open(paths, image)?;
    if !options.state.is_empty() {
        // Which states there are is known when the tables were read.
        while !session.advance(16 << 20).finished {}
        report = session.report();
    }
    let Options { what, format, state, output, force } = options;
    let mut saving =
        session.save(wanted(what, format, state, &report)?).map_err(|error| error.to_string())?;
    if to_stdout {
        let mut out = io::stdout().lock();
        pump(&session, &mut saving, &mut Sink::Stream(&mut out))?;
    } else {
        to_file(&session, &mut saving, &output, force)?;
    }
    Ok(if list(saving.zero_filled()) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn wanted(what: What, format: Form, states: Vec<String>, report: &Report) -> Result<Wanted, Failure> {
    if let Some(Range { offset, length }) = what.range {
        return Ok(Wanted::Disk { offset, length: Some(length) });
    }
    if let Some(At { file, range }) = what.at {
        let name = file_named(report, &file)?;
        return Ok(Wanted::File { name, offset: range.offset, length: Some(range.length) });
    }
    if let Some(key) = what.table {
        let Some(table) = report.tables.iter().find(|table| table.key == key) else {
            let known: Vec<&str> = report.tables.iter().map(|table| table.key.as_str()).collect();
            return Err(match known.as_slice() {
                [] => "the image has no tables".into(),
                _ => format!("there is no table {key:?}; there are: {}", known.join(", ")),
            });
        };
        if let Some(state) = states.iter().find(|state| !table.counts.contains_key(*state)) {
            let known: Vec<&str> = table.counts.keys().map(String::as_str).collect();
            return Err(format!("no row of {key} is {state:?}; there are: {}", known.join(", ")));
        }
        let form = match format {
            Form::Ndjson => TableForm::Ndjson,
            Form::Csv => TableForm::Csv,
        };
        return Ok(Wanted::Table { key: table.key.clone(), states, form });
    }
    if let Some(number) = what.partition {
        let disk = report.partitions.as_ref();
        let found = disk.and_then(|disk| {
            let entry = disk.entries.iter().find(|entry| entry.index == number)?;
            Some((entry, u64::from(disk.sector_bytes)))
        });
        let (entry, sector) = found.ok_or_else(|| format!("the disk has no partition {number}"))?;
        let (first, count) = (entry.first_sector.checked_mul(sector), entry.sector_count.checked_mul(sector));
        let (offset, length) =
            first.zip(count).ok_or_else(|| format!("partition {number} lies nowhere on a disk"))?;
        return Ok(Wanted::Disk { offset, length: Some(length) });
    }
    Ok(Wanted::Disk { offset: 0, length: None })
}

/// Refuses to write over what is read, or over anything without being told to.
fn check_target(output: &Path, paths: &[PathBuf], force: bool) -> Result<(), Failure> {
    let Ok(there) = fs::symlink_metadata(output) else { return Ok(()) };
    let name = output.display();
    if there.is_dir() {
        return Err(format!("{name} is a folder; name a file in it"));
    }
    let own = fs::canonicalize(output).ok();
    let given = paths.iter().filter_map(|path| fs::canonicalize(path).ok());
    if own.is_some_and(|own| given.into_iter().any(|path| own.starts_with(path))) {
        return Err(format!("{name} is one of the files that are read; choose another name"));
    }
    if !there.is_file() {
        return Err(format!("{name} is no plain file; write to - and redirect the output there"));
    }
    if force { Ok(()) } else { Err(format!("{name} exists; --force replaces it")) }
}

/// Writes to a file beside the one that is wanted, which gets its name when all is there: an interrupted copy is never
/// mistaken for a whole one.
fn to_file(session: &Session, saving: &mut Saving, output: &Path, force: bool) -> Result<(), Failure> {
    let failed = |error: io::Error| format!("cannot write {}: {error}", output.display());
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = output.file_name().unwrap_or_default();
    let mut partial = tempfile::Builder::new();
    partial.prefix(name).suffix(".partial");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The user's own mask decides, as for any new file.
        partial.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut partial: NamedTempFile = partial.tempfile_in(folder).map_err(failed)?;
    let file = partial.as_file_mut();
    pump(session, saving, &mut Sink::File(file)).map_err(|error| format!("{}: {error}", output.display()))?;
    // Zeros at the end are a hole too.
    let end = file.stream_position().map_err(failed)?;
    file.set_len(end).map_err(failed)?;
    let kept = if force { partial.persist(output) } else { partial.persist_noclobber(output) };
    kept.map(|_| ()).map_err(|error| failed(error.error))
}

/// Where chunks go.
enum Sink<'a> {
    /// Zeros are left out.
    File(&'a mut File),
    /// Zeros are written.
    Stream(&'a mut dyn Write),
}

impl Sink<'_> {
    fn take(&mut self, chunk: &Chunk) -> io::Result<()> {
        match (self, chunk) {
            (Self::File(file), Chunk::Bytes(bytes)) => file.write_all(bytes),
            (Self::File(file), Chunk::Zeros(count)) => {
                let count = i64::try_from(*count).map_err(io::Error::other)?;
                file.seek(SeekFrom::Current(count)).map(|_| ())
            }
            (Self::Stream(out), Chunk::Bytes(bytes)) => out.write_all(bytes),
            (Self::Stream(out), Chunk::Zeros(count)) => {
                let mut left = *count;
                while left > 0 {
                    let now = left.min(ZEROS.len() as u64);
                    out.write_all(ZEROS.get(..usize::try_from(now).unwrap_or(0)).unwrap_or(&ZEROS))?;
                    left -= now;
                }
                Ok(())
            }
        }
    }
}

/// Moves everything. Progress is shown on stderr where that is a terminal.
fn pump(session: &Session, saving: &mut Saving, sink: &mut Sink) -> Result<(), Failure> {
    let style = ProgressStyle::with_template("Saving {bar:30} {percent:>3}%  {eta} left")
        .map_err(|error| error.to_string())?;
    let bar = ProgressBar::new(saving.total()).with_style(style);
    while let Some(chunk) = saving.next(session, limits::SAVE_CHUNK).map_err(|error| error.to_string())? {
        sink.take(&chunk).map_err(|error| format!("cannot write the output: {error}"))?;
        bar.set_position(saving.done());
    }
    if let Sink::Stream(out) = sink {
        out.flush().map_err(|error| format!("cannot write the output: {error}"))?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// Says on stderr what could not be read; whether there is anything.
fn list(lost: &ZeroFilled) -> bool {
    for stretch in &lost.stretches {
        let (offset, length) = (stretch.offset, stretch.length);
        anstream::eprintln!(
            "zeros at guest byte {offset} (0x{offset:x}), {length} bytes: {}",
            stretch.reason
        );
    }
    let more = lost.count - lost.stretches.len() as u64;
    if more > 0 {
        anstream::eprintln!("and {more} more stretches");
    }
    if lost.count > 0 {
        anstream::eprintln!(
            "{} bytes could not be read; zeros were written in their place (stretches: {})",
            lost.bytes,
            lost.count
        );
    }
    lost.count > 0
}
