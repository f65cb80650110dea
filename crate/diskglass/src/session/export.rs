//! The report in the forms in which it leaves: with the bytes of the findings, with maps, redacted or not.

use super::{Session, Side};
use crate::image::Use;
use crate::report::{Evidence, Form, HIDDEN, Picture, Place, Redaction, Report, html, markdown};
use std::fmt::Write;

/// Bytes that are shown of a place.
const SHOWN_BYTES: u32 = 64;

/// Places that are shown of a finding.
const SHOWN_PLACES: usize = 4;

/// Places that are shown in all.
const ALL_PLACES: usize = 256;

/// Cells of a map at most.
const CELLS: u64 = 96 * 12;

/// Steps that a survey for a map takes at most.
const STEPS: usize = 256;

impl Session {
    /// The report with placeholders for the names of people, machines, files and volumes, serial numbers and UUIDs.
    pub fn redacted(&self) -> Report {
        let report = self.report();
        Redaction::of(&report).apply(report)
    }

    /// The report as a document. `made_by` says by what: `the command`. Redacted, it has the placeholders of
    /// [`redacted`](Self::redacted), and bytes are shown only of fields that hold no such thing.
    pub fn document(&self, form: Form, redact: bool, made_by: &'static str) -> String {
        let report = self.report();
        let mut redaction = redact.then(|| Redaction::of(&report));
        let bytes = self.evidence(&report, redaction.as_mut());
        let pictures = if form == Form::Html { self.pictures(&report) } else { Vec::new() };
        let mut evidence = Evidence { made_by, redacted: redact, bytes, pictures };
        let report = match &mut redaction {
            Some(redaction) => redaction.apply(report),
            None => report,
        };
        if let Some((picture, image)) = evidence.pictures.get_mut(1).zip(report.image.as_ref()) {
            picture.title.clone_from(&image.key);
        }
        match form {
            Form::Markdown => markdown(&report, &evidence),
            Form::Html => html(&report, &evidence),
        }
    }

    /// The bytes of the first places of each finding.
    fn evidence(&self, report: &Report, mut redaction: Option<&mut Redaction>) -> Vec<Vec<String>> {
        let mut left = ALL_PLACES;
        let mut lines = |place: &Place| {
            left = left.checked_sub(1)?;
            self.lines(report, place, redaction.as_deref_mut())
        };
        let places = report.findings.iter().map(|finding| finding.places.iter().take(SHOWN_PLACES));
        places.map(|places| places.map_while(&mut lines).collect()).collect()
    }

    /// The first bytes of a place, a line for 16 of them: where, in hexadecimal, as text.
    fn lines(&self, report: &Report, place: &Place, redaction: Option<&mut Redaction>) -> Option<String> {
        let length = u32::try_from(place.length).unwrap_or(u32::MAX).min(SHOWN_BYTES);
        let bytes = self.bytes(&place.file, place.offset, length).ok().filter(|bytes| !bytes.is_empty())?;
        let hidden = redaction.map(|redaction| hidden(report, place, &bytes, redaction)).unwrap_or_default();
        let mut lines = String::new();
        let bytes: Vec<(usize, u8)> = bytes.into_iter().enumerate().collect();
        let width = bytes.len().min(16);
        let is_hidden = |at: usize| hidden.get(at).copied().unwrap_or(false);
        for (line, offset) in bytes.chunks(16).zip((place.offset..).step_by(16)) {
            let _ = write!(lines, "{offset:08x} ");
            for (at, byte) in line {
                let _ =
                    if is_hidden(*at) { write!(lines, " {HIDDEN}") } else { write!(lines, " {byte:02x}") };
            }
            let character = |(at, byte): &(usize, u8)| match byte {
                _ if is_hidden(*at) => '·',
                b' '..=b'~' => char::from(*byte),
                _ => '.',
            };
            let characters: String = line.iter().map(character).collect();
            let missing = width - line.len();
            let _ = writeln!(lines, "{:1$}  {characters}", "", missing * 3);
        }
        if place.length > u64::from(SHOWN_BYTES) {
            let _ = writeln!(lines, "… {} bytes more", place.length - u64::from(SHOWN_BYTES));
        }
        Some(lines)
    }

