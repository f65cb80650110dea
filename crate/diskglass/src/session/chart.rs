//! How much of each part of a disk, or of a file, is used for what: numbers for a picture, in steps.

use super::{QueryError, Session};
use crate::bytes::{FileId, Span};
use crate::image::{Image, Surveyor, Use};
use crate::limits;
use crate::report::MAX_EXACT;
use crate::structure::Keeps;
use schemars::JsonSchema;
use serde::Serialize;
use std::ops::Range;

/// What a chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side<'a> {
    /// The guest's disk.
    Guest,
    /// The supplied file of that name.
    File(&'a str),
}

/// A step of a chart: the steps add up.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ChartPart {
    /// Bytes of each cell that are used for what: as many numbers per cell as there are uses, in their order
    /// ([`Use::ALL`]).
    #[schemars(extend("tsType" = "Float64Array"))]
    pub amounts: Vec<f64>,
    /// Of a file: for each cell the first byte of the guest's disk that something in it is there for, and the byte behind
    /// the last one; 0 and 0 where there is none. Empty for the disk.
    #[schemars(extend("tsType" = "Float64Array"))]
    pub guests: Vec<f64>,
    /// The byte of the guest's disk to go on from, where there is more to add.
    pub next: Option<u64>,
}

impl Session {
    /// A step of the chart of a range of the disk or of a file, cut into `cells` of equal size (the last one may be
    /// shorter). The survey goes through the guest's bytes `through`: of the disk, those of the range; of a file, all
    /// that may be stored in the range. The step that begins with byte 0 also has what the structures of the file take.
    ///
    /// # Errors
    /// When nothing is open, there is no such file, or the tables cannot be read.
    pub fn chart(
        &self,
        side: Side,
        range: Range<u64>,
        cells: u32,
        through: Range<u64>,
    ) -> Result<ChartPart, QueryError> {
        let image = self.image()?;
        let file = match side {
            Side::Guest => None,
            Side::File(name) => {
                Some(self.files.by_name(name).ok_or_else(|| QueryError::NoSuchFile(name.into()))?)
            }
        };
        let mut chart = Chart::new(range, cells, file);
        let disk = image.disk().map_or(0, |disk| disk.size()).min(MAX_EXACT);
        let mut bounds = through.start.min(disk)..through.end.min(disk);
        if file.is_none() {
            bounds = bounds.start.max(chart.range.start)..bounds.end.min(chart.range.end);
        }
        if let Some(file) = file {
            chart.take_areas(image, file, through.start == 0);
        }
        let mut next = None;
        if bounds.start < bounds.end {
            let reached = image.survey(bounds.start, bounds.end, &mut chart)?;
            next = (reached > bounds.start && reached < bounds.end).then_some(reached);
        }
        Ok(ChartPart { amounts: chart.amounts, guests: chart.guests, next })
    }
}

/// The range as it is cut into cells.
struct Chart {
    range: Range<u64>,
    cell: u64,
    /// The file that is shown; the guest's disk if none is.
    file: Option<FileId>,
    /// What structures of the file take, merged and in order: what tables take is not added again.
    areas: Vec<Range<u64>>,
    amounts: Vec<f64>,
    guests: Vec<f64>,
}

impl Chart {
    fn new(range: Range<u64>, cells: u32, file: Option<FileId>) -> Self {
        let range = range.start.min(MAX_EXACT)..range.end.clamp(range.start, MAX_EXACT.max(range.start));
        let cells = cells.clamp(1, limits::CHART_CELLS);
        let cell = (range.end - range.start).div_ceil(cells.into()).max(1);
        let count = cells as usize;
        Self {
            range,
            cell,
            file,
            areas: Vec::new(),
            amounts: vec![0.0; count * Use::ALL.len()],
            guests: vec![0.0; if file.is_some() { count * 2 } else { 0 }],
        }
    }

    /// Takes note of the image's structures in the file, and adds what they take.
    fn take_areas(&mut self, image: &dyn Image, file: FileId, add: bool) {
        let areas = |keeps: Keeps| {
            let nodes = image.about().nodes.iter().filter(|node| node.keeps == keeps);
            let here = nodes.filter_map(|node| node.span).filter(|span| span.file == file);
            merged(here.map(|span| span.offset..span.offset.saturating_add(span.length)).collect())
        };
        let tables = areas(Keeps::Tables);
        if add {
            let others = without(&areas(Keeps::Metadata), &tables);
            for (areas, is) in [(&tables, Use::Table), (&others, Use::Metadata)] {
                for area in areas {
                    self.add(area.start, area.end - area.start, is);
                }
            }
        }
        self.areas = tables;
    }

    fn add(&mut self, offset: u64, length: u64, is: Use) {
        self.cells(offset, length, |chart, cell, bytes| {
            let at = cell.saturating_mul(Use::ALL.len()).saturating_add(is as usize);
            if let Some(amount) = chart.amounts.get_mut(at) {
                *amount += bytes;
            }
        });
    }

