//! A module, section by section.

use anyhow::{Context, Result, bail};
use wasmparser::{
    DataSectionReader, ElementSectionReader, ExportSectionReader, FunctionBody, GlobalSectionReader,
    ImportSectionReader, MemorySectionReader, Operator, Parser, Payload, TableSectionReader, TypeRef,
    TypeSectionReader,
};

/// The sections of a module, as far as the compiler makes them, and who is who among its functions.
pub(crate) struct Module<'a> {
    pub(crate) types: TypeSectionReader<'a>,
    pub(crate) imports: ImportSectionReader<'a>,
    pub(crate) tables: TableSectionReader<'a>,
    pub(crate) memories: MemorySectionReader<'a>,
    pub(crate) globals: GlobalSectionReader<'a>,
    pub(crate) exports: ExportSectionReader<'a>,
    pub(crate) elements: ElementSectionReader<'a>,
    pub(crate) data: DataSectionReader<'a>,
    /// The type of each function, the imported ones first.
    pub(crate) function_types: Vec<u32>,
    /// How many functions are imported.
    pub(crate) imported: u32,
    /// Their names and which they are.
    pub(crate) imported_names: Vec<&'a str>,
    /// The functions that are not imported.
    pub(crate) bodies: Vec<FunctionBody<'a>>,
}

impl<'a> Module<'a> {
    /// Finds the sections.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let mut types = None;
        let mut imports = None;
        let mut tables = None;
        let mut memories = None;
        let mut globals = None;
        let mut exports = None;
        let mut elements = None;
        let mut data = None;
        let mut function_types = Vec::new();
        let mut imported_names = Vec::new();
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::TypeSection(section) => types = Some(section),
                Payload::ImportSection(section) => {
                    for import in section.clone().into_imports() {
                        let import = import?;
                        match import.ty {
                            TypeRef::Func(of) => {
                                function_types.push(of);
                                imported_names.push(import.name);
                            }
                            other => bail!("an import that is no function: {other:?}"),
                        }
                    }
                    imports = Some(section);
                }
                Payload::FunctionSection(section) => {
                    for of in section {
                        function_types.push(of?);
                    }
                }
                Payload::TableSection(section) => tables = Some(section),
                Payload::MemorySection(section) => memories = Some(section),
                Payload::GlobalSection(section) => globals = Some(section),
                Payload::ExportSection(section) => exports = Some(section),
                Payload::ElementSection(section) => elements = Some(section),
                Payload::DataSection(section) => data = Some(section),
                Payload::CodeSectionEntry(body) => bodies.push(body),
                Payload::StartSection { .. } => bail!("a start function runs before anything can be loaded"),
                _ => {}
            }
        }
        Ok(Self {
            types: types.context("no types")?,
            imports: imports.context("no imports")?,
            tables: tables.context("no tables")?,
            memories: memories.context("no memory")?,
            globals: globals.context("no globals")?,
            exports: exports.context("no exports")?,
            elements: elements.context("no elements")?,
            data: data.context("no data")?,
            imported: u32::try_from(imported_names.len())?,
            imported_names,
            function_types,
            bodies,
        })
    }

    /// The functions that are not imported, by their indices.
    pub(crate) fn defined(&self) -> impl Iterator<Item = (u32, &FunctionBody<'a>)> {
        (self.imported..).zip(&self.bodies)
    }
}

/// The number in an instruction that may be an address in memory.
pub(crate) fn constant(operator: &Operator) -> Option<u32> {
    match operator {
        Operator::I32Const { value } => Some(value.cast_unsigned()),
        _ => u32::try_from(memory_offset(operator)?).ok(),
    }
}

/// The fixed part of the address that a load or a store works on.
fn memory_offset(operator: &Operator) -> Option<u64> {
    use Operator as O;
    match operator {
        O::I32Load { memarg }
        | O::I64Load { memarg }
        | O::F32Load { memarg }
        | O::F64Load { memarg }
        | O::I32Load8S { memarg }
        | O::I32Load8U { memarg }
        | O::I32Load16S { memarg }
        | O::I32Load16U { memarg }
        | O::I64Load8S { memarg }
        | O::I64Load8U { memarg }
        | O::I64Load16S { memarg }
        | O::I64Load16U { memarg }
        | O::I64Load32S { memarg }
        | O::I64Load32U { memarg }
        | O::I32Store { memarg }
        | O::I64Store { memarg }
        | O::F32Store { memarg }
        | O::F64Store { memarg }
        | O::I32Store8 { memarg }
        | O::I32Store16 { memarg }
        | O::I64Store8 { memarg }
        | O::I64Store16 { memarg }
        | O::I64Store32 { memarg } => Some(memarg.offset),
        _ => None,
    }
}
