//! Figures of one name.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// How a figure behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// One figure, and what it is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// What tells it from the others of its family.
    pub labels: BTreeMap<String, String>,
    /// The figure.
    pub value: f64,
}

/// All figures of one name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Family {
    /// Without the `lyceum_` in front, and with the `_total` at the end of a counter.
    pub name: String,
    /// How its figures behave.
    pub kind: Kind,
    /// What they say, without a full stop.
    pub help: String,
    /// The figures.
    pub samples: Vec<Sample>,
}

/// One figure of each of several things.
pub(crate) type Series<T> = (&'static str, Kind, &'static str, fn(&T) -> u64);

impl Family {
    /// A family that has no figures yet.
    pub fn new(name: &str, kind: Kind, help: &str) -> Self {
        Self { name: name.to_owned(), kind, help: help.to_owned(), samples: Vec::new() }
    }

    /// With one more figure.
    #[must_use]
    pub fn with(mut self, labels: &[(&str, &str)], value: f64) -> Self {
        let labels = labels.iter().map(|(name, of)| ((*name).to_owned(), (*of).to_owned())).collect();
        self.samples.push(Sample { labels, value });
        self
    }
}

/// Families of the same things, each known by the value of one label.
#[expect(clippy::cast_precision_loss, reason = "no count comes near the 53 bits that are exact")]
pub(crate) fn families<T>(series: &[Series<T>], label: &str, of: &[(String, T)]) -> Vec<Family> {
    let family = |(name, kind, help, value): &Series<T>| {
        let empty = Family::new(name, *kind, help);
        of.iter().fold(empty, |family, (id, of)| family.with(&[(label, id)], value(of) as f64))
    };
    series.iter().map(family).collect()
}

/// Families from several places as one list, in which each name is there once. Each place's labels are put on its figures.
pub fn join(places: impl IntoIterator<Item = (BTreeMap<String, String>, Vec<Family>)>) -> Vec<Family> {
    let mut all: BTreeMap<String, Family> = BTreeMap::new();
    for (place, families) in places {
        for mut family in families {
            for sample in &mut family.samples {
                let more = place.iter().map(|(name, of)| (name.clone(), of.clone()));
                sample.labels.extend(more);
            }
            match all.get_mut(&family.name) {
                Some(known) => known.samples.append(&mut family.samples),
                None => drop(all.insert(family.name.clone(), family)),
            }
        }
    }
    all.into_values().collect()
}

/// The text that Prometheus reads, without the line that ends it.
pub fn text(families: &[Family]) -> String {
    let mut text = String::new();
    for Family { name, kind, help, samples } in families {
        let base = name.strip_suffix("_total").unwrap_or(name);
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        // Writing to a string can't fail.
        let _ = write!(text, "# HELP lyceum_{base} {help}.\n# TYPE lyceum_{base} {kind}\n");
        for Sample { labels, value } in samples {
            let labels = labels.iter().map(|(name, of)| format!("{name}=\"{}\"", escaped(of)));
            let labels = labels.collect::<Vec<_>>().join(",");
            let _ = match labels.as_str() {
                "" => writeln!(text, "lyceum_{name} {value}"),
                labels => writeln!(text, "lyceum_{name}{{{labels}}} {value}"),
            };
        }
    }
    text
}

fn escaped(of: &str) -> String {
    of.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(destination: &str, value: f64) -> Family {
        Family::new("mesh_calls_total", Kind::Counter, "Calls").with(&[("destination", destination)], value)
    }

    #[test]
    fn families_of_several_places_are_one_with_labels() {
        let place = |host: &str| BTreeMap::from([("host".to_owned(), host.to_owned())]);
        let joined = join([(place("a"), vec![calls("users", 2.0)]), (place("b"), vec![calls("users", 3.5)])]);
        assert_eq!(
            text(&joined),
            "# HELP lyceum_mesh_calls Calls.\n# TYPE lyceum_mesh_calls counter\n\
             lyceum_mesh_calls_total{destination=\"users\",host=\"a\"} 2\n\
             lyceum_mesh_calls_total{destination=\"users\",host=\"b\"} 3.5\n"
        );
    }

    #[test]
    fn no_label_ends_before_its_end() {
        let text = text(&[calls("a\"b\\c\nd", 1.0)]);
        assert!(text.ends_with("{destination=\"a\\\"b\\\\c\\nd\"} 1\n"), "{text}");
        let bare = Family::new("up", Kind::Gauge, "Whether it runs").with(&[], 1.0);
        assert!(super::text(&[bare]).ends_with("lyceum_up 1\n"));
    }
}
