//! Every type that crosses the boundary between Rust and the page, as one JSON Schema. The page's TypeScript types
//! are generated from it.

use diskglass::finding::Explanation;
use diskglass::image::Use;
use diskglass::report::Report;
use diskglass::session::{
    Census, ChartPart, Progress, Rows, Sought, Tour, Translation, Whereabouts, ZeroFilled,
};
use diskglass_samples::Sample;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

/// A sample image of the gallery.
#[derive(Serialize, JsonSchema)]
pub struct SampleInfo {
    /// Stable name: `vhd-dynamic`.
    pub name: String,
    /// One line.
    pub title: String,
    /// What to look at.
    pub about: String,
    /// Its format.
    pub format: String,
    /// Its variant.
    pub variant: String,
    /// Whether nothing is wrong with it: no error and no warning.
    pub healthy: bool,
    /// Whether it is one of the main samples: images worth looking at. The others are small and show a finding each.
    pub main: bool,
    /// Ids of the findings that it is there to show.
    pub shows: Vec<String>,
    /// Whether it takes the check of the data to see them.
    pub deep: bool,
}

impl From<&Sample> for SampleInfo {
    fn from(sample: &Sample) -> Self {
        Self {
            name: sample.name.into(),
            title: sample.title.into(),
            about: sample.about.into(),
            format: sample.format.into(),
            variant: sample.variant.into(),
            healthy: sample.is_healthy(),
            main: sample.main,
            shows: sample.shows.iter().map(|id| (*id).into()).collect(),
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

#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct Boundary {
    report: Report,
    rows: Rows,
    census: Census,
    chart: ChartPart,
    uses: Use,
    progress: Progress,
    sought: Sought,
    translation: Translation,
    whereabouts: Whereabouts,
    tour: Tour,
    zero_filled: ZeroFilled,
    explanation: Explanation,
    sample: SampleInfo,
    sample_file: SampleFile,
}

/// The JSON Schema (draft 7) of everything that crosses; its `definitions` are the types.
pub fn schema() -> String {
    let schema =
        SchemaSettings::draft07().for_serialize().into_generator().into_root_schema_for::<Boundary>();
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
