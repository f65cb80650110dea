//! Where a stretch of the guest's disk lies, with the way to get there by hand.

use super::bat::{BlockTable, Made, NOT_ALLOCATED, Stretch};
use super::stack::{Below, Found, Kind, Layer, Met, Origin, Stack};
use crate::bytes::{ReadAt, ReadError, Span};
use crate::image::{Mapping, Source, Step};
use crate::structure::span_at;

impl Stack {
    /// Where the stretch of the guest's disk that begins at `offset` lies: at most `length` bytes of it.
    pub(super) fn map(&self, offset: u64, length: u64) -> Result<Mapping, ReadError> {
        let left = self.size().saturating_sub(offset);
        if left == 0 {
            return Err(ReadError::PastEnd { offset, length, size: self.size() });
        }
        let mut way = Way { offset, top: true, steps: Vec::new() };
        let found = self.find(offset, length.clamp(1, left), |layer, met| way.meet(layer, &met))?;
        let place = match (found.origin, self.layers.get(found.layer)) {
            (Origin::Data(at), Some(layer)) => span_at(&*layer.file, at, found.length),
            _ => None,
        };
        let mut steps = way.steps;
        steps.push(self.last_step(found, place));
        // A stretch of one place lies in one file.
        let length = place.map_or(found.length, |place| place.length.min(found.length));
        Ok(Mapping {
            guest: (offset, length),
            source: match found.origin {
                Origin::Data(_) => Source::Data,
                Origin::Zero => Source::Zero,
                Origin::Absent => Source::Absent,
                Origin::Invalid(_) => Source::Invalid,
            },
            place,
            layer: u32::try_from(found.layer).unwrap_or(u32::MAX),
            steps,
        })
    }

    fn last_step(&self, found: Found, place: Option<Span>) -> Step {
        let layer = self.layers.get(found.layer);
        match found.origin {
            Origin::Data(at) => match layer.map(|layer| &layer.kind) {
                Some(Kind::Blocks(table)) => {
                    let bitmap = table.bitmap_bytes();
                    let text = format!("the data follows the bitmap of {bitmap} bytes: it is at byte {at}");
                    Step::new("Data", text).at(place)
                }
                _ => Step::new("Data", format!("it is byte {at} of the file")).at(place),
            },
            Origin::Zero => Step::new("Zeros", "what no image of the chain has reads as zeros"),
            Origin::Absent if layer.is_some() => {
                Step::new("Missing piece", "this part of the image is in a piece that was not given")
            }
            Origin::Absent => Step::new("Missing parent", "the parent that has it was not given"),
            Origin::Invalid(why) => {
                let below = found.layer == self.layers.len() && self.below == Below::Unreadable;
                Step::new(if below { "Unreadable parent" } else { "Dead end" }, why)
            }
        }
    }
}

/// The steps taken so far.
struct Way {
    offset: u64,
    top: bool,
    steps: Vec<Step>,
}

impl Way {
    fn meet(&mut self, layer: &Layer, met: &Met) {
        if !self.top {
            let text = format!("what is not in the child is in its parent, {}", layer.name);
            self.steps.push(Step::new("Parent", text));
        }
        self.top = false;
        match met {
            Met::Plain => {
                let text = format!(
                    "the disk is stored as it is: guest byte {0} is byte {0} of the file",
                    self.offset
                );
                self.steps.push(Step::new("Plain bytes", text));
            }
            Met::End(size) => {
                let text = format!("its disk ends at byte {size}: beyond that it has nothing");
                self.steps.push(Step::new("End of the parent", text));
            }
            Met::Blocks(table, stretch) => self.steps.extend(block_steps(table, *stretch, self.offset)),
        }
    }
}

