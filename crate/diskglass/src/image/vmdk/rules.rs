//! What can be wrong with a VMDK.

crate::rules! {
    NEWLINE: Error Image "vmdk.header.newline" [46] "Footer checksum does not match",
        what: "a", why: "b", remedy: "c", spec: "d";
}
