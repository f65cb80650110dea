//! Opens one sparse extent of any kind: its headers, its directories, and what they show to be wrong.

use super::cowd::CowdHeader;
use super::geometry::{Geometry, MOST_SECTORS};
use super::grain::{Budget, Kind, Plan, Sparse};
use super::header::{GD_AT_END, SECTOR, SparseHeader};
use super::sesparse::{self, ConstantHeader};
use super::stream::{self, Torn};
use super::tables::Member;
use super::{directory, rules};
use crate::bytes::{Bytes, FileId, FileSet, ReadError};
use crate::finding::{Finding, Findings, Severity};
use crate::structure::{Node, State};
use std::rc::Rc;

/// The kinds of sparse extents, by their first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Magic {
    /// `KDMV`, or `kdmv` while it is being written.
    Hosted,
    /// `COWD`.
    Cowd,
    /// 0xCAFEBABE.
    SeSparse,
}

impl Magic {
    /// The kind of extent that begins with these bytes.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if SparseHeader::is_marked(head) || SparseHeader::is_unfinished(head) {
            Some(Self::Hosted)
        } else if CowdHeader::is_marked(head) {
            Some(Self::Cowd)
        } else if ConstantHeader::is_marked(head) {
            Some(Self::SeSparse)
        } else {
            None
        }
    }

    /// The word that extent lines have for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Hosted => "SPARSE",
            Self::Cowd => "VMFSSPARSE",
            Self::SeSparse => "SESPARSE",
        }
    }

    /// What an extent of that kind without its descriptor is called.
    pub(super) fn variant(self) -> &'static str {
        match self {
            Self::Hosted => "sparse-extent",
            Self::Cowd => "cowd-extent",
            Self::SeSparse => "sesparse-extent",
        }
    }

    /// Bytes of the headers without which nothing can be said.
    pub(super) fn header_bytes(self) -> usize {
        match self {
            Self::Hosted | Self::SeSparse => SparseHeader::LENGTH,
            Self::Cowd => CowdHeader::LENGTH,
        }
    }
}

/// A sparse extent's file.
pub(super) struct SparseFile {
    pub(super) magic: Magic,
    /// Size of the extent in sectors, as its header says.
    pub(super) capacity: u64,
    /// Size of a grain in sectors, as its header says.
    pub(super) grain: u64,
    /// How it is divided, where the numbers of the header allow it.
    pub(super) geometry: Option<Geometry>,
    /// The header that counts of a hosted extent: the footer's copy in a stream.
    pub(super) hosted: Option<SparseHeader>,
    /// The name that the header itself gives for the parent's file.
    pub(super) parent_name: Option<String>,
    /// Key of the header's structure.
    pub(super) key: String,
    /// What its tables lead to; `None` where they cannot be followed.
    pub(super) member: Option<Member>,
    /// A stream whose tables are missing.
    pub(super) torn: Option<Torn>,
}

impl SparseFile {
    /// Size of the extent in bytes; `None` where it is no possible size.
    pub(super) fn capacity_bytes(&self) -> Option<u64> {
        (self.capacity <= MOST_SECTORS).then(|| self.capacity * SECTOR)
    }
}

/// What opening extents adds to, and what it may still spend.
pub(super) struct Sink<'a> {
    pub(super) nodes: &'a mut Vec<Node>,
    pub(super) findings: &'a mut Findings,
    pub(super) budget: &'a mut Budget,
}

/// Where an extent belongs.
#[derive(Clone, Copy)]
pub(super) struct Belongs<'a> {
    /// What the keys of its structures end with: empty for a file that is the whole image.
    pub(super) suffix: &'a str,
    /// What of the guest's disk it holds, all of it where that is not said: first byte and length.
    pub(super) guest: Option<(u64, u64)>,
}

