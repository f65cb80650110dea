//! Which numbers are addresses of which data: told by the relocations that the linker leaves on demand.
//!
//! Their form is that of the tool conventions of WebAssembly, "Linking".

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::{Context, Result, bail};
use wasm_encoder::{CustomSection, RawSection};
use wasmparser::{
    DataKind, DefinedDataSymbol, KnownCustom, Linking, Operator, Parser, Payload, RelocationType, SymbolInfo,
};

/// Who points to what.
pub(crate) struct Wiring {
    /// Where the pieces of data are in memory, by their symbols.
    pieces: BTreeMap<u32, Range<u32>>,
    /// The numbers in the code that are addresses, and of which pieces. An address may be one outside of its piece.
    addresses: BTreeMap<u32, BTreeSet<u32>>,
    /// The pointers in the data: where they are in memory, and to which piece.
    pointers: BTreeMap<u32, u32>,
}

/// A data segment: where it is in the data section and in memory.
struct Segment {
    in_section: Range<usize>,
    address: u32,
}

impl Wiring {
    /// Reads the relocations of a linked module.
    pub(crate) fn parse(linked: &[u8]) -> Result<Self> {
        let (mut code, mut data) = (0, 0);
        let mut segments = Vec::new();
        let mut symbols = Vec::new();
        let mut relocations = Vec::new();
        // Sections are numbered as they come, the custom ones too.
        let mut sections = 0;
        for payload in Parser::new(0).parse_all(linked) {
            let payload = payload?;
            let number = sections;
            sections += u32::from(payload.as_section().is_some());
            match payload {
                Payload::CodeSectionStart { .. } => code = number,
                Payload::DataSection(section) => {
                    data = number;
                    let start = section.range().start;
                    for segment in section {
                        let segment = segment?;
                        let end = segment.range.end - start;
                        let in_section = end - segment.data.len()..end;
                        segments.push(Segment { in_section, address: address(&segment.kind)? });
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Linking(section) => {
                        for subsection in section {
                            if let Linking::SymbolTable(table) = subsection? {
                                symbols = table.into_iter().collect::<Result<Vec<_>, _>>()?;
                            }
                        }
                    }
                    KnownCustom::Reloc(section) => {
                        relocations.push((section.section_index(), section.entries()));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        let mut pieces = BTreeMap::new();
        for (symbol, info) in (0..).zip(&symbols) {
            if let SymbolInfo::Data { symbol: Some(DefinedDataSymbol { index, offset, size }), .. } = info
                && *size > 0
            {
                let segment = segments.get(*index as usize).context("a symbol in no segment")?;
                let start = segment.address + offset;
                pieces.insert(symbol, start..start + size);
            }
        }
        let mut wiring = Self { pieces, addresses: BTreeMap::new(), pointers: BTreeMap::new() };
        for (section, entries) in relocations {
            for entry in entries {
                let entry = entry?;
                let Some(piece) = wiring.pieces.get(&entry.index).filter(|_| is_address(entry.ty)) else {
                    continue;
                };
                if section == code {
                    let value = i64::from(piece.start) + entry.addend;
                    wiring.addresses.entry(u32::try_from(value)?).or_default().insert(entry.index);
                } else if section == data {
                    let offset = entry.offset as usize;
                    let mut segments = segments.iter();
                    if let Some(segment) = segments.find(|segment| segment.in_section.contains(&offset)) {
                        let place = segment.address + u32::try_from(offset - segment.in_section.start)?;
                        wiring.pointers.insert(place, entry.index);
                    }
                }
            }
        }
        if wiring.addresses.is_empty() || wiring.pointers.is_empty() {
            bail!("the linked module has no relocations");
        }
        Ok(wiring)
    }

    /// Pieces of data that nothing points to by another address than their own.
    #[cfg(test)]
    pub(crate) fn of_pieces<const COUNT: usize>(pieces: [Range<u32>; COUNT]) -> Self {
        Self { pieces: (0..).zip(pieces).collect(), addresses: BTreeMap::new(), pointers: BTreeMap::new() }
    }

    /// The memory that code with these constants does not need, neither directly nor through pointers. Whatever could be
    /// an address of a piece counts as one.
    pub(crate) fn spare(&self, constants: &BTreeSet<u32>) -> BTreeSet<u32> {
        let mut waiting: Vec<u32> =
            constants.iter().filter_map(|constant| self.addresses.get(constant)).flatten().copied().collect();
        for (symbol, range) in &self.pieces {
            if constants.range(range.clone()).next().is_some() {
                waiting.push(*symbol);
            }
        }
        let mut needed = BTreeSet::new();
        while let Some(symbol) = waiting.pop() {
            if needed.insert(symbol)
                && let Some(piece) = self.pieces.get(&symbol)
            {
                waiting.extend(self.pointers.range(piece.clone()).map(|(_, to)| *to));
            }
        }
        let mut spare = BTreeSet::new();
        for (_, range) in self.pieces.iter().filter(|(symbol, _)| !needed.contains(symbol)) {
            spare.extend(range.clone());
        }
        for range in needed.iter().filter_map(|symbol| self.pieces.get(symbol)) {
            for address in range.clone() {
                spare.remove(&address);
            }
        }
        spare
    }
}

/// Where an active segment goes in memory.
pub(crate) fn address(kind: &DataKind) -> Result<u32> {
    if let DataKind::Active { offset_expr, .. } = kind
        && let Operator::I32Const { value } = offset_expr.get_operators_reader().read()?
    {
        return Ok(value.cast_unsigned());
    }
    bail!("a data segment without a fixed address")
}

/// Whether a relocation is the address of data. In a module of 32 bits these are all that there are.
fn is_address(kind: RelocationType) -> bool {
    use RelocationType as T;
    matches!(kind, T::MemoryAddrLeb | T::MemoryAddrSleb | T::MemoryAddrI32)
}

/// A copy of the module without the custom sections of the linker.
pub(crate) fn without_relocations(linked: &[u8]) -> Result<Vec<u8>> {
    let mut module = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(linked) {
        let payload = payload?;
        if let Payload::CustomSection(section) = &payload {
            if section.name() != "linking" && !section.name().starts_with("reloc.") {
                module.section(&CustomSection {
                    name: Cow::Borrowed(section.name()),
                    data: Cow::Borrowed(section.data()),
                });
            }
        } else if let Some((id, range)) = payload.as_section() {
            let data = linked.get(range).context("a section outside the module")?;
            module.section(&RawSection { id, data });
        }
    }
    Ok(module.finish())
}
