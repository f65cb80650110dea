//! Redaction: names of people and machines, paths, serial numbers and UUIDs become placeholders. The same value has the
//! same placeholder everywhere, numbered in the order in which they appear.
//!
//! The values are taken from the places that hold such things ([`strings`]) and, in running text, are known by their
//! form: UUIDs, paths, URLs. Then they are replaced in every string of the report, in whatever case and spelling. What
//! somebody wrote freely (comments, names of partitions) stays only where it consists of words that the report uses
//! itself, as the usual titles do. Content identities of VMDK images (CID) stay: they name nobody, change with every
//! write, and a chain cannot be put in order without them. The types of partitions stay too.

mod scan;
mod strings;

use super::Report;
use crate::partition::types::gpt_name;
use crate::structure::{FieldValue, Guid};
use scan::{Folded, fold, fold_text};
use std::collections::BTreeMap;
use strings::{Holds, field_holds};

/// Shown instead of bytes that are kept back.
pub const HIDDEN: &str = "··";

/// Shorter values are looked for only where a value stands alone.
const LEAST_NEEDLE: usize = 3;

/// Shorter values are found only as whole words.
const LEAST_PART: usize = 5;

/// Folders whose folders are named after people.
const HOMES: [&str; 3] = ["users", "home", "documents and settings"];

/// Ends of file names that tell the parts of an image apart.
const PARTS: [&str; 6] = ["-flat", "-delta", "-sesparse", "-ctk", "-rdm", "-rdmp"];

/// Titles that programs give and nobody writes, beyond the words of the report itself.
const USUAL_WORDS: &str = "disk descriptorfile extent description the data base ddb change tracking file basic efi system \
    microsoft reserved linux filesystem swap primary volume stripe raid mirror partition apple driver free map";

/// Texts by text; a set of them where the second one says nothing. One type for all of them keeps the page's module small.
type Texts = BTreeMap<String, String>;

/// The values of a report that are replaced, and by what.
#[derive(Default)]
pub struct Redaction {
    /// The placeholder of each value, by its kind and its plainest form.
    numbered: Texts,
    /// How many placeholders of each kind there are.
    counts: Vec<(&'static str, usize)>,
    /// What stands for a whole value.
    exact: Texts,
    /// What is looked for inside texts, in order.
    needles: Vec<(Vec<char>, String)>,
    /// The values among them, until all are known.
    learned: Texts,
    /// The UUIDs, in whichever byte order gives the smaller number.
    uuids: Texts,
    /// Words that the report uses itself.
    own: Texts,
    /// Values that are shown anyway: `monolithicSparse`.
    shown: Texts,
    /// Types of partitions.
    types: Texts,
    /// The placeholder of the value that was seen last.
    last: Option<String>,
}

impl Redaction {
    /// What is to be replaced in a report.
    pub fn of(report: &Report) -> Self {
        let mut redaction = Self::default();
        add(&mut redaction.own, words(USUAL_WORDS));
        let mut report = report.clone();
        report.strings(&mut |holds, text| match holds {
            Holds::Own => add(&mut redaction.own, words(text)),
            Holds::Type => add(&mut redaction.types, uuid_number(text).map(digits)),
            Holds::Free if !text.contains([' ', '"', '/', '\\']) => {
                add(&mut redaction.shown, [text.clone()]);
            }
            _ => {}
        });
        report.strings(&mut |holds, text| {
            redaction.redacted(holds, text);
        });
        let learned = std::mem::take(&mut redaction.learned).into_iter();
        redaction.needles =
            learned.map(|(text, placeholder)| (text.chars().collect(), placeholder)).collect();
        redaction
    }

    /// The report with placeholders.
    #[must_use]
    pub fn apply(&mut self, mut report: Report) -> Report {
        report.strings(&mut |holds, text| *text = self.redacted(holds, text));
        report
    }

    /// Whether the bytes of a field may be shown; `None` where that is not for the field to say.
    pub(crate) fn shows(&mut self, structure: &str, field: &FieldValue) -> Option<bool> {
        match field_holds(structure, field) {
            Holds::Type => Some(true),
            Holds::Free => Some(self.free(&field.display) == field.display),
            Holds::Bytes => (field.length <= 8 || is_uniform(&field.value)).then_some(true),
            _ => Some(false),
        }
    }

