//! JSON Schemas of everything that leaves the library, generated from the Rust types.

use crate::finding::Explanation;
use crate::report::Report;
use crate::session::{Progress, Rows};
use schemars::{JsonSchema, generate::SchemaSettings};

/// Every type that crosses the boundary to the page.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its shape is used")]
struct Boundary {
    report: Report,
    rows: Rows,
    progress: Progress,
    explanation: Explanation,
}

fn text(schema: schemars::Schema) -> String {
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The JSON Schema of a report: the public interface.
pub fn report() -> String {
    text(SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>())
}

/// One JSON Schema with every type that crosses the boundary to the page; the page's types are generated from it.
pub fn boundary() -> String {
    text(SchemaSettings::draft07().for_serialize().into_generator().into_root_schema_for::<Boundary>())
}
