//! A raw image: the guest's bytes as they are. Nothing marks it, so a file is called raw only with evidence: a
//! partition table or a known volume.

use super::tour::{self, Reading, Topic, TourStep};
use super::{About, Facts, Holding, Image, Row, Scan, Step};
use crate::bytes::{Bytes, FileId, ReadError, Span};
use crate::structure::span_at;

/// A raw image.
pub struct Raw {
    bytes: Bytes,
    about: About,
}

impl Raw {
    /// The whole file as a disk.
    pub fn new(bytes: Bytes) -> Self {
        let facts = Facts {
            format: "raw".into(),
            variant: "plain".into(),
            virtual_size_bytes: Some(bytes.size()),
            logical_sector_bytes: 512,
            ..Facts::default()
        };
        Self { bytes, about: About { facts, ..About::default() } }
    }
}

impl Image for Raw {
    fn about(&self) -> &About {
        &self.about
    }

    fn rows(&self, _: &str, _: u64, _: u32) -> Result<Vec<Row>, ReadError> {
        Ok(Vec::new())
    }

    fn disk(&self) -> Option<Bytes> {
        Some(self.bytes.clone())
    }

    fn scan(&self) -> Option<Box<dyn Scan>> {
        None
    }

    fn holdings(&self, file: FileId, offset: u64) -> Result<Vec<Holding>, ReadError> {
        let size = self.bytes.size();
        let own = self.bytes.locate(0).is_some_and(|at| at.file == file) && offset < size;
        let text = format!("the disk is stored as it is: byte {offset} is guest byte {offset}");
        Ok(own
            .then(|| Holding {
                what: "the guest's disk".into(),
                span: Span { file, offset: 0, length: size },
                row: None,
                guest: Some((offset, size - offset)),
                layer: 0,
                steps: vec![Step::new("Plain bytes", text)],
            })
            .into_iter()
            .collect())
    }

    fn tour(&self, guest: u64) -> Result<Vec<TourStep>, ReadError> {
        let size = self.bytes.size();
        let mut steps = vec![
            TourStep::new(
                Topic::Recognise,
                "How to recognise a raw image",
                "By nothing: a raw image has no header and no signature of its own. Its first byte is the first byte of \
                 the disk, and what stands there belongs to the guest: usually a boot sector. That is why a name ending in \
                 .img, .raw or .dd is all that tells such a file from others.",
            )
            .at(span_at(&*self.bytes, 0, 512)),
            TourStep::new(
                Topic::Size,
                "The size of the disk",
                "Nothing in the file says how large the disk is. It is as large as the file, in sectors of 512 bytes.",
            )
            .reading([Reading::known("size of the file", size, "As the file system says.")])
            .sum("sectors of the disk", format!("{size} / 512"), Some(size / 512)),
        ];
        let way = tour::way(self, guest, explain, |_| Vec::new())?;
        steps.extend(way);
        Ok(steps)
    }
}

/// What has to be known to follow a step of a translation.
fn explain(title: &str) -> &'static str {
    match title {
        "Plain bytes" => {
            "There is nothing to look up: every byte of the disk lies at the same place of the file. These are the bytes that \
             the guest reads."
        }
        _ => "",
    }
}
