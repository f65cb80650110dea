//! What can be wrong with the database of Windows' dynamic disks.

crate::rules! {
    NO_HEADER: Error Partition "ldm.private-header.missing" [60] "Dynamic disk without its database",
        what: "The partition table says that this is a dynamic disk, but none of the places where a private header should be has one.",
        why: "Windows shows the disk as invalid or foreign, and none of its volumes. Which volumes there were is not known any more.",
        remedy: "If the image was cut at its end, look for the complete one. Otherwise every other disk of the group has the same database.",
        spec: "Linux Documentation/admin-guide/ldm.rst and block/partitions/ldm.c: PRIVHEAD";
    HEADERS_DIFFER: Warning Partition "ldm.private-header.differ" [61] "Copies of the private header differ",
        what: "A copy of the private header of a dynamic disk is missing, or is not the same as the first one.",
        why: "Which copy counts depends on the system. After a further damage, Windows shows the disk as foreign or invalid.",
        remedy: "Compare the copies. Windows writes all of them when the group is changed; work on a copy of the image.",
        spec: "Linux block/partitions/ldm.c: ldm_validate_privheads";
    DATABASE_MISSING: Warning Partition "ldm.database.missing" [61] "Dynamic disk without tables of contents or records",
        what: "The private header is there, but no table of contents is, or the database is not where it says.",
        why: "Windows cannot tell which volumes the disk has.",
        remedy: "Every other disk of the group has the same database: attach them together. Work on a copy.",
        spec: "Linux block/partitions/ldm.c: ldm_validate_tocblocks, ldm_validate_vmdb";
    PENDING: Warning Partition "ldm.database.pending" [62] "A change of the disk group was interrupted",
        what: "The database says that a change was begun and not completed.",
        why: "What is listed may be the state before or after the change. Windows completes or undoes it when the group is attached.",
        remedy: "Attach all disks of the group, as copies, to Windows once.",
        spec: "Linux block/partitions/ldm.c: ldm_parse_vmdb: committed and pending sequence";
    RECORDS: Error Partition "ldm.database.records" [63] "Records of the dynamic disk's database are missing or damaged",
        what: "A record lacks one of its parts, is not as such a record should be, or there are more or fewer than the head of the database counts.",
        why: "Volumes that the records describe are lost or wrong.",
        remedy: "Every other disk of the group has the same database: compare with them. Work on copies.",
        spec: "Linux block/partitions/ldm.c: ldm_frag_commit, ldm_get_vblks";
    FOREIGN: Warning Partition "ldm.disk.unknown" [61] "The database does not know this disk",
        what: "None of the disks in the database has the GUID that the private header gives this one.",
        why: "Windows shows the disk as foreign. Which partitions are on it is not known.",
        remedy: "The database is probably that of a clone or of another time. Compare it with those of the other disks of the group.",
        spec: "Linux block/partitions/ldm.c: ldm_get_disk_objid";
    INCOMPLETE: Info Partition "ldm.volume.incomplete" [64] "Volumes of the disk group need other disks",
        what: "A volume of this dynamic disk has parts on other disks of its group.",
        why: "It cannot be read from this image alone. That is how spanned, striped and RAID-5 volumes are.",
        remedy: "Attach all disks that are named together.",
        spec: "Linux Documentation/admin-guide/ldm.rst";
}
