//! What the keys of a descriptor mean.

/// What the header keys mean.
pub(super) const KEYS: &[(&str, &str)] = &[
    (
        "version",
        "Version of the descriptor (not of the binary header): 1, or 3 while changed blocks are tracked.",
    ),
    ("encoding", "Character set of the names in this text; UTF-8 where it is not given."),
    (
        "CID",
        "Content identity: a random number that changes at the first write after every opening. Children remember it.",
    ),
    (
        "parentCID",
        "Content identity that the parent had when this link was made; ffffffff where there is no parent.",
    ),
    ("isNativeSnapshot", "Whether the storage array made the snapshot, rather than VMware."),
    ("createType", "How the disk is laid out in files."),
    ("parentFileNameHint", "Where the parent was when this link was made."),
    ("changeTrackPath", "File that lists the blocks changed since the last backup."),
    ("keyID", "Key that the disk is encrypted with."),
    ("encryptionKeys", "Keys that the disk is encrypted with, themselves encrypted."),
];

/// What the keys of the disk database mean.
pub(super) const DDB: &[(&str, &str)] = &[
    (
        "ddb.adapterType",
        "Controller that the disk was made for: a hint, the machine's configuration decides.",
    ),
    ("ddb.geometry.cylinders", "Cylinders of the disk's geometry."),
    ("ddb.geometry.heads", "Heads of the disk's geometry."),
    ("ddb.geometry.sectors", "Sectors per track of the disk's geometry."),
    ("ddb.geometry.biosCylinders", "Cylinders as the BIOS reports them."),
    ("ddb.geometry.biosHeads", "Heads as the BIOS reports them."),
    ("ddb.geometry.biosSectors", "Sectors per track as the BIOS reports them."),
    (
        "ddb.virtualHWVersion",
        "Version of VMware's virtual hardware that the disk was made for; dates its maker.",
    ),
    ("ddb.toolsVersion", "Version of VMware Tools in the guest; 2147483647 where the guest brings its own."),
    ("ddb.toolsInstallType", "How VMware Tools were installed; 4 is open-vm-tools."),
    ("ddb.uuid", "Identity of the disk, which the guest sees as the SCSI device's; 60 00 C2 is VMware."),
    ("ddb.longContentID", "Content identity of 128 bits; its last 8 digits are usually the CID."),
    ("ddb.thinProvisioned", "1 where the flat file takes space only as it is written."),
    ("ddb.deletable", "Whether VMware may delete the disk with its machine."),
    ("ddb.encoding", "Character set of the names in this text."),
    ("ddb.comment", "A comment (VirtualBox)."),
    ("ddb.uuid.image", "Identity of the image (VirtualBox)."),
    ("ddb.uuid.modification", "Changes at every write session (VirtualBox)."),
    ("ddb.uuid.parent", "Identity of the parent (VirtualBox); zero where there is none."),
    ("ddb.uuid.parentmodification", "Modification identity that the parent had (VirtualBox)."),
    ("ddb.grain", "Sectors of a grain of a space-efficient extent."),
    ("ddb.logicalSectorSize", "Bytes of a sector as the guest sees it; the counts here stay in 512 bytes."),
    ("ddb.physicalSectorSize", "Bytes of a physical sector as the guest sees it."),
    ("ddb.iofilters", "Filters that the data passes on its way, such as encryption."),
    ("ddb.sidecars", "Files of those filters."),
];

/// What an unknown key means.
pub(crate) const UNKNOWN_KEY: &str = "A key that VMware's documents do not describe.";
