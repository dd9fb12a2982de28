use std::time::Duration;

use super::Latencies;

fn of(micros: impl IntoIterator<Item = u64>) -> Latencies {
    let mut latencies = Latencies::default();
    micros.into_iter().for_each(|micros| latencies.record(Duration::from_micros(micros)));
    latencies
}

fn micros(latencies: &mut Latencies, percent: f64) -> Option<u128> {
    latencies.percentile(percent).map(|took| took.as_micros())
}

#[test]
fn nothing_recorded_has_no_percentile() {
    assert_eq!(micros(&mut of([]), 50.0), None);
}

#[test]
fn one_time_is_every_percentile() {
    for percent in [0.0, 50.0, 99.0, 100.0] {
        assert_eq!(micros(&mut of([7]), percent), Some(7));
    }
}

#[test]
fn nearest_rank_of_a_hundred() {
    let mut latencies = of((1..=100).rev());
    for (percent, expected) in [(0.0, 1), (1.0, 1), (50.0, 50), (99.0, 99), (99.5, 100), (100.0, 100)] {
        assert_eq!(micros(&mut latencies, percent), Some(expected), "{percent} %");
    }
}

#[test]
fn one_slow_request_in_fifty_is_the_p99() {
    assert_eq!(micros(&mut of(std::iter::repeat_n(10, 49).chain([900])), 99.0), Some(900));
    assert_eq!(micros(&mut of(std::iter::repeat_n(10, 49).chain([900])), 50.0), Some(10));
}

#[test]
fn merged_times_are_sorted_anew() {
    let mut latencies = of([5, 1]);
    assert_eq!(micros(&mut latencies, 100.0), Some(5));
    latencies.merge(of([3, 9]));
    assert_eq!(latencies.count(), 4);
    assert_eq!(micros(&mut latencies, 50.0), Some(3));
    assert_eq!(micros(&mut latencies, 100.0), Some(9));
}

#[test]
fn longer_than_an_hour_is_cut_not_wrapped() {
    assert_eq!(micros(&mut of([u64::MAX / 2]), 50.0), Some(u128::from(u32::MAX)));
}
