use crate::bytes::{Bytes, ReadError};
use crate::finding::{Findings, READ_FAILED, Tally};
use crate::structure::{Layout, Node, span_at};
use std::cell::{Cell, RefCell};

/// The bytes of a volume, of which only so many are ever read.
pub(super) struct Limited<'a> {
    bytes: &'a Bytes,
    left: Cell<u64>,
    failures: RefCell<Tally>,
}

impl<'a> Limited<'a> {
    /// At most `limit` of these bytes.
    pub(super) fn new(bytes: &'a Bytes, limit: u64) -> Self {
        Self { bytes, left: Cell::new(limit), failures: RefCell::new(Tally::new(&READ_FAILED)) }
    }

    /// Bytes from the volume's start to the end of what it lies in.
    pub(super) fn size(&self) -> u64 {
        self.bytes.size()
    }

    /// The `length` bytes at `offset`; `None` past the end, where nothing backs them, where the host could not read
    /// (which is remembered), and when the limit is used up.
    pub(super) fn read(&self, offset: u64, length: usize) -> Option<Vec<u8>> {
        let left = self.left.get().checked_sub(length as u64)?;
        match self.bytes.read_vec(offset, length) {
            Ok(bytes) => {
                self.left.set(left);
                Some(bytes)
            }
            Err(error) => {
                if let ReadError::Io { .. } = error {
                    let place = span_at(self.bytes.as_ref(), offset, length as u64);
                    self.failures.borrow_mut().hit(place, None, || error.to_string());
                }
                None
            }
        }
    }

    /// A structure of this volume, named after `key`.
    pub(super) fn node(&self, layout: &Layout, key: &str, offset: u64, bytes: &[u8]) -> Node {
        Node::of(layout, format!("{}@{key}", layout.id), self.bytes.as_ref(), offset, bytes)
    }

    /// A structure without declared fields: `length` bytes at `offset`.
    pub(super) fn area(&self, id: &'static str, key: &str, title: &str, offset: u64, length: u64) -> Node {
        Node::area(id, format!("{id}@{key}"), title, span_at(self.bytes.as_ref(), offset, length))
    }

    /// What the host could not read.
    pub(super) fn into_findings(self) -> Findings {
        let mut findings = Findings::default();
        // It is about the volume, not about one of its structures.
        if let Some(mut finding) = self.failures.into_inner().finding("") {
            finding.structure = None;
            findings.add(finding);
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::{Location, ReadAt};
    use std::rc::Rc;

    #[test]
    fn refuses_what_goes_beyond_the_limit() {
        let bytes: Bytes = Rc::new(vec![1_u8; 4096]);
        let limited = Limited::new(&bytes, 1000);
        assert!(limited.read(0, 1001).is_none());
        assert!(limited.read(4000, 600).is_none(), "past the end");
        assert_eq!(limited.read(0, 600).unwrap().len(), 600, "what failed does not count");
        assert!(limited.read(0, 600).is_none());
        assert_eq!(limited.read(0, 400).unwrap().len(), 400);
        assert!(limited.into_findings().worst().is_none());
    }

    struct Failing;

    impl ReadAt for Failing {
        fn size(&self) -> u64 {
            1 << 20
        }
        fn read_exact_at(&self, offset: u64, _: &mut [u8]) -> Result<(), ReadError> {
            Err(ReadError::Io { offset, message: "the file changed".into() })
        }
        fn locate(&self, _: u64) -> Option<Location> {
            None
        }
    }

    #[test]
    fn what_the_host_could_not_read_is_one_finding() {
        let bytes: Bytes = Rc::new(Failing);
        let outcome = super::super::recognise(&bytes, "p1");
        assert!(outcome.volume.is_none());
        assert_eq!(outcome.findings.iter().count(), 1);
        assert!(outcome.findings.has(&READ_FAILED));
    }
}
