//! Where a byte of the guest's disk lies, step by step. What is read and what is said here come from one decision:
//! [`GuestDisk::run`].

use super::disk::{Backing, Beneath, GuestDisk, PARENT_LOST, Packed, Part, Run};
use super::grain::{Directory, Kind, Sparse, TablePlace};
use super::header::SECTOR;
use super::stream::GRAIN_MARKER;
use crate::bytes::{ReadError, Span, check_range};
use crate::image::mapping::{self, Mapping, Source, Step};
use crate::image::tour::Reading;
use crate::structure::{Endian, span_at};

/// Extent lines whose sizes are added up to say where the next one begins.
pub(super) const LINES_ADDED: usize = 8;

impl GuestDisk {
    /// Where the stretch of the disk that begins at `offset` lies: at most `length` bytes of it.
    ///
    /// # Errors
    /// [`ReadError::PastEnd`] where the disk ends before `offset`; [`ReadError::Io`].
    pub(super) fn map(&self, offset: u64, length: u64) -> Result<Mapping, ReadError> {
        check_range(self.size, offset, 1)?;
        let steps = vec![Step::new(
            mapping::SECTOR,
            format!(
                "byte {offset} of the disk is byte {} of sector {} (of 512 bytes each)",
                offset % SECTOR,
                offset / SECTOR
            ),
        )];
        self.map_here(offset, length, 0, steps)
    }

    fn map_here(
        &self,
        offset: u64,
        length: u64,
        layer: u32,
        mut steps: Vec<Step>,
    ) -> Result<Mapping, ReadError> {
        let (run, there) = self.run(offset)?;
        let length = length.clamp(1, there.max(1));
        let index = self.part_at(offset);
        let part = self.parts.get(index);
        if let Some(part) = part {
            steps.extend(line_step(&self.parts, index, offset));
            if let Backing::Sparse(sparse) = &part.backing {
                table_steps(sparse, offset - part.start, &mut steps)?;
            }
        }
        let (source, place, guest) = match run {
            Run::File(file, at) => {
                let place = span_at(&*file, at, length);
                let name =
                    part.and_then(|part| Some(part.line.as_ref()?.file.as_str())).unwrap_or(&self.name);
                let (text, terms) = data_text(part, offset, at, name);
                steps.push(Step::new("Data", text).at(place).sum("byte of the file", terms, at));
                (Source::Data, place, (offset, place.map_or(length, |place| place.length.min(length))))
            }
            Run::Compressed(packed, skip) => {
                let (source, place) = self.packed_step(packed, skip, &mut steps)?;
                (source, place, (offset, length))
            }
            Run::Zero => {
                if part.is_some_and(|part| matches!(part.backing, Backing::Zero)) {
                    steps.push(Step::new("Zeros", "an extent of type ZERO has no file: it is all zeros"));
                } else {
                    steps.push(Step::new("Zeros", "the entry stands for zeros, whatever a parent holds"));
                }
                (Source::Zero, None, (offset, length))
            }
            Run::Absent(why) => {
                steps.push(Step::new("Not there", why));
                (Source::Absent, None, (offset, length))
            }
            Run::Invalid(why) => {
                steps.push(Step::new("Not readable", why));
                (Source::Invalid, None, (offset, length))
            }
            Run::Parent => return self.map_beneath(offset, length, layer, steps),
        };
        Ok(Mapping { guest, source, place, layer, steps })
    }

    /// What is not in this link.
    fn map_beneath(
        &self,
        offset: u64,
        length: u64,
        layer: u32,
        mut steps: Vec<Step>,
    ) -> Result<Mapping, ReadError> {
        let (source, text) = match &self.beneath {
            Beneath::Zeros => (Source::Zero, "there is no parent: these are zeros".to_owned()),
            Beneath::Lost => (Source::Absent, PARENT_LOST.to_owned()),
            Beneath::Parent(parent) if offset >= parent.size => {
                let text =
                    format!("the parent {} ends at byte {}: these are zeros", parent.name, parent.size);
                (Source::Zero, text)
            }
            Beneath::Parent(parent) => {
                let text =
                    format!("look at the same sector {} of the parent, {}", offset / SECTOR, parent.name);
                steps.push(Step::new(mapping::PARENT, text));
                return parent.map_here(offset, length.min(parent.size - offset), layer + 1, steps);
            }
        };
        steps.push(Step::new("Nothing", text));
        Ok(Mapping { guest: (offset, length), source, place: None, layer, steps })
    }

