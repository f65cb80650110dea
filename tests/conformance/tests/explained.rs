//! Every structure and every field is explained where it stands.

use diskglass::session::TableRow;
use diskglass_conformance::{files, inspect_sample, session};
use diskglass_samples::gallery;
use std::collections::BTreeSet;

#[test]
fn every_structure_and_every_field_says_what_it_is() {
    let mut silent: BTreeSet<String> = BTreeSet::new();
    for sample in gallery() {
        for structure in inspect_sample(sample).structures {
            if structure.note.trim().len() < 10 {
                silent.insert(format!("{} {:?}", structure.id, structure.title));
            }
            let unsaid = structure.fields.iter().filter(|field| field.meaning.trim().len() < 5);
            silent.extend(unsaid.map(|field| format!("{} {}", structure.id, field.name)));
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn every_column_of_every_table_says_what_it_is() {
    for sample in gallery() {
        for table in inspect_sample(sample).tables {
            for column in table.columns {
                assert!(column.meaning.len() > 10, "{}: {} {}", sample.name, table.id, column.title);
            }
        }
    }
}

#[test]
fn every_row_says_what_its_entry_comes_to() {
    for sample in gallery().iter().filter(|sample| sample.main) {
        let mut session = session(files(sample));
        for table in session.open(None).tables {
            let rows = session.rows(&table.key, 0, 64).map_or_else(|_| Vec::new(), |page| page.rows);
            let explained =
                |row: &TableRow| !row.state.is_empty() && row.cells.iter().any(|cell| !cell.is_empty());
            assert!(rows.iter().all(explained), "{}: {}", sample.name, table.key);
        }
    }
}
