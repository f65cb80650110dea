//! The way back: what a byte of a supplied file is to the disk.

use super::disk::{Backing, GuestDisk, Line, Packed, Part};
use super::grain::{Directory, Entry, Sparse, TablePlace};
use super::header::SECTOR;
use super::stream::GRAIN_MARKER;
use super::tables::{DIRECTORY, GRAINS, Grains};
use crate::bytes::{Bytes, FileId, ReadError, Span};
use crate::image::{Holding, Step};
use crate::limits;
use crate::structure::span_at;
use std::rc::Rc;

/// A byte of a file, in search of what it is.
pub(super) struct Search<'a> {
    pub(super) file: FileId,
    pub(super) offset: u64,
    /// Parents that were gone through.
    pub(super) layer: u32,
    pub(super) disk: &'a GuestDisk,
    pub(super) grains: &'a Grains,
}

impl Search<'_> {
    /// Adds what the byte is to this link of the chain; to its parents it may be something too.
    pub(super) fn run(&self, found: &mut Vec<Holding>) -> Result<(), ReadError> {
        for (index, part) in self.disk.parts.iter().enumerate() {
            match &part.backing {
                Backing::Flat(bytes, start) if self.is_file(bytes) => {
                    found.extend(self.flat(part, bytes, *start));
                }
                Backing::Sparse(sparse) if self.is_file(&sparse.bytes) => {
                    self.directories(sparse, found);
                    self.tables(sparse, found)?;
                    self.data(index, part, sparse, found)?;
                }
                _ => {}
            }
            if found.len() >= limits::HOLDINGS {
                break;
            }
        }
        Ok(())
    }

    fn is_file(&self, bytes: &Bytes) -> bool {
        span_at(&**bytes, 0, 1).is_some_and(|span| span.file == self.file)
    }

    fn flat(&self, part: &Part, bytes: &Bytes, start: u64) -> Option<Holding> {
        let inside = self.offset.checked_sub(start).filter(|inside| *inside < part.length)?;
        let length = part.length.min(bytes.size().saturating_sub(start));
        let guest = part.start + inside;
        let text = format!(
            "byte {} - {start} = byte {inside} of the extent{}",
            self.offset,
            begins(part.line.as_ref(), part.start)
        );
        Some(Holding {
            what: "data of a flat extent".into(),
            span: Span { file: self.file, offset: start, length },
            row: None,
            guest: Some((guest, length - inside.min(length))),
            layer: self.layer,
            steps: vec![
                Step::new("Extent", text).at(part.line.as_ref().and_then(|line| line.span)),
                sector_step(guest),
            ],
        })
    }

    /// The row of a table that the report shows: only tables of the inspected image itself are.
    fn row(&self, table: &str, sparse: &Rc<Sparse>, number: u64) -> Option<(String, u64)> {
        if self.layer > 0 {
            return None;
        }
        Some((table.to_owned(), self.grains.first_row(table, sparse)?.checked_add(number)?))
    }

    /// Entries of the grain directories.
    fn directories(&self, sparse: &Rc<Sparse>, found: &mut Vec<Holding>) {
        let width = sparse.geometry.entry_bytes;
        for (directory, which) in [(sparse.directory, ""), (sparse.copy, "redundant ")] {
            let Some(Directory { offset, entries }) = directory else { continue };
            let Some(table) =
                self.offset.checked_sub(offset).map(|at| at / width).filter(|table| *table < entries)
            else {
                continue;
            };
            let Some(span) = sparse.directory_span(directory, table) else { continue };
            let text = format!("(byte {} - {offset}) / {width} = {table}", self.offset);
            found.push(Holding {
                what: format!("entry {table} of the {which}grain directory"),
                span,
                row: self.row(DIRECTORY, sparse, table),
                guest: None,
                layer: self.layer,
                steps: vec![Step::new("Grain directory", text).at(Some(span))],
            });
        }
    }

    /// Entries of grain tables.
    fn tables(&self, sparse: &Rc<Sparse>, found: &mut Vec<Holding>) -> Result<(), ReadError> {
        let geometry = sparse.geometry;
        let width = geometry.entry_bytes;
        for (directory, which) in [(sparse.directory, ""), (sparse.copy, "redundant ")] {
            let Some(directory) = directory else { continue };
            let mut table = 0;
            while table < sparse.examined.min(directory.entries) && found.len() < limits::HOLDINGS {
                for raw in sparse.directory_chunk(directory, table, sparse.examined)? {
                    let start =
                        sparse.table_sector(raw).filter(|_| sparse.is_table(raw)).map(|at| at * SECTOR);
                    let inside = start.and_then(|start| self.offset.checked_sub(start));
                    if let Some(inside) = inside.filter(|inside| *inside < geometry.table_bytes()) {
                        let index = inside / width;
                        let start = self.offset - inside;
                        let text = format!("(byte {} - {start}) / {width} = {index}", self.offset);
                        let span = Span { file: self.file, offset: start + index * width, length: width };
                        let grain = table * geometry.table_entries + index;
                        found.push(Holding {
                            what: if grain < geometry.grains {
                                format!("entry {index} of the {which}grain table {table}: that of grain {grain}")
                            } else {
                                format!("entry {index} of the {which}grain table {table}, past the end of the disk")
                            },
                            span,
                            row: self.row(GRAINS, sparse, grain).filter(|_| grain < sparse.grain_count()),
                            guest: None,
                            layer: self.layer,
                            steps: vec![
                                Step::new("Grain directory", format!("its entry {table} leads to a grain table at byte {start}"))
                                    .at(sparse.directory_span(Some(directory), table)),
                                Step::new("Grain table", text).at(Some(span)),
                            ],
                        });
                    }
                    table += 1;
                }
            }
        }
        Ok(())
    }

    /// Grains.
    fn data(
        &self,
        index: usize,
        part: &Part,
        sparse: &Rc<Sparse>,
        found: &mut Vec<Holding>,
    ) -> Result<(), ReadError> {
        let bytes = sparse.geometry.grain_bytes();
        for (grain, sector) in grains_at(sparse, self.offset / SECTOR)? {
            if found.len() >= limits::HOLDINGS {
                break;
            }
            let start = sector * SECTOR;
            let guest_start = grain.saturating_mul(bytes);
            let room =
                part.length.saturating_sub(guest_start).min(sparse.geometry.sectors_of(grain) * SECTOR);
            let steps = entry_steps(sparse, grain, sector)?;
            let row = self.row(GRAINS, sparse, grain);
            let holding = |what: String, span: Span, guest: Option<(u64, u64)>, last: Option<Step>| Holding {
                what,
                span,
                row: row.clone(),
                guest,
                layer: self.layer,
                steps: steps.iter().cloned().chain(last).collect(),
            };
            if sparse.compressed {
                found.extend(self.packed(
                    Packed { part: index, grain, sector },
                    (part.start + guest_start, room),
                    holding,
                )?);
                continue;
            }
            let inside = self.offset - start;
            let length = bytes.min(sparse.bytes.size() - start);
            let span = Span { file: self.file, offset: start, length };
            if inside >= room {
                found.push(holding(
                    format!("the rest of grain {grain}, past the end of the disk"),
                    span,
                    None,
                    None,
                ));
                continue;
            }
            let guest = part.start + guest_start + inside;
            let text = format!(
                "grain {grain} × {bytes} + {inside} = byte {} of the extent{}",
                guest_start + inside,
                begins(part.line.as_ref(), part.start)
            );
            let left = (room - inside).min(length - inside);
            let steps = Step::new("Guest", text);
            let mut held = holding(format!("data of grain {grain}"), span, Some((guest, left)), Some(steps));
            held.steps.push(sector_step(guest));
            found.push(held);
        }
        Ok(())
    }

    /// A compressed grain: its marker or its data.
    fn packed(
        &self,
        packed: Packed,
        guest: (u64, u64),
        holding: impl Fn(String, Span, Option<(u64, u64)>, Option<Step>) -> Holding,
    ) -> Result<Option<Holding>, ReadError> {
        let start = packed.sector * SECTOR;
        let grain = packed.grain;
        let span = |offset: u64, length: u64| Span { file: self.file, offset, length };
        let Ok((data, length)) = self.disk.packed_bytes(packed)? else {
            let near = self.offset < start + SECTOR;
            let what = format!("the marker of grain {grain} ought to be here");
            return Ok(near.then(|| holding(what, span(start, GRAIN_MARKER), None, None)));
        };
        let end = data + length as u64;
        Ok(if self.offset < data {
            Some(holding(
                format!("marker of the compressed grain {grain}"),
                span(start, GRAIN_MARKER),
                None,
                None,
            ))
        } else if self.offset < end {
            let text = format!(
                "inflated, these {length} bytes are grain {grain}: {} bytes of the disk from byte {}",
                guest.1, guest.0
            );
            let what = format!("compressed data of grain {grain}");
            Some(holding(what, span(data, length as u64), Some(guest), Some(Step::new("Guest", text))))
        } else if self.offset < end.next_multiple_of(SECTOR) {
            let pad = span(end, end.next_multiple_of(SECTOR) - end);
            Some(holding(format!("padding behind the compressed grain {grain}"), pad, None, None))
        } else {
            None
        })
    }
}

