use super::Report;

/// The report for a reader at a terminal.
pub fn text(report: &Report) -> String {
    format!("{:?}\n", report.verdict)
}
