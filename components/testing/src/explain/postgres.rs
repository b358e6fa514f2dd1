//! `EXPLAIN` on PostgreSQL, of the plan that holds for any parameters.

use serde_json::Value;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{Plan, is_plain_page, small_sorts};
use crate::{database::connect, runtime::wait};

/// What is not to be had otherwise is left in the plan even so.
const SETTINGS: &str =
    "SET enable_seqscan = off; SET enable_sort = off; SET plan_cache_mode = force_generic_plan";

pub(super) fn explain(url: &str, schema: &str, statements: &[&str]) -> Vec<Plan> {
    wait(async {
        let client = connect(url, schema).await;
        client.batch_execute(SETTINGS).await.expect("settings");
        let mut plans = Vec::new();
        for statement in statements {
            plans.push(plan(&client, statement).await);
        }
        plans
    })
}

async fn plan(client: &Client, statement: &str) -> Plan {
    let explained = async {
        client.batch_execute(&format!("PREPARE explained AS {statement}")).await?;
        let types =
            "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'explained'";
        let parameters: i32 = client.query_one(types, &[]).await?.get(0);
        let values = vec!["NULL"; usize::try_from(parameters).unwrap_or_default()].join(", ");
        let values = if values.is_empty() { values } else { format!("({values})") };
        let explain = format!("EXPLAIN (FORMAT JSON, COSTS OFF) EXECUTE explained{values}");
        let messages = client.simple_query(&explain).await?;
        client.batch_execute("DEALLOCATE explained").await?;
        Ok::<_, tokio_postgres::Error>(messages)
    };
    let messages = explained.await.unwrap_or_else(|error| panic!("{error:?} in {statement}"));
    let explained = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let explained: Value = serde_json::from_str(explained.unwrap_or_default()).expect("a plan");
    let mut nodes = Vec::new();
    collect(&explained[0]["Plan"], 0, &mut nodes);
    let linear = nodes.iter().filter(|node| node.is_linear(statement)).map(Node::name).collect();
    let steps = nodes.iter().map(|node| format!("{}{}", "  ".repeat(node.depth), node.name())).collect();
    Plan { statement: statement.to_owned(), steps, linear }
}

/// A step of a plan.
struct Node {
    depth: usize,
    kind: String,
    of: String,
    /// Whether an index finds the rows, and not a filter while it is read.
    bounded: bool,
    /// Whether what it works on was limited.
    limited: bool,
}

impl Node {
    fn name(&self) -> String {
        [self.kind.as_str(), self.of.as_str()].join(" ").trim_end().to_owned()
    }

    fn is_linear(&self, statement: &str) -> bool {
        match self.kind.as_str() {
            "Seq Scan" => true,
            "Sort" => !(self.limited && small_sorts(statement) > 0),
            "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
                !self.bounded && !is_plain_page(statement)
            }
            _ => false,
        }
    }
}

fn collect(plan: &Value, depth: usize, nodes: &mut Vec<Node>) {
    let text = |name: &str| plan[name].as_str().unwrap_or_default().to_owned();
    let of = [text("Relation Name"), text("Index Name")].join(" ").trim().to_owned();
    let bounded = plan.get("Index Cond").is_some();
    let at = nodes.len();
    nodes.push(Node { depth, kind: text("Node Type"), of, bounded, limited: false });
    for below in plan["Plans"].as_array().into_iter().flatten() {
        collect(below, depth + 1, nodes);
    }
    let limited = nodes.iter().skip(at + 1).any(|node| node.kind == "Limit");
    if let Some(node) = nodes.get_mut(at) {
        node.limited = limited;
    }
}
