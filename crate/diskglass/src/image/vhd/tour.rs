//! The guided tour of a VHD: the footer, what a disk that grows has besides, and the way to a sector.

use super::bat::{BlockTable, NOT_ALLOCATED};
use super::blocks::HEADER_KEY;
use super::located::{COPY_KEY, END_KEY};
use super::{Opened, Vhd};
use crate::bytes::ReadError;
use crate::image::tour::{self, ENTRIES_SHOWN, Form, Reading};
use crate::image::{Topic, TourStep};
use crate::limits;
use crate::structure::{Endian, Node, span_at};

/// The value of a field that is a number.
fn number(node: &Node, name: &str) -> Option<u64> {
    node.fields.iter().find(|field| field.name == name)?.value.parse().ok()
}

/// The structure of that key, where any of it is there.
fn find<'a>(nodes: &'a [Node], key: &str) -> Option<&'a Node> {
    nodes.iter().find(|node| node.key == key && node.span.is_some() && !node.fields.is_empty())
}

impl Vhd {
    /// The tour, with the way to the sector at byte `guest` of the disk.
    pub(super) fn walk(&self, guest: u64) -> Result<Vec<TourStep>, ReadError> {
        let Some(own) = self.members.first() else {
            return Ok(vec![tour::obstacle(&self.about, "The file cannot be read.")]);
        };
        let nodes = &self.about.nodes;
        let mut steps = vec![recognise(nodes, own)];
        let footer = find(nodes, END_KEY).or_else(|| find(nodes, COPY_KEY));
        steps.extend(footer.map(footer_step));
        if footer.and_then(|footer| number(footer, "disk_type")) == Some(2) {
            steps.push(TourStep::new(
                Topic::Unit,
                "That is all",
                "A fixed disk has no other structure. The disk is stored as it is from the first byte of the file on, and \
                 the footer stands behind it. A reader that knows nothing of VHD can use such a file as a raw disk with \
                 one sector too many.",
            ));
        } else {
            steps.extend(find(nodes, COPY_KEY).map(copy_step));
            steps.extend(find(nodes, HEADER_KEY).map(header_step));
            if let Some(table) = &own.table {
                steps.push(table_step(find(nodes, HEADER_KEY), table)?);
                steps.extend(empty_step(table)?);
            }
            if footer.and_then(|footer| number(footer, "disk_type")) == Some(4) {
                steps.extend(find(nodes, HEADER_KEY).map(parent_step));
            }
        }
        if self.disk.as_ref().is_none_or(|disk| guest >= crate::bytes::ReadAt::size(&**disk)) {
            steps.push(tour::obstacle(&self.about, "Nothing leads to the data of this image."));
            return Ok(steps);
        }
        steps.extend(tour::way(self, guest, explain, |depth| self.beneath(depth))?);
        Ok(steps)
    }

    /// What has to be read of a parent before its table can be followed.
    fn beneath(&self, depth: usize) -> Vec<TourStep> {
        let header = self.members.get(depth).and_then(|parent| find(&parent.nodes, HEADER_KEY));
        let step = |header: &Node| {
            TourStep::new(
                Topic::Way,
                "Header of the parent",
                "The parent has a header and a table of its own. Its blocks may have another size, so everything is \
                 computed anew with its numbers.",
            )
            .at(header.span)
            .fields(header, Endian::Big, &["table_offset", "block_size"])
        };
        header.map(step).into_iter().collect()
    }
}

