//! Who writes VHDs, and which of the two sizes their readers go by.

use crate::structure::ascii;

/// Which size a reader takes where geometry and current size differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeRule {
    /// Cylinders x heads x sectors.
    Geometry,
    /// The current size.
    Current,
}

/// Creator code, product, size rule of qemu since 10.0.
const CREATORS: &[([u8; 4], &str, SizeRule)] = &[
    (*b"vpc ", "Microsoft Virtual PC", SizeRule::Geometry),
    (*b"vs  ", "Microsoft Virtual Server", SizeRule::Current),
    (*b"win ", "Windows or Hyper-V", SizeRule::Current),
    (*b"wa\0\0", "Microsoft Azure", SizeRule::Current),
    (*b"d2v ", "Sysinternals Disk2vhd", SizeRule::Current),
    (*b"d2v\0", "Sysinternals Disk2vhd", SizeRule::Current),
    (*b"qemu", "qemu", SizeRule::Geometry),
    (*b"qem2", "qemu (exact size)", SizeRule::Current),
    (*b"tap\0", "XenServer", SizeRule::Current),
    (*b"caml", "mirage ocaml-vhd", SizeRule::Current),
    (*b"xo  ", "Xen Orchestra", SizeRule::Current),
    (*b"CTXS", "Citrix XenConvert", SizeRule::Current),
    (*b"vbox", "VirtualBox", SizeRule::Current),
    (*b"*img", "FreeBSD mkimg", SizeRule::Current),
    (*b"mkim", "FreeBSD mkimg", SizeRule::Current),
    (*b"bxic", "Bochs bximage", SizeRule::Current),
    (*b"vswm", "Windows Phone imaging tools", SizeRule::Current),
    ([0; 4], "openvmm", SizeRule::Current),
];

fn known(code: [u8; 4]) -> Option<(&'static str, SizeRule)> {
    CREATORS.iter().find(|(known, _, _)| *known == code).map(|(_, name, rule)| (*name, *rule))
}

/// Whether that creator is known.
pub fn is_known(code: [u8; 4]) -> bool {
    known(code).is_some()
}

/// Whether XenServer's tools made it.
pub fn is_xen(code: [u8; 4]) -> bool {
    code.starts_with(b"tap")
}

/// The size rule of that creator; an unknown one goes by the current size.
pub fn size_rule(code: [u8; 4]) -> SizeRule {
    known(code).map_or(SizeRule::Current, |(_, rule)| rule)
}

/// The code with the product's name, for a reader.
pub fn describe(code: &[u8]) -> String {
    match code.try_into().ok().and_then(known) {
        Some((name, _)) if code == [0; 4] => format!("none: {name}"),
        Some((name, _)) => format!("{}: {name}", ascii(code)),
        None => format!("{}: unknown", ascii(code)),
    }
}

/// The product with its version, as far as the footer says.
pub fn producer(code: [u8; 4], version: u32) -> String {
    let (major, minor) = (version >> 16, version & 0xffff);
    let name = match (&code, major, minor) {
        (b"vpc ", 5, 0) => return "Microsoft Virtual PC 2004".into(),
        (b"vpc ", 5, 3) => return "Microsoft Virtual PC 2007".into(),
        (b"qemu" | b"qem2", ..) => return "qemu".into(),
        (b"win ", 6, 0) => return "Windows Vista or Server 2008".into(),
        (b"win ", 6, 1) => return "Windows 7 or Server 2008 R2".into(),
        (b"win ", 6, 2) => return "Windows 8 or Server 2012".into(),
        (b"win ", 6, 3) => return "Windows 8.1 or Server 2012 R2".into(),
        (b"win ", 10, 0) => return "Windows 10 or later, Server 2016 or later".into(),
        _ => known(code).map_or_else(|| format!("unknown ({})", ascii(&code)), |(name, _)| name.into()),
    };
    if version == 0 { name } else { format!("{name} {major}.{minor}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn producers_are_named() {
        assert_eq!(producer(*b"vpc ", 0x0001_0000), "Microsoft Virtual PC 1.0");
        assert_eq!(producer(*b"win ", 0x0006_0003), "Windows 8.1 or Server 2012 R2");
        assert_eq!(producer(*b"abcd", 0x0002_0001), "unknown (abcd) 2.1");
        assert_eq!(describe(b"wa\0\0"), "wa: Microsoft Azure");
    }
}
