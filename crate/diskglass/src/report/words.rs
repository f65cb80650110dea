//! Words for what a report says with a name of its own.

use crate::finding::Severity;
use crate::image::{ExtentStatus, FileRole, LinkStatus};

pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

pub(super) fn link(status: LinkStatus) -> &'static str {
    match status {
        LinkStatus::Base => "the base",
        LinkStatus::Matches => "parent found",
        LinkStatus::Mismatched => "parent is another image",
        LinkStatus::Missing => "parent not given",
        LinkStatus::Ambiguous => "parent ambiguous",
    }
}

pub(super) fn extent(status: ExtentStatus) -> &'static str {
    match status {
        ExtentStatus::Found => "given",
        ExtentStatus::Missing => "not given",
        ExtentStatus::Ambiguous => "ambiguous",
        ExtentStatus::Mismatched => "another file than expected",
        ExtentStatus::NotNeeded => "no file needed",
        ExtentStatus::External => "outside the set, never opened",
    }
}

pub(super) fn role(role: FileRole) -> &'static str {
    match role {
        FileRole::Image => "image",
        FileRole::Extent => "extent",
        FileRole::Parent => "parent",
        FileRole::Descriptor => "descriptor",
        FileRole::DataFile => "data file",
        FileRole::Manifest => "manifest",
        FileRole::Package => "package",
        FileRole::Config => "configuration",
        FileRole::Unrelated => "unrelated",
    }
}
