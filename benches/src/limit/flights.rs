//! The rules over nycflights13: a function for each, and one pass for all eight.
//!
//! A match is stored as the record numbers of its facts, in the order of the rule's variables.

use crate::flights_data::{Flight, Flights, Plane, Weather};
use crate::outcome::Outcome;
use ahash::AHasher;
use hashbrown::HashMap;
use std::hash::BuildHasherDefault;

type Index<K> = HashMap<K, u32, BuildHasherDefault<AHasher>>;

/// The names of the rules, in the order of `rules/flights`.
pub const RULES: [&str; 8] = [
    "old_aircraft",
    "windy_small_jet",
    "high_altitude_arrival",
    "unregistered_aircraft",
    "workhorse",
    "compensation",
    "low_visibility_delay",
    "late_airline",
];

/// The stored matches of one rule, as record numbers of `N` facts.
pub type Found<const N: usize> = Vec<[u32; N]>;

/// What a rule found; record numbers serve as ids, which these tables do not have.
pub fn outcome<const N: usize>(found: &Found<N>) -> Outcome {
    let mut outcome = Outcome::traced(1);
    for records in found {
        outcome.record(0, &records.map(i64::from));
    }
    outcome
}

/// The outcomes of several rules as one, numbered in the order given; the checksums are summed.
pub fn together(outcomes: &[Outcome]) -> Outcome {
    let mut checksums = outcomes.iter().map(|outcome| outcome.checksum);
    Outcome {
        counts: outcomes.iter().map(Outcome::total).collect(),
        checksum: checksums.try_fold(0u64, |sum, next| Some(sum.wrapping_add(next?))),
    }
}

fn planes_by_tailnum(data: &Flights, wanted: impl Fn(&Plane) -> bool) -> Index<&'static str> {
    let numbered = (0u32..).zip(&data.planes);
    numbered.filter(|(_, plane)| wanted(plane)).map(|(record, plane)| (plane.tailnum, record)).collect()
}

/// The weather by hour and airport. No hour and airport occur twice in the data, but no key
/// guarantees that, and a join must not rely on it: each entry is the last of a chain.
struct WeatherIndex {
    last: Index<(&'static str, &'static str)>,
    /// Per record the previous record of the same hour and airport.
    previous: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl WeatherIndex {
    fn of(data: &Flights, wanted: impl Fn(&Weather) -> bool) -> Self {
        let mut last = Index::default();
        let mut previous = vec![NONE; data.weather.len()];
        for (record, hour) in data.weather.iter().enumerate().filter(|(_, hour)| wanted(hour)) {
            let before = last.insert((hour.time_hour, hour.origin), record as u32);
            previous[record] = before.unwrap_or(NONE);
        }
        Self { last, previous }
    }

    #[inline]
    fn of_flight(&self, flight: &Flight) -> impl Iterator<Item = u32> + '_ {
        let first = self.last.get(&(flight.time_hour, flight.origin)).copied();
        std::iter::successors(first, |record| {
            Some(self.previous[*record as usize]).filter(|next| *next != NONE)
        })
    }
}

fn flights(data: &Flights) -> impl Iterator<Item = (u32, &Flight)> {
    (0..).zip(&data.flights)
}

/// Long flights of planes built before 1990: (flight, plane).
pub fn old_aircraft(data: &Flights) -> Found<2> {
    let planes = planes_by_tailnum(data, |plane| plane.year.is_some_and(|year| year < 1990));
    let long = flights(data).filter(|(_, flight)| flight.distance > 1000.0);
    long.filter_map(|(record, flight)| Some([record, *planes.get(flight.tailnum?)?])).collect()
}

/// Flights that left late in fog: (flight, weather).
pub fn low_visibility_delay(data: &Flights) -> Found<2> {
    let weather = WeatherIndex::of(data, |hour| hour.visib.is_some_and(|visib| visib < 1.0));
    let late = flights(data).filter(|(_, flight)| flight.dep_delay.is_some_and(|delay| delay > 60.0));
    late.flat_map(|(record, flight)| weather.of_flight(flight).map(move |hour| [record, hour])).collect()
}

/// Flights so late and so long that passengers may ask for compensation: (flight).
pub fn compensation(data: &Flights) -> Found<1> {
    let due =
        |flight: &Flight| flight.arr_delay.is_some_and(|delay| delay >= 180.0) && flight.distance >= 932.0;
    flights(data).filter(|(_, flight)| due(flight)).map(|(record, _)| [record]).collect()
}

