//! The module for the trial: it notes which of its code was run.

use anyhow::Result;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ConstExpr, ExportKind, Function, GlobalType, Instruction, ValType};

use super::module::Module;
use super::sections::Sections;
use super::stretches::begins_behind;

/// How the names of the marks begin; their number follows.
pub(crate) const MARK: &str = "reached ";

pub(crate) fn marked(module: &Module) -> Result<Vec<u8>> {
    let mut same = RoundtripReencoder;
    let mut marked = Sections::around(module, &mut same)?;
    same.parse_table_section(&mut marked.tables, module.tables.clone())?;
    same.parse_data_section(&mut marked.data, module.data.clone())?;
    for of in module.function_types.iter().skip(module.imported as usize) {
        marked.functions.function(*of);
    }
    let mut marks = 0..;
    let mut mark = |function: &mut Function| {
        let Some(number) = marks.next() else { return };
        let global = marked.globals.len();
        let kind = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        marked.globals.global(kind, &ConstExpr::i32_const(0));
        marked.exports.export(&format!("{MARK}{number}"), ExportKind::Global, global);
        function.instruction(&Instruction::I32Const(1)).instruction(&Instruction::GlobalSet(global));
    };
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
        marked.code.function(&copy);
    }
    Ok(marked.finish())
}
