//! Items: the copies of books.

use lyceum_event_types::books::ItemStatus;
use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};

use super::caching;
use crate::domain::{Book, Item, ItemError, ItemFields};
use crate::events;
use crate::store::items::{self, Items};

impl Resource for Item {
    type View = Self;
    const PATH: &'static str = "/api/v1/items";
    const MISSING: &'static str = "There is no such item.";
}

fn barcode_taken() -> Problem {
    Problem::conflict("BARCODE_TAKEN", "Another item has this barcode.")
}

impl From<ItemError> for Problem {
    fn from(error: ItemError) -> Self {
        match error {
            ItemError::Invalid(invalid) => invalid.into(),
            ItemError::Status(from, to) => {
                Self::conflict("ITEM_STATUS", format!("An item that is {from} can't be {to} next."))
            }
        }
    }
}

/// Adds a copy of a book.
#[utoipa::path(post, path = "/api/v1/books/{id}/items", operation_id = "create_item", params(("id" = Uuid, Path)),
    request_body = ItemFields, responses(
        (status = 201, body = Item),
        (status = 404, description = "There is no such book"),
        (status = 409, description = "Another item has this barcode"),
    ))]
pub(super) async fn create(
    context: Context,
    Path(book_id): Path<Uuid>,
    ValidJson(fields): ValidJson<ItemFields>,
) -> Result<Response, Problem> {
    let book = Book::get(book_id)?;
    let item = Item::new(book.id, fields)?;
    context
        .begin()
        .execute_all(items::count(book_id, None, Some(item.status)))
        .execute(item.insert())
        .on_unique("items.barcode", barcode_taken)
        .publish(&events::item_added(&item))
        .respond(item.created())
        .commit()
}

/// Lists the copies of a book by barcode.
#[utoipa::path(get, path = "/api/v1/books/{id}/items", operation_id = "list_items_of_book",
    params(("id" = Uuid, Path), ListQuery<Items>), responses(
        (status = 200, body = Listed<Item>),
        (status = 404, description = "There is no such book"),
    ))]
pub(super) async fn list_of_book(
    Path(book_id): Path<Uuid>,
    query: ListQuery<Items>,
) -> Result<Response, Problem> {
    Book::get(book_id)?;
    let scope = Scope::all().equal("book_id", book_id);
    query.answer_within(&scope, std::convert::identity).map(|page| caching::of_book(book_id, page))
}

/// Lists the copies of all books by barcode.
#[utoipa::path(get, path = "/api/v1/items", operation_id = "list_items", params(ListQuery<Items>),
    responses((status = 200, body = Listed<Item>)))]
pub(super) async fn list(query: ListQuery<Items>) -> Result<Response, Problem> {
    query.answer(std::convert::identity).map(caching::of_list)
}

/// Shows a copy.
#[utoipa::path(get, path = "/api/v1/items/{id}", operation_id = "show_item", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Item),
    (status = 404, description = "There is no such item"),
))]
pub(super) async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Item::get(id).map(|item| caching::of_book(item.book_id, item.shown()))
}

/// Changes a copy: what is given replaces, `null` removes. From `available` it may go anywhere; from `on_loan` to
/// `available`, `in_repair` or `lost`; from `in_repair` to `available`, `lost` or `withdrawn`; from `lost` to `available`,
/// `in_repair` or `withdrawn`; from `withdrawn` to `available`.
#[utoipa::path(patch, path = "/api/v1/items/{id}", operation_id = "change_item",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = ItemFields, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = Item),
        (status = 404, description = "There is no such item"),
        (status = 409, description = "Another item has this barcode, or that status can't follow"),
    ))]
pub(super) async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let item = Item::get_for(id, &if_match)?;
    let changed = item.with(patch.apply(&item.fields())?)?;
    if changed.fields() == item.fields() {
        return Ok(item.shown());
    }
    context
        .begin()
        // The book's row first, as everywhere: two transactions that wait for each other end in a refusal of one.
        .execute_all(items::count(item.book_id, Some(item.status), Some(changed.status)))
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("items.barcode", barcode_taken)
        .publish(&events::item_changed(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes a copy that isn't on loan. What the library gave away is better withdrawn, since lists still show it then.
#[utoipa::path(delete, path = "/api/v1/items/{id}", operation_id = "delete_item", params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such item"),
        (status = 409, description = "It is on loan"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let item = Item::get_for(id, &conditions)?;
    if item.status == ItemStatus::OnLoan {
        return Err(Problem::conflict("ITEM_ON_LOAN", "It is on loan: let it come back first, or be lost."));
    }
    context
        .begin()
        .execute_all(items::count(item.book_id, Some(item.status), None))
        .execute(items::delete(&item))
        .on_missing(Problem::precondition_failed)
        .publish(&events::item_removed(&item))
        .respond(no_content())
        .commit()
}
