//! Extents: one sparse file with its structures, and the extent lines of a descriptor with the files they name.

use super::descriptor::{Descriptor, ExtentLine, extent_name};
use super::disk::{Backing, Part};
use super::gather::Gather;
use super::grain::{Budget, Sparse};
use super::header::{GD_AT_END, Geometry, SECTOR, SparseHeader};
use super::tables::Member;
use super::{chain, directory, rules, stream};
use crate::bytes::{Bytes, FileId, FileSet, Lookup, ReadError};
use crate::finding::{Finding, Findings, Severity};
use crate::image::{Extent, ExtentStatus};
use crate::structure::{Node, State};
use std::rc::Rc;

/// A sparse extent's file.
pub(super) struct SparseFile {
    /// The header that counts: the footer's copy in a stream.
    pub(super) header: SparseHeader,
    /// Key of the header's structure.
    pub(super) key: String,
    /// What its tables lead to; `None` where they cannot be followed.
    pub(super) member: Option<Member>,
}

/// What opening extents adds to, and what it may still spend.
pub(super) struct Sink<'a> {
    pub(super) nodes: &'a mut Vec<Node>,
    pub(super) findings: &'a mut Findings,
    pub(super) budget: &'a mut Budget,
}

/// Opens a sparse extent: adds its structures and what they show to be wrong. Its keys end with `suffix`; `guest` is
/// what of the guest's disk it holds, all of it where that is not said: first byte and length. `None` where the file
/// does not hold a whole header.
pub(super) fn open_sparse(
    files: &FileSet,
    file: FileId,
    suffix: &str,
    guest: Option<(u64, u64)>,
    sink: &mut Sink,
) -> Result<Option<SparseFile>, ReadError> {
    let Some(entry) = files.get(file) else { return Ok(None) };
    let bytes = &entry.bytes;
    let raw = bytes.read_up_to(0, SparseHeader::LENGTH)?;
    let Some(header) = SparseHeader::decode(&raw) else { return Ok(None) };
    let node = Node::of(&SparseHeader::LAYOUT, format!("vmdk.header{suffix}"), &**bytes, 0, &raw);
    let mut own = Findings::default();
    if SparseHeader::is_unfinished(&raw) {
        let detail = "the magic number is kdmv in lower case";
        own.add(Finding::new(&rules::UNFINISHED, detail).field(&node, "magic_number"));
    }
    let size = bytes.size();
    if !size.is_multiple_of(SECTOR) {
        let detail = format!("{size} bytes are {} sectors and {} bytes", size / SECTOR, size % SECTOR);
        own.add(Finding::new(&rules::SIZE_UNALIGNED, detail).on(node.key.clone()));
    }
    header.check(&node, &**bytes, &mut own);
    let place = sink.nodes.len();
    let mut counting = header.clone();
    if header.is_compressed() {
        let footer = stream::footer(&**bytes, &header, &node, suffix, sink.nodes, &mut own)?;
        if let Some(footer) = footer.filter(|_| header.gd_offset == GD_AT_END) {
            counting.gd_offset = footer.header.gd_offset;
            counting.rgd_offset = footer.header.rgd_offset;
        }
    }
    let sparse = Sparse::read(Rc::clone(bytes), &counting, sink.budget)?;
    directory::check_places(&counting, sparse.as_ref(), size, &node, &mut own);
    let key = node.key.clone();
    let damaged = own.iter().any(|finding| {
        finding.rule.severity == Severity::Error && finding.structure.as_deref() == Some(key.as_str())
    });
    sink.nodes.insert(place, if damaged { node.state(State::Damaged) } else { node });
    let member = match sparse {
        Some(sparse) => {
            let (guest, length) = guest.unwrap_or((0, sparse.geometry.capacity * SECTOR));
            let member = Member {
                sparse: Rc::new(sparse),
                name: entry.name.clone(),
                suffix: suffix.into(),
                guest,
                length,
            };
            directory::nodes(&member, &counting, sink.nodes);
            directory::check_entries(&member, &mut own)?;
            Some(member)
        }
        None => None,
    };
    sink.findings.extend(own);
    Ok(Some(SparseFile { header: counting, key, member }))
}

