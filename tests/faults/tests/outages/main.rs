//! Every server behind the platform is made slow, stopped, frozen, killed and brought back while people register, write
//! notes, upload files and read. What needs the server is refused in time and works again by itself; what doesn't need it
//! goes on; and in the end everything that was asked for is there once. Every fault of every server takes ten minutes and is
//! left to `--tier soak`; otherwise the database has them all, and the others those that differ most.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

mod counting;
mod crew;
mod rig;
mod rounds;
mod work;

use anyhow::Result;
use crew::Crew;
use lyceum_end_to_end::tier::Tier;
use rig::Rig;
use rounds::{Fault, round};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_costs_time_and_nothing_else() -> Result<()> {
    let rig = Rig::start().await?;
    let crew = Crew::new(&rig.lyceum).await?;
    for place in rig.places() {
        for fault in Fault::of(place.name, Tier::current()) {
            if let Err(error) = round(&crew, &place, *fault).await {
                println!("{}", rig.lyceum.log().tail());
                return Err(error.context(format!("{} {fault}", place.name)));
            }
        }
    }
    counting::finish_and_count(&rig, &crew).await.inspect_err(|_| println!("{}", rig.lyceum.log().tail()))
}
