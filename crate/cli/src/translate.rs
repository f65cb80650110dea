//! Where a place of the guest's disk lies, and what lies at a place of a file: `--range`, `--sector`, `--at`.

use super::{Failure, print};
use anstyle::Style;
use clap::Args;
use diskglass::image::Source;
use diskglass::report::{Place, Report};
use diskglass::session::{Held, Piece, Session, StepTaken, Translation, Whereabouts};
use serde::Serialize;
use std::process::ExitCode;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Bytes of a sector of the guest's disk, as `--sector` counts them.
const SECTOR: u64 = 512;

/// A question about a place.
#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct Question {
    /// Translate bytes of the guest's disk to places in the files. Numbers are decimal, hexadecimal (0x…), or end in K, M, G or T.
    #[arg(long, value_name = "OFFSET:LENGTH", value_parser = range)]
    range: Option<Range>,
    /// Translate a sector of 512 bytes of the guest's disk, step by step.
    #[arg(long, value_name = "N", value_parser = number)]
    sector: Option<u64>,
    /// The way back: what lies at this place of this file.
    #[arg(long, value_name = "FILE:OFFSET", value_parser = at)]
    at: Option<At>,
}

#[derive(Clone)]
pub(crate) struct Range {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

#[derive(Clone)]
struct At {
    file: String,
    offset: u64,
}

impl Question {
    pub(crate) fn is_asked(&self) -> bool {
        self.range.is_some() || self.sector.is_some() || self.at.is_some()
    }
}

/// A number as people write positions: `512`, `0x200`, `64K`, `1MiB`.
fn number(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no number; write 512, 0x200, 64K, 1M, 2G or 1T");
    let plain = text.trim().replace('_', "");
    if let Some(digits) = plain.strip_prefix("0x").or_else(|| plain.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).map_err(|_| wrong());
    }
    let split = plain.find(|c: char| !c.is_ascii_digit()).unwrap_or(plain.len());
    let (digits, unit) = plain.split_at(split);
    let shift = match unit.to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(1 << shift).ok_or_else(wrong)
}

pub(crate) fn range(text: &str) -> Result<Range, String> {
    let (offset, length) = text.split_once(':').ok_or("write OFFSET:LENGTH, such as 1M:4096")?;
    Ok(Range { offset: number(offset)?, length: number(length)? })
}

fn at(text: &str) -> Result<At, String> {
    let (file, offset) = text.rsplit_once(':').ok_or("write FILE:OFFSET, such as disk.vhd:0x600")?;
    Ok(At { file: file.into(), offset: number(offset)? })
}

/// Answers the question, in words or as JSON.
pub(crate) fn answer(
    session: &Session,
    report: &Report,
    question: &Question,
    json: bool,
) -> Result<ExitCode, Failure> {
    if report.image.is_none() {
        return Err("there is no disk image here that can be translated".into());
    }
    if let Some(At { file, offset }) = &question.at {
        let file = file_named(report, file)?;
        let answer = session.whereabouts(&file, *offset).map_err(|error| error.to_string())?;
        return if json { as_json(&answer) } else { whereabouts(&answer) };
    }
    let (mut offset, length) = match (&question.range, question.sector) {
        (Some(range), _) => (range.offset, range.length),
        (None, Some(sector)) => (sector.checked_mul(SECTOR).ok_or("there is no such sector")?, SECTOR),
        (None, None) => return Err("nothing was asked".into()),
    };
    let end = offset.saturating_add(length);
    let mut all: Option<Translation> = None;
    loop {
        let answer = session.translate(offset, end - offset).map_err(|error| error.to_string())?;
        let next = answer.next;
        if !json {
            translation(&answer)?;
        } else if let Some(all) = &mut all {
            all.guest.length += answer.guest.length;
            all.pieces.extend(answer.pieces);
            all.next = next;
        } else {
            all = Some(answer);
        }
        match next {
            Some(next) if next < end => offset = next,
            _ => break,
        }
    }
    all.map_or(Ok(ExitCode::SUCCESS), |all| as_json(&all))
}

