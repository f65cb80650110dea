//! What is taken out of an image, piece by piece: bytes of the guest's disk or of a file, or the rows of a table. Nothing
//! is held that has been handed out. What cannot be read becomes zeros and is listed.

use super::save_rows::{RowWriter, TableForm};
use super::{QueryError, Session};
use crate::bytes::{Bytes, Ground, ReadAt, ReadError};
use crate::limits;
use crate::report::MAX_EXACT;
use schemars::JsonSchema;
use serde::Serialize;

/// What is to be saved.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Bytes of the guest's disk, parents and extents resolved.
    Disk {
        /// First byte.
        offset: u64,
        /// How many; all up to the end of the disk where that is not said.
        length: Option<u64>,
    },
    /// Bytes of a supplied file as they are.
    File {
        /// Name of the file.
        name: String,
        /// First byte.
        offset: u64,
        /// How many; all up to the end of the file where that is not said.
        length: Option<u64>,
    },
    /// Rows of a table.
    Table {
        /// Key of the table.
        key: String,
        /// The states of the rows that are wanted; all rows where none is named.
        states: Vec<String>,
        /// As what.
        form: TableForm,
    },
}

/// The next piece of what is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// These bytes: none where a step found nothing to hand out yet.
    Bytes(Vec<u8>),
    /// So many zeros.
    Zeros(u64),
}

/// A stretch that could not be read, with zeros in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LostStretch {
    /// First byte of the guest's disk.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
    /// Why.
    pub reason: String,
}

/// All that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ZeroFilled {
    /// The first stretches, in the order of the disk; neighbours of the same reason are one.
    pub stretches: Vec<LostStretch>,
    /// How many stretches there are in all.
    pub count: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// Where the last one ends, and its reason.
    #[serde(skip)]
    last: Option<(u64, &'static str)>,
}

impl ZeroFilled {
    fn add(&mut self, offset: u64, length: u64, why: &'static str) {
        self.bytes += length;
        if self.last.replace((offset + length, why)) != Some((offset, why)) {
            self.count += 1;
            if self.stretches.len() < limits::LOST_STRETCHES {
                self.stretches.push(LostStretch { offset, length, reason: why.into() });
            }
        } else if self.stretches.len() as u64 == self.count
            && let Some(last) = self.stretches.last_mut()
        {
            last.length += length;
        }
    }
}

/// Something that is being saved. [`next`](Self::next) hands it out in order until nothing is left; to stop, drop it.
pub struct Saving {
    source: Source,
    /// The next byte, or row.
    at: u64,
    first: u64,
    end: u64,
    zero_filled: ZeroFilled,
}

enum Source {
    Bytes(Bytes),
    Rows(RowWriter),
}

impl Session {
    /// Begins to save something. Nothing is read yet.
    ///
    /// # Errors
    /// When nothing is open, there is no such file or table, or the range is not inside the disk or the file.
    pub fn save(&self, wanted: Wanted) -> Result<Saving, QueryError> {
        let (source, first, end) = match wanted {
            Wanted::Disk { offset, length } => {
                let disk = self.image()?.disk().ok_or(QueryError::NoDisk)?;
                let size = disk.size();
                let end =
                    end_of(offset, length, size).map_err(|offset| QueryError::PastDisk { offset, size });
                (Source::Bytes(disk), offset, end?)
            }
            Wanted::File { name, offset, length } => {
                let bytes = self.file(&name)?.clone();
                let size = bytes.size();
                let end = end_of(offset, length, size).map_err(|offset| QueryError::PastFile {
                    file: name,
                    offset,
                    size,
                });
                (Source::Bytes(bytes), offset, end?)
            }
            Wanted::Table { key, states, form } => {
                let table = self.table(&key)?.1;
                (Source::Rows(RowWriter::new(table, states, form)), 0, table.rows)
            }
        };
        Ok(Saving { source, at: first, first, end, zero_filled: ZeroFilled::default() })
    }
}

/// Where a range ends; the byte that is not there where it ends too late.
fn end_of(offset: u64, length: Option<u64>, size: u64) -> Result<u64, u64> {
    let end = length.map_or(size, |length| offset.saturating_add(length));
    if end > size {
        return Err(end - 1);
    }
    if offset > size || end > MAX_EXACT { Err(offset) } else { Ok(end) }
}

impl Saving {
    /// Bytes to be saved, or rows to be gone through.
    pub fn total(&self) -> u64 {
        self.end - self.first
    }

    /// How many of those are done.
    pub fn done(&self) -> u64 {
        self.at - self.first
    }

    /// What could not be read so far.
    pub fn zero_filled(&self) -> &ZeroFilled {
        &self.zero_filled
    }