    /// Where a compressed grain lies.
    fn packed_step(
        &self,
        packed: Packed,
        skip: u64,
        steps: &mut Vec<Step>,
    ) -> Result<(Source, Option<Span>), ReadError> {
        let Some(Part { backing: Backing::Sparse(sparse), .. }) = self.parts.get(packed.part) else {
            return Ok((Source::Invalid, None));
        };
        let marker = packed.sector * SECTOR;
        let place = sparse.span(marker, GRAIN_MARKER);
        Ok(match self.packed_bytes(packed)? {
            Ok((at, length)) => {
                let sector = packed.grain * sparse.geometry.grain;
                let text = format!(
                    "sector {} (byte {marker}) holds a marker: the grain begins with sector {sector} of the extent, {length} compressed bytes follow",
                    packed.sector
                );
                let number = |term: &str, at: u64, length: u64, value: u64, meaning: &str| {
                    Reading::number(term, sparse.span(at, length), Endian::Little, value, meaning)
                };
                steps.push(
                    Step::new("Marker", text)
                        .at(place)
                        .sum("byte of the marker", format!("{} × 512", packed.sector), marker)
                        .reading([
                            number("lba", marker, 8, sector, "First sector of the grain on the disk."),
                            number(
                                "size",
                                marker + 8,
                                4,
                                length as u64,
                                "Bytes of compressed data that follow.",
                            ),
                        ])
                        .sum(
                            "grain that it is for",
                            format!("{sector} / {}", sparse.geometry.grain),
                            packed.grain,
                        ),
                );
                let place = sparse.span(at, length as u64);
                let text = format!(
                    "inflate the {length} bytes at byte {at}: byte {skip} of what comes out is the one"
                );
                let inside = skip / SECTOR;
                let step = Step::new("Compressed data", text).at(place).sum(
                    "first compressed byte",
                    format!("{marker} + {GRAIN_MARKER}"),
                    at,
                );
                steps.push(step.sum(
                    "place in what comes out",
                    format!("{inside} × 512{}", rest(skip)),
                    skip,
                ));
                (Source::Compressed, place)
            }
            Err(why) => {
                steps.push(Step::new("Not readable", why).at(place));
                (Source::Invalid, None)
            }
        })
    }
}

/// The extent line that holds the byte.
fn line_step(parts: &[Part], index: usize, offset: u64) -> Option<Step> {
    let part = parts.get(index)?;
    let line = part.line.as_ref()?;
    let (first, count) = (part.start / SECTOR, part.length / SECTOR);
    if parts.len() == 1 {
        let text = format!("line {} of the descriptor: the whole disk is in {}", line.number, line.file);
        return Some(Step::new("Extent", text).at(line.span));
    }
    let inside = (offset - part.start) / SECTOR;
    let text = format!(
        "line {} of the descriptor: {} holds sectors {first} to {} of the disk; this one is its sector {} - {first} = {inside}",
        line.number,
        line.file,
        first + count.saturating_sub(1),
        offset / SECTOR,
    );
    let before: Vec<String> =
        parts.iter().take(index.min(LINES_ADDED)).map(|part| (part.length / SECTOR).to_string()).collect();
    let step = Step::new("Extent", text).at(line.span);
    let step = match index {
        0 => step,
        _ if index <= LINES_ADDED => step.sum("first sector of the extent", before.join(" + "), first),
        _ => {
            let meaning = "The sizes of the lines before it, added up.";
            step.reading([Reading::known("first sector of the extent", first, meaning)])
        }
    };
    Some(step.sum("sector of the extent", format!("{} - {first}", offset / SECTOR), inside))
}

/// What is added for a byte that is not the first of its sector.
fn rest(offset: u64) -> String {
    match offset % SECTOR {
        0 => String::new(),
        rest => format!(" + {rest}"),
    }
}

