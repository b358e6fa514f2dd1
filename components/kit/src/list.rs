//! Lists: what a client may ask of one is declared once, and everything else follows.
//!
//! A [`List`] names its table, the order of its rows, the filters and searches that a client may use, and the
//! orders it may choose. From that follow the [`ListQuery`] extractor with its OpenAPI parameters, portable SQL
//! that reads no more rows than a page needs, a cursor that fits this list, its filters and its order only, and
//! the `Link` to the next page. The README's section on lists says which index each declaration needs.
//!
//! ```
//! use lyceum_kit::list::{Filter, List, Listing, Order};
//! # use lyceum_kit::prelude::*;
//! # struct Book { id: Uuid, title: String }
//! # from_row!(Book { id, title });
//! struct Books;
//!
//! impl Listing for Books {
//!     type Row = Book;
//!     const LIST: List = List::of("books", "id, title", "id", Order::text("title_folded"))
//!         .filters(&[Filter::equal::<String>("genre"), Filter::range::<i64>("year")])
//!         .orders(&[Order::text("title_folded").named("title"), Order::integer("added_at").descending()]);
//! }
//! ```
//!
//! No page reads more than some thousand rows, however little matches: where several conditions that many rows
//! fulfil are asked for together, a page may hold fewer items than its limit and still have a next one.

pub(crate) mod condition;
mod cursor;
mod declaration;
mod driver;
mod field;
mod filter;
mod order;
mod parameters;
mod query;
mod request;
mod scope;
mod sql;
mod statements;
mod total;

pub use declaration::{List, Listing};
pub use field::{Between, Field};
pub use filter::{Filter, FilterValue};
pub use order::Order;
pub use query::ListQuery;
pub use request::ListRequest;
pub use scope::Scope;
pub use statements::ListStatement;
pub use total::{OffsetPage, Total};
