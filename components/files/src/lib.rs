//! files: what people upload, and who may have it.
//!
//! A file's row is there before its content and says what may come: its type, its size, which counts against the
//! owner's quota at once, and maybe its digest. The content comes in one request or in parts; it never changes
//! afterwards. Every object in the blob store is noted before it is written and forgotten after it is removed, so
//! that nothing is left over, whatever breaks off.
//!
//! Start reading at `routes`, then `storing`, which is how content becomes a file.
#![forbid(unsafe_code)]

mod domain;
mod erasing;
mod events;
mod routes;
mod store;
mod storing;
mod sweeping;

use lyceum_event_types::files::{FileDeleted, FileUploaded};

lyceum_kit::service! {
    name: "files",
    routes: routes::routes,
    migrations: ["0001-files", "0002-lists", "0003-erased" = lyceum_kit::erasure::ERASED],
    publishes: [FileUploaded, FileDeleted],
    on: {
        reaction: { FileDeleted => events::file_deleted },
        periodic: events::JOBS,
        erase: erasing::erase,
    },
}
