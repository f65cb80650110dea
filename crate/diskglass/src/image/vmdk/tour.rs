//! The guided tour of a VMDK: the text that describes the disk, the extent that holds a sector with its tables, and
//! the way to the sector.

use super::Vmdk;
use super::disk::{Backing, GuestDisk};
use super::grain::{Kind, Sparse};
use super::header::{GD_AT_END, SECTOR};
use super::map::LINES_ADDED;
use crate::bytes::ReadError;
use crate::image::TourStep;
use crate::image::tour::{self, ENTRIES_SHOWN, Reading};
use crate::structure::{Endian, Node};
use std::rc::Rc;

/// Key of the descriptor's structure.
const DESCRIPTOR: &str = "vmdk.descriptor";

/// The value of a field that is a number.
fn number(node: &Node, name: &str) -> Option<u64> {
    node.fields.iter().find(|field| field.name == name)?.value.parse().ok()
}

/// The structure of that key, where any of it is there.
fn find<'a>(nodes: &'a [Node], key: &str) -> Option<&'a Node> {
    nodes.iter().find(|node| node.key == key && node.span.is_some() && !node.fields.is_empty())
}

impl Vmdk {
    /// The tour, with the way to the sector at byte `guest` of the disk.
    pub(super) fn walk(&self, guest: u64) -> Result<Vec<TourStep>, ReadError> {
        let nodes = &self.about.nodes;
        let text = find(nodes, DESCRIPTOR);
        let mut steps = Vec::new();
        let alone = text.is_some_and(|text| text.span.is_some_and(|span| span.offset == 0));
        if let Some(text) = text.filter(|_| alone) {
            steps.extend([recognise_text(text), descriptor_step(text), extents_step(text)]);
        }
        let extent = self.extent_steps(0, guest)?;
        if alone {
            steps.extend(extent);
        } else {
            // The header comes first in such a file, then the text, then the tables.
            let mut extent = extent.into_iter();
            steps.extend(extent.by_ref().take(1));
            steps.extend(text.into_iter().flat_map(|text| [descriptor_step(text), extents_step(text)]));
            steps.extend(extent);
        }
        steps.extend(text.and_then(parent_step));
        if self.encrypted {
            steps.push(TourStep::end(
                "The disk is encrypted. Its sectors can be found like those of any other, but what stands there is no use \
                 to anybody without the key.",
            ));
            return Ok(steps);
        }
        if self.layers.first().is_none_or(|layer| !self.readable || guest >= layer.disk.size) {
            steps.push(tour::obstacle(&self.about, "Nothing leads to the data of this image."));
            return Ok(steps);
        }
        let beneath = |depth| self.extent_steps(depth, guest).unwrap_or_default();
        steps.extend(tour::way(self, guest, explain, beneath)?);
        Ok(steps)
    }

    /// Header, directory and tables of the extent that holds the sector in the link of that depth.
    fn extent_steps(&self, depth: usize, guest: u64) -> Result<Vec<TourStep>, ReadError> {
        let Some(layer) = self.layers.get(depth) else { return Ok(Vec::new()) };
        let nodes = if depth == 0 { &self.about.nodes } else { &layer.nodes };
        let sparse = sparse_at(&layer.disk, guest);
        let member = sparse
            .and_then(|sparse| layer.grains.members.iter().find(|member| Rc::ptr_eq(&member.sparse, sparse)));
        let suffix = member.map_or("", |member| member.suffix.as_str());
        let key = |id: &str| find(nodes, &format!("{id}{suffix}"));
        let mut steps = Vec::new();
        steps.extend(key("vmdk.header").map(hosted_header));
        steps.extend(key("vmdk.footer").map(stream_footer));
        steps.extend(key("vmdk.cowd-header").map(cowd_header));
        steps.extend(key("vmdk.sesparse-header").map(sesparse_header));
        if let Some(sparse) = sparse {
            let header =
                key("vmdk.footer").or_else(|| key("vmdk.header")).or_else(|| key("vmdk.cowd-header"));
            let header = header.or_else(|| key("vmdk.sesparse-header"));
            let inside = guest.saturating_sub(member.map_or(0, |member| member.guest));
            steps.extend(table_steps(sparse, header, inside)?);
        }
        Ok(steps)
    }
}

