//! Shows the footers of an image, checks them and compares them; and reads a fixed image, which has nothing else.

use super::footer::{self, Footer};
use super::located::{At, COPY_KEY, END_KEY, Located, SHORT_FOOTER};
use super::member::Member;
use super::rules;
use super::stack::Layer;
use crate::finding::{Finding, Rule};
use crate::structure::{FieldValue, Node, Role, SECONDS_1970_TO_2000, State, utc};

/// Seconds that a clock may be ahead: what blktap allows.
const CLOCK_SKEW: i64 = 1800;

impl Member {
    /// Shows both footers, checks them, and takes the facts from the one that counts.
    pub(super) fn read_footers(&mut self, located: &Located, now: Option<i64>) {
        let best = located.best();
        match &located.end {
            Some(end) => self.read_end(end, best.is_some_and(|best| std::ptr::eq(best, end))),
            None => self.miss_end(located),
        }
        let size = self.size();
        if !size.is_multiple_of(512) && size % 512 != SHORT_FOOTER {
            let detail = format!("the file has {size} bytes: {} beyond a sector", size % 512);
            self.findings.add(Finding::new(&rules::SIZE_NOT_SECTORS, detail).arg("size", size));
        }
        self.read_copy(located);
        if let Some(best) = best {
            self.take_facts(&best.footer);
            if let Some(node) = located.best_key().and_then(|key| self.node(key)) {
                self.check_time(&node, "time_stamp", best.footer.time_stamp, now);
            }
        }
    }

    fn read_end(&mut self, end: &At, counts: bool) {
        let mut node = self.footer_node(end, END_KEY, "Hard disk footer");
        if !counts {
            node = node
                .role(Role::Backup)
                .note("This footer is damaged, so its copy at the start of the file was used.");
        }
        if !end.intact {
            node.state = State::Damaged;
            self.findings.add(checksum_finding(&rules::FOOTER_CHECKSUM, &node, end));
        }
        let behind = end.offset + end.length(self.size());
        if behind < self.size() {
            let after = self.size() - behind;
            let detail = format!("the footer is at byte {}, {after} bytes follow it", end.offset);
            let rest = self.span(behind, after);
            self.findings.add(Finding::new(&rules::TRAILING, detail).on(node.key.clone()).place(rest));
        } else if end.length(self.size()) == SHORT_FOOTER {
            let detail = "the footer ends at byte 511";
            self.findings.add(Finding::new(&rules::SHORT_FOOTER, detail).on(node.key.clone()));
        }
        if counts {
            end.footer.check(&node, &mut self.findings);
        }
        self.nodes.push(node);
    }

    fn miss_end(&mut self, located: &Located) {
        let node = Node::area("vhd.footer", END_KEY, "Hard disk footer", None)
            .state(State::Absent)
            .note("The file does not end with a footer.");
        let rule = if located.copy.is_some() { &rules::FOOTER_MISSING } else { &rules::NO_FOOTER };
        let last = self.size().saturating_sub(512);
        let detail = format!("the last sector, at byte {last}, does not begin with conectix");
        let place = self.span(last, 512);
        self.findings.add(Finding::new(rule, detail).on(node.key.clone()).place(place));
        self.nodes.push(node);
    }

