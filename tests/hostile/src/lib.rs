//! A plug-in that does everything a plug-in must not get away with. Only for tests.
//!
//! It is written against the bare interfaces, as somebody else's component would be. The last segment of the path
//! says what it does: see [`answer`]. As a subscriber it refuses every event that speaks of poison: see [`events`].
#![cfg(target_arch = "wasm32")]
// Exports are made by generated code that needs it.
#![allow(unsafe_code)]

mod answer;
mod calls;
mod events;

use lyceum_bindings::imports::wasi::http::types::{IncomingRequest, ResponseOutparam};

struct Hostile;

impl lyceum_bindings::web::exports::wasi::http::incoming_handler::Guest for Hostile {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        answer::answer(&request, out);
    }
}

impl lyceum_bindings::subscriber::exports::wasmcloud::messaging::handler::Guest for Hostile {
    fn handle_message(
        message: lyceum_bindings::subscriber::exports::wasmcloud::messaging::handler::BrokerMessage,
    ) -> Result<(), String> {
        events::handle(&message.body)
    }
}

lyceum_bindings::web::export_web!(Hostile);
lyceum_bindings::subscriber::export_subscriber!(Hostile);
