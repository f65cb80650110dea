//! VHD, version 1: what Virtual PC, Virtual Server, Hyper-V, Azure, XenServer, VirtualBox and qemu write.
//!
//! A fixed image is the guest's disk with a footer behind it. The others begin with a copy of the footer, then a
//! header and a table of blocks; the footer at the end is the one that counts.
//!
//! The way through: [`split`] finds the bytes of an image, [`located`] its footers, [`member`] reads one image of a
//! chain ([`footers`], [`blocks`], [`locators`]), [`chain`] finds its parents, and [`stack`] puts them one above the
//! other: that is the guest's disk. [`scan`] checks the table, [`verify`] the data.

mod bat;
mod batmap;
mod blocks;
mod chain;
mod creator;
mod footer;
mod footers;
mod geometry;
mod header;
mod holdings;
mod located;
mod locators;
mod member;
mod parent;
mod rebuild;
mod rows;
pub mod rules;
mod scan;
mod split;
mod stack;
mod survey;
mod tour;
mod translate;
mod verify;

pub use batmap::BatmapHeader;
pub use footer::Footer;
pub use geometry::Geometry;
pub use header::{DynamicHeader, ParentLocator};

use super::{
    About, Context, Facts, FileRole, Format, Holding, Image, InTurn, Mapping, Match, OpenError, Probe,
    Reference, Row, Scan, Share, Surveyor, TourStep, Turn,
};
use crate::bytes::{Bytes, FileId, ReadError};
use crate::limits;
use crate::structure::Node;
use chain::Chain;
use member::Member;
use parent::Search;
use scan::BatScan;
use split::Source;
use stack::Stack;
use std::rc::Rc;
use verify::DataScan;

/// The format's entry.
pub const FORMAT: Format = Format { id: "vhd", name: "VHD", probe, references, open };

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
    // Only a name is reason enough to read more of a file that shows no other sign.
    if [".vhd", ".avhd", ".vud"].iter().any(|ending| probe.name.ends_with(ending))
        && located::search(probe.bytes, limits::FOOTER_SEARCH).is_ok_and(|found| found.is_some())
    {
        return Match::Maybe("there is a footer some way before the end");
    }
    Match::No
}

fn references(context: &Context, file: FileId) -> Vec<Reference> {
    let Some(source) = Source::of(context.files, file) else { return Vec::new() };
    // One piece of a split image stands for all: the first where it shows what it is, or else the last.
    if source.owner(context.files) != file {
        return Vec::new();
    }
    let mut found: Vec<Reference> = (source.pieces.iter())
        .filter_map(|part| part.file)
        .filter(|piece| *piece != file)
        .map(|file| Reference { file, role: FileRole::Extent })
        .collect();
    if let Ok(member) = Member::read(context, file)
        && let Some(wanted) = member.wanted()
    {
        let possible = Search::new(context.files).quickly(&wanted);
        found.extend(possible.into_iter().map(|file| Reference { file, role: FileRole::Parent }));
    }
    found
}

fn open(context: &Context, file: FileId) -> Result<Box<dyn Image>, OpenError> {
    let Chain { members, links, findings, parent, below } = Chain::read(context, file)?;
    let mut vhd = Vhd { about: About { chain: links, findings, ..About::default() }, ..Vhd::default() };
    let mut layers = Vec::new();
    for (depth, mut member) in members.into_iter().enumerate() {
        vhd.about.parts.extend(member.references(depth));
        // What lies below a layer that cannot be read is of no use.
        if layers.len() == depth {
            layers.extend(member.layer.take());
        }
        if depth == 0 {
            vhd.about.facts = Facts { parent: parent.clone(), ..member.facts };
            vhd.about.nodes = std::mem::take(&mut member.nodes);
            vhd.about.tables = member.tables;
        }
        vhd.members.push(Opened {
            name: member.source.name.clone(),
            source: member.source,
            nodes: member.nodes,
            table: member.table,
        });
    }
    let below = if layers.len() < vhd.members.len() { stack::Below::Unreadable } else { below };
    vhd.disk = (!layers.is_empty()).then(|| Rc::new(Stack { layers, below }));
    Ok(Box::new(vhd))
}

/// An image of a chain, as far as it is needed after opening.
struct Opened {
    name: String,
    source: Source,
    /// Its structures; those of the image itself are in what is known of it.
    nodes: Vec<Node>,
    table: Option<Rc<bat::BlockTable>>,
}

/// An open VHD with its parents.
#[derive(Default)]
struct Vhd {
    about: About,
    /// The image itself, then its parents.
    members: Vec<Opened>,
    disk: Option<Rc<Stack>>,
}

impl Vhd {
    /// Work on every table of the chain, one after the other.
    fn in_turn(&self, work: impl Fn(&Rc<bat::BlockTable>) -> Box<dyn Scan>) -> Option<Box<dyn Scan>> {
        let turn = |(depth, member): (usize, &Opened)| -> Option<Turn> {
            Some(((depth > 0).then(|| member.name.clone()), work(member.table.as_ref()?)))
        };
        InTurn::of(self.members.iter().enumerate().filter_map(turn).collect())
    }
}

impl Image for Vhd {
    fn about(&self) -> &About {
        &self.about
    }

    fn rows(&self, table: &str, first: u64, count: u32) -> Result<Vec<Row>, ReadError> {
        let own = self.members.first().and_then(|member| member.table.as_ref());
        own.map_or_else(|| Ok(Vec::new()), |bat| bat.rows(table, first, count))
    }

    fn states(&self, table: &str, first: u64, count: u32) -> Result<Vec<&'static str>, ReadError> {
        let own = self.members.first().and_then(|member| member.table.as_ref());
        own.map_or_else(|| Ok(Vec::new()), |bat| bat.states(table, first, count))
    }

    fn row_at(&self, table: &str, guest: u64) -> Option<u64> {
        self.members.first()?.table.as_ref()?.row_at(table, guest)
    }

    fn survey(&self, from: u64, to: u64, surveyor: &mut dyn Surveyor) -> Result<u64, ReadError> {
        self.disk.as_ref().map_or(Ok(to), |disk| disk.survey(from, to, surveyor))
    }

    fn disk(&self) -> Option<Bytes> {
        Some(Rc::clone(self.disk.as_ref()?) as Bytes)
    }

    fn scan(&self) -> Option<Box<dyn Scan>> {
        self.in_turn(|table| Box::new(BatScan::new(Rc::clone(table))))
    }

    fn verify(&self, share: Share) -> Option<Box<dyn Scan>> {
        self.in_turn(|table| Box::new(DataScan::new(Rc::clone(table), share)))
    }

    fn map(&self, offset: u64, length: u64) -> Result<Mapping, ReadError> {
        match &self.disk {
            Some(disk) => disk.map(offset, length),
            None => Err(ReadError::PastEnd { offset, length, size: 0 }),
        }
    }

    fn holdings(&self, file: FileId, offset: u64) -> Result<Vec<Holding>, ReadError> {
        let mut held = Vec::new();
        let layers = self.disk.iter().flat_map(|disk| &disk.layers);
        for ((depth, member), layer) in (0..).zip(&self.members).zip(layers) {
            if let Some(at) = member.source.position(file, offset) {
                held.extend(holdings::of_layer(layer, at, depth)?);
            }
        }
        Ok(held)
    }

    fn tour(&self, guest: u64) -> Result<Vec<TourStep>, ReadError> {
        self.walk(guest)
    }
}
