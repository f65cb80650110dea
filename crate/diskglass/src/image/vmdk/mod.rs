//! VMDK: what VMware's products, VirtualBox and qemu write.
//!
//! A disk is described by a text, the descriptor, which is a file of its own or stands inside an extent. Its data is
//! in extents: flat files, or sparse ones made of grains that two sets of tables lead to. A delta link holds what
//! changed since its parent.

mod chain;
mod companions;
mod cowd;
mod data;
mod descriptor;
mod directory;
mod disk;
mod extent;
mod faults;
mod gather;
mod geometry;
mod grain;
mod header;
mod holdings;
mod identities;
mod link;
mod map;
mod open;
mod overlap;
mod producer;
pub mod rules;
mod scan;
mod sesparse;
pub mod stream;
mod survey;
mod tables;
#[cfg(test)]
mod tests;
mod tour;

pub use cowd::CowdHeader;
pub(crate) use descriptor::UNKNOWN_KEY;
pub use geometry::Geometry;
pub use header::SparseHeader;
pub use sesparse::{ConstantHeader, VolatileHeader};

use super::{
    About, Context, Facts, FileRole, Format, Holding, Image, InTurn, LinkStatus, Mapping, Match, OpenError,
    Parent, Probe, Reference, Row, Scan, Share, Surveyor, TourStep,
};
use crate::bytes::{Bytes, FileId, ReadError};
use crate::finding::Findings;
use crate::limits;
use crate::structure::Node;
use chain::Chain;
use data::DataCheck;
use descriptor::cid_text;
use disk::{Beneath, GuestDisk};
use grain::Budget;
use holdings::Search;
use identities::Identities;
use link::Loaded;
use open::Magic;
use scan::GrainScan;
use std::rc::Rc;
use tables::Grains;

/// The format's entry.
pub const FORMAT: Format = Format { id: "vmdk", name: "VMDK", probe, references, open };

