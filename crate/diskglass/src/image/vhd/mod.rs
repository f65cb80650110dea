//! VHD, version 1: what Virtual PC, Virtual Server, Hyper-V, Azure, XenServer, VirtualBox and qemu write.
//!
//! A fixed image is the guest's disk with a footer behind it. The others begin with a copy of the footer, then a
//! header and a table of blocks; the footer at the end is the one that counts.

mod bat;
mod batmap;
mod creator;
mod disk;
mod footer;
mod geometry;
mod header;
mod parent;
pub mod rules;

pub use batmap::BatmapHeader;
pub use footer::Footer;
pub use geometry::Geometry;
pub use header::{DynamicHeader, ParentLocator};

use super::{
    Context, Facts, FileRole, Format, Image, Link, LinkStatus, Match, OpenError, Parent, Probe, Reference,
    Row, Scan, Table,
};
use crate::bytes::{Bytes, FileId, FileSet, ReadAt, ReadError, Span};
use crate::finding::{Finding, Findings};
use crate::limits;
use crate::structure::{FieldValue, Node, Role, State, span_at, uuid_text};
use bat::{BAT, BITMAPS, BatScan, BlockTable};
use disk::{BlockDisk, FixedDisk};
use std::rc::Rc;

/// The format's entry.
pub const FORMAT: Format = Format { id: "vhd", name: "VHD", probe, references, open };

/// Length of the footers that were written before Virtual PC 2004.
const SHORT_FOOTER: u64 = 511;

/// How far before the end of the file a footer is looked for when the last sector is none.
const SEARCH_BYTES: u64 = 64 << 10;

fn probe(probe: &Probe) -> Match {
    let marked = |bytes: Option<&[u8]>| bytes.is_some_and(Footer::is_marked);
    if marked(probe.tail_at(512, 512)) || marked(probe.tail_at(511, 511)) {
        return Match::Yes("the file ends with a footer");
    }
    if Footer::is_marked(&probe.head) {
        return Match::Yes("the file begins with the copy of a footer");
    }
    // Sectors are counted from the start of the file, so a file cut at an odd length still shows its footer.
    let shift = usize::try_from((probe.size.saturating_sub(probe.tail.len() as u64)).wrapping_neg() % 512)
        .unwrap_or(0);
    let mut sectors = probe.tail.get(shift..).unwrap_or_default().chunks(512);
    if sectors.any(Footer::is_marked) {
        return Match::Maybe("there is a footer shortly before the end");
    }
    if probe.head.get(512..).is_some_and(|rest| rest.starts_with(b"cxsparse")) {
        return Match::Maybe("there is a dynamic disk header in the second sector");
    }
    Match::No
}

fn references(context: &Context, file: FileId) -> Vec<Reference> {
    let Ok(located) = Located::read(context.files, file) else { return Vec::new() };
    let Some((footer, header)) = located.footer().zip(located.header(context.files, file)) else {
        return Vec::new();
    };
    if footer.disk_type != 4 {
        return Vec::new();
    }
    let names = locator_names(context.files, file, &header);
    let found = parent::find(context.files, file, header.parent_unique_id, &names);
    found.files.into_iter().map(|file| Reference { file, role: FileRole::Parent }).collect()
}

fn open(context: &Context, file: FileId) -> Result<Box<dyn Image>, OpenError> {
    let mut above = Vec::new();
    Ok(Box::new(Vhd::open(context.files, file, &mut above)?))
}

/// A footer where it was found.
struct At {
    offset: u64,
    bytes: Vec<u8>,
    footer: Footer,
    intact: bool,
}

impl At {
    /// The footer of 512 or 511 bytes at `offset`, if there is one.
    fn read(file: &dyn ReadAt, offset: u64) -> Result<Option<Self>, ReadError> {
        let mut bytes = file.read_up_to(offset, Footer::LENGTH)?;
        if bytes.len() as u64 == SHORT_FOOTER {
            bytes.push(0);
        }
        let Some(footer) = Footer::decode(&bytes).filter(|_| Footer::is_marked(&bytes)) else {
            return Ok(None);
        };
        let intact = footer.is_intact(&bytes);
        Ok(Some(Self { offset, bytes, footer, intact }))
    }
}