/// The file of the set that is meant: its name, or the end of its name where only one ends so.
pub(crate) fn file_named(report: &Report, wanted: &str) -> Result<String, Failure> {
    let names = || report.files.iter().map(|file| &file.name);
    if let Some(name) = names().find(|name| *name == wanted) {
        return Ok(name.clone());
    }
    // A path as it was given on the command line, or a name without its folder.
    let base = wanted.rsplit(['/', '\\']).next().unwrap_or(wanted);
    let found: Vec<&String> =
        names().filter(|name| *name == base || name.ends_with(&format!("/{base}"))).collect();
    match found.as_slice() {
        [name] => Ok((*name).clone()),
        [] => Err(format!("no file of the set is named {wanted:?}")),
        _ => Err(format!("several files of the set are named {wanted:?}; give the folder too")),
    }
}

fn as_json(answer: &impl Serialize) -> Result<ExitCode, Failure> {
    let json =
        serde_json::to_string_pretty(answer).map_err(|error| format!("cannot write the answer: {error}"))?;
    print(json + "\n")?;
    Ok(ExitCode::SUCCESS)
}

fn place(place: &Place) -> String {
    format!("{}:{} (0x{:x}), {} bytes", place.file, place.offset, place.offset, place.length)
}

fn steps(steps: &[StepTaken]) -> Result<(), Failure> {
    for (number, step) in (1..).zip(steps) {
        print(format_args!("  {DIM}{number:>3}.{DIM:#} {}: {}\n", step.title, step.text))?;
        if let Some(at) = &step.place {
            print(format_args!("       {DIM}at {}{DIM:#}\n", place(at)))?;
        }
    }
    Ok(())
}

fn translation(answer: &Translation) -> Result<(), Failure> {
    answer.pieces.iter().try_for_each(print_piece)
}

fn print_piece(piece: &Piece) -> Result<(), Failure> {
    let source = match (piece.source, &piece.place) {
        (Source::Data, Some(at)) => place(at),
        (Source::Compressed, Some(at)) => format!("inflated from {}", place(at)),
        (Source::Data | Source::Compressed, None) => "no place".into(),
        (Source::Zero, _) => "zeros".into(),
        (Source::Absent, _) => "in a file that was not given".into(),
        (Source::Invalid, _) => "nowhere: the image is damaged here".into(),
    };
    let (offset, length) = (piece.guest.offset, piece.guest.length);
    print(format_args!("{BOLD}guest byte {offset} (0x{offset:x}), {length} bytes{BOLD:#}: {source}\n"))?;
    steps(&piece.steps)
}

fn whereabouts(answer: &Whereabouts) -> Result<ExitCode, Failure> {
    print(format_args!(
        "{BOLD}{}:{} (0x{:x}){BOLD:#}\n",
        answer.place.file, answer.place.offset, answer.place.offset
    ))?;
    match (&answer.structure, &answer.field) {
        (Some(structure), Some(field)) => print(format_args!("  structure {structure}, field {field}\n"))?,
        (Some(structure), None) => print(format_args!("  structure {structure}\n"))?,
        (None, _) => {}
    }
    for held in &answer.held {
        print_held(held)?;
    }
    if answer.structure.is_none() && answer.held.is_empty() {
        print("  nothing of the image refers to this place\n")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print_held(held: &Held) -> Result<(), Failure> {
    print(format_args!("  {}\n", held.what))?;
    if let (Some(table), Some(row)) = (&held.table, held.row) {
        print(format_args!("    row {row} of {table}\n"))?;
    }
    if let Some(guest) = held.guest {
        let seen = match held.visible {
            Some(false) => ", but the guest does not see it: other bytes stand in its place",
            _ => "",
        };
        print(format_args!("    guest byte {} (0x{:x}){seen}\n", guest.offset, guest.offset))?;
    }
    steps(&held.steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value) in
            [("512", 512), ("0x200", 512), ("64K", 65536), ("1MiB", 1 << 20), ("2g", 2 << 30)]
        {
            assert_eq!(number(text), Ok(value), "{text}");
        }
        for text in ["", "x", "12q", "0xzz", "99999999999T", "-1"] {
            assert!(number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_place_may_have_a_colon_in_its_file_name() {
        let at = at("c:disk.vhd:0x600").unwrap_or_else(|error| unreachable!("{error}"));
        assert_eq!((at.file.as_str(), at.offset), ("c:disk.vhd", 0x600));
        assert!(range("5").is_err());
    }
}
