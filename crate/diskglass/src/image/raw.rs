//! A raw image: the guest's bytes as they are. Nothing marks it, so a file is called raw only with evidence: a
//! partition table or a known volume.

use super::{Facts, Image, Link, Reference, Row, Scan, Table};
use crate::bytes::{Bytes, ReadError};
use crate::finding::Findings;
use crate::structure::Node;

/// A raw image.
pub struct Raw {
    bytes: Bytes,
    facts: Facts,
    findings: Findings,
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
        Self { bytes, facts, findings: Findings::default() }
    }
}

impl Image for Raw {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn nodes(&self) -> &[Node] {
        &[]
    }

    fn findings(&self) -> &Findings {
        &self.findings
    }

    fn chain(&self) -> &[Link] {
        &[]
    }

    fn parts(&self) -> Vec<Reference> {
        Vec::new()
    }

    fn tables(&self) -> &[Table] {
        &[]
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
}