/// The footers of a file.
struct Located {
    end: Option<At>,
    copy: Option<At>,
}

impl Located {
    fn read(files: &FileSet, file: FileId) -> Result<Self, ReadError> {
        let Some(entry) = files.get(file) else { return Ok(Self { end: None, copy: None }) };
        let bytes = &*entry.bytes;
        let size = bytes.size();
        let mut end = match size.checked_sub(512) {
            Some(offset) => At::read(bytes, offset)?,
            None => None,
        };
        if end.is_none() && size >= SHORT_FOOTER {
            end = At::read(bytes, size - SHORT_FOOTER)?;
        }
        let copy = At::read(bytes, 0)?.filter(|_| end.as_ref().is_none_or(|end| end.offset != 0));
        if end.is_none() {
            end = Self::search(bytes, size)?;
        }
        Ok(Self { end, copy })
    }

    /// Looks for an intact footer in whole sectors before the end, the last one first.
    fn search(bytes: &dyn ReadAt, size: u64) -> Result<Option<At>, ReadError> {
        let mut offset = (size / 512) * 512;
        while offset >= 1024 && offset > size.saturating_sub(SEARCH_BYTES) {
            offset -= 512;
            if let Some(found) = At::read(bytes, offset)?.filter(|found| found.intact) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The one that counts: the one at the end when it is intact, or else an intact copy, or else whichever there is.
    fn best(&self) -> Option<&At> {
        let copy = self.copy.as_ref().filter(|copy| copy.footer.is_sparse());
        let intact = |at: &&At| at.intact;
        (self.end.as_ref().filter(intact))
            .or(copy.filter(intact))
            .or(self.end.as_ref())
            .or(copy)
            .or(self.copy.as_ref())
    }

    fn footer(&self) -> Option<&Footer> {
        self.best().map(|at| &at.footer)
    }

    /// The dynamic disk header, wherever the footer says it is.
    fn header(&self, files: &FileSet, file: FileId) -> Option<DynamicHeader> {
        let offset = self.footer().map_or(512, |footer| footer.data_offset);
        let raw = files.get(file)?.bytes.read_up_to(offset, DynamicHeader::LENGTH).ok()?;
        DynamicHeader::decode(&raw).filter(|header| header.cookie == *b"cxsparse")
    }
}

/// The names that the locators give, in their order, then the name in the header.
fn locator_names(files: &FileSet, file: FileId, header: &DynamicHeader) -> Vec<String> {
    let data = |locator: &ParentLocator| {
        let length = usize::try_from(locator.platform_data_length).ok()?.min(limits::FIELD_TEXT_CHARS * 2);
        files.get(file)?.bytes.read_vec(locator.platform_data_offset, length).ok()
    };
    let mut names: Vec<String> = Vec::new();
    let located = header.locators().filter_map(|locator| locator.name(&data(&locator)?));
    for name in located.chain([header.parent_name().0]) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// An open VHD.
struct Vhd {
    file: FileId,
    name: String,
    bytes: Bytes,
    facts: Facts,
    nodes: Vec<Node>,
    findings: Findings,
    tables: Vec<Table>,
    chain: Vec<Link>,
    table: Option<Rc<BlockTable>>,
    disk: Option<Bytes>,
    parents: Vec<FileId>,
}

impl Vhd {
    fn open(files: &FileSet, file: FileId, above: &mut Vec<FileId>) -> Result<Self, OpenError> {
        let entry = files.get(file).ok_or_else(|| OpenError::Unusable { why: "no such file".into() })?;
        let located = Located::read(files, file)?;
        let mut vhd = Self {
            file,
            name: entry.name.clone(),
            bytes: entry.bytes.clone(),
            facts: Facts {
                format: "vhd".into(),
                variant: "unknown".into(),
                logical_sector_bytes: 512,
                ..Facts::default()
            },
            nodes: Vec::new(),
            findings: Findings::default(),
            tables: Vec::new(),
            chain: Vec::new(),
            table: None,
            disk: None,
            parents: Vec::new(),
        };
        vhd.read_footers(&located);
        let footer = located.footer().cloned();
        match &footer {
            Some(footer) if footer.disk_type == 2 => vhd.read_fixed(footer, &located),
            _ => vhd.read_blocks(files, footer.as_ref(), &located, above)?,
        }
        if vhd.chain.is_empty() {
            let link = vhd.link(None, &[], LinkStatus::Base, "it stands alone".into());
            vhd.chain.push(link);
        }
        Ok(vhd)
    }

    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn span(&self, offset: u64, length: u64) -> Option<Span> {
        span_at(&*self.bytes, offset, length)
    }

    fn link(&self, parent_id: Option<String>, names: &[String], status: LinkStatus, reason: String) -> Link {
        Link {
            key: self.name.clone(),
            format: self.facts.format.clone(),
            variant: self.facts.variant.clone(),
            id: self.facts.id.clone(),
            virtual_size_bytes: self.facts.virtual_size_bytes,
            parent_id,
            parent_names: names.to_vec(),
            status,
            reason,
            candidates: Vec::new(),
        }
    }

    /// Shows both footers, checks them, and takes the facts from the one that counts.
    fn read_footers(&mut self, located: &Located) {
        let best = located.best();
        let is_best = |at: &At| best.is_some_and(|best| std::ptr::eq(best, at));
        let sparse = best.is_some_and(|best| best.footer.is_sparse());
        let fixed = best.is_some_and(|best| best.footer.disk_type == 2);
        if let Some(end) = &located.end {
            let mut node = self.footer_node(end, "vhd.footer@end", "Hard disk footer");
            if !is_best(end) {
                node = node
                    .role(Role::Backup)
                    .note("This footer is damaged, so its copy at the start of the file was used.");
            }
            if !end.intact {
                node.state = State::Damaged;
                self.findings.add(Self::checksum_finding(&rules::FOOTER_CHECKSUM, &node, end));
            }
            if end.offset + 512 < self.size() {
                let after = self.size() - end.offset - 512;
                let detail = format!("the footer is at byte {}, {after} bytes follow it", end.offset);
                let rest = self.span(end.offset + 512, after);
                self.findings.add(Finding::new(&rules::TRAILING, detail).on(node.key.clone()).place(rest));
            } else if end.offset + SHORT_FOOTER == self.size() {
                self.findings.add(
                    Finding::new(&rules::SHORT_FOOTER, "the footer ends at byte 511").on(node.key.clone()),
                );
            }
            if is_best(end) {
                end.footer.check(&node, &mut self.findings);
            }
            self.nodes.push(node);
        } else {
            let node = Node::area("vhd.footer", "vhd.footer@end", "Hard disk footer", None)
                .state(State::Absent)
                .note("The file does not end with a footer.");
            let rule = if located.copy.is_some() { &rules::FOOTER_MISSING } else { &rules::NO_FOOTER };
            let last = self.size().saturating_sub(512);
            let detail = format!("the last sector, at byte {last}, does not begin with conectix");
            let place = self.span(last, 512);
            self.findings.add(Finding::new(rule, detail).on(node.key.clone()).place(place));
            self.nodes.push(node);
        }
        let size = self.size();
        if !size.is_multiple_of(512) && size % 512 != SHORT_FOOTER {
            let detail = format!("the file has {size} bytes: {} beyond a sector", size % 512);
            self.findings.add(Finding::new(&rules::SIZE_NOT_SECTORS, detail).arg("size", size));
        }
        self.read_copy(located, sparse, fixed);
        if let Some(best) = best {
            self.take_facts(&best.footer);
        }
    }

    fn read_copy(&mut self, located: &Located, sparse: bool, fixed: bool) {
        let Some(copy) = &located.copy else {
            if sparse {
                let place = self.span(0, 512);
                let detail = "the first sector does not begin with conectix";
                self.findings
                    .add(Finding::new(&rules::COPY_MISSING, detail).on("vhd.footer@copy").place(place));
                self.nodes.push(
                    Node::area("vhd.footer", "vhd.footer@copy", "Copy of the footer", None)
                        .role(Role::Backup)
                        .state(State::Absent)
                        .note("The first sector should hold a copy of the footer."),
                );
            }
            return;
        };
        if fixed {
            // A fixed image begins with the guest's data, whatever it looks like.
            if copy.intact && copy.footer.is_sparse() {
                let detail = format!("the first sector is a footer of a {} image", copy.footer.variant());
                self.findings.add(Finding::new(&rules::FIXED_WITH_COPY, detail).place(self.span(0, 512)));
            }
            return;
        }
        let used = located.best().is_some_and(|best| std::ptr::eq(best, copy));
        let mut node = self.footer_node(copy, "vhd.footer@copy", "Copy of the footer");
        if !used {
            node = node
                .role(Role::Backup)
                .note("The first sector repeats the footer, so that one can replace the other.");
        }
        if !copy.intact {
            node.state = State::Damaged;
            self.findings.add(Self::checksum_finding(&rules::COPY_CHECKSUM, &node, copy));
        }
        if used {
            copy.footer.check(&node, &mut self.findings);
        }
        if let Some(end) =
            located.end.as_ref().filter(|end| end.intact && copy.intact && end.bytes != copy.bytes)
        {
            self.findings.add(differing(end, copy, &node));
        }
        self.nodes.push(node);
    }

    fn footer_node(&self, at: &At, key: &str, title: &str) -> Node {
        let mut node = Node::of(&Footer::LAYOUT, key, &*self.bytes, at.offset, &at.bytes).titled(title);
        if at.offset + SHORT_FOOTER == self.size() {
            node.span = self.span(at.offset, SHORT_FOOTER);
        }
        node
    }

    fn checksum_finding(rule: &'static crate::finding::Rule, node: &Node, at: &At) -> Finding {
        let computed = footer::checksum(&at.bytes, Footer::CHECKSUM_AT);
        let detail = format!("stored 0x{:08x}, computed 0x{computed:08x}", at.footer.checksum);
        Finding::new(rule, detail)
            .expected(format!("0x{computed:08x}"), format!("0x{:08x}", at.footer.checksum))
            .field(node, "checksum")
    }

    fn take_facts(&mut self, footer: &Footer) {
        self.facts = Facts {
            variant: footer.variant().into(),
            virtual_size_bytes: Some(footer.current_size),
            chs_size_bytes: footer.geometry().bytes().filter(|_| !footer.geometry().is_clamped()),
            producer: Some(creator::producer(footer.creator_application, footer.creator_version)),
            created_utc: (footer.time_stamp != 0).then(|| {
                crate::structure::utc(i64::from(footer.time_stamp) + crate::structure::SECONDS_1970_TO_2000)
            }),
            id: Some(uuid_text(&footer.unique_id)),
            id_kind: Some("uuid".into()),
            ..std::mem::take(&mut self.facts)
        };
        self.facts.format = "vhd".into();
    }

    fn read_fixed(&mut self, footer: &Footer, located: &Located) {
        let key = "vhd.footer@end";
        let node = self.nodes.iter().find(|node| node.key == key).cloned();
        if let Some(node) = &node {
            match footer.data_offset {
                u64::MAX => {}
                0xffff_ffff => self.findings.add(
                    Finding::new(&rules::FIXED_DATA_OFFSET_32, "the data offset is 0x00000000ffffffff")
                        .field(node, "data_offset"),
                ),
                other => self.findings.add(
                    Finding::new(&rules::FIXED_DATA_OFFSET, format!("the data offset is 0x{other:016x}"))
                        .expected("0xffffffffffffffff", format!("0x{other:016x}"))
                        .field(node, "data_offset"),
                ),
            }
        }
        let there = located.end.as_ref().map_or(self.size(), |end| end.offset).min(footer.current_size);
        let before = located.end.as_ref().map_or(self.size(), |end| end.offset);
        if footer.current_size > before {
            let missing = footer.current_size - before;
            let detail = format!(
                "the disk has {} bytes, {before} are in the file: {missing} are missing",
                footer.current_size
            );
            let mut finding = Finding::new(&rules::FIXED_TRUNCATED, detail)
                .expected(footer.current_size, before)
                .guest(before, missing);
            if let Some(node) = &node {
                finding = finding.field(node, "current_size");
            }
            self.findings.add(finding);
        } else if footer.current_size < before {
            let detail = format!(
                "{} bytes lie between the end of the disk and the footer",
                before - footer.current_size
            );
            let place = self.span(footer.current_size, before - footer.current_size);
            self.findings.add(Finding::new(&rules::FIXED_OVERSIZE, detail).on(key).place(place));
        }
        let disk = FixedDisk { file: self.bytes.clone(), size: footer.current_size, there };
        self.disk = Some(Rc::new(disk));
    }

    /// Reads header, locators and where the table lies.
    fn read_blocks(
        &mut self,
        files: &FileSet,
        footer: Option<&Footer>,
        located: &Located,
        above: &mut Vec<FileId>,
    ) -> Result<(), OpenError> {
        let offset = footer.map_or(512, |footer| footer.data_offset);
        let Some(header) = self.read_header(offset, footer, located)? else { return Ok(()) };
        let data_end = located.end.as_ref().map_or(self.size(), |end| end.offset);
        // A header without a footer: the entries bound the size, and a named parent shows a differencing image.
        let Some(footer) = footer.cloned().or_else(|| {
            let mut stand_in = Footer::decode(&[0; Footer::LENGTH])?;
            stand_in.current_size = u64::from(header.max_table_entries) * u64::from(header.block_size);
            stand_in.disk_type = if header.parent_unique_id == [0; 16] { 3 } else { 4 };
            Some(stand_in)
        }) else {
            return Ok(());
        };
        if self.facts.variant == "unknown" {
            self.facts.variant = footer.variant().into();
            self.facts.virtual_size_bytes = Some(footer.current_size);
        }
        if let Some(node) = self.nodes.iter().find(|node| node.key == "vhd.header").cloned() {
            header.check(&node, &footer, &mut self.findings);
        }
        let locators = self.read_locators(&header, &footer, data_end);
        let Some(mut table) = self.read_table(&header, &footer, offset, data_end, &locators) else {
            return Ok(());
        };
        let claimed = u64::from(header.max_table_entries);
        let behind = header.table_offset.saturating_add((claimed * 4).next_multiple_of(512));
        let (nodes, findings) = (&mut self.nodes, &mut self.findings);
        if let Some(batmap) = batmap::read(&self.bytes, &footer, claimed, behind, nodes, findings)? {
            table.metadata.extend(batmap.metadata);
            table.batmap = Some(batmap.offset);
        }
        let table = Rc::new(table);
        self.facts.unit_bytes = Some(table.block_bytes);
        self.facts.total_units = Some(table.blocks);
        self.tables = table.tables();
        let parent = if table.has_parent { self.read_parent(files, &header, &footer, above)? } else { None };
        self.disk = Some(Rc::new(BlockDisk { table: Rc::clone(&table), parent }));
        self.table = Some(table);
        Ok(())
    }

    fn read_header(
        &mut self,
        offset: u64,
        footer: Option<&Footer>,
        located: &Located,
    ) -> Result<Option<DynamicHeader>, OpenError> {
        let best =
            located.best().map(|best| if best.offset == 0 { "vhd.footer@copy" } else { "vhd.footer@end" });
        let footer_node = self.nodes.iter().find(|node| Some(node.key.as_str()) == best).cloned();
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
        let raw = self.bytes.read_up_to(offset, DynamicHeader::LENGTH)?;
        let mut node = Node::of(&DynamicHeader::LAYOUT, "vhd.header", &*self.bytes, offset, &raw);
        let Some(header) = DynamicHeader::decode(&raw) else {
            let detail = format!("the header begins at byte {offset}, the file has {} bytes", self.size());
            self.findings.add(Finding::new(&rules::HEADER_CUT, detail).on("vhd.header").place(node.span));
            self.nodes.push(node);
            return Ok(None);
        };
        if header.cookie != *b"cxsparse" {
            node.state = State::Damaged;
            let found = crate::structure::hex_bytes(&header.cookie, 8);
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

    /// Shows the locators in use with their names, checks them, and returns the ranges of their data.
    fn read_locators(&mut self, header: &DynamicHeader, footer: &Footer, data_end: u64) -> Vec<(u64, u64)> {
        let Some(base) = self.nodes.iter().find(|node| node.key == "vhd.header").and_then(|node| node.span)
        else {
            return Vec::new();
        };
        let mut ranges = Vec::new();
        for (index, locator) in (0_u64..).zip(header.locators()) {
            let offset = base.offset + 576 + index * ParentLocator::LENGTH as u64;
            let raw = self.bytes.read_up_to(offset, ParentLocator::LENGTH).unwrap_or_default();
            if raw.iter().all(|byte| *byte == 0) {
                continue;
            }
            let key = format!("vhd.locator@{index}");
            let mut node = Node::of(&ParentLocator::LAYOUT, key.clone(), &*self.bytes, offset, &raw)
                .within("vhd.header")
                .titled(format!("Parent locator {}", index + 1));
            if !locator.is_used() {
                self.findings.add(
                    Finding::new(&rules::LOCATOR_UNUSED, "the code is zero").field(&node, "platform_code"),
                );
            } else if !locator.is_known() {
                let code = crate::structure::ascii(&locator.platform_code);
                self.findings.add(
                    Finding::new(&rules::LOCATOR_CODE, format!("the code is {code:?}"))
                        .field(&node, "platform_code"),
                );
            }
            let (start, length) = (locator.platform_data_offset, u64::from(locator.platform_data_length));
            if locator.is_used() && length == 0 {
                self.findings.add(
                    Finding::new(&rules::LOCATOR_EMPTY, "the length is 0")
                        .field(&node, "platform_data_length"),
                );
            } else if locator.is_used() {
                let end = start.saturating_add(length);
                if start == 0 || end > data_end {
                    let detail =
                        format!("{length} bytes at byte {start}; blocks and names end at byte {data_end}");
                    node.state = State::Damaged;
                    self.findings.add(
                        Finding::new(&rules::LOCATOR_RANGE, detail).field(&node, "platform_data_offset"),
                    );
                } else {
                    ranges.push((start, end));
                }
            }
            self.nodes.push(node);
            if ranges.last().is_some_and(|range| range.0 == start) {
                self.nodes.push(self.locator_name_node(index, &locator));
            }
        }
        if footer.disk_type == 4 && ranges.is_empty() && header.parent_name().0.is_empty() {
            self.findings
                .add(Finding::new(&rules::NO_PARENT_NAME, "no locator and no name").on("vhd.header"));
        }
        ranges
    }

    fn locator_name_node(&self, index: u64, locator: &ParentLocator) -> Node {
        let length = locator.platform_data_length;
        let shown = usize::try_from(length).unwrap_or(0).min(limits::FIELD_TEXT_CHARS * 2);
        let raw = self.bytes.read_up_to(locator.platform_data_offset, shown).unwrap_or_default();
        let span = self.span(locator.platform_data_offset, length.into());
        let mut node =
            Node::area("vhd.locator-name", format!("vhd.locator-name@{index}"), "Name of the parent", span)
                .within(format!("vhd.locator@{index}"))
                .note("What a parent locator points to.");
        let text = locator.name(&raw).unwrap_or_else(|| crate::structure::hex_bytes(&raw, 64));
        node.fields.push(FieldValue::text(
            "name",
            0,
            length,
            &text,
            "Path of the parent. It is shown, never opened.",
        ));
        node
    }

    /// Where the table lies, checked against the file; `None` where no block can be found.
    fn read_table(
        &mut self,
        header: &DynamicHeader,
        footer: &Footer,
        header_offset: u64,
        data_end: u64,
        locators: &[(u64, u64)],
    ) -> Option<BlockTable> {
        let node = self.nodes.iter().find(|node| node.key == "vhd.header").cloned()?;
        let size = self.size();
        let (offset, claimed) = (header.table_offset, u64::from(header.max_table_entries));
        let claimed_end = offset.saturating_add(claimed * 4);
        let outside = offset == 0 || claimed_end > size;
        if outside {
            let detail = format!("{claimed} entries at byte {offset}; the file has {size} bytes");
            self.findings.add(Finding::new(&rules::TABLE_OFFSET, detail).field(&node, "table_offset"));
        }
        if !offset.is_multiple_of(512) {
            let detail = format!("the table is at byte {offset}");
            self.findings.add(Finding::new(&rules::TABLE_ALIGN, detail).field(&node, "table_offset"));
        }
        let there = size.saturating_sub(offset) / 4;
        let entries = claimed.min(there).min(limits::TABLE_ENTRIES);
        let mut metadata: Vec<std::ops::Range<u64>> = vec![0..512, header_offset..header_offset + 1024];
        let footer_at = data_end..data_end.saturating_add(512);
        let table = offset..offset.saturating_add((entries * 4).next_multiple_of(512));
        if let Some(other) = metadata
            .iter()
            .chain([&footer_at])
            .find(|area| offset < area.end && area.start < offset.saturating_add(entries * 4))
        {
            let detail = format!(
                "the table is at bytes {} to {}, the other structure at {} to {}",
                offset, table.end, other.start, other.end
            );
            self.findings.add(Finding::new(&rules::TABLE_OVERLAP, detail).field(&node, "table_offset"));
        }
        if !header.has_usable_block_size() || offset == 0 || entries == 0 {
            return None;
        }
        let block_bytes = u64::from(header.block_size);
        let blocks = footer.current_size.div_ceil(block_bytes);
        if claimed < blocks {
            let detail = format!("{claimed} entries, the disk needs {blocks}");
            let first_lost = claimed.saturating_mul(block_bytes);
            self.findings.add(
                Finding::new(&rules::TABLE_TOO_SMALL, detail)
                    .expected(blocks, claimed)
                    .guest(first_lost, footer.current_size.saturating_sub(first_lost))
                    .field(&node, "max_table_entries"),
            );
        } else if claimed > blocks {
            let rule = if claimed > (2_u64 << 40).div_ceil(block_bytes) {
                &rules::TABLE_ABSURD
            } else {
                &rules::TABLE_TOO_LARGE
            };
            let detail = format!("{claimed} entries, the disk needs {blocks}");
            self.findings
                .add(Finding::new(rule, detail).expected(blocks, claimed).field(&node, "max_table_entries"));
        }
        if claimed.min(there) > entries {
            let detail = format!("{entries} of {claimed} entries are examined");
            self.findings.add(Finding::new(&rules::TABLE_NOT_EXAMINED, detail).on(BAT));
        }
        metadata.push(table);
        metadata.extend(locators.iter().map(|(start, end)| *start..*end));
        let mut bat = Node::area(BAT, BAT, "Block allocation table", self.span(offset, entries * 4)).within("vhd.header").note(
            "One entry of four bytes per block, the most significant first: the sector of the file where the block's bitmap \
             begins, or all ones where the block is not allocated.",
        );
        if outside {
            bat.state = State::Truncated;
        }
        self.nodes.push(bat);
        self.nodes.push(Node::area("vhd.bitmap", BITMAPS, "Block bitmaps", None).within(BAT).note(
            "In front of each block's data, a bit per sector, the most significant first. In a dynamic image a set bit marks \
             a sector that was written; in a differencing image it marks a sector that is in this file and not in the parent.",
        ));
        Some(BlockTable {
            file: self.bytes.clone(),
            offset,
            entries,
            blocks,
            block_bytes,
            metadata,
            batmap: None,
            data_end,
            disk_bytes: footer.current_size,
            has_parent: footer.disk_type == 4,
        })
    }

    /// Looks for the parent and opens it when it is the right one.
    fn read_parent(
        &mut self,
        files: &FileSet,
        header: &DynamicHeader,
        footer: &Footer,
        above: &mut Vec<FileId>,
    ) -> Result<Option<Bytes>, OpenError> {
        let names = locator_names(files, self.file, header);
        let found = parent::find(files, self.file, header.parent_unique_id, &names);
        let mut status = found.status;
        let found = found.files.first().copied().filter(|_| status != LinkStatus::Ambiguous);
        let wanted = uuid_text(&header.parent_unique_id);
        let said = if names.is_empty() {
            "it is not named".into()
        } else {
            format!("it is named {}", names.join(", "))
        };
        let id = wanted.clone();
        let on = |finding: Finding| finding.on("vhd.header").arg("parent_id", &id);
        above.push(self.file);
        let mut opened = None;
        match (found, status) {
            (Some(file), LinkStatus::Matches) if above.contains(&file) => {
                let detail = format!("{} is its own ancestor", files.name(file));
                self.findings.add(on(Finding::new(&rules::CHAIN_LOOP, detail)));
                status = LinkStatus::Mismatched;
            }
            (Some(_), LinkStatus::Matches) if above.len() > limits::CHAIN => {
                let detail = format!("{} images are followed", limits::CHAIN);
                self.findings.add(on(Finding::new(&rules::CHAIN_DEEP, detail)));
                status = LinkStatus::Missing;
            }
            (Some(file), LinkStatus::Matches) => opened = Some(Self::open(files, file, above)?),
            (Some(file), _) => {
                let detail = format!("{} has another identity than {wanted}", files.name(file));
                self.findings.add(on(Finding::new(&rules::PARENT_ID, detail)));
            }
            (None, LinkStatus::Ambiguous) => {
                let detail = format!("several files have the identity {wanted}; {said}");
                self.findings.add(on(Finding::new(&rules::PARENT_AMBIGUOUS, detail)));
            }
            (None, _) => {
                let detail = format!("the parent has the identity {wanted}; {said}");
                self.findings.add(on(Finding::new(&rules::PARENT_MISSING, detail)));
            }
        }
        let reason = format!("the parent has the identity {wanted}; {said}");
        self.chain.push(self.link(Some(wanted.clone()), &names, status, reason));
        self.facts.parent = Some(Parent {
            id: Some(wanted),
            names,
            file: found.map(|file| files.name(file).to_owned()),
            status,
        });
        let Some(parent) = opened else { return Ok(None) };
        if let Some(size) = parent.facts.virtual_size_bytes.filter(|size| *size != footer.current_size) {
            let detail = format!("the parent has {size} bytes, the child {}", footer.current_size);
            self.findings.add(on(Finding::new(&rules::PARENT_SIZE, detail)));
        }
        self.parents.push(parent.file);
        self.parents.extend(&parent.parents);
        self.chain.extend(parent.chain);
        self.findings.extend(parent.findings.of_parent(&parent.name));
        Ok(parent.disk)
    }
}

/// What differs between two intact footers.
fn differing(end: &At, copy: &At, node: &Node) -> Finding {
    const WEIGHTY: [&str; 4] = ["data_offset", "current_size", "disk_type", "unique_id"];
    let of = |at: &At| Footer::LAYOUT.values(&at.bytes);
    let differing: Vec<(FieldValue, FieldValue)> = of(end)
        .into_iter()
        .zip(of(copy))
        .filter(|(a, b)| a.value != b.value && a.name != "checksum")
        .collect();
    let weighty = differing.iter().any(|(field, _)| WEIGHTY.contains(&field.name.as_str()));
    let rule = if weighty { &rules::COPY_CONTRADICTS } else { &rules::COPY_DIFFERS };
    let words: Vec<String> = differing
        .iter()
        .map(|(a, b)| format!("{} is {} at the end and {} in the copy", a.name, a.display, b.display))
        .collect();
    let finding = Finding::new(rule, words.join("; "));
    match differing.first() {
        Some((field, _)) => finding.field(node, &field.name),
        None => finding.on(node.key.clone()),
    }
}

impl Image for Vhd {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    fn findings(&self) -> &Findings {
        &self.findings
    }

    fn chain(&self) -> &[Link] {
        &self.chain
    }

    fn parts(&self) -> Vec<Reference> {
        self.parents.iter().map(|file| Reference { file: *file, role: FileRole::Parent }).collect()
    }

    fn tables(&self) -> &[Table] {
        &self.tables
    }

    fn rows(&self, table: &str, first: u64, count: u32) -> Result<Vec<Row>, ReadError> {
        self.table.as_ref().map_or_else(|| Ok(Vec::new()), |bat| bat.rows(table, first, count))
    }

    fn disk(&self) -> Option<Bytes> {
        self.disk.clone()
    }

    fn scan(&self) -> Option<Box<dyn Scan>> {
        let table = self.table.as_ref()?;
        Some(Box::new(BatScan::new(Rc::clone(table))))
    }
}
