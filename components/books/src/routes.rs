//! The routes of `/api/v1/books` and `/api/v1/items`.

mod authors;
mod books;
mod caching;
mod covers;
mod items;
mod jobs;

use lyceum_kit::{job, prelude::*};

pub(crate) use self::authors::unknown as unknown_authors;
pub(crate) use self::books::check_genre;
pub(crate) use self::covers::changed_meanwhile;
pub(crate) use self::items::barcode_taken;
pub(crate) use self::jobs::{KINDS, go_on};

pub(crate) fn routes() -> Routes {
    Routes::new("Books", "The library's catalogue: titles, and the copies of them, which librarians keep.")
        .add(Access::Permission(Permission::new("book:create")), route!(books::create))
        .add(Access::SignedIn, route!(books::list))
        .add(Access::SignedIn, route!(books::show))
        .add(Access::Permission(Permission::new("book:update")), route!(books::change))
        .add(Access::Permission(Permission::new("book:delete")), route!(books::delete))
        // A picture is too large to be remembered with a key. To put it twice is as good as once.
        .add(Access::Permission(Permission::new("book:update")), route!(covers::put).without_idempotency())
        .add(Access::SignedIn, route!(covers::get))
        .add(Access::Permission(Permission::new("book:update")), route!(covers::delete))
        .add(Access::Permission(Permission::new("item:create")), route!(items::create))
        .add(Access::SignedIn, route!(items::list_of_book))
        .add(Access::SignedIn, route!(items::list))
        .add(Access::SignedIn, route!(items::show))
        .add(Access::Permission(Permission::new("item:update")), route!(items::change))
        .add(Access::Permission(Permission::new("item:delete")), route!(items::delete))
        .add(Access::Permission(Permission::new("book:import")), route!(jobs::import))
        .add(Access::Permission(Permission::new("book:export")), route!(jobs::export))
        .add(Access::Permission(Permission::new("book:export")), route!(jobs::result))
        .with(job::routes("books"))
        .with(crate::legacy::routes())
        .with(crate::library_import::routes())
        .with(crate::oai::routes())
        .with(crate::sru::routes())
}
