use proptest::prelude::*;

use super::*;

fn moment(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn update() -> impl Strategy<Value = Update> {
    let device = prop_oneof![Just(String::new()), "[a-c]".prop_map(String::from)];
    let parts = (0..20_i64, device, 0..=10_000_u16, any::<bool>(), prop::option::of(0..50_i64));
    (parts, prop::option::of(0..5_i64)).prop_map(
        |((second, device, percent, completes, time_spent), position)| {
            let completes = completes && percent > 8_000;
            let percent = if completes { Percent::FULL } else { Percent::of_hundredths(percent.min(9_999)) };
            Update { at: moment(second), device, percent, completes, time_spent, position }
        },
    )
}

/// Updates, and some of them again, in any order.
fn told_twice(updates: Vec<Update>) -> impl Strategy<Value = (Vec<Update>, Vec<Update>)> {
    let again = prop::sample::subsequence(updates.clone(), 0..=updates.len());
    again.prop_flat_map(move |again| {
        let all: Vec<Update> = updates.iter().cloned().chain(again).collect();
        (Just(updates.clone()), Just(all).prop_shuffle())
    })
}

fn merged(updates: &[Update]) -> Option<LessonState> {
    updates.iter().fold(None, |state, update| Some(LessonState::after(state.as_ref(), update)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn updates_in_any_order_and_number_come_to_the_same(
        (updates, told) in prop::collection::vec(update(), 1..8).prop_flat_map(told_twice)
    ) {
        prop_assert_eq!(merged(&updates), merged(&told));
    }

    #[test]
    fn nothing_ever_falls_and_what_is_completed_stays_so(updates in prop::collection::vec(update(), 1..8)) {
        let mut state: Option<LessonState> = None;
        for update in &updates {
            let after = LessonState::after(state.as_ref(), update);
            if let Some(before) = state {
                prop_assert!(after.percent >= before.percent && after.percent <= Percent::FULL);
                prop_assert!(after.time_spent() >= before.time_spent());
                prop_assert!(before.completed_at.is_none() || after.completed_at.is_some());
                prop_assert!(after.position >= before.position);
            }
            prop_assert_eq!(after.completed_at.is_some(), after.percent == Percent::FULL);
            state = Some(after);
        }
    }

    #[test]
    fn the_time_of_more_devices_than_are_counted_doesnt_depend_on_the_order(
        times in prop::collection::vec((0..90_u8, 0..40_i64), 80..200).prop_flat_map(|times| {
            (Just(times.clone()), Just(times).prop_shuffle())
        })
    ) {
        let sum = |times: &[(u8, i64)]| {
            let updates: Vec<Update> = times.iter().map(|(device, seconds)| Update {
                device: device.to_string(), time_spent: Some(*seconds), ..Update::beginning(moment(1))
            }).collect();
            merged(&updates).map(|state| (state.time_spent(), state.devices.len()))
        };
        prop_assert_eq!(sum(&times.0), sum(&times.1));
    }
}

#[test]
fn what_a_device_says_is_judged_field_by_field() {
    let now = moment(1_000);
    let fields =
        |fields: LessonFields| fields.checked(now).map_err(|Invalid(found)| found[0].pointer.clone());
    let base = || LessonFields { status: Some(Status::InProgress), ..LessonFields::default() };
    assert!(
        fields(LessonFields { percent_complete: Some(100.5), ..base() })
            .is_err_and(|at| at == "/percent_complete")
    );
    assert!(fields(LessonFields { time_spent: Some(-1), ..base() }).is_err_and(|at| at == "/time_spent"));
    assert!(
        fields(LessonFields { last_position: Some(-1), ..base() }).is_err_and(|at| at == "/last_position")
    );
    assert!(
        fields(LessonFields { device_id: Some("a\nb".into()), ..base() }).is_err_and(|at| at == "/device_id")
    );
    assert!(fields(LessonFields { occurred_at: Some(moment(1_301)), ..base() }).is_err());
    let completed =
        fields(LessonFields { occurred_at: Some(moment(1_300)), percent_complete: Some(100.0), ..base() });
    assert!(completed.is_ok_and(|update| update.completes()));
}
