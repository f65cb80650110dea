//! The browser's door: a [`Blob`] as random-access bytes, and one [`Engine`] that a worker owns.
//!
//! Nothing is decided here. The engine reads synchronously, so it works in a worker only: that is where
//! `FileReaderSync` exists. The types of what it returns are generated from the Rust types (the example `boundary`).

mod array;
mod blob;
#[cfg(target_arch = "wasm32")]
mod charset;

use array::ArrayBytes;
use blob::BlobBytes;
use diskglass::image::{Scan, ScanOutcome, Share};
use diskglass::report::Form;
use diskglass::session::{self, Chunk, Direction, Progress, Session, Side, TableForm, Wanted};
use js_sys::{Error, Float64Array, Uint8Array, Uint32Array};
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "import type { Census, ChartPart, Progress, Report, Rows, SampleFile, Sought, Tour, Translation, Whereabouts, ZeroFilled } \
     from './types';";

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
    #[cfg(target_arch = "wasm32")]
    diskglass::charset::install(charset::DECODER);
}

#[wasm_bindgen]
extern "C" {
    /// Brings in the part of this module that only some visits need: a global function of whoever runs the module. The
    /// build splits the module and has the rest loaded where one of its functions is called.
    #[wasm_bindgen(js_name = loadRest)]
    fn load_rest();
}

/// Brings in the part of this module that only some visits need now, and not when it is.
#[wasm_bindgen]
pub fn complete() {
    load_rest();
}

/// Whole seconds of a time in milliseconds.
#[allow(clippy::cast_possible_truncation, reason = "whole seconds; casts from f64 saturate")]
fn seconds(ms: f64) -> i64 {
    (ms / 1000.0).floor() as i64
}

/// A set of files and the image that is inspected in it.
#[wasm_bindgen]
#[derive(Default)]
pub struct Engine {
    session: Session,
}

#[wasm_bindgen]
impl Engine {
    /// An engine without files.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. `name` is its path relative to what was dropped; `modifiedMs` its `lastModified`.
    pub fn add(
        &mut self,
        name: String,
        blob: Blob,
        #[wasm_bindgen(js_name = modifiedMs)] modified_ms: Option<f64>,
    ) {
        self.session.add(name, Rc::new(BlobBytes::new(blob)), modified_ms.map(seconds));
    }

    /// Adds a file that is in memory, because this worker cannot read it from where it is.
    #[wasm_bindgen(js_name = addBytes)]
    pub fn add_bytes(
        &mut self,
        name: String,
        bytes: Uint8Array,
        #[wasm_bindgen(js_name = modifiedMs)] modified_ms: Option<f64>,
    ) {
        self.session.add(name, Rc::new(ArrayBytes(bytes)), modified_ms.map(seconds));
    }