/// Where the name on an extent line leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A name beside the descriptor, or below it.
    Beside,
    /// A place elsewhere on the machine that wrote it.
    Elsewhere,
    /// A device, or an object of a storage system.
    Device,
}

/// Where the name leads.
pub(super) fn place_of(name: &str) -> Place {
    let slashed = name.replace('\\', "/");
    let device = ["/dev/", "//./", "//?/", "/vmfs/devices/"];
    if device.iter().any(|start| slashed.starts_with(start)) || slashed.contains("://") {
        return Place::Device;
    }
    let mut letters = slashed.chars();
    let drive = letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.next() == Some(':');
    if slashed.starts_with('/') || drive || slashed.split('/').any(|part| part == "..") {
        return Place::Elsewhere;
    }
    Place::Beside
}

/// The supplied file that an extent line leads to.
pub(super) fn resolve(
    files: &FileSet,
    from: FileId,
    text: &Descriptor,
    line: &ExtentLine,
) -> (Option<FileId>, ExtentStatus) {
    let Some(name) = line.file.as_deref().filter(|name| !name.is_empty()) else {
        return (None, ExtentStatus::NotNeeded);
    };
    if line.kind == "ZERO" {
        return (None, ExtentStatus::NotNeeded);
    }
    let place = place_of(name);
    if place == Place::Device
        || matches!(line.kind.as_str(), "VMFSRAW" | "VMFSRDM" | "VMFSPASSTHROUGHRAWDEVICEMAP")
    {
        return (None, ExtentStatus::External);
    }
    match chain::lookup(files, from, name) {
        Lookup::Found(file) if file != from => (Some(file), ExtentStatus::Found),
        Lookup::Found(_) => (None, ExtentStatus::Mismatched),
        Lookup::Ambiguous => (None, ExtentStatus::Ambiguous),
        Lookup::Missing => {
            let device = text.create_type().is_some_and(|kind| kind.eq_ignore_ascii_case("fullDevice"));
            let outside = device && place == Place::Elsewhere;
            (None, if outside { ExtentStatus::External } else { ExtentStatus::Missing })
        }
    }
}

/// What the extent lines of a descriptor come to.
#[derive(Default)]
pub(super) struct Extents {
    /// As the report lists them.
    pub(super) list: Vec<Extent>,
    /// The parts of the guest's disk; empty where the sizes do not add up to a disk.
    pub(super) parts: Vec<Part>,
    /// The sparse ones.
    pub(super) members: Vec<Member>,
    /// The files that were found.
    pub(super) files: Vec<FileId>,
    /// Whether anything of the disk can be read.
    pub(super) readable: bool,
    /// Bytes of a grain, of the first sparse extent.
    pub(super) grain_bytes: Option<u64>,
}

