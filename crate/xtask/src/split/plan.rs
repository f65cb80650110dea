//! Decides which code and which data go into which part of a module.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use wasmparser::{ElementItems, ElementKind, ExternalKind, FunctionBody, Operator};

use super::data::Wiring;
use super::module::{Module, constant};
use super::stretches::{Unreached, unreached};

/// Who goes where. Functions have the numbers that they have in the module.
pub(crate) struct Plan {
    /// The functions of the first part, the imported ones too, and what of them stays out.
    pub(crate) first: BTreeMap<u32, Unreached>,
    /// The functions of the rest. Those that are only partly in the first part are there as a whole.
    pub(crate) rest: BTreeSet<u32>,
    /// Those that the first part has only a stub of.
    pub(crate) stubs: BTreeSet<u32>,
    /// Where the table has the functions of the rest. The first part calls them through it.
    pub(crate) slots: BTreeMap<u32, u32>,
    /// How many slots the module's own table has.
    pub(crate) old_slots: u32,
    /// What the rest calls of the first part and of the imports.
    pub(crate) called_by_rest: BTreeSet<u32>,
    /// Memory that only the rest needs.
    pub(crate) spare: BTreeSet<u32>,
}

impl Plan {
    /// Decides it by the numbers of the marks that were reached.
    pub(crate) fn new(module: &Module, wiring: &Wiring, reached: &BTreeSet<u32>) -> Result<Self> {
        let mut first: BTreeMap<u32, Unreached> =
            (0..module.imported).map(|function| (function, Unreached::default())).collect();
        let mut rest = BTreeSet::new();
        let mut marks = 0..;
        for (function, body) in module.defined() {
            let mut is_called = None;
            let unreached = unreached(body, || {
                let is_reached = marks.next().is_some_and(|mark| reached.contains(&mark));
                *is_called.get_or_insert(is_reached) && is_reached
            })?;
            if is_called != Some(true) {
                rest.insert(function);
            } else if is_worth_splitting(body, &unreached) {
                rest.insert(function);
                first.insert(function, unreached);
            } else {
                first.insert(function, Unreached::default());
            }
        }

        let mut named_in_first = BTreeSet::new();
        let mut constants = BTreeSet::new();
        let mut called_by_rest = BTreeSet::new();
        for (function, body) in module.defined() {
            if let Some(unreached) = first.get(&function) {
                for operator in unreached.others(body)? {
                    let operator = operator?;
                    constants.extend(constant(&operator));
                    if let Operator::Call { function_index } = operator {
                        named_in_first.insert(function_index);
                    }
                }
            }
            if rest.contains(&function) {
                for operator in body.get_operators_reader()? {
                    match operator? {
                        Operator::Call { function_index } if !rest.contains(&function_index) => {
                            called_by_rest.insert(function_index);
                        }
                        Operator::RefFunc { .. } => bail!("a function that is referred to by number"),
                        _ => {}
                    }
                }
            }
        }
        for export in module.exports.clone() {
            let export = export?;
            if export.kind == ExternalKind::Func {
                named_in_first.insert(export.index);
            }
        }
        let mut slots = BTreeMap::new();
        for element in module.elements.clone() {
            let element = element?;
            let ElementKind::Active { offset_expr, .. } = element.kind else {
                bail!("elements without a place")
            };
            let ElementItems::Functions(items) = element.items else {
                bail!("elements that are no functions")
            };
            let Operator::I32Const { value: start } = offset_expr.get_operators_reader().read()? else {
                bail!("elements without a fixed place");
            };
            for (slot, function) in (start.cast_unsigned()..).zip(items) {
                let function = function?;
                named_in_first.insert(function);
                if rest.contains(&function) {
                    slots.insert(slot, function);
                }
            }
        }
        let stubs: BTreeSet<u32> =
            named_in_first.into_iter().filter(|function| !first.contains_key(function)).collect();
        let old_slots = u32::try_from(table_size(module)?)?;
        let have_slots: BTreeSet<u32> = slots.values().copied().collect();
        let need_slots =
            rest.iter().filter(|function| first.contains_key(function) || stubs.contains(function));
        slots
            .extend((old_slots..).zip(need_slots.filter(|function| !have_slots.contains(function)).copied()));
        Ok(Self { first, rest, stubs, slots, old_slots, called_by_rest, spare: wiring.spare(&constants) })
    }
}

/// Whether it makes the first part shorter by more than it makes both together longer.
fn is_worth_splitting(body: &FunctionBody, unreached: &Unreached) -> bool {
    let range = body.range();
    unreached.bytes * 3 > (range.end - range.start) * 2
}

fn table_size(module: &Module) -> Result<u64> {
    let table = module.tables.clone().into_iter().next().context("no table")??;
    Ok(table.ty.initial)
}
