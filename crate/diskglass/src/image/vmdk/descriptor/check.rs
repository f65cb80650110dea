//! The checks that need nothing but the descriptor's text.

use super::super::gather::Gather;
use super::super::rules;
use super::{Content, Descriptor, ExtentLine, Oddity, base_name, comment_name, extent_name, hex, line_name};
use crate::finding::{Finding, Findings, Rule};
use crate::limits;
use crate::structure::Node;

/// Layouts, and the types of extents that they are made of; an empty list means any.
const CREATE_TYPES: &[(&str, &[&str])] = &[
    ("monolithicSparse", &["SPARSE"]),
    ("monolithicFlat", &["FLAT"]),
    ("twoGbMaxExtentSparse", &["SPARSE"]),
    ("2GbMaxExtentSparse", &["SPARSE"]),
    ("twoGbMaxExtentFlat", &["FLAT"]),
    ("2GbMaxExtentFlat", &["FLAT"]),
    ("fullDevice", &["FLAT"]),
    ("partitionedDevice", &["FLAT"]),
    ("custom", &[]),
    ("streamOptimized", &["SPARSE"]),
    ("vmfs", &["VMFS", "FLAT"]),
    ("vmfsThin", &["VMFS", "FLAT"]),
    ("vmfsPreallocated", &["VMFS", "FLAT"]),
    ("vmfsEagerZeroedThick", &["VMFS", "FLAT"]),
    ("vmfsThick", &["VMFS", "FLAT"]),
    ("vmfsSparse", &["VMFSSPARSE"]),
    ("seSparse", &["SESPARSE"]),
    ("vmfsSeSparse", &["SESPARSE"]),
    ("vsanSparse", &["VSANSPARSE"]),
    ("vmfsRDM", &["VMFSRDM"]),
    ("vmfsRawDeviceMap", &["VMFSRDM"]),
    ("vmfsRDMP", &["VMFSRDM"]),
    ("vmfsPassthroughRawDeviceMap", &["VMFSRDM"]),
    ("vmfsRaw", &["VMFSRAW"]),
];

/// Types of extents.
const EXTENT_TYPES: &[&str] = &[
    "SPARSE",
    "FLAT",
    "ZERO",
    "VMFS",
    "VMFSSPARSE",
    "SESPARSE",
    "VMFSRDM",
    "VMFSRAW",
    "VSANSPARSE",
    "VMFSPASSTHROUGHRAWDEVICEMAP",
];

/// Controllers that are known to be named.
const ADAPTERS: &[&str] =
    &["ide", "buslogic", "lsilogic", "legacyESX", "pvscsi", "lsisas1068", "sata", "nvme"];

/// Keys that change what the disk is.
const WEIGHTY: &[&str] = &["createType", "CID", "parentFileNameHint"];

/// A separate descriptor larger than this is unusual.
const USUAL_BYTES: u64 = 64 << 10;

/// What the text stands in.
pub(in super::super) struct Surroundings<'a> {
    /// Whether the text is inside an extent.
    pub(in super::super) embedded: bool,
    /// Whether the grains of that extent are compressed.
    pub(in super::super) compressed: bool,
    /// Name of the file.
    pub(in super::super) name: &'a str,
    /// Bytes of the file.
    pub(in super::super) size: u64,
}

/// Checks a text; `node` is its structure.
pub(in super::super) fn check(
    text: &Descriptor,
    node: &Node,
    around: &Surroundings,
    findings: &mut Findings,
) {
    check_form(text, node, around, findings);
    check_keys(text, node, around, findings);
    let mut gather = Gather::default();
    check_extents(text, node, around, &mut gather);
    gather.into_findings(node, findings);
    check_set(text, node, around, findings);
    check_database(text, node, findings);
}

