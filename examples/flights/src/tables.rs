//! The five tables, read row by row into the structs that the rules declare.

mod row;

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use ruzstd::decoding::StreamingDecoder;

use self::row::Row;
use crate::flights::{Airline, Airport, Flight, Plane, Weather};

/// Where the tables are: `examples/flights/data`.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// A struct for a row of a table.
pub trait Record: Sized {
    /// The name of the file, without `.csv.zst`.
    const TABLE: &'static str;

    /// Creates the struct of a row.
    ///
    /// # Errors
    /// When a cell does not fit.
    fn read(row: &mut Row<'_>) -> Result<Self, String>;
}

/// Passes every row of a table to `take`.
///
/// # Errors
/// When the table cannot be read or a cell does not fit, and whatever `take` returns.
pub fn read<T: Record>(take: impl FnMut(T) -> Result<(), tsd::Error>) -> Result<(), TableError> {
    let path = path::<T>();
    read_from(&path, take).map_err(|cause| TableError { path, cause })
}

fn read_from<T: Record>(
    path: &Path,
    mut take: impl FnMut(T) -> Result<(), tsd::Error>,
) -> Result<(), Box<dyn Error>> {
    let source = StreamingDecoder::new(BufReader::new(File::open(path)?))?;
    let mut reader = csv::Reader::from_reader(source);
    let names = reader.headers()?.clone();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record)? {
        let mut row = Row::new(&names, &record);
        let line = record.position().map_or(0, csv::Position::line);
        take(T::read(&mut row).map_err(|what| format!("line {line}: {what}"))?)?;
    }
    Ok(())
}

/// Why a table could not be read.
#[derive(Debug)]
pub struct TableError {
    path: PathBuf,
    cause: Box<dyn Error>,
}

impl TableError {
    pub(crate) fn in_table<T: Record>(error: tsd::Error) -> Self {
        Self { path: path::<T>(), cause: error.into() }
    }
}

fn path<T: Record>() -> PathBuf {
    directory().join(format!("{}.csv.zst", T::TABLE))
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.cause)
    }
}

impl Error for TableError {}

/// Implements [`Record`] for a struct whose fields have the names of the columns.
macro_rules! record {
    ($type:ident, $table:literal, $($field:ident),+) => {
        impl Record for $type {
            const TABLE: &'static str = $table;

            fn read(row: &mut Row<'_>) -> Result<Self, String> {
                // The column `type` is the field `r#type`.
                Ok(Self { $($field: row.get(stringify!($field).trim_start_matches("r#"))?),+ })
            }
        }
    };
}

record!(
    Flight,
    "flights",
    year,
    month,
    day,
    dep_time,
    sched_dep_time,
    dep_delay,
    arr_time,
    sched_arr_time,
    arr_delay,
    carrier,
    flight,
    tailnum,
    origin,
    dest,
    air_time,
    distance,
    hour,
    minute,
    time_hour
);
record!(
    Weather, "weather", origin, year, month, day, hour, temp, dewp, humid, wind_dir, wind_speed, wind_gust,
    precip, pressure, visib, time_hour
);
record!(Plane, "planes", tailnum, year, r#type, manufacturer, model, engines, seats, speed, engine);
record!(Airport, "airports", faa, name, lat, lon, alt, tz, dst, tzone);
record!(Airline, "airlines", carrier, name);
