//! Splits a WebAssembly module in two: what it takes to open a healthy image, and the rest.
//!
//! What that takes is measured: the module is run over samples, with a mark in each stretch of its code. A function
//! that was not called goes into the rest. A function most of which was not run goes there too, and leaves in the first
//! part what was run. The data goes where the code is that points to it.
//!
//! Where the first part comes to what it has not got, it calls the function `loadRest` of whoever runs it, which has to
//! throw. Once the rest was instantiated with the exports of the first part, it is all one module: both have the same
//! memory and the same table, through which the first part calls what is in the rest.

mod data;
mod emit;
mod module;
mod plan;
mod sections;
mod stretches;
mod trial;

use std::collections::BTreeSet;

use anyhow::Result;

use data::Wiring;
pub(crate) use data::without_relocations;
use module::Module;
pub(crate) use trial::MARK;

/// The two parts of a module.
pub(crate) struct Parts {
    /// What opens healthy images.
    pub(crate) first: Vec<u8>,
    /// What is instantiated with the exports of the first part as its import `first`.
    pub(crate) rest: Vec<u8>,
}

/// The module with a mark in each stretch of its code: an exported global, [`MARK`] and a number, which becomes 1.
pub(crate) fn marked(module: &[u8]) -> Result<Vec<u8>> {
    trial::marked(&Module::parse(module)?)
}

/// Splits a module, given the numbers of the marks that were reached.
///
/// `linked` is the same module as the linker made it, with its relocations: they tell which numbers are addresses.
pub(crate) fn split(module: &[u8], linked: &[u8], reached: &BTreeSet<u32>) -> Result<Parts> {
    emit::parts(&Module::parse(module)?, &Wiring::parse(linked)?, reached)
}

#[cfg(test)]
mod tests {
    use wasmparser::Validator;

    use super::*;

    /// What the compiler makes, in small: `run` always reads the text at 16, and the one at 64 through `seldom`, or by
    /// itself where it is given 2.
    const MODULE: &str = r#"(module
        (import "env" "__wbg_loadRest_0123" (func $load))
        (memory (export "memory") 1)
        (table 2 2 funcref)
        (global (mut i32) (i32.const 1024))
        (elem (i32.const 1) func $by_table)
        (data (i32.const 16) "the hot text")
        (data (i32.const 64) "the cold text, which is long")
        (func $load_rest (export "complete") (call $load))
        (func $seldom (export "seldom") (param i32) (result i32) (i32.load (i32.const 64)))
        (func $by_table (result i32) (i32.load (i32.const 66)))
        (func (export "run") (param i32) (result i32)
            (if (i32.eq (local.get 0) (i32.const 1)) (then (return (call $seldom (local.get 0)))))
            (if (i32.eq (local.get 0) (i32.const 2)) (then
                (drop (i64.const 0x7fffffffffffffff)) (drop (i64.const 0x7fffffffffffffff))
                (drop (i64.const 0x7fffffffffffffff)) (drop (i64.const 0x7fffffffffffffff))
                (drop (i64.const 0x7fffffffffffffff)) (drop (i64.const 0x7fffffffffffffff))
                (return (i32.load (i32.const 64)))))
            (i32.load (i32.const 16))))"#;

    fn holds(module: &[u8], text: &str) -> bool {
        module.windows(text.len()).any(|window| window == text.as_bytes())
    }

    fn parts_of(reached: &[u32]) -> Parts {
        let module = wat::parse_str(MODULE).unwrap();
        Validator::new().validate_all(&marked(&module).unwrap()).unwrap();
        let wiring = Wiring::of_pieces([16..28, 64..92]);
        let module = Module::parse(&module).unwrap();
        let parts = emit::parts(&module, &wiring, &reached.iter().copied().collect()).unwrap();
        for part in [&parts.first, &parts.rest] {
            Validator::new().validate_all(part).unwrap();
        }
        parts
    }

    #[test]
    fn code_goes_where_it_is_needed_and_takes_its_data_along() {
        // One mark in each of the first three functions, and those of `run`: its beginning, its two arms and behind
        // them.
        let Parts { first, rest } = parts_of(&[3, 5, 7]);
        assert!(holds(&first, "the hot text") && !holds(&first, "the cold text"));
        assert!(!holds(&rest, "the hot text") && holds(&rest, "the cold text"));
    }

    #[test]
    fn what_was_reached_keeps_its_data() {
        let Parts { first, rest } = parts_of(&[1, 3, 4, 5, 7]);
        assert!(holds(&first, "the hot text") && holds(&first, "the cold text"));
        assert!(!holds(&rest, "the cold text"));
    }

    #[test]
    fn a_module_without_relocations_is_refused() {
        let module = wat::parse_str(MODULE).unwrap();
        assert!(split(&module, &module, &BTreeSet::new()).is_err());
        assert_eq!(without_relocations(&module).unwrap().len(), module.len());
    }
}