/// How the text is written.
fn check_form(text: &Descriptor, node: &Node, around: &Surroundings, findings: &mut Findings) {
    let mut say = |rule: &'static Rule, detail: String| {
        findings.add(Finding::new(rule, detail).on(node.key.clone()).place(node.span));
    };
    if !text.has_title() {
        let first = text.lines.first().map_or("", |line| line.text.as_str());
        let first: String = first.chars().take(60).collect();
        say(&rules::FIRST_LINE, format!("the first line is {first:?}"));
    }
    for oddity in &text.odd {
        let (rule, detail) = match oddity {
            Oddity::ByteOrderMark => (&rules::BOM, "the first bytes are a byte order mark".into()),
            Oddity::BareCr => (&rules::BARE_CR, "a carriage return stands without a line feed".into()),
            Oddity::BadEncoding => (&rules::ENCODING, encoding_text(text)),
            Oddity::TextAfterNul => (&rules::NUL, "zero bytes stand before the end of the text".into()),
            Oddity::Cut => (
                &rules::CUT,
                format!(
                    "at most {} lines and {} extents are read",
                    limits::DESCRIPTOR_LINES,
                    limits::EXTENTS
                ),
            ),
        };
        say(rule, detail);
    }
    if !around.embedded && around.size > limits::DESCRIPTOR_BYTES {
        let detail = format!("{} bytes; the first {} are read", around.size, limits::DESCRIPTOR_BYTES);
        say(&rules::TOO_LONG, detail);
    } else if !around.embedded && around.size > USUAL_BYTES {
        say(&rules::LONG, format!("the descriptor has {} bytes", around.size));
    }
    let mut unknown = Gather::default();
    for line in text.lines.iter().filter(|line| line.content == Content::Unknown) {
        let shown: String = line.text.chars().take(60).collect();
        unknown.hit(&rules::UNKNOWN_LINE, node, &line_name(line.number), None, || {
            format!("line {} is {shown:?}", line.number)
        });
    }
    unknown.into_findings(node, findings);
}

/// What is wrong with the character set.
fn encoding_text(text: &Descriptor) -> String {
    match &text.charset.declared {
        None => "some bytes are no UTF-8, and no other character set is declared".into(),
        Some(name) => {
            format!(
                "some bytes are not in the declared character set {name:?}, or that is no set that is known"
            )
        }
    }
}

/// The header keys.
fn check_keys(text: &Descriptor, node: &Node, around: &Surroundings, findings: &mut Findings) {
    let mut say = |rule: &'static Rule, field: Option<&str>, detail: String| {
        let finding = Finding::new(rule, detail);
        findings.add(match field {
            Some(field) => finding.field(node, field),
            None => finding.on(node.key.clone()).place(node.span),
        });
    };
    let named = |name: &str| text.key(name).map(|pair| pair.key.clone());
    match text.value("version").map(|value| (value, value.trim().parse::<u64>())) {
        None => say(&rules::VERSION_MISSING, None, "there is no key version".into()),
        Some((_, Ok(1 | 2))) => {}
        Some((_, Ok(3))) if text.value("changeTrackPath").is_some() => {}
        Some((_, Ok(3))) => say(
            &rules::VERSION_3,
            named("version").as_deref(),
            "the version is 3, but no change tracking file is named".into(),
        ),
        Some((value, _)) => {
            say(&rules::DESCRIPTOR_VERSION, named("version").as_deref(), format!("the version is {value:?}"));
        }
    }
    for (name, rule) in [("CID", &rules::CID), ("parentCID", &rules::PARENT_CID)] {
        match text.value(name) {
            None => say(rule, None, format!("there is no key {name}")),
            Some(value) if hex(value).is_none() => {
                say(
                    rule,
                    named(name).as_deref(),
                    format!("{name} is {value:?}, not 1 to 8 hexadecimal digits"),
                );
            }
            Some(_) => {}
        }
    }
    if let (Some(cid), Some(parent)) = (text.key("CID"), text.key("parentCID"))
        && parent.line < cid.line
    {
        let detail = format!("parentCID is in line {}, CID in line {}", parent.line, cid.line);
        say(&rules::KEY_ORDER, named("parentCID").as_deref(), detail);
    }
    let compressed = around.embedded && around.compressed;
    match text.create_type() {
        None => say(&rules::CREATE_TYPE, None, "there is no key createType".into()),
        Some(value) => {
            let field = named("createType");
            let is = |known: &&(&str, _)| known.0 == value;
            if !CREATE_TYPES.iter().any(|known| is(&known)) {
                let meant = CREATE_TYPES.iter().find(|known| known.0.eq_ignore_ascii_case(value));
                let meant =
                    meant.map_or_else(String::new, |known| format!("; written as usual it is {}", known.0));
                say(&rules::CREATE_TYPE_UNKNOWN, field.as_deref(), format!("createType is {value:?}{meant}"));
            } else if around.embedded && compressed != (value == "streamOptimized") {
                let are = if compressed { "compressed" } else { "not compressed" };
                let detail = format!("createType is {value}, the header says that grains are {are}");
                say(&rules::STREAM_CREATE_TYPE, field.as_deref(), detail);
            }
        }
    }
    let mut gather = Gather::default();
    for (index, pair) in text.keys.iter().enumerate() {
        let first = text.keys.iter().take(index).find(|other| other.key.eq_ignore_ascii_case(&pair.key));
        if let Some(first) = first.filter(|first| first.value != pair.value) {
            gather.hit(&rules::DUPLICATE_KEY, node, &pair.key, None, || {
                format!(
                    "{} is {:?} in line {} and {:?} in line {}",
                    pair.key, first.value, first.line, pair.value, pair.line
                )
            });
        }
    }
    hidden_keys(text, node, &mut gather);
    gather.into_findings(node, findings);
}

