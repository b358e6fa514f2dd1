//! The routes of circulation.

mod calendar;
pub(crate) mod checkout;
mod closures;
mod fines;
mod holds;
pub(crate) mod lendings;
pub(crate) mod refusal;
mod rules;

use lyceum_kit::prelude::*;

/// Who has people erased.
const ERASING: Access = Access::Service(&["users"]);
/// Who deletes readers' records.
const REMOVING: Access = Access::Service(&["readers"]);
/// Who deletes books.
const CATALOGUE: Access = Access::Service(&["books"]);
/// Who may see what is of others.
const LIST: Permission = Permission::new("lending:list");

pub(crate) fn routes() -> Routes {
    let rule = Access::Permission(Permission::new("circulation-rule:update"));
    let calendar = Access::Permission(Permission::new("closed-day:update"));
    Routes::new("Lendings", "Who has which copy until when, by which rules, and what it costs to be late.")
        .add(Access::Permission(Permission::new("lending:create")), route!(checkout::create))
        .add(Access::Permission(Permission::new("lending:create")), route!(checkout::check))
        .add(Access::SignedIn, route!(lendings::list))
        .add(Access::SignedIn, route!(lendings::show))
        .add(Access::Permission(Permission::new("lending:return")), route!(lendings::give_back))
        .add(Access::SignedIn, route!(lendings::renew))
        .add(Access::SignedIn, route!(holds::place))
        .add(Access::SignedIn, route!(holds::list))
        .add(Access::SignedIn, route!(holds::show))
        .add(Access::SignedIn, route!(holds::cancel))
        .add(Access::Permission(Permission::new("hold:update")), route!(holds::reorder))
        .add(rule, route!(rules::create))
        .add(Access::SignedIn, route!(rules::list))
        .add(Access::SignedIn, route!(rules::show))
        .add(rule, route!(rules::change))
        .add(rule, route!(rules::delete))
        .add(calendar, route!(calendar::create))
        .add(Access::SignedIn, route!(calendar::list))
        .add(Access::SignedIn, route!(calendar::show))
        .add(calendar, route!(calendar::delete))
        .add(Access::SignedIn, route!(fines::list))
        .add(Access::SignedIn, route!(fines::show))
        .add(Access::Permission(Permission::new("fine:settle")), route!(fines::settle))
        .add(Access::SignedIn, route!(fines::account))
        .add(ERASING, route!(closures::check))
        .add(ERASING, route!(closures::close))
        .add(ERASING, route!(closures::reopen))
        .add(REMOVING, route!(closures::remove))
        .add(CATALOGUE, route!(closures::remove_book))
        .with(crate::legacy::routes())
        .with(crate::library_import::routes())
}

/// All for who may see what is of others, and for everybody else what is their own.
fn visible(caller: &Caller) -> lyceum_kit::list::Scope {
    let all = lyceum_kit::list::Scope::all();
    if caller.may(LIST) { all } else { all.equal("user_id", caller.user_id) }
}

/// Whether the caller may see what is this person's.
fn may_see(caller: &Caller, owner: Option<UserId>) -> bool {
    caller.may(LIST) || owner.is_some_and(|owner| caller.owns(owner))
}
