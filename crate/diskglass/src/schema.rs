//! The JSON Schema of a report, generated from the Rust types: the public interface, kept beside the code.

use crate::report::Report;
use schemars::generate::SchemaSettings;

/// The JSON Schema (2020-12) of a report.
pub fn report() -> String {
    let schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>();
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