/// Opens what the extent lines of the descriptor in `from` name.
pub(super) fn open_lines(
    files: &FileSet,
    from: FileId,
    text: &Descriptor,
    node: &Node,
    sink: &mut Sink,
) -> Result<Extents, ReadError> {
    let mut opened = Extents::default();
    let mut gather = Gather::default();
    let mut used: Vec<(FileId, u64, u64, usize)> = Vec::new();
    let sized = text.sectors().is_some_and(|sectors| sectors <= 1 << 44);
    let mut start = 0_u64;
    for (index, line) in text.extents.iter().enumerate() {
        let sectors = if sized { line.sectors.unwrap_or(0) } else { 0 };
        let length = sectors * SECTOR;
        let (file, mut status) = resolve(files, from, text, line);
        let guest = (length > 0).then_some((start, length));
        let at = At { files, line, field: extent_name(index), node, guest };
        at.remark(status, &mut gather);
        let backing = match (line.kind.as_str(), file) {
            ("ZERO", _) => Backing::Zero,
            (_, None) => Backing::Lost(match status {
                ExtentStatus::External => "its extent is a device or a place outside the given files",
                ExtentStatus::Ambiguous => "several given files answer to the name of its extent",
                _ => "its extent was not given",
            }),
            ("SPARSE", Some(file)) => {
                let named = used.iter().filter(|(known, ..)| *known == file).count();
                // Keys are unique even where two lines name one file.
                let again = if named > 0 { format!(" ({})", named + 1) } else { String::new() };
                let suffix = format!("@{}{again}", files.name(file));
                used.push((file, 0, u64::MAX, index));
                if let Some((header, member)) = at.sparse(file, &suffix, sink, &mut gather)? {
                    let bytes = header.geometry().map(Geometry::grain_bytes);
                    opened.grain_bytes = opened.grain_bytes.or(bytes);
                    match member {
                        Some(member) => {
                            let backing = Backing::Sparse(Rc::clone(&member.sparse));
                            opened.members.push(member);
                            backing
                        }
                        None => Backing::Lost("its grain directory cannot be read"),
                    }
                } else {
                    status = ExtentStatus::Mismatched;
                    Backing::Lost("its extent is no sparse extent")
                }
            }
            ("FLAT" | "VMFS", Some(file)) => {
                let offset = line.offset.unwrap_or(0).saturating_mul(SECTOR);
                used.push((file, offset, offset.saturating_add(length), index));
                at.flat(file, offset, length, &mut gather)
            }
            (_, Some(_)) => {
                gather.hit(&rules::NOT_READ, node, &at.field, guest, || {
                    format!("the extent of line {} is of type {}", line.line, line.kind)
                });
                Backing::Lost("extents of its type are not read here")
            }
        };
        opened.files.extend(file);
        opened.readable |= matches!(backing, Backing::Sparse(_) | Backing::Flat(..));
        opened.list.push(Extent {
            file: line.file.clone(),
            access: line.access.clone(),
            kind: line.kind.clone(),
            sectors: line.sectors,
            status,
        });
        if length > 0 {
            opened.parts.push(Part { start, length, backing });
        }
        start = start.saturating_add(length);
    }
    used.sort_unstable();
    for pair in used.windows(2) {
        let [(file, _, end, first), (other, begin, _, second)] = pair else { continue };
        if file == other && begin < end {
            gather.hit(&rules::EXTENT_OVERLAP, node, &extent_name(*second), None, || {
                format!("extents {} and {} use the same part of {}", first + 1, second + 1, files.name(*file))
            });
        }
    }
    gather.into_findings(node, sink.findings);
    Ok(opened)
}

/// One extent line at work.
struct At<'a> {
    files: &'a FileSet,
    line: &'a ExtentLine,
    field: String,
    node: &'a Node,
    /// What of the guest's disk it holds.
    guest: Option<(u64, u64)>,
}

