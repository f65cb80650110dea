//! What can be wrong with partition tables, a file per family of schemes.

pub mod general;
pub mod gpt;
pub mod labels;
pub mod ldm;
pub mod mbr;

use crate::finding::Rule;

/// The rules on partition tables, by family.
pub static RULES: &[&[&Rule]] = &[general::RULES, mbr::RULES, gpt::RULES, labels::RULES, ldm::RULES];

/// Checks without a finding of their own, each with its reason.
pub static NOT_CHECKED: &[(u16, &str)] = &[
    (14, "A report is about one disk; the signatures of two disks can be compared in their reports."),
    (53, "It is said of the volume, whatever it is in: `volume.size.larger-than-partition`."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_findings_or_a_reason() {
        let path = "src/partition/CHECKS.md";
        crate::finding::coverage::assert_covered(path, "partition tables", 70, &RULES.concat(), NOT_CHECKED);
    }
}
