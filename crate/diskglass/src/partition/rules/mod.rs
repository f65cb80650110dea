//! What can be wrong with partition tables, a file per family of schemes.

pub mod general;
pub mod gpt;
pub mod labels;
pub mod ldm;
pub mod mbr;