    /// Which of these bytes are part of a replaced value, in any encoding.
    pub(crate) fn hidden(&self, bytes: &[u8]) -> Vec<bool> {
        let mut hidden = vec![false; bytes.len()];
        let mut hide = |from: usize, to: usize| {
            hidden.iter_mut().take(to).skip(from).for_each(|hidden| *hidden = true);
        };
        for text in scan::decodings(bytes) {
            let mut at = 0;
            while let Some(first) = text.get(at) {
                let length = self.needle(&text, at).map_or(0, |(length, _)| length);
                if let Some(last) = text.get((at + length).wrapping_sub(1)).filter(|_| length > 0) {
                    hide(first.start, last.end);
                }
                at += length.max(1);
            }
        }
        for (at, window) in bytes.windows(16).enumerate() {
            if <[u8; 16]>::try_from(window).is_ok_and(|id| self.uuids.contains_key(&digits(plainest(id)))) {
                hide(at, at + 16);
            }
        }
        hidden
    }

    fn redacted(&mut self, holds: Holds, text: &str) -> String {
        match holds {
            Holds::Own | Holds::Type => text.into(),
            Holds::Again => match self.last.clone() {
                Some(placeholder) if !is_blank(text) => {
                    self.learn(text, &placeholder);
                    placeholder
                }
                _ => self.running(text, true),
            },
            Holds::Key => self.running(text, false),
            Holds::Bytes => self.running(text, true),
            Holds::Free => self.free(text),
            Holds::Text | Holds::Path | Holds::Label | Holds::Host | Holds::Id => {
                let text = text.trim_end_matches(['\0', ' ']);
                let shown = if is_blank(text) { text.into() } else { self.value(holds, text) };
                self.last = (shown != text).then(|| shown.clone());
                shown
            }
        }
    }

    /// What stands for a whole value of that kind.
    fn value(&mut self, holds: Holds, text: &str) -> String {
        if let Some(known) = self.exact.get(&fold_text(text)) {
            return known.clone();
        }
        match holds {
            Holds::Path => self.path(text),
            Holds::Host => self.host(text),
            Holds::Id => self.identity(text),
            Holds::Label => self.named("label", text),
            _ => self.written(text),
        }
    }

    /// A text that somebody wrote.
    fn written(&mut self, text: &str) -> String {
        if looks_like_path(text) {
            return self.path(text);
        }
        let redacted = self.running(text, false);
        if redacted != text || self.shown.contains_key(text) || self.is_own(text) {
            return redacted;
        }
        self.named("text", text)
    }

    /// A sentence that may quote what the image says.
    fn free(&mut self, text: &str) -> String {
        if let Some(known) = self.exact.get(&fold_text(text)).filter(|_| !self.is_own(text)) {
            return known.clone();
        }
        let mut redacted = String::new();
        let text = self.with_quotes(text);
        let mut rest = text.as_str();
        while let Some((before, quoted)) = rest.split_once('"') {
            redacted += &self.running(before, false);
            let end = scan::closing_quote(quoted);
            let (inside, after) = quoted.split_at_checked(end).unwrap_or((quoted, ""));
            let inside = scan::unescaped(inside);
            let shown =
                if is_blank(&inside) { inside.clone() } else { self.value(Holds::Text, inside.trim_end()) };
            redacted.push('"');
            if shown == inside.trim_end() {
                redacted += quoted.get(..end).unwrap_or(quoted);
            } else {
                redacted += format!("{shown:?}").trim_matches('"');
            }
            redacted.extend(after.chars().next());
            rest = after.get(1..).unwrap_or_default();
        }
        redacted + &self.running(rest, false)
    }

