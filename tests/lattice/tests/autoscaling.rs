//! The number of instances follows a load that rises and falls, and does not swing.
#![forbid(unsafe_code)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Client, Person};
use lyceum_end_to_end::poll::until;
use lyceum_private_lattice::{Lattice, Options};
use tokio::task::JoinSet;

const FLOOR: usize = 2;
const CEILING: usize = 30;
/// People who ask again as soon as they are answered: a crowd's calls wait, however fast the machine is.
const CROWD: usize = 24;
/// Between looks, and for how long fewer must be enough, in seconds.
const RULE: [&str; 4] = ["--every", "1", "--calm", "8"];
const PATIENCE: Duration = Duration::from_secs(90);

/// The command that scales, ended with the test.
struct Scaling(Child);

impl Drop for Scaling {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_follow_a_load_that_rises_and_falls() -> Result<()> {
    let lattice = tokio::task::block_in_place(|| Lattice::start(&Options::default()))?;
    let client = Client::new(format!("http://{}", lattice.host("a")?.address))?;
    let reader = client.newcomer("Reader").await?;
    tokio::task::block_in_place(|| lattice.run(&["scale", "users", "--instances", &FLOOR.to_string()]))?;
    let began = Instant::now();
    let (scaling, changes) = follow(&lattice, began)?;
    let now = || changes.lock().map(|changes| changes.clone()).unwrap_or_default();
    let instances = || now().last().map_or(FLOOR, |(_, instances)| *instances);

    let alone = crowd(&reader, 1);
    tokio::time::sleep(Duration::from_secs(10)).await;
    ensure!(now().is_empty(), "one person makes no load: {:?}", now());
    let asked = alone.stop().await?;
    println!("one person: {asked} requests in 10 s with {FLOOR} instances");

    let rising = Instant::now();
    let many = crowd(&reader, CROWD);
    until("the crowd has more instances", PATIENCE, || async { Ok((instances() > CROWD / 2).then_some(())) })
        .await?;
    let risen = rising.elapsed();
    tokio::time::sleep(Duration::from_secs(30)).await;
    let up = now();
    let asked = many.stop().await?;
    println!(
        "a crowd of {CROWD}: more instances after {:.1} s; {asked} requests; {up:?}",
        risen.as_secs_f64()
    );

    let falling = Instant::now();
    let alone = crowd(&reader, 1);
    until("one person has few instances", PATIENCE, || async { Ok((instances() == FLOOR).then_some(())) })
        .await?;
    let fallen = falling.elapsed();
    let down = now();
    tokio::time::sleep(Duration::from_secs(15)).await;
    alone.stop().await?;
    println!(
        "one person again: {FLOOR} instances after {:.1} s; {:?}",
        fallen.as_secs_f64(),
        &down[up.len()..]
    );

    let all = now();
    drop(scaling);
    ensure!(all.len() == down.len(), "it came to rest: {all:?}");
    ensure!(all.iter().all(|(_, instances)| (FLOOR..=CEILING).contains(instances)), "{all:?}");
    // By halves from the ceiling to the floor are four; and a turn is a change in the other direction than the last.
    let turns = all.windows(3).filter(|three| (three[0].1 < three[1].1) != (three[1].1 < three[2].1)).count();
    println!("{} changes, {turns} turns", all.len());
    ensure!(all.len() <= 10 && turns <= 3, "it swings: {all:?}");
    Ok(())
}

type Changes = Arc<std::sync::Mutex<Vec<(f64, usize)>>>;

/// Starts the command, and notes what it says: when, and how many instances.
fn follow(lattice: &Lattice, began: Instant) -> Result<(Scaling, Changes)> {
    let mut command = lattice.command();
    // On a machine that tests keep busy, its time says nothing.
    command.args(["scale", "users", "--cpu-percent", "100"]).args(RULE);
    command.args(["--floor", &FLOOR.to_string(), "--ceiling", &CEILING.to_string()]);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("its output")?;
    let changes = Changes::default();
    let noted = Arc::clone(&changes);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("{:5.1} s {line}", began.elapsed().as_secs_f64());
            let number = line.split_whitespace().nth(2).and_then(|number| number.parse().ok());
            if let (Some(instances), true) = (number, line.contains("instead of"))
                && let Ok(mut noted) = noted.lock()
            {
                noted.push((began.elapsed().as_secs_f64(), instances));
            }
        }
    });
    Ok((Scaling(child), changes))
}

/// So many people, each of whom asks again once they are answered.
struct Crowd {
    enough: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    people: JoinSet<Result<()>>,
}

fn crowd(reader: &Person, size: usize) -> Crowd {
    let (enough, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut people = JoinSet::new();
    for _ in 0..size {
        let (reader, enough, asked) = (reader.clone(), Arc::clone(&enough), Arc::clone(&asked));
        people.spawn(async move {
            while !enough.load(Ordering::Relaxed) {
                reader.get("/api/v1/users/me").await?.expect(200)?;
                asked.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
    }
    Crowd { enough, asked, people }
}

impl Crowd {
    /// Waits until all have their answers, of which none may be bad, and says how many there were.
    async fn stop(mut self) -> Result<usize> {
        self.enough.store(true, Ordering::Relaxed);
        while let Some(person) = self.people.join_next().await {
            person??;
        }
        Ok(self.asked.load(Ordering::Relaxed))
    }
}
