//! The routes of `/api/v1/books` and `/api/v1/items`.

mod books;
mod caching;
mod items;

use lyceum_kit::prelude::*;

pub(crate) fn routes() -> Routes {
    Routes::new("Books", "The library's catalogue: titles, and the copies of them, which librarians keep.")
        .add(Access::Permission(Permission::new("book:create")), route!(books::create))
        .add(Access::SignedIn, route!(books::list))
        .add(Access::SignedIn, route!(books::show))
        .add(Access::Permission(Permission::new("book:update")), route!(books::change))
        .add(Access::Permission(Permission::new("book:delete")), route!(books::delete))
        .add(Access::Permission(Permission::new("item:create")), route!(items::create))
        .add(Access::SignedIn, route!(items::list_of_book))
        .add(Access::SignedIn, route!(items::list))
        .add(Access::SignedIn, route!(items::show))
        .add(Access::Permission(Permission::new("item:update")), route!(items::change))
        .add(Access::Permission(Permission::new("item:delete")), route!(items::delete))
}
