//! Follows a guided tour as a careful reader would: with the raw bytes, and with nothing that the tour did not say.

use diskglass::image::tour::{Form, Sum};
use diskglass::report::Place;
use diskglass::session::{Session, Tour, TourReading, TourStop};
use diskglass::structure::{hex_bytes, uuid_text};
use diskglass_samples::{Sample, find};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that a reader knows from the text: sizes of sectors, entries, bits and markers, and how a grain's number is
/// stored in a space-efficient extent.
const CONSTANTS: &[u64] =
    &[1, 4, 8, 12, 48, 60, 64, 128, 511, 512, 4096, 0xfff, 0xffff_ffff, 0xffff_ffff_ffff];

/// The files as they were given.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A sample as it is open, and its files.
pub fn opened(sample: &Sample) -> (Session, Files) {
    let files = crate::files(sample);
    let mut session = crate::session(files.clone());
    session.open(None);
    (session, files.into_iter().collect())
}

/// The tour of a sample, its files and the session.
pub fn tour(name: &str) -> (Tour, Files, Session) {
    let sample = find(name).unwrap_or_else(|| panic!("no sample {name}"));
    let (session, files) = opened(sample);
    let tour = session.tour(None).unwrap_or_else(|error| panic!("{name}: {error}"));
    (tour, files, session)
}

/// Walks the tour; says where the bytes or the arithmetic do not agree with it.
pub fn follow(tour: &Tour, files: &Files) -> Result<(), String> {
    let mut known: BTreeSet<u64> = CONSTANTS.iter().copied().collect();
    for step in &tour.steps {
        let at = |what: String| format!("step {:?}: {what}", step.title);
        if step.text.is_empty() {
            return Err(at("nothing is explained".into()));
        }
        if let Some(place) = &step.place {
            bytes(files, place).map_err(at)?;
        }
        for reading in &step.readings {
            known.extend(read(reading, tour, files).map_err(at)?);
            // Which entry of a table is looked at is what a reader chooses.
            known.extend(
                reading.term.rsplit_once("entry ").and_then(|(_, number)| number.parse::<u64>().ok()),
            );
        }
        for sum in &step.sums {
            let result = compute(sum, &known).map_err(at)?;
            if result.to_string() != sum.result {
                return Err(at(format!("{} = {result}, not {}", sum.terms, sum.result)));
            }
            known.insert(result);
        }
    }
    Ok(())
}

/// What is there really at the end of the way: the guest's bytes, or zeros.
pub fn arrive(tour: &Tour, files: &Files, session: &Session) -> Result<(), String> {
    let Some(guest) = tour.guest else { return Err("there is no disk".into()) };
    let disk = session.disk().ok_or("there is no disk")?;
    let wanted = disk
        .read_vec(guest.offset, usize::try_from(guest.length).unwrap_or(0))
        .map_err(|error| error.to_string())?;
    let last = tour.steps.last().ok_or("there is no step")?;
    let computed = || last.sums.last().and_then(|sum| sum.result.parse::<usize>().ok());
    let found = match (last.title.as_str(), &last.place) {
        ("Data" | "Plain bytes", Some(place)) => bytes(files, place)?.to_vec(),
        ("Compressed data", Some(place)) => {
            let grain = miniz_oxide::inflate::decompress_to_vec_zlib(bytes(files, place)?)
                .map_err(|error| format!("{error:?}"))?;
            let from = computed().ok_or("no place in the grain")?;
            grain.get(from..from + wanted.len()).ok_or("the grain is too short")?.to_vec()
        }
        ("Zeros" | "Nothing" | "End of the parent", None) => vec![0; wanted.len()],
        (title, place) => return Err(format!("the way ends with {title:?} at {place:?}")),
    };
    if found != wanted {
        return Err(format!(
            "the bytes at the end of the way are not those of sector {}",
            guest.offset / 512
        ));
    }
    // The pieces of a split image have places of their own; the arithmetic is that of the whole.
    let split = files.len() > 1 && tour.format == "vhd" && tour.variant == "dynamic";
    match &last.place {
        Some(place) if last.title == "Data" && !split && computed() != usize::try_from(place.offset).ok() => {
            Err(format!("byte {:?} was computed, the bytes are at {}", computed(), place.offset))
        }
        _ => Ok(()),
    }
}

/// The step of that title.
pub fn step<'a>(tour: &'a Tour, title: &str) -> &'a TourStop {
    tour.steps.iter().find(|step| step.title == title).unwrap_or_else(|| panic!("no step {title:?}"))
}

fn bytes<'a>(files: &'a Files, place: &Place) -> Result<&'a [u8], String> {
    let file = files.get(&place.file).ok_or_else(|| format!("no file {:?}", place.file))?;
    let start = usize::try_from(place.offset).map_err(|error| error.to_string())?;
    let length = usize::try_from(place.length).map_err(|error| error.to_string())?;
    file.get(start..start + length)
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| format!("{place:?} is not in the file"))
}