    fn read_copy(&mut self, located: &Located) {
        let best = located.best();
        let Some(copy) = &located.copy else {
            if best.is_some_and(|best| best.footer.is_sparse()) {
                let place = self.span(0, 512);
                let detail = "the first sector does not begin with conectix";
                self.findings.add(Finding::new(&rules::COPY_MISSING, detail).on(COPY_KEY).place(place));
                self.nodes.push(
                    Node::area("vhd.footer", COPY_KEY, "Copy of the footer", None)
                        .role(Role::Backup)
                        .state(State::Absent)
                        .note("The first sector should hold a copy of the footer."),
                );
            }
            return;
        };
        if best.is_some_and(|best| best.footer.disk_type == 2) {
            // A fixed image begins with the guest's data, whatever it looks like.
            if copy.intact && copy.footer.is_sparse() {
                let detail = format!("the first sector is a footer of a {} image", copy.footer.variant());
                self.findings.add(Finding::new(&rules::FIXED_WITH_COPY, detail).place(self.span(0, 512)));
            }
            return;
        }
        let counts = best.is_some_and(|best| std::ptr::eq(best, copy));
        let mut node = self.footer_node(copy, COPY_KEY, "Copy of the footer");
        if !counts {
            node = node
                .role(Role::Backup)
                .note("The first sector repeats the footer, so that one can replace the other.");
        }
        if !copy.intact {
            node.state = State::Damaged;
            self.findings.add(checksum_finding(&rules::COPY_CHECKSUM, &node, copy));
        }
        if counts {
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
        let mut node = Node::of(&Footer::LAYOUT, key, &**self.bytes(), at.offset, &at.bytes).titled(title);
        node.span = self.span(at.offset, at.length(self.size()));
        node
    }

    /// A time that has not come yet; nothing is said where nobody knows what time it is.
    pub(super) fn check_time(&mut self, node: &Node, field: &str, time_stamp: u32, now: Option<i64>) {
        let time = i64::from(time_stamp) + SECONDS_1970_TO_2000;
        if now.is_some_and(|now| time > now.saturating_add(CLOCK_SKEW)) {
            let detail =
                format!("the time is {}, which has not come yet by the clock of this machine", utc(time));
            self.findings.add(Finding::new(&rules::TIME_FUTURE, detail).field(node, field));
        }
    }

    /// Reads a fixed image: what lies before its footer is the guest's disk.
    pub(super) fn read_fixed(&mut self, footer: &Footer, located: &Located) {
        let node = self.node(END_KEY);
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
        let disk = footer.current_size;
        let before = located.end.as_ref().map_or(self.size(), |end| end.offset);
        if disk > before {
            let missing = disk - before;
            let percent = u128::from(before) * 100 / u128::from(disk);
            let detail = format!(
                "the disk has {disk} bytes, {before} are in the file ({percent} %): {missing} are missing"
            );
            let mut finding =
                Finding::new(&rules::FIXED_TRUNCATED, detail).expected(disk, before).guest(before, missing);
            if let Some(node) = &node {
                finding = finding.field(node, "current_size");
            }
            self.findings.add(finding);
        } else if disk < before {
            let detail = format!("{} bytes lie between the end of the disk and the footer", before - disk);
            let place = self.span(disk, before - disk);
            self.findings.add(Finding::new(&rules::FIXED_OVERSIZE, detail).on(END_KEY).place(place));
        }
        let start = self.span(0, 512);
        let detail = "the first sector is the guest's: only the last one shows what the file is";
        self.findings.add(Finding::new(&rules::FIXED_LOOKS_RAW, detail).place(start));
        self.layer = Some(Layer::plain(&self.source, disk, before.min(disk)));
    }
}

fn checksum_finding(rule: &'static Rule, node: &Node, at: &At) -> Finding {
    let computed = footer::checksum(&at.bytes, Footer::CHECKSUM_AT);
    let detail = format!("stored 0x{:08x}, computed 0x{computed:08x}", at.footer.checksum);
    Finding::new(rule, detail)
        .expected(format!("0x{computed:08x}"), format!("0x{:08x}", at.footer.checksum))
        .field(node, "checksum")
}

/// What differs between two intact footers.
fn differing(end: &At, copy: &At, node: &Node) -> Finding {
    const WEIGHTY: [&str; 4] = ["data_offset", "current_size", "disk_type", "unique_id"];
    /// Bytes of a field that are shown: of a longer one, only its beginning.
    const SHOWN: u32 = 16;
    let of = |at: &At| Footer::LAYOUT.values(&at.bytes);
    let differing: Vec<(FieldValue, FieldValue, usize)> = of(end)
        .into_iter()
        .zip(of(copy))
        .filter(|(a, _)| a.name != "checksum")
        .filter_map(|(a, b)| {
            let mut bytes = end.bytes.iter().zip(&copy.bytes).skip(a.offset as usize).take(a.length as usize);
            let first = bytes.position(|(a, b)| a != b)?;
            Some((a, b, first))
        })
        .collect();
    let weighty = differing.iter().any(|(field, ..)| WEIGHTY.contains(&field.name.as_str()));
    let rule = if weighty { &rules::COPY_CONTRADICTS } else { &rules::COPY_DIFFERS };
    let words: Vec<String> = differing
        .iter()
        .map(|(a, b, first)| match a.length {
            ..=SHOWN => format!("{} is {} at the end and {} in the copy", a.name, a.display, b.display),
            _ => format!("{} differs from its byte {first} on", a.name),
        })
        .collect();
    let finding = Finding::new(rule, words.join("; "));
    match differing.first() {
        Some((field, ..)) => finding.field(node, &field.name),
        None => finding.on(node.key.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footer_with(offset: usize, byte: u8) -> At {
        let mut bytes = vec![0; Footer::LENGTH];
        bytes[offset] = byte;
        let footer = Footer::decode(&bytes).unwrap();
        At { offset: 0, bytes, footer, intact: true }
    }

    #[test]
    fn every_difference_of_two_footers_is_named() {
        let node = Node::area("vhd.footer", COPY_KEY, "Copy", None);
        let detail = |offset| differing(&footer_with(offset, 1), &footer_with(offset, 0), &node).detail;
        assert_eq!(detail(84), "saved_state is 1 at the end and 0 in the copy");
        assert_eq!(detail(511), "reserved differs from its byte 425 on");
    }
}
