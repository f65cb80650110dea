//! What every layer can run into.

crate::rules! {
    READ_FAILED: Error Image "file.read-failed" [] "A part of the file could not be read",
        what: "The browser or the operating system refused to give the bytes at this place.",
        why: "Everything that depends on these bytes is missing from the report.",
        remedy: "If the file was changed or moved while it was open, give it again. If your account has no permission to read it, or another program has it locked, change that (a virtual machine must be shut down) and give it again. If the medium is failing, copy the file to a sound disk first (with a tool that skips bad sectors, such as ddrescue) and inspect the copy.",
        spec: "none: this is about the host, not the image";
}