fn probe(probe: &Probe) -> Match {
    if SparseHeader::is_marked(&probe.head) {
        Match::Yes("the file begins with KDMV")
    } else if SparseHeader::is_unfinished(&probe.head) {
        Match::Yes("the file begins with kdmv: a sparse extent that was not finished")
    } else if CowdHeader::is_marked(&probe.head) {
        Match::Yes("the file begins with COWD: a sparse extent of ESX")
    } else if ConstantHeader::is_marked(&probe.head) {
        Match::Yes("the file begins with 0xCAFEBABE: a space-efficient sparse extent of ESX")
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
    let embedded = bytes.read_up_to(0, 8).is_ok_and(|head| Magic::of(&head).is_some());
    let mut found = Vec::new();
    if !embedded {
        let extents = text.extents.iter().filter_map(|line| extent::resolve(files, file, &text, line).0);
        found.extend(extents.map(|file| Reference { file, role: FileRole::Extent }));
    }
    found.extend(
        companions::tracking(files, file, &text).map(|file| Reference { file, role: FileRole::DataFile }),
    );
    let parent = chain::parent_of(files, file, &text).filter(|parent| *parent != file);
    found.extend(parent.map(|file| Reference { file, role: FileRole::Parent }));
    found
}

fn open(context: &Context, file: FileId) -> Result<Box<dyn Image>, OpenError> {
    let files = context.files;
    let mut budget = Budget::default();
    let identities = Identities::of(files);
    let image = Loaded::read(files, &identities, file, &mut budget)?;
    let chain = chain::follow(files, &identities, image, &mut budget);
    let parent = chain.parent.map(|file| files.name(file).to_owned());
    match Vmdk::of(chain, parent) {
        Some(image) => Ok(Box::new(image)),
        None => Err(OpenError::Unusable { why: "no such file".into() }),
    }
}

/// One image of a chain, as far as its tables and its disk are concerned.
struct Layer {
    name: String,
    /// Its structures; those of the image itself are in what is known of it.
    nodes: Vec<Node>,
    grains: Rc<Grains>,
    /// Its disk, with everything beneath it.
    disk: Rc<GuestDisk>,
}

/// An open VMDK.
struct Vmdk {
    about: About,
    /// Whether anything of the disk can be read.
    readable: bool,
    encrypted: bool,
    /// The image itself first.
    layers: Vec<Layer>,
}

impl Vmdk {
    /// Puts the links of a chain on one another; `parent` is the file that was taken for the image's parent.
    fn of(chain: Chain, parent: Option<String>) -> Option<Self> {
        let is_base = chain.list.last().is_none_or(|link| link.status == LinkStatus::Base);
        let mut beneath = if is_base { Beneath::Zeros } else { Beneath::Lost };
        let mut findings = Findings::default();
        let mut parents = Vec::new();
        let mut layers = Vec::new();
        let mut encrypted = false;
        let mut links = chain.links.into_iter();
        let image = links.next()?;
        for link in links.rev() {
            let role = |file: FileId, role: FileRole| Reference { file, role };
            parents.push(role(link.file, FileRole::Parent));
            parents.extend(link.files.iter().map(|file| role(*file, FileRole::Extent)));
            encrypted |= link.is_encrypted();
            findings.extend(link.findings.of_parent(&link.name));
            let disk = Rc::new(GuestDisk::new(link.name.clone(), link.parts, beneath));
            beneath = Beneath::Parent(Rc::clone(&disk));
            layers.push(Layer { name: link.name, nodes: link.nodes, grains: Rc::new(link.grains), disk });
        }
        encrypted |= image.is_encrypted();
        let text = image.text.as_ref();
        let parent = text.and_then(|text| {
            Some(Parent {
                id: Some(cid_text(text.parent_cid()?)),
                names: text.parent_hint().map(str::to_owned).into_iter().collect(),
                file: parent,
                status: chain.list.first().map_or(LinkStatus::Missing, |link| link.status),
            })
        });
        let mut own = image.findings;
        own.extend(chain.findings);
        own.extend(findings);
        let mut parts: Vec<Reference> =
            image.files.iter().map(|file| Reference { file: *file, role: FileRole::Extent }).collect();
        parts.extend(image.tracking.map(|file| Reference { file, role: FileRole::DataFile }));
        parts.extend(parents);
        let readable = image.readable || !layers.is_empty();
        let disk = Rc::new(GuestDisk::new(image.name.clone(), image.parts, beneath));
        layers.push(Layer { name: image.name, nodes: Vec::new(), grains: Rc::new(image.grains), disk });
        layers.reverse();
        let about = About {
            facts: Facts { parent, ..image.facts },
            nodes: image.nodes,
            findings: own,
            tables: layers.first().map_or_else(Vec::new, |layer| layer.grains.tables()),
            chain: chain.list,
            parts,
        };
        Some(Self { about, readable, encrypted, layers })
    }

    /// The same work on the tables of all links that it concerns.
    fn in_turn(
        &self,
        concerns: fn(&Grains) -> bool,
        work: impl Fn(Rc<Grains>) -> Box<dyn Scan>,
    ) -> Option<Box<dyn Scan>> {
        let turns = (self.layers.iter().enumerate())
            .filter(|(_, layer)| concerns(&layer.grains))
            .map(|(index, layer)| ((index > 0).then(|| layer.name.clone()), work(Rc::clone(&layer.grains))));
        InTurn::of(turns.collect())
    }

    fn top(&self) -> Option<&Layer> {
        self.layers.first()
    }
}

impl Image for Vmdk {
    fn about(&self) -> &About {
        &self.about
    }

    fn rows(&self, table: &str, first: u64, count: u32) -> Result<Vec<Row>, ReadError> {
        match self.top() {
            Some(layer) => layer.grains.rows(table, first, count.min(limits::ROWS)),
            None => Ok(Vec::new()),
        }
    }

    fn states(&self, table: &str, first: u64, count: u32) -> Result<Vec<&'static str>, ReadError> {
        self.top().map_or_else(|| Ok(Vec::new()), |layer| layer.grains.states(table, first, count))
    }

    fn row_at(&self, table: &str, guest: u64) -> Option<u64> {
        self.top()?.grains.row_at(table, guest)
    }

    fn survey(&self, from: u64, to: u64, surveyor: &mut dyn Surveyor) -> Result<u64, ReadError> {
        self.top().map_or(Ok(to), |layer| layer.disk.survey(from, to, surveyor))
    }

    fn disk(&self) -> Option<Bytes> {
        let disk = &self.top()?.disk;
        (self.readable && disk.size > 0).then(|| Rc::clone(disk) as Bytes)
    }

    fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    fn scan(&self) -> Option<Box<dyn Scan>> {
        self.in_turn(|grains| !grains.members.is_empty(), |grains| Box::new(GrainScan::new(grains)))
    }

    fn verify(&self, share: Share) -> Option<Box<dyn Scan>> {
        let concerns = |grains: &Grains| !grains.members.is_empty() || !grains.torn.is_empty();
        self.in_turn(concerns, |grains| Box::new(DataCheck::new(grains, share)))
    }

    fn map(&self, offset: u64, length: u64) -> Result<Mapping, ReadError> {
        match self.top() {
            Some(layer) => layer.disk.map(offset, length),
            None => Err(ReadError::PastEnd { offset, length, size: 0 }),
        }
    }

    fn holdings(&self, file: FileId, offset: u64) -> Result<Vec<Holding>, ReadError> {
        let mut found = Vec::new();
        for (layer, image) in (0..).zip(&self.layers) {
            Search { file, offset, layer, disk: &image.disk, grains: &image.grains }.run(&mut found)?;
        }
        Ok(found)
    }

    fn tour(&self, guest: u64) -> Result<Vec<TourStep>, ReadError> {
        self.walk(guest)
    }
}