    /// The next piece: about `budget` bytes, and never more than [`limits::SAVE_CHUNK`], or any number of zeros. `None` at
    /// the end. `session` is the one that began it.
    ///
    /// # Errors
    /// When the host could not read. Damage of the image is no error.
    pub fn next(&mut self, session: &Session, budget: usize) -> Result<Option<Chunk>, QueryError> {
        let budget = budget.clamp(1, limits::SAVE_CHUNK);
        match &mut self.source {
            Source::Bytes(bytes) => {
                let bytes = bytes.clone();
                Ok(self.next_bytes(&bytes, budget)?)
            }
            Source::Rows(writer) => {
                let mut text = writer.take_heading();
                let stop = self.end.min(self.at + limits::SAVE_ROWS);
                while self.at < stop && text.len() < budget {
                    self.at = writer.write(session, self.at, stop, &mut text)?;
                }
                let is_over = text.is_empty() && self.at == self.end;
                Ok((!is_over).then_some(Chunk::Bytes(text)))
            }
        }
    }

    fn next_bytes(&mut self, source: &Bytes, budget: usize) -> Result<Option<Chunk>, ReadError> {
        // Either stored bytes, stretch by stretch, or zeros.
        let mut stored: Vec<usize> = Vec::new();
        let (mut room, mut zeros) = (budget, 0);
        let start = self.at;
        for _ in 0..limits::SAVE_LOOKUPS {
            if self.at >= self.end || room == 0 {
                break;
            }
            let (ground, length) = source.ground(self.at, self.end - self.at)?;
            let length = length.clamp(1, self.end - self.at);
            match ground {
                Ground::Stored if zeros > 0 => break,
                Ground::Stored => {
                    let length = usize::try_from(length).unwrap_or(room).min(room);
                    stored.push(length);
                    room -= length;
                    self.at += length as u64;
                }
                Ground::Zeros | Ground::Lost(_) if !stored.is_empty() => break,
                Ground::Zeros | Ground::Lost(_) => {
                    if let Ground::Lost(why) = ground {
                        self.zero_filled.add(self.at, length, why);
                    }
                    zeros += length;
                    self.at += length;
                }
            }
        }
        Ok(match (stored.is_empty(), zeros) {
            (true, 0) => None,
            (true, _) => Some(Chunk::Zeros(zeros)),
            _ => Some(Chunk::Bytes(self.read(&**source, start, &stored)?)),
        })
    }