impl Belongs<'_> {
    fn member(self, name: &str, sparse: Sparse) -> Member {
        let (guest, length) = self.guest.unwrap_or((0, sparse.geometry.capacity * SECTOR));
        Member {
            sparse: Rc::new(sparse),
            name: name.into(),
            suffix: self.suffix.into(),
            guest,
            length,
            free_sector: None,
            first: 0,
        }
    }
}

/// Opens a sparse extent: adds its structures and what they show to be wrong. `None` where the file does not begin with
/// a whole header of one.
pub(super) fn open_sparse(
    files: &FileSet,
    file: FileId,
    belongs: Belongs,
    sink: &mut Sink,
) -> Result<Option<SparseFile>, ReadError> {
    let Some(entry) = files.get(file) else { return Ok(None) };
    let raw = entry.bytes.read_up_to(0, CowdHeader::LENGTH)?;
    let Some(magic) = Magic::of(&raw).filter(|magic| raw.len() >= magic.header_bytes()) else {
        return Ok(None);
    };
    let place = sink.nodes.len();
    let mut own = Findings::default();
    let size = entry.bytes.size();
    let open = match magic {
        Magic::Hosted => open_hosted,
        Magic::Cowd => open_cowd,
        Magic::SeSparse => open_sesparse,
    };
    let opened = open(&entry.bytes, &entry.name, &raw, belongs, sink, &mut own)?;
    let Some(header) = sink.nodes.get_mut(place) else { return Ok(None) };
    if !size.is_multiple_of(SECTOR) {
        let detail = format!("{size} bytes are {} sectors and {} bytes", size / SECTOR, size % SECTOR);
        own.add(Finding::new(&rules::SIZE_UNALIGNED, detail).on(header.key.clone()));
    }
    for node in sink.nodes.iter_mut().skip(place) {
        let damaged = own.iter().any(|finding| {
            finding.rule.severity == Severity::Error
                && finding.structure.as_deref() == Some(node.key.as_str())
        });
        if damaged && node.state == State::Ok && !node.fields.is_empty() {
            node.state = State::Damaged;
        }
    }
    sink.findings.extend(own);
    Ok(opened)
}

/// The tables of an extent as a member of its image; `None` where they cannot be followed.
fn follow(
    bytes: &Bytes,
    name: &str,
    plan: Option<Plan>,
    belongs: Belongs,
    sink: &mut Sink,
) -> Result<Option<Member>, ReadError> {
    let Some(plan) = plan else { return Ok(None) };
    let sparse = Sparse::read(Rc::clone(bytes), plan, sink.budget)?;
    Ok(sparse.map(|sparse| belongs.member(name, sparse)))
}

fn open_hosted(
    bytes: &Bytes,
    name: &str,
    raw: &[u8],
    belongs: Belongs,
    sink: &mut Sink,
    own: &mut Findings,
) -> Result<Option<SparseFile>, ReadError> {
    let Some(header) = SparseHeader::decode(raw) else { return Ok(None) };
    let suffix = belongs.suffix;
    let raw = raw.get(..SparseHeader::LENGTH).unwrap_or(raw);
    let node = Node::of(&SparseHeader::LAYOUT, format!("vmdk.header{suffix}"), &**bytes, 0, raw);
    if SparseHeader::is_unfinished(raw) {
        let detail = "the magic number is kdmv in lower case";
        own.add(Finding::new(&rules::UNFINISHED, detail).field(&node, "magic_number"));
    }
    header.check(&node, &**bytes, own);
    sink.nodes.push(node.clone());
    let mut counting = header.clone();
    if header.is_compressed() {
        let footer = stream::footer(&**bytes, &header, &node, suffix, sink.nodes, own)?;
        if let Some(footer) = footer.filter(|_| header.gd_offset == GD_AT_END) {
            counting.gd_offset = footer.header.gd_offset;
            counting.rgd_offset = footer.header.rgd_offset;
        }
    }
    let plan = hosted_plan(&counting, bytes.size());
    let mut member = follow(bytes, name, plan, belongs, sink)?;
    if let Some(member) = &mut member {
        member.first = header.first_grain();
    }
    let torn = counting
        .geometry()
        .filter(|_| member.is_none() && counting.has_markers() && counting.gd_offset == GD_AT_END);
    let torn = torn.map(|geometry| Torn {
        bytes: Rc::clone(bytes),
        key: node.key.clone(),
        geometry,
        first: header.first_grain() * SECTOR,
        guest: belongs.guest.map_or(0, |(start, _)| start),
    });
    let sparse = member.as_ref().map(|member| &*member.sparse);
    directory::check_places(&counting, sparse, bytes.size(), &node, own)?;
    if let Some(member) = &member {
        directory::nodes(member, counting.has_copy(), sink.nodes)?;
        directory::check_entries(member, own)?;
    }
    Ok(Some(SparseFile {
        magic: Magic::Hosted,
        capacity: counting.capacity,
        grain: counting.grain_size,
        geometry: counting.geometry(),
        key: node.key,
        parent_name: None,
        member,
        torn,
        hosted: Some(counting),
    }))
}

