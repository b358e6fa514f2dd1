//! Streams on a lattice of two zones: each zone's listener keeps its own, and all hear the same.
#![forbid(unsafe_code)]
// A member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

mod channel;
mod slow;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::streams::{Events, INBOX};
use lyceum_end_to_end::client::{Client, Person};
use lyceum_end_to_end::poll::until;
use lyceum_lattice_tests::processes::{pause, resume};
use lyceum_private_lattice::{Lattice, Options};

const PATIENCE: Duration = Duration::from_secs(90);

/// The lattice, and a client of each zone.
struct Zones {
    lattice: Lattice,
    a: Client,
    b: Client,
}

#[tokio::test(flavor = "multi_thread")]
async fn both_zones_tell_what_is_committed_and_a_client_of_a_lost_zone_goes_on_in_the_other() -> Result<()> {
    let options = Options { zones: vec!["a", "b"], empty_zones: vec!["c"], ..Options::default() };
    let lattice = tokio::task::block_in_place(|| Lattice::start(&options))?;
    let client = |zone| anyhow::Ok(Client::new(format!("http://{}", lattice.host(zone)?.address))?);
    let (a, b) = (client("a")?, client("b")?);
    let zones = Zones { lattice, a, b };
    told_in_both_zones(&zones).await?;
    slow::is_cut_off(&zones).await?;
    goes_on_elsewhere(&zones).await
}

/// Somebody who registered in zone a, before anything could be told of it, as a client of each zone; and where both are.
async fn newcomer(zones: &Zones, name: &str) -> Result<(Person, Person, String)> {
    let person = until("somebody registers", PATIENCE, || async { Ok(zones.a.newcomer(name).await.ok()) });
    let in_a = person.await?;
    let in_b = Person { client: zones.b.clone(), ..in_a.clone() };
    let mut position = String::new();
    for person in [&in_a, &in_b] {
        position = until("the zone hears the bus", PATIENCE, || async {
            Ok(person.position(INBOX).await.ok().flatten())
        })
        .await?;
    }
    Ok((in_a, in_b, position))
}

/// Keeps events from being delivered, until [`deliver`].
fn hold_back(zones: &Zones) -> Result<()> {
    of_all_hosts(zones, pause)
}

fn deliver(zones: &Zones) -> Result<()> {
    of_all_hosts(zones, resume)
}

fn of_all_hosts(zones: &Zones, signal: fn(u32) -> Result<()>) -> Result<()> {
    for host in zones.lattice.hosts().iter().filter(|host| host.program.id().is_some()) {
        signal(*host.providers()?.get("events").context("a provider of events")?)?;
    }
    Ok(())
}

/// The welcome is committed by whichever host is given the event, once both streams are open.
async fn told_in_both_zones(zones: &Zones) -> Result<()> {
    // Everything has answered before the providers are frozen.
    newcomer(zones, "First").await?;
    hold_back(zones)?;
    let (in_a, in_b, _) = newcomer(zones, "Ada").await?;
    let mut streams = [Events::open(&in_a, INBOX, None).await?, Events::open(&in_b, INBOX, None).await?];
    for stream in &mut streams {
        let first = stream.next().await?.context("a position")?;
        ensure!(first.name.is_empty(), "nothing was told as yet: {first:?}");
    }
    deliver(zones)?;
    let mut told = Vec::new();
    for mut stream in streams {
        let event = stream.named().await?;
        ensure!(event.name == "message-arrived", "{event:?}");
        told.push((event.id, event.data));
    }
    ensure!(told[0] == told[1], "both zones tell the same, under the same id: {told:?}");
    Ok(())
}

/// What is committed after a zone is gone, its client is told in the other one.
async fn goes_on_elsewhere(zones: &Zones) -> Result<()> {
    hold_back(zones)?;
    let (in_a, in_b, _) = newcomer(zones, "Eve").await?;
    let mut stream = Events::open(&in_b, INBOX, None).await?;
    let position = stream.next().await?.context("a position")?;
    zones.lattice.host("b")?.program.kill9()?;
    // Until the connection is gone, in order or not.
    while let Ok(Some(event)) = stream.next().await {
        ensure!(event.name.is_empty(), "nothing was told as yet: {event:?}");
    }
    deliver(zones)?;
    let list = || async {
        // What was on its way to the host that is gone is lost.
        let Ok(answer) = in_a.get("/api/v1/notifications").await else { return Ok(None) };
        if answer.status != 200 {
            return Ok(None);
        }
        Ok(answer.json()?["items"][0]["id"].as_str().map(str::to_owned))
    };
    let message = until("the welcome is there", PATIENCE, list).await?;
    let mut again = until("zone a keeps the stream", PATIENCE, || async {
        Ok(Events::open(&in_a, INBOX, Some(&position.id)).await.ok())
    })
    .await?;
    let event = again.named().await?;
    ensure!(event.name == "message-arrived" && event.data.contains(&message), "{event:?}");
    Ok(())
}
