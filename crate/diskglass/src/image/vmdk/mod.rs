//! VMDK: what VMware's products, VirtualBox and qemu write.
//!
//! A disk is described by a text, the descriptor, which is a file of its own or stands inside an extent. Its data is
//! in extents: flat files, or sparse ones made of grains that two sets of tables lead to. A delta link holds what
//! changed since its parent.

mod chain;
mod descriptor;
mod directory;
mod disk;
mod extent;
mod gather;
mod grain;
mod header;
mod producer;
pub mod rules;
mod scan;
mod stream;
mod tables;
#[cfg(test)]
mod tests;
mod text;

pub use header::{Geometry, SparseHeader};

use super::{
    Context, Extent, ExtentStatus, Facts, FileRole, Format, Image, Link, LinkStatus, Match, OpenError,
    Parent, Probe, Reference, Row, Scan, Table,
};
use crate::bytes::{Bytes, FileId, FileSet, Lookup, ReadError, Span};
use crate::finding::{Finding, Findings};
use crate::limits;
use crate::structure::{Node, span_at};
use descriptor::{Descriptor, cid_text, extent_name};
use disk::{Backing, Beneath, GuestDisk, Part};
use extent::{Place, Sink, place_of};
use gather::Gather;
use grain::Budget;
use header::SECTOR;
use scan::GrainScan;
use std::rc::Rc;
use tables::Grains;
use text::Surroundings;

/// The format's entry.
pub const FORMAT: Format = Format { id: "vmdk", name: "VMDK", probe, references, open };

/// Links of a chain that VMware supports.
const SUPPORTED_LINKS: usize = 32;

fn probe(probe: &Probe) -> Match {
    if SparseHeader::is_marked(&probe.head) {
        Match::Yes("the file begins with KDMV")
    } else if SparseHeader::is_unfinished(&probe.head) {
        Match::Yes("the file begins with kdmv: a sparse extent that was not finished")
    } else if descriptor::has_signature(&probe.head) {
        Match::Yes("the first line is that of a disk descriptor")
    } else if descriptor::has_keys(&probe.head) {
        Match::Maybe("the text has the keys of a disk descriptor")
    } else {
        Match::No
    }
}

fn references(context: &Context, file: FileId) -> Vec<Reference> {
    let files = context.files;
    let Some(bytes) = files.get(file).map(|entry| &entry.bytes) else { return Vec::new() };
    let Some(text) = chain::descriptor_of(bytes) else { return Vec::new() };
    let embedded = bytes.read_up_to(0, 4).is_ok_and(|head| SparseHeader::is_marked(&head));
    let mut found = Vec::new();
    if !embedded {
        let extents = text.extents.iter().filter_map(|line| extent::resolve(files, file, &text, line).0);
        found.extend(extents.map(|file| Reference { file, role: FileRole::Extent }));
    }
    found.extend(tracking(files, file, &text).map(|file| Reference { file, role: FileRole::DataFile }));
    let parent = chain::find(files, file, &text).file.filter(|parent| *parent != file);
    found.extend(parent.map(|file| Reference { file, role: FileRole::Parent }));
    found
}

/// The change tracking file that a descriptor names.
fn tracking(files: &FileSet, file: FileId, text: &Descriptor) -> Option<FileId> {
    match files.lookup(file, text.value("changeTrackPath")?) {
        Lookup::Found(found) if found != file => Some(found),
        _ => None,
    }
}

/// The identity by which VirtualBox knows the parent, which it finds without a name.
fn virtualbox_parent(text: &Descriptor) -> Option<&str> {
    let uuid = text.ddb_value("ddb.uuid.parent")?;
    uuid.chars().any(|c| !matches!(c, '0' | '-')).then_some(uuid)
}

