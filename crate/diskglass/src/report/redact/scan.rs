//! What identities and paths look like in running text.

/// A character as it is compared: in lower case, any slash as `/` and several of them as one, `%41` as what it stands
/// for. With its place in the text.
#[derive(Clone, Copy)]
pub(super) struct Folded {
    pub(super) c: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Characters, with their places, as they are compared.
pub(super) fn fold(chars: impl Iterator<Item = (char, usize, usize)>) -> Vec<Folded> {
    let plain: Vec<(char, usize, usize)> = chars.collect();
    let mut folded: Vec<Folded> = Vec::with_capacity(plain.len());
    let mut at = 0;
    while let Some((c, start, end)) = plain.get(at).copied() {
        let (c, taken) = escaped(plain.get(at..).unwrap_or_default()).unwrap_or((c, 1));
        let end = plain.get(at + taken - 1).map_or(end, |last| last.2);
        at += taken;
        let c = if c == '\\' { '/' } else { c.to_lowercase().next().unwrap_or(c) };
        match folded.last_mut() {
            Some(last) if c == '/' && last.c == '/' => last.end = end,
            _ => folded.push(Folded { c, start, end }),
        }
    }
    folded
}

/// The character that `%C3%A4` stands for, and how many characters that takes.
fn escaped(text: &[(char, usize, usize)]) -> Option<(char, usize)> {
    let mut bytes = Vec::new();
    for triple in text.chunks(3).take(4) {
        let [('%', ..), (high, ..), (low, ..)] = triple else { return None };
        bytes.push(u8::try_from(high.to_digit(16)? * 16 + low.to_digit(16)?).ok()?);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            return Some((text.chars().next()?, bytes.len() * 3));
        }
    }
    None
}

/// A text as it is compared.
pub(super) fn fold_text(text: &str) -> String {
    fold(text.char_indices().map(|(at, c)| (c, at, at + c.len_utf8()))).iter().map(|c| c.c).collect()
}

/// Bytes as the texts that they may be.
pub(super) fn decodings(bytes: &[u8]) -> Vec<Vec<Folded>> {
    let bytewise = bytes.iter().enumerate().map(|(at, byte)| (char::from(*byte), at, at + 1));
    let mut at = 0;
    let utf8 = bytes.utf8_chunks().flat_map(|chunk| {
        let lost = chunk.invalid().iter().map(|_| (char::REPLACEMENT_CHARACTER, 1));
        chunk.valid().chars().map(|c| (c, c.len_utf8())).chain(lost)
    });
    let utf8 = utf8.map(|(c, length)| {
        at += length;
        (c, at - length, at)
    });
    let mut texts = vec![fold(bytewise), fold(utf8)];
    for first in 0..2 {
        for order in [u16::from_le_bytes, u16::from_be_bytes] {
            let pairs = bytes.get(first..).unwrap_or_default().as_chunks::<2>().0;
            let mut at = first;
            texts.push(fold(char::decode_utf16(pairs.iter().map(|pair| order(*pair))).map(|c| {
                let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
                at += c.len_utf16() * 2;
                (c, at - c.len_utf16() * 2, at)
            })));
        }
    }
    texts
}

/// How long the UUID that begins there is: with hyphens, without, or as 16 bytes.
pub(super) fn uuid(text: &[Folded], at: usize) -> Option<usize> {
    let mut groups = vec![0_usize];
    let mut length = 0;
    for (index, c) in text.get(at..)?.iter().enumerate() {
        if c.c.is_ascii_hexdigit() {
            *groups.last_mut()? += 1;
            length = index + 1;
        } else if matches!(c.c, '-' | ' ') && length == index {
            if groups.iter().sum::<usize>() >= 32 {
                break;
            }
            groups.push(0);
        } else {
            break;
        }
    }
    let follows = |c: Option<&Folded>| c.is_some_and(|c| c.c.is_alphanumeric() || c.c == '…');
    let goes_on =
        follows(text.get(at + length)) || (groups.len() == 16 && follows(text.get(at + length + 1)));
    let fits = matches!(groups.as_slice(), [32] | [8, 4, 4, 4, 12]) || groups == [2; 16];
    (fits && !goes_on).then_some(length)
}

/// How long the path or URL that begins there is.
pub(super) fn path(text: &[Folded], at: usize) -> Option<usize> {
    let c = |index: usize| text.get(index).map(|c| c.c);
    if at.checked_sub(1).and_then(c).is_some_and(|before| before.is_alphanumeric() || "/.-_".contains(before))
    {
        return None;
    }
    let rest = text.get(at..)?;
    let scheme = rest.iter().take_while(|c| c.c.is_ascii_alphanumeric()).count();
    let begins = match scheme {
        0 => c(at) == Some('/') && c(at + 1).is_some_and(|c| c.is_alphanumeric() || "._".contains(c)),
        _ => {
            rest.first().is_some_and(|c| c.c.is_alphabetic())
                && c(at + scheme) == Some(':')
                && c(at + scheme + 1) == Some('/')
        }
    };
    let ends = |c: &Folded| c.c.is_control() || "\"<>|;,\u{fffd}".contains(c.c);
    let most = rest.iter().position(ends).unwrap_or(rest.len());
    let rest = rest.get(..most).filter(|_| begins)?;
    // Folders may have spaces in their names; what follows the last of them may not.
    let last = rest.iter().rposition(|c| c.c == '/')?;
    let end =
        rest.iter().skip(last).position(|c| c.c.is_whitespace()).map_or(rest.len(), |space| last + space);
    let trailing = rest.get(..end)?.iter().rev().take_while(|c| ".:)'".contains(c.c)).count();
    Some(end - trailing)
}

/// How long the row of bytes in hexadecimal is that begins there: at least three of them.
pub(super) fn hex_pairs(text: &[Folded], at: usize) -> Option<usize> {
    let mut length = 0_usize;
    for triple in text.get(at..)?.chunks(3) {
        match triple.get(2) {
            _ if !triple.get(..2).is_some_and(hex_digits) => break,
            Some(c) if c.c != ' ' => {
                if c.c.is_alphanumeric() {
                    return None;
                }
                length += 2;
                break;
            }
            more => length += if more.is_some() { 3 } else { 2 },
        }
    }
    let last = text.get(at..at + length)?.iter().rposition(|last| last.c != ' ')?;
    (last >= 7).then_some(last + 1)
}

fn hex_digits(text: &[Folded]) -> bool {
    text.iter().all(|c| c.c.is_ascii_hexdigit())
}

/// The bytes of such a row.
pub(super) fn bytes_of(text: &str) -> Vec<u8> {
    text.split(' ').filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect()
}

/// Where the quote ends that `text` is the inside of.
pub(super) fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// The text that was quoted, without what quoting adds.
pub(super) fn unescaped(quoted: &str) -> String {
    let mut text = String::new();
    let mut rest = quoted.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('0') => text.push('\0'),
            Some('u') => {
                let digits: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let c = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            more => text.extend(more),
        }
    }
    text
}
