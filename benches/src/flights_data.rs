//! The nycflights13 data (see `examples/flights/data/DATA-README.md`) as plain structs.
//!
//! It keeps the columns that the rules read, and those that identify a record; `NA` is `None`. Each
//! distinct string is allocated once for the life of the process, so that the structs are `Copy`
//! and of one size: about 15,000 strings for 366,000 records.

use ahash::AHasher;
use csv::StringRecord;
use hashbrown::HashSet;
use std::fmt;
use std::fs::File;
use std::hash::BuildHasherDefault;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// A flight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flight {
    /// The month of departure.
    pub month: i64,
    /// The day of departure.
    pub day: i64,
    /// The airline's code.
    pub carrier: &'static str,
    /// The flight number.
    pub flight: i64,
    /// The plane's registration.
    pub tailnum: Option<&'static str>,
    /// The airport of departure.
    pub origin: &'static str,
    /// The airport of arrival.
    pub dest: &'static str,
    /// The scheduled hour of departure, an instant.
    pub time_hour: &'static str,
    /// Minutes late at departure.
    pub dep_delay: Option<f64>,
    /// Minutes late at arrival.
    pub arr_delay: Option<f64>,
    /// Miles.
    pub distance: f64,
}

/// The weather at one airport in one hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weather {
    /// The airport.
    pub origin: &'static str,
    /// The hour, an instant.
    pub time_hour: &'static str,
    /// Degrees Fahrenheit.
    pub temp: Option<f64>,
    /// Miles an hour.
    pub wind_speed: Option<f64>,
    /// Inches.
    pub precip: Option<f64>,
    /// Miles.
    pub visib: Option<f64>,
}

/// A plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    /// The registration.
    pub tailnum: &'static str,
    /// The year it was built.
    pub year: Option<i64>,
    /// The manufacturer.
    pub manufacturer: &'static str,
    /// The number of engines.
    pub engines: i64,
    /// The number of seats.
    pub seats: i64,
}

/// An airport.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Airport {
    /// The code.
    pub faa: &'static str,
    /// The name.
    pub name: &'static str,
    /// Feet above the sea.
    pub alt: f64,
}

/// An airline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Airline {
    /// The code.
    pub carrier: &'static str,
    /// The name.
    pub name: &'static str,
}

/// The five tables.
#[derive(Clone, Debug, Default)]
pub struct Flights {
    /// 336,776 flights.
    pub flights: Vec<Flight>,
    /// 26,115 hours of weather.
    pub weather: Vec<Weather>,
    /// 3,322 planes.
    pub planes: Vec<Plane>,
    /// 1,458 airports.
    pub airports: Vec<Airport>,
    /// 16 airlines.
    pub airlines: Vec<Airline>,
}

/// A rule over the flights and the number of its activations over all the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlightRule {
    /// The name.
    pub name: String,
    /// Patterns and condition, as they stand between `:` and `==>`.
    pub text: String,
    /// The number of activations.
    pub activations: u64,
}

/// Why the data could not be loaded.
#[derive(Debug)]
pub struct LoadError {
    path: PathBuf,
    what: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.what)
    }
}

impl std::error::Error for LoadError {}

/// The directory of the data: `examples/flights/data` of this workspace.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/flights/data")
}

impl Flights {
    /// Loads the five tables from [`directory`].
    pub fn load() -> Result<Self, LoadError> {
        Self::load_from(&directory())
    }

    /// Loads the five tables from `<name>.csv.zst` in `directory`.
    pub fn load_from(directory: &Path) -> Result<Self, LoadError> {
        let mut strings = Strings::default();
        Ok(Self {
            flights: table(directory, "flights", &mut strings, |row| {
                Ok(Flight {
                    month: row.number("month")?,
                    day: row.number("day")?,
                    carrier: row.text("carrier")?,
                    flight: row.number("flight")?,
                    tailnum: row.optional_text("tailnum")?,
                    origin: row.text("origin")?,
                    dest: row.text("dest")?,
                    time_hour: row.text("time_hour")?,
                    dep_delay: row.optional_number("dep_delay")?,
                    arr_delay: row.optional_number("arr_delay")?,
                    distance: row.number("distance")?,
                })
            })?,
            weather: table(directory, "weather", &mut strings, |row| {
                Ok(Weather {
                    origin: row.text("origin")?,
                    time_hour: row.text("time_hour")?,
                    temp: row.optional_number("temp")?,
                    wind_speed: row.optional_number("wind_speed")?,
                    precip: row.optional_number("precip")?,
                    visib: row.optional_number("visib")?,
                })
            })?,
            planes: table(directory, "planes", &mut strings, |row| {
                Ok(Plane {
                    tailnum: row.text("tailnum")?,
                    year: row.optional_number("year")?,
                    manufacturer: row.text("manufacturer")?,
                    engines: row.number("engines")?,
                    seats: row.number("seats")?,
                })
            })?,
            airports: table(directory, "airports", &mut strings, |row| {
                Ok(Airport { faa: row.text("faa")?, name: row.text("name")?, alt: row.number("alt")? })
            })?,
            airlines: table(directory, "airlines", &mut strings, |row| {
                Ok(Airline { carrier: row.text("carrier")?, name: row.text("name")? })
            })?,
        })
    }

    /// The number of facts in all tables.
    pub fn len(&self) -> usize {
        self.flights.len()
            + self.weather.len()
            + self.planes.len()
            + self.airports.len()
            + self.airlines.len()
    }

