//! The guided tour of a VMDK: the text that describes the disk, the extent that holds a sector with its tables, and
//! the way to the sector.

mod descriptor;
mod headers;
mod tables;

use super::Vmdk;
use super::disk::{Backing, GuestDisk};
use super::grain::Sparse;
use crate::bytes::ReadError;
use crate::image::tour;
use crate::image::{Topic, TourStep};
use crate::structure::Node;
use descriptor::{descriptor_step, extents_step, parent_step, recognise_text};
use headers::{cowd_header, hosted_header, sesparse_header, stream_footer};
use std::rc::Rc;
use tables::table_steps;

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
            let of_header =
                |step: &TourStep| matches!(step.topic, Topic::Recognise | Topic::Size | Topic::Unit);
            let (header, extent): (Vec<_>, Vec<_>) = extent.into_iter().partition(of_header);
            steps.extend(header);
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
        steps.extend(key("vmdk.header").map(hosted_header).unwrap_or_default());
        steps.extend(key("vmdk.footer").map(stream_footer));
        steps.extend(key("vmdk.cowd-header").map(cowd_header).unwrap_or_default());
        steps.extend(key("vmdk.sesparse-header").map(sesparse_header).unwrap_or_default());
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