/// Keys inside comments and values: qemu searches the whole text for them.
fn hidden_keys(text: &Descriptor, node: &Node, gather: &mut Gather) {
    for line in &text.lines {
        let (field, within) = match line.content {
            Content::Comment => (comment_name(line.number), line.text.as_str()),
            Content::Extent(index) => (extent_name(index), line.text.as_str()),
            Content::Key(index) => match text.keys.get(index) {
                Some(pair) => (pair.key.clone(), pair.value.as_str()),
                None => continue,
            },
            Content::Ddb(index) => match text.ddb.get(index) {
                Some(pair) => (pair.key.clone(), pair.value.as_str()),
                None => continue,
            },
            Content::Unknown => (line_name(line.number), line.text.as_str()),
        };
        for key in WEIGHTY {
            for (at, _) in within.match_indices(key) {
                let before = within.get(..at).and_then(|before| before.chars().next_back());
                if before.is_some_and(|c| c.is_ascii_alphanumeric()) {
                    continue;
                }
                let rest = within.get(at + key.len()..).unwrap_or_default().trim_start();
                let Some(rest) = rest.strip_prefix('=') else { continue };
                let rest = rest.trim_start();
                let value = match rest.strip_prefix('"') {
                    Some(quoted) => quoted.split('"').next().unwrap_or_default(),
                    None => rest.split_whitespace().next().unwrap_or_default(),
                };
                if text.value(key) != Some(value) {
                    gather.hit(&rules::HIDDEN_KEY, node, &field, None, || {
                        format!(
                            "line {} contains {key}={value:?}, which is not what the key says",
                            line.number
                        )
                    });
                }
            }
        }
    }
}

