//! What goes along with a request.

use std::sync::Arc;
use std::time::Instant;

/// One call, as the host sees it.
#[derive(Clone, Debug)]
pub struct Call {
    /// When it must be over; every call made on its behalf ends by then.
    pub deadline: Instant,
    /// Shared by everything one outside request led to.
    pub correlation_id: Arc<str>,
}
