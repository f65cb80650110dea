//! Asks everything that can be asked of a set of files, within bounds, and checks that the answers agree with one
//! another. What mutation tests and fuzz targets do with bytes that nobody should have written.

use diskglass::bytes::Bytes;
use diskglass::image::Source;
use diskglass::report::{Form, Place, Report, Verdict};
use diskglass::session::{Chunk, Piece, Saving, Session, Side, TableForm, Wanted};

/// Images of a set that are looked at.
const IMAGES: usize = 3;

/// Bytes of a step.
const STEP_BYTES: u64 = 256 << 10;

/// Bytes of a stretch of the disk that are compared.
const COMPARED: u64 = 4096;

/// Pieces of the disk or of a table that are saved, and bytes of each.
const SAVED_PIECES: usize = 4;
const SAVED_BYTES: usize = 64 << 10;

/// What came of it.
pub struct Explored {
    /// The last report.
    pub report: Report,
    /// Every check of tables and data came to its end.
    pub finished: bool,
}

/// Asks about every image of the set. A check of tables or data is given up after so many steps.
pub fn everything(session: &mut Session, steps: usize) -> Explored {
    let mut report = session.open(None);
    let mut finished = true;
    let keys: Vec<String> = report.images.iter().map(|image| image.key.clone()).take(IMAGES).collect();
    for key in keys {
        session.open(Some(&key));
        finished &= to_the_end(session, steps);
        session.verify();
        finished &= to_the_end(session, steps);
        report = session.report();
        rows(session, &report);
        places(session, &report);
        charts(session, &report);
        tours(session);
        savings(session, &report);
    }
    documents(session, &report);
    Explored { report, finished }
}

fn to_the_end(session: &mut Session, steps: usize) -> bool {
    for _ in 0..steps {
        let progress = session.advance(STEP_BYTES);
        assert!(progress.done <= progress.total, "{progress:?}");
        if progress.finished {
            return true;
        }
    }
    session.cancel();
    false
}

fn rows(session: &Session, report: &Report) {
    for table in &report.tables {
        for first in [0, table.rows / 2, table.rows.saturating_sub(1), table.rows, u64::MAX] {
            let Ok(page) = session.rows(&table.key, first, 3) else { continue };
            assert!(page.rows.len() <= 3);
            for row in page.rows {
                assert!(row.index < table.rows, "{}: row {} of {}", table.key, row.index, table.rows);
                assert_eq!(row.cells.len(), table.columns.len(), "{}", table.key);
            }
        }
    }
}

/// Has the report written in every form, as it is and with placeholders.
fn documents(session: &Session, report: &Report) {
    let redacted = session.redacted();
    assert_eq!(redacted.findings.len(), report.findings.len());
    assert_eq!(redacted.verdict, report.verdict);
    for redact in [false, true] {
        let page = session.document(Form::Html, redact, "an explorer");
        assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
        assert!(!page.contains("<script"), "what an image says is no code");
        assert!(session.document(Form::Markdown, redact, "an explorer").starts_with("# "));
    }
}

/// Saves the start and the end of the disk, and rows of the tables.
fn savings(session: &Session, report: &Report) {
    if let Some(disk) = session.disk() {
        for offset in [0, disk.size().saturating_sub(1 << 20)] {
            let Ok(mut saving) = session.save(Wanted::Disk { offset, length: None }) else { continue };
            saved(session, &mut saving);
            let lost = saving.zero_filled();
            let mut end = offset;
            for stretch in &lost.stretches {
                assert!(stretch.offset >= end && stretch.length > 0, "{lost:?}");
                end = stretch.offset + stretch.length;
                assert!(end <= offset + saving.done(), "{lost:?}");
                assert!(disk.read_vec(stretch.offset, 1).is_err(), "{lost:?}");
            }
            assert!(lost.bytes <= saving.done() && lost.count >= lost.stretches.len() as u64);
        }
    }
    for table in &report.tables {
        for (form, states) in [
            (TableForm::Csv, Vec::new()),
            (TableForm::Ndjson, table.counts.keys().take(1).cloned().collect()),
        ] {
            let wanted = Wanted::Table { key: table.key.clone(), states, form };
            let mut saving = session.save(wanted).unwrap();
            saved(session, &mut saving);
        }
    }
}

/// Takes a few pieces of something, which must add up.
fn saved(session: &Session, saving: &mut Saving) {
    for _ in 0..SAVED_PIECES {
        let before = saving.done();
        match saving.next(session, SAVED_BYTES) {
            Ok(Some(Chunk::Zeros(count))) => assert!(count > 0 && saving.done() == before + count),
            Ok(Some(Chunk::Bytes(_))) => assert!(saving.done() <= saving.total()),
            Ok(None) => return assert_eq!(saving.done(), saving.total()),
            Err(_) => return,
        }
    }
}

/// Walks the tour to the sector that it chooses, and to others.
fn tours(session: &Session) {
    let size = session.disk().map_or(0, |disk| disk.size());
    for guest in [None, Some(0), Some(size / 2), Some(size.saturating_sub(1))] {
        let Ok(tour) = session.tour(guest) else { continue };
        assert!(!tour.steps.is_empty());
        assert!(tour.steps.iter().all(|step| !step.title.is_empty() && !step.text.is_empty()));
    }
}