    /// The text with placeholders for the known values that have quotes in themselves, as names from damaged bytes may.
    fn with_quotes(&mut self, text: &str) -> String {
        if !text.contains('"') || !self.needles.iter().any(|(needle, _)| needle.contains(&'"')) {
            return text.into();
        }
        let folded = fold(text.char_indices().map(|(at, c)| (c, at, at + c.len_utf8())));
        let mut replaced = String::new();
        let mut at = 0;
        while let Some(c) = folded.get(at) {
            let inside = |length: usize| folded.get(at..at + length).unwrap_or_default();
            let known =
                self.needle(&folded, at).filter(|(length, _)| inside(*length).iter().any(|c| c.c == '"'));
            if let Some((length, placeholder)) = known.map(|(length, known)| (length, known.to_owned())) {
                // It stands for itself from now on.
                self.exact.insert(fold_text(&placeholder), placeholder.clone());
                replaced += &placeholder;
                at += length;
            } else {
                replaced += text.get(c.start..c.end).unwrap_or_default();
                at += 1;
            }
        }
        replaced
    }

    /// Text without quotes: values that are known are replaced, and what looks like one. `bytes`: it is a field of bytes, not
    /// something that a person would write.
    fn running(&mut self, text: &str, bytes: bool) -> String {
        let folded = fold(text.char_indices().map(|(at, c)| (c, at, at + c.len_utf8())));
        let mut redacted = String::new();
        let mut at = 0;
        while let Some(c) = folded.get(at) {
            let part = |length: usize| {
                let end = folded.get((at + length).wrapping_sub(1)).map_or(text.len(), |last| last.end);
                text.get(c.start..end).unwrap_or_default()
            };
            let known =
                self.needle(&folded, at).map(|(length, placeholder)| (length, placeholder.to_owned()));
            let seen = if at > 0 && is_word(&folded, at - 1) && is_word(&folded, at) {
                None
            } else if let Some(length) = scan::uuid(&folded, at).filter(|_| !bytes) {
                Some((length, self.identity(part(length))))
            } else if let Some(length) = scan::path(&folded, at) {
                Some((length, self.value(Holds::Path, part(length))))
            } else {
                let hex = scan::hex_pairs(&folded, at);
                hex.map(|length| {
                    let shown = part(length);
                    let hide = (length > 8 * 3 && !is_uniform(shown))
                        || self.hidden(&scan::bytes_of(shown)).contains(&true);
                    (length, if hide { HIDDEN.into() } else { shown.to_owned() })
                })
            };
            let longest = known.into_iter().chain(seen).max_by_key(|(length, _)| *length);
            let (length, shown) = longest.unwrap_or_else(|| (1, part(1).to_owned()));
            redacted += &shown;
            at += length;
        }
        redacted
    }

    /// The longest known value that begins there: its length and its placeholder.
    fn needle(&self, text: &[Folded], at: usize) -> Option<(usize, &str)> {
        let mut among = self.needles.as_slice();
        let mut found = None;
        for (depth, c) in text.get(at..)?.iter().enumerate() {
            let from = among.partition_point(|(needle, _)| needle.get(depth) < Some(&c.c));
            let to = among.partition_point(|(needle, _)| needle.get(depth) <= Some(&c.c));
            among = among.get(from..to)?;
            let Some((needle, placeholder)) = among.first() else { break };
            let length = depth + 1;
            if needle.len() == length && stands_alone(text, at, length) {
                found = Some((length, placeholder.as_str()));
            }
        }
        found
    }

    /// Remembers what stands for a value.
    fn learn(&mut self, text: &str, placeholder: &str) {
        let folded = fold_text(text);
        self.exact.entry(folded.clone()).or_insert_with(|| placeholder.into());
        let digits = folded.chars().all(|c| c.is_ascii_digit());
        let least = if digits { LEAST_PART } else { LEAST_NEEDLE };
        let is_own_word = words(text).nth(1).is_none() && self.is_own(text);
        if folded.chars().count() >= least && (digits || !is_own_word) {
            self.learned.entry(folded).or_insert_with(|| placeholder.into());
        }
    }