/// How to tell a VHD.
fn recognise(nodes: &[Node], own: &Opened) -> TourStep {
    let size = own.source.bytes.size();
    let size_read = if own.source.pieces.is_empty() {
        Reading::known("size of the file", size, "As the file system says.")
    } else {
        let meaning =
            "The pieces one behind the other. One that is missing is taken to be as long as the others.";
        Reading::known("size of all pieces", size, meaning)
    };
    let first = TourStep::new(
        Topic::Recognise,
        "How to recognise a VHD",
        "A VHD is recognised at its end: the last 512 bytes are the footer, and the footer begins with the eight letters \
         conectix. Connectix made the first Virtual PC, for which this format was invented. The end was chosen so that a \
         raw disk becomes a VHD when a footer is put behind it.",
    )
    .reading([size_read]);
    match find(nodes, END_KEY) {
        Some(footer) => {
            let at = footer.within_source.map(|(at, _)| at);
            let back = at.map_or(512, |at| size.saturating_sub(at));
            let unusual = (back != 512).then(|| {
                let meaning = "Not 512 here: the footer was found by going back from the end.";
                Reading::known("footer before the end", back, meaning)
            });
            first
                .at(footer.field_span("cookie"))
                .reading(unusual)
                .sum("byte where the footer begins", format!("{size} - {back}"), at)
                .fields(footer, Endian::Big, &["cookie"])
        }
        None => first.here(
            "This file does not end with a footer. Where a disk grows, its first sector holds a copy of the footer, which \
             is used in its stead.",
        ),
    }
}

fn footer_step(footer: &Node) -> TourStep {
    let size = number(footer, "current_size");
    TourStep::new(
        Topic::Size,
        "The footer",
        "The footer says what kind of image this is and how large the disk is. All numbers of a VHD are big-endian: the \
         most significant byte comes first, so they can be read from left to right like numbers on paper. The checksum \
         is the sum of all 512 bytes, those of the checksum taken as zero, with all bits turned over.",
    )
    .at(footer.span)
    .fields(footer, Endian::Big, &["disk_type", "current_size", "data_offset", "checksum", "unique_id"])
    .sum("sectors of the disk", format!("{} / 512", size.unwrap_or(0)), size.map(|size| size / 512))
}

fn copy_step(copy: &Node) -> TourStep {
    TourStep::new(
        Topic::Copies,
        "The copy at the start",
        "A disk that grows gets its blocks behind one another, and with each the footer moves on to the new end. If the \
         computer stops at that moment the footer is lost. That is why the first sector of the file holds a copy of it.",
    )
    .at(copy.span)
    .fields(copy, Endian::Big, &["cookie", "data_offset"])
}

fn header_step(header: &Node) -> TourStep {
    let entries = number(header, "max_table_entries");
    let block = number(header, "block_size");
    let product = entries.zip(block).and_then(|(entries, block)| entries.checked_mul(block));
    TourStep::new(
        Topic::Unit,
        "The dynamic disk header",
        "The field data_offset of the footer leads here. The disk is cut into blocks of equal size, and a block takes \
         space in the file only after the guest has written to it. The header says how large a block is, where the table \
         lies that says which block is where, and how many entries that table has.",
    )
    .at(header.span)
    .fields(header, Endian::Big, &["cookie", "table_offset", "max_table_entries", "block_size"])
    .sum("sectors of a block", format!("{} / 512", block.unwrap_or(0)), block.map(|block| block / 512))
    .sum(
        "bytes that the table can lead to",
        format!("{} × {}", entries.unwrap_or(0), block.unwrap_or(0)),
        product,
    )
}

fn table_step(header: Option<&Node>, table: &BlockTable) -> Result<TourStep, ReadError> {
    let at = table.offset;
    let mut step = TourStep::new(
        Topic::Table,
        "The block allocation table",
        "This is the table, the BAT. It has one entry of four bytes per block of the disk, in the order of the disk: entry 0 \
         is for block 0. An entry is the number of the sector of the file where the block begins. The entry ffffffff, all \
         bits set, means that the block is not there: the guest reads zeros, or what the parent has.",
    )
    .at(span_at(&*table.file, at, table.bytes()));
    let says = |name| header.and_then(|header| number(header, name));
    if says("table_offset") != Some(at) || says("block_size") != Some(table.block_bytes) {
        // A header that is lost or damaged leaves its numbers to be guessed from the table.
        let meaning = "No header says so: this was found by trying what makes sense.";
        step = step.reading([
            Reading::known("table_offset", at, meaning),
            Reading::known("block_size", table.block_bytes, meaning),
        ]);
    }
    for (block, entry) in (0..).zip(table.page(0, ENTRIES_SHOWN)?) {
        let meaning = if entry == NOT_ALLOCATED {
            "The block is not in this file."
        } else {
            "The sector where the block begins."
        };
        let place = table.entry_span(block);
        step = step.reading([Reading::number(
            format!("entry {block}"),
            place,
            Endian::Big,
            entry.into(),
            meaning,
        )]);
    }
    Ok(step.sum("byte of entry 1", format!("{at} + 4 × 1"), Some(at + 4)))
}

