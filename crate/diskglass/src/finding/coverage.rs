use super::{Rule, Severity};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The checks of a format by their numbers, as a table in Markdown: which findings come of each, or why there is none.
/// `not_checked` has the numbers without a finding, each with its reason.
pub fn coverage(format: &str, rules: &[&'static Rule], not_checked: &[(u16, &str)]) -> String {
    let mut lines: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for rule in rules {
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        for check in rule.checks {
            let line = format!("`{}` | {severity} | {}", rule.id, rule.title);
            lines.entry(*check).or_default().push(line);
        }
    }
    for (check, reason) in not_checked {
        lines.entry(*check).or_default().push(format!("– | – | {reason}"));
    }
    let mut text = format!(
        "# Checks of {format}\n\n\
         Every check by its number, and what comes of it: a finding (`diskglass explain ID` tells its story), or the \
         reason why there is none.\nThis file is generated from the rules.\n\n\
         | Check | Finding | Severity | What it says |\n| ---: | --- | --- | --- |\n"
    );
    for (check, lines) in lines {
        for line in lines {
            let _ = writeln!(text, "| {check} | {line} |");
        }
    }
    text
}

/// Checks that each number from 1 to `last` has findings or a reason and never both, and that the file at `path` (from the
/// crate's root) is the table; with `DISKGLASS_BLESS=1` in the environment it is written anew.
#[cfg(test)]
pub(crate) fn assert_covered(
    path: &str,
    format: &str,
    last: u16,
    rules: &[&'static Rule],
    not_checked: &[(u16, &str)],
) {
    use std::collections::BTreeSet;
    let with_findings: BTreeSet<u16> = rules.iter().flat_map(|rule| rule.checks).copied().collect();
    let with_reason: BTreeSet<u16> = not_checked.iter().map(|(check, _)| *check).collect();
    assert_eq!(with_reason.len(), not_checked.len(), "a check has two reasons");
    let both: Vec<&u16> = with_findings.intersection(&with_reason).collect();
    assert!(both.is_empty(), "checks with findings and with a reason for none: {both:?}");
    let missing: Vec<u16> =
        (1..=last).filter(|check| !with_findings.contains(check) && !with_reason.contains(check)).collect();
    assert!(missing.is_empty(), "checks without findings and without a reason: {missing:?}");
    let beyond: Vec<&u16> =
        with_findings.union(&with_reason).filter(|check| !(1..=last).contains(*check)).collect();
    assert!(beyond.is_empty(), "checks that the catalogue does not have: {beyond:?}");

    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let table = coverage(format, rules, not_checked);
    if std::env::var_os("DISKGLASS_BLESS").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == table, "{} is out of date: run this test with DISKGLASS_BLESS=1", path.display());
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        id: "xyz.one.two",
        severity: Severity::Warning,
        layer: super::super::Layer::Image,
        title: "Odd",
        checks: &[3, 1],
        what: "",
        why: "",
        remedy: "",
        spec: "",
    };

    #[test]
    fn the_table_has_a_line_for_each_finding_and_each_reason() {
        let table = coverage("XYZ", &[&RULE], &[(2, "Nobody can see this.")]);
        let rows: Vec<&str> = table.lines().skip_while(|line| !line.starts_with("| ---")).skip(1).collect();
        assert_eq!(
            rows,
            [
                "| 1 | `xyz.one.two` | warning | Odd |",
                "| 2 | – | – | Nobody can see this. |",
                "| 3 | `xyz.one.two` | warning | Odd |",
            ]
        );
    }

    #[test]
    #[should_panic(expected = "without a reason: [2]")]
    fn a_forgotten_check_is_noticed() {
        assert_covered("none", "XYZ", 3, &[&RULE], &[]);
    }
}
