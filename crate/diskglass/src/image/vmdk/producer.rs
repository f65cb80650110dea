//! Who wrote an image, by the habits of the products: the format has no field for it.

use super::descriptor::Descriptor;

/// What qemu writes as the version of VMware Tools: that the guest brings its own.
const GUEST_MANAGED: &str = "2147483647";

/// Names that VMware's exporters write instead of the file's own.
const EXPORTED: &[&str] = &["generated-stream.vmdk", "call-me-stream.vmdk"];

/// The writer, as far as the text shows it.
pub(super) fn of(text: &Descriptor) -> Option<String> {
    let hardware = text.ddb_value("ddb.virtualHWVersion");
    let has = |key: &str| text.ddb(key).is_some();
    let title = text.lines.iter().any(|line| line.text.starts_with("# The disk Data Base"));
    if has("ddb.uuid.image") || title {
        return Some("VirtualBox".into());
    }
    let exported = (text.extents.iter())
        .any(|extent| extent.file.as_deref().is_some_and(|name| EXPORTED.contains(&name)));
    let vmware = exported
        || text.key("isNativeSnapshot").is_some()
        || has("ddb.longContentID")
        || text.ddb_value("ddb.uuid").is_some_and(|uuid| uuid.to_ascii_uppercase().starts_with("60 00 C2"));
    if vmware {
        let what = if exported { "VMware export" } else { "VMware" };
        return Some(match hardware {
            Some(version) => format!("{what} (virtual hardware {version})"),
            None => what.into(),
        });
    }
    let tools = text.ddb_value("ddb.toolsVersion");
    // Older versions do not write the version of the tools.
    let qemu = tools.map_or(hardware == Some("4"), |version| version == GUEST_MANAGED)
        && text.key("encoding").is_none()
        && text.ddb("ddb.adapterType").is_some_and(|pair| pair.spaced);
    qemu.then(|| "qemu".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_told_by_their_habits() {
        let of = |text: &str| super::of(&Descriptor::parse(text.as_bytes(), true));
        let qemu = "# The Disk Data Base\nddb.virtualHWVersion = \"4\"\nddb.adapterType = \"ide\"\nddb.toolsVersion = \"2147483647\"\n";
        assert_eq!(of(qemu).as_deref(), Some("qemu"));
        assert_eq!(of(&qemu.replace("2147483647", "10240")), None);
        let vmware =
            "isNativeSnapshot=\"no\"\nddb.virtualHWVersion = \"13\"\nddb.toolsVersion = \"2147483647\"\n";
        assert_eq!(of(vmware).as_deref(), Some("VMware (virtual hardware 13)"));
        let export = "RDONLY 1 SPARSE \"generated-stream.vmdk\"\nddb.virtualHWVersion = \"8\"\n";
        assert_eq!(of(export).as_deref(), Some("VMware export (virtual hardware 8)"));
        let virtualbox = "# The disk Data Base \nddb.virtualHWVersion = \"4\"\nddb.adapterType=\"ide\"\n";
        assert_eq!(of(virtualbox).as_deref(), Some("VirtualBox"));
    }
}
