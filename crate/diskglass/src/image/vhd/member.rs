//! One image of a chain, as far as it can be read without its parent.

use super::bat::BlockTable;
use super::creator;
use super::footer::Footer;
use super::header::DynamicHeader;
use super::located::Located;
use super::parent::{Named, Wanted};
use super::rules;
use super::split::Source;
use super::stack::Layer;
use crate::bytes::{Bytes, FileId, Span};
use crate::finding::{Finding, Findings};
use crate::image::{Context, Extent, ExtentStatus, Facts, FileRole, OpenError, Reference, Table};
use crate::structure::{Node, SECONDS_1970_TO_2000, span_at, utc, uuid_text};
use std::rc::Rc;

/// One image of a chain.
pub(super) struct Member {
    pub(super) source: Source,
    pub(super) facts: Facts,
    pub(super) nodes: Vec<Node>,
    pub(super) findings: Findings,
    pub(super) tables: Vec<Table>,
    /// The footer that counts; made up from the header where there is none.
    pub(super) footer: Option<Footer>,
    /// The header, where it was found.
    pub(super) header: Option<DynamicHeader>,
    /// The names that it gives for its parent.
    pub(super) names: Vec<Named>,
    /// Its table, where blocks can be found.
    pub(super) table: Option<Rc<BlockTable>>,
    /// What it adds to the guest's disk; `None` where nothing of it can be read.
    pub(super) layer: Option<Layer>,
    /// When its first file was modified, in seconds since 1970.
    pub(super) modified_unix: Option<i64>,
}

impl Member {
    /// Reads headers only.
    pub(super) fn read(context: &Context, file: FileId) -> Result<Self, OpenError> {
        let mut member = Self::empty(context, file)?;
        member.show_pieces();
        let located = Located::read(&member.source.bytes)?;
        member.read_footers(&located, context.now);
        match located.footer() {
            Some(footer) if footer.disk_type == 2 => member.read_fixed(&footer.clone(), &located),
            footer => member.read_blocks(footer.cloned().as_ref(), &located, context.now)?,
        }
        member.check_name();
        Ok(member)
    }

    /// A raw disk that XenServer uses as a parent.
    pub(super) fn raw(context: &Context, file: FileId) -> Result<Self, OpenError> {
        let mut member = Self::empty(context, file)?;
        let size = member.size();
        member.facts.format = "raw".into();
        member.facts.variant = "plain".into();
        member.facts.virtual_size_bytes = Some(size);
        member.layer = Some(Layer::plain(&member.source, size, size));
        Ok(member)
    }

    fn empty(context: &Context, file: FileId) -> Result<Self, OpenError> {
        let source = Source::of(context.files, file);
        let source = source.ok_or_else(|| OpenError::Unusable { why: "no such file".into() })?;
        Ok(Self {
            modified_unix: context.files.get(source.file).and_then(|entry| entry.modified_unix),
            source,
            facts: Facts {
                format: "vhd".into(),
                variant: "unknown".into(),
                logical_sector_bytes: 512,
                ..Facts::default()
            },
            nodes: Vec::new(),
            findings: Findings::default(),
            tables: Vec::new(),
            footer: None,
            header: None,
            names: Vec::new(),
            table: None,
            layer: None,
        })
    }

    pub(super) fn bytes(&self) -> &Bytes {
        &self.source.bytes
    }

    pub(super) fn size(&self) -> u64 {
        self.source.bytes.size()
    }

    pub(super) fn span(&self, offset: u64, length: u64) -> Option<Span> {
        span_at(&*self.source.bytes, offset, length)
    }

    /// The structure of that key.
    pub(super) fn node(&self, key: &str) -> Option<Node> {
        self.nodes.iter().find(|node| node.key == key).cloned()
    }

    /// The files that it adds to the set's image, of which it is a parent of that depth: 0 for the image itself.
    pub(super) fn references(&self, depth: usize) -> Vec<Reference> {
        let own = (depth > 0).then_some(Reference { file: self.source.file, role: FileRole::Parent });
        let pieces = self.source.pieces.iter().filter_map(|part| part.file);
        let others = pieces.filter(|file| *file != self.source.file);
        own.into_iter().chain(others.map(|file| Reference { file, role: FileRole::Extent })).collect()
    }

    /// What it expects of its parent; `None` where it needs none.
    pub(super) fn wanted(&self) -> Option<Wanted<'_>> {
        let footer = self.footer.as_ref().filter(|footer| footer.disk_type == 4)?;
        Some(Wanted {
            child: self.source.file,
            id: self.header.as_ref().map_or([0; 16], |header| header.parent_unique_id),
            may_be_raw: self.header.is_some() && creator::is_xen(footer.creator_application),
            names: &self.names,
        })
    }

    /// Takes the facts from the footer that counts.
    pub(super) fn take_facts(&mut self, footer: &Footer) {
        let geometry = footer.geometry();
        self.facts.variant = footer.variant().into();
        self.facts.virtual_size_bytes = Some(footer.current_size);
        self.facts.chs_size_bytes = geometry.bytes().filter(|_| !geometry.is_clamped());
        self.facts.producer = Some(creator::producer(footer.creator_application, footer.creator_version));
        self.facts.created_utc =
            (footer.time_stamp != 0).then(|| utc(i64::from(footer.time_stamp) + SECONDS_1970_TO_2000));
        self.facts.id = Some(uuid_text(&footer.unique_id));
        self.facts.id_kind = Some("uuid".into());
        self.footer = Some(footer.clone());
    }

    /// Lists the pieces of a split image, and says which are missing.
    fn show_pieces(&mut self) {
        let pieces = &self.source.pieces;
        let extent = |part: &super::split::Part| Extent {
            file: Some(part.name.clone()),
            access: "RW".into(),
            kind: "PIECE".into(),
            sectors: part.file.map(|_| (part.range.end - part.range.start).div_ceil(512)),
            status: if part.file.is_some() { ExtentStatus::Found } else { ExtentStatus::Missing },
        };
        self.facts.extents = pieces.iter().map(extent).collect();
        let missing: Vec<&str> =
            pieces.iter().filter(|part| part.file.is_none()).map(|part| part.name.as_str()).collect();
        if !missing.is_empty() {
            let detail = format!("{} of {} pieces: {}", missing.len(), pieces.len(), missing.join(", "));
            self.findings.add(Finding::new(&rules::PIECES_MISSING, detail).arg("missing", missing.len()));
        }
    }

    /// Says so where the name shows a layer that a product made for a while.
    fn check_name(&mut self) {
        let name = self.source.name.to_lowercase();
        let base = name.rsplit('/').next().unwrap_or(&name);
        let ending = base.rsplit_once('.').map_or("", |(_, ending)| ending);
        let what = match ending {
            "avhd" => "a checkpoint of Hyper-V",
            "vud" => "an undo disk of Virtual PC or Virtual Server",
            _ if base.starts_with("virtualpcundo") => "an undo disk of Virtual PC or Virtual Server",
            _ => return,
        };
        if self.facts.variant == "differencing" {
            let detail = format!("by its name {} is {what}", self.source.name);
            self.findings.add(Finding::new(&rules::TEMPORARY_LAYER, detail));
        }
    }
}
