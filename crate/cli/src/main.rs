//! The command `diskglass`: arguments in, report out. Everything it says comes from the library.

mod deep;
mod files;
mod save;
mod translate;

use clap::{Args, Parser, Subcommand};
use diskglass::report::{Form, Report, Verdict, text};
use diskglass::session::Session;
use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

/// Looks inside virtual disk images: what they are, how they are laid out, and whether they are sound.
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "Exit status: 0 sound; 1 warnings, damaged or incomplete; 2 nothing could be inspected."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Inspect an image. All paths together are one set: an image, its parents, its extents, a descriptor.
    Inspect {
        /// Files, or folders that stand for the files in them. No file outside of these is ever opened.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        output: Output,
        /// Also check the data: inflate every compressed grain, compare bitmaps with their blocks. Takes long.
        #[arg(long, conflicts_with = "Question")]
        deep: bool,
        /// Which of the images in the set to inspect, where there are several.
        #[arg(long, value_name = "NAME")]
        image: Option<String>,
        #[command(flatten)]
        question: translate::Question,
    },
    /// Save the disk, a range of bytes or a table into a file. What cannot be read becomes zeros and is listed.
    ///
    /// Exit status: 0 saved; 1 saved, with zeros in place of what could not be read; 2 nothing was saved.
    Save {
        /// Files, or folders that stand for the files in them. No file outside of these is ever opened.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Which of the images in the set, where there are several.
        #[arg(long, value_name = "NAME")]
        image: Option<String>,
        #[command(flatten)]
        options: save::Options,
    },
    /// Write the sample images.
    Samples {
        /// Where to: a folder for each sample is made there.
        #[arg(required_unless_present = "list")]
        dir: Option<PathBuf>,
        /// Only say which there are.
        #[arg(long)]
        list: bool,
    },
    /// The full story of a finding.
    Explain {
        /// Its id, such as vhd.footer.checksum; without one, all ids are listed.
        #[arg(value_name = "FINDING-ID")]
        id: Option<String>,
    },
}

/// In which form the report is printed.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "flags are")]
struct Output {
    /// The report as JSON.
    #[arg(long, group = "form")]
    json: bool,
    /// The report in Markdown, for a ticket.
    #[arg(long, group = "form", conflicts_with = "Question")]
    markdown: bool,
    /// The report as one HTML file, with maps of the disk and of the file.
    #[arg(long, group = "form", conflicts_with = "Question")]
    html: bool,
    /// Put placeholders for host names, user names, names of files and volumes, serial numbers and UUIDs.
    #[arg(long, conflicts_with = "Question")]
    redact: bool,
}

impl Output {
    /// The report of a session in the form that is wanted.
    fn write(&self, session: &Session) -> Result<String, Failure> {
        if self.markdown || self.html {
            let form = if self.html { Form::Html } else { Form::Markdown };
            return Ok(session.document(form, self.redact, "the command"));
        }
        let report = if self.redact { session.redacted() } else { session.report() };
        if !self.json {
            return Ok(text(&report));
        }
        let json = serde_json::to_string_pretty(&report);
        json.map(|json| json + "\n").map_err(|error| format!("cannot write the report: {error}"))
    }
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Inspect { paths, output, deep, image, question } => {
            inspect(&paths, &output, deep, image.as_deref(), &question)
        }
        Command::Save { paths, image, options } => save::run(&paths, image.as_deref(), options),
        Command::Samples { dir, list } => samples(dir.as_deref(), list),
        Command::Explain { id } => explain(id.as_deref()),
    };
    outcome.unwrap_or_else(|message| {
        anstream::eprintln!("diskglass: {message}");
        ExitCode::from(2)
    })
}

/// What went wrong, in one line: what, where, and what to do.
type Failure = String;

fn print(text: impl Display) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        // A reader that has seen enough is no failure.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write the output: {error}"))
        }
        _ => Ok(()),
    }
}

/// Opens a set of files and looks at the headers.
fn open(paths: &[PathBuf], image: Option<&str>) -> Result<(Session, Report), Failure> {
    let mut session = Session::default();
    let now = UNIX_EPOCH.elapsed().ok().and_then(|since| i64::try_from(since.as_secs()).ok());
    if let Some(now) = now {
        session.set_now(now);
    }
    for given in files::collect(paths)? {
        session.add(given.name, given.bytes, given.modified_unix);
    }
    let report = session.open(image);
    if let Some(wanted) = image.filter(|wanted| report.images.iter().all(|known| known.key != *wanted)) {
        let known: Vec<&str> = report.images.iter().map(|image| image.key.as_str()).collect();
        return Err(format!("no image is named {wanted:?}; there are: {}", known.join(", ")));
    }
    Ok((session, report))
}

fn inspect(
    paths: &[PathBuf],
    output: &Output,
    deep: bool,
    image: Option<&str>,
    question: &translate::Question,
) -> Result<ExitCode, Failure> {
    let (mut session, mut report) = open(paths, image)?;
    // A question about a place needs no more than the headers.
    if question.is_asked() {
        return translate::answer(&session, &report, question, output.json);
    }
    while !session.advance(u64::from(u32::MAX)).finished {}
    report = session.report();
    if deep {
        deep::verify(&mut session, paths, image)?;
        report = session.report();
    }
    print(output.write(&session)?)?;
    Ok(status(&report))
}

/// The exit status that scripts rely on.
fn status(report: &Report) -> ExitCode {
    match report.verdict {
        Verdict::Sound => ExitCode::SUCCESS,
        Verdict::Warnings | Verdict::Damaged | Verdict::Incomplete => ExitCode::from(1),
        Verdict::Unrecognised => ExitCode::from(2),
    }
}

fn samples(dir: Option<&Path>, list: bool) -> Result<ExitCode, Failure> {
    let gallery = diskglass_samples::gallery();
    if let Some(dir) = dir.filter(|_| !list) {
        for sample in gallery {
            for file in sample.files() {
                let path = dir.join(sample.name).join(&file.name);
                let folder = path.parent().unwrap_or(dir);
                std::fs::create_dir_all(folder)
                    .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
                std::fs::write(&path, &file.bytes)
                    .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
            }
        }
        print(format_args!("{} samples written to {}\n", gallery.len(), dir.display()))?;
    } else {
        let width = gallery.iter().map(|sample| sample.name.len()).max().unwrap_or(0);
        for sample in gallery {
            print(format_args!("{:width$}  {}\n", sample.name, sample.title))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(id: Option<&str>) -> Result<ExitCode, Failure> {
    let Some(id) = id else {
        for rule in diskglass::finding::catalogue() {
            print(format_args!("{:42}  {}\n", rule.id, rule.title))?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let Some(story) = diskglass::finding::explain(id) else {
        return Err(format!("no finding is named {id:?}; `diskglass explain` lists them all"));
    };
    print(format_args!(
        "{}\n{} ({})\n\nWhat the bytes say\n  {}\n\nWhy it matters\n  {}\n\nWhat to do\n  {}\n\nWhere this comes from\n  {}\n",
        story.title,
        story.id,
        format!("{:?}", story.severity).to_lowercase(),
        story.what,
        story.why,
        story.remedy,
        story.spec
    ))?;
    Ok(ExitCode::SUCCESS)
}
