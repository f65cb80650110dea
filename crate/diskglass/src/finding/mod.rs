//! What is worth saying about an image: the catalogue of rules, and the collector of what was found.
//!
//! A [`Rule`] is declared beside the check that uses it and carries its whole story; [`catalogue`] collects them all.
//! A [`Finding`] is a rule that fired, with its bytes. Ten thousand equal faults are one finding with a count and the
//! first places ([`Tally`]).

mod catalogue;
mod collect;
pub(crate) mod coverage;
pub mod rules;

#[cfg(feature = "stories")]
pub use catalogue::explain;
pub use catalogue::{Explanation, catalogue};
pub use collect::{Finding, Findings, Tally};
pub use coverage::coverage;

pub use rules::READ_FAILED;

use schemars::JsonSchema;
use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Data is or will be wrong or unreadable.
    Error,
    /// A product may refuse or misread it, or redundancy is lost.
    Warning,
    /// Worth knowing.
    Info,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The image file and its structures.
    Image,
    /// Parents and extents.
    Chain,
    /// Partition tables.
    Partition,
    /// Volumes.
    Volume,
    /// A package around images.
    Package,
}

/// A check, in words. Declared with [`rules!`](crate::rules).
#[derive(Debug)]
pub struct Rule {
    /// Stable id, `area.structure.rule`; never renamed once released.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub layer: Layer,
    /// One line.
    pub title: &'static str,
    /// Numbers of the checks in the catalogue of its format that it covers.
    pub checks: &'static [u16],
    /// What the bytes say. Empty without the feature `stories`.
    pub what: &'static str,
    /// Why it matters, and which products mind. Empty without the feature `stories`.
    pub why: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Where the fact comes from. Empty without the feature `stories`.
    pub spec: &'static str,
}

/// A part of the story of a rule, where stories are told.
#[cfg(feature = "stories")]
#[macro_export]
#[doc(hidden)]
macro_rules! story {
    ($words:literal) => {
        $words
    };
}

/// A part of the story of a rule, where none are told.
#[cfg(not(feature = "stories"))]
#[macro_export]
#[doc(hidden)]
macro_rules! story {
    ($words:literal) => {
        ""
    };
}

/// Declares rules and the list `RULES` of all of them, so that none is forgotten.
#[macro_export]
macro_rules! rules {
    ($(
        $name:ident: $severity:ident $layer:ident $id:literal [$($check:literal),*] $title:literal,
            what: $what:literal,
            why: $why:literal,
            remedy: $remedy:literal,
            spec: $spec:literal;
    )+) => {
        $(
            #[doc = $title]
            pub static $name: $crate::finding::Rule = $crate::finding::Rule {
                id: $id,
                severity: $crate::finding::Severity::$severity,
                layer: $crate::finding::Layer::$layer,
                title: $title,
                checks: &[$($check),*],
                what: $crate::story!($what),
                why: $crate::story!($why),
                remedy: $remedy,
                spec: $crate::story!($spec),
            };
        )+
        /// Every rule declared here.
        pub static RULES: &[&$crate::finding::Rule] = &[$(&$name),+];
    };
}
