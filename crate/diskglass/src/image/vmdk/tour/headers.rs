//! The steps of a tour through the headers of sparse extents.

use super::super::header::{GD_AT_END, SECTOR};
use super::number;
use crate::image::{Topic, TourStep};
use crate::structure::{Endian, Node};

pub(super) fn hosted_header(header: &Node) -> Vec<TourStep> {
    let mut steps = vec![
        TourStep::new(
            Topic::Recognise,
            "How to recognise a sparse extent",
            "A sparse extent is recognised at its beginning: the first four bytes are the letters KDMV. They are VMDK \
             backwards, because the format takes them for a number and stores numbers little-endian, the least significant \
             byte first. To read a number of a VMDK by hand, take its bytes from right to left.",
        )
        .at(header.field_span("magic_number"))
        .fields(header, Endian::Little, &["magic_number", "version"]),
        TourStep::new(
            Topic::Size,
            "The size in the header",
            "The first sector of the extent is its header. The capacity is the size of the disk, or of the part of it that \
             is in this extent. Like nearly everything in a VMDK it is counted in sectors of 512 bytes.",
        )
        .at(header.span)
        .fields(header, Endian::Little, &["capacity"])
        .sum("bytes of the disk", format!("{} × 512", shown(header, "capacity")), product(header, "capacity", SECTOR)),
    ];
    let per_table = number(header, "num_gtes_per_gt").unwrap_or(0);
    let mut unit = TourStep::new(
        Topic::Unit,
        "Grains",
        "The disk is cut into grains of equal size, and a grain takes space in the file only after the guest has written to \
         it. The header says how large a grain is, to how many of them one table leads, and where the directory of these \
         tables lies. Small grains waste little space; large ones need fewer tables.",
    )
    .at(header.span)
    .fields(header, Endian::Little, &["grain_size", "num_gtes_per_gt", "rgd_offset", "gd_offset"])
    .sum("bytes of a grain", format!("{} × 512", shown(header, "grain_size")), product(header, "grain_size", SECTOR))
    .sum(
        "sectors that a grain table leads to",
        format!("{per_table} × {}", shown(header, "grain_size")),
        product(header, "grain_size", per_table),
    );
    if number(header, "gd_offset") == Some(GD_AT_END) {
        unit = unit.here(
            "The place of the grain directory is all ones: whoever writes a stream from front to back does not know it yet \
             when the header is written. The end of the file says it.",
        );
    }
    steps.push(unit);
    steps
}

/// A field that is a number, for a computation.
fn shown(header: &Node, name: &str) -> u64 {
    number(header, name).unwrap_or(0)
}

/// A field that is a number, times another.
fn product(header: &Node, name: &str, times: u64) -> Option<u64> {
    number(header, name)?.checked_mul(times)
}

pub(super) fn stream_footer(footer: &Node) -> TourStep {
    TourStep::new(
        Topic::Table,
        "The footer of the stream",
        "A stream is written from front to back without going back: first the header, then grain after grain, then the \
         tables. Only then is it known where the directory lies. So a copy of the header stands near the end of the file, \
         with the directory's place filled in.",
    )
    .at(footer.span)
    .fields(footer, Endian::Little, &["magic_number", "gd_offset"])
}

pub(super) fn cowd_header(header: &Node) -> Vec<TourStep> {
    vec![
        TourStep::new(
            Topic::Recognise,
            "How to recognise an extent of ESX",
            "ESX writes snapshots in extents of this kind. They begin with the letters COWD, for copy on write disk. All \
             numbers are little-endian, the least significant byte first: take their bytes from right to left.",
        )
        .at(header.field_span("magic_number"))
        .fields(header, Endian::Little, &["magic_number", "version"]),
        TourStep::new(
            Topic::Size,
            "The size in the header",
            "The first four sectors of the extent are its header. The size of the disk is counted in sectors.",
        )
        .at(header.field_span("num_sectors"))
        .fields(header, Endian::Little, &["num_sectors"])
        .sum("bytes of the disk", format!("{} × 512", shown(header, "num_sectors")), product(header, "num_sectors", SECTOR)),
        TourStep::new(
            Topic::Unit,
            "Grains",
            "The unit in which space is given out is the grain. In these extents it is usually a single sector, so that \
             nothing but what changed is copied. A grain table always has 4096 entries; the header has no field for that. \
             New tables and grains are put where free_sector says.",
        )
        .at(header.span)
        .fields(header, Endian::Little, &["grain_size", "gd_offset", "num_gd_entries", "free_sector"])
        .sum(
            "sectors that a grain table leads to",
            format!("4096 × {}", shown(header, "grain_size")),
            product(header, "grain_size", 4096),
        ),
    ]
}

pub(super) fn sesparse_header(header: &Node) -> Vec<TourStep> {
    vec![
        TourStep::new(
            Topic::Recognise,
            "How to recognise a space-efficient extent",
            "ESXi writes snapshots of large disks in extents of this kind. They begin with the number 0xcafebabe in eight \
             bytes. All numbers are little-endian, the least significant byte first: take their bytes from right to left.",
        )
        .at(header.field_span("magic"))
        .fields(header, Endian::Little, &["magic", "version"]),
        TourStep::new(Topic::Size, "The size in the header", "The capacity is the size of the disk in sectors of 512 bytes.")
            .at(header.field_span("capacity"))
            .fields(header, Endian::Little, &["capacity"])
            .sum("bytes of the disk", format!("{} × 512", shown(header, "capacity")), product(header, "capacity", SECTOR)),
        TourStep::new(
            Topic::Unit,
            "Grains and areas",
            "The unit in which space is given out is the grain of 4 KiB. The header names the areas of the file, in sectors: \
             one for the grain directory, one for all grain tables, one for the grains. The entries of the tables are no \
             sectors but numbers within these areas, and they are 8 bytes wide.",
        )
        .at(header.span)
        .fields(
            header,
            Endian::Little,
            &["grain_size", "grain_table_size", "grain_dir_offset", "grain_tables_offset", "grains_offset"],
        )
        .sum(
            "entries of a grain table",
            format!("{} × 512 / 8", shown(header, "grain_table_size")),
            product(header, "grain_table_size", SECTOR / 8),
        ),
    ]
}