/// The sparse extent that holds a byte of the disk.
fn sparse_at(disk: &GuestDisk, guest: u64) -> Option<&Rc<Sparse>> {
    match &disk.parts.get(disk.part_at(guest))?.backing {
        Backing::Sparse(sparse) => Some(sparse),
        Backing::Flat(..) | Backing::Zero | Backing::Absent(_) | Backing::Broken(_) => None,
    }
}

/// How to tell a descriptor that is a file of its own.
fn recognise_text(text: &Node) -> TourStep {
    let first = text.fields.first();
    let step = TourStep::new(
        "How to recognise this VMDK",
        "This VMDK is a small text file that can be read with any editor. Its first line is a comment that says what it is. \
         The data of the disk is elsewhere, in files that the text names: they are called extents.",
    );
    match first {
        Some(first) => step.at(text.field_span(&first.name)).fields(text, Endian::Little, &[&first.name]),
        None => step.at(text.span),
    }
}

fn descriptor_step(text: &Node) -> TourStep {
    TourStep::new(
        "The descriptor",
        "The descriptor is a text of lines like name=value. Its createType says how the disk is stored. CID is the content \
         identity: a number that changes whenever somebody writes to the disk. The parentCID ffffffff means that the disk \
         stands on its own. Lines that begin with ddb describe the virtual hardware.",
    )
    .at(text.span)
    .fields(text, Endian::Little, &["version", "CID", "parentCID", "createType"])
}

fn extents_step(text: &Node) -> TourStep {
    let lines: Vec<&str> = (text.fields.iter())
        .map(|field| field.name.as_str())
        .filter(|name| name.starts_with("extent "))
        .take(LINES_ADDED)
        .collect();
    let step = TourStep::new(
        "The extent lines",
        "The disk is put together from the extents in the order of these lines. A line says whether the extent may be \
         written (RW), how many sectors of 512 bytes it adds to the disk, of what type it is, and the name of its file. \
         SPARSE, VMFSSPARSE and SESPARSE take space only for what was written; FLAT and VMFS hold every sector as it is; \
         ZERO needs no file.",
    );
    let Some(first) = lines.first() else {
        return step.at(text.span).here("This descriptor has no extent line.");
    };
    step.at(text.field_span(first)).fields(text, Endian::Little, &lines)
}

/// How a link names its parent.
fn parent_step(text: &Node) -> Option<TourStep> {
    let parent = text.fields.iter().find(|field| field.name == "parentCID")?;
    (parent.value != "ffffffff").then(|| {
        TourStep::new(
            "The parent",
            "This disk holds only what was changed since it was made; the rest is in another image, its parent. The \
             parentCID is the CID that the parent had at that moment. Whoever writes to the parent changes its CID, and \
             so it shows that child and parent no longer fit. The name of the parent's file is only a hint.",
        )
        .at(text.field_span("parentCID"))
        .fields(text, Endian::Little, &["parentCID", "parentFileNameHint"])
    })
}

fn hosted_header(header: &Node) -> TourStep {
    let get = |name: &str| number(header, name);
    let product = |a: &str, b: u64| get(a).and_then(|a| a.checked_mul(b));
    let shown = |name: &str| get(name).unwrap_or(0);
    let mut step = TourStep::new(
        "The sparse header",
        "A sparse extent begins with the four letters KDMV. They are VMDK backwards: the number is stored little-endian, \
         the least significant byte first, as are all numbers of a VMDK. To read one by hand, take its bytes from right \
         to left. The header says how large the disk is, in what units space is given out (grains), and where the \
         tables lie. All of it is counted in sectors of 512 bytes.",
    )
    .at(header.span)
    .fields(
        header,
        Endian::Little,
        &["magic_number", "version", "flags", "capacity", "grain_size", "descriptor_offset", "num_gtes_per_gt", "rgd_offset", "gd_offset"],
    )
    .sum("bytes of the disk", format!("{} × 512", shown("capacity")), product("capacity", SECTOR))
    .sum("bytes of a grain", format!("{} × 512", shown("grain_size")), product("grain_size", SECTOR))
    .sum(
        "sectors that a grain table leads to",
        format!("{} × {}", shown("num_gtes_per_gt"), shown("grain_size")),
        get("num_gtes_per_gt").and_then(|entries| product("grain_size", entries)),
    );
    if get("gd_offset") == Some(GD_AT_END) {
        step = step.here(
            "The place of the grain directory is all ones: whoever writes a stream from front to back does not know it yet \
             when the header is written. The end of the file says it.",
        );
    }
    step
}