    /// Calls `with` for every cell that the stretch touches, and with how much of it it takes.
    fn cells(&mut self, offset: u64, length: u64, mut with: impl FnMut(&mut Self, usize, f64)) {
        let end = offset.saturating_add(length).min(self.range.end);
        let mut at = offset.max(self.range.start);
        while at < end {
            let cell = (at - self.range.start) / self.cell;
            let stop = (self.range.start + (cell + 1).saturating_mul(self.cell)).min(end);
            #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
            with(self, usize::try_from(cell).unwrap_or(usize::MAX), (stop - at) as f64);
            at = stop;
        }
    }
}

impl Surveyor for Chart {
    fn guest(&mut self, offset: u64, length: u64, is: Use) {
        if self.file.is_none() {
            self.add(offset, length, is);
        }
    }

    fn stored(&mut self, span: Span, guest: u64, is: Use) {
        if self.file != Some(span.file) {
            return;
        }
        let known = |areas: &[Range<u64>]| {
            let index = areas.partition_point(|area| area.end <= span.offset);
            areas.get(index).is_some_and(|area| area.start <= span.offset)
        };
        if is == Use::Table && known(&self.areas) {
            return;
        }
        self.add(span.offset, span.length, is);
        #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
        let (from, to) = (guest as f64, guest.saturating_add(1) as f64);
        self.cells(span.offset, span.length, |chart, cell, _| {
            let at = cell.saturating_mul(2);
            if let Some([first, end]) = chart.guests.get_mut(at..at.saturating_add(2)) {
                *first = if *end == 0.0 { from } else { first.min(from) };
                *end = end.max(to);
            }
        });
    }
}

/// Ranges in order, those that touch as one.
fn merged(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    crate::order::sort_by_key(&mut ranges, |range| range.start);
    let mut merged: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Merged ranges without what is in others, which are merged too.
fn without(ranges: &[Range<u64>], others: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut left = Vec::new();
    for range in ranges {
        let mut at = range.start;
        let first = others.partition_point(|other| other.end <= range.start);
        for other in others.iter().skip(first).take_while(|other| other.start < range.end) {
            if at < other.start {
                left.push(at..other.start);
            }
            at = at.max(other.end);
        }
        if at < range.end {
            left.push(at..range.end);
        }
    }
    left
}

#[cfg(test)]
#[allow(
    clippy::float_cmp,
    clippy::similar_names,
    reason = "whole numbers below 2^53 are exact; size is not side"
)]
mod tests {
    use super::{ChartPart, Side, merged, without};
    use crate::image::{Source, Use};
    use crate::session::Session;
    use std::rc::Rc;

    const USES: usize = Use::ALL.len();

    fn sample(name: &str) -> Session {
        let mut session = Session::default();
        for file in diskglass_samples::find(name).unwrap().files() {
            session.add(file.name, Rc::new(file.bytes), None);
        }
        session.inspect(None);
        session
    }

    /// All steps added up.
    fn whole(session: &Session, side: Side, size: u64, count: u32) -> ChartPart {
        let disk = session.disk().map_or(0, |disk| disk.size());
        let mut sum = session.chart(side, 0..size, count, 0..disk).unwrap();
        while let Some(next) = sum.next {
            let more = session.chart(side, 0..size, count, next..disk).unwrap();
            sum.amounts.iter_mut().zip(&more.amounts).for_each(|(sum, more)| *sum += more);
            sum.next = more.next;
        }
        sum
    }

    fn total(part: &ChartPart, is: Use) -> f64 {
        part.amounts.iter().skip(is as usize).step_by(USES).sum()
    }

