//! The host that the rules call.

use std::collections::BTreeSet;

use crate::flights::Actions;

/// The dispatcher's desk: it adds up what the rules report.
#[derive(Debug, Default, PartialEq)]
pub struct Desk {
    /// How many passengers' flights are to be compensated.
    pub compensated: u64,
    /// How many delays the weather explains.
    pub explained: u64,
    /// The registrations of aircraft to inspect.
    pub to_inspect: BTreeSet<String>,
    /// How many crews were warned of wind.
    pub warned: u64,
    /// The airports for which take-off performance was checked.
    pub checked: BTreeSet<String>,
    /// How many flights to look up, because the register does not have their aircraft.
    pub to_look_up: u64,
    /// The registrations of aircraft that fly so much that they need service.
    pub to_service: BTreeSet<String>,
    /// The airlines that are late on average.
    pub late: BTreeSet<String>,
}

impl Actions for Desk {
    fn compensate(&mut self, _carrier: &str, _flight: i64, _departure: &str, _minutes_late: f64) {
        self.compensated += 1;
    }

    fn explain_delay(&mut self, _carrier: &str, _flight: i64, _departure: &str, _visibility: f64) {
        self.explained += 1;
    }

    fn inspect(&mut self, tailnum: &str, _built: i64, _distance: f64) {
        if !self.to_inspect.contains(tailnum) {
            self.to_inspect.insert(tailnum.to_owned());
        }
    }

    fn warn_crew(&mut self, _tailnum: &str, _departure: &str, _wind_speed: f64) {
        self.warned += 1;
    }

    fn check_performance(&mut self, _tailnum: &str, airport: &str, _altitude: f64) {
        if !self.checked.contains(airport) {
            self.checked.insert(airport.to_owned());
        }
    }

    fn look_up(&mut self, _tailnum: Option<&str>, _carrier: &str, _flight: i64, _departure: &str) {
        self.to_look_up += 1;
    }

    fn service(&mut self, tailnum: &str) {
        self.to_service.insert(tailnum.to_owned());
    }

    fn apologize(&mut self, airline: &str) {
        self.late.insert(airline.to_owned());
    }
}
