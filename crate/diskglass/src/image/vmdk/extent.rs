//! The extent lines of a descriptor and the files that they name.

use super::descriptor::{Descriptor, ExtentLine, extent_name};
use super::disk::{Backing, Line, Part};
use super::gather::Gather;
use super::geometry::Geometry;
use super::header::SECTOR;
use super::open::{Belongs, Magic, Sink, SparseFile, open_sparse};
use super::stream::Torn;
use super::tables::Member;
use super::{chain, rules};
use crate::bytes::{Bytes, FileId, FileSet, Lookup, ReadError};
use crate::image::{Extent, ExtentStatus};
use crate::structure::{Node, hex_bytes};
use std::collections::BTreeMap;
use std::rc::Rc;

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
    /// Streams whose tables are missing.
    pub(super) torn: Vec<Rc<Torn>>,
    /// The files that were found.
    pub(super) files: Vec<FileId>,
    /// Whether anything of the disk can be read.
    pub(super) readable: bool,
    /// Bytes of a grain, of the first sparse extent.
    pub(super) grain_bytes: Option<u64>,
    /// The parent's name in the header of an extent of ESX, and the key of that header.
    pub(super) parent_in_header: Option<(String, String)>,
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
    let mut named: BTreeMap<FileId, u32> = BTreeMap::new();
    let spans = text.extent_spans(node.span);
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
            (_, None) => without_file(status),
            ("SPARSE" | "VMFSSPARSE" | "SESPARSE", Some(file)) => {
                // Keys are unique even where two lines name one file.
                let count = named.entry(file).or_default();
                *count += 1;
                let again = if *count > 1 { format!(" ({count})") } else { String::new() };
                let suffix = format!("@{}{again}", files.name(file));
                used.push((file, 0, u64::MAX, index));
                if let Some(found) = at.sparse(file, &suffix, sink, &mut gather)? {
                    opened.parent_in_header = found.parent_name.map(|name| (name, found.key));
                    opened.grain_bytes = opened.grain_bytes.or(found.geometry.map(Geometry::grain_bytes));
                    let backing =
                        found.member.as_ref().map(|member| Backing::Sparse(Rc::clone(&member.sparse)));
                    opened.members.extend(found.member);
                    opened.torn.extend(found.torn.map(Rc::new));
                    backing.unwrap_or(Backing::Broken("its grain directory cannot be read"))
                } else {
                    status = ExtentStatus::Mismatched;
                    Backing::Broken("its extent is no sparse extent")
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
                Backing::Broken("extents of its type are not read here")
            }
        };
        let backing = match backing {
            Backing::Sparse(_) | Backing::Flat(..) if line.access == "NOACCESS" => {
                Backing::Absent("its extent is marked NOACCESS: no product reads it")
            }
            backing => backing,
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
            let name = file.map(|file| files.name(file).to_owned()).or_else(|| line.file.clone());
            let line = Line {
                number: line.line,
                span: spans.get(index).copied().flatten(),
                file: name.unwrap_or_else(|| format!("an extent of type {}", line.kind)),
            };
            opened.parts.push(Part { start, length, backing, line: Some(line) });
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

    /// Opens the file as a sparse extent, of whatever kind it is; `None` where it is none.
    fn sparse(
        &self,
        file: FileId,
        suffix: &str,
        sink: &mut Sink,
        gather: &mut Gather,
    ) -> Result<Option<SparseFile>, ReadError> {
        let belongs = Belongs { suffix, guest: Some(self.guest.unwrap_or((0, 0))) };
        let opened = open_sparse(self.files, file, belongs, sink)?;
        let (line, kind) = (self.line.line, self.line.kind.as_str());
        let name = self.files.name(file);
        let mut wrong = |is: String| {
            gather.hit(&rules::EXTENT_KIND, self.node, &self.field, self.guest, || {
                format!("by line {line} {name} is of type {kind}, but it {is}")
            });
        };
        let Some(opened) = opened else {
            let head = self.bytes(file).map(|bytes| bytes.read_up_to(0, 8)).transpose()?.unwrap_or_default();
            let magic = Magic::of(&head);
            wrong(magic.map_or_else(
                || format!("begins with {}, as no sparse extent does", hex_bytes(&head, 8)),
                |magic| format!("ends inside the header of an extent of type {}", magic.word()),
            ));
            return Ok(None);
        };
        if opened.magic.word() != kind {
            wrong(format!("begins like one of type {}, as which it is read", opened.magic.word()));
        }
        let said = self.line.sectors.unwrap_or(0);
        size_differs(said, &opened, name, gather, self.node, &self.field);
        Ok(Some(opened))
    }

    /// The file as a flat extent.
    fn flat(&self, file: FileId, offset: u64, length: u64, gather: &mut Gather) -> Backing {
        let Some(bytes) = self.bytes(file) else { return Backing::Absent("its extent was not given") };
        let name = self.files.name(file);
        let size = bytes.size();
        let end = offset.saturating_add(length);
        if size < end {
            let lost = self.guest.map(|(start, length)| {
                let there = size.saturating_sub(offset).min(length);
                (start + there, length - there)
            });
            gather.hit(&rules::FLAT_SHORT, self.node, &self.field, lost, || {
                let there = size.saturating_sub(offset);
                let percent = u128::from(there) * 100 / u128::from(length.max(1));
                format!(
                    "{name} has {size} bytes, the line needs {end}: {} are missing, {there} are there ({percent} %)",
                    end - size
                )
            });
        } else if size > end && offset == 0 {
            gather.hit(&rules::FLAT_LONG, self.node, &self.field, None, || {
                format!("{name} has {size} bytes, the line uses the first {end}")
            });
        }
        let head = bytes.read_up_to(0, 8).unwrap_or_default();
        if offset == 0 && (Magic::of(&head).is_some() || head.starts_with(b"# Di")) {
            gather.hit(&rules::FLAT_IS_VMDK, self.node, &self.field, None, || {
                format!("{name} is named as raw bytes, and it begins like a VMDK itself")
            });
        }
        Backing::Flat(Rc::clone(bytes), offset)
    }
}

/// What stands for an extent whose file is not there.
fn without_file(status: ExtentStatus) -> Backing {
    match status {
        ExtentStatus::External => {
            Backing::Absent("its extent is a device or a place outside the given files")
        }
        ExtentStatus::Ambiguous => Backing::Absent("several given files answer to the name of its extent"),
        ExtentStatus::Mismatched => Backing::Broken("its extent is the descriptor itself"),
        _ => Backing::Absent("its extent was not given"),
    }
}

/// Compares an extent line's size with the header's.
pub(super) fn size_differs(
    said: u64,
    opened: &SparseFile,
    name: &str,
    gather: &mut Gather,
    node: &Node,
    field: &str,
) {
    let capacity = opened.capacity;
    if said == capacity {
        return;
    }
    let rounded = capacity > said && capacity - said < opened.grain;
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
