//! Figures of the mesh.

use lyceum_mesh::breaker::State;
use lyceum_mesh::{DestinationSnapshot, Mesh, WeightsByComponent};

use crate::Family;
use crate::Kind::{Counter, Gauge};
use crate::family::{Series, families};

const SERIES: [Series<DestinationSnapshot>; 9] = [
    ("mesh_calls_total", Counter, "Calls let through", |of| of.calls),
    ("mesh_failures_total", Counter, "Calls that failed", |of| of.failures),
    ("mesh_retries_total", Counter, "Calls made again", |of| of.retries),
    ("mesh_trips_total", Counter, "Times the circuit breaker opened", |of| of.trips),
    ("mesh_refused_open_total", Counter, "Calls refused by an open breaker", |of| of.refused.open),
    ("mesh_refused_full_total", Counter, "Calls refused by a full bulkhead", |of| of.refused.full),
    ("mesh_in_flight", Gauge, "Calls in flight", |of| of.in_flight as u64),
    ("mesh_limit", Gauge, "Calls that may be in flight", |of| of.limit as u64),
    ("mesh_breaker", Gauge, "The circuit breaker: 0 closed, 1 half open, 2 open", |of| match of.state {
        State::Closed => 0,
        State::HalfOpen => 1,
        State::Open => 2,
    }),
];

/// What passed through the mesh, by destination: a component, or a version of one, whose weight is shown, too.
pub fn of(mesh: &Mesh) -> Vec<Family> {
    let destinations = mesh.snapshot().destinations.into_iter();
    let destinations: Vec<_> = destinations.map(|of| (of.name.clone(), of)).collect();
    let mut all = families(&SERIES, "destination", &destinations);
    all.extend(versions(&mesh.weights()));
    all
}

/// Which components have versions, and the weights of those.
#[expect(clippy::cast_precision_loss, reason = "a handful")]
pub fn versions(weights: &WeightsByComponent) -> Vec<Family> {
    let count =
        Family::new("mesh_versioned_components", Gauge, "Components whose calls are shared by weights");
    vec![count.with(&[], weights.len() as f64), self::weights(weights)]
}

/// The weights in force, which also tells whether a change has arrived everywhere.
pub fn weights(weights: &WeightsByComponent) -> Family {
    let mut family = Family::new("mesh_weight", Gauge, "Share of a component's calls that a version gets");
    for (component, weights) in weights {
        for (version, weight) in weights.versions() {
            family = family.with(&[("component", component), ("destination", version)], f64::from(weight));
        }
    }
    family
}