/// How the guest's bytes are counted from the bytes of an extent.
fn begins(line: Option<&Line>, start: u64) -> String {
    match line {
        Some(line) => format!(
            ", which is in line {} of the descriptor and begins at byte {start} of the disk",
            line.number
        ),
        None => String::new(),
    }
}

fn sector_step(guest: u64) -> Step {
    let text = format!("byte {guest} of the disk: byte {} of sector {}", guest % SECTOR, guest / SECTOR);
    Step::new("Sector", text)
}

/// The entry that leads to a grain.
fn entry_steps(sparse: &Sparse, grain: u64, sector: u64) -> Result<Vec<Step>, ReadError> {
    let per_table = sparse.geometry.table_entries;
    let Some(found) = sparse.grain(grain)? else { return Ok(Vec::new()) };
    let Some((raw, at)) = found.counting() else { return Ok(Vec::new()) };
    let which = if found.from_copy { "redundant " } else { "" };
    let text = format!(
        "entry {} of the {which}grain table {}, at byte {at}, is {}: grain {grain} begins at sector {sector}, byte {}",
        grain % per_table,
        grain / per_table,
        sparse.number_text(raw),
        sector * SECTOR
    );
    Ok(vec![Step::new("Grain table", text).at(sparse.span(at, sparse.geometry.entry_bytes))])
}

