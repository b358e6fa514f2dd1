//! What must hold whatever happens, on a virtual clock.

#![cfg(test)]

mod breaker;
mod budget;
mod bulkhead;
mod deadline;
mod identity;
