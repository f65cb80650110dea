//! Reads what an image with blocks has between its footers: the header, and where the table lies.

use super::bat::{BlockTable, to_usize};
use super::batmap;
use super::creator;
use super::footer::{self, Footer};
use super::header::DynamicHeader;
use super::located::Located;
use super::member::Member;
use super::parent;
use super::rebuild;
use super::rows::{BAT, BITMAPS};
use super::rules;
use super::stack::Layer;
use crate::finding::Finding;
use crate::image::OpenError;
use crate::limits;
use crate::structure::{Keeps, Node, State, hex_bytes};
use std::ops::Range;
use std::rc::Rc;

/// Key of the header among the structures.
pub(super) const HEADER_KEY: &str = "vhd.header";

/// Where the header nearly always lies.
const USUAL_OFFSET: u64 = 512;

/// Where the table lies, and what its entries stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TablePlace {
    /// Byte offset of the table.
    pub(super) offset: u64,
    /// Entries that it is said to have.
    pub(super) claimed: u64,
    /// Bytes of a block's data.
    pub(super) block_bytes: u64,
}

impl Member {
    /// Reads header, locators and where the table lies.
    pub(super) fn read_blocks(
        &mut self,
        footer: Option<&Footer>,
        located: &Located,
        now: Option<i64>,
    ) -> Result<(), OpenError> {
        let data_end = located.end.as_ref().map_or(self.size(), |end| end.offset);
        let mut offset = footer.map_or(USUAL_OFFSET, |footer| footer.data_offset);
        let mut header = self.read_header(offset, footer, located)?;
        if header.is_none() && offset != USUAL_OFFSET && DynamicHeader::is_at(self.bytes(), USUAL_OFFSET)? {
            offset = USUAL_OFFSET;
            self.nodes.retain(|node| node.key != HEADER_KEY);
            header = self.read_header(offset, None, located)?;
            self.assume(format!("a dynamic disk header was found at byte {offset} and was used"));
        }
        let Some(footer) = footer.cloned().or_else(|| stand_in(header.as_ref()?)) else { return Ok(()) };
        if self.facts.variant == "unknown" {
            self.facts.variant = footer.variant().into();
            self.facts.virtual_size_bytes = Some(footer.current_size);
            self.footer = Some(footer.clone());
        }
        let mut locators = Vec::new();
        let mut place = None;
        if let Some(header) = header
            && let Some(node) = self.node(HEADER_KEY)
        {
            header.check(&node, &footer, &mut self.findings);
            self.check_time(&node, "parent_time_stamp", header.parent_time_stamp, now);
            locators = self.read_locators(&header, &node, &footer, data_end);
            self.names = parent::names(self.bytes(), &header);
            place = self.table_place(&header, &node, &footer);
            self.header = Some(header);
        }
        if place.is_none() && footer.is_sparse() {
            place = rebuild::table_place(self.bytes(), offset, footer.current_size, data_end)?;
            if let Some(place) = place {
                self.assume(format!(
                    "the table is taken to be at byte {}, with {} entries of blocks of {} bytes: entries that are there \
                     make sense that way",
                    place.offset, place.claimed, place.block_bytes
                ));
            }
        }
        let Some(place) = place else { return Ok(()) };
        let Some(mut table) = self.read_table(place, &footer, offset, data_end, &locators) else {
            return Ok(());
        };
        let behind = place.offset.saturating_add((place.claimed * 4).next_multiple_of(512));
        let bytes = self.bytes().clone();
        let (nodes, findings) = (&mut self.nodes, &mut self.findings);
        if let Some(batmap) = batmap::read(&bytes, &footer, place.claimed, behind, nodes, findings)? {
            table.metadata.extend(batmap.metadata);
            table.batmap = Some(batmap.offset);
        }
        self.check_padding(&table, place)?;
        let table = Rc::new(table);
        self.facts.unit_bytes = Some(table.block_bytes);
        self.facts.total_units = Some(table.blocks);
        self.tables = table.tables();
        self.layer = Some(Layer::blocks(&self.source, Rc::clone(&table)));
        self.table = Some(table);
        Ok(())
    }

    /// Says that something was taken for granted.
    fn assume(&mut self, detail: String) {
        let mut finding = Finding::new(&rules::LAYOUT_ASSUMED, detail);
        finding.structure = self.node(HEADER_KEY).map(|node| node.key);
        self.findings.add(finding);
    }

