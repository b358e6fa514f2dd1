//! What it does with requests.

use lyceum_bindings::imports::wasi::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

use crate::calls;

/// Misbehaves in the way that the path asks for.
pub(crate) fn answer(request: &IncomingRequest, out: ResponseOutparam) {
    let target = request.path_with_query().unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let identity = header(request, "lyceum-identity");
    match path.rsplit('/').next().unwrap_or_default() {
        "trap" => core::arch::wasm32::unreachable(),
        "loop" => loop {
            core::hint::spin_loop();
        },
        "allocate" => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1_u8; 1 << 20]);
                core::hint::black_box(&all);
            }
        }
        "endless" => endless(out),
        "silent" => {}
        // Gives away what was meant for it alone.
        "leak" => text(out, &identity.unwrap_or_default()),
        // Says that it is an admin.
        "forge" => text(out, &calls::get("users", "/api/v1/users", Some(&calls::forged()))),
        // Says that its caller is an admin, under the signature that the caller's identity had.
        "promote" => {
            let promoted = calls::promoted(&identity.unwrap_or_default());
            text(out, &calls::get("users", "/api/v1/users", Some(&promoted)));
        }
        // Acts for its caller, as every service may.
        "forward" => text(out, &calls::get("users", "/api/v1/users/me", identity.as_deref())),
        // Calls whom it may not call.
        "forbidden" => text(out, &calls::get("auth", "/api/v1/auth/me", identity.as_deref())),
        "passwords" => text(out, &calls::get("passwords", "/hash", None)),
        "outside" => text(out, &calls::get_from("example.org", "/", None)),
        _ => text(out, "hello"),
    }
}

fn header(request: &IncomingRequest, name: &str) -> Option<String> {
    let values = request.headers().get(name);
    String::from_utf8(values.into_iter().next()?).ok()
}

fn text(out: ResponseOutparam, text: &str) {
    let response = OutgoingResponse::new(Fields::new());
    let Ok(body) = response.body() else { return };
    ResponseOutparam::set(out, Ok(response));
    if let Ok(stream) = body.write() {
        for part in text.as_bytes().chunks(4096) {
            if stream.blocking_write_and_flush(part).is_err() {
                return;
            }
        }
    }
    // A reader that has gone is no concern of ours.
    let _ = OutgoingBody::finish(body, None);
}

fn endless(out: ResponseOutparam) {
    let response = OutgoingResponse::new(Fields::new());
    let Ok(body) = response.body() else { return };
    ResponseOutparam::set(out, Ok(response));
    let Ok(stream) = body.write() else { return };
    while stream.blocking_write_and_flush(&[b'x'; 4096]).is_ok() {}
}
