//! The steps of a tour through the descriptor.

use super::super::map::LINES_ADDED;
use crate::image::{Topic, TourStep};
use crate::structure::{Endian, Node};

/// How to tell a descriptor that is a file of its own.
pub(super) fn recognise_text(text: &Node) -> TourStep {
    let first = text.fields.first();
    let step = TourStep::new(
        Topic::Recognise,
        "How to recognise this VMDK",
        "This VMDK is a small text file that can be read with any editor. Its first line is a comment that says what it is. \
         The data of the disk is elsewhere, in files that the text names: they are called extents.",
    );
    match first {
        Some(first) => step.at(text.field_span(&first.name)).fields(text, Endian::Little, &[&first.name]),
        None => step.at(text.span),
    }
}

pub(super) fn descriptor_step(text: &Node) -> TourStep {
    TourStep::new(
        Topic::Words,
        "The descriptor",
        "The descriptor is a text of lines like name=value. Its createType says how the disk is stored. CID is the content \
         identity: a number that changes whenever somebody writes to the disk. The parentCID ffffffff means that the disk \
         stands on its own. Lines that begin with ddb describe the virtual hardware.",
    )
    .at(text.span)
    .fields(text, Endian::Little, &["version", "CID", "parentCID", "createType"])
}

pub(super) fn extents_step(text: &Node) -> TourStep {
    let lines: Vec<&str> = (text.fields.iter())
        .map(|field| field.name.as_str())
        .filter(|name| name.starts_with("extent "))
        .take(LINES_ADDED)
        .collect();
    let step = TourStep::new(
        Topic::Words,
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
pub(super) fn parent_step(text: &Node) -> Option<TourStep> {
    let parent = text.fields.iter().find(|field| field.name == "parentCID")?;
    (parent.value != "ffffffff").then(|| {
        TourStep::new(
            Topic::Parent,
            "The parent",
            "This disk holds only what was changed since it was made; the rest is in another image, its parent. The \
             parentCID is the CID that the parent had at that moment. Whoever writes to the parent changes its CID, and \
             so it shows that child and parent no longer fit. The name of the parent's file is only a hint.",
        )
        .at(text.field_span("parentCID"))
        .fields(text, Endian::Little, &["parentCID", "parentFileNameHint"])
    })
}
