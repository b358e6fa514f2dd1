//! A version of a service that should never have been released: whatever it is asked or told, it traps. Only for tests.
#![cfg(target_arch = "wasm32")]
// Exports are made by generated code that needs it.
#![allow(unsafe_code)]

use lyceum_bindings::imports::wasi::http::types::{IncomingRequest, ResponseOutparam};

struct Broken;

impl lyceum_bindings::web::exports::wasi::http::incoming_handler::Guest for Broken {
    fn handle(_request: IncomingRequest, _out: ResponseOutparam) {
        core::arch::wasm32::unreachable()
    }
}

impl lyceum_bindings::subscriber::exports::wasmcloud::messaging::handler::Guest for Broken {
    fn handle_message(
        _message: lyceum_bindings::subscriber::exports::wasmcloud::messaging::handler::BrokerMessage,
    ) -> Result<(), String> {
        core::arch::wasm32::unreachable()
    }
}

lyceum_bindings::web::export_web!(Broken);
lyceum_bindings::subscriber::export_subscriber!(Broken);