fn stream_footer(footer: &Node) -> TourStep {
    TourStep::new(
        "The footer of the stream",
        "A stream is written from front to back without going back: first the header, then grain after grain, then the \
         tables. Only then is it known where the directory lies. So a copy of the header stands near the end of the file, \
         with the directory's place filled in.",
    )
    .at(footer.span)
    .fields(footer, Endian::Little, &["magic_number", "gd_offset"])
}

fn cowd_header(header: &Node) -> TourStep {
    let get = |name: &str| number(header, name);
    let shown = |name: &str| get(name).unwrap_or(0);
    TourStep::new(
        "The COWD header",
        "ESX writes snapshots in extents of this kind, which begin with COWD, for copy on write disk. A grain is a single \
         sector here, so that nothing but what changed is copied. A grain table always has 4096 entries; the header has no \
         field for that. All numbers are little-endian: take their bytes from right to left.",
    )
    .at(header.span)
    .fields(header, Endian::Little, &["magic_number", "num_sectors", "grain_size", "gd_offset", "num_gd_entries", "free_sector"])
    .sum(
        "sectors that a grain table leads to",
        format!("4096 × {}", shown("grain_size")),
        get("grain_size").and_then(|size| size.checked_mul(4096)),
    )
}

fn sesparse_header(header: &Node) -> TourStep {
    let size = number(header, "grain_table_size");
    TourStep::new(
        "The header of a space-efficient extent",
        "ESXi writes snapshots of large disks in extents of this kind, which begin with the number 0xcafebabe. The header \
         names the areas of the file, in sectors: one for the grain directory, one for all grain tables, one for the \
         grains. The entries of the tables are no sectors but numbers within these areas, and they are 8 bytes wide.",
    )
    .at(header.span)
    .fields(
        header,
        Endian::Little,
        &["magic", "capacity", "grain_size", "grain_table_size", "grain_dir_offset", "grain_tables_offset", "grains_offset"],
    )
    .sum("entries of a grain table", format!("{} × 512 / 8", size.unwrap_or(0)), size.and_then(|size| size.checked_mul(64)))
}

