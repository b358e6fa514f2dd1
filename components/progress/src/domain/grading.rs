//! What answers and handed-in work are worth: exact, and the same whenever it is counted again.

pub(crate) mod answer;
pub(crate) mod assignment;
pub(crate) mod draw;
pub(crate) mod fraction;
pub(crate) mod late;
pub(crate) mod mark;
pub(crate) mod number;
pub(crate) mod points;
pub(crate) mod quiz;
pub(crate) mod result;
pub(crate) mod rubric;
pub(crate) mod scoring;
pub(crate) mod shown;
