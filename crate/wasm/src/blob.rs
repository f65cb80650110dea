use diskglass::bytes::{Location, ReadAt, ReadError, check_range};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, FileReaderSync};

/// A [`Blob`] (a dropped file is one) as random-access bytes. Works in a worker only.
pub(crate) struct BlobBytes {
    blob: Blob,
    size: u64,
}

impl BlobBytes {
    pub(crate) fn new(blob: Blob) -> Self {
        // Sizes of blobs are whole and below 2^53; casts from f64 saturate.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let size = blob.size() as u64;
        Self { blob, size }
    }

    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), JsValue> {
        // Checked against the size of the blob, which is below 2^53.
        #[allow(clippy::cast_precision_loss)]
        let (start, end) = (offset as f64, (offset + buf.len() as u64) as f64);
        let slice = self.blob.slice_with_f64_and_f64(start, end)?;
        let bytes = Uint8Array::new(&FileReaderSync::new()?.read_as_array_buffer(&slice)?.into());
        // A file that was cut after it was dropped gives fewer bytes in some browsers.
        if bytes.length() as usize != buf.len() {
            return Err(JsValue::from_str("the file has become shorter since it was given"));
        }
        bytes.copy_to(buf);
        Ok(())
    }
}

impl ReadAt for BlobBytes {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), ReadError> {
        check_range(self.size, offset, buf.len() as u64)?;
        if buf.is_empty() {
            return Ok(());
        }
        self.read(offset, buf).map_err(|cause| ReadError::Io { offset, message: words(&cause) })
    }

    fn locate(&self, _: u64) -> Option<Location> {
        None
    }
}

/// What a thrown value says. Not every browser throws an `Error` here.
fn words(cause: &JsValue) -> String {
    let text = |key: &str| {
        let value =
            if cause.is_object() { Reflect::get(cause, &key.into()).ok()? } else { JsValue::UNDEFINED };
        value.dyn_ref::<js_sys::JsString>().map(String::from)
    };
    match (text("name").as_deref(), text("message")) {
        (Some("NotFoundError"), _) => "the file was removed or renamed since it was given".into(),
        (Some("NotReadableError"), _) => "the file was changed since it was given, or may not be read".into(),
        (_, Some(message)) => message,
        (Some(name), None) => name.into(),
        (None, None) => cause.as_string().unwrap_or_else(|| "the browser could not read the file".into()),
    }
}
