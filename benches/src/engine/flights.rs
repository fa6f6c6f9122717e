//! The eight flight rules on the engine, all tables inserted one after another.

use super::Interpretable;
use crate::flights_data::{self as data, Flights};
use crate::measure::{Timing, timed};
use crate::outcome::Outcome;
use tsd::{Context, Host, Interpreted};
use tsd::{TypeId, Value};

tsd::include_rules!(pub "flights");
use self::flights as rules;

/// The actions, one for each rule, in the order of the rules in [`RULES`].
const ACTIONS: [&str; 8] = [
    "inspect",
    "warn_crew",
    "check_performance",
    "look_up",
    "service",
    "compensate",
    "explain_delay",
    "apologize",
];

/// Counts the calls of each action.
#[derive(Clone, Debug, Default)]
struct Calls([u64; 8]);

impl rules::Actions for Calls {
    fn inspect(&mut self, _: &str, _: i64, _: f64) {
        self.0[0] += 1;
    }

    fn warn_crew(&mut self, _: &str, _: &str, _: f64) {
        self.0[1] += 1;
    }

    fn check_performance(&mut self, _: &str, _: &str, _: f64) {
        self.0[2] += 1;
    }

    fn look_up(&mut self, _: Option<&str>, _: &str, _: i64, _: &str) {
        self.0[3] += 1;
    }

    fn service(&mut self, _: &str) {
        self.0[4] += 1;
    }

    fn compensate(&mut self, _: &str, _: i64, _: &str, _: f64) {
        self.0[5] += 1;
    }

    fn explain_delay(&mut self, _: &str, _: i64, _: &str, _: f64) {
        self.0[6] += 1;
    }

    fn apologize(&mut self, _: &str) {
        self.0[7] += 1;
    }
}

impl Host for Calls {
    fn perform(&mut self, action: &str, _: &[Value], _: &mut Context<'_, Interpreted<Self>>) {
        if let Some(rule) = ACTIONS.iter().position(|known| *known == action) {
            self.0[rule] += 1;
        }
    }
}

/// The rules as text, for the interpreter.
pub const RULES: &str = include_str!(concat!(env!("OUT_DIR"), "/rules/flights.tsd"));

/// The compiled program.
///
/// # Panics
/// If the tables' keys are not unique.
pub fn compiled(data: &Flights) -> (Timing, Outcome) {
    let airlines: Vec<rules::Airline> = data.airlines.iter().map(airline).collect();
    let airports: Vec<rules::Airport> = data.airports.iter().map(airport).collect();
    let planes: Vec<rules::Plane> = data.planes.iter().map(plane).collect();
    let weather: Vec<rules::Weather> = data.weather.iter().map(weather).collect();
    let flights: Vec<rules::Flight> = data.flights.iter().map(flight).collect();
    let (timing, session) = timed(|| {
        let mut session = rules::Session::new(Calls::default());
        session.insert_all(airlines).expect("the keys differ");
        session.insert_all(airports).expect("the keys differ");
        session.insert_all(planes).expect("the keys differ");
        session.insert_all(weather).expect("no key");
        session.insert_all(flights).expect("no key");
        let _ = session.run().expect("no rule loops");
        session
    });
    (timing, Outcome::counted(session.into_host().0.to_vec()))
}

fn airline(airline: &data::Airline) -> rules::Airline {
    rules::Airline { carrier: airline.carrier.to_owned(), name: airline.name.to_owned() }
}

fn airport(airport: &data::Airport) -> rules::Airport {
    rules::Airport { faa: airport.faa.to_owned(), name: airport.name.to_owned(), alt: airport.alt }
}

fn plane(plane: &data::Plane) -> rules::Plane {
    rules::Plane {
        tailnum: plane.tailnum.to_owned(),
        year: plane.year,
        manufacturer: plane.manufacturer.to_owned(),
        engines: plane.engines,
        seats: plane.seats,
    }
}

fn weather(hour: &data::Weather) -> rules::Weather {
    rules::Weather {
        origin: hour.origin.to_owned(),
        time_hour: hour.time_hour.to_owned(),
        temp: hour.temp,
        wind_speed: hour.wind_speed,
        precip: hour.precip,
        visib: hour.visib,
    }
}

fn flight(flight: &data::Flight) -> rules::Flight {
    rules::Flight {
        month: flight.month,
        day: flight.day,
        carrier: flight.carrier.to_owned(),
        flight: flight.flight,
        tailnum: flight.tailnum.map(str::to_owned),
        origin: flight.origin.to_owned(),
        dest: flight.dest.to_owned(),
        time_hour: flight.time_hour.to_owned(),
        dep_delay: flight.dep_delay,
        arr_delay: flight.arr_delay,
        distance: flight.distance,
    }
}

/// The interpreted program.
///
/// # Panics
/// If the tables' keys are not unique.
pub fn interpreted(data: &Flights, program: &Interpretable) -> (Timing, Outcome) {
    let facts = values(data);
    let (timing, engine) = timed(|| {
        let mut engine = program.engine_with(Calls::default());
        for (ty, values) in facts {
            engine.insert_values(ty, &values).expect("the keys differ");
        }
        let _ = engine.run().expect("no rule loops");
        engine
    });
    (timing, Outcome::counted(engine.into_host().0.to_vec()))
}

fn values(data: &Flights) -> Vec<(TypeId, Vec<Value>)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let number = |number: Option<f64>| number.map_or(Value::Missing, Value::Number);
    let int = |int: Option<i64>| int.map_or(Value::Missing, Value::Int);
    let mut facts = Vec::with_capacity(data.len());
    facts.extend(data.airlines.iter().map(|one| (TypeId(4), vec![text(one.carrier), text(one.name)])));
    facts.extend(
        data.airports
            .iter()
            .map(|one| (TypeId(3), vec![text(one.faa), text(one.name), Value::Number(one.alt)])),
    );
    facts.extend(data.planes.iter().map(|one| {
        let (engines, seats) = (Value::Int(one.engines), Value::Int(one.seats));
        (TypeId(2), vec![text(one.tailnum), int(one.year), text(one.manufacturer), engines, seats])
    }));
    facts.extend(data.weather.iter().map(|one| {
        let [temp, wind, precip, visib] = [one.temp, one.wind_speed, one.precip, one.visib].map(number);
        (TypeId(1), vec![text(one.origin), text(one.time_hour), temp, wind, precip, visib])
    }));
    facts.extend(data.flights.iter().map(|one| {
        let (month, day, flight) = (Value::Int(one.month), Value::Int(one.day), Value::Int(one.flight));
        let tailnum = one.tailnum.map_or(Value::Missing, text);
        let [departure, arrival] = [one.dep_delay, one.arr_delay].map(number);
        let (origin, dest, hour) = (text(one.origin), text(one.dest), text(one.time_hour));
        let fields = vec![
            month,
            day,
            text(one.carrier),
            flight,
            tailnum,
            origin,
            dest,
            hour,
            departure,
            arrival,
            Value::Number(one.distance),
        ];
        (TypeId(0), fields)
    }));
    facts
}