    /// The placeholder of a value, by its plainest form.
    fn number(&mut self, kind: &'static str, plain: &str) -> String {
        let key = format!("{kind} {plain}");
        if let Some(known) = self.numbered.get(&key) {
            return known.clone();
        }
        let at = self.counts.iter().position(|(known, _)| *known == kind).unwrap_or(self.counts.len());
        if at == self.counts.len() {
            self.counts.push((kind, 0));
        }
        let count = self.counts.get_mut(at).map_or(0, |(_, count)| {
            *count += 1;
            *count
        });
        let placeholder = format!("{kind}-{count}");
        self.numbered.insert(key, placeholder.clone());
        placeholder
    }

    fn named(&mut self, kind: &'static str, text: &str) -> String {
        let placeholder = self.number(kind, &fold_text(text));
        self.learn(text, &placeholder);
        placeholder
    }

    /// A machine; `-Dg0` behind it makes it the name of a group of dynamic disks.
    fn host(&mut self, text: &str) -> String {
        let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let stem = stem.strip_suffix("Dg").map_or(text, |stem| stem.trim_end_matches('-'));
        let group = text.get(stem.len()..).unwrap_or_default().to_owned();
        if stem.is_empty() {
            return text.into();
        }
        let placeholder = self.named("host", stem) + &group;
        self.learn(text, &placeholder);
        placeholder
    }

    /// A UUID or a serial number.
    fn identity(&mut self, text: &str) -> String {
        if let Some(number) = uuid_number(text) {
            let known = Guid::from_bytes(&uuid::Uuid::from_u128(number).to_bytes_le());
            if number == 0
                || number == u128::MAX
                || self.types.contains_key(&digits(number))
                || known.is_some_and(|id| gpt_name(id).is_some())
            {
                return text.into();
            }
            let plain = digits(plainest(number.to_be_bytes()));
            let placeholder = self.number("uuid", &plain);
            self.uuids.insert(plain, String::new());
            self.learn(text, &placeholder);
            return placeholder;
        }
        let plain: String = text.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let digits = plain.strip_prefix("0x").unwrap_or(&plain);
        let placeholder = self.number(if digits.len() > 20 { "uuid" } else { "serial" }, digits);
        self.learn(text, &placeholder);
        if digits.len() > LEAST_PART {
            self.learn(digits, &placeholder);
        }
        placeholder
    }

    /// The name of a file and the way to it. The ending stays, and what tells the parts of an image apart.
    fn path(&mut self, text: &str) -> String {
        let decoded;
        let plain = match text.split_once("://") {
            Some((_, rest)) => {
                decoded = format!("//{}", percent_encoding::percent_decode_str(rest).decode_utf8_lossy());
                &decoded
            }
            None => text,
        };
        let parts: Vec<&str> = plain.split(['/', '\\']).collect();
        let machine = parts.get(2).filter(|_| plain.starts_with("//") || plain.starts_with("\\\\"));
        if let Some(host) = machine.filter(|host| !matches!(**host, "" | "." | "?" | "localhost")) {
            self.named("host", host);
        }
        for pair in parts.windows(2) {
            if let [home, user] = pair
                && HOMES.contains(&&*home.to_lowercase())
                && !user.is_empty()
            {
                self.named("user", user);
            }
        }
        let (file, folders) = parts.split_last().map_or(("", &[][..]), |(file, folders)| (*file, folders));
        let is_plain = |part: &&str| matches!(*part, "" | "." | "..");
        let way = if folders.iter().all(is_plain) {
            folders.join("/")
        } else {
            let length = plain.len() - file.len();
            let folder = plain.get(..length).unwrap_or(plain).trim_end_matches(['/', '\\']);
            let placeholder = self.number("path", &fold_text(folder));
            self.learn(folder, &placeholder);
            if plain != text {
                let length = text.rfind('/').unwrap_or(0);
                self.learn(text.get(..length).unwrap_or_default(), &placeholder);
            }
            placeholder
        };
        let file = if is_plain(&file) { file.to_owned() } else { self.file(file) };
        let placeholder = if folders.is_empty() { file } else { format!("{way}/{file}") };
        self.learn(text, &placeholder);
        placeholder
    }

