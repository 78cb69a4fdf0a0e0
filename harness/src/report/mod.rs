//! What a run says: to a program (JSON), on a terminal (tables), and about what failed.

pub mod answers;
pub(crate) mod columns;
pub mod difference;
pub mod json;
pub mod table;
pub(crate) mod wrap;
