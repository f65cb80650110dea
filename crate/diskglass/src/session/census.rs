//! How many rows of a table are in which state, group by group: with it the rows in some of the states can be listed
//! as if they were a table of their own, however long the table is.

use super::{QueryError, Session};
use crate::limits;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A step of a census.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Census {
    /// Rows in a group; the last one may have fewer.
    pub group_rows: u32,
    /// The groups from the one that was asked for.
    pub groups: Vec<Group>,
    /// The group to go on from, where there are more.
    pub next: Option<u64>,
}

/// Rows of a group in each state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Group(pub BTreeMap<&'static str, u32>);

impl Session {
    /// Counts the rows of a table by their state, from that group on: at most [`limits::CENSUS_STEP`] groups.
    ///
    /// # Errors
    /// When nothing is open, there is no such table, or its bytes cannot be read.
    pub fn census(&self, table: &str, group: u64) -> Result<Census, QueryError> {
        let rows = self.table(table)?.1.rows;
        let all = rows.div_ceil(limits::CENSUS_ROWS.into());
        let end = group.saturating_add(limits::CENSUS_STEP).min(all);
        let mut groups = Vec::new();
        for group in group..end {
            let mut counts = BTreeMap::new();
            for state in self.states(table, group)? {
                *counts.entry(state).or_default() += 1;
            }
            groups.push(Group(counts));
        }
        Ok(Census { group_rows: limits::CENSUS_ROWS, groups, next: (end < all).then_some(end) })
    }

    /// The rows of a group that are in one of those states, counted from the group's first row.
    ///
    /// # Errors
    /// When nothing is open, there is no such table, or its bytes cannot be read.
    pub fn matching(&self, table: &str, group: u64, states: &[String]) -> Result<Vec<u32>, QueryError> {
        let rows = (0..).zip(self.states(table, group)?);
        Ok(rows
            .filter(|(_, state)| states.iter().any(|wanted| wanted == state))
            .map(|(row, _)| row)
            .collect())
    }

    fn states(&self, table: &str, group: u64) -> Result<Vec<&'static str>, QueryError> {
        let first = group.saturating_mul(limits::CENSUS_ROWS.into());
        Ok(self.table(table)?.0.states(table, first, limits::CENSUS_ROWS)?)
    }
}

#[cfg(test)]
mod tests {
    use crate::limits;
    use crate::session::Session;
    use std::collections::BTreeMap;
    use std::rc::Rc;

    fn sample(name: &str) -> Session {
        let mut session = Session::default();
        for file in diskglass_samples::find(name).unwrap().files() {
            session.add(file.name, Rc::new(file.bytes), None);
        }
        session.inspect(None);
        session
    }

    #[test]
    fn a_census_counts_what_the_rows_show() {
        for name in [
            "vhd-dynamic",
            "vhd-bat-past-end",
            "vhd-differencing",
            "vmdk-monolithic-sparse",
            "vmdk-two-gb-sparse",
        ] {
            let session = sample(name);
            for table in session.report().tables {
                let mut rows = Vec::new();
                while (rows.len() as u64) < table.rows {
                    rows.extend(session.rows(&table.key, rows.len() as u64, limits::ROWS).unwrap().rows);
                }
                let mut sums = BTreeMap::new();
                let mut next = Some(0);
                while let Some(group) = next {
                    let step = session.census(&table.key, group).unwrap();
                    for (state, count) in step.groups.iter().flat_map(|group| &group.0) {
                        *sums.entry((*state).to_owned()).or_default() += u64::from(*count);
                    }
                    next = step.next;
                }
                assert_eq!(sums, table.counts, "{name} {}", table.key);
                for state in table.counts.keys() {
                    let shown: Vec<u64> =
                        rows.iter().filter(|row| row.state == *state).map(|row| row.index).collect();
                    let found = session.matching(&table.key, 0, std::slice::from_ref(state)).unwrap();
                    let first: Vec<u64> =
                        shown.into_iter().filter(|row| *row < u64::from(limits::CENSUS_ROWS)).collect();
                    assert_eq!(found.into_iter().map(u64::from).collect::<Vec<_>>(), first, "{name} {state}");
                }
                for row in rows {
                    let Some(guest) = row.guest else { continue };
                    for at in [guest.offset, guest.offset + guest.length - 1] {
                        assert_eq!(session.row_at(&table.key, at).unwrap(), Some(row.index), "{name}");
                    }
                }
                assert_eq!(session.row_at(&table.key, 1 << 52).unwrap(), None);
            }
        }
    }

    #[test]
    fn a_census_goes_in_steps() {
        let session = sample("vhd-dynamic-2040g");
        let rows = session.report().tables[0].rows;
        let first = session.census("vhd.bat", 0).unwrap();
        assert_eq!((first.groups.len() as u64, first.next), (limits::CENSUS_STEP, Some(limits::CENSUS_STEP)));
        let mut counted = 0;
        let mut next = Some(0);
        while let Some(group) = next {
            let step = session.census("vhd.bat", group).unwrap();
            counted += step
                .groups
                .iter()
                .flat_map(|group| group.0.values())
                .map(|count| u64::from(*count))
                .sum::<u64>();
            next = step.next;
        }
        assert_eq!(counted, rows);
        assert!(session.census("vhd.nothing", 0).is_err());
        assert!(session.matching("vhd.bat", u64::MAX, &["allocated".into()]).unwrap().is_empty());
    }
}
