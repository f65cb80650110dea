//! Where a byte of the guest's disk lies, step by step. What is read and what is said here come from one decision:
//! [`GuestDisk::run`].

use super::disk::{Backing, Beneath, GuestDisk, PARENT_LOST, Packed, Part, Run};
use super::grain::{Kind, Sparse, TablePlace};
use super::header::SECTOR;
use super::stream::GRAIN_MARKER;
use crate::bytes::{ReadError, Span, check_range};
use crate::image::{Mapping, Source, Step};
use crate::structure::span_at;

impl GuestDisk {
    /// Where the stretch of the disk that begins at `offset` lies: at most `length` bytes of it.
    ///
    /// # Errors
    /// [`ReadError::PastEnd`] where the disk ends before `offset`; [`ReadError::Io`].
    pub(super) fn map(&self, offset: u64, length: u64) -> Result<Mapping, ReadError> {
        check_range(self.size, offset, 1)?;
        let steps = vec![Step::new(
            "Sector",
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
        let part = self.parts.get(self.part_at(offset));
        if let Some(part) = part {
            steps.extend(line_step(part, offset, self.parts.len()));
            if let Backing::Sparse(sparse) = &part.backing {
                table_steps(sparse, offset - part.start, &mut steps)?;
            }
        }
        let (source, place, guest) = match run {
            Run::File(file, at) => {
                let place = span_at(&*file, at, length);
                let name =
                    part.and_then(|part| Some(part.line.as_ref()?.file.as_str())).unwrap_or(&self.name);
                steps.push(Step::new("Data", data_text(part, offset, at, name)).at(place));
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
                steps.push(Step::new("Parent", text));
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
                steps.push(Step::new("Marker", text).at(place));
                let place = sparse.span(at, length as u64);
                let text = format!(
                    "inflate the {length} bytes at byte {at}: byte {skip} of what comes out is the one"
                );
                steps.push(Step::new("Compressed data", text).at(place));
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
fn line_step(part: &Part, offset: u64, parts: usize) -> Option<Step> {
    let line = part.line.as_ref()?;
    let (first, count) = (part.start / SECTOR, part.length / SECTOR);
    let text = if parts == 1 {
        format!("line {} of the descriptor: the whole disk is in {}", line.number, line.file)
    } else {
        format!(
            "line {} of the descriptor: {} holds sectors {first} to {} of the disk; this one is its sector {} - {first} = {}",
            line.number,
            line.file,
            first + count.saturating_sub(1),
            offset / SECTOR,
            (offset - part.start) / SECTOR
        )
    };
    Some(Step::new("Extent", text).at(line.span))
}

/// The bytes in the file, in words.
fn data_text(part: Option<&Part>, offset: u64, at: u64, name: &str) -> String {
    let Some(part) = part else { return format!("byte {at} of {name}") };
    let inside = offset - part.start;
    let (sector, byte) = (inside / SECTOR, inside % SECTOR);
    match &part.backing {
        Backing::Flat(_, start) => {
            format!("(offset {} + sector {sector}) × 512 + {byte} = byte {at} of {name}", start / SECTOR)
        }
        Backing::Sparse(sparse) => {
            let skip = sector % sparse.geometry.grain;
            let start = at / SECTOR - skip;
            format!(
                "the grain begins at sector {start}: ({start} + {skip}) × 512 + {byte} = byte {at} of {name}"
            )
        }
        Backing::Zero | Backing::Absent(_) | Backing::Broken(_) => format!("byte {at} of {name}"),
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
    let span = sparse.directory_span(sparse.directory, table);
    match (own, span) {
        (Some(raw), Some(span)) => {
            let leads = match (raw, sparse.table_sector(raw)) {
                (0, _) => ": there is no grain table".into(),
                (_, None) => ": no grain table can be there".into(),
                (_, Some(at)) => format!(": {}", table_text(sparse, raw, at)),
            };
            let text = format!("{arithmetic}; {}{leads}", directory_text(raw, "", span.offset));
            steps.push(Step::new("Grain directory", text).at(Some(span)));
        }
        _ => steps.push(Step::new(
            "Grain directory",
            format!("{arithmetic}; the directory has no such entry in the file"),
        )),
    }
    if let TablePlace::Copy(_, why) = place
        && let (Some(raw), Some(span)) = (copy, sparse.directory_span(sparse.copy, table))
    {
        let text = format!("{why}; {}", directory_text(raw, "redundant ", span.offset));
        steps.push(Step::new("Redundant directory", text).at(Some(span)));
    }
    let Some(found) = sparse.grain(grain)? else { return Ok(()) };
    let entry_text = |raw: u64, at: u64, which: &str| {
        format!(
            "(sector {sector} mod {cover}) / {} = {index}; entry {index} of {which}grain table {table}, at byte {at}, is {}",
            geometry.grain,
            sparse.number_text(raw)
        )
    };
    let entry_span = |at: u64| sparse.span(at, geometry.entry_bytes);
    if let Some((raw, at)) = found.own.filter(|_| !matches!(place, TablePlace::Copy(..))) {
        let leads = grain_text(sparse, raw, grain);
        steps
            .push(Step::new("Grain table", format!("{}{leads}", entry_text(raw, at, ""))).at(entry_span(at)));
    }
    if let Some((raw, at)) = found.copy.filter(|_| found.from_copy) {
        let leads = grain_text(sparse, raw, grain);
        let text = format!("{}{leads}", entry_text(raw, at, "the redundant "));
        steps.push(Step::new("Redundant table", text).at(entry_span(at)));
    }
    Ok(())
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
