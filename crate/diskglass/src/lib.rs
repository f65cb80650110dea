//! diskglass.