/// An entry of a block that is not allocated, where one of the first is none.
fn empty_step(table: &BlockTable) -> Result<Option<TourStep>, ReadError> {
    let page = table.page(0, limits::ABSENT_RUN)?;
    let empty = (0_u64..).zip(page).find(|(_, entry)| *entry == NOT_ALLOCATED);
    Ok(empty.map(|(block, entry)| {
        let place = table.entry_span(block);
        let (first, sectors) = (block * table.block_bytes / 512, table.block_bytes / 512);
        let absent = if table.has_parent { "the parent's" } else { "zeros" };
        let meaning = "All bits set: the block takes no place in the file.";
        TourStep::new(
            Topic::Empty,
            "A block that is not there",
            "Only blocks that the guest has written to take place in the file. The entry of any other says so with all 32 \
             bits: sector ffffffff of a file would be beyond its end for any VHD that there can be.",
        )
        .here(format!("Block {block} is the first of that kind: what the guest reads from it is {absent}."))
        .at(place)
        .sum("byte of the entry", format!("{} + 4 × {block}", table.offset), Some(table.offset + 4 * block))
        .reading([Reading::number(format!("entry {block}"), place, Endian::Big, entry.into(), meaning)])
        .sum("first sector of the block", format!("{block} × {sectors}"), Some(first))
    }))
}

fn parent_step(header: &Node) -> TourStep {
    let step = TourStep::new(
        Topic::Parent,
        "The parent",
        "A differencing disk holds only what was changed since it was made; the rest is in another image, its parent. The \
         header names that one twice: by the unique id that stands in the parent's footer, and by the name of its file. \
         The id decides: a file of that name with another id is another disk.",
    )
    .at(header.field_span("parent_unique_id"))
    .fields(header, Endian::Big, &["parent_unique_id"]);
    let name = header.fields.iter().find(|field| field.name == "parent_unicode_name");
    step.reading(name.filter(|name| !name.value.is_empty()).map(|name| Reading {
        term: name.name.clone(),
        place: header.field_span(&name.name),
        form: Form::Utf16,
        value: name.value.clone(),
        display: name.display.clone(),
        meaning: name.meaning.clone(),
    }))
}

/// What has to be known to follow a step of a translation.
fn explain(title: &str) -> &'static str {
    match title {
        "Block" => {
            "Blocks are counted from 0. How often the size of a block goes into the guest's byte is the number of its block; \
             what is left over is the place in that block."
        }
        "Table entry" => {
            "The table has four bytes per entry, so the entry of a block lies four times its number behind the beginning of \
             the table. It counts in sectors: times 512 gives the byte of the file."
        }
        "Bitmap" => {
            "A block begins with a bitmap: a bit per sector of the block, the most significant bit of a byte first. In a \
             differencing disk the bit decides: set means that the sector is in this file, clear means that it is the \
             parent's."
        }
        "Data" => {
            "The data of a block follows its bitmap, which has one bit per sector of the block and is filled up to a whole \
             sector. In a dynamic disk all of a block counts that is there, whatever the bits say. These are the bytes that \
             the guest reads."
        }
        "Parent" => "This image has nothing for the sector, so the same sector is looked up in its parent.",
        "Plain bytes" => "Nothing has to be looked up here.",
        "End of the parent" => {
            "A child may be larger than its parent. What lies behind the parent's end was never written."
        }
        "Zeros" => "A sector that was never written takes no place in any file. The guest reads 512 zeros.",
        "Missing piece" | "Missing parent" => "The way by hand ends here until that file is there too.",
        "Unreadable parent" | "Dead end" => {
            "The table does not lead to anything that could be read, so the guest gets no answer here. The findings say \
             more."
        }
        _ => "",
    }
}
