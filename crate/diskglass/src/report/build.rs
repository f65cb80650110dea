use super::{
    BootFact, Coverage, File, GuestRange, ImageKey, InspectedImage, Place, Report, ReportedFinding,
    Structure, Tool, Verdict, exact,
};
use crate::bytes::{FileId, FileSet, Span};
use crate::finding::{Finding, Severity};
use crate::image::{ExtentStatus, Facts, FileRole, Link, LinkStatus, Table};
use crate::partition::{self, Partitions};
use crate::structure::{Node, printable};
use std::collections::BTreeMap;

/// Puts a report together from what the layers found.
pub struct Builder<'a> {
    /// The supplied files.
    pub files: &'a FileSet,
    /// What each of them is; unrelated where nothing is said.
    pub roles: &'a BTreeMap<FileId, FileRole>,
    /// The images that the set offers.
    pub images: &'a [ImageKey],
    /// The inspected image: its file and what it is.
    pub image: Option<(FileId, Facts)>,
    /// The chain it stands on.
    pub chain: Vec<Link>,
    /// Its structures and those on its disk.
    pub nodes: Vec<&'a Node>,
    /// Its tables, with counts as far as they were read.
    pub tables: Vec<Table>,
    /// What is on its disk.
    pub partitions: Option<Partitions>,
    /// How a machine would start from its disk.
    pub boot: &'a [partition::BootFact],
    /// Everything found.
    pub findings: Vec<&'a Finding>,
    /// How far the look has gone.
    pub coverage: Coverage,
}

impl Builder<'_> {
    /// The report.
    pub fn build(self) -> Report {
        let verdict = self.verdict();
        let tables = &self.tables;
        let structures = self.nodes.iter().map(|node| self.structure(node, tables)).collect();
        let boot = self.boot.iter().map(|fact| self.boot_fact(fact)).collect();
        let mut findings: Vec<ReportedFinding> =
            self.findings.iter().map(|found| self.finding(found)).collect();
        crate::order::sort_by_key(&mut findings, |found| found.severity);
        Report {
            schema: "diskglass-report/1".into(),
            tool: Tool { name: "diskglass".into(), version: env!("CARGO_PKG_VERSION").into() },
            coverage: self.coverage,
            verdict,
            files: self
                .files
                .iter()
                .map(|(id, file)| File {
                    name: file.name.clone(),
                    size: exact(file.bytes.size()),
                    role: self.roles.get(&id).copied().unwrap_or(FileRole::Unrelated),
                })
                .collect(),
            images: self.images.to_vec(),
            structures,
            findings,
            image: self.image.map(|(file, facts)| InspectedImage {
                key: self.files.name(file).into(),
                facts: exact_facts(facts),
            }),
            chain: self.chain.into_iter().map(exact_link).collect(),
            tables: self.tables,
            partitions: self.partitions,
            boot,
            readiness: Vec::new(),
        }
    }

    fn verdict(&self) -> Verdict {
        let Some((_, facts)) = &self.image else { return Verdict::Unrecognised };
        let worst = self.findings.iter().map(|found| found.rule.severity).min();
        let missing_extent = facts.extents.iter().any(|extent| {
            matches!(extent.status, ExtentStatus::Missing | ExtentStatus::Ambiguous | ExtentStatus::External)
        });
        let missing_parent =
            self.chain.iter().any(|link| matches!(link.status, LinkStatus::Missing | LinkStatus::Ambiguous));
        match worst {
            Some(Severity::Error) => Verdict::Damaged,
            _ if missing_extent || missing_parent => Verdict::Incomplete,
            Some(Severity::Warning) => Verdict::Warnings,
            _ => Verdict::Sound,
        }
    }

    fn structure(&self, node: &Node, tables: &[Table]) -> Structure {
        let place = node.span.and_then(|span| place(self.files, span));
        Structure {
            key: node.key.clone(),
            id: node.id.into(),
            parent: node.parent.clone(),
            title: node.title.clone(),
            offset: place.as_ref().map(|place| place.offset),
            length: place.as_ref().map(|place| place.length),
            file: place.map(|place| place.file),
            role: node.role,
            state: node.state,
            note: node.note.clone(),
            table: tables.iter().find(|table| table.key == node.key).map(|table| table.key.clone()),
            fields: node.fields.clone(),
        }
    }

    fn boot_fact(&self, fact: &partition::BootFact) -> BootFact {
        BootFact {
            id: fact.id.into(),
            text: fact.text.clone(),
            structure: fact.structure.clone(),
            places: fact.places.iter().filter_map(|span| place(self.files, *span)).collect(),
        }
    }

    fn finding(&self, finding: &Finding) -> ReportedFinding {
        ReportedFinding {
            id: finding.rule.id.into(),
            severity: finding.rule.severity,
            layer: finding.rule.layer,
            title: finding.rule.title.into(),
            // Names and labels of the image may be part of it.
            detail: printable(&finding.detail),
            args: finding
                .args
                .iter()
                .map(|(name, value)| (name.clone().into_owned(), value.clone()))
                .collect(),
            structure: finding.structure.clone(),
            field: finding.field.clone(),
            count: finding.count,
            places: finding.places.iter().filter_map(|span| place(self.files, *span)).collect(),
            guest_range: finding.guest_range.and_then(|(offset, length)| {
                Some(GuestRange { offset: exact(offset)?, length: exact(length)? })
            }),
            remedy: finding.rule.remedy.into(),
        }
    }
}

/// The place of a span, by the name of its file.
pub(crate) fn place(files: &FileSet, span: Span) -> Option<Place> {
    Some(Place {
        file: files.name(span.file).into(),
        offset: exact(span.offset)?,
        length: exact(span.length)?,
    })
}

fn exact_link(mut link: Link) -> Link {
    link.virtual_size_bytes = link.virtual_size_bytes.and_then(exact);
    link
}

fn exact_facts(mut facts: Facts) -> Facts {
    for number in [
        &mut facts.virtual_size_bytes,
        &mut facts.chs_size_bytes,
        &mut facts.unit_bytes,
        &mut facts.allocated_units,
        &mut facts.total_units,
    ] {
        *number = number.and_then(exact);
    }
    for extent in &mut facts.extents {
        extent.sectors = extent.sectors.and_then(exact);
    }
    facts
}
