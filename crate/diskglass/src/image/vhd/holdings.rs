//! What a place of a file holds: the way back from the file to the guest's disk.

use super::bat::{Bit, BlockTable, NOT_ALLOCATED};
use super::rows::BAT;
use super::stack::{Kind, Layer};
use crate::bytes::{ReadError, Span};
use crate::image::{Holding, Step};
use crate::limits;
use crate::structure::span_at;

/// What byte `at` of a layer's file is to it. `depth` is the number of parents above which the layer lies.
pub(super) fn of_layer(layer: &Layer, at: u64, depth: u32) -> Result<Vec<Holding>, ReadError> {
    let table = match &layer.kind {
        Kind::Plain { size, there } => return Ok(of_plain(layer, at, (*size).min(*there), depth)),
        Kind::Blocks(table) => table,
    };
    let inverse = Inverse { table, at, depth };
    let mut held = Vec::new();
    held.extend(inverse.entry()?);
    held.extend(inverse.batmap_bits()?);
    inverse.blocks(&mut held)?;
    held.truncate(limits::HOLDINGS);
    Ok(held)
}

fn of_plain(layer: &Layer, at: u64, there: u64, depth: u32) -> Vec<Holding> {
    let Some(left) = there.checked_sub(at).filter(|left| *left > 0) else { return Vec::new() };
    let text = format!("the disk is stored as it is: byte {at} of the file is guest byte {at}");
    let holding = |span: Span| Holding {
        what: "the guest's disk".into(),
        span,
        row: None,
        guest: Some((at, left)),
        layer: depth,
        steps: vec![Step::new("Plain bytes", text)],
    };
    span_at(&*layer.file, at, left).map(holding).into_iter().collect()
}

/// The question what byte `at` of the file is to a table.
struct Inverse<'a> {
    table: &'a BlockTable,
    at: u64,
    depth: u32,
}