    fn healthy_main() -> impl Iterator<Item = &'static str> {
        diskglass_samples::gallery().iter().filter(|sample| sample.main).map(|sample| sample.name)
    }

    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn the_cells_of_a_disk_are_full_and_say_what_a_translation_says() {
        for name in healthy_main() {
            let session = sample(name);
            let Some(size) = session.disk().map(|disk| disk.size()).filter(|size| *size < 1 << 30) else {
                continue;
            };
            let cells = 61_u32;
            let chart = whole(&session, Side::Guest, size, cells);
            let cell = size.div_ceil(cells.into());
            for (index, uses) in (0..).zip(chart.amounts.chunks(USES)) {
                let bytes = size.saturating_sub(index * cell).min(cell);
                assert_eq!(uses.iter().sum::<f64>(), bytes as f64, "{name}: cell {index}");
            }
            // Each use of a single piece agrees with its translation.
            let mut at = 0;
            let mut looks = 0;
            while at < size && looks < 400 {
                let translation = session.translate(at, size - at).unwrap();
                for piece in &translation.pieces {
                    looks += 1;
                    let range = piece.guest.offset..piece.guest.offset + 1;
                    let one = session.chart(Side::Guest, range.clone(), 1, range.clone()).unwrap();
                    let is =
                        Use::ALL.into_iter().zip(&one.amounts).find(|(_, amount)| **amount > 0.0).unwrap().0;
                    let fits = match is {
                        Use::Data => piece.source == Source::Data,
                        Use::Compressed => piece.source == Source::Compressed,
                        Use::Zero | Use::Unallocated => piece.source == Source::Zero,
                        Use::Absent => piece.source == Source::Absent,
                        Use::Invalid => piece.source == Source::Invalid,
                        Use::Parent => true,
                        Use::Bitmap | Use::Table | Use::Metadata => false,
                    };
                    assert!(
                        fits,
                        "{name}: byte {} is {is:?}, the translation says {:?}",
                        range.start, piece.source
                    );
                }
                at += translation.guest.length;
            }
        }
    }

    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn a_healthy_file_is_used_once_and_mostly() {
        for name in healthy_main() {
            let session = sample(name);
            let report = session.report();
            if diskglass_samples::find(name).is_some_and(|sample| !sample.is_healthy()) {
                continue;
            }
            for file in &report.files {
                let Some(size) = file.size.filter(|size| *size > 0) else { continue };
                let chart = whole(&session, Side::File(&file.name), size, 97);
                let cell = size.div_ceil(97);
                for (index, uses) in (0..).zip(chart.amounts.chunks(USES)) {
                    let bytes = size.saturating_sub(index * cell).min(cell) as f64;
                    let used: f64 = uses.iter().sum();
                    assert!(used <= bytes, "{name} {}: cell {index} of {bytes} has {uses:?}", file.name);
                }
                let is_image = |image: &crate::report::InspectedImage| {
                    image.key == file.name && image.facts.format != "raw"
                };
                if report.image.as_ref().is_some_and(is_image) {
                    assert!(total(&chart, Use::Metadata) > 0.0, "{name}");
                }
            }
        }
    }

    #[test]
    fn the_uses_of_a_dynamic_file_are_its_structures_bitmaps_and_blocks() {
        let session = sample("vhd-dynamic");
        let report = session.report();
        let image = report.image.unwrap();
        let blocks = image.facts.allocated_units.unwrap();
        let size = report.files[0].size.unwrap();
        let chart = whole(&session, Side::File(&report.files[0].name), size, 1);
        let bytes = |is| chart.amounts[is as usize];
        #[allow(clippy::cast_precision_loss)]
        let number = |number: u64| number as f64;
        assert_eq!(bytes(Use::Data), number(blocks * image.facts.unit_bytes.unwrap()));
        assert_eq!(bytes(Use::Bitmap), number(blocks * 512));
        // The footer, its copy and the header; partition tables and superblocks lie in the data.
        let own = report.structures.iter().filter(|structure| structure.id.starts_with("vhd."));
        let tables =
            own.clone().filter(|structure| structure.table.is_some()).filter_map(|table| table.length);
        assert_eq!(bytes(Use::Table), number(tables.sum()));
        assert!(bytes(Use::Metadata) >= 512.0 + 512.0 + 1024.0);
    }

    #[test]
    fn a_large_survey_goes_in_steps_that_add_up() {
        let session = sample("vhd-dynamic-2040g");
        let size = session.disk().unwrap().size();
        let first = session.chart(Side::Guest, 0..size, 16, 0..size).unwrap();
        assert!(first.next.is_some(), "more blocks than a step goes through");
        let chart = whole(&session, Side::Guest, size, 16);
        #[allow(clippy::cast_precision_loss)]
        let all = size as f64;
        assert_eq!(chart.amounts.iter().sum::<f64>(), all);
        assert!(total(&chart, Use::Data) > 0.0 && total(&chart, Use::Unallocated) > 0.0);
    }

    #[test]
    fn the_guest_bytes_of_a_part_of_a_file_are_told() {
        let session = sample("vmdk-monolithic-sparse");
        let report = session.report();
        let (name, size) = (report.files[0].name.clone(), report.files[0].size.unwrap());
        let disk = session.disk().unwrap().size();
        let chart = session.chart(Side::File(&name), 0..size, 64, 0..disk).unwrap();
        let cell = size.div_ceil(64);
        for (index, bounds) in (0..).zip(chart.guests.chunks(2)) {
            let &[from, to] = bounds else { unreachable!() };
            if to == 0.0 {
                continue;
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let through = from as u64..to as u64;
            let range = index * cell..((index + 1) * cell).min(size);
            let part = session.chart(Side::File(&name), range, 1, through).unwrap();
            let whole = &chart.amounts[usize::try_from(index).unwrap() * USES..][..USES];
            assert_eq!(part.amounts[Use::Data as usize], whole[Use::Data as usize], "cell {index}");
        }
    }

    #[test]
    fn ranges_are_merged_and_cut() {
        assert_eq!(merged(vec![5..9, 0..2, 2..3, 6..7]), [0..3, 5..9]);
        assert_eq!(without(&[0..10, 20..30], &[3..5, 8..22]), [0..3, 5..8, 22..30]);
        assert_eq!(without(&[0..4, 6..9], &[]), [0..4, 6..9]);
    }
}
