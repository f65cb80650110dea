//! The report: one model that serves the page, the command line, the JSON and the ticket. Names are stable; new keys
//! may be added.

mod build;
mod document;
mod html;
mod markdown;
pub mod redact;
mod text;
mod volumes;
mod words;

pub use build::Builder;
pub(crate) use build::place;
pub use document::{Evidence, Picture};
pub use html::html;
pub use markdown::markdown;
pub use redact::{HIDDEN, Redaction};
pub use text::{text, verdict_sentence};

use crate::finding::{Layer, Severity};
use crate::image::{Facts, FileRole, Link, Table};
use crate::partition::Partitions;
use crate::structure::{FieldValue, Role, State};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The largest integer that every reader of JSON keeps exact: 2^53.
pub const MAX_EXACT: u64 = 1 << 53;

/// The number, where it can be kept exact; what claims more is a finding, not a number.
pub fn exact(number: u64) -> Option<u64> {
    (number <= MAX_EXACT).then_some(number)
}

/// The documents that a report is made into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For a ticket.
    Markdown,
    /// A document of its own.
    Html,
}

/// Everything there is to say about a set of files.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// `diskglass-report/1`.
    pub schema: String,
    /// What made it.
    pub tool: Tool,
    /// How far the look has gone.
    pub coverage: Coverage,
    /// The short answer.
    pub verdict: Verdict,
    /// The supplied files, sorted by name.
    pub files: Vec<File>,
    /// Every image that the set offers.
    pub images: Vec<ImageKey>,
    /// The image that was inspected.
    pub image: Option<InspectedImage>,
    /// The images it stands on, itself first.
    pub chain: Vec<Link>,
    /// Every structure found.
    pub structures: Vec<Structure>,
    /// The tables; their rows are handed out in pages.
    pub tables: Vec<Table>,
    /// What is on the disk.
    pub partitions: Option<Partitions>,
    /// Facts on how this disk would start.
    pub boot: Vec<BootFact>,
    /// What is worth saying.
    pub findings: Vec<ReportedFinding>,
    /// Import rules per platform.
    pub readiness: Vec<Readiness>,
}

/// What made a report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Tool {
    /// `diskglass`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// How far a look has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Coverage {
    /// Headers, partition tables and superblocks.
    Headers,
    /// All tables of the image too.
    Tables,
    /// The data too.
    Data,
}

/// The short answer: the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing that can be inspected.
    Unrecognised,
    /// There is an error.
    Damaged,
    /// Sound as far as it goes, but an extent, a parent or a data file is missing.
    Incomplete,
    /// There is a warning.
    Warnings,
    /// Nothing is wrong.
    Sound,
}

/// A supplied file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct File {
    /// Path relative to what was dropped or given.
    pub name: String,
    /// Size in bytes.
    pub size: Option<u64>,
    /// What it is in the set.
    pub role: FileRole,
}

/// An image that the set offers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImageKey {
    /// Name of its file: what `--image` takes.
    pub key: String,
    /// Its format.
    pub format: String,
    /// Its variant; null where that takes opening it.
    pub variant: Option<String>,
}

/// The image that was inspected.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InspectedImage {
    /// Name of its file.
    pub key: String,
    /// What it is.
    #[serde(flatten)]
    pub facts: Facts,
}

/// A structure of the image or of its disk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Structure {
    /// Unique in the report.
    pub key: String,
    /// The kind of structure.
    pub id: String,
    /// Key of the structure around it.
    pub parent: Option<String>,
    /// What people call it.
    pub title: String,
    /// The file it lies in; null where it is absent.
    pub file: Option<String>,
    /// Byte offset in that file.
    pub offset: Option<u64>,
    /// Length in bytes.
    pub length: Option<u64>,
    /// Which copy it is.
    pub role: Role,
    /// What became of it.
    pub state: State,
    /// What this kind of structure is, or why this copy lost.
    pub note: String,
    /// Key of the table that shows its entries.
    pub table: Option<String>,
    /// Its fields.
    pub fields: Vec<FieldValue>,
}

/// A fact on how the disk would start.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BootFact {
    /// Stable id.
    pub id: String,
    /// The fact in words.
    pub text: String,
    /// Key of the structure that says so.
    pub structure: Option<String>,
    /// The bytes that say so.
    pub places: Vec<Place>,
}

/// A finding, as reported.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportedFinding {
    /// Stable id.
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub layer: Layer,
    /// One line.
    pub title: String,
    /// What exactly, with the numbers.
    pub detail: String,
    /// The numbers by name.
    pub args: BTreeMap<String, String>,
    /// Key of the structure.
    pub structure: Option<String>,
    /// Name of the field.
    pub field: Option<String>,
    /// How many equal faults there are.
    pub count: u64,
    /// The first places.
    pub places: Vec<Place>,
    /// What of the guest's disk is concerned.
    pub guest_range: Option<GuestRange>,
    /// What to do.
    pub remedy: String,
}

/// A stretch of a supplied file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// Name of the file.
    pub file: String,
    /// Byte offset.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
}

/// A stretch of the guest's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GuestRange {
    /// First byte.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
}

/// A platform's import rules.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Readiness {
    /// The platform.
    pub platform: String,
    /// Whether it would take the image.
    pub ready: bool,
    /// Its rules.
    pub rules: Vec<ReadinessRule>,
}

/// An import rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReadinessRule {
    /// Stable id.
    pub id: String,
    /// Whether it is met.
    pub pass: bool,
    /// With the numbers.
    pub detail: String,
    /// Where the rule comes from.
    pub source: String,
    /// When it was looked up.
    pub as_of: String,
}