fn open(context: &Context, file: FileId) -> Result<Box<dyn Image>, OpenError> {
    let files = context.files;
    let mut budget = Budget::default();
    let mut links = vec![Loaded::read(files, file, &mut budget)?];
    let mut chain = Vec::new();
    let mut taken = None;
    let mut findings = Findings::default();
    while let Some(link) = links.last() {
        let found = match &link.text {
            Some(text) => chain::find(files, link.file, text),
            None => chain::Found { file: None, status: LinkStatus::Base, cid: None },
        };
        let first = links.len() == 1;
        if first {
            taken = found.file;
        }
        let mut status = found.status;
        let mut own = Findings::default();
        let looped = found.file.filter(|parent| links.iter().any(|link| link.file == *parent));
        if let Some(again) = looped {
            let detail = format!("{} leads back to {}", link.name, files.name(again));
            own.add(link.on_hint(&rules::CHAIN_LOOP, detail));
            status = LinkStatus::Mismatched;
        } else {
            link.check_parent(files, &found, &mut own);
        }
        findings.extend(if first { own } else { own.of_parent(&link.name) });
        chain.push(link.link(status));
        let follow = found.file.filter(|_| status == LinkStatus::Matches);
        let Some(parent) = follow else { break };
        if links.len() >= limits::CHAIN {
            let detail = format!("only the first {} links are followed", limits::CHAIN);
            findings.add(link.on_hint(&rules::CHAIN_LONG, detail));
            if let Some(last) = chain.last_mut() {
                last.status = LinkStatus::Missing;
            }
            break;
        }
        let parent = match Loaded::read(files, parent, &mut budget) {
            Ok(parent) => parent,
            Err(error) => {
                let detail = format!("{} cannot be opened: {error}", files.name(parent));
                findings.add(link.on_hint(&rules::PARENT_MISSING, detail));
                if let Some(last) = chain.last_mut() {
                    last.status = LinkStatus::Missing;
                }
                break;
            }
        };
        if let (Some(own), Some(size)) = (link.facts.virtual_size_bytes, parent.facts.virtual_size_bytes)
            && own != size
        {
            let detail = format!("{} has {own} bytes, its parent {} has {size}", link.name, parent.name);
            findings.add(link.on_hint(&rules::PARENT_SIZE, detail));
        }
        links.push(parent);
    }
    if links.len() > SUPPORTED_LINKS
        && let Some(link) = links.first()
        && !findings.has(&rules::CHAIN_LONG)
    {
        findings.add(link.on_hint(&rules::CHAIN_LONG, format!("the chain has {} links", links.len())));
    }
    let mut links = links.into_iter();
    let Some(top) = links.next() else { return Err(OpenError::Unusable { why: "no such file".into() }) };
    let base = chain.last().is_none_or(|link| link.status == LinkStatus::Base);
    let mut beneath = if base { Beneath::Zeros } else { Beneath::Lost };
    let mut parents = Vec::new();
    for link in links.rev() {
        parents.push(Reference { file: link.file, role: FileRole::Parent });
        let parts = link.files.iter().map(|file| Reference { file: *file, role: FileRole::Extent });
        parents.extend(parts);
        findings.extend(link.findings.of_parent(&link.name));
        beneath = Beneath::Parent(Rc::new(GuestDisk::new(link.parts, beneath)));
    }
    let taken = taken.map(|file| files.name(file).to_owned());
    Ok(Box::new(top.finish(chain, findings, beneath, parents, taken)))
}

/// A link of a chain as far as it can be read without its parent.
struct Loaded {
    file: FileId,
    name: String,
    facts: Facts,
    nodes: Vec<Node>,
    findings: Findings,
    text: Option<Descriptor>,
    /// Where the descriptor's text begins.
    text_span: Option<Span>,
    grains: Grains,
    parts: Vec<Part>,
    readable: bool,
    /// Its extents.
    files: Vec<FileId>,
    /// Its change tracking file.
    tracking: Option<FileId>,
}