    fn file(&mut self, name: &str) -> String {
        let is_ending = |end: &str| {
            end.len() <= 5
                && end.chars().all(|c| c.is_ascii_alphanumeric())
                && end.contains(|c: char| c.is_ascii_alphabetic())
        };
        let (stem, end) = match name.rsplit_once('.') {
            Some((stem, end)) if is_ending(end) => (stem, name.get(stem.len()..).unwrap_or_default()),
            _ => (name, ""),
        };
        let mut base = stem;
        for _ in 0..2 {
            let shorter = PARTS.iter().find_map(|part| base.strip_suffix(part)).or_else(|| {
                let (rest, number) = base.rsplit_once('-')?;
                let digits = number.trim_start_matches(['s', 'f', 'p']);
                let counts = digits.chars().all(|c| c.is_ascii_digit());
                let numbers_a_part = (number.len() == 4 && digits.len() == 3)
                    || (number.len() == 6 && number.starts_with("00"));
                (counts && numbers_a_part).then_some(rest)
            });
            base = shorter.filter(|shorter| !shorter.is_empty()).unwrap_or(base);
        }
        let part = stem.get(base.len()..).unwrap_or_default();
        let placeholder = self.number("file", &fold_text(base)) + part + end;
        self.learn(name, &placeholder);
        placeholder
    }

    /// Whether every word of it is one that the report uses itself, or a number.
    fn is_own(&self, text: &str) -> bool {
        words(text).all(|word| {
            let plain = word.trim_end_matches(|c: char| c.is_ascii_digit());
            word.len() < LEAST_NEEDLE
                || plain.is_empty()
                || self.own.contains_key(plain)
                || self.own.contains_key(&word)
                || word.starts_with("0x")
        })
    }
}

/// Whether a value may be found there: a short one, or a number, only where nothing else is beside it.
fn stands_alone(text: &[Folded], at: usize, length: usize) -> bool {
    let inside = text.get(at..at + length).unwrap_or_default();
    if length >= LEAST_PART && inside.iter().any(|c| !c.c.is_ascii_digit()) {
        return true;
    }
    let joined = |left: usize, right: usize| is_word(text, left) && is_word(text, right);
    let is_part = (at > 0 && joined(at - 1, at)) || joined(at + length - 1, at + length);
    !is_part
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn is_word(text: &[Folded], at: usize) -> bool {
    text.get(at).is_some_and(|c| c.c.is_alphanumeric())
}

/// Whether it says nothing: zeros, or the words for that.
fn is_blank(text: &str) -> bool {
    matches!(text, "none" | "zero" | "unknown") || text.chars().all(|c| "0x-{}:./\\ …\0".contains(c))
}

/// Whether all bytes in a text of bytes are equal.
fn is_uniform(text: &str) -> bool {
    let mut pairs = text.split(' ').filter(|pair| *pair != "…");
    let first = pairs.next();
    pairs.all(|pair| Some(pair) == first)
}

/// Names of files: with folders, or with an ending.
fn looks_like_path(text: &str) -> bool {
    let has_ending = text.rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.is_empty()
            && (2..=5).contains(&end.len())
            && end.starts_with(|c: char| c.is_ascii_alphabetic())
            && end.chars().all(|c| c.is_ascii_alphanumeric())
    });
    let has_folder = text.contains('\\') || (text.contains('/') && !text.contains(" / "));
    has_folder || (has_ending && !text.contains(". "))
}

/// The number of a UUID in any of its spellings.
fn uuid_number(text: &str) -> Option<u128> {
    let is_spelling = |c: char| c.is_ascii_hexdigit() || "{}- ".contains(c);
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let fits = digits.len() == 32 && text.chars().all(is_spelling);
    fits.then(|| u128::from_str_radix(&digits, 16).ok()).flatten()
}

fn digits(number: u128) -> String {
    format!("{number:032x}")
}

fn add(set: &mut Texts, texts: impl IntoIterator<Item = String>) {
    for text in texts {
        set.insert(text, String::new());
    }
}

/// The same number for both byte orders in which a UUID is written.
fn plainest(id: [u8; 16]) -> u128 {
    u128::from_be_bytes(id).min(uuid::Uuid::from_bytes_le(id).as_u128())
}
