//! Stretches of code that run from their beginning to their end, or not at all.

use std::ops::Range;

use anyhow::Result;
use wasmparser::{BinaryReaderError, FunctionBody, Operator};

/// Shorter stretches are left where they are: what would stand for them is hardly shorter.
const SHORTEST_BYTES: usize = 24;

/// Whether a new stretch begins behind this instruction, unless the function ends there.
pub(crate) fn begins_behind(operator: &Operator) -> bool {
    matches!(operator, Operator::If { .. } | Operator::Else | Operator::End | Operator::BrIf { .. })
}

/// What of a function was not run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Unreached {
    /// Numbers of its instructions, in order.
    pub(crate) instructions: Vec<Range<usize>>,
    /// How many bytes these are.
    pub(crate) bytes: usize,
}

impl Unreached {
    /// The other instructions of the function.
    pub(crate) fn others<'a>(
        &'a self,
        body: &FunctionBody<'a>,
    ) -> Result<impl Iterator<Item = Result<Operator<'a>, BinaryReaderError>> + 'a> {
        let is_other = |number: &usize| !self.instructions.iter().any(|unreached| unreached.contains(number));
        let numbered = (0..).zip(body.get_operators_reader()?);
        Ok(numbered.filter(move |(number, _)| is_other(number)).map(|(_, operator)| operator))
    }
}

/// Finds what of a function was not run. `is_reached` is asked for each stretch, the first one too, in their order.
pub(crate) fn unreached(body: &FunctionBody, mut is_reached: impl FnMut() -> bool) -> Result<Unreached> {
    let mut found = Unreached::default();
    let mut operators = body.get_operators_reader()?;
    // How deep the instruction is, and where what is not run began: its number, its place and its depth.
    let mut depth = 0_usize;
    let mut open = (!is_reached()).then_some((0, operators.original_position(), 0));
    let mut number = 0;
    while !operators.eof() {
        let at = operators.original_position();
        let operator = operators.read()?;
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
            Operator::End | Operator::Else => {
                // The construct that the stretch is in ends here, and the stretch with it.
                if let Some((_, start, _)) = open.filter(|(.., within)| *within == depth) {
                    let (first, ..) = open.take().unwrap_or_default();
                    if at - start >= SHORTEST_BYTES {
                        found.instructions.push(first..number);
                        found.bytes += at - start;
                    }
                }
                if matches!(operator, Operator::End) {
                    depth = depth.saturating_sub(1);
                }
            }
            _ => {}
        }
        number += 1;
        if begins_behind(&operator) && !operators.eof() && !is_reached() && open.is_none() {
            open = Some((number, operators.original_position(), depth));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use wasmparser::{Parser, Payload};

    use super::*;

    /// What of the only function was not run, where `reached` says which of its stretches were.
    fn unreached_of(code: &str, reached: &[bool]) -> Vec<Vec<String>> {
        let module = wat::parse_str(format!("(module (func (param i32) {code}))")).unwrap();
        let body = Parser::new(0)
            .parse_all(&module)
            .find_map(|payload| match payload.unwrap() {
                Payload::CodeSectionEntry(body) => Some(body),
                _ => None,
            })
            .unwrap();
        let mut left = reached.iter();
        let found = unreached(&body, || *left.next().expect("a stretch more")).unwrap();
        assert_eq!(left.next(), None, "as many stretches as were told of");
        let operators: Vec<String> = body
            .get_operators_reader()
            .unwrap()
            .into_iter()
            .map(|operator| format!("{:?}", operator.unwrap()).split(' ').next().unwrap().to_owned())
            .collect();
        found.instructions.into_iter().map(|range| operators[range].to_vec()).collect()
    }

    /// Long enough to be worth it.
    const LONG: &str = "(drop (i64.const 0x7fffffffffffffff)) (drop (i64.const 0x7fffffffffffffff)) \
                        (drop (i64.const 0x7fffffffffffffff))";
    const LONG_OPERATORS: [&str; 6] = ["I64Const", "Drop", "I64Const", "Drop", "I64Const", "Drop"];

    #[test]
    fn what_was_run_stays() {
        assert!(unreached_of(LONG, &[true]).is_empty());
        let code = format!("(if (local.get 0) (then {LONG}) (else {LONG}))");
        assert!(unreached_of(&code, &[true, true, true, true]).is_empty());
    }

    #[test]
    fn an_arm_that_was_not_run_goes_without_its_end() {
        let code = format!("(if (local.get 0) (then {LONG}) (else nop))");
        assert_eq!(unreached_of(&code, &[true, false, true, true]), [LONG_OPERATORS]);
        let code = format!("(if (local.get 0) (then nop) (else {LONG}))");
        assert_eq!(unreached_of(&code, &[true, true, false, true]), [LONG_OPERATORS]);
    }

    #[test]
    fn what_is_short_stays() {
        assert!(unreached_of("(if (local.get 0) (then nop))", &[true, false, true]).is_empty());
    }

    #[test]
    fn behind_a_branch_all_goes_up_to_the_end_of_its_block() {
        let code = format!("(block (br_if 0 (local.get 0)) (if (local.get 0) (then {LONG})) nop) nop");
        let [gone] = &unreached_of(&code, &[true, false, false, false, true])[..] else {
            panic!("one stretch")
        };
        assert_eq!(gone.first().unwrap(), "LocalGet");
        assert_eq!(gone[gone.len() - 2..], ["End", "Nop"]);
    }

    #[test]
    fn behind_a_block_that_was_never_left_all_goes() {
        let code = format!("(block (return)) {LONG}");
        assert_eq!(unreached_of(&code, &[true, false]), [LONG_OPERATORS]);
    }
}
