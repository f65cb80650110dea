use super::Rule;
use schemars::JsonSchema;
use serde::Serialize;

/// Every rule there is. Adding a format, a partition scheme or a family of volumes adds one line.
pub fn catalogue() -> impl Iterator<Item = &'static Rule> {
    [
        super::rules::RULES,
        crate::session::rules::RULES,
        crate::image::vhd::rules::RULES,
        crate::image::vmdk::rules::RULES,
        crate::image::vmdk::stream::rules::RULES,
    ]
    .into_iter()
    .chain(crate::partition::rules::RULES.iter().copied())
    .chain([crate::volume::rules::RULES])
    .flatten()
    .copied()
}

/// The full story of a rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Explanation {
    /// Stable id.
    pub id: String,
    /// One line.
    pub title: String,
    /// How bad it is.
    pub severity: super::Severity,
    /// What it is about.
    pub layer: super::Layer,
    /// What the bytes say.
    pub what: String,
    /// Why it matters, and which products mind.
    pub why: String,
    /// What to do.
    pub remedy: String,
    /// Where the fact comes from.
    pub spec: String,
}

/// The full story of the rule of that id.
#[cfg(feature = "stories")]
pub fn explain(id: &str) -> Option<Explanation> {
    catalogue().find(|rule| rule.id == id).map(|rule| Explanation {
        id: rule.id.into(),
        title: rule.title.into(),
        severity: rule.severity,
        layer: rule.layer,
        what: rule.what.into(),
        why: rule.why.into(),
        remedy: rule.remedy.into(),
        spec: rule.spec.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_well_formed_and_every_rule_tells_its_story() {
        let mut seen = BTreeSet::new();
        for rule in catalogue() {
            assert!(seen.insert(rule.id), "{} is declared twice", rule.id);
            assert!(rule.id.split('.').count() >= 2, "{}: area.structure.rule", rule.id);
            assert!(
                rule.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c)),
                "{}: lower case, hyphens and dots",
                rule.id
            );
            for text in [rule.title, rule.what, rule.why, rule.remedy, rule.spec] {
                assert!(!text.trim().is_empty(), "{}: a text is empty", rule.id);
            }
            assert!(!rule.title.ends_with('.'), "{}: a title is no sentence", rule.id);
        }
        assert!(explain("file.read-failed").is_some());
        assert!(explain("no.such.rule").is_none());
    }
}
