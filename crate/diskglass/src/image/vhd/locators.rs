//! Shows the parent locators in use with their names, and checks them.

use super::blocks::HEADER_KEY;
use super::footer::Footer;
use super::header::{DynamicHeader, ParentLocator};
use super::member::Member;
use super::rules;
use crate::finding::Finding;
use crate::limits;
use crate::structure::{FieldValue, Node, State, hex_bytes};
use std::ops::Range;

/// Byte offset of the locators in the header.
const LOCATORS_AT: u64 = 576;

impl Member {
    /// Shows the locators in use, checks them, and returns the ranges of their names.
    pub(super) fn read_locators(
        &mut self,
        header: &DynamicHeader,
        header_node: &Node,
        footer: &Footer,
        data_end: u64,
    ) -> Vec<Range<u64>> {
        let Some(base) = header_node.span else { return Vec::new() };
        let table_end = header.table_offset.saturating_add(u64::from(header.max_table_entries) * 4);
        let taken = [0..512, base.offset..base.offset + base.length, header.table_offset..table_end];
        let mut ranges: Vec<Range<u64>> = Vec::new();
        let mut codes: Vec<[u8; 4]> = Vec::new();
        let mut names: Vec<(String, String)> = Vec::new();
        for (index, locator) in (0_u64..).zip(header.locators()) {
            let offset = base.offset + LOCATORS_AT + index * ParentLocator::LENGTH as u64;
            let raw = self.bytes().read_up_to(offset, ParentLocator::LENGTH).unwrap_or_default();
            if raw.iter().all(|byte| *byte == 0) {
                continue;
            }
            let key = format!("vhd.locator@{index}");
            let mut node = Node::of(&ParentLocator::LAYOUT, key, &**self.bytes(), offset, &raw)
                .within(HEADER_KEY)
                .titled(format!("Parent locator {}", index + 1));
            let mut name_node = None;
            if locator.is_used() {
                if codes.contains(&locator.platform_code) {
                    let detail = format!("this is another {}", locator.kind());
                    let finding = Finding::new(&rules::LOCATOR_DUPLICATE, detail);
                    self.findings.add(finding.field(&node, "platform_code"));
                }
                codes.push(locator.platform_code);
                if let Some(range) = self.check_locator(&locator, &mut node, data_end, &taken) {
                    ranges.push(range.clone());
                    let (shown, name) = self.locator_name(index, &locator, &range);
                    name_node = Some(shown);
                    // Deprecated locators hold a short name or 8-bit letters of an unknown code page.
                    let exact = name.filter(|_| !matches!(&locator.platform_code, b"Wi2r" | b"Wi2k"));
                    names.extend(exact.map(|name| (locator.kind(), name)));
                }
            } else {
                let finding = Finding::new(&rules::LOCATOR_UNUSED, "the code is zero");
                self.findings.add(finding.field(&node, "platform_code"));
            }
            self.nodes.push(node);
            self.nodes.extend(name_node);
        }
        if footer.disk_type == 4 {
            self.compare_names(&header.parent_name().0, &names, header_node);
            if ranges.is_empty() && header.parent_name().0.is_empty() {
                let finding = Finding::new(&rules::NO_PARENT_NAME, "no locator and no name");
                self.findings.add(finding.on(HEADER_KEY));
            }
        }
        ranges
    }

    /// The range of the name that a locator leads to; `None` where that cannot be.
    fn check_locator(
        &mut self,
        locator: &ParentLocator,
        node: &mut Node,
        data_end: u64,
        taken: &[Range<u64>],
    ) -> Option<Range<u64>> {
        if !locator.is_known() {
            let code = crate::structure::ascii(&locator.platform_code);
            let finding = Finding::new(&rules::LOCATOR_CODE, format!("the code is {code:?}"));
            self.findings.add(finding.field(node, "platform_code"));
        }
        let (start, length) = (locator.platform_data_offset, u64::from(locator.platform_data_length));
        if length == 0 {
            let finding = Finding::new(&rules::LOCATOR_EMPTY, "the length is 0");
            self.findings.add(finding.field(node, "platform_data_length"));
            return None;
        }
        if locator.room() < length {
            let detail =
                format!("the name has {length} bytes, the room is given as {}", locator.platform_data_space);
            let finding = Finding::new(&rules::LOCATOR_SPACE, detail);
            self.findings.add(finding.field(node, "platform_data_space"));
        }
        let end = start.saturating_add(length);
        let wrong = if start == 0 || end > data_end {
            Some(format!("{length} bytes at byte {start}; blocks and names end at byte {data_end}"))
        } else {
            (taken.iter().find(|area| start < area.end && area.start < end)).map(|area| {
                let (from, to) = (area.start, area.end);
                format!("{length} bytes at byte {start}; another structure lies at bytes {from} to {to}")
            })
        };
        if let Some(detail) = wrong {
            node.state = State::Damaged;
            let finding = Finding::new(&rules::LOCATOR_RANGE, detail);
            self.findings.add(finding.field(node, "platform_data_offset"));
            return None;
        }
        Some(start..end)
    }

    /// The structure that shows a name, and the name where it is text.
    fn locator_name(
        &mut self,
        index: u64,
        locator: &ParentLocator,
        range: &Range<u64>,
    ) -> (Node, Option<String>) {
        let length = locator.platform_data_length;
        let shown = usize::try_from(length).unwrap_or(0).min(limits::FIELD_TEXT_CHARS * 2);
        let raw = self.bytes().read_up_to(range.start, shown).unwrap_or_default();
        let span = self.span(range.start, length.into());
        let key = format!("vhd.locator-name@{index}");
        let mut node = Node::area("vhd.locator-name", key, "Name of the parent", span)
            .within(format!("vhd.locator@{index}"))
            .note("What a parent locator points to.");
        let name = locator.name(&raw);
        let text = name.clone().unwrap_or_else(|| hex_bytes(&raw, 64));
        let meaning = "Path of the parent. It is shown, never opened.";
        node.fields.push(FieldValue::text("name", 0, length, &text, meaning));
        if locator.is_garbled(&raw) {
            let detail = format!("{} bytes that read {text:?}", raw.len());
            let finding = Finding::new(&rules::LOCATOR_TEXT, detail);
            self.findings.add(finding.on(node.key.clone()).place(span));
        }
        (node, name)
    }

    /// Says so where a locator and the name in the header mean files of different names.
    fn compare_names(&mut self, header_name: &str, names: &[(String, String)], node: &Node) {
        let base = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
        let expected = base(header_name);
        let other = names.iter().find(|(_, name)| !expected.is_empty() && base(name) != expected);
        if let Some((kind, name)) = other {
            let detail = format!("the header says {header_name}, the locator {kind} says {name}");
            self.findings
                .add(Finding::new(&rules::LOCATOR_NAME_DIFFERS, detail).field(node, "parent_unicode_name"));
        }
    }
}
