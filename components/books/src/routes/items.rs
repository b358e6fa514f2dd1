//! Items: the copies of books.

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

/// 409: a barcode belongs to one copy.
pub(crate) fn barcode_taken() -> Problem {
    Problem::conflict("BARCODE_TAKEN", "Another item has this barcode.")
}

/// 409: what becomes of it next is told by lendings.
fn circulates() -> Problem {
    let why =
        "Somebody has it, or it is kept for them: let it come back in lendings, or end the hold, first.";
    Problem::conflict("ITEM_ON_LOAN", why)
}

impl From<ItemError> for Problem {
    fn from(error: ItemError) -> Self {
        match error {
            ItemError::Invalid(invalid) => invalid.into(),
            ItemError::Status(from, to) => {
                Self::conflict("ITEM_STATUS", format!("An item that is {from} can't be {to} next."))
            }
            ItemError::OfLendings(to) => {
                let why =
                    format!("An item is {to} when lendings tell so: lend it, or have somebody wait for it.");
                Self::conflict("ITEM_STATUS", why)
            }
            ItemError::Circulates => circulates(),
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
    let gone = || Problem::not_found("There is no such book.");
    items::count(context.begin(), book_id, (None, Some(item.status)), gone)
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

/// Changes a copy: what is given replaces, `null` removes. From `available` it may go to `in_repair`, `lost` or `withdrawn`; from
/// `in_repair` to `available`, `lost` or `withdrawn`; from `lost` to `available`, `in_repair` or `withdrawn`; from `withdrawn` to
/// `available`; from `on_loan` and `awaiting_pickup` to `in_repair` or `lost`. It becomes `on_loan` or `awaiting_pickup`, and
/// from these `available`, when lendings tell so, and in no other way: who has it gives it back at
/// `/api/v1/lendings/{id}/return`, also if it is `lost`.
#[utoipa::path(patch, path = "/api/v1/items/{id}", operation_id = "change_item",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = ItemFields, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = Item),
        (status = 404, description = "There is no such item"),
        (status = 409, description = "Another item has this barcode, or that status can't follow: `ITEM_STATUS`; \
            `ITEM_ON_LOAN` if it is to be available while somebody has it, or it is kept for them"),
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
    // The book's row first, as everywhere: two transactions that wait for each other end in a refusal of one.
    let statuses = (Some(item.status), Some(changed.status));
    items::count(context.begin(), item.book_id, statuses, Problem::precondition_failed)
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("items.barcode", barcode_taken)
        .publish(&events::item_changed(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes a copy that nobody has and that is kept for nobody, whatever its status. What the library gave away is better withdrawn, since lists still show it then.
#[utoipa::path(delete, path = "/api/v1/items/{id}", operation_id = "delete_item", params(("id" = Uuid, Path)),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such item"),
        (status = 409, description = "Somebody has it, or it is kept for them"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let item = Item::get_for(id, &conditions)?;
    if item.is_out() {
        return Err(circulates());
    }
    items::count(context.begin(), item.book_id, (Some(item.status), None), Problem::precondition_failed)
        .execute(items::delete(&item))
        .on_missing(Problem::precondition_failed)
        .publish(&events::item_removed(&item))
        .respond(no_content())
        .commit()
}
