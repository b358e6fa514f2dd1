//! Whatever is done in whatever order: an organisation keeps an owner, who is in a team or cohort is in its organisation, and
//! whoever has heard all events knows who is in what.

use std::collections::BTreeSet;

use super::*;

const PEOPLE: [u32; 5] = [ADA, BEN, CLEO, DORA, 5];
const ROLES: [&str; 4] = ["owner", "admin", "instructor", "member"];

/// A small generator of numbers (xorshift), for the same run from the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Who is in what, as the events say: `(thing, person)`.
fn heard(app: &App) -> BTreeSet<(String, String)> {
    let mut seen = BTreeSet::new();
    for event in app.events() {
        let thing = event.aggregate_id.clone();
        let who = event.data["user_id"].as_str().unwrap_or_default().to_owned();
        let kind = event.kind.as_str();
        if kind.ends_with("MemberAdded.v1") {
            assert!(seen.insert((thing, who)), "added twice: {:?}", event.data);
        } else if kind.ends_with("MemberRemoved.v1") {
            assert!(seen.remove(&(thing, who)), "removed, and not in it: {:?}", event.data);
        } else if ["OrganizationDeleted.v1", "TeamDeleted.v1", "CohortDeleted.v1"]
            .iter()
            .any(|ending| kind.ends_with(ending))
        {
            seen.retain(|(of, _)| *of != thing);
        }
    }
    seen
}

fn check(app: &App, things: &[String], organization: &str) {
    let admin = app.as_role(Role::Admin);
    let members = |path: &str| -> Option<BTreeSet<String>> {
        let answer = admin.get(path).send();
        if answer.status() == 404 {
            return None;
        }
        let list = answer.expect(200).json();
        let items = list["items"].as_array().unwrap().iter();
        Some(items.map(|item| item["user_id"].as_str().unwrap().to_owned()).collect())
    };
    let whole = members(&format!("{ORGANIZATIONS}/{organization}/members")).unwrap();
    let owners = members(&format!("{ORGANIZATIONS}/{organization}/members?role=owner")).unwrap();
    assert!(!owners.is_empty(), "it has no owner");
    let mut shown: BTreeSet<_> = whole.iter().map(|who| (organization.to_owned(), who.clone())).collect();
    for thing in things {
        let (_, id) = thing.rsplit_once('/').unwrap();
        let inside = members(&format!("{thing}/members")).unwrap_or_default();
        assert!(inside.is_subset(&whole), "somebody of {thing} is not in the organization");
        shown.extend(inside.into_iter().map(|who| (id.to_owned(), who)));
    }
    assert_eq!(heard(app), shown, "the events tell of others");
}

fn act(app: &App, dice: &mut Dice, things: &[String], organization: &str) {
    let by = person(app, *dice.one(&PEOPLE));
    let whom = user_id(*dice.one(&PEOPLE));
    let members = format!("{ORGANIZATIONS}/{organization}/members");
    let thing = dice.one(things).clone();
    let answer = match dice.below(8) {
        0 | 1 => by.post(&members).json(&json!({ "user_id": whom, "role": dice.one(&ROLES) })).send(),
        2 => by.put(&format!("{members}/{whom}")).json(&json!({ "role": dice.one(&ROLES) })).send(),
        3 => by.delete(&format!("{members}/{whom}")).send(),
        4..=6 => by.post(&format!("{thing}/members")).json(&json!({ "user_id": whom })).send(),
        _ => by.delete(&format!("{thing}/members/{whom}")).send(),
    };
    assert!(answer.status() < 500, "{}", answer.text());
}

#[test]
fn whatever_is_done_the_members_are_as_the_events_say_and_an_owner_stays() {
    for seed in [1, 2, 3] {
        on_each(|app| {
            with_person(app, 5, "Eve");
            let organization = school(app);
            let mut things: Vec<String> =
                ["A", "B"].map(|name| format!("{TEAMS}/{}", group(app, TEAMS, &organization, name))).into();
            things.push(format!("{COHORTS}/{}", group(app, COHORTS, &organization, "C")));
            let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ seed);
            for step in 0..120 {
                act(app, &mut dice, &things, &organization);
                if step % 20 == 19 {
                    check(app, &things, &organization);
                }
            }
            println!("seed {seed}: {} events", app.events().len());
        });
    }
}

#[test]
fn what_is_done_at_once_leaves_an_owner_and_events_that_agree() {
    on_each(|app| {
        with_person(app, 5, "Eve");
        let organization = school(app);
        let things = vec![format!("{TEAMS}/{}", group(app, TEAMS, &organization, "A"))];
        app.in_parallel(4, |at, app| {
            let mut dice = Dice(77 + u64::try_from(at).unwrap());
            for _ in 0..15 {
                act(app, &mut dice, &things, &organization);
            }
        });
        check(app, &things, &organization);
    });
}
