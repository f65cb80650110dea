//! Where a stretch of the guest's disk lies, with the way to get there by hand.

use super::bat::{Bit, BlockTable, Made, NOT_ALLOCATED, Stretch};
use super::stack::{Below, Found, Kind, Layer, Met, Origin, Stack};
use crate::bytes::{ReadAt, ReadError, Span};
use crate::image::mapping::{self, Mapping, Source, Step};
use crate::image::tour::Reading;
use crate::structure::{Endian, span_at};

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
        steps.push(self.last_step(found, place, offset));
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

    fn last_step(&self, found: Found, place: Option<Span>, offset: u64) -> Step {
        let layer = self.layers.get(found.layer);
        match found.origin {
            Origin::Data(at) => match layer.map(|layer| &layer.kind) {
                Some(Kind::Blocks(table)) => {
                    let bitmap = table.bitmap_bytes();
                    let text = format!("the data follows the bitmap of {bitmap} bytes: it is at byte {at}");
                    let (size, inside) = (table.block_bytes, offset % table.block_bytes);
                    let start = at - bitmap - inside;
                    Step::new("Data", text)
                        .at(place)
                        .sum(
                            "bytes of the bitmap, a bit per sector",
                            format!("{size} / 512 / 8"),
                            size / 4096,
                        )
                        .sum(
                            "the same in whole sectors",
                            format!("({} + 511) / 512 × 512", size / 4096),
                            bitmap,
                        )
                        .sum("byte of the file", format!("{start} + {bitmap} + {inside}"), at)
                }
                _ => Step::new("Data", format!("it is byte {at} of the file")).at(place).plain(at),
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
            self.steps.push(Step::new(mapping::PARENT, text));
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
    let mut steps = vec![
        Step::new("Block", text)
            .sum("number of the block", format!("{offset} / {}", table.block_bytes), block)
            .sum("byte in the block", format!("{offset} mod {}", table.block_bytes), inside),
    ];
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
    let meaning = "The entry of the block: the sector where its bitmap begins, or ffffffff.";
    let mut step = Step::new("Table entry", text)
        .at(place)
        .sum("byte of the entry", format!("{} + 4 × {block}", table.offset), at)
        .reading([Reading::number(format!("entry {block}"), place, Endian::Big, entry.into(), meaning)]);
    if entry != NOT_ALLOCATED {
        step = step.sum("byte where the block begins", format!("{entry} × 512"), start);
    }
    steps.push(step);
    if let Some(bit) = stretch.bit {
        let text = format!(
            "remainder {inside} / 512 = sector {} of the block; its bit is 0x{:02x} of byte {start} + {} / 8 = {}: it is {}",
            bit.sector,
            Bit::mask(bit.sector),
            bit.sector,
            bit.at,
            if bit.set {
                "set, so the sector is in this file"
            } else {
                "clear, so the sector is in the parent"
            },
        );
        steps.push(bit_step(table, bit, inside, start, text));
    }
    steps
}

/// The bit of a sector: which byte holds it, and how it is taken out of it.
fn bit_step(table: &BlockTable, bit: Bit, inside: u64, start: u64, text: String) -> Step {
    let place = span_at(&*table.file, bit.at, 1);
    let step = Step::new("Bitmap", text)
        .at(place)
        .sum("sector of the block", format!("{inside} / 512"), bit.sector)
        .sum("byte that holds its bit", format!("{start} + {} / 8", bit.sector), bit.at);
    let Ok([byte]) = table.file.read_array::<1>(bit.at) else { return step };
    let mask = Bit::mask(bit.sector);
    let meaning = "Eight sectors, a bit each; the first sector has the most significant bit, 0x80.";
    step.reading([Reading::number("byte of the bitmap", place, Endian::Big, byte.into(), meaning)])
        .sum("the sector's bit in that byte", format!("128 >> ({} mod 8)", bit.sector), mask.into())
        .sum("that bit: 0 where it is clear", format!("{byte} & {mask}"), (byte & mask).into())
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
