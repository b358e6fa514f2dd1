//! The host side of the WIT packages, generated.

#![allow(missing_docs, clippy::all, clippy::pedantic)]

/// What components import, apart from wasi:http and WASI itself.
pub(crate) mod capabilities {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package lyceum:host;
            world capabilities {
                import wasi:config/store@0.2.0-draft;
                import wasi:logging/logging@0.1.0-draft;
                import wasi:keyvalue/store@0.2.0-draft;
                import wasi:keyvalue/atomics@0.2.0-draft;
                import wasi:keyvalue/batch@0.2.0-draft;
                import wasi:blobstore/blobstore@0.2.0-draft;
                import lyceum:data/sql@0.1.0;
                import lyceum:data/documents@0.1.0;
                import lyceum:mail/sender@0.1.0;
            }",
        imports: { default: async | trappable },
        with: {
            "wasi:io": wasmtime_wasi::p2::bindings::io,
            "wasi:keyvalue/store.bucket": crate::capabilities::keyvalue::OpenBucket,
            "wasi:blobstore/container.container": crate::capabilities::blobs::OpenContainer,
            "wasi:blobstore/container.stream-object-names": crate::capabilities::blobs::Names,
            "wasi:blobstore/types.incoming-value": crate::capabilities::blobs::Incoming,
            "wasi:blobstore/types.outgoing-value": crate::capabilities::blobs::Outgoing,
        },
    });
}

/// A component that handles events.
pub(crate) mod subscriber {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package lyceum:host;
            world handles-events { export wasmcloud:messaging/handler@0.2.0; }",
        exports: { default: async },
    });
}

/// A component that has a database.
pub(crate) mod database {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package lyceum:host;
            world has-database { export lyceum:data/schema@0.1.0; }",
        exports: { default: async },
    });
}

/// A component that has documents.
pub(crate) mod documented {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package lyceum:host;
            world has-documents { export lyceum:data/collections@0.1.0; }",
        exports: { default: async },
    });
}
