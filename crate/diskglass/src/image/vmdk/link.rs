//! A link of a chain as far as it can be read without its parent: a descriptor with the extents that it names, or an
//! extent with the descriptor that is in it.

use super::companions;
use super::descriptor::check::{self, Surroundings};
use super::descriptor::{Descriptor, cid_text, extent_name, part_number};
use super::disk::{Backing, Part};
use super::gather::Gather;
use super::grain::Budget;
use super::header::{SECTOR, SparseHeader};
use super::identities::Identities;
use super::open::{Belongs, Magic, Sink, SparseFile, open_sparse};
use super::tables::Grains;
use super::{extent, producer, rules};
use crate::bytes::{Bytes, FileId, FileSet, Span};
use crate::finding::{Finding, Findings, Rule};
use crate::image::{Extent, ExtentStatus, Facts, OpenError};
use crate::limits;
use crate::structure::{Node, State, span_at};
use std::rc::Rc;

/// A link as far as it can be read without its parent.
pub(super) struct Loaded {
    pub(super) file: FileId,
    pub(super) name: String,
    pub(super) facts: Facts,
    pub(super) nodes: Vec<Node>,
    pub(super) findings: Findings,
    pub(super) text: Option<Descriptor>,
    /// Where the descriptor's text begins.
    pub(super) text_span: Option<Span>,
    pub(super) grains: Grains,
    pub(super) parts: Vec<Part>,
    pub(super) readable: bool,
    /// Its extents.
    pub(super) files: Vec<FileId>,
    /// Its change tracking file.
    pub(super) tracking: Option<FileId>,
    /// The parent's name in the header of an extent of ESX, and the key of that header.
    pub(super) parent_in_header: Option<(String, String)>,
}

impl Loaded {
    pub(super) fn read(
        files: &FileSet,
        identities: &Identities,
        file: FileId,
        budget: &mut Budget,
    ) -> Result<Self, OpenError> {
        let Some(entry) = files.get(file) else {
            return Err(OpenError::Unusable { why: "no such file".into() });
        };
        let mut loaded = Self {
            file,
            name: entry.name.clone(),
            facts: Facts { format: "vmdk".into(), logical_sector_bytes: 512, ..Facts::default() },
            nodes: Vec::new(),
            findings: Findings::default(),
            text: None,
            text_span: None,
            grains: Grains::default(),
            parts: Vec::new(),
            readable: false,
            files: Vec::new(),
            tracking: None,
            parent_in_header: None,
        };
        match Magic::of(&entry.bytes.read_up_to(0, 8)?) {
            Some(magic) => loaded.read_extent(files, &entry.bytes, magic, budget)?,
            None => loaded.read_descriptor(files, &entry.bytes, budget)?,
        }
        if let Some(text) = loaded.text.take() {
            loaded.take_identity(&text);
            companions::check(&mut loaded, files, identities, &text);
            loaded.text = Some(text);
        }
        Ok(loaded)
    }

    /// Reads a sparse extent with the descriptor that is in it.
    fn read_extent(
        &mut self,
        files: &FileSet,
        bytes: &Bytes,
        magic: Magic,
        budget: &mut Budget,
    ) -> Result<(), OpenError> {
        let mut sink = Sink { nodes: &mut self.nodes, findings: &mut self.findings, budget };
        let opened = open_sparse(files, self.file, Belongs { suffix: "", guest: None }, &mut sink)?;
        let Some(opened) = opened else {
            let why =
                format!("the header takes {} bytes, the file has {}", magic.header_bytes(), bytes.size());
            return Err(OpenError::Unusable { why });
        };
        self.facts.variant = magic.variant().into();
        self.facts.virtual_size_bytes = opened.capacity_bytes();
        if let Some(geometry) = opened.geometry {
            self.facts.unit_bytes = Some(geometry.grain_bytes());
            self.facts.total_units = Some(geometry.grains);
        }
        if let Some(header) = &opened.hosted {
            if let Some(range) = header.descriptor_range(bytes.size()) {
                let length = (range.end - range.start).min(limits::DESCRIPTOR_BYTES);
                let raw = bytes.read_up_to(range.start, usize::try_from(length).unwrap_or(0))?;
                let text = Descriptor::parse(&raw, true);
                let span = span_at(&**bytes, range.start, range.end - range.start);
                self.take_embedded(text, span, header, &opened);
            } else if header.descriptor_offset == 0 {
                self.remark_bare(magic, &opened.key);
            }
        } else {
            // Such an extent is nearly always a link: what it does not hold is in a parent that only the descriptor
            // names.
            self.grains.has_parent = true;
            self.remark_bare(magic, &opened.key);
        }
        let capacity = opened.capacity_bytes();
        self.parent_in_header = opened.parent_name.map(|name| (name, opened.key));
        if let Some(length) = capacity.filter(|length| *length > 0) {
            let backing = match &opened.member {
                Some(member) => Backing::Sparse(Rc::clone(&member.sparse)),
                None => Backing::Broken("the grain directory cannot be read"),
            };
            self.parts.push(Part { start: 0, length, backing, line: None });
            self.readable = opened.member.is_some();
            self.grains.members.extend(opened.member);
            self.grains.torn.extend(opened.torn.map(Rc::new));
        }
        Ok(())
    }