impl Loaded {
    fn read(files: &FileSet, file: FileId, budget: &mut Budget) -> Result<Self, OpenError> {
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
        };
        let head = entry.bytes.read_up_to(0, 4)?;
        if SparseHeader::is_marked(&head) || SparseHeader::is_unfinished(&head) {
            loaded.read_extent(files, &entry.bytes, budget)?;
        } else {
            loaded.read_descriptor(files, &entry.bytes, budget)?;
        }
        if let Some(text) = loaded.text.take() {
            loaded.take_identity(&text);
            loaded.check_companions(files, &text);
            loaded.text = Some(text);
        }
        Ok(loaded)
    }

    /// Reads a sparse extent with the descriptor that is in it.
    fn read_extent(&mut self, files: &FileSet, bytes: &Bytes, budget: &mut Budget) -> Result<(), OpenError> {
        let opened = extent::open_sparse(
            files,
            self.file,
            "",
            None,
            &mut Sink { nodes: &mut self.nodes, findings: &mut self.findings, budget },
        )?;
        let Some(opened) = opened else {
            let why = format!("the header takes 512 bytes, the file has {}", bytes.size());
            return Err(OpenError::Unusable { why });
        };
        let header = &opened.header;
        self.facts.variant = "sparse-extent".into();
        self.facts.virtual_size_bytes = header.capacity_bytes();
        if let Some(geometry) = header.geometry() {
            self.facts.unit_bytes = Some(geometry.grain_bytes());
            self.facts.total_units = Some(geometry.grains);
        }
        if let Some(range) = header.descriptor_range(bytes.size()) {
            let length = (range.end - range.start).min(limits::DESCRIPTOR_BYTES);
            let raw = bytes.read_up_to(range.start, usize::try_from(length).unwrap_or(0))?;
            let text = Descriptor::parse(&raw, true);
            let span = span_at(&**bytes, range.start, range.end - range.start);
            self.take_embedded(text, span, header);
        } else if header.descriptor_offset == 0 {
            self.remark_bare(&opened.key);
        }
        match (opened.member, header.capacity_bytes()) {
            (Some(member), Some(length)) => {
                self.parts.push(Part {
                    start: 0,
                    length,
                    backing: Backing::Sparse(Rc::clone(&member.sparse)),
                });
                self.grains.members.push(member);
                self.readable = true;
            }
            (None, Some(length)) if length > 0 => {
                let backing = Backing::Lost("the grain directory cannot be read");
                self.parts.push(Part { start: 0, length, backing });
            }
            _ => {}
        }
        Ok(())
    }

    fn take_embedded(&mut self, text: Descriptor, span: Option<Span>, header: &SparseHeader) {
        let node = text.node(span);
        if text.is_empty() {
            if text::part_number(&self.name).is_some() {
                self.remark_bare("vmdk.descriptor");
                self.nodes.insert(1, node.state(crate::structure::State::Absent));
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
        text::check(&text, &node, &around, &mut self.findings);
        let mut gather = Gather::default();
        if let ([line], Some(capacity)) = (text.extents.as_slice(), header.capacity_bytes())
            && let Some(said) = line.sectors.filter(|_| capacity > 0)
        {
            extent::size_differs(said, header, "the file", &mut gather, &node, &extent_name(0));
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
    fn remark_bare(&mut self, structure: &str) {
        let part = |file: Option<&str>, kind: &str, sectors, status| Extent {
            file: file.map(str::to_owned),
            access: "unknown".into(),
            kind: kind.into(),
            sectors,
            status,
        };
        let sectors = self.facts.virtual_size_bytes.map(|bytes| bytes / SECTOR);
        self.facts.extents = vec![
            part(Some(&self.name), "SPARSE", sectors, ExtentStatus::Found),
            part(None, "unknown", None, ExtentStatus::Missing),
        ];
        let detail = format!("{} is a part of a disk; which parts there are is in the descriptor", self.name);
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
        text::check(&text, &node, &around, &mut self.findings);
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
        self.parts = opened.parts;
        self.readable = opened.readable;
        self.files = opened.files;
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

    /// The files beside the disk that the text names.
    fn check_companions(&mut self, files: &FileSet, text: &Descriptor) {
        let node = text.node(self.text_span);
        if let Some(path) = text.value("changeTrackPath") {
            self.tracking = tracking(files, self.file, text);
            match self.tracking.and_then(|file| files.get(file)) {
                None => {
                    let detail = format!("{path:?} was not given");
                    self.findings
                        .add(Finding::new(&rules::TRACKING_MISSING, detail).field(&node, "changeTrackPath"));
                }
                Some(entry) => {
                    let head = entry.bytes.read_up_to(0, 4).unwrap_or_default();
                    if head != [0xa2, 0x72, 0x19, 0xf6] {
                        let detail = format!("{} does not begin as such a file does", entry.name);
                        self.findings.add(
                            Finding::new(&rules::TRACKING_MAGIC, detail).field(&node, "changeTrackPath"),
                        );
                    }
                }
            }
        }
        if let Some(pair) = text.ddb("ddb.sidecars") {
            let missing = (pair.value.split([',', ';']))
                .map(|name| name.rsplit('=').next().unwrap_or_default().trim())
                .find(|name| name.contains('.') && files.lookup(self.file, name) == Lookup::Missing);
            if let Some(name) = missing {
                let detail = format!("{name:?} was not given");
                self.findings.add(Finding::new(&rules::SIDECAR_MISSING, detail).field(&node, &pair.key));
            }
        }
        let lock = format!("{}.lck/", self.name);
        if let Some((_, entry)) = files.iter().find(|(_, entry)| entry.name.starts_with(&lock)) {
            let detail = format!("{} is there", entry.name);
            self.findings.add(Finding::new(&rules::LOCKED, detail).on(node.key.clone()));
        }
        let stem = self.name.strip_suffix(".vmdk").unwrap_or(&self.name);
        let orphan = files.iter().find(|(file, entry)| {
            let rest = entry.name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(".vmdk"));
            let part = rest.is_some_and(|rest| {
                matches!(rest, "-flat" | "-delta" | "-sesparse" | "-pt")
                    || (rest.len() == 5 && text::part_number(&format!("x{rest}")).is_some())
            });
            part && !self.files.contains(file)
        });
        if let Some((_, entry)) = orphan {
            let detail = format!("{} is named like a part of this disk, and no line names it", entry.name);
            self.findings.add(Finding::new(&rules::ORPHAN, detail).on(node.key.clone()));
        }
    }

    /// A finding on where this link says that its parent is.
    fn on_hint(&self, rule: &'static crate::finding::Rule, detail: impl Into<String>) -> Finding {
        let finding = Finding::new(rule, detail);
        let Some(text) = &self.text else { return finding };
        let node = text.node(self.text_span);
        let field = if text.key("parentFileNameHint").is_some() { "parentFileNameHint" } else { "parentCID" };
        finding.field(&node, field)
    }

    /// What is to be said of this link's parent.
    fn check_parent(&self, files: &FileSet, found: &chain::Found, findings: &mut Findings) {
        let Some(text) = &self.text else { return };
        let hint = text.parent_hint();
        let Some(wanted) = text.parent_cid() else {
            if let Some(hint) = hint {
                let detail = format!("the hint is {hint:?}, parentCID is ffffffff");
                findings.add(self.on_hint(&rules::HINT_WITHOUT_CID, detail));
            }
            return;
        };
        let wanted = cid_text(wanted);
        match hint {
            Some(hint) if place_of(hint) != Place::Beside => {
                findings.add(self.on_hint(&rules::HINT_ELSEWHERE, format!("the hint is {hint:?}")));
            }
            None if text.value("isNativeSnapshot") != Some("yes") && virtualbox_parent(text).is_none() => {
                findings
                    .add(self.on_hint(&rules::NO_HINT, format!("parentCID is {wanted}, no file is named")));
            }
            _ => {}
        }
        let flat = text.extents.iter().find(|line| matches!(line.kind.as_str(), "FLAT" | "VMFS"));
        if let Some(line) = flat.filter(|_| text.value("isNativeSnapshot") != Some("yes")) {
            let detail = format!("the extent of line {} is {}, parentCID is {wanted}", line.line, line.kind);
            findings.add(self.on_hint(&rules::FLAT_DELTA, detail));
        }
        let hint = hint.unwrap_or("no name");
        let name = found.file.map_or("", |file| files.name(file));
        match found.status {
            LinkStatus::Missing => {
                let detail = format!("the parent is {hint:?} with the content identity {wanted}");
                findings.add(self.on_hint(&rules::PARENT_MISSING, detail));
            }
            LinkStatus::Ambiguous => {
                let detail = format!("several given files answer to {hint:?} or have the identity {wanted}");
                findings.add(self.on_hint(&rules::PARENT_AMBIGUOUS, detail));
            }
            LinkStatus::Mismatched => {
                let own = found.cid.map_or_else(|| "none".into(), cid_text);
                let detail = format!("{name} has the content identity {own}, the child expects {wanted}");
                findings.add(self.on_hint(&rules::PARENT_CID_DIFFERS, detail).expected(wanted, own));
            }
            LinkStatus::Base | LinkStatus::Matches => {}
        }
        let Some(parent) = found.file.and_then(|file| chain::descriptor_of(&files.get(file)?.bytes)) else {
            return;
        };
        if let (Some(expected), Some(own)) = (virtualbox_parent(text), parent.ddb_value("ddb.uuid.image"))
            && !expected.eq_ignore_ascii_case(own)
        {
            let detail = format!("{name} has the identity {own}, the child expects {expected}");
            findings.add(self.on_hint(&rules::PARENT_UUID, detail).expected(expected, own));
        }
        let has = |text: &Descriptor, kind: &str| text.extents.iter().any(|line| line.kind == kind);
        let (old, new) = ("VMFSSPARSE", "SESPARSE");
        if (has(text, old) && has(&parent, new)) || (has(text, new) && has(&parent, old)) {
            let detail = format!("{} and its parent {name} have extents of the two kinds", self.name);
            findings.add(self.on_hint(&rules::CHAIN_MIXED, detail));
        }
    }

    fn link(&self, status: LinkStatus) -> Link {
        Link {
            key: self.name.clone(),
            format: "vmdk".into(),
            variant: self.facts.variant.clone(),
            id: self.facts.id.clone(),
            virtual_size_bytes: self.facts.virtual_size_bytes,
            parent_id: self.text.as_ref().and_then(Descriptor::parent_cid).map(cid_text),
            parent_names: Vec::new(),
            status,
            reason: String::new(),
            candidates: Vec::new(),
        }
    }

    /// The image, with what is beneath it.
    fn finish(
        mut self,
        chain: Vec<Link>,
        findings: Findings,
        beneath: Beneath,
        parents: Vec<Reference>,
        taken: Option<String>,
    ) -> Vmdk {
        self.findings.extend(findings);
        if let Some(text) = &self.text
            && let Some(wanted) = text.parent_cid()
        {
            self.facts.parent = Some(Parent {
                id: Some(cid_text(wanted)),
                names: text.parent_hint().map(str::to_owned).into_iter().collect(),
                file: taken,
                status: chain.first().map_or(LinkStatus::Missing, |link| link.status),
            });
        }
        let readable = self.readable || matches!(beneath, Beneath::Parent(_));
        let disk = GuestDisk::new(self.parts, beneath);
        let mut parts: Vec<Reference> =
            self.files.iter().map(|file| Reference { file: *file, role: FileRole::Extent }).collect();
        parts.extend(self.tracking.map(|file| Reference { file, role: FileRole::DataFile }));
        parts.extend(parents);
        let grains = Rc::new(self.grains);
        Vmdk {
            facts: self.facts,
            nodes: self.nodes,
            findings: self.findings,
            tables: grains.tables(),
            chain,
            parts,
            disk: (readable && disk.size > 0).then(|| Rc::new(disk) as Bytes),
            grains,
        }
    }
}

/// An open VMDK.
struct Vmdk {
    facts: Facts,
    nodes: Vec<Node>,
    findings: Findings,
    tables: Vec<Table>,
    chain: Vec<Link>,
    parts: Vec<Reference>,
    disk: Option<Bytes>,
    grains: Rc<Grains>,
}

impl Image for Vmdk {
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
        self.parts.clone()
    }

    fn tables(&self) -> &[Table] {
        &self.tables
    }

    fn rows(&self, table: &str, first: u64, count: u32) -> Result<Vec<Row>, ReadError> {
        self.grains.rows(table, first, count.min(limits::ROWS))
    }

    fn disk(&self) -> Option<Bytes> {
        self.disk.clone()
    }

    fn scan(&self) -> Option<Box<dyn Scan>> {
        let none = self.grains.members.is_empty();
        (!none).then(|| Box::new(GrainScan::new(Rc::clone(&self.grains))) as Box<dyn Scan>)
    }
}