/// The grains that hold that sector of the file, each with the sector at which it begins. Of compressed grains, whose
/// length is not in the table, those that begin last before it. Goes through all tables, as far as the limits allow.
fn grains_at(sparse: &Sparse, sector: u64) -> Result<Vec<(u64, u64)>, ReadError> {
    let geometry = sparse.geometry;
    let per_table = geometry.table_entries;
    let mut found: Vec<(u64, u64)> = Vec::new();
    let mut nearest = 0;
    let mut left = limits::HOLDING_ENTRIES;
    for table in 0..sparse.examined {
        if left < per_table || found.len() >= limits::HOLDINGS {
            break;
        }
        let (own, copy) = match sparse.table(table)? {
            TablePlace::Absent | TablePlace::Invalid => continue,
            TablePlace::Primary(_) | TablePlace::Copy(..) => sparse.both_places(table)?,
        };
        let length = usize::try_from(geometry.table_bytes()).unwrap_or(0);
        let raw = own.map(|at| sparse.bytes.read_vec(at, length)).transpose()?;
        let other = copy
            .map(|at| sparse.bytes.read_vec(at, length))
            .transpose()?
            .filter(|other| raw.as_ref() != Some(other));
        let mut grains: Vec<u64> = Vec::new();
        for entries in [raw, other].into_iter().flatten() {
            left = left.saturating_sub(per_table);
            for (grain, entry) in (table * per_table..geometry.grains).zip(sparse.numbers(&entries)) {
                let Some(start) = sparse.sector_of(entry).filter(|start| *start <= sector) else { continue };
                if sparse.compressed && start >= nearest {
                    if start > nearest {
                        nearest = start;
                        found.clear();
                        grains.clear();
                    }
                    grains.push(grain);
                } else if !sparse.compressed && sector - start < geometry.grain {
                    grains.push(grain);
                }
            }
        }
        grains.sort_unstable();
        grains.dedup();
        for grain in grains {
            // The entry that counts may be the other table's.
            let counts = sparse.grain(grain)?.map(|grain| grain.entry);
            if let Some(Entry::At(start) | Entry::CutOff(start)) = counts
                && start <= sector
                && if sparse.compressed { start == nearest } else { sector - start < geometry.grain }
            {
                found.push((grain, start));
            }
        }
    }
    Ok(found)
}
