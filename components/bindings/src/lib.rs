//! The bindings of every WIT interface that a component may import or export.
//!
//! One crate generates them, so that a type such as `wasi:http/types.fields` is
//! the same Rust type everywhere. [`imports`] holds what a component calls;
//! [`web`], [`subscriber`], [`database`] and [`documented`] hold what it exports, each
//! with a macro that does so (`export_web!`, `export_subscriber!`, ...).
//! An interface that a component never calls is not imported by it.
//!
//! Everything compiles natively too, so that domain code can be tested there;
//! a host call made natively panics. Start reading at `wit/world.wit`.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, clippy::indexing_slicing)]
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::todo)]

/// What a component may call.
pub mod imports {
    wit_bindgen::generate!({ path: "../../wit", world: "lyceum:service/imports", generate_all });
}

/// `wasi:http/incoming-handler`: the component answers requests.
pub mod web {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "lyceum:service/web",
        pub_export_macro: true,
        export_macro_name: "export_web",
        default_bindings_module: "lyceum_bindings::web",
        with: {
            "wasi:io/error@0.2.2": crate::imports::wasi::io::error,
            "wasi:io/poll@0.2.2": crate::imports::wasi::io::poll,
            "wasi:io/streams@0.2.2": crate::imports::wasi::io::streams,
            "wasi:clocks/monotonic-clock@0.2.2": crate::imports::wasi::clocks::monotonic_clock,
            "wasi:http/types@0.2.2": crate::imports::wasi::http::types,
            "wasi:http/outgoing-handler@0.2.2": crate::imports::wasi::http::outgoing_handler,
            "wasi:config/store@0.2.0-draft": crate::imports::wasi::config::store,
            "wasi:logging/logging@0.1.0-draft": crate::imports::wasi::logging::logging,
            "wasi:keyvalue/store@0.2.0-draft": crate::imports::wasi::keyvalue::store,
            "wasi:keyvalue/atomics@0.2.0-draft": crate::imports::wasi::keyvalue::atomics,
            "wasi:keyvalue/batch@0.2.0-draft": crate::imports::wasi::keyvalue::batch,
            "wasi:blobstore/types@0.2.0-draft": crate::imports::wasi::blobstore::types,
            "wasi:blobstore/container@0.2.0-draft": crate::imports::wasi::blobstore::container,
            "wasi:blobstore/blobstore@0.2.0-draft": crate::imports::wasi::blobstore::blobstore,
            "lyceum:data/types@0.1.0": crate::imports::lyceum::data::types,
            "lyceum:data/sql@0.1.0": crate::imports::lyceum::data::sql,
            "lyceum:data/documents@0.1.0": crate::imports::lyceum::data::documents,
            "lyceum:mail/sender@0.1.0": crate::imports::lyceum::mail::sender,
        },
    });
}

/// `wasmcloud:messaging/handler`: the component handles events.
pub mod subscriber {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "lyceum:service/subscriber",
        pub_export_macro: true,
        export_macro_name: "export_subscriber",
        default_bindings_module: "lyceum_bindings::subscriber",
        with: {
            "wasi:io/error@0.2.2": crate::imports::wasi::io::error,
            "wasi:io/poll@0.2.2": crate::imports::wasi::io::poll,
            "wasi:io/streams@0.2.2": crate::imports::wasi::io::streams,
            "wasi:clocks/monotonic-clock@0.2.2": crate::imports::wasi::clocks::monotonic_clock,
            "wasi:http/types@0.2.2": crate::imports::wasi::http::types,
            "wasi:http/outgoing-handler@0.2.2": crate::imports::wasi::http::outgoing_handler,
            "wasi:config/store@0.2.0-draft": crate::imports::wasi::config::store,
            "wasi:logging/logging@0.1.0-draft": crate::imports::wasi::logging::logging,
            "wasi:keyvalue/store@0.2.0-draft": crate::imports::wasi::keyvalue::store,
            "wasi:keyvalue/atomics@0.2.0-draft": crate::imports::wasi::keyvalue::atomics,
            "wasi:keyvalue/batch@0.2.0-draft": crate::imports::wasi::keyvalue::batch,
            "wasi:blobstore/types@0.2.0-draft": crate::imports::wasi::blobstore::types,
            "wasi:blobstore/container@0.2.0-draft": crate::imports::wasi::blobstore::container,
            "wasi:blobstore/blobstore@0.2.0-draft": crate::imports::wasi::blobstore::blobstore,
            "lyceum:data/types@0.1.0": crate::imports::lyceum::data::types,
            "lyceum:data/sql@0.1.0": crate::imports::lyceum::data::sql,
            "lyceum:data/documents@0.1.0": crate::imports::lyceum::data::documents,
            "lyceum:mail/sender@0.1.0": crate::imports::lyceum::mail::sender,
            "wasmcloud:messaging/types@0.2.0": generate,
        },
    });
}

