//! Writes the two parts of a module.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    BlockType, ConstExpr, Elements, EntityType, ExportKind, Function, GlobalType, Instruction, StartSection,
    TableType, ValType,
};

use super::Parts;
use super::data::{Wiring, address};
use super::module::Module;
use super::plan::Plan;
use super::sections::Sections;

/// What the rest imports the exports of the first part as.
const FIRST: &str = "first";

/// The imported function that has the rest loaded: so wasm-bindgen begins its name.
const LOAD: &str = "__wbg_loadRest_";

/// The table that functions are called through.
const TABLE: u32 = 0;

/// The global of the first part that tells whether the rest is there.
const IS_WHOLE: GlobalType = GlobalType { val_type: ValType::I32, mutable: true, shared: false };

/// Renumbers the functions of a part.
struct Renumbered(BTreeMap<u32, u32>);

/// A function that a part does not have.
#[derive(Debug)]
struct Elsewhere(u32);

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "function {} is not in this part", self.0)
    }
}

impl std::error::Error for Elsewhere {}

impl Reencode for Renumbered {
    type Error = Elsewhere;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error<Elsewhere>> {
        self.0.get(&function).copied().ok_or(reencode::Error::UserError(Elsewhere(function)))
    }
}

pub(crate) fn parts(module: &Module, wiring: &Wiring, reached: &BTreeSet<u32>) -> Result<Parts> {
    let plan = Plan::new(module, wiring, reached)?;
    Ok(Parts { first: first(module, &plan)?, rest: rest(module, &plan)? })
}

/// The tables with the new slots.
fn table_types(module: &Module, plan: &Plan) -> Result<Vec<TableType>> {
    let mut same = reencode::RoundtripReencoder;
    let mut tables = module
        .tables
        .clone()
        .into_iter()
        .map(|table| Ok(same.table_type(table?.ty)?))
        .collect::<Result<Vec<_>>>()?;
    let new_slots = u64::try_from(plan.slots.range(plan.old_slots..).count())?;
    if let Some(table) = tables.get_mut(TABLE as usize) {
        table.minimum += new_slots;
        table.maximum = table.maximum.map(|most| most + new_slots);
    }
    Ok(tables)
}

/// How many parameters a function has.
fn parameters(module: &Module, function: u32) -> Result<u32> {
    let of = type_of(module, function)? as usize;
    let mut types = module.types.clone().into_iter_err_on_gc_types();
    Ok(u32::try_from(types.nth(of).context("a type that is not there")??.params().len())?)
}

fn type_of(module: &Module, function: u32) -> Result<u32> {
    module.function_types.get(function as usize).copied().context("a function without a type")
}

fn first(module: &Module, plan: &Plan) -> Result<Vec<u8>> {
    // The module's own functions in their order, and then the stubs.
    let mut renumbered = Renumbered(plan.first.keys().chain(&plan.stubs).copied().zip(0..).collect());
    let load = (0..)
        .zip(&module.imported_names)
        .find_map(|(function, name)| name.starts_with(LOAD).then_some(function))
        .context("the module has no function to load the rest")?;

    let mut first = Sections::around(module, &mut renumbered)?;
    for table in table_types(module, plan)? {
        first.tables.table(table);
    }
    let is_whole = first.globals.len();
    first.globals.global(IS_WHOLE, &ConstExpr::i32_const(0));

    let slot_of: BTreeMap<u32, u32> = plan.slots.iter().map(|(slot, function)| (*function, *slot)).collect();
    // Goes on in the rest, if it is there.
    let go_on = |into: &mut Function, function: u32| -> Result<()> {
        let slot = slot_of.get(&function).context("a function without a slot")?;
        into.instruction(&Instruction::GlobalGet(is_whole)).instruction(&Instruction::If(BlockType::Empty));
        for parameter in 0..parameters(module, function)? {
            into.instruction(&Instruction::LocalGet(parameter));
        }
        into.instruction(&Instruction::I32Const(slot.cast_signed()))
            .instruction(&Instruction::CallIndirect {
                type_index: type_of(module, function)?,
                table_index: TABLE,
            })
            .instruction(&Instruction::Return)
            .instruction(&Instruction::End);
        Ok(())
    };
    let give_up = |into: &mut Function| {
        into.instruction(&Instruction::Call(load)).instruction(&Instruction::Unreachable);
    };
    for (function, body) in module.defined() {
        let Some(unreached) = plan.first.get(&function) else { continue };
        first.functions.function(type_of(module, function)?);
        let mut copy = renumbered.new_function_with_parsed_locals(body)?;
        if plan.rest.contains(&function) {
            go_on(&mut copy, function)?;
        }
        let mut last = None;
        for (number, operator) in (0..).zip(body.get_operators_reader()?) {
            match unreached.instructions.iter().find(|unreached| unreached.contains(&number)) {
                Some(unreached) if last == Some(unreached.start) => {}
                Some(unreached) => {
                    last = Some(unreached.start);
                    give_up(&mut copy);
                }
                None => {
                    copy.instruction(&renumbered.instruction(operator?)?);
                }
            }
        }
        first.code.function(&copy);
    }
    for function in &plan.stubs {
        first.functions.function(type_of(module, *function)?);
        let mut stub = Function::new([]);
        go_on(&mut stub, *function)?;
        give_up(&mut stub);
        stub.instruction(&Instruction::End);
        first.code.function(&stub);
    }

    for (kind, number, _) in shared(module, plan)? {
        let own = if kind == ExportKind::Func { renumbered.function_index(number)? } else { number };
        first.exports.export(&export_name(kind, number), kind, own);
    }
    for segment in module.data.clone() {
        let segment = segment?;
        let start = address(&segment.kind)?;
        let own = |(address, byte): (u32, &u8)| if plan.spare.contains(&address) { 0 } else { *byte };
        let own: Vec<u8> = (start..).zip(segment.data).map(own).collect();
        first.data.active(0, &ConstExpr::i32_const(start.cast_signed()), own);
    }

    Ok(first.finish())
}

