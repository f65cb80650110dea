//! The module for the trial: it notes which of its code was run.

use anyhow::Result;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemorySection, TableSection,
    TypeSection, ValType,
};

use super::module::Module;
use super::stretches::begins_behind;

/// How the names of the marks begin; their number follows.
pub(crate) const MARK: &str = "reached ";

pub(crate) fn marked(module: &Module) -> Result<Vec<u8>> {
    let mut same = RoundtripReencoder;
    let mut types = TypeSection::new();
    same.parse_type_section(&mut types, module.types.clone())?;
    let mut imports = ImportSection::new();
    same.parse_import_section(&mut imports, module.imports.clone())?;
    let mut functions = FunctionSection::new();
    for of in module.function_types.iter().skip(module.imported as usize) {
        functions.function(*of);
    }
    let mut tables = TableSection::new();
    same.parse_table_section(&mut tables, module.tables.clone())?;
    let mut memories = MemorySection::new();
    same.parse_memory_section(&mut memories, module.memories.clone())?;
    let mut globals = GlobalSection::new();
    same.parse_global_section(&mut globals, module.globals.clone())?;
    let mut exports = ExportSection::new();
    same.parse_export_section(&mut exports, module.exports.clone())?;
    let mut elements = ElementSection::new();
    same.parse_element_section(&mut elements, module.elements.clone())?;

    let mut marks = 0..;
    let mut mark = |function: &mut Function| {
        let Some(number) = marks.next() else { return };
        let global = globals.len();
        let kind = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(kind, &ConstExpr::i32_const(0));
        exports.export(&format!("{MARK}{number}"), ExportKind::Global, global);
        function.instruction(&Instruction::I32Const(1)).instruction(&Instruction::GlobalSet(global));
    };
    let mut code = CodeSection::new();
    for (_, body) in module.defined() {
        let mut copy = same.new_function_with_parsed_locals(body)?;
        mark(&mut copy);
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let operator = operators.read()?;
            let begins = begins_behind(&operator) && !operators.eof();
            copy.instruction(&same.instruction(operator)?);
            if begins {
                mark(&mut copy);
            }
        }
        code.function(&copy);
    }
    let mut data = DataSection::new();
    same.parse_data_section(&mut data, module.data.clone())?;

    let mut marked = wasm_encoder::Module::new();
    marked
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&tables)
        .section(&memories)
        .section(&globals)
        .section(&exports)
        .section(&elements)
        .section(&code)
        .section(&data);
    Ok(marked.finish())
}
