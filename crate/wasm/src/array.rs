use diskglass::bytes::{Location, ReadAt, ReadError, check_range};
use js_sys::Uint8Array;

/// A file that the page has read into an array. The bytes stay outside the memory of WebAssembly.
pub(crate) struct ArrayBytes(pub(crate) Uint8Array);

impl ReadAt for ArrayBytes {
    fn size(&self) -> u64 {
        self.0.length().into()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size(), offset, buf.len() as u64)?;
        // Both ends are inside the array, whose length is 32 bits.
        #[allow(clippy::cast_possible_truncation)]
        self.0.subarray(offset as u32, offset as u32 + buf.len() as u32).copy_to(buf);
        Ok(())
    }

    fn locate(&self, _: u64) -> Option<Location> {
        None
    }
}