/// The bytes in the file, in words, and how their place is computed.
fn data_text(part: Option<&Part>, offset: u64, at: u64, name: &str) -> (String, String) {
    let plain = || (format!("byte {at} of {name}"), format!("{} × 512{}", at / SECTOR, rest(at)));
    let Some(part) = part else { return plain() };
    let inside = offset - part.start;
    let (sector, byte) = (inside / SECTOR, inside % SECTOR);
    match &part.backing {
        Backing::Flat(_, start) => {
            let first = start / SECTOR;
            let terms = match first {
                0 => format!("{sector} × 512{}", rest(offset)),
                _ => format!("({first} + {sector}) × 512{}", rest(offset)),
            };
            (format!("(offset {first} + sector {sector}) × 512 + {byte} = byte {at} of {name}"), terms)
        }
        Backing::Sparse(sparse) => {
            let skip = sector % sparse.geometry.grain;
            let start = at / SECTOR - skip;
            let text = format!(
                "the grain begins at sector {start}: ({start} + {skip}) × 512 + {byte} = byte {at} of {name}"
            );
            (text, format!("({start} + {skip}) × 512{}", rest(offset)))
        }
        Backing::Zero | Backing::Absent(_) | Backing::Broken(_) => plain(),
    }
}

/// The entries that lead to the grain with byte `inside` of the extent.
fn table_steps(sparse: &Sparse, inside: u64, steps: &mut Vec<Step>) -> Result<(), ReadError> {
    let geometry = sparse.geometry;
    let per_table = geometry.table_entries;
    let sector = inside / SECTOR;
    let grain = sector / geometry.grain;
    let (table, index) = (grain / per_table, grain % per_table);
    let cover = per_table * geometry.grain;
    let place = sparse.table(table)?;
    let (own, copy) = sparse.directory_entries(table)?;
    let directory_text = |raw: u64, which: &str, at: u64| {
        format!("entry {table} of the {which}grain directory, at byte {at}, is {}", sparse.number_text(raw))
    };
    let arithmetic =
        format!("sector {sector} / ({per_table} entries × {} sectors) = {table}", geometry.grain);
    let divided = |step: Step| {
        let terms = format!("{sector} / ({per_table} × {})", geometry.grain);
        step.sum("number of the grain table", terms, table)
    };
    let span = sparse.directory_span(sparse.directory, table);
    match (own, span) {
        (Some(raw), Some(span)) => {
            let leads = match (raw, sparse.table_sector(raw)) {
                (0, _) => ": there is no grain table".into(),
                (_, None) => ": no grain table can be there".into(),
                (_, Some(at)) => format!(": {}", table_text(sparse, raw, at)),
            };
            let text = format!("{arithmetic}; {}{leads}", directory_text(raw, "", span.offset));
            let step = divided(Step::new("Grain directory", text).at(Some(span)));
            steps.push(directory_sums(step, sparse, sparse.directory, table, raw));
        }
        _ => steps.push(divided(Step::new(
            "Grain directory",
            format!("{arithmetic}; the directory has no such entry in the file"),
        ))),
    }
    if let TablePlace::Copy(_, why) = place
        && let (Some(raw), Some(span)) = (copy, sparse.directory_span(sparse.copy, table))
    {
        let text = format!("{why}; {}", directory_text(raw, "redundant ", span.offset));
        let step = Step::new("Redundant directory", text).at(Some(span));
        steps.push(directory_sums(step, sparse, sparse.copy, table, raw));
    }
    let Some(found) = sparse.grain(grain)? else { return Ok(()) };
    let entry_text = |raw: u64, at: u64, which: &str| {
        format!(
            "(sector {sector} mod {cover}) / {} = {index}; entry {index} of {which}grain table {table}, at byte {at}, is {}",
            geometry.grain,
            sparse.number_text(raw)
        )
    };
    let entry_step = |title: &'static str, text: String, raw: u64, at: u64| {
        let width = geometry.entry_bytes;
        let place = sparse.span(at, width);
        let step = Step::new(title, text)
            .at(place)
            .sum("number of the grain", format!("{sector} / {}", geometry.grain), grain)
            .sum("its entry in the table", format!("{grain} mod {per_table}"), index)
            .sum("byte of the entry", format!("{} + {width} × {index}", at - width * index), at);
        let meaning = "The entry of the grain.";
        let step =
            step.reading([Reading::number(format!("entry {index}"), place, Endian::Little, raw, meaning)]);
        let skip = sector % geometry.grain;
        grain_sums(step, sparse, raw).sum(
            "sector in the grain",
            format!("{sector} mod {}", geometry.grain),
            skip,
        )
    };
    if let Some((raw, at)) = found.own.filter(|_| !matches!(place, TablePlace::Copy(..))) {
        let leads = grain_text(sparse, raw, grain);
        steps.push(entry_step("Grain table", format!("{}{leads}", entry_text(raw, at, "")), raw, at));
    }
    if let Some((raw, at)) = found.copy.filter(|_| found.from_copy) {
        let leads = grain_text(sparse, raw, grain);
        let text = format!("{}{leads}", entry_text(raw, at, "the redundant "));
        steps.push(entry_step("Redundant table", text, raw, at));
    }
    Ok(())
}

