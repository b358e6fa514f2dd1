//! What grades come to, held against a calculation of its own: whole numbers over one common denominator, no library, and
//! none of the code that is tested.

mod independent;
mod rules;
