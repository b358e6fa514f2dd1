//! Every statement that a list may run, so that a test can have databases explain them.

use super::{
    List, ListQuery, Listing, Order, Scope,
    driver::WINDOW,
    order::Kind,
    query::Asked,
    sql::{Position, Wanted},
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
    /// Whether it puts the rows of a page, or up to a thousand, in order: an explanation then shows one sort, which is as
    /// it should be.
    pub sorts: bool,
}

impl<L: Listing> ListQuery<L> {
    /// Every statement for these queries (such as `genre=poetry&year_from=1990`; nothing means no filter), in
    /// every order and direction that a client may choose, of the first page and of a deep one.
    pub fn statements(queries: &[&str], scope: &Scope) -> Result<Vec<ListStatement>, Problem> {
        let mut statements = Vec::new();
        in_each_order::<L>(queries, |asked, list, name| {
            let position = list.some_position(asked.order);
            for (page, after) in [("first", None), ("deep", Some(&position))] {
                all(
                    &asked.wanted(list, scope, after),
                    &format!("{name}, {page} page"),
                    &position,
                    &mut statements,
                );
            }
        })?;
        Ok(statements)
    }

    /// The statements for a page by its number and for the total, of lists that are asked so.
    pub fn numbered_statements(queries: &[&str], scope: &Scope) -> Result<Vec<ListStatement>, Problem> {
        let mut statements = Vec::new();
        in_each_order::<L>(queries, |asked, list, name| {
            let wanted = asked.wanted(list, scope, None);
            let position = list.some_position(asked.order);
            let plan = wanted.plan_of_many();
            let until = plan.windowed.then_some(&position);
            let mut add = |what: &str, statement, sorts| {
                statements.push(ListStatement { name: format!("{name}, {what}"), statement, sorts });
            };
            add("numbered page", wanted.page(plan.driver, until, 9_950, 50), true);
            add("total", wanted.total(plan.driver, until, 10_001), false);
        })?;
        Ok(statements)
    }
}

fn in_each_order<L: Listing>(
    queries: &[&str],
    mut each: impl FnMut(&Asked, &List, &str),
) -> Result<(), Problem> {
    let list = L::LIST;
    let chosen = list.orders.iter().flat_map(|order| {
        let turned = Order { descending: !order.descending, ..*order };
        [*order, turned]
    });
    let orders: Vec<Order> = std::iter::once(list.order).chain(chosen).collect();
    for query in queries {
        for order in &orders {
            let list = List { order: *order, ..list };
            let uri = format!("/?{query}").parse().map_err(|_| Problem::internal())?;
            let minus = if order.descending { "-" } else { "" };
            each(&Asked::of(&list, &uri)?, &list, &format!("{query} by {minus}{}", order.name));
        }
    }
    Ok(())
}

fn all(wanted: &Wanted<'_>, name: &str, until: &Position, statements: &mut Vec<ListStatement>) {
    let mut add = |what: &str, statement, sorts| {
        statements.push(ListStatement { name: format!("{name}{what}"), statement, sorts });
    };
    let plan = wanted.plan_of_many();
    for driver in wanted.rivals(plan.driver) {
        let page = wanted.page(driver, plan.windowed.then_some(until), 0, 51);
        add("", page, wanted.is_by_keys(driver));
        if plan.windowed {
            add(", bound", wanted.bound(driver, WINDOW), false);
        }
    }
    if wanted.direct().is_none() {
        for (at, condition) in wanted.probed() {
            add(&format!(", counted by {at}"), wanted.probe(condition), false);
            let driver = wanted.few(at);
            add(&format!(", looked up by {at}"), wanted.page(driver, None, 0, 51), true);
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