/// Small planes in strong wind: (flight, plane, weather).
pub fn windy_small_jet(data: &Flights) -> Found<3> {
    let planes = planes_by_tailnum(data, |plane| plane.seats < 60);
    let weather = WeatherIndex::of(data, |hour| hour.wind_speed.is_some_and(|speed| speed > 25.0));
    let mut found = Vec::new();
    for (record, flight) in flights(data) {
        if let Some(&plane) = flight.tailnum.and_then(|tailnum| planes.get(tailnum)) {
            found.extend(weather.of_flight(flight).map(|hour| [record, plane, hour]));
        }
    }
    found
}

/// Two-engined planes that left in the rain for a high airport: (flight, airport, plane, weather).
pub fn high_altitude_arrival(data: &Flights) -> Found<4> {
    let high = (0u32..).zip(&data.airports).filter(|(_, airport)| airport.alt > 5000.0);
    let airports: Index<&str> = high.map(|(record, airport)| (airport.faa, record)).collect();
    let planes = planes_by_tailnum(data, |plane| plane.engines == 2);
    let weather = WeatherIndex::of(data, |hour| hour.precip.is_some_and(|precip| precip > 0.0));
    let mut found = Vec::new();
    for (record, flight) in flights(data) {
        if let Some(&airport) = airports.get(flight.dest)
            && let Some(&plane) = flight.tailnum.and_then(|tailnum| planes.get(tailnum))
        {
            found.extend(weather.of_flight(flight).map(|hour| [record, airport, plane, hour]));
        }
    }
    found
}

/// Flights of planes that the register does not have: (flight).
pub fn unregistered_aircraft(data: &Flights) -> Found<1> {
    let planes = planes_by_tailnum(data, |_| true);
    let unknown = |flight: &Flight| flight.tailnum.is_none_or(|tailnum| !planes.contains_key(tailnum));
    flights(data).filter(|(_, flight)| unknown(flight)).map(|(record, _)| [record]).collect()
}

/// The departure delays of each airline: their sum, and how many flights have one.
struct Delays {
    airlines: Index<&'static str>,
    sums: Vec<(f64, f64)>,
}

impl Delays {
    fn of(data: &Flights) -> Self {
        let airlines = data.airlines.iter().map(|airline| airline.carrier).zip(0..).collect();
        Self { airlines, sums: vec![(0.0, 0.0); data.airlines.len()] }
    }

    #[inline]
    fn add(&mut self, flight: &Flight) {
        if let (Some(delay), Some(&airline)) = (flight.dep_delay, self.airlines.get(flight.carrier)) {
            let (sum, count) = &mut self.sums[airline as usize];
            *sum += delay;
            *count += 1.0;
        }
    }

    /// Without flights the quotient is NaN, which is not above 15.
    fn late(&self) -> Found<1> {
        let numbered = (0..).zip(&self.sums);
        numbered.filter(|(_, (sum, count))| sum / count > 15.0).map(|(record, _)| [record]).collect()
    }
}

/// Airlines whose flights leave more than 15 minutes late on average: (airline).
pub fn late_airline(data: &Flights) -> Found<1> {
    let mut delays = Delays::of(data);
    data.flights.iter().for_each(|flight| delays.add(flight));
    delays.late()
}

fn workhorses(flown: &[u32]) -> Found<1> {
    (0..).zip(flown).filter(|(_, count)| **count >= 400).map(|(record, _)| [record]).collect()
}

/// Planes with at least 400 flights: (plane).
pub fn workhorse(data: &Flights) -> Found<1> {
    let planes = planes_by_tailnum(data, |_| true);
    let mut flown = vec![0u32; data.planes.len()];
    for flight in &data.flights {
        if let Some(&plane) = flight.tailnum.and_then(|tailnum| planes.get(tailnum)) {
            flown[plane as usize] += 1;
        }
    }
    workhorses(&flown)
}

/// The matches of all rules.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    old_aircraft: Found<2>,
    windy_small_jet: Found<3>,
    high_altitude_arrival: Found<4>,
    unregistered_aircraft: Found<1>,
    workhorse: Found<1>,
    compensation: Found<1>,
    low_visibility_delay: Found<2>,
    late_airline: Found<1>,
}

