//! The browser's door to the gallery: the files of the samples, and the whole stories of the findings.
//!
//! A module of its own, because who has an image to look at needs none of it. What samples there are is known without
//! it: the example `gallery` writes the list when the page is built.

use diskglass_samples::Sample;
use js_sys::{Array, Error, Object, Reflect, Uint8Array};
use schemars::JsonSchema;
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "import type { Explanation, SampleFile } from './types';";

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// A sample image of the gallery.
#[derive(Serialize, JsonSchema)]
pub struct SampleInfo {
    /// Stable name: `vhd-dynamic`.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// What to look at.
    pub about: &'static str,
    /// Its format.
    pub format: &'static str,
    /// Its variant.
    pub variant: &'static str,
    /// Whether nothing is wrong with it: no error and no warning.
    pub healthy: bool,
    /// Whether it is one of the main samples: images worth looking at. The others are small and show a finding each.
    pub main: bool,
    /// Ids of the findings that it is there to show.
    pub shows: &'static [&'static str],
    /// Whether it takes the check of the data to see them.
    pub deep: bool,
}

impl From<&Sample> for SampleInfo {
    fn from(sample: &Sample) -> Self {
        Self {
            name: sample.name,
            title: sample.title,
            about: sample.about,
            format: sample.format,
            variant: sample.variant,
            healthy: sample.is_healthy(),
            main: sample.main,
            shows: sample.shows,
            deep: sample.deep,
        }
    }
}

/// A file of a sample image. Its bytes cross the boundary as a `Uint8Array`.
#[derive(JsonSchema)]
pub struct SampleFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    #[schemars(extend("tsType" = "Uint8Array<ArrayBuffer>"))]
    pub bytes: Vec<u8>,
}

impl From<diskglass_samples::SampleFile> for SampleFile {
    fn from(file: diskglass_samples::SampleFile) -> Self {
        Self { name: file.name, bytes: file.bytes }
    }
}

/// The full story of a finding.
#[wasm_bindgen(unchecked_return_type = "Explanation | undefined")]
pub fn explain(id: &str) -> Result<JsValue, Error> {
    diskglass::finding::explain(id).map_or(Ok(JsValue::UNDEFINED), |explanation| js(&explanation))
}

/// As a plain JavaScript value.
fn js(value: &impl Serialize) -> Result<JsValue, Error> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|cause| Error::new(&cause.to_string()))
}

/// The files of a sample image; none for a name that is not in the gallery.
#[wasm_bindgen(js_name = sampleFiles, unchecked_return_type = "SampleFile[]")]
pub fn sample_files(name: &str) -> Result<JsValue, Error> {
    let files = diskglass_samples::find(name).map_or_else(Vec::new, Sample::files);
    let list = Array::new();
    for SampleFile { name, bytes } in files.into_iter().map(SampleFile::from) {
        let file = Object::new();
        Reflect::set(&file, &"name".into(), &name.into())?;
        Reflect::set(&file, &"bytes".into(), &Uint8Array::from(bytes.as_slice()))?;
        list.push(&file);
    }
    Ok(list.into())
}