/// The extent lines, each for itself.
fn check_extents(text: &Descriptor, node: &Node, around: &Surroundings, gather: &mut Gather) {
    let create_type = text.create_type().unwrap_or_default();
    let allowed = (CREATE_TYPES.iter())
        .find(|known| known.0.eq_ignore_ascii_case(create_type))
        .map_or(&[][..], |known| known.1);
    for (index, extent) in text.extents.iter().enumerate() {
        let field = extent_name(index);
        let line = extent.line;
        let mut hit = |rule: &'static Rule, detail: String| gather.hit(rule, node, &field, None, || detail);
        if let Some(fault) = extent.fault {
            hit(&rules::EXTENT_SYNTAX, format!("line {line} is no proper extent line: {fault}"));
            continue;
        }
        let placeholder = extent.access == "NOACCESS" && extent.kind == "ZERO";
        match extent.sectors {
            Some(0) if !placeholder => {
                hit(&rules::EXTENT_SIZE, format!("the extent of line {line} has 0 sectors"));
            }
            Some(sectors) if sectors > 1 << 53 => {
                hit(&rules::EXTENT_SIZE, format!("the extent of line {line} has {sectors} sectors"));
            }
            _ => {}
        }
        if !EXTENT_TYPES.contains(&extent.kind.as_str()) {
            hit(&rules::EXTENT_TYPE, format!("the extent of line {line} is of type {:?}", extent.kind));
        } else if !allowed.is_empty() && extent.kind != "ZERO" && !allowed.contains(&extent.kind.as_str()) {
            hit(
                &rules::EXTENT_TYPE_UNFIT,
                format!("the extent of line {line} is of type {}, createType is {create_type}", extent.kind),
            );
        }
        match (extent.kind.as_str(), extent.offset) {
            ("FLAT", None) => {
                hit(&rules::FLAT_OFFSET, format!("the flat extent of line {line} has no offset"));
            }
            ("VMFS" | "SPARSE", Some(offset)) => hit(
                &rules::OFFSET_UNEXPECTED,
                format!("the {} extent of line {line} has the offset {offset}", extent.kind),
            ),
            _ => {}
        }
        if !around.embedded && (extent.access != "RW" || extent.kind == "ZERO") {
            hit(&rules::LEFT_OUT, format!("line {line} is {} {}", extent.access, extent.kind));
        }
    }
}

/// The extent lines together.
fn check_set(text: &Descriptor, node: &Node, around: &Surroundings, findings: &mut Findings) {
    let create_type = text.create_type().unwrap_or_default().to_ascii_lowercase();
    let mut say = |rule: &'static Rule, field: Option<String>, detail: String| {
        let finding = Finding::new(rule, detail);
        findings.add(match field {
            Some(field) => finding.field(node, &field),
            None => finding.on(node.key.clone()).place(node.span),
        });
    };
    if text.extents.is_empty() {
        say(&rules::NO_EXTENT, None, "no line describes an extent".into());
    }
    let single = ["monolithic", "stream", "vmfs", "sesparse", "vsan", "fulldevice"];
    if single.iter().any(|start| create_type.starts_with(start)) && text.extents.len() > 1 {
        let detail = format!("createType is {create_type}, there are {} extents", text.extents.len());
        say(&rules::EXTENT_COUNT, Some(extent_name(1)), detail);
    }
    if let (true, Some(named)) =
        (around.embedded, text.extents.first().and_then(|extent| extent.file.as_deref()))
        && base_name(named) != base_name(around.name)
    {
        let detail = format!("the text names {named:?}; the file itself is what counts");
        say(&rules::OTHER_NAME, Some(extent_name(0)), detail);
    }
    if create_type.contains("gbmaxextent") {
        let backed: Vec<(usize, &ExtentLine)> =
            text.extents.iter().enumerate().filter(|(_, extent)| extent.file.is_some()).collect();
        if let Some(((_, last), rest)) = backed.split_last()
            && let Some((_, first)) = rest.first()
        {
            let odd = rest.iter().find(|(_, extent)| extent.sectors != first.sectors);
            let odd = odd
                .map(|(index, _)| *index)
                .or_else(|| (last.sectors > first.sectors).then(|| backed.len() - 1));
            if let Some(index) = odd {
                let detail = format!("extent {} has another size than those before it", index + 1);
                say(&rules::SPLIT_SIZE, Some(extent_name(index)), detail);
            }
        }
        let numbered = |extent: &ExtentLine| part_number(extent.file.as_deref()?);
        let numbers: Vec<(usize, u64)> =
            backed.iter().filter_map(|(index, extent)| Some((*index, numbered(extent)?))).collect();
        if let Some((expected, (index, number))) =
            (1..).zip(&numbers).find(|(expected, (_, number))| expected != number)
        {
            let detail = format!("extent {} is numbered {number} instead of {expected}", index + 1);
            say(&rules::SPLIT_NUMBER, Some(extent_name(*index)), detail);
        }
    }
}