/// Reads the bytes in the way that the reading names; returns the numbers that are known then.
fn read(reading: &TourReading, tour: &Tour, files: &Files) -> Result<Vec<u64>, String> {
    let differs = |found: &str| format!("{} is {found}, not {}", reading.term, reading.value);
    if reading.meaning.is_empty() {
        return Err(format!("{} has no meaning", reading.term));
    }
    let number = || reading.value.parse::<u64>().map_err(|error| format!("{}: {error}", reading.term));
    let Some(place) = &reading.place else {
        let value = number()?;
        let true_value = match (reading.form, reading.term.as_str()) {
            (Form::Known, "size of the file") => {
                files.get(&tour.image).is_some_and(|bytes| bytes.len() as u64 == value)
            }
            (Form::Known, "size of all pieces") => {
                value >= files.values().map(|bytes| bytes.len() as u64).sum::<u64>()
            }
            (Form::Known, "guest byte") => tour.guest.is_some_and(|guest| guest.offset == value),
            (Form::Known, _) => reading.meaning.contains("found"),
            _ => false,
        };
        return if true_value { Ok(vec![value]) } else { Err(differs("something that cannot be known")) };
    };
    let bytes = bytes(files, place)?;
    if reading.bytes != hex_bytes(&bytes[..bytes.len().min(16)], 16) {
        return Err(differs(&reading.bytes));
    }
    match reading.form {
        Form::BigEndian | Form::LittleEndian => {
            if bytes.len() > 8 {
                return Err(format!("{} has {} bytes", reading.term, bytes.len()));
            }
            let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
            let found = match reading.form {
                Form::BigEndian => bytes.iter().fold(0, fold),
                _ => bytes.iter().rev().fold(0, fold),
            };
            if found == number()? { Ok(vec![found]) } else { Err(differs(&found.to_string())) }
        }
        Form::Text => {
            let found = String::from_utf8_lossy(bytes);
            let found = found.trim_end_matches(['\0', ' ']);
            // A line of a descriptor says the name too: name=value or name = "value".
            let value = found.split_once('=').filter(|(name, _)| name.trim() == reading.term);
            let value = value.map_or(found, |(_, value)| value.trim().trim_matches('"'));
            // Names may be in an old encoding; the rest of the line is ASCII in any.
            let ascii =
                |text: &str| text.split(' ').filter(|word| word.is_ascii()).collect::<Vec<_>>().join(" ");
            let same = if std::str::from_utf8(bytes).is_ok() {
                value == reading.value
            } else {
                ascii(value) == ascii(&reading.value) && !ascii(value).is_empty()
            };
            if !same {
                return Err(differs(value));
            }
            Ok(found.split_whitespace().filter_map(|word| word.parse().ok()).collect())
        }
        Form::Utf16 => {
            let units = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
            let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
            let found = String::from_utf16_lossy(&units);
            if found == reading.value { Ok(Vec::new()) } else { Err(differs(&found)) }
        }
        Form::Uuid => {
            let found = uuid_text(bytes);
            if found == reading.value { Ok(Vec::new()) } else { Err(differs(&found)) }
        }
        Form::Known => Err(format!("{} is read after all", reading.term)),
    }
}

/// The result of a computation whose numbers are all known.
fn compute(sum: &Sum, known: &BTreeSet<u64>) -> Result<u64, String> {
    let spaced = sum.terms.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Terms { words: &words, at: 0, known };
    let result = reader.level(0)?;
    if reader.at == words.len() { Ok(result) } else { Err(format!("{} cannot be computed", sum.terms)) }
}

/// Operators from the weakest to the strongest. Shifts and `&` only stand alone or in parentheses.
const LEVELS: &[&[&str]] = &[&["&"], &["<<", ">>"], &["+", "-"], &["×", "/", "mod"]];

struct Terms<'a> {
    words: &'a [&'a str],
    at: usize,
    known: &'a BTreeSet<u64>,
}

impl Terms<'_> {
    fn next(&mut self) -> Result<&str, String> {
        let word = self.words.get(self.at).ok_or("a term is missing")?;
        self.at += 1;
        Ok(word)
    }

    fn level(&mut self, level: usize) -> Result<u64, String> {
        let Some(operators) = LEVELS.get(level) else { return self.operand() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.words.get(self.at).copied().filter(|word| operators.contains(word)) {
            self.at += 1;
            let right = self.level(level + 1)?;
            let shift = || u32::try_from(right).ok();
            left = match operator {
                "&" => Some(left & right),
                "<<" => shift().and_then(|shift| left.checked_shl(shift)),
                ">>" => shift().and_then(|shift| left.checked_shr(shift)),
                "+" => left.checked_add(right),
                "-" => left.checked_sub(right),
                "×" => left.checked_mul(right),
                "/" => left.checked_div(right),
                _ => left.checked_rem(right),
            }
            .ok_or_else(|| format!("{left} {operator} {right} has no result"))?;
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<u64, String> {
        let word = self.next()?.to_owned();
        if word == "(" {
            let inside = self.level(0)?;
            return if self.next()? == ")" { Ok(inside) } else { Err("a parenthesis is open".into()) };
        }
        let number = match word.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => word.parse(),
        };
        let number = number.map_err(|error| format!("{word:?}: {error}"))?;
        if self.known.contains(&number) { Ok(number) } else { Err(format!("nobody knows {number} yet")) }
    }
}
