use super::{Bytes, Location, ReadAt, ReadError, check_range};
use lru::LruCache;
use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

/// Size of a cached block. A read through a browser costs about the same at 4 KiB and at 64 KiB.
pub const BLOCK_BYTES: usize = 64 << 10;

/// Blocks kept of all files together: 64 MiB.
const BLOCKS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// Reads of at least this size go straight through: a scan would only push everything else out.
const DIRECT_BYTES: usize = 4 * BLOCK_BYTES;

/// The blocks that several files keep together, by file and number, least recently used out first: a set of five
/// thousand files takes no more room than one of five.
#[derive(Clone)]
pub struct Blocks(Rc<RefCell<Kept>>);

/// Blocks by the number of their file and their own.
type Kept = LruCache<(u32, u64), Rc<[u8]>>;

impl Default for Blocks {
    fn default() -> Self {
        Self(Rc::new(RefCell::new(LruCache::new(BLOCKS))))
    }
}

/// A cache of fixed blocks.
pub struct Cached {
    inner: Bytes,
    /// Its number among those that share the blocks.
    number: u32,
    blocks: Blocks,
}

impl Cached {
    /// Puts a cache in front of `inner`, which has this number among those that share the blocks.
    pub fn new(inner: Bytes, number: u32, blocks: Blocks) -> Self {
        Self { inner, number, blocks }
    }

    fn block(&self, index: u64) -> Result<Rc<[u8]>, ReadError> {
        let key = (self.number, index);
        if let Some(block) = self.blocks.0.borrow_mut().get(&key) {
            return Ok(Rc::clone(block));
        }
        let block: Rc<[u8]> = self.inner.read_up_to(index * BLOCK_BYTES as u64, BLOCK_BYTES)?.into();
        self.blocks.0.borrow_mut().put(key, Rc::clone(&block));
        Ok(block)
    }
}

impl ReadAt for Cached {
    fn size(&self) -> u64 {
        self.inner.size()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        let length = buf.len() as u64;
        check_range(self.size(), offset, length)?;
        if buf.len() >= DIRECT_BYTES {
            return self.inner.read_exact_at(offset, buf);
        }
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let block = self.block(at / BLOCK_BYTES as u64)?;
            let from = usize::try_from(at % BLOCK_BYTES as u64).unwrap_or(0);
            let part = block.get(from..).unwrap_or_default();
            let count = part.len().min(rest.len());
            if count == 0 {
                return Err(ReadError::PastEnd { offset, length, size: self.size() });
            }
            let (now, later) = rest.split_at_mut(count);
            now.copy_from_slice(part.get(..count).unwrap_or_default());
            rest = later;
            at += count as u64;
        }
        Ok(())
    }

    fn locate(&self, offset: u64) -> Option<Location> {
        self.inner.locate(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    struct Counting(Vec<u8>, Cell<u32>);

    impl ReadAt for Counting {
        fn size(&self) -> u64 {
            self.0.size()
        }
        fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
            self.1.set(self.1.get() + 1);
            self.0.read_exact_at(offset, buf)
        }
        fn locate(&self, _: u64) -> Option<Location> {
            None
        }
    }

    #[test]
    fn equals_the_bytes_behind_it_and_reads_each_block_once() {
        let data: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
        let counting = Rc::new(Counting(data.clone(), Cell::new(0)));
        let cached: Bytes = Rc::new(Cached::new(counting.clone(), 0, Blocks::default()));
        for offset in [0_usize, 1, BLOCK_BYTES - 3, 2 * BLOCK_BYTES - 1, 299_990] {
            let got = cached.read_up_to(offset as u64, 10).unwrap();
            assert_eq!(got, data[offset..(offset + 10).min(data.len())]);
        }
        assert_eq!(counting.1.get(), 4, "blocks 0, 1, 2 and 4");
        assert_eq!(cached.read_vec(5, 290_000).unwrap(), data[5..290_005]);
        assert_eq!(counting.1.get(), 5, "a scan goes straight through");
    }
}