    /// Stretches that lie one behind the other from byte `start` on, at once where nothing is wrong with them.
    fn read(&mut self, source: &dyn ReadAt, start: u64, stretches: &[usize]) -> Result<Vec<u8>, ReadError> {
        let mut bytes = vec![0; stretches.iter().sum()];
        match source.read_exact_at(start, &mut bytes) {
            Err(ReadError::Unmapped { .. }) => {}
            done => return done.map(|()| bytes),
        }
        let mut at = start;
        let mut rest = bytes.as_mut_slice();
        for length in stretches {
            let (now, later) = rest.split_at_mut((*length).min(rest.len()));
            match source.read_exact_at(at, now) {
                Err(ReadError::Unmapped { why, .. }) => {
                    now.fill(0);
                    self.zero_filled.add(at, now.len() as u64, why);
                }
                done => done?,
            }
            at += *length as u64;
            rest = later;
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Source as Mapped;
    use std::rc::Rc;

    fn saved(session: &Session, wanted: Wanted, budget: usize) -> (Vec<u8>, ZeroFilled) {
        let mut saving = session.save(wanted).unwrap();
        let mut all = Vec::new();
        while let Some(chunk) = saving.next(session, budget).unwrap() {
            match chunk {
                Chunk::Bytes(bytes) => {
                    assert!(bytes.len() <= budget);
                    all.extend(bytes);
                }
                Chunk::Zeros(count) => all.resize(all.len() + usize::try_from(count).unwrap(), 0),
            }
            assert_eq!(saving.done(), all.len() as u64);
        }
        assert_eq!(saving.done(), saving.total());
        (all, saving.zero_filled().clone())
    }

    /// The stretches of the disk that a translation does not lead to bytes for.
    fn unreadable(session: &Session, size: u64) -> Vec<(u64, u64)> {
        let mut gone: Vec<(u64, u64)> = Vec::new();
        let mut next = Some(0);
        while let Some(at) = next.filter(|at| *at < size) {
            let answer = session.translate(at, size - at).unwrap();
            for piece in answer.pieces {
                if !matches!(piece.source, Mapped::Absent | Mapped::Invalid) {
                    continue;
                }
                match gone.last_mut().filter(|last| last.0 + last.1 == piece.guest.offset) {
                    Some(last) => last.1 += piece.guest.length,
                    None => gone.push((piece.guest.offset, piece.guest.length)),
                }
            }
            next = answer.next;
        }
        gone
    }

    #[test]
    fn a_disk_is_saved_as_it_is_read_and_what_is_lost_is_listed() {
        let mut damaged = 0;
        for sample in diskglass_samples::gallery() {
            let mut session = Session::default();
            for file in sample.files() {
                session.add(file.name, Rc::new(file.bytes), None);
            }
            session.open(None);
            let Some(disk) = session.disk().filter(|disk| disk.size() <= 16 << 20) else { continue };
            let whole = Wanted::Disk { offset: 0, length: None };
            let (bytes, listed) = saved(&session, whole, 100_000);
            assert_eq!(bytes.len() as u64, disk.size(), "{}", sample.name);
            for (at, part) in (0..).step_by(4096).zip(bytes.chunks(4096)) {
                if let Ok(read) = disk.read_vec(at, part.len()) {
                    assert!(part == read, "{} at {at}", sample.name);
                }
            }
            let mut merged: Vec<(u64, u64)> = Vec::new();
            for LostStretch { offset, length, .. } in &listed.stretches {
                match merged.last_mut().filter(|last| last.0 + last.1 == *offset) {
                    Some(last) => last.1 += length,
                    None => merged.push((*offset, *length)),
                }
            }
            assert_eq!(listed.count, listed.stretches.len() as u64);
            assert_eq!(listed.bytes, merged.iter().map(|(_, length)| length).sum::<u64>());
            let mapped = unreadable(&session, disk.size());
            // A compressed grain that cannot be inflated has a place, so the translation does not know of it.
            assert!(merged == mapped || sample.format == "vmdk", "{}: {merged:?} {mapped:?}", sample.name);
            for (offset, length) in &mapped {
                let inside = |(at, there): &(u64, u64)| at <= offset && at + there >= offset + length;
                assert!(merged.iter().any(inside), "{}", sample.name);
            }
            damaged += u32::from(listed.count > 0);
        }
        assert!(damaged > 10, "only {damaged} samples have stretches that cannot be read");
    }

    #[test]
    fn ranges_are_inside_or_refused() {
        let mut session = Session::default();
        session.add("a.img", Rc::new((0..=255).cycle().take(5000).collect::<Vec<u8>>()), None);
        session.open(None);
        let file = |offset, length| Wanted::File { name: "a.img".into(), offset, length };
        let bytes = saved(&session, file(700, Some(300)), 7).0;
        assert_eq!(bytes, session.bytes("a.img", 700, 300).unwrap());
        assert_eq!(saved(&session, file(4990, None), 4096).0.len(), 10);
        assert!(saved(&session, file(5000, Some(0)), 1).0.is_empty());
        assert!(matches!(session.save(file(4990, Some(11))), Err(QueryError::PastFile { offset: 5000, .. })));
        assert!(matches!(session.save(file(5001, None)), Err(QueryError::PastFile { offset: 5001, .. })));
        assert!(session.save(file(u64::MAX, Some(u64::MAX))).is_err());
        assert!(session.save(Wanted::Disk { offset: 0, length: None }).is_err(), "no image");
    }

    #[test]
    fn zeros_that_are_stored_nowhere_take_no_time() {
        let mut session = Session::default();
        for file in diskglass_samples::find("vhd-dynamic-2040g").unwrap().files() {
            session.add(file.name, Rc::new(file.bytes), None);
        }
        session.open(None);
        let mut saving = session.save(Wanted::Disk { offset: 0, length: None }).unwrap();
        let (mut steps, mut bytes, mut zeros) = (0, 0, 0);
        while let Some(chunk) = saving.next(&session, limits::SAVE_CHUNK).unwrap() {
            steps += 1;
            match chunk {
                Chunk::Bytes(some) => bytes += some.len() as u64,
                Chunk::Zeros(count) => zeros += count,
            }
        }
        assert_eq!(bytes + zeros, session.disk().unwrap().size());
        assert!(steps < 200 && bytes < 64 << 20, "{steps} steps, {bytes} bytes");
    }

    #[test]
    fn what_is_lost_is_merged_counted_and_bounded() {
        let mut lost = ZeroFilled::default();
        lost.add(0, 10, "a");
        lost.add(10, 10, "a");
        lost.add(20, 10, "b");
        lost.add(40, 10, "b");
        let places: Vec<(u64, u64)> = lost.stretches.iter().map(|one| (one.offset, one.length)).collect();
        assert_eq!((places, lost.count, lost.bytes), (vec![(0, 20), (20, 10), (40, 10)], 3, 40));
        for nth in 0..10_000 {
            lost.add(100 + nth * 2, 1, "c");
        }
        lost.add(100 + 10_000 * 2 - 1, 5, "c");
        assert_eq!((lost.stretches.len(), lost.count, lost.bytes), (limits::LOST_STRETCHES, 10_003, 10_045));
    }
}
