//! The rows of a table as text: a JSON object per line, or comma-separated values.

use super::{QueryError, Session, TableRow};
use crate::bytes::ReadError;
use crate::image::Table;
use crate::limits;
use crate::report::{GuestRange, Place};
use serde::{Serialize, Serializer};

/// As what a table is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableForm {
    /// A JSON object on each line.
    Ndjson,
    /// Comma-separated values by RFC 4180, with a header.
    Csv,
}

/// What lies where, behind the columns of the table itself.
const PLACES: [&str; 8] = [
    "entry_file",
    "entry_offset",
    "entry_length",
    "target_file",
    "target_offset",
    "target_length",
    "guest_offset",
    "guest_length",
];

/// Writes rows.
pub(super) struct RowWriter {
    table: String,
    columns: Vec<String>,
    states: Vec<String>,
    form: TableForm,
    headed: bool,
}

impl RowWriter {
    pub(super) fn new(table: &Table, states: Vec<String>, form: TableForm) -> Self {
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        Self { table: table.key.clone(), columns, states, form, headed: false }
    }

    /// What stands before the first row: once.
    pub(super) fn take_heading(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        if !std::mem::replace(&mut self.headed, true) && self.form == TableForm::Csv {
            let own = self.columns.iter().map(String::as_str);
            line(["row", "row_state"].into_iter().chain(own).chain(PLACES), &mut text);
        }
        text
    }

    /// Appends the wanted ones of a page of rows from `first` on, below `stop`; where it got to.
    pub(super) fn write(
        &self,
        session: &Session,
        first: u64,
        stop: u64,
        text: &mut Vec<u8>,
    ) -> Result<u64, QueryError> {
        let count = u32::try_from(stop - first).unwrap_or(u32::MAX).min(limits::ROWS);
        let is_wanted = |state: &str| self.states.is_empty() || self.states.iter().any(|one| one == state);
        // A row is much more work than its state.
        if self.states.is_empty()
            || session.table(&self.table)?.0.states(&self.table, first, count)?.into_iter().any(is_wanted)
        {
            for row in session.rows(&self.table, first, count)?.rows {
                if is_wanted(&row.state) {
                    self.row(&row, text)?;
                }
            }
        }
        Ok(first + u64::from(count))
    }

    fn row(&self, row: &TableRow, text: &mut Vec<u8>) -> Result<(), QueryError> {
        match self.form {
            TableForm::Ndjson => {
                let TableRow { index, cells, state, entry, target, guest } = row;
                let cells = Named { names: &self.columns, cells };
                let object = Object { row: *index, state, cells, entry, target, guest };
                serde_json::to_writer(&mut *text, &object)
                    .map_err(|error| ReadError::Io { offset: *index, message: error.to_string() })?;
                text.push(b'\n');
            }
            TableForm::Csv => {
                let place = |place: &Option<Place>| match place {
                    Some(at) => [at.file.clone(), at.offset.to_string(), at.length.to_string()],
                    None => Default::default(),
                };
                let guest = match row.guest {
                    Some(GuestRange { offset, length }) => [offset.to_string(), length.to_string()],
                    None => Default::default(),
                };
                let ends = [row.index.to_string(), row.state.clone()];
                let places = [place(&row.entry), place(&row.target)];
                let all = ends.iter().chain(&row.cells).chain(places.iter().flatten()).chain(&guest);
                line(all.map(String::as_str), text);
            }
        }
        Ok(())
    }
}

/// A row as JSON.
#[derive(Serialize)]
struct Object<'a> {
    row: u64,
    state: &'a str,
    cells: Named<'a>,
    entry: &'a Option<Place>,
    target: &'a Option<Place>,
    guest: &'a Option<GuestRange>,
}

/// Cells by the names of their columns.
struct Named<'a> {
    names: &'a [String],
    cells: &'a [String],
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(self.cells))
    }
}

/// A line of comma-separated values.
fn line<'a>(cells: impl Iterator<Item = &'a str>, text: &mut Vec<u8>) {
    for (nth, cell) in cells.enumerate() {
        if nth > 0 {
            text.push(b',');
        }
        // What begins like this is a formula to a spreadsheet, and the text of an image may be anyone's.
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
            && cell.parse::<i64>().is_err();
        let guard = if is_formula { "'" } else { "" };
        let quote = if cell.contains([',', '"', '\r', '\n']) { "\"" } else { "" };
        for part in [quote, guard, &cell.replace('"', "\"\""), quote] {
            text.extend_from_slice(part.as_bytes());
        }
    }
    text.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Chunk, Wanted};
    use std::rc::Rc;

    fn saved(session: &Session, key: &str, states: &[&str], form: TableForm) -> String {
        let states = states.iter().map(|state| (*state).to_owned()).collect();
        let mut saving = session.save(Wanted::Table { key: key.into(), states, form }).unwrap();
        let mut text = Vec::new();
        // A small budget: rows are handed out in many pieces.
        while let Some(Chunk::Bytes(piece)) = saving.next(session, 1000).unwrap() {
            text.extend(piece);
        }
        assert_eq!(saving.done(), saving.total());
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn rows_are_those_of_the_table() {
        for name in ["vhd-dynamic", "vhd-bat-past-end", "vmdk-two-gb-sparse"] {
            let mut session = Session::default();
            for file in diskglass_samples::find(name).unwrap().files() {
                session.add(file.name, Rc::new(file.bytes), None);
            }
            for table in session.inspect(None).tables {
                let json = saved(&session, &table.key, &[], TableForm::Ndjson);
                assert_eq!(json.lines().count() as u64, table.rows);
                for (number, text) in (0..).zip(json.lines()) {
                    let object: serde_json::Value = serde_json::from_str(text).unwrap();
                    let row = session.rows(&table.key, number, 1).unwrap().rows.remove(0);
                    assert_eq!((&object["row"], &object["state"]), (&number.into(), &row.state.into()));
                    for (column, cell) in table.columns.iter().zip(row.cells) {
                        assert_eq!(object["cells"][&column.name], cell);
                    }
                    assert_eq!(object["target"], serde_json::to_value(&row.target).unwrap());
                }
                for (state, count) in &table.counts {
                    let some = saved(&session, &table.key, &[state], TableForm::Csv);
                    assert_eq!(some.lines().count() as u64, count + 1, "{name} {state}");
                }
                let csv = saved(&session, &table.key, &[], TableForm::Csv);
                let fields = 2 + table.columns.len() + PLACES.len();
                assert!(csv.lines().all(|line| line.split(',').count() == fields || line.contains('"')));
            }
        }
    }

    #[test]
    fn hostile_cells_stay_cells() {
        let mut text = Vec::new();
        let cells = [
            "plain",
            "a,b",
            "say \"hi\"",
            "two\r\nlines",
            "=1+1",
            "-5",
            "-5+cmd|' /C calc'!A0",
            "@x,y",
            "\tx",
            "",
        ];
        line(cells.into_iter(), &mut text);
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",'=1+1,-5,'-5+cmd|' /C calc'!A0,\"'@x,y\",'\tx,\r\n"
        );
    }
}