/// Where the tables of a hosted extent are.
fn hosted_plan(header: &SparseHeader, size: u64) -> Option<Plan> {
    let geometry = header.geometry()?;
    let sectors = |range: std::ops::Range<u64>| range.start / SECTOR..range.end.div_ceil(SECTOR);
    Some(Plan {
        kind: Kind::Hosted,
        geometry,
        directory: header.gd_offset,
        copy: header.has_copy().then_some(header.rgd_offset),
        entries: geometry.tables,
        compressed: header.is_compressed(),
        markers: header.has_markers(),
        zeroed_grains: header.has_zeroed_grains(),
        phase: header.over_head % geometry.grain,
        fixed: std::iter::once(0..1).chain(header.descriptor_range(size).map(sectors)).collect(),
    })
}

fn open_cowd(
    bytes: &Bytes,
    name: &str,
    raw: &[u8],
    belongs: Belongs,
    sink: &mut Sink,
    own: &mut Findings,
) -> Result<Option<SparseFile>, ReadError> {
    let Some(header) = CowdHeader::decode(raw) else { return Ok(None) };
    let node = Node::of(&CowdHeader::LAYOUT, format!("vmdk.cowd-header{}", belongs.suffix), &**bytes, 0, raw);
    header.check(&node, bytes.size(), own);
    sink.nodes.push(node.clone());
    let mut member = follow(bytes, name, header.plan(), belongs, sink)?;
    if let Some(member) = &mut member {
        member.free_sector = Some(header.free_sector.into());
        directory::nodes(member, false, sink.nodes)?;
        directory::check_entries(member, own)?;
    }
    Ok(Some(SparseFile {
        magic: Magic::Cowd,
        capacity: header.num_sectors.into(),
        grain: header.grain_size.into(),
        geometry: header.geometry(),
        hosted: None,
        parent_name: header.parent_name(),
        key: node.key,
        member,
        torn: None,
    }))
}

fn open_sesparse(
    bytes: &Bytes,
    name: &str,
    _raw: &[u8],
    belongs: Belongs,
    sink: &mut Sink,
    own: &mut Findings,
) -> Result<Option<SparseFile>, ReadError> {
    let Some(headers) = sesparse::read(&**bytes, belongs.suffix, sink.nodes, own)? else { return Ok(None) };
    let member = follow(bytes, name, headers.constant.plan(), belongs, sink)?;
    if let Some(member) = &member {
        directory::nodes(member, false, sink.nodes)?;
        sesparse::check_directory(&headers, member, own)?;
    }
    let header = headers.constant;
    Ok(Some(SparseFile {
        magic: Magic::SeSparse,
        capacity: header.capacity,
        grain: header.grain_size,
        geometry: header.geometry(),
        hosted: None,
        parent_name: None,
        key: format!("vmdk.sesparse-header{}", belongs.suffix),
        member,
        torn: None,
    }))
}