    fn read_header(
        &mut self,
        offset: u64,
        footer: Option<&Footer>,
        located: &Located,
    ) -> Result<Option<DynamicHeader>, OpenError> {
        let footer_node = located.best_key().and_then(|key| self.node(key));
        let on_offset = |finding: Finding| match &footer_node {
            Some(node) => finding.field(node, "data_offset"),
            None => finding,
        };
        if offset == u64::MAX || offset < 512 || offset >= self.size() {
            let detail = format!("the data offset is 0x{offset:016x}, the file has {} bytes", self.size());
            self.findings.add(on_offset(Finding::new(&rules::DATA_OFFSET, detail)));
            return Ok(None);
        }
        if footer.is_some() && !offset.is_multiple_of(512) {
            let detail = format!("the data offset is {offset}");
            self.findings.add(on_offset(Finding::new(&rules::DATA_OFFSET_UNALIGNED, detail)));
        } else if footer.is_some() && offset != 512 {
            let detail = format!("the data offset is {offset}");
            self.findings.add(on_offset(Finding::new(&rules::DATA_OFFSET_UNUSUAL, detail)));
        }
        let raw = self.bytes().read_up_to(offset, DynamicHeader::LENGTH)?;
        let mut node = Node::of(&DynamicHeader::LAYOUT, HEADER_KEY, &**self.bytes(), offset, &raw);
        let Some(header) = DynamicHeader::decode(&raw) else {
            let detail = format!("the header begins at byte {offset}, the file has {} bytes", self.size());
            self.findings.add(Finding::new(&rules::HEADER_CUT, detail).on(HEADER_KEY).place(node.span));
            self.nodes.push(node);
            return Ok(None);
        };
        if header.cookie != *b"cxsparse" {
            node.state = State::Damaged;
            let found = hex_bytes(&header.cookie, 8);
            let detail = format!("at byte {offset} there is {found} instead of cxsparse");
            self.findings.add(
                Finding::new(&rules::HEADER_COOKIE, detail)
                    .expected("cxsparse", found)
                    .field(&node, "cookie"),
            );
            self.nodes.push(node);
            return Ok(None);
        }
        if !header.is_intact(&raw) {
            node.state = State::Damaged;
            let computed = footer::checksum(&raw, DynamicHeader::CHECKSUM_AT);
            let detail = format!("stored 0x{:08x}, computed 0x{computed:08x}", header.checksum);
            self.findings.add(
                Finding::new(&rules::HEADER_CHECKSUM, detail)
                    .expected(format!("0x{computed:08x}"), format!("0x{:08x}", header.checksum))
                    .field(&node, "checksum"),
            );
        }
        self.nodes.push(node);
        Ok(Some(header))
    }

    /// Where the table lies by the header, checked against the file; `None` where no block can be found that way.
    fn table_place(&mut self, header: &DynamicHeader, node: &Node, footer: &Footer) -> Option<TablePlace> {
        let size = self.size();
        let (offset, claimed) = (header.table_offset, u64::from(header.max_table_entries));
        if offset == 0 || offset.saturating_add(claimed * 4) > size {
            let detail = format!("{claimed} entries at byte {offset}; the file has {size} bytes");
            self.findings.add(Finding::new(&rules::TABLE_OFFSET, detail).field(node, "table_offset"));
        }
        if !offset.is_multiple_of(512) {
            let detail = format!("the table is at byte {offset}");
            self.findings.add(Finding::new(&rules::TABLE_ALIGN, detail).field(node, "table_offset"));
        }
        if !header.has_usable_block_size() || offset == 0 || size.saturating_sub(offset) < 4 || claimed == 0 {
            return None;
        }
        let block_bytes = u64::from(header.block_size);
        let blocks = footer.current_size.div_ceil(block_bytes);
        let detail = format!("{claimed} entries, the disk needs {blocks}");
        let finding =
            |rule| Finding::new(rule, &detail).expected(blocks, claimed).field(node, "max_table_entries");
        if claimed < blocks {
            let first_lost = claimed.saturating_mul(block_bytes);
            let lost = footer.current_size.saturating_sub(first_lost);
            self.findings.add(finding(&rules::TABLE_TOO_SMALL).guest(first_lost, lost));
        } else if claimed > (2_u64 << 40).div_ceil(block_bytes).max(blocks) {
            self.findings.add(finding(&rules::TABLE_ABSURD));
        } else if claimed > blocks {
            self.findings.add(finding(&rules::TABLE_TOO_LARGE));
        }
        Some(TablePlace { offset, claimed, block_bytes })
    }