impl Inverse<'_> {
    fn holding(&self, what: String, offset: u64, length: u64, row: u64, steps: Vec<Step>) -> Option<Holding> {
        let file = &*self.table.file;
        // A stretch may begin in another piece of a split image, even in one that is missing: what is said is true of
        // its part in the piece that was asked about.
        let piece = self.at.saturating_sub(file.locate(self.at)?.offset);
        let start = offset.max(piece);
        Some(Holding {
            what,
            span: span_at(file, start, offset.saturating_add(length).saturating_sub(start))?,
            // The tables of a report are those of the inspected image.
            row: (self.depth == 0).then(|| (BAT.to_owned(), row)),
            guest: None,
            layer: self.depth,
            steps,
        })
    }

    /// An entry of the table.
    fn entry(&self) -> Result<Option<Holding>, ReadError> {
        let (table, at) = (self.table, self.at);
        let Some(inside) = at.checked_sub(table.offset).filter(|inside| *inside < table.bytes()) else {
            return Ok(None);
        };
        let row = inside / 4;
        let start = table.offset + row * 4;
        let says = match table.entry(row)? {
            Some(NOT_ALLOCATED) => format!("it says that block {row} is not allocated"),
            Some(entry) => format!("it says that block {row} begins at sector {entry}"),
            None => return Ok(None),
        };
        let text = format!("({at} - {}) / 4 = entry {row}: {says}", table.offset);
        let steps = vec![Step::new("Table entry", text).at(table.entry_span(row))];
        Ok(self.holding(format!("entry {row} of the block allocation table"), start, 4, row, steps))
    }

    /// A byte of XenServer's map.
    fn batmap_bits(&self) -> Result<Option<Holding>, ReadError> {
        let (table, at) = (self.table, self.at);
        let length = table.entries.div_ceil(8);
        let Some(inside) = table.batmap.and_then(|map| at.checked_sub(map)).filter(|inside| *inside < length)
        else {
            return Ok(None);
        };
        let [byte] = table.file.read_array(at)?;
        let first = inside * 8;
        let last = (first + 7).min(table.entries - 1);
        let text = format!(
            "0x{byte:02x}: a bit each for blocks {first} to {last}, set where every sector was written"
        );
        let steps = vec![Step::new("Batmap", text).at(span_at(&*table.file, at, 1))];
        let what = format!("batmap: the bits of blocks {first} to {last}");
        Ok(self.holding(what, at, 1, first, steps))
    }

    /// The blocks whose bitmap or data lies there, by all entries of the table.
    fn blocks(&self, held: &mut Vec<Holding>) -> Result<(), ReadError> {
        let table = self.table;
        let mut next = 0;
        while next < table.entries && held.len() < limits::HOLDINGS {
            let page = table.page(next, u64::MAX)?;
            let count = page.len() as u64;
            for (index, entry) in (next..).zip(page) {
                let start = u64::from(entry) * 512;
                let inside = self.at.checked_sub(start).filter(|inside| *inside < table.stride());
                if let Some(inside) = inside.filter(|_| entry != NOT_ALLOCATED)
                    && held.len() < limits::HOLDINGS
                {
                    held.extend(self.block(index, entry, start, inside)?);
                }
            }
            next += count.max(1);
        }
        Ok(())
    }

    fn block(&self, index: u64, entry: u32, start: u64, inside: u64) -> Result<Option<Holding>, ReadError> {
        let table = self.table;
        let text =
            format!("entry {index} of the table says sector {entry}: the block begins at byte {start}");
        let steps = vec![Step::new("Table entry", text).at(table.entry_span(index))];
        match inside.checked_sub(table.bitmap_bytes()) {
            None => self.bitmap(index, start, inside, steps),
            Some(inside) => self.data(index, start, inside, steps),
        }
    }

    /// A byte of a block's bitmap.
    fn bitmap(
        &self,
        index: u64,
        start: u64,
        inside: u64,
        mut steps: Vec<Step>,
    ) -> Result<Option<Holding>, ReadError> {
        let table = self.table;
        let [byte] = table.file.read_array(self.at)?;
        let (first, sectors) = (inside * 8, table.block_bytes / 512);
        let what = if first < sectors {
            let last = (first + 7).min(sectors - 1);
            let set: Vec<String> = (first..=last)
                .filter(|sector| byte & Bit::mask(*sector) != 0)
                .map(|sector| sector.to_string())
                .collect();
            let set =
                if set.is_empty() { "none is set".into() } else { format!("set for {}", set.join(", ")) };
            let text = format!(
                "{} - {start} = byte {inside} of the bitmap, 0x{byte:02x}: sectors {first} to {last}, {set}",
                self.at
            );
            steps.push(Step::new("Bitmap", text).at(span_at(&*table.file, self.at, 1)));
            format!("bitmap of block {index}: the bits of sectors {first} to {last}")
        } else {
            format!("bitmap of block {index}: bytes behind its last bit")
        };
        Ok(self.holding(what, start, table.bitmap_bytes(), index, steps))
    }

    /// A byte of a block's data.
    fn data(
        &self,
        index: u64,
        start: u64,
        inside: u64,
        mut steps: Vec<Step>,
    ) -> Result<Option<Holding>, ReadError> {
        let table = self.table;
        let data = start + table.bitmap_bytes();
        let sector = inside / 512;
        let (block_start, on_disk) = table.guest(index);
        let guest = on_disk.checked_sub(inside).filter(|left| *left > 0);
        let guest = guest.map(|left| (block_start + inside, left));
        let text = format!(
            "{} - {start} - {} bytes of bitmap = byte {inside} of the block's data, in sector {sector}; \
             block {index} x {} + {inside} = guest byte {}",
            self.at,
            table.bitmap_bytes(),
            table.block_bytes,
            block_start.saturating_add(inside),
        );
        steps.push(Step::new("Data", text).at(span_at(&*table.file, self.at, 1)));
        let in_metadata =
            table.metadata.iter().any(|area| area.contains(&self.at)) || self.at >= table.data_end;
        let remark = if in_metadata {
            ", although a structure of the image lies here"
        } else if guest.is_none() {
            ", beyond the end of the disk"
        } else if table.has_parent && self.is_clear(start, sector)? {
            ", which its bitmap leaves to the parent"
        } else {
            ""
        };
        let what = format!("data of block {index}, sector {sector}{remark}");
        let held = self.holding(what, data, table.block_bytes, index, steps);
        Ok(held.map(|held| Holding { guest, ..held }))
    }

    fn is_clear(&self, start: u64, sector: u64) -> Result<bool, ReadError> {
        let [byte] = self.table.file.read_array(start + sector / 8)?;
        Ok(byte & Bit::mask(sector) == 0)
    }
}

#[cfg(test)]
mod tests {
    use crate::session::Session;
    use std::rc::Rc;

    #[test]
    fn a_piece_of_a_split_image_holds_a_block_that_begins_in_another_piece() {
        // In one of them that other piece is there, in one it is missing.
        for name in ["vhd-split", "vhd-finding-split-pieces-missing"] {
            let mut session = Session::default();
            for file in diskglass_samples::find(name).unwrap().files() {
                session.add(file.name, Rc::new(file.bytes), None);
            }
            session.inspect(None);
            let last = format!("{name}.v02");
            let held = session.whereabouts(&last, 0).unwrap().held;
            let places: Vec<_> = held.iter().filter_map(|held| held.place.as_ref()).collect();
            assert!(!places.is_empty(), "{name}");
            for place in places {
                assert_eq!((&*place.file, place.offset), (&*last, 0), "{name}");
            }
        }
    }
}
