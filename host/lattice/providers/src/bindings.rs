//! What the providers serve, generated from the interfaces.

// Generated code is as its generator writes it.
#![allow(missing_docs, unreachable_pub, clippy::pedantic, clippy::unwrap_used, clippy::expect_used)]

/// A service's own relational database.
pub(crate) mod sql {
    wit_bindgen_wrpc::generate!({
        inline: "
            package lyceum:sql-provider;
            world provider { export lyceum:data/sql@0.1.0; }
        ",
        path: "../../../wit/deps/lyceum-data",
        world: "lyceum:sql-provider/provider",
        generate_all,
    });
}

/// A service's own collections of documents.
pub(crate) mod documents {
    wit_bindgen_wrpc::generate!({
        inline: "
            package lyceum:documents-provider;
            world provider { export lyceum:data/documents@0.1.0; }
        ",
        path: "../../../wit/deps/lyceum-data",
        world: "lyceum:documents-provider/provider",
        with: {
            "lyceum:data/types@0.1.0": crate::bindings::sql::lyceum::data::types,
            "lyceum:data/documents@0.1.0": generate,
        },
    });
}

/// Containers of objects.
pub(crate) mod blobs {
    wit_bindgen_wrpc::generate!({
        inline: "
            package lyceum:blobs-provider;
            world provider { export wrpc:blobstore/blobstore@0.2.0; }
        ",
        path: "../wit/deps/blobstore",
        world: "lyceum:blobs-provider/provider",
        generate_all,
    });
}

/// Buckets of values.
pub(crate) mod keyvalue {
    wit_bindgen_wrpc::generate!({
        inline: "
            package lyceum:keyvalue-provider;
            world provider {
                export wrpc:keyvalue/store@0.2.0-draft;
                export wrpc:keyvalue/atomics@0.2.0-draft;
                export wrpc:keyvalue/batch@0.2.0-draft;
            }
        ",
        path: "../wit/deps/keyvalue",
        world: "lyceum:keyvalue-provider/provider",
        generate_all,
    });
}

/// Events on their way to a component.
pub(crate) mod messaging {
    wit_bindgen_wrpc::generate!({
        inline: "
            package lyceum:events-provider;
            world provider { import wasmcloud:messaging/handler@0.2.0; }
        ",
        path: "../../../wit/deps/messaging",
        world: "lyceum:events-provider/provider",
        generate_all,
    });
}

/// Outgoing electronic mail.
pub(crate) mod mail {
    wit_bindgen_wrpc::generate!({
        inline: "
            package lyceum:mail-provider;
            world provider { export lyceum:mail/sender@0.1.0; }
        ",
        path: "../../../wit/deps/lyceum-mail",
        world: "lyceum:mail-provider/provider",
        generate_all,
    });
}