impl At<'_> {
    fn bytes(&self, file: FileId) -> Option<&Bytes> {
        self.files.get(file).map(|entry| &entry.bytes)
    }

    /// Says what is to be said of where the line leads.
    fn remark(&self, status: ExtentStatus, gather: &mut Gather) {
        let Some(name) = self.line.file.as_deref() else { return };
        let line = self.line.line;
        let mut hit = |rule, detail: String| gather.hit(rule, self.node, &self.field, self.guest, || detail);
        match status {
            ExtentStatus::External => hit(
                &rules::EXTENT_EXTERNAL,
                format!("the extent of line {line} is {name:?}, of type {}", self.line.kind),
            ),
            ExtentStatus::Missing => hit(&rules::EXTENT_MISSING, format!("{name:?} was not given")),
            ExtentStatus::Ambiguous => {
                hit(&rules::EXTENT_AMBIGUOUS, format!("several given files answer to {name:?}"));
            }
            ExtentStatus::Mismatched => {
                hit(&rules::EXTENT_KIND, format!("the extent of line {line} is the descriptor itself"));
            }
            ExtentStatus::Found | ExtentStatus::NotNeeded => {}
        }
        if status != ExtentStatus::NotNeeded && place_of(name) == Place::Elsewhere {
            hit(&rules::EXTENT_ELSEWHERE, format!("line {line} names {name:?}"));
        }
    }

    /// Opens the file as a sparse extent; `None` where it is none.
    fn sparse(
        &self,
        file: FileId,
        suffix: &str,
        sink: &mut Sink,
        gather: &mut Gather,
    ) -> Result<Option<(SparseHeader, Option<Member>)>, ReadError> {
        let Some(bytes) = self.bytes(file) else { return Ok(None) };
        let head = bytes.read_up_to(0, 4)?;
        let guest = self.guest.unwrap_or((0, 0));
        let opened = if SparseHeader::is_marked(&head) || SparseHeader::is_unfinished(&head) {
            open_sparse(self.files, file, suffix, Some(guest), sink)?
        } else {
            None
        };
        let Some(SparseFile { header, member, .. }) = opened else {
            gather.hit(&rules::EXTENT_KIND, self.node, &self.field, self.guest, || {
                format!("{} ought to be a sparse extent and does not begin with KDMV", self.files.name(file))
            });
            return Ok(None);
        };
        let said = self.line.sectors.unwrap_or(0);
        size_differs(said, &header, self.files.name(file), gather, self.node, &self.field);
        Ok(Some((header, member)))
    }

    /// The file as a flat extent.
    fn flat(&self, file: FileId, offset: u64, length: u64, gather: &mut Gather) -> Backing {
        let Some(bytes) = self.bytes(file) else { return Backing::Lost("its extent was not given") };
        let name = self.files.name(file);
        let size = bytes.size();
        let end = offset.saturating_add(length);
        if size < end {
            let lost = self.guest.map(|(start, length)| {
                let there = size.saturating_sub(offset).min(length);
                (start + there, length - there)
            });
            gather.hit(&rules::FLAT_SHORT, self.node, &self.field, lost, || {
                format!("{name} has {size} bytes, the line needs {end}: {} are missing", end - size)
            });
        } else if size > end && offset == 0 {
            gather.hit(&rules::FLAT_LONG, self.node, &self.field, None, || {
                format!("{name} has {size} bytes, the line uses the first {end}")
            });
        }
        let head = bytes.read_up_to(0, 4).unwrap_or_default();
        if [&b"KDMV"[..], b"kdmv", b"COWD", b"# Di"].iter().any(|magic| head.starts_with(magic))
            && offset == 0
        {
            gather.hit(&rules::FLAT_IS_VMDK, self.node, &self.field, None, || {
                format!("{name} is named as raw bytes, and it begins like a VMDK itself")
            });
        }
        Backing::Flat(Rc::clone(bytes), offset)
    }
}

/// Compares an extent line's size with the header's.
pub(super) fn size_differs(
    said: u64,
    header: &SparseHeader,
    name: &str,
    gather: &mut Gather,
    node: &Node,
    field: &str,
) {
    let capacity = header.capacity;
    if said == capacity {
        return;
    }
    let rounded = capacity > said && capacity - said < header.grain_size;
    let rule = if rounded { &rules::SIZE_ROUNDED } else { &rules::SIZE_DIFFERS };
    gather.hit(rule, node, field, None, || {
        format!("the line says {said} sectors, the header of {name} {capacity}")
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_names() {
        for (name, place) in [
            ("disk-flat.vmdk", Place::Beside),
            ("sub/disk-flat.vmdk", Place::Beside),
            ("a..b.vmdk", Place::Beside),
            ("../disk.img", Place::Elsewhere),
            ("C:\\vm\\disk.vmdk", Place::Elsewhere),
            ("/home/me/disk.img", Place::Elsewhere),
            ("\\\\host\\share\\disk.vmdk", Place::Elsewhere),
            ("/dev/sda", Place::Device),
            ("\\\\.\\PhysicalDrive0", Place::Device),
            ("vsan://1234", Place::Device),
        ] {
            assert_eq!(place_of(name), place, "{name}");
        }
    }
}
