use crate::bytes::{Bytes, ReadError};
use crate::finding::{Findings, READ_FAILED, Tally};
use crate::structure::{Layout, Node, span_at};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Signatures lie close together: what is near one is read with it.
const PAGE: u64 = 4096;
/// Longer stretches are read as they are.
const LONG_BYTES: usize = 16 << 10;

/// The bytes of a volume, of which only so many are ever read.
pub(super) struct Limited<'a> {
    bytes: &'a Bytes,
    is_disk: bool,
    left: Cell<u64>,
    pages: RefCell<BTreeMap<u64, Option<Rc<[u8]>>>>,
    failures: RefCell<Tally>,
}

impl<'a> Limited<'a> {
    /// At most `limit` of these bytes.
    pub(super) fn new(bytes: &'a Bytes, limit: u64) -> Self {
        let failures = RefCell::new(Tally::new(&READ_FAILED));
        Self { bytes, is_disk: false, left: Cell::new(limit), pages: RefCell::default(), failures }
    }

    /// The same, of a whole disk.
    pub(super) fn of_disk(self) -> Self {
        Self { is_disk: true, ..self }
    }

    /// Whether they are those of a whole disk.
    pub(super) fn is_disk(&self) -> bool {
        self.is_disk
    }

    /// Bytes from the volume's start to the end of what it lies in.
    pub(super) fn size(&self) -> u64 {
        self.bytes.size()
    }

    /// The `length` bytes at `offset`; `None` past the end, where nothing backs them, where the host could not read
    /// (which is remembered), and when the limit is used up.
    pub(super) fn read(&self, offset: u64, length: usize) -> Option<Vec<u8>> {
        let end = offset.checked_add(length as u64).filter(|end| *end <= self.size())?;
        if length <= LONG_BYTES {
            let mut out = Vec::with_capacity(length);
            for index in offset / PAGE..end.div_ceil(PAGE) {
                let Some(page) = self.page(index) else { return self.read_exactly(offset, length) };
                let start = index * PAGE;
                let from = usize::try_from(offset.saturating_sub(start)).ok()?;
                let to = usize::try_from((end - start).min(page.len() as u64)).ok()?;
                out.extend_from_slice(page.get(from..to)?);
            }
            return Some(out);
        }
        self.read_exactly(offset, length)
    }

    /// The same, as an array.
    pub(super) fn array<const N: usize>(&self, offset: u64) -> Option<[u8; N]> {
        self.read(offset, N)?.try_into().ok()
    }

    /// Whether these bytes are there.
    pub(super) fn holds(&self, offset: u64, magic: &[u8]) -> bool {
        self.read(offset, magic.len()).is_some_and(|found| found == magic)
    }

    /// A page that was read before, or is now; `None` where it cannot be read as a whole.
    fn page(&self, index: u64) -> Option<Rc<[u8]>> {
        if let Some(known) = self.pages.borrow().get(&index) {
            return known.clone();
        }
        let offset = index * PAGE;
        let length = usize::try_from(self.size().checked_sub(offset)?.min(PAGE)).ok()?;
        let left = self.left.get().checked_sub(length as u64)?;
        let page: Option<Rc<[u8]>> = self.bytes.read_vec(offset, length).ok().map(Into::into);
        if page.is_some() {
            self.left.set(left);
        }
        self.pages.borrow_mut().insert(index, page.clone());
        page
    }

    fn read_exactly(&self, offset: u64, length: usize) -> Option<Vec<u8>> {
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

    #[test]
    fn refuses_what_goes_beyond_the_limit() {
        let bytes: Bytes = Rc::new(vec![1_u8; 40_960]);
        let limited = Limited::new(&bytes, 10_000);
        assert!(limited.read(0, 20_000).is_none());
        assert!(limited.read(40_000, 1000).is_none(), "past the end");
        assert_eq!(limited.read(100, 600).unwrap().len(), 600, "what failed does not count");
        assert_eq!(limited.read(0, 4096).unwrap().len(), 4096, "the same page");
        assert_eq!(limited.read(8000, 100).unwrap().len(), 100, "another one");
        assert!(limited.read(8192, 4096).is_none(), "the page does not fit into the limit, nor do the bytes");
        assert_eq!(limited.read(8192, 1000).unwrap().len(), 1000, "these bytes do");
        assert!(limited.read(12_288, 1000).is_none());
        assert!(limited.into_findings().worst().is_none());
    }

    #[test]
    fn reads_across_pages() {
        let bytes: Vec<u8> = (0..20_000_u32).map(|at| (at % 251).to_le_bytes()[0]).collect();
        let whole: Bytes = Rc::new(bytes.clone());
        let limited = Limited::new(&whole, 1 << 20);
        for (offset, length) in [(0, 20_000), (4090, 12), (1, 16_383), (19_990, 10), (8192, 0)] {
            let wanted = &bytes[offset..offset + length];
            assert_eq!(limited.read(offset as u64, length).unwrap(), wanted, "{length} at {offset}");
        }
        assert_eq!(limited.array::<2>(4095), Some([bytes[4095], bytes[4096]]));
        assert!(limited.holds(19_999, &bytes[19_999..]) && !limited.holds(19_999, b"no"));
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
