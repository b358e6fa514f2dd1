//! The routes, and who may call them.

mod deliveries;
mod inbox;
mod preferences;
mod stream;

use lyceum_kit::prelude::*;

/// Every route of notifications.
pub(crate) fn routes() -> Routes {
    Routes::new("Notifications", "Messages in the inbox and by mail")
        .add(Access::SignedIn, route!(inbox::list))
        .add(Access::SignedIn, route!(inbox::unread_count))
        .add(Access::SignedIn, route!(stream::stream))
        .add(Access::SignedIn, route!(preferences::show))
        .add(Access::SignedIn, route!(preferences::choose))
        .add(Access::SignedIn, route!(inbox::show))
        .add(Access::SignedIn, route!(inbox::delete))
        .add(Access::SignedIn, route!(inbox::read))
        .add(Access::SignedIn, route!(inbox::read_all))
        .add(Access::Permission(Permission::new("delivery:list")), route!(deliveries::list_deliveries))
}