    /// Looks at headers, partition tables and superblocks.
    #[wasm_bindgen(unchecked_return_type = "Report")]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "an optional text crosses the boundary as an owned one only"
    )]
    pub fn open(&mut self, image: Option<String>) -> Result<JsValue, Error> {
        self.session.set_now(seconds(js_sys::Date::now()));
        js(&self.session.open(image.as_deref()))
    }

    /// Goes on reading tables or data: about `budgetBytes`.
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn advance(
        &mut self,
        #[wasm_bindgen(js_name = budgetBytes)] budget_bytes: u32,
    ) -> Result<JsValue, Error> {
        js(&self.session.advance(budget_bytes.into()))
    }

    /// Begins to check the data; `advance` goes on with it.
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn verify(&mut self) -> Result<JsValue, Error> {
        js(&self.session.verify())
    }

    /// Bytes that the check of the data reads; nothing where there is nothing to be checked.
    #[wasm_bindgen(js_name = dataToCheck)]
    pub fn data_to_check(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "it decides who does the work")]
        self.session.share(Share::WHOLE).map(|scan| scan.progress().1 as f64)
    }

    /// Share `index` of `of` of the check of the data, for one of several workers that have the same files open.
    pub fn share(&self, index: u32, of: u32) -> Option<ShareOfCheck> {
        Some(ShareOfCheck { scan: self.session.share(Share { index, of })? })
    }

    /// Takes what the shares of the check found, in their order. `finished`: all of them came to their end.
    #[wasm_bindgen(js_name = takeVerified)]
    #[allow(clippy::needless_pass_by_value, reason = "lists cross the boundary as owned ones only")]
    pub fn take_verified(&mut self, outcomes: Vec<String>, finished: bool) -> Result<(), Error> {
        let outcomes: Result<Vec<ScanOutcome>, _> =
            outcomes.iter().map(|outcome| serde_json::from_str(outcome)).collect();
        self.session.take_verified(outcomes.map_err(error)?, finished);
        Ok(())
    }

    /// Stops reading.
    pub fn cancel(&mut self) {
        self.session.cancel();
    }

    /// The report as far as the look has gone.
    #[wasm_bindgen(unchecked_return_type = "Report")]
    pub fn report(&self) -> Result<JsValue, Error> {
        js(&self.session.report())
    }

    /// The report with placeholders for names, paths and identities.
    #[wasm_bindgen(unchecked_return_type = "Report")]
    pub fn redacted(&self) -> Result<JsValue, Error> {
        js(&self.session.redacted())
    }

    /// The report as a document: in HTML, or in Markdown. `redact`: with placeholders.
    pub fn document(&self, html: bool, redact: bool) -> String {
        let form = if html { Form::Html } else { Form::Markdown };
        self.session.document(form, redact, "the page")
    }

    /// Rows of a table, at most 512 at once.
    #[wasm_bindgen(unchecked_return_type = "Rows")]
    pub fn rows(&self, table: &str, first: f64, count: u32) -> Result<JsValue, Error> {
        js(&self.session.rows(table, whole(first)?, count).map_err(error)?)
    }

    /// Where so many bytes of the guest's disk lie.
    #[wasm_bindgen(unchecked_return_type = "Translation")]
    pub fn translate(&self, offset: f64, length: f64) -> Result<JsValue, Error> {
        js(&self.session.translate(whole(offset)?, whole(length)?).map_err(error)?)
    }

    /// What lies at a place of a file.
    #[wasm_bindgen(unchecked_return_type = "Whereabouts")]
    pub fn whereabouts(&self, file: &str, offset: f64) -> Result<JsValue, Error> {
        js(&self.session.whereabouts(file, whole(offset)?).map_err(error)?)
    }

    /// A step of the chart of a file, or of the guest's disk where none is named: bytes `from` to `to` in so many cells,
    /// for the guest's bytes `through` to `end`.
    #[wasm_bindgen(unchecked_return_type = "ChartPart")]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "an optional text crosses the boundary as an owned one only"
    )]
    pub fn chart(
        &self,
        file: Option<String>,
        from: f64,
        to: f64,
        cells: u32,
        through: f64,
        end: f64,
    ) -> Result<JsValue, Error> {
        let side = file.as_deref().map_or(Side::Guest, Side::File);
        let (range, through) = (whole(from)?..whole(to)?, whole(through)?..whole(end)?);
        let part = self.session.chart(side, range, cells, through).map_err(error)?;
        let object = js_sys::Object::new();
        let set = |name: &str, value: JsValue| js_sys::Reflect::set(&object, &name.into(), &value);
        set("amounts", Float64Array::from(part.amounts.as_slice()).into())?;
        set("guests", Float64Array::from(part.guests.as_slice()).into())?;
        set("next", js(&part.next)?)?;
        Ok(object.into())
    }

    /// A step of a search through the bytes of a file.
    #[wasm_bindgen(js_name = findBytes, unchecked_return_type = "Sought")]
    pub fn find_bytes(
        &self,
        file: &str,
        needle: &[u8],
        from: f64,
        backwards: bool,
    ) -> Result<JsValue, Error> {
        js(&self.session.find_bytes(file, needle, whole(from)?, direction(backwards)).map_err(error)?)
    }

    /// How many rows of a table are in which state, from a group of rows on: a step.
    #[wasm_bindgen(unchecked_return_type = "Census")]
    pub fn census(&self, table: &str, group: f64) -> Result<JsValue, Error> {
        js(&self.session.census(table, whole(group)?).map_err(error)?)
    }

    /// The rows of a group that are in one of those states, counted from the group's first row.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "a list of texts crosses the boundary as an owned one only"
    )]
    pub fn matching(&self, table: &str, group: f64, states: Vec<String>) -> Result<Uint32Array, Error> {
        let rows = self.session.matching(table, whole(group)?, &states).map_err(error)?;
        Ok(Uint32Array::from(rows.as_slice()))
    }

    /// The row of a table that stands for a byte of the guest's disk.
    #[wasm_bindgen(js_name = rowAt, unchecked_return_type = "number | undefined")]
    pub fn row_at(&self, table: &str, guest: f64) -> Result<JsValue, Error> {
        let row = self.session.row_at(table, whole(guest)?).map_err(error)?;
        row.map_or(Ok(JsValue::UNDEFINED), |row| js(&row))
    }

    /// The guided tour of the open image, to the sector at that byte of the guest's disk or to an interesting one.
    #[wasm_bindgen(unchecked_return_type = "Tour")]
    pub fn tour(&self, guest: Option<f64>) -> Result<JsValue, Error> {
        js(&self.session.tour(guest.map(whole).transpose()?).map_err(error)?)
    }

    /// Begins to save bytes of the guest's disk; without a length, all up to its end.
    #[wasm_bindgen(js_name = saveDisk)]
    pub fn save_disk(&self, offset: f64, length: Option<f64>) -> Result<Saving, Error> {
        let (offset, length) = (whole(offset)?, length.map(whole).transpose()?);
        self.save(Wanted::Disk { offset, length })
    }

    /// Begins to save bytes of a file.
    #[wasm_bindgen(js_name = saveFile)]
    pub fn save_file(&self, name: String, offset: f64, length: f64) -> Result<Saving, Error> {
        let (offset, length) = (whole(offset)?, Some(whole(length)?));
        self.save(Wanted::File { name, offset, length })
    }

    /// Begins to save the rows of a table in these states, or all of them where none is named.
    #[wasm_bindgen(js_name = saveTable)]
    pub fn save_table(&self, key: String, states: Vec<String>, csv: bool) -> Result<Saving, Error> {
        let form = if csv { TableForm::Csv } else { TableForm::Ndjson };
        self.save(Wanted::Table { key, states, form })
    }

    fn save(&self, wanted: Wanted) -> Result<Saving, Error> {
        Ok(Saving { saving: self.session.save(wanted).map_err(error)? })
    }

    /// The next piece of what is saved: bytes, or a number of zeros; nothing at the end.
    #[wasm_bindgen(js_name = saveNext, unchecked_return_type = "Uint8Array<ArrayBuffer> | number | undefined")]
    pub fn save_next(&self, saving: &mut Saving) -> Result<JsValue, Error> {
        let next = saving.saving.next(&self.session, SAVE_CHUNK).map_err(error)?;
        match next {
            Some(Chunk::Bytes(bytes)) => Ok(Uint8Array::from(bytes.as_slice()).into()),
            Some(Chunk::Zeros(count)) => js(&count),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// Bytes of a file, at most 64 KiB at once and fewer at its end.
    pub fn bytes(&self, file: &str, offset: f64, length: u32) -> Result<Uint8Array, Error> {
        let bytes = self.session.bytes(file, whole(offset)?, length).map_err(error)?;
        Ok(Uint8Array::from(bytes.as_slice()))
    }
}

/// Bytes that are handed to the page at once.
const SAVE_CHUNK: usize = 1 << 20;

/// Something that is being saved.
#[wasm_bindgen]
pub struct Saving {
    saving: session::Saving,
}

#[wasm_bindgen]
impl Saving {
    /// Bytes or rows that there are to do, and are done.
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn progress(&self) -> Result<JsValue, Error> {
        let (done, total) = (self.saving.done(), self.saving.total());
        js(&Progress { done, total, finished: done == total })
    }

    /// What could not be read so far.
    #[wasm_bindgen(js_name = zeroFilled, unchecked_return_type = "ZeroFilled")]
    pub fn zero_filled(&self) -> Result<JsValue, Error> {
        js(self.saving.zero_filled())
    }
}

/// A share of the check of the data.
#[wasm_bindgen]
pub struct ShareOfCheck {
    scan: Box<dyn Scan>,
}

#[wasm_bindgen]
impl ShareOfCheck {
    /// Goes on: about `budgetBytes`.
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn advance(
        &mut self,
        #[wasm_bindgen(js_name = budgetBytes)] budget_bytes: u32,
    ) -> Result<JsValue, Error> {
        let finished = self.scan.step(u64::from(budget_bytes).max(1));
        let (done, total) = self.scan.progress();
        js(&Progress { done: if finished { total } else { done }, total, finished })
    }

    /// What it found as far as it went, for [`Engine::take_verified`] of another worker.
    pub fn outcome(self) -> Result<String, Error> {
        serde_json::to_string(&self.scan.outcome()).map_err(error)
    }
}

/// The guided tour of an image of its own, apart from what is open. A sample of the gallery is `[{ name, bytes }]`.
#[wasm_bindgen(js_name = tourOf, unchecked_return_type = "Tour")]
#[allow(clippy::needless_pass_by_value, reason = "lists cross the boundary as owned ones only")]
pub fn tour_of(
    #[wasm_bindgen(unchecked_param_type = "SampleFile[]")] files: Vec<JsValue>,
    guest: Option<f64>,
) -> Result<JsValue, Error> {
    let mut session = Session::default();
    for file in &files {
        let part = |key: &str| js_sys::Reflect::get(file, &key.into());
        let bytes = Uint8Array::new(&part("bytes")?).to_vec();
        session.add(part("name")?.as_string().unwrap_or_default(), Rc::new(bytes), None);
    }
    session.open(None);
    js(&session.tour(guest.map(whole).transpose()?).map_err(error)?)
}

/// As a plain JavaScript value: what `JSON.parse` of the same value's JSON would give.
fn js(value: &impl Serialize) -> Result<JsValue, Error> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|cause| Error::new(&cause.to_string()))
}

fn direction(backwards: bool) -> Direction {
    if backwards { Direction::Backwards } else { Direction::Forwards }
}

fn error(cause: impl std::fmt::Display) -> Error {
    Error::new(&cause.to_string())
}

/// A number from the page as a position.
fn whole(number: f64) -> Result<u64, Error> {
    #[allow(clippy::cast_precision_loss, reason = "2^53 is exact")]
    let most = diskglass::report::MAX_EXACT as f64;
    if number.fract() == 0.0 && (0.0..=most).contains(&number) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
        return Ok(number as u64);
    }
    Err(Error::new(&format!("{number} is no position")))
}