    /// Maps of the disk and of the file of the image.
    fn pictures(&self, report: &Report) -> Vec<Picture> {
        let Some(image) = &report.image else { return Vec::new() };
        let disk = self.disk().map_or(0, |disk| disk.size());
        let file = report.files.iter().find(|file| file.name == image.key).and_then(|file| file.size);
        let sides =
            [("The disk", Side::Guest, disk), ("The file", Side::File(&image.key), file.unwrap_or(0))];
        let drawn = sides.into_iter().filter(|(_, _, size)| *size > 0);
        drawn.filter_map(|(title, side, size)| self.picture(title, side, size, disk)).collect()
    }

    fn picture(&self, title: &str, of: Side, size: u64, disk: u64) -> Option<Picture> {
        let cell = size.div_ceil(CELLS).max(512).checked_next_power_of_two()?;
        let count = usize::try_from(size.div_ceil(cell)).ok()?;
        let mut amounts = vec![0.0; count * Use::ALL.len()];
        let mut next = Some(0);
        for _ in 0..STEPS {
            let Some(from) = next else { break };
            let whole = 0..cell.checked_mul(count as u64)?;
            let part = self.chart(of, whole, u32::try_from(count).ok()?, from..disk).ok()?;
            amounts.iter_mut().zip(&part.amounts).for_each(|(sum, more)| *sum += more);
            next = part.next;
        }
        let mut sums = vec![0.0; Use::ALL.len()];
        let cells = amounts.chunks(Use::ALL.len()).map(|cell| {
            sums.iter_mut().zip(cell).for_each(|(sum, more)| *sum += more);
            let is = Use::ALL.into_iter().zip(cell).filter(|(_, amount)| **amount > 0.0);
            // What is stored is not hidden by what is not, and what cannot be read by nothing.
            is.max_by(|(left, a), (right, b)| {
                let weight = |is: &Use| match is {
                    Use::Invalid | Use::Absent => 2,
                    Use::Parent | Use::Unallocated | Use::Zero => 0,
                    _ => 1,
                };
                weight(left).cmp(&weight(right)).then(a.total_cmp(b))
            })
            .map(|(is, _)| is)
        });
        let cells = cells.collect();
        Some(Picture { title: title.into(), cell, cells, sums, complete: next.is_none() })
    }
}

/// Which bytes at a place are kept back: all but those of tables and of fields that hold no name and no identity, and
/// wherever a replaced value stands.
fn hidden(report: &Report, place: &Place, bytes: &[u8], redaction: &mut Redaction) -> Vec<bool> {
    let mut shown = vec![false; bytes.len()];
    let mut closed = shown.clone();
    let mut mark = |from: u64, length: u64, shows: bool| {
        let at = |offset: u64| usize::try_from(offset.saturating_sub(place.offset)).unwrap_or(usize::MAX);
        let (from, to) = (at(from), at(from.saturating_add(length)));
        let marks = if shows { &mut shown } else { &mut closed };
        marks.iter_mut().take(to).skip(from).for_each(|mark| *mark = true);
    };
    let here = report.structures.iter().filter(|structure| structure.file.as_ref() == Some(&place.file));
    for structure in here {
        let Some((offset, length)) = structure.offset.zip(structure.length) else { continue };
        if offset >= place.offset.saturating_add(bytes.len() as u64)
            || offset.saturating_add(length) <= place.offset
        {
            continue;
        }
        if structure.table.is_some() {
            mark(offset, length, true);
        }
        for field in &structure.fields {
            let at = u64::from(field.offset).min(length);
            let there = u64::from(field.length).min(length - at);
            if let Some(shows) = redaction.shows(&structure.id, field) {
                mark(offset + at, there, shows);
            }
        }
    }
    let values = redaction.hidden(bytes);
    let all = shown.into_iter().zip(closed).zip(values);
    all.map(|((shown, closed), value)| !shown || closed || value).collect()
}
