//! The block allocation table and the block bitmaps as tables of a report, their rows read on demand.

use super::bat::{Block, BlockTable};
use crate::bytes::ReadError;
use crate::image::{Column, Row, Table};
use crate::structure::span_at;
use std::collections::BTreeMap;

/// Key of the table of blocks.
pub(super) const BAT: &str = "vhd.bat";
/// Key of the table of block bitmaps.
pub(super) const BITMAPS: &str = "vhd.bitmaps";

impl BlockTable {
    /// The two tables as the report lists them.
    pub(super) fn tables(&self) -> Vec<Table> {
        let table = |key: &str, title: &str, rows, columns| Table {
            key: key.into(),
            id: key.into(),
            title: title.into(),
            rows,
            counts: BTreeMap::new(),
            columns,
        };
        vec![
            table(
                BAT,
                "Block allocation table",
                self.entries,
                vec![
                    Column::number("block", "Block", "Number of the block."),
                    Column::number(
                        "guest",
                        "Guest offset",
                        "First byte of the guest's disk that the block holds.",
                    ),
                    Column::number(
                        "entry",
                        "Entry",
                        "The entry as stored: the sector of the block's bitmap; ffffffff means not allocated.",
                    ),
                    Column::number("file", "Data at", "Byte of the file where the block's data begins."),
                    Column::text("state", "State", "What the entry means."),
                ],
            ),
            table(
                BITMAPS,
                "Block bitmaps",
                self.row_count(BITMAPS),
                vec![
                    Column::number("block", "Block", "Number of the block."),
                    Column::number(
                        "guest",
                        "Guest offset",
                        "First byte of the guest's disk that the block holds.",
                    ),
                    Column::number("file", "Bitmap at", "Byte of the file where the bitmap begins."),
                    Column::number(
                        "set",
                        "Sectors marked",
                        "Sectors of the block that were written (dynamic) or that this image holds itself (differencing).",
                    ),
                    Column::text("state", "State", "Whether there is a block."),
                ],
            ),
        ]
    }

    /// Rows of one of the tables.
    pub(super) fn rows(&self, table: &str, first: u64, count: u32) -> Result<Vec<Row>, ReadError> {
        let bitmaps = table == BITMAPS;
        let end = self.row_count(table);
        let first = first.min(end);
        let page = self.page(first, (end - first).min(count.into()))?;
        (first..)
            .zip(page)
            .map(
                |(index, entry)| {
                    if bitmaps { self.bitmap_row(index, entry) } else { Ok(self.bat_row(index, entry)) }
                },
            )
            .collect()
    }

    /// The states of those rows.
    pub(super) fn states(&self, table: &str, first: u64, count: u32) -> Result<Vec<&'static str>, ReadError> {
        let end = self.row_count(table);
        let first = first.min(end);
        let page = self.page(first, (end - first).min(count.into()))?;
        Ok(page.into_iter().map(|entry| self.state(self.meaning(entry))).collect())
    }

    /// The row of the block that holds that byte of the guest's disk.
    pub(super) fn row_at(&self, table: &str, guest: u64) -> Option<u64> {
        let block = guest.checked_div(self.block_bytes)?;
        (guest < self.disk_bytes && block < self.row_count(table)).then_some(block)
    }

    fn row_count(&self, table: &str) -> u64 {
        if table == BITMAPS { self.entries.min(self.blocks) } else { self.entries }
    }

    fn state(&self, block: Block) -> &'static str {
        match block {
            Block::Absent => self.absent_word(),
            Block::At(_) => "allocated",
            Block::InMetadata(_) | Block::PastEnd(_) => "invalid",
        }
    }

    fn bat_row(&self, index: u64, entry: u32) -> Row {
        let (guest, length) = self.guest(index);
        let block = self.meaning(entry);
        let state = self.state(block);
        let (words, data) = match block {
            Block::Absent => (state.into(), None),
            Block::At(at) => (state.into(), Some(at + self.bitmap_bytes())),
            Block::InMetadata(at) => ("leads into metadata".into(), Some(at + self.bitmap_bytes())),
            Block::PastEnd(at) => {
                let data = at + self.bitmap_bytes();
                let there = self.data_end.saturating_sub(data).min(self.block_bytes);
                (format!("past the end: {there} bytes are there"), Some(data))
            }
        };
        Row {
            index,
            cells: vec![
                index.to_string(),
                guest.to_string(),
                format!("{entry:08x}"),
                data.map_or_else(String::new, |at| at.to_string()),
                words,
            ],
            state,
            entry: self.entry_span(index),
            target: data.and_then(|at| span_at(&*self.file, at, self.block_bytes)),
            guest: (length > 0).then_some((guest, length)),
        }
    }

    fn bitmap_row(&self, index: u64, entry: u32) -> Result<Row, ReadError> {
        let (guest, length) = self.guest(index);
        let block = self.meaning(entry);
        let (at, set) = match block {
            Block::At(at) => (Some(at), Some(self.sectors_marked(at, length.div_ceil(512))?)),
            _ => (None, None),
        };
        let state = self.state(block);
        let words = if state == "invalid" { "no usable block" } else { state };
        Ok(Row {
            index,
            cells: vec![
                index.to_string(),
                guest.to_string(),
                at.map_or_else(String::new, |at| at.to_string()),
                set.map_or_else(String::new, |set| format!("{set} of {}", length.div_ceil(512))),
                words.into(),
            ],
            state,
            entry: at.and_then(|at| span_at(&*self.file, at, self.bitmap_bytes())),
            target: at.and_then(|at| span_at(&*self.file, at + self.bitmap_bytes(), self.block_bytes)),
            guest: (length > 0).then_some((guest, length)),
        })
    }
}