fn rest(module: &Module, plan: &Plan) -> Result<Vec<u8>> {
    let mut renumbered = Renumbered(plan.called_by_rest.iter().chain(&plan.rest).copied().zip(0..).collect());
    let mut rest = Sections::default();
    renumbered.parse_type_section(&mut rest.types, module.types.clone())?;
    let start_type = rest.types.len();
    rest.types.ty().function([], []);
    let mut is_whole = 0;
    for (kind, number, of) in shared(module, plan)? {
        rest.imports.import(FIRST, &export_name(kind, number), of);
        if kind == ExportKind::Global {
            is_whole = number;
        }
    }
    for (function, body) in module.defined().filter(|(function, _)| plan.rest.contains(function)) {
        rest.functions.function(type_of(module, function)?);
        renumbered.parse_function_body(&mut rest.code, body.clone())?;
    }
    rest.functions.function(start_type);
    let mut start = Function::new([]);
    start
        .instruction(&Instruction::I32Const(1))
        .instruction(&Instruction::GlobalSet(is_whole))
        .instruction(&Instruction::End);
    rest.code.function(&start);
    let function_index = u32::try_from(plan.called_by_rest.len() + plan.rest.len())?;
    rest.start = Some(StartSection { function_index });

    let mut slots = plan.slots.iter().peekable();
    while let Some((begin, function)) = slots.next() {
        let mut run = vec![renumbered.function_index(*function)?];
        while let Some((_, function)) =
            slots.next_if(|(slot, _)| **slot as usize == *begin as usize + run.len())
        {
            run.push(renumbered.function_index(*function)?);
        }
        rest.elements.active(
            None,
            &ConstExpr::i32_const(begin.cast_signed()),
            Elements::Functions(run.into()),
        );
    }
    for segment in module.data.clone() {
        let segment = segment?;
        let start = address(&segment.kind)?;
        for range in spare_ranges(start..start + u32::try_from(segment.data.len())?, plan) {
            let within = (range.start - start) as usize..(range.end - start) as usize;
            let bytes = segment.data.get(within).context("a range outside its segment")?;
            rest.data.active(0, &ConstExpr::i32_const(range.start.cast_signed()), bytes.iter().copied());
        }
    }

    Ok(rest.finish())
}

/// The stretches of memory that come with the rest.
fn spare_ranges(within: Range<u32>, plan: &Plan) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for address in plan.spare.range(within).copied() {
        match ranges.last_mut() {
            Some(last) if last.end == address => last.end += 1,
            _ => ranges.push(address..address + 1),
        }
    }
    ranges
}

/// What the first part exports to the rest, by their numbers in the module. The global that says whether the rest is
/// there is the last one.
fn shared(module: &Module, plan: &Plan) -> Result<Vec<(ExportKind, u32, EntityType)>> {
    let mut same = reencode::RoundtripReencoder;
    let mut shared = Vec::new();
    for (number, memory) in (0..).zip(module.memories.clone()) {
        shared.push((ExportKind::Memory, number, EntityType::Memory(same.memory_type(memory?)?)));
    }
    for (number, table) in (0..).zip(table_types(module, plan)?) {
        shared.push((ExportKind::Table, number, EntityType::Table(table)));
    }
    let mut next = 0;
    for (number, global) in (0..).zip(module.globals.clone()) {
        shared.push((ExportKind::Global, number, EntityType::Global(same.global_type(global?.ty)?)));
        next = number + 1;
    }
    shared.push((ExportKind::Global, next, EntityType::Global(IS_WHOLE)));
    for function in &plan.called_by_rest {
        shared.push((ExportKind::Func, *function, EntityType::Function(type_of(module, *function)?)));
    }
    Ok(shared)
}

fn export_name(kind: ExportKind, number: u32) -> String {
    let letter = match kind {
        ExportKind::Memory => 'm',
        ExportKind::Table => 't',
        ExportKind::Global => 'g',
        _ => 'f',
    };
    format!("{letter}{number}")
}