    /// The table, shown, with what must not be overwritten by a block.
    fn read_table(
        &mut self,
        place: TablePlace,
        footer: &Footer,
        header_offset: u64,
        data_end: u64,
        locators: &[Range<u64>],
    ) -> Option<BlockTable> {
        let TablePlace { offset, claimed, block_bytes } = place;
        let there = self.size().saturating_sub(offset) / 4;
        let entries = claimed.min(there).min(limits::TABLE_ENTRIES);
        if entries == 0 {
            return None;
        }
        let header_end = header_offset.saturating_add(DynamicHeader::LENGTH as u64);
        let mut metadata: Vec<Range<u64>> = vec![0..512, header_offset..header_end];
        let footer_at = data_end..data_end.saturating_add(512);
        let table = offset..offset.saturating_add((entries * 4).next_multiple_of(512));
        let node = self.node(HEADER_KEY);
        if let Some(other) = metadata
            .iter()
            .chain([&footer_at])
            .find(|area| offset < area.end && area.start < offset.saturating_add(entries * 4))
        {
            let detail = format!(
                "the table is at bytes {} to {}, the other structure at {} to {}",
                offset, table.end, other.start, other.end
            );
            let finding = Finding::new(&rules::TABLE_OVERLAP, detail);
            self.findings.add(match &node {
                Some(node) => finding.field(node, "table_offset"),
                None => finding,
            });
        }
        if claimed.min(there) > entries {
            let detail = format!("{entries} of {claimed} entries are examined");
            self.findings.add(Finding::new(&rules::TABLE_NOT_EXAMINED, detail).on(BAT));
        }
        metadata.push(table);
        metadata.extend(locators.iter().cloned());
        let mut bat = Node::area(BAT, BAT, "Block allocation table", self.span(offset, entries * 4)).note(
            "One entry of four bytes per block, the most significant first: the sector of the file where the block's bitmap \
             begins, or all ones where the block is not allocated.",
        );
        bat.parent = node.map(|node| node.key);
        bat.keeps = Keeps::Tables;
        if claimed > there {
            bat.state = State::Truncated;
        }
        self.nodes.push(bat);
        self.nodes.push(Node::area("vhd.bitmap", BITMAPS, "Block bitmaps", None).within(BAT).note(
            "In front of each block's data, a bit per sector, the most significant first. In a dynamic image a set bit marks \
             a sector that was written; in a differencing image it marks a sector that is in this file and not in the parent.",
        ));
        Some(BlockTable {
            file: self.bytes().clone(),
            offset,
            entries,
            blocks: footer.current_size.div_ceil(block_bytes),
            block_bytes,
            metadata,
            batmap: None,
            data_end,
            disk_bytes: footer.current_size,
            has_parent: footer.disk_type == 4,
            is_xen: creator::is_xen(footer.creator_application),
        })
    }

    /// Looks at the bytes between the last entry and the end of its sector. Ones and zeros are what products write.
    fn check_padding(&mut self, table: &BlockTable, place: TablePlace) -> Result<(), OpenError> {
        let end = table.offset.saturating_add(table.bytes());
        let length = end.checked_next_multiple_of(512).map_or(0, |sector_end| sector_end - end);
        if place.claimed != table.entries || length == 0 {
            return Ok(());
        }
        let padding = self.bytes().read_up_to(end, to_usize(length))?;
        if !padding.iter().all(|byte| *byte == 0xff) && !padding.iter().all(|byte| *byte == 0) {
            let detail =
                format!("{} bytes follow the last entry: {}", padding.len(), hex_bytes(&padding, 16));
            let span = self.span(end, padding.len() as u64);
            self.findings.add(Finding::new(&rules::TABLE_PADDING, detail).on(BAT).place(span));
        }
        Ok(())
    }
}

/// A footer for a header without one: the entries bound the size, and a named parent shows a differencing image.
fn stand_in(header: &DynamicHeader) -> Option<Footer> {
    let mut footer = Footer::decode(&[0; Footer::LENGTH])?;
    footer.current_size = u64::from(header.max_table_entries) * u64::from(header.block_size);
    footer.disk_type = if header.parent_unique_id == [0; 16] { 3 } else { 4 };
    Some(footer)
}
