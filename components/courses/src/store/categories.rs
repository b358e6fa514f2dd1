//! The SQL of categories.

use lyceum_kit::list::{List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table;

use crate::domain::category::Category;

row!(versioned Category in "course_categories" {
    id, name, name_folded, description, review_required, version, created_at, updated_at
});

/// It is gone; misses its row if it was changed since it was read.
pub(crate) fn delete(category: &Category) -> Statement {
    let text = "DELETE FROM course_categories WHERE id = $1 AND version = $2";
    statement(text, params![category.id, category.version]).expect_rows(1)
}

/// Commits only if no course is in it.
pub(crate) fn is_empty(id: Uuid) -> Statement {
    statement("SELECT id FROM courses WHERE category_id = $1 LIMIT 1", params![id]).expect_rows(0)
}

const BY_NAME: Order = Order::text("name_folded").named("name");

/// All categories.
pub(crate) struct Categories;

impl Listing for Categories {
    type Row = Category;
    const LIST: List = List::of(Category::TABLE, Category::COLUMN_LIST, "id", BY_NAME).orders(&[BY_NAME]);
}