/// `lyceum:data/schema`: the component has a relational database.
pub mod database {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "lyceum:service/database",
        pub_export_macro: true,
        export_macro_name: "export_database",
        default_bindings_module: "lyceum_bindings::database",
        with: {
            "wasi:io/error@0.2.2": crate::imports::wasi::io::error,
            "wasi:io/poll@0.2.2": crate::imports::wasi::io::poll,
            "wasi:io/streams@0.2.2": crate::imports::wasi::io::streams,
            "wasi:clocks/monotonic-clock@0.2.2": crate::imports::wasi::clocks::monotonic_clock,
            "wasi:http/types@0.2.2": crate::imports::wasi::http::types,
            "wasi:http/outgoing-handler@0.2.2": crate::imports::wasi::http::outgoing_handler,
            "wasi:config/store@0.2.0-draft": crate::imports::wasi::config::store,
            "wasi:logging/logging@0.1.0-draft": crate::imports::wasi::logging::logging,
            "wasi:keyvalue/store@0.2.0-draft": crate::imports::wasi::keyvalue::store,
            "wasi:keyvalue/atomics@0.2.0-draft": crate::imports::wasi::keyvalue::atomics,
            "wasi:keyvalue/batch@0.2.0-draft": crate::imports::wasi::keyvalue::batch,
            "wasi:blobstore/types@0.2.0-draft": crate::imports::wasi::blobstore::types,
            "wasi:blobstore/container@0.2.0-draft": crate::imports::wasi::blobstore::container,
            "wasi:blobstore/blobstore@0.2.0-draft": crate::imports::wasi::blobstore::blobstore,
            "lyceum:data/types@0.1.0": crate::imports::lyceum::data::types,
            "lyceum:data/sql@0.1.0": crate::imports::lyceum::data::sql,
            "lyceum:data/documents@0.1.0": crate::imports::lyceum::data::documents,
            "lyceum:mail/sender@0.1.0": crate::imports::lyceum::mail::sender,
        },
    });
}

/// `lyceum:data/collections`: the component has documents.
pub mod documented {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "lyceum:service/documented",
        pub_export_macro: true,
        export_macro_name: "export_documented",
        default_bindings_module: "lyceum_bindings::documented",
        with: {
            "wasi:io/error@0.2.2": crate::imports::wasi::io::error,
            "wasi:io/poll@0.2.2": crate::imports::wasi::io::poll,
            "wasi:io/streams@0.2.2": crate::imports::wasi::io::streams,
            "wasi:clocks/monotonic-clock@0.2.2": crate::imports::wasi::clocks::monotonic_clock,
            "wasi:http/types@0.2.2": crate::imports::wasi::http::types,
            "wasi:http/outgoing-handler@0.2.2": crate::imports::wasi::http::outgoing_handler,
            "wasi:config/store@0.2.0-draft": crate::imports::wasi::config::store,
            "wasi:logging/logging@0.1.0-draft": crate::imports::wasi::logging::logging,
            "wasi:keyvalue/store@0.2.0-draft": crate::imports::wasi::keyvalue::store,
            "wasi:keyvalue/atomics@0.2.0-draft": crate::imports::wasi::keyvalue::atomics,
            "wasi:keyvalue/batch@0.2.0-draft": crate::imports::wasi::keyvalue::batch,
            "wasi:blobstore/types@0.2.0-draft": crate::imports::wasi::blobstore::types,
            "wasi:blobstore/container@0.2.0-draft": crate::imports::wasi::blobstore::container,
            "wasi:blobstore/blobstore@0.2.0-draft": crate::imports::wasi::blobstore::blobstore,
            "lyceum:data/types@0.1.0": crate::imports::lyceum::data::types,
            "lyceum:data/sql@0.1.0": crate::imports::lyceum::data::sql,
            "lyceum:data/documents@0.1.0": crate::imports::lyceum::data::documents,
            "lyceum:mail/sender@0.1.0": crate::imports::lyceum::mail::sender,
        },
    });
}
