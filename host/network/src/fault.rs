//! Why a call of a component gave no answer.

use std::time::Duration;

/// Why a call of a component gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Too many calls wait already, or none was done before the deadline.
    #[error("too many calls of this component are in progress")]
    Busy,
    /// The call took longer than it may.
    #[error("the call was not over in time")]
    Deadline,
    /// The guest computed longer than one call may.
    #[error("the call computed for {0:?}, which is more than it may")]
    Cpu(Duration),
    /// The guest trapped, or broke the rules of its interfaces.
    #[error("the component failed: {0}")]
    Trap(String),
    /// Whoever had the call is gone, or what it was calling is: it may have been done or not.
    #[error("the component was lost while it had the call: {0}")]
    Lost(String),
    /// The guest ended without an answer.
    #[error("the component ended without an answer")]
    NoAnswer,
    /// The component runs nowhere at present.
    #[error("the component does not run")]
    Absent,
    /// The component doesn't export what it is asked for.
    #[error("the component does not serve this")]
    NotServed,
}