impl Matches {
    /// What was found, in the order of [`RULES`].
    pub fn outcome(&self) -> Outcome {
        together(&[
            outcome(&self.old_aircraft),
            outcome(&self.windy_small_jet),
            outcome(&self.high_altitude_arrival),
            outcome(&self.unregistered_aircraft),
            outcome(&self.workhorse),
            outcome(&self.compensation),
            outcome(&self.low_visibility_delay),
            outcome(&self.late_airline),
        ])
    }
}

/// The limit for all rules together: one index of planes, one of weather, one pass over the
/// flights.
pub fn all_rules(data: &Flights) -> Matches {
    let old = |plane: &Plane| plane.year.is_some_and(|year| year < 1990);
    let small = |plane: &Plane| plane.seats < 60;
    let foggy = |hour: &Weather| hour.visib.is_some_and(|visib| visib < 1.0);
    let windy = |hour: &Weather| hour.wind_speed.is_some_and(|speed| speed > 25.0);
    let rainy = |hour: &Weather| hour.precip.is_some_and(|precip| precip > 0.0);

    let planes = planes_by_tailnum(data, |_| true);
    let weather = WeatherIndex::of(data, |hour| foggy(hour) || windy(hour) || rainy(hour));
    let high = (0u32..).zip(&data.airports).filter(|(_, airport)| airport.alt > 5000.0);
    let airports: Index<&str> = high.map(|(record, airport)| (airport.faa, record)).collect();
    let mut delays = Delays::of(data);
    let mut flown = vec![0u32; data.planes.len()];

    let mut found = Matches::default();
    for (record, flight) in flights(data) {
        delays.add(flight);
        if flight.distance >= 932.0 && flight.arr_delay.is_some_and(|delay| delay >= 180.0) {
            found.compensation.push([record]);
        }
        let late = flight.dep_delay.is_some_and(|delay| delay > 60.0);
        let plane = flight.tailnum.and_then(|tailnum| planes.get(tailnum)).copied();
        match plane {
            Some(plane) => flown[plane as usize] += 1,
            None => found.unregistered_aircraft.push([record]),
        }
        let airport = airports.get(flight.dest).copied();
        let facts = plane.map(|record| &data.planes[record as usize]);
        let is_small = facts.is_some_and(small);
        let arrives_high = airport.filter(|_| facts.is_some_and(|plane| plane.engines == 2));
        if let Some(plane) = plane
            && flight.distance > 1000.0
            && facts.is_some_and(old)
        {
            found.old_aircraft.push([record, plane]);
        }
        if !late && !is_small && arrives_high.is_none() {
            continue;
        }
        for hour in weather.of_flight(flight) {
            let facts = &data.weather[hour as usize];
            if late && foggy(facts) {
                found.low_visibility_delay.push([record, hour]);
            }
            let Some(plane) = plane else { continue };
            if is_small && windy(facts) {
                found.windy_small_jet.push([record, plane, hour]);
            }
            if let Some(airport) = arrives_high
                && rainy(facts)
            {
                found.high_altitude_arrival.push([record, airport, plane, hour]);
            }
        }
    }
    found.workhorse = workhorses(&flown);
    found.late_airline = delays.late();
    found
}

/// The outcome of every rule by its name, in the order of `expected.json`; every rule runs by
/// itself.
pub fn each(data: &Flights) -> [(&'static str, Outcome); 8] {
    [
        ("old_aircraft", outcome(&old_aircraft(data))),
        ("low_visibility_delay", outcome(&low_visibility_delay(data))),
        ("compensation", outcome(&compensation(data))),
        ("windy_small_jet", outcome(&windy_small_jet(data))),
        ("unregistered_aircraft", outcome(&unregistered_aircraft(data))),
        ("late_airline", outcome(&late_airline(data))),
        ("workhorse", outcome(&workhorse(data))),
        ("high_altitude_arrival", outcome(&high_altitude_arrival(data))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flights_data;

    #[test]
    fn every_rule_reaches_its_published_count_and_the_pass_agrees() {
        let data = Flights::load().expect("the data are checked in");
        let outcomes = each(&data);
        for (rule, (name, outcome)) in flights_data::rules().expect("checked in").iter().zip(&outcomes) {
            assert_eq!((rule.name.as_str(), rule.activations), (*name, outcome.total()));
        }
        let singly = RULES.map(|name| {
            let (_, outcome) = outcomes.iter().find(|one| one.0 == name).expect("a known rule");
            outcome.clone()
        });
        assert_eq!(all_rules(&data).outcome(), together(&singly));
    }
}
