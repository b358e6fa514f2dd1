//! The gateway: the only component that is reached from outside.
//!
//! It refuses a path that could be read in two ways, finds out who calls, says
//! so to the service that the path leads to, and hands the answer back; bodies
//! stream both ways. Nothing of the inside crosses it: internal headers are
//! taken from requests and from answers. Who may call what is each service's
//! own decision. When it can't be known whether a token still holds, nobody is
//! let in with it.
//!
//! Start reading at `answer`, then `authentication` and `forward`.
#![forbid(unsafe_code)]

mod answer;
mod authentication;
mod events;
mod forward;
mod headers;
mod health;
mod library;
mod live;
mod openapi;
mod path;
mod public_address;
mod routing;
mod shared_answer;
mod welcome;

lyceum_kit::service! {
    name: "gateway",
    identity: issuer,
    answer: answer::answer,
    on: { projection: { lyceum_event_types::auth::SessionsEnded => events::sessions_ended } },
}
