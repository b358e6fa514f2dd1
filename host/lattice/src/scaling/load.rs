//! A component's load, from the figures of a lattice.

use lyceum_metrics::{Family, Sample};

/// What a component has to do, and what there is to do it with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Load {
    /// As the manifest says it.
    pub(crate) instances: usize,
    /// Calls and events that it was given and has not answered, those that wait among them.
    pub(crate) in_flight: usize,
    /// The share of the machines' processor time that was spent since the last look.
    pub(crate) cpu: f64,
}

/// Loads of one component, look by look.
pub(crate) struct Loads {
    component: String,
    consumers: String,
    /// Seconds that the machines were busy and idle, at the last look.
    spent: Option<(f64, f64)>,
}

impl Loads {
    /// Of this component.
    pub(crate) fn of(component: &str) -> Self {
        Self { component: component.to_owned(), consumers: format!("{component}/"), spent: None }
    }

    /// The load now. The first look tells nothing: processor time is known from two.
    pub(crate) fn next(&mut self, families: &[Family], instances: usize) -> Option<Load> {
        let calls = sum(families, "mesh_in_flight", |of| is(of, "destination", &self.component));
        let events = sum(families, "events_running", |of| {
            of.labels.get("consumer").is_some_and(|consumer| consumer.starts_with(&self.consumers))
        });
        let hosts = |mode| {
            sum(families, "machine_cpu_seconds_total", |of| is(of, "mode", mode) && is(of, "process", "host"))
        };
        let spent = (hosts("busy"), hosts("idle"));
        let before = self.spent.replace(spent)?;
        let (busy, idle) = (spent.0 - before.0, spent.1 - before.1);
        // A host came or went, and its whole life with it: nothing is said of the time between.
        if busy < 0.0 || idle < 0.0 || busy + idle <= 0.0 {
            return None;
        }
        Some(Load { instances, in_flight: whole(calls + events), cpu: busy / (busy + idle) })
    }
}

fn sum(families: &[Family], name: &str, wanted: impl Fn(&Sample) -> bool) -> f64 {
    let family = families.iter().find(|family| family.name == name);
    let samples = family.into_iter().flat_map(|family| &family.samples);
    samples.filter(|sample| wanted(sample)).map(|sample| sample.value).sum()
}

fn is(sample: &Sample, label: &str, value: &str) -> bool {
    sample.labels.get(label).is_some_and(|of| of == value)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a count")]
fn whole(count: f64) -> usize {
    count as usize
}

#[cfg(test)]
mod tests {
    use lyceum_metrics::{Kind, join};

    use super::*;
    use crate::figures::place;

    fn figures(in_flight: f64, busy: f64, idle: f64) -> Vec<Family> {
        let calls = Family::new("mesh_in_flight", Kind::Gauge, "")
            .with(&[("destination", "users")], in_flight)
            .with(&[("destination", "users-next")], 100.0);
        let events =
            Family::new("events_running", Kind::Gauge, "").with(&[("consumer", "users/projection")], 1.0);
        let machine = Family::new("machine_cpu_seconds_total", Kind::Counter, "")
            .with(&[("mode", "busy")], busy)
            .with(&[("mode", "idle")], idle);
        join([
            (place("a", None, Some("lyceum-mesh")), vec![calls.clone(), machine.clone()]),
            (place("b", None, Some("lyceum-mesh")), vec![calls]),
            (place("a", None, None), vec![machine]),
            (place("a", None, Some("lyceum-events")), vec![events]),
        ])
    }

    #[test]
    fn calls_of_all_copies_of_the_mesh_and_events_count() {
        let mut loads = Loads::of("users");
        assert_eq!(loads.next(&figures(0.0, 10.0, 10.0), 5), None);
        let load = loads.next(&figures(3.0, 13.0, 11.0), 5).unwrap();
        assert_eq!(load, Load { instances: 5, in_flight: 7, cpu: 0.75 });
    }

    #[test]
    fn a_host_that_goes_makes_no_load() {
        let mut loads = Loads::of("users");
        loads.next(&figures(0.0, 10.0, 10.0), 5);
        assert_eq!(loads.next(&figures(0.0, 1.0, 1.0), 5), None);
        assert!(loads.next(&figures(0.0, 2.0, 2.0), 5).is_some());
    }
}