    fn take_embedded(
        &mut self,
        text: Descriptor,
        span: Option<Span>,
        header: &SparseHeader,
        opened: &SparseFile,
    ) {
        let node = text.node(span);
        if text.is_empty() {
            if part_number(&self.name).is_some() {
                self.remark_bare(Magic::Hosted, "vmdk.descriptor");
                self.nodes.insert(1, node.state(State::Absent));
            } else {
                let detail = "the place of the descriptor holds no text";
                self.findings
                    .add(Finding::new(&rules::DESCRIPTOR_EMPTY, detail).on("vmdk.descriptor").place(span));
                self.nodes.insert(1, node);
            }
            return;
        }
        let around =
            Surroundings { embedded: true, compressed: header.is_compressed(), name: &self.name, size: 0 };
        check::check(&text, &node, &around, &mut self.findings);
        let mut gather = Gather::default();
        if let ([line], Some(capacity)) = (text.extents.as_slice(), opened.capacity_bytes())
            && let Some(said) = line.sectors.filter(|_| capacity > 0)
        {
            extent::size_differs(said, opened, "the file", &mut gather, &node, &extent_name(0));
        }
        gather.into_findings(&node, &mut self.findings);
        self.facts.extents = (text.extents.iter())
            .map(|line| Extent {
                file: line.file.clone(),
                access: line.access.clone(),
                kind: line.kind.clone(),
                sectors: line.sectors,
                status: if line.kind == "SPARSE" { ExtentStatus::Found } else { ExtentStatus::NotNeeded },
            })
            .collect();
        self.nodes.insert(1, node);
        self.text_span = span;
        self.text = Some(text);
    }

    /// Says that an extent was given without its descriptor. What else the disk consists of is not known, but there is
    /// more of it.
    fn remark_bare(&mut self, magic: Magic, structure: &str) {
        let part = |file: Option<&str>, kind: &str, sectors, status| Extent {
            file: file.map(str::to_owned),
            access: "unknown".into(),
            kind: kind.into(),
            sectors,
            status,
        };
        let sectors = self.facts.virtual_size_bytes.map(|bytes| bytes / SECTOR);
        self.facts.extents = vec![part(Some(&self.name), magic.word(), sectors, ExtentStatus::Found)];
        let detail = if magic == Magic::Hosted {
            self.facts.extents.push(part(None, "unknown", None, ExtentStatus::Missing));
            format!("{} is a part of a disk; which parts there are is in the descriptor", self.name)
        } else {
            format!(
                "{} holds what changed in a disk since its parent; which one that is stands in the descriptor",
                self.name
            )
        };
        self.findings.add(Finding::new(&rules::DESCRIPTOR_ABSENT, detail).on(structure));
    }

    /// Reads a descriptor that is a file of its own, and the extents it names.
    fn read_descriptor(
        &mut self,
        files: &FileSet,
        bytes: &Bytes,
        budget: &mut Budget,
    ) -> Result<(), OpenError> {
        let raw = bytes.read_up_to(0, usize::try_from(limits::DESCRIPTOR_BYTES).unwrap_or(0))?;
        let text = Descriptor::parse(&raw, false);
        let span = span_at(&**bytes, 0, raw.len() as u64);
        let node = text.node(span);
        let around =
            Surroundings { embedded: false, compressed: false, name: &self.name, size: bytes.size() };
        check::check(&text, &node, &around, &mut self.findings);
        self.nodes.push(node.clone());
        let opened = {
            let mut sink = Sink { nodes: &mut self.nodes, findings: &mut self.findings, budget };
            extent::open_lines(files, self.file, &text, &node, &mut sink)?
        };
        self.facts.virtual_size_bytes = text.sectors().and_then(|sectors| sectors.checked_mul(SECTOR));
        self.facts.extents = opened.list;
        self.facts.unit_bytes = opened.grain_bytes;
        self.facts.total_units = opened.grain_bytes.map(|_| {
            opened.members.iter().map(|member| member.sparse.geometry.grains).fold(0, u64::saturating_add)
        });
        self.grains.members = opened.members;
        self.grains.torn = opened.torn;
        self.parts = opened.parts;
        self.readable = opened.readable;
        self.files = opened.files;
        self.parent_in_header = opened.parent_in_header;
        self.text_span = span;
        self.text = Some(text);
        Ok(())
    }

    /// What the text says of the disk as a whole.
    fn take_identity(&mut self, text: &Descriptor) {
        self.facts.variant = text.create_type().unwrap_or("unknown").into();
        self.facts.id = text.cid().map(cid_text);
        self.facts.id_kind = self.facts.id.as_ref().map(|_| "cid".into());
        self.facts.producer = producer::of(text);
        self.grains.has_parent = text.parent_cid().is_some();
        let chs = ["cylinders", "heads", "sectors"].iter().try_fold(SECTOR, |product, name| {
            product.checked_mul(text.ddb_number(&format!("ddb.geometry.{name}"))?)
        });
        // Geometries are rounded down to a cylinder, and those of large disks end at a fixed one: neither says anything.
        let cylinder = ["heads", "sectors"].iter().try_fold(SECTOR, |product, name| {
            product.checked_mul(text.ddb_number(&format!("ddb.geometry.{name}"))?)
        });
        let capped = matches!(text.ddb_number("ddb.geometry.cylinders"), Some(1024 | 16383 | 65535));
        if let (Some(chs), Some(cylinder), Some(size)) = (chs, cylinder, self.facts.virtual_size_bytes)
            && !capped
            && chs > 0
            && chs < size
            && size - chs >= cylinder
        {
            self.facts.chs_size_bytes = Some(chs);
        }
    }

    /// Whether what the extents hold is ciphertext.
    pub(super) fn is_encrypted(&self) -> bool {
        self.text.as_ref().is_some_and(|text| text.encryption().is_some())
    }

    /// A finding on where this link says that its parent is.
    pub(super) fn on_hint(&self, rule: &'static Rule, detail: impl Into<String>) -> Finding {
        let finding = Finding::new(rule, detail);
        let Some(text) = &self.text else { return finding };
        let node = text.node(self.text_span);
        let field = if text.key("parentFileNameHint").is_some() { "parentFileNameHint" } else { "parentCID" };
        finding.field(&node, field)
    }
}