/// From a guest byte to its block, the block's entry, and where it decides the bit of the sector.
fn block_steps(table: &BlockTable, stretch: Stretch, offset: u64) -> Vec<Step> {
    let (block, inside) = (stretch.block, offset % table.block_bytes);
    let text = format!(
        "guest byte {offset} / {} bytes a block = block {block}, remainder {inside}",
        table.block_bytes
    );
    let mut steps = vec![Step::new("Block", text)];
    let Some(entry) = stretch.entry else {
        let text = format!("the table has {} entries, none for block {block}", table.entries);
        steps.push(Step::new("Table entry", text));
        return steps;
    };
    let at = table.offset + block * 4;
    let place = table.entry_span(block);
    let read = format!("the entry at byte {} + 4 x {block} = {at} says {entry:08x}", table.offset);
    let start = u64::from(entry) * 512;
    let text = match stretch.made {
        _ if entry == NOT_ALLOCATED => format!("{read}: the block is not allocated"),
        Made::Invalid(why) => format!("{read}, sector {entry}, which is byte {start}: {why}"),
        _ => format!("{read}: the block begins at sector {entry}, which is byte {start}"),
    };
    steps.push(Step::new("Table entry", text).at(place));
    if let Some(bit) = stretch.bit {
        let text = format!(
            "remainder {inside} / 512 = sector {} of the block; its bit is 0x{:02x} of byte {start} + {} / 8 = {}: it is {}",
            bit.sector,
            super::bat::Bit::mask(bit.sector),
            bit.sector,
            bit.at,
            if bit.set {
                "set, so the sector is in this file"
            } else {
                "clear, so the sector is in the parent"
            },
        );
        steps.push(Step::new("Bitmap", text).at(span_at(&*table.file, bit.at, 1)));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::super::bat::tests::table;
    use super::*;
    use std::rc::Rc;

    fn layer(name: &str, table: BlockTable) -> Layer {
        Layer::of_parts(name, table.file.clone(), Vec::new(), Kind::Blocks(Rc::new(table)))
    }

    fn answer(stack: &Stack, offset: u64, length: u64) -> (u64, Source, u32) {
        let found = stack.map(offset, length).unwrap();
        assert_eq!(found.guest.0, offset);
        (found.guest.1, found.source, found.layer)
    }

    #[test]
    fn a_chain_is_gone_down_until_an_image_decides() {
        let none = u32::MAX;
        // The bitmap's first byte is the fill 0xf0: every other four sectors.
        let child = table(&[2, none, none], 1024 + 512 + 4096, 0xf0, true);
        let mut parent = table(&[none, 2], 1024 + 512 + 4096, 7, false);
        parent.disk_bytes = 8192;
        let mut stack =
            Stack { layers: vec![layer("child", child), layer("base", parent)], below: Below::Nothing };
        assert_eq!(answer(&stack, 0, 1 << 40), (2048, Source::Data, 0));
        assert_eq!(answer(&stack, 2048, 1 << 40), (2048, Source::Zero, 1));
        assert_eq!(answer(&stack, 4096, 1 << 40), (4096, Source::Data, 1));
        assert_eq!(answer(&stack, 8192, 1 << 40), (4096, Source::Zero, 1), "beyond the parent");
        assert!(stack.map(3 * 4096, 1).is_err());
        let way = stack.map(5000, 1).unwrap().steps;
        let titles: Vec<&str> = way.iter().map(|step| step.title).collect();
        assert_eq!(titles, ["Block", "Table entry", "Parent", "Block", "Table entry", "Data"]);
        assert_eq!(
            way[1].text,
            "the entry at byte 512 + 4 x 1 = 516 says ffffffff: the block is not allocated"
        );
        assert_eq!(way[5].text, "the data follows the bitmap of 512 bytes: it is at byte 2440");
        let text = &stack.map(100, 1).unwrap().steps[2].text;
        assert!(text.contains("sector 0 of the block; its bit is 0x80 of byte 1024"), "{text}");

        stack.layers.pop();
        stack.below = Below::Missing;
        assert_eq!(answer(&stack, 2048, 1 << 40), (2048, Source::Absent, 1));
        let error = stack.read_exact_at(2048, &mut [0]).unwrap_err().to_string();
        assert!(error.contains("which was not given"), "{error}");
        stack.below = Below::Unreadable;
        assert_eq!(answer(&stack, 2048, 1 << 40), (2048, Source::Invalid, 1));
    }

    #[test]
    fn what_is_not_there_is_said_not_read() {
        let cut = table(&[0, 2], 1024 + 512 + 1000, 1, false);
        let stack = Stack { layers: vec![layer("disk", cut)], below: Below::Nothing };
        assert_eq!(answer(&stack, 0, 9999), (4096, Source::Invalid, 0));
        assert_eq!(answer(&stack, 4096, 9999), (1000, Source::Data, 0));
        assert_eq!(answer(&stack, 5096, 9999), (3096, Source::Invalid, 0));
        let mut buf = [0; 1001];
        assert!(stack.read_exact_at(4096, &mut buf[..1000]).is_ok());
        assert!(stack.read_exact_at(4096, &mut buf).is_err());
    }

    #[test]
    fn a_missing_piece_is_absent() {
        let file: crate::bytes::Bytes = Rc::new(vec![3; 100]);
        let kind = Kind::Plain { size: 100, there: 90 };
        let plain = Layer::of_parts("disk", file, std::iter::once(10..20).collect(), kind);
        let stack = Stack { layers: vec![plain], below: Below::Nothing };
        assert_eq!(answer(&stack, 0, 99), (10, Source::Data, 0));
        assert_eq!(answer(&stack, 12, 99), (8, Source::Absent, 0));
        assert_eq!(answer(&stack, 20, 99), (70, Source::Data, 0));
        assert_eq!(answer(&stack, 95, 99), (5, Source::Invalid, 0));
    }
}
