//! `limits = { ... }` of a component, with the range of each.

use std::time::Duration;

use super::field::Field;
use crate::model::Limits;

const KNOWN: [&str; 8] = [
    "memory",
    "cpu",
    "wall_clock",
    "request_body",
    "response_body",
    "concurrency",
    "queue",
    "message_concurrency",
];
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

pub(crate) fn read(field: &Field<'_>) -> Limits {
    let mut limits = Limits::default();
    let Some(table) = field.table(&KNOWN) else { return limits };
    let size = |key: &str, least, into: &mut u64, most| {
        if let Some(value) = table.get(key).and_then(|field| field.size(least..=most)) {
            *into = value;
        }
    };
    size("memory", MIB, &mut limits.memory, 4 * GIB);
    size("request_body", 0, &mut limits.request_body, GIB);
    size("response_body", KIB, &mut limits.response_body, GIB);
    let time = |key: &str, least: u64, into: &mut Duration, most: u64| {
        let range = Duration::from_millis(least)..=Duration::from_secs(most);
        if let Some(value) = table.get(key).and_then(|field| field.duration(range)) {
            *into = value;
        }
    };
    time("cpu", 1, &mut limits.cpu, 300);
    time("wall_clock", 10, &mut limits.wall_clock, 600);
    let count = |key: &str, least, into: &mut usize, most| {
        let value = table.get(key).and_then(|field| field.integer(least..=most));
        if let Some(value) = value.and_then(|value| usize::try_from(value).ok()) {
            *into = value;
        }
    };
    count("concurrency", 1, &mut limits.concurrency, 1024);
    count("queue", 0, &mut limits.queue, 65_536);
    count("message_concurrency", 1, &mut limits.message_concurrency, 256);
    if limits.cpu > limits.wall_clock {
        field.wrong("allows more processor time than time by the clock", "raise `wall_clock` or lower `cpu`");
    }
    limits
}
