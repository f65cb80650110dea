//! A raw image: the guest's bytes as they are. Nothing marks it, so a file is called raw only with evidence: a
//! partition table or a known volume.

use super::{About, Facts, Holding, Image, Row, Scan, Step};
use crate::bytes::{Bytes, FileId, ReadError, Span};

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
}
