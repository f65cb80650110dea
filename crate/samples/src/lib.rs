//! Sample images.
