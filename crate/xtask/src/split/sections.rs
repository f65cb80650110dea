//! The sections of a module that is being written.

use anyhow::Result;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CodeSection, DataSection, ElementSection, ExportSection, FunctionSection, GlobalSection, ImportSection,
    MemorySection, StartSection, TableSection, TypeSection,
};

use super::module::Module;

/// All that a module of ours can have.
#[derive(Default)]
pub(crate) struct Sections {
    pub(crate) types: TypeSection,
    pub(crate) imports: ImportSection,
    pub(crate) functions: FunctionSection,
    pub(crate) tables: TableSection,
    pub(crate) memories: MemorySection,
    pub(crate) globals: GlobalSection,
    pub(crate) exports: ExportSection,
    pub(crate) start: Option<StartSection>,
    pub(crate) elements: ElementSection,
    pub(crate) code: CodeSection,
    pub(crate) data: DataSection,
}

impl Sections {
    /// Those of `module`, but for its functions, its tables and its data.
    pub(crate) fn around<T: Reencode>(
        module: &Module,
        copier: &mut T,
    ) -> Result<Self, reencode::Error<T::Error>> {
        let mut sections = Self::default();
        copier.parse_type_section(&mut sections.types, module.types.clone())?;
        copier.parse_import_section(&mut sections.imports, module.imports.clone())?;
        copier.parse_memory_section(&mut sections.memories, module.memories.clone())?;
        copier.parse_global_section(&mut sections.globals, module.globals.clone())?;
        copier.parse_export_section(&mut sections.exports, module.exports.clone())?;
        copier.parse_element_section(&mut sections.elements, module.elements.clone())?;
        Ok(sections)
    }

    /// The module, in the order that is prescribed. Sections without anything are left out.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut module = wasm_encoder::Module::new();
        module.section(&self.types).section(&self.imports).section(&self.functions);
        if !self.tables.is_empty() {
            module.section(&self.tables);
        }
        if !self.memories.is_empty() {
            module.section(&self.memories);
        }
        if !self.globals.is_empty() {
            module.section(&self.globals);
        }
        if !self.exports.is_empty() {
            module.section(&self.exports);
        }
        if let Some(start) = &self.start {
            module.section(start);
        }
        module.section(&self.elements).section(&self.code).section(&self.data);
        module.finish()
    }
}