/// What the directory and the tables look like.
fn table_steps(sparse: &Sparse, header: Option<&Node>, inside: u64) -> Result<Vec<TourStep>, ReadError> {
    let geometry = sparse.geometry;
    let mut steps = Vec::new();
    let Some(directory) = sparse.directory.or(sparse.copy) else { return Ok(steps) };
    let encoded = matches!(sparse.kind, Kind::SeSparse(_));
    let text = if encoded {
        "Tables come in two levels. The grain directory has one entry per grain table. Its lower 32 bits are the number of \
         the table, counted from 0 at the beginning of the tables' area; the upper half is 0x10000000 as a sign that there \
         is one. The entry 0 means that none of the table's grains is there."
    } else {
        "Tables come in two levels. The grain directory has one entry of four bytes per grain table, and the entry is the \
         sector where that table begins. The entry 0 means that there is no table, and so none of its grains. Nearly all \
         products write the directory and its tables twice, so that one can replace the other."
    };
    let width = geometry.entry_bytes;
    let at = directory.offset;
    let place = sparse.span(at, directory.entries * width).filter(|place| place.length > 0);
    let mut step = TourStep::new("The grain directory", text).at(place);
    let field = if encoded { "grain_dir_offset" } else { "gd_offset" };
    let begins = "byte where the directory begins";
    let copy_begins = "byte where the redundant directory begins";
    for (found, field, what) in [(sparse.directory, field, begins), (sparse.copy, "rgd_offset", copy_begins)]
    {
        let Some(found) = found else { continue };
        let sector = found.offset / SECTOR;
        if header.and_then(|header| number(header, field)) != Some(sector) {
            step = step.reading([Reading::known(
                field,
                sector,
                "The header does not say so: it was found elsewhere.",
            )]);
        }
        step = step.sum(what, format!("{sector} × 512"), Some(found.offset));
    }
    for (table, raw) in (0..).zip(sparse.directory_chunk(directory, 0, ENTRIES_SHOWN)?) {
        let meaning = if raw == 0 { "There is no such table." } else { "Where the grain table is." };
        let place = sparse.span(at + table * width, width);
        step = step.reading([Reading::number(format!("entry {table}"), place, Endian::Little, raw, meaning)]);
    }
    steps.push(step);
    let table = inside / geometry.grain_bytes() / geometry.table_entries;
    let (own, copy) = sparse.both_places(table)?;
    let Some(at) = own.or(copy) else { return Ok(steps) };
    let text = if encoded {
        "A grain table has one entry of eight bytes per grain of the disk. The first hexadecimal digit is its kind: 0 \
         nothing, 1 given back by the guest, 2 zeros, 3 a grain. In an entry of kind 3 the three digits that follow are \
         the lower 12 bits of the grain's number and all others stand for the bits above."
    } else {
        "A grain table has one entry of four bytes per grain of the disk. The entry is the sector of the file where the \
         grain begins. The entry 0 means that the grain is not there: the guest reads zeros, or what the parent has. The \
         entry 1 means zeros, whatever a parent has: no grain can begin in sector 1."
    };
    let mut step = TourStep::new("A grain table", text)
        .here(format!("This is table {table}, the one that leads to the sector looked for below."))
        .at(sparse.span(at, geometry.table_bytes()));
    let first = table * geometry.table_entries;
    for (grain, found) in (first..).zip(sparse.grains(first, ENTRIES_SHOWN)?) {
        let Some((raw, at)) = found.counting() else { continue };
        let meaning = match raw {
            0 => "The grain is not in this file.",
            1 if !encoded => "The grain is all zeros.",
            _ => "Where the grain begins.",
        };
        let term = format!("entry {}", grain - first);
        step = step.reading([Reading::number(term, sparse.span(at, width), Endian::Little, raw, meaning)]);
    }
    steps.push(step);
    Ok(steps)
}

/// What has to be known to follow a step of a translation.
fn explain(title: &str) -> &'static str {
    match title {
        "Extent" => {
            "First find the extent that holds the sector. Each line of the descriptor adds its sectors to the disk; an \
             extent counts its own sectors from 0."
        }
        "Grain directory" => {
            "How often the sectors that a grain table leads to go into the number of the sector is the number of the grain \
             table. Its entry in the directory says where the table is."
        }
        "Redundant directory" | "Redundant table" => {
            "The first set of tables does not help here, so the second one is used, which should say the same."
        }
        "Grain table" => {
            "The sector's number divided by the sectors of a grain is the number of the grain. Which entry of its table \
             that is, and which sector of the grain, is what is left over by the divisions."
        }
        "Marker" => {
            "In a stream every grain is compressed, and a marker of 12 bytes stands in front of it: eight for the sector \
             of the disk that the grain begins with, four for how many compressed bytes follow. The entry of the table \
             is the sector of the marker."
        }
        "Compressed data" => {
            "The compressed bytes are a zlib stream. No one inflates that by hand: any program that knows zlib gives the \
             whole grain, in which the sector has its place."
        }
        "Data" => "What is stored as it is has only to be read: these are the bytes that the guest gets.",
        "Parent" => "This image has nothing for the sector, so the same sector is looked up in its parent.",
        "Zeros" | "Nothing" => {
            "A sector that was never written takes no place in any file. The guest reads 512 zeros."
        }
        "Not there" => "The way by hand ends here until that file is there too.",
        "Not readable" => {
            "The tables do not lead to anything that could be read, so the guest gets no answer here. The findings say more."
        }
        _ => "",
    }
}
