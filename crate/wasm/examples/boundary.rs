//! Prints the JSON Schema (draft 7) of everything that crosses to the page; its `definitions` are the types.
//! `cargo xtask build` makes the page's TypeScript from it.

use diskglass::finding::Explanation;
use diskglass::image::Use;
use diskglass::report::Report;
use diskglass::session::{
    Census, ChartPart, Progress, Rows, Sought, Tour, Translation, Whereabouts, ZeroFilled,
};
use diskglass_wasm_samples::{SampleFile, SampleInfo};
use schemars::{JsonSchema, generate::SchemaSettings};

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

fn main() {
    let schema =
        SchemaSettings::draft07().for_serialize().into_generator().into_root_schema_for::<Boundary>();
    println!("{}", serde_json::to_string_pretty(&schema).unwrap_or_default());
}