    /// Whether there are no facts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The rules of `expected.json`, in the order of the file.
pub fn rules() -> Result<Vec<FlightRule>, LoadError> {
    let path = directory().join("expected.json");
    let error = |what: String| LoadError { path: path.clone(), what };
    let text = std::fs::read_to_string(&path).map_err(|cause| error(cause.to_string()))?;
    let document: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|cause| error(cause.to_string()))?;
    let rule = |(name, rule): (&String, &serde_json::Value)| {
        let text = rule["rule"].as_str().ok_or_else(|| error(format!("{name} has no text")))?;
        let activations =
            rule["activations"].as_u64().ok_or_else(|| error(format!("{name} has no count")))?;
        Ok(FlightRule { name: name.clone(), text: text.to_owned(), activations })
    };
    document.iter().map(rule).collect()
}

/// The rules as a TSD program over the types of this module: rule `i` does `hit(i)`.
pub fn program(rules: &[FlightRule]) -> String {
    let types = "\
type Flight(month: int, day: int, carrier: string, flight: int, tailnum: string?, origin: string, \
dest: string, time_hour: string, dep_delay: number?, arr_delay: number?, distance: number)
type Weather(origin: string, time_hour: string, temp: number?, wind_speed: number?, precip: number?, \
visib: number?)
type Plane(#tailnum: string, year: int?, manufacturer: string, engines: int, seats: int)
type Airport(#faa: string, name: string, alt: number)
type Airline(#carrier: string, name: string)
action hit(rule: int)
";
    let rule = |(number, rule): (usize, &FlightRule)| {
        format!("rule {} : {} ==> hit({number})\n", rule.name, rule.text)
    };
    types.to_owned() + &rules.iter().enumerate().map(rule).collect::<String>()
}

/// The distinct strings so far.
#[derive(Default)]
struct Strings(HashSet<&'static str, BuildHasherDefault<AHasher>>);

impl Strings {
    fn keep(&mut self, text: &str) -> &'static str {
        if let Some(known) = self.0.get(text) {
            return known;
        }
        let kept: &'static str = Box::leak(text.into());
        self.0.insert(kept);
        kept
    }
}

/// One row of a table, with the names of its columns.
struct Row<'a> {
    header: &'a StringRecord,
    cells: &'a StringRecord,
    strings: &'a mut Strings,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> Result<&str, String> {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| self.cells.get(place)).ok_or_else(|| format!("no column {column}"))
    }

    fn optional_text(&mut self, column: &str) -> Result<Option<&'static str>, String> {
        let place = self.header.iter().position(|name| name == column);
        let cell =
            place.and_then(|place| self.cells.get(place)).ok_or_else(|| format!("no column {column}"))?;
        Ok((cell != "NA").then(|| self.strings.keep(cell)))
    }

    fn text(&mut self, column: &str) -> Result<&'static str, String> {
        self.optional_text(column)?.ok_or_else(|| format!("{column} is missing"))
    }

    fn optional_number<N: std::str::FromStr>(&self, column: &str) -> Result<Option<N>, String> {
        match self.cell(column)? {
            "NA" => Ok(None),
            cell => cell.parse().map(Some).map_err(|_| format!("{column} is not a number: {cell}")),
        }
    }

    fn number<N: std::str::FromStr>(&self, column: &str) -> Result<N, String> {
        self.optional_number(column)?.ok_or_else(|| format!("{column} is missing"))
    }
}

fn table<T>(
    directory: &Path,
    name: &str,
    strings: &mut Strings,
    mut record: impl FnMut(&mut Row<'_>) -> Result<T, String>,
) -> Result<Vec<T>, LoadError> {
    let path = directory.join(format!("{name}.csv.zst"));
    let mut read = || -> Result<Vec<T>, Box<dyn std::error::Error>> {
        let compressed = BufReader::new(File::open(&path)?);
        let mut reader = csv::Reader::from_reader(ruzstd::decoding::StreamingDecoder::new(compressed)?);
        let header = reader.headers()?.clone();
        let mut cells = StringRecord::new();
        let mut records = Vec::new();
        while reader.read_record(&mut cells)? {
            let mut row = Row { header: &header, cells: &cells, strings };
            let line = cells.position().map_or(0, csv::Position::line);
            records.push(record(&mut row).map_err(|what| format!("line {line}: {what}"))?);
        }
        Ok(records)
    };
    read().map_err(|cause| LoadError { path: path.clone(), what: cause.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_have_their_published_sizes_and_missing_values() {
        let data = Flights::load().expect("the data are checked in");
        let sizes = [
            data.flights.len(),
            data.weather.len(),
            data.planes.len(),
            data.airports.len(),
            data.airlines.len(),
        ];
        assert_eq!(sizes, [336_776, 26_115, 3_322, 1_458, 16]);
        assert_eq!(data.flights.iter().filter(|flight| flight.tailnum.is_none()).count(), 2_512);
        assert_eq!(data.flights.iter().filter(|flight| flight.dep_delay.is_none()).count(), 8_255);
        assert_eq!(data.weather.iter().filter(|hour| hour.wind_speed.is_none()).count(), 4);
        assert_eq!(data.planes.iter().filter(|plane| plane.year.is_none()).count(), 70);
    }

    #[test]
    fn the_program_has_the_eight_rules() {
        let rules = rules().expect("the file is checked in");
        assert_eq!(rules.len(), 8);
        let program = program(&rules);
        assert!(program.contains(
            "rule compensation : {f: Flight} / f.arr_delay >= 180 AND f.distance >= 932 ==> hit(2)"
        ));
        assert_eq!(program.lines().count(), 6 + 8);
    }
}