/// The number in a name such as `disk-s003.vmdk`.
pub(in super::super) fn part_number(name: &str) -> Option<u64> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (_, part) = stem.rsplit_once('-')?;
    let digits = part.strip_prefix(['s', 'S', 'f', 'F'])?;
    (digits.len() >= 3 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// The disk database.
fn check_database(text: &Descriptor, node: &Node, findings: &mut Findings) {
    let mut say = |rule: &'static Rule, field: &str, detail: String| {
        findings.add(Finding::new(rule, detail).field(node, field));
    };
    let order = text.ddb.first().map(|pair| pair.line);
    if let Some(extent) = text.extents.iter().position(|extent| order.is_some_and(|line| line < extent.line))
    {
        say(
            &rules::ORDER,
            &extent_name(extent),
            "the disk database begins before the last extent line".into(),
        );
    } else if let Some(first) = text.extents.first()
        && let Some(late) = (text.keys.iter())
            .find(|pair| pair.line > first.line && !pair.key.eq_ignore_ascii_case("changeTrackPath"))
    {
        say(&rules::ORDER, &late.key.clone(), format!("the key {} stands after the extent lines", late.key));
    }
    if let (Some(long), Some(cid)) = (text.ddb("ddb.longContentID"), text.cid()) {
        let last = long.value.len().checked_sub(8).and_then(|start| hex(long.value.get(start..)?));
        if last != Some(cid) {
            say(
                &rules::LONG_CID,
                &long.key.clone(),
                format!("the CID is {cid:08x}, the long identity is {}", long.value),
            );
        }
    }
    if let (Some(cid), Some(parent)) = (text.cid(), text.parent_cid())
        && cid == parent
    {
        say(&rules::CID_EQUAL, "CID", format!("CID and parentCID are both {cid:08x}"));
    }
    if let Some(uuid) = text.ddb("ddb.uuid") {
        let digits: String = uuid.value.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            say(&rules::UUID, &uuid.key.clone(), format!("the identity is {:?}", uuid.value));
        }
    }
    if let Some(adapter) = text.ddb("ddb.adapterType")
        && !ADAPTERS.iter().any(|known| known.eq_ignore_ascii_case(&adapter.value))
    {
        say(&rules::ADAPTER, &adapter.key.clone(), format!("the controller is {:?}", adapter.value));
    }
    let number = |name: &str| text.ddb_number(&format!("ddb.geometry.{name}"));
    if let (Some(cylinders), Some(heads), Some(sectors)) =
        (number("cylinders"), number("heads"), number("sectors"))
    {
        let product = cylinders.saturating_mul(heads).saturating_mul(sectors);
        let chs = format!("{cylinders} cylinders, {heads} heads, {sectors} sectors");
        if heads > 255 || sectors > 63 || product == 0 {
            say(&rules::GEOMETRY, "ddb.geometry.cylinders", format!("{chs}: no possible geometry"));
        } else if let Some(size) = text.sectors().filter(|size| product > *size) {
            let detail = format!("{chs} are {product} sectors, the disk has {size}");
            say(&rules::GEOMETRY, "ddb.geometry.cylinders", detail);
        }
    }
    if let Some(pair) = text.encryption() {
        say(&rules::ENCRYPTED, &pair.key.clone(), format!("{} tells of it", pair.key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&'static str> {
        let text = Descriptor::parse(text.as_bytes(), false);
        let around = Surroundings { embedded: false, compressed: false, name: "disk.vmdk", size: 300 };
        let mut findings = Findings::default();
        check(&text, &text.node(None), &around, &mut findings);
        findings.iter().map(|finding| finding.rule.id).collect()
    }

    const GOOD: &str = "# Disk DescriptorFile\nversion=1\nCID=216bc064\nparentCID=ffffffff\ncreateType=\"twoGbMaxExtentSparse\"\n\
        # Extent description\nRW 100 SPARSE \"d-s001.vmdk\"\nRW 100 SPARSE \"d-s002.vmdk\"\nRW 7 SPARSE \"d-s003.vmdk\"\n\
        # The Disk Data Base \n#DDB\nddb.adapterType = \"lsilogic\"\nddb.longContentID = \"3ca4d6ec709912129cf7ecb7216bc064\"\n\
        ddb.uuid = \"60 00 C2 92 7b f4 0d ee-e9 08 12 5d bc 4f ab 26\"\nddb.geometry.cylinders = \"1\"\nddb.geometry.heads = \"4\"\n\
        ddb.geometry.sectors = \"17\"\n";

    /// Changes of a sound text, and the rule that each of them breaks.
    const CASES: &[(&str, &str, &str)] = &[
        ("# Disk DescriptorFile", "# Disk", "vmdk.descriptor.first-line"),
        ("version=1\n", "", "vmdk.descriptor.version-missing"),
        ("version=1", "version=4", "vmdk.descriptor.version"),
        ("version=1", "version=3", "vmdk.descriptor.version-3"),
        ("CID=216bc064\nparentCID=ffffffff", "parentCID=ffffffff\nCID=216bc064", "vmdk.descriptor.key-order"),
        ("CID=216bc064\n", "CID=nothing!\n", "vmdk.descriptor.cid"),
        ("parentCID=ffffffff\n", "", "vmdk.descriptor.parent-cid"),
        ("twoGbMaxExtentSparse", "twogbmaxextentsparse", "vmdk.descriptor.create-type-unknown"),
        ("createType=", "#", "vmdk.descriptor.create-type"),
        ("version=1", "version=1\nversion=2", "vmdk.descriptor.duplicate-key"),
        ("# Extent description", "# createType=\"monolithicFlat\"", "vmdk.descriptor.hidden-key"),
        ("#DDB", "what is this", "vmdk.descriptor.unknown-line"),
        ("# Extent description", "ddb.deletable=\"true\"", "vmdk.descriptor.order"),
        ("version=1\n", "version=1\r", "vmdk.descriptor.bare-cr"),
        ("RW 100 SPARSE \"d-s001", "RW 100 \"d-s001", "vmdk.extent.syntax"),
        ("RW 7 ", "RW 0 ", "vmdk.extent.size"),
        ("RW 7 SPARSE", "RW 7 THICK", "vmdk.extent.type"),
        ("RW 7 SPARSE", "RW 7 VMFS", "vmdk.extent.type-unfit"),
        ("RW 7 SPARSE", "RW 7 FLAT", "vmdk.extent.flat-without-offset"),
        ("d-s003.vmdk\"", "d-s003.vmdk\" 0", "vmdk.extent.offset-unexpected"),
        ("RW 7", "RDONLY 7", "vmdk.extent.left-out"),
        ("RW 7", "RW 101", "vmdk.extent.split-size"),
        ("d-s003", "d-s004", "vmdk.extent.split-number"),
        ("9cf7ecb7216bc064", "9cf7ecb7216bc065", "vmdk.descriptor.long-content-id"),
        ("4f ab 26", "4f ab", "vmdk.descriptor.uuid"),
        ("\"lsilogic\"", "\"adaptec\"", "vmdk.descriptor.adapter"),
        ("cylinders = \"1\"", "cylinders = \"9\"", "vmdk.descriptor.geometry"),
        ("#DDB", "encryptionKeys=\"vmware:key/list/()\"", "vmdk.descriptor.encrypted"),
        ("parentCID=ffffffff", "parentCID=216bc064", "vmdk.chain.cid-equal"),
    ];

    #[test]
    fn a_sound_text_gives_nothing() {
        assert_eq!(found(GOOD), [""; 0]);
    }

    #[test]
    fn each_change_is_found() {
        for (from, to, id) in CASES {
            assert!(GOOD.contains(from), "{from}");
            assert!(
                found(&GOOD.replacen(from, to, 1)).contains(id),
                "{id}: {:?}",
                found(&GOOD.replacen(from, to, 1))
            );
        }
        assert!(found("# Disk DescriptorFile\n").contains(&"vmdk.extent.none"));
    }

    #[test]
    fn numbers_of_parts() {
        assert_eq!((part_number("a-s012.vmdk"), part_number("x-f001.vmdk")), (Some(12), Some(1)));
        assert_eq!((part_number("a-000001.vmdk"), part_number("s001.vmdk")), (None, None));
    }
}
