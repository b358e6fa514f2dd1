//! Every statement that a list may run, so that a test can have databases explain them.

use super::{
    List, ListQuery, Listing, Order, Scope,
    order::Kind,
    query::Asked,
    sql::{Driver, Position, Wanted},
};
use crate::{
    problem::Problem,
    sql::{Statement, Value},
};

/// A statement that a list may run.
#[derive(Clone, Debug)]
pub struct ListStatement {
    /// What it is for, such as `genre=poetry by -added_at, deep page`.
    pub name: String,
    /// As it is run.
    pub statement: Statement,
    /// Whether it puts up to a thousand rows in order: an explanation then shows a sort, which is as it should be.
    pub sorts: bool,
}

impl<L: Listing> ListQuery<L> {
    /// Every statement for these queries (such as `genre=poetry&year_from=1990`; nothing means no filter), in
    /// every order and direction that a client may choose, of the first page and of a deep one.
    pub fn statements(queries: &[&str], scope: &Scope) -> Result<Vec<ListStatement>, Problem> {
        let list = L::LIST;
        let chosen = list.orders.iter().flat_map(|order| {
            let turned = Order { descending: !order.descending, ..*order };
            [*order, turned]
        });
        let orders: Vec<Order> = std::iter::once(list.order).chain(chosen).collect();
        let mut statements = Vec::new();
        for query in queries {
            for order in &orders {
                let list = List { order: *order, ..list };
                let uri = format!("/?{query}").parse().map_err(|_| Problem::internal())?;
                let asked = Asked::of(&list, &uri)?;
                let position = list.some_position(*order);
                for (page, after) in [("first", None), ("deep", Some(&position))] {
                    let minus = if order.descending { "-" } else { "" };
                    let name = format!("{query} by {minus}{}, {page} page", order.name);
                    all(&asked.wanted(&list, scope, after), &name, &position, &mut statements);
                }
            }
        }
        Ok(statements)
    }
}

fn all(wanted: &Wanted<'_>, name: &str, until: &Position, statements: &mut Vec<ListStatement>) {
    let mut add = |what: &str, statement, sorts| {
        statements.push(ListStatement { name: format!("{name}{what}"), statement, sorts });
    };
    let plan = wanted.direct().unwrap_or_else(|| wanted.dense());
    add("", wanted.page(plan.driver, plan.windowed.then_some(until), 51), false);
    if plan.windowed {
        add(", bound", wanted.bound(plan.driver, 4_000), false);
    }
    if wanted.direct().is_none() {
        for (at, condition) in wanted.probed() {
            add(&format!(", counted by {at}"), wanted.probe(condition), false);
            add(&format!(", looked up by {at}"), wanted.page(Driver::Narrow(at), None, 51), true);
        }
    }
}

impl List {
    fn some_position(&self, order: Order) -> Position {
        let by = match order.kind {
            Kind::Text => Value::Text("m".into()),
            Kind::Integer => Value::Integer(1_000),
        };
        let key = Value::Text("m".into());
        if order.column == self.key { Position { by: None, key: by } } else { Position { by: Some(by), key } }
    }
}