/// How the entry of a directory is found and followed.
pub(super) fn directory_sums(
    step: Step,
    sparse: &Sparse,
    directory: Option<Directory>,
    table: u64,
    raw: u64,
) -> Step {
    let Some(found) = directory else { return step };
    let width = sparse.geometry.entry_bytes;
    let at = found.offset + width * table;
    let place = sparse.span(at, width);
    let meaning = "The entry of the grain table.";
    let step = step
        .sum("byte of the entry", format!("{} + {width} × {table}", found.offset), at)
        .reading([Reading::number(format!("directory entry {table}"), place, Endian::Little, raw, meaning)]);
    let Some(sector) = sparse.table_sector(raw) else { return step };
    let step = match &sparse.kind {
        Kind::SeSparse(areas) => {
            let number = raw & u64::from(u32::MAX);
            step.sum("number of the table, the lower 32 bits", format!("{raw} & 0xffffffff"), number).sum(
                "sector of the table",
                format!("{} + {number} × 64", areas.tables.start),
                sector,
            )
        }
        Kind::Hosted | Kind::Cowd => step,
    };
    match sector.checked_mul(SECTOR) {
        Some(byte) => step.sum("byte where the grain table begins", format!("{sector} × 512"), byte),
        None => step,
    }
}

/// How the number in an entry of a space-efficient extent comes to a sector; the other kinds name the sector itself.
fn grain_sums(step: Step, sparse: &Sparse, raw: u64) -> Step {
    let (Kind::SeSparse(areas), Some(sector)) = (&sparse.kind, sparse.sector_of(raw)) else { return step };
    let (low, high) = (raw >> 48 & 0xfff, raw & 0xffff_ffff_ffff);
    let number = (sector - areas.grains.start) / 8;
    step.sum("kind of the entry, the upper 4 bits: 3 is a grain", format!("{raw} >> 60"), raw >> 60)
        .sum("lower 12 bits of the grain's number", format!("({raw} >> 48) & 0xfff"), low)
        .sum("the other bits", format!("{raw} & 0xffffffffffff"), high)
        .sum("number of the grain in the file", format!("({high} << 12) + {low}"), number)
        .sum("sector of the grain", format!("{} + {number} × 8", areas.grains.start), sector)
}

/// Where a directory entry leads.
fn table_text(sparse: &Sparse, raw: u64, at: u64) -> String {
    match &sparse.kind {
        Kind::SeSparse(areas) => format!(
            "table {} is at sector {} + {} × 64 = {at}",
            raw & u64::from(u32::MAX),
            areas.tables.start,
            raw & u64::from(u32::MAX)
        ),
        Kind::Hosted | Kind::Cowd => format!("the grain table is at sector {at}, byte {}", at * SECTOR),
    }
}

/// What an entry of a grain table leads to.
fn grain_text(sparse: &Sparse, raw: u64, grain: u64) -> String {
    use super::grain::Entry;
    let at = || sparse.sector_of(raw);
    let leads = match sparse.meaning(raw, grain) {
        Entry::Absent => ": there is no grain",
        Entry::Zero => return format!(": {}", sparse.zero_text(raw)),
        Entry::PastEnd => ": past the end of the file",
        Entry::CutOff(_) => ": the file ends inside the grain",
        Entry::Metadata => ": where metadata lies",
        Entry::Malformed => ": no kind of entry that is known",
        Entry::At(_) => "",
    };
    match (&sparse.kind, at()) {
        (Kind::SeSparse(areas), Some(at)) => format!(
            ": grain {number} is at sector {} + {number} × 8 = {at}{leads}",
            areas.grains.start,
            number = (at - areas.grains.start) / 8
        ),
        _ => leads.to_owned(),
    }
}
