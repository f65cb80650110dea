//! Streams (`streamOptimized`): extents whose grains are compressed, each behind a marker that tells its place on the
//! disk and its length, so that they can be written and read from start to end.
//!
//! The tables stand in front of the grains, or behind them with markers of their own; then a footer at the end of the
//! file says where the grain directory is.

mod footer;
mod inflate;
mod marker;
pub mod rules;
mod torn;
mod walk;

pub(super) use footer::footer;
pub(super) use inflate::{Broken, Inflater};
pub(super) use marker::{GRAIN_MARKER, Marker};
pub(super) use torn::{Torn, TornWalk};
pub(super) use walk::{Ground, Step, Walk};
