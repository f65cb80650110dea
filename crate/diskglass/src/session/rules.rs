//! What can be said of a set of files before any format is asked.

crate::rules! {
    EMPTY: Info Image "file.empty" [] "The file is empty",
        what: "The file has no bytes.",
        why: "There is nothing to inspect. A download or a copy that was interrupted at once leaves such a file.",
        remedy: "Fetch or copy the file again.",
        spec: "none: this is about the file, not a format";
    UNRECOGNISED: Info Image "file.unrecognised" [] "Nothing in this file is known to be a disk image",
        what: "Neither the first nor the last bytes are those of a known image format, there is no partition table, and no known volume starts at the first sector.",
        why: "Any file could be called a raw disk image. Without evidence that would be a guess.",
        remedy: "Check that the file is complete and unpacked. A piece of a larger set (such as a flat extent) is recognised when its descriptor is given with it.",
        spec: "none: this is about the file, not a format";
    KNOWN_FORMAT: Info Image "file.known-format" [] "The file is of a known kind that is not read here",
        what: "The signature of another kind of file was found.",
        why: "Nothing further can be said about its content.",
        remedy: "Convert or unpack a copy, as the detail says, and give that.",
        spec: "the signatures of those formats";
    UNUSABLE: Error Image "file.unusable" [] "Too little of the image is there",
        what: "The file carries the mark of an image format, but not enough of it to read anything.",
        why: "Without the header nothing in the file can be placed.",
        remedy: "Look for a complete copy. If this is all there is, give the file to a data recovery tool that searches for volumes in raw bytes.",
        spec: "the header of the format";
    NAME_CONTRADICTS: Info Image "file.name-contradicts" [] "The name says something else than the content",
        what: "The ending of the file's name belongs to another format than the one that the content shows.",
        why: "Tools that go by the name will refuse the file or misread it.",
        remedy: "Rename a copy so that its ending fits the content.",
        spec: "usual name endings: .vhd .avhd .vud, .vmdk, .vhdx, .qcow2, .vdi, .img .raw .bin .iso";
}