/// What must hold of a report on anything at all; `what` says what it is on.
pub fn plausible(report: &Report, what: &str) {
    if report.verdict == Verdict::Unrecognised {
        assert!(report.image.is_none() && !report.findings.is_empty(), "{what}: nothing is said");
    }
    let there = |file: &str, offset: u64, length: u64| {
        let size = report.files.iter().find(|known| known.name == file).and_then(|file| file.size).unwrap();
        offset.checked_add(length).is_some_and(|end| end <= size)
    };
    for finding in &report.findings {
        assert!(!finding.detail.is_empty() && !finding.detail.contains('\n'), "{what}: {}", finding.id);
        for Place { file, offset, length } in &finding.places {
            assert!(there(file, *offset, *length), "{what}: {} points past the end", finding.id);
        }
    }
    for structure in &report.structures {
        let (Some(file), Some(offset), Some(length)) = (&structure.file, structure.offset, structure.length)
        else {
            continue;
        };
        assert!(there(file, offset, length), "{what}: {} lies past the end", structure.key);
    }
}

/// Translates places of the disk and of its files, there and back.
fn places(session: &Session, report: &Report) {
    let size = session.disk().map_or(0, |disk| disk.size());
    let unit = report.image.as_ref().and_then(|image| image.facts.unit_bytes).unwrap_or(1 << 20).max(1);
    let offsets = [0, 512, unit - 1, unit, size / 2, size / 3 / unit * unit, size.saturating_sub(1), size];
    translation(session, &offsets, unit.saturating_mul(2));
    for file in report.files.iter().take(IMAGES) {
        let size = file.size.unwrap_or(0);
        for offset in [0, 520, 1537, 2048, size / 2, size.saturating_sub(512), size.saturating_sub(1)] {
            let _ = session.whereabouts(&file.name, offset);
        }
    }
}

/// Charts the disk and its files, from afar and close up, and counts rows by their states.
fn charts(session: &Session, report: &Report) {
    let size = session.disk().map_or(0, |disk| disk.size());
    let close_up = size.saturating_sub(1 << 20)..size;
    for range in [0..size, close_up, 0..size.min(4096)] {
        let Ok(part) = session.chart(Side::Guest, range.clone(), 64, range.clone()) else { continue };
        #[allow(clippy::cast_precision_loss, reason = "sizes of disks are far below 2^53 here")]
        let length = (range.end - range.start) as f64;
        assert!(part.amounts.iter().sum::<f64>() <= length, "{range:?}");
        assert!(part.next.is_none_or(|next| range.contains(&next)), "{range:?}");
    }
    for file in report.files.iter().take(IMAGES) {
        let length = file.size.unwrap_or(0);
        let _ = session.chart(Side::File(&file.name), 0..length, 64, 0..size);
        let _ = session.chart(
            Side::File(&file.name),
            length / 2..length,
            8,
            size / 2..size.min(size / 2 + 65_536),
        );
    }
    for table in &report.tables {
        let Ok(census) = session.census(&table.key, 0) else { continue };
        let states: Vec<String> =
            census.groups.iter().flat_map(|group| group.0.keys()).map(|state| (*state).to_owned()).collect();
        for group in [0, table.rows / u64::from(census.group_rows.max(1)), u64::MAX] {
            let _ = session.matching(&table.key, group, &states);
        }
        for guest in [0, size / 2, size.saturating_sub(1), size] {
            let row = session.row_at(&table.key, guest).ok().flatten();
            assert!(row.is_none_or(|row| row < table.rows), "{}: byte {guest} is in row {row:?}", table.key);
        }
    }
}

/// Translates `length` bytes at each of those offsets of the guest's disk, there and back.
pub fn translation(session: &Session, offsets: &[u64], length: u64) {
    let Some(disk) = session.disk() else { return };
    for offset in offsets {
        let _ = disk.read_up_to(*offset, 512);
        let Ok(translation) = session.translate(*offset, length) else { continue };
        let mut next = *offset;
        for piece in &translation.pieces {
            assert_eq!(piece.guest.offset, next, "pieces follow one another");
            assert!(piece.guest.length > 0);
            next += piece.guest.length;
            agrees(session, &disk, piece);
        }
    }
}

/// A piece's bytes are those that the disk gives, and the way back leads to where it came from.
fn agrees(session: &Session, disk: &Bytes, piece: &Piece) {
    let length = u32::try_from(piece.guest.length.min(COMPARED)).unwrap_or(0);
    let read = disk.read_vec(piece.guest.offset, length as usize);
    match (piece.source, &piece.place) {
        (Source::Data, Some(place)) => {
            assert_eq!(place.length, piece.guest.length);
            let (Ok(read), Ok(there)) = (read, session.bytes(&place.file, place.offset, length)) else {
                return;
            };
            assert!(read == there, "the disk's bytes at {} are not those of the piece", piece.guest.offset);
            let Ok(back) = session.whereabouts(&place.file, place.offset) else { return };
            let home = back.held.iter().any(|held| {
                held.visible == Some(true)
                    && held.guest.is_some_and(|guest| guest.offset == piece.guest.offset)
            });
            // Where more entries lead to one place than are listed, this one may be among the rest.
            let listed = back.held.len() < diskglass::limits::HOLDINGS;
            assert!(
                home || !listed,
                "{}:{} does not lead back to {}",
                place.file,
                place.offset,
                piece.guest.offset
            );
        }
        (Source::Zero, place) => {
            assert!(place.is_none());
            if let Ok(read) = read {
                assert!(read.iter().all(|byte| *byte == 0), "zeros at {} are none", piece.guest.offset);
            }
        }
        (Source::Data, None) => panic!("data at {} lies nowhere", piece.guest.offset),
        (Source::Compressed | Source::Absent | Source::Invalid, _) => {}
    }
}
