//! What can be wrong with a VHD.

crate::rules! {
    FOOTER_CHECKSUM: Error Image "vhd.footer.checksum" [3] "Footer checksum does not match",
        what: "a", why: "b", remedy: "c", spec: "d";
}
