//! The tables on their way into a session.

use std::time::{Duration, Instant};

use crate::flights::{Airline, Airport, Flight, Plane, Rules, Session, Weather};
use crate::tables::{Record, TableError, read};
use crate::{Desk, FACTS};

/// How many rows are read before they are inserted, so that reading and inserting can be timed
/// apart.
const BATCH: usize = 4096;

/// What loading took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loaded {
    /// The facts.
    pub facts: u64,
    /// Decompressing and parsing.
    pub reading: Duration,
    /// The time to insert, which includes matching.
    pub inserting: Duration,
}

/// Inserts all five tables. `watch` is called with the number of facts so far.
///
/// # Errors
/// When a table cannot be read.
pub fn load(session: &mut Session<Desk>, watch: &mut dyn FnMut(u64)) -> Result<Loaded, TableError> {
    let mut loaded = Loaded::default();
    let start = Instant::now();
    table::<Airline>(session, &mut loaded, watch)?;
    table::<Airport>(session, &mut loaded, watch)?;
    table::<Plane>(session, &mut loaded, watch)?;
    table::<Weather>(session, &mut loaded, watch)?;
    table::<Flight>(session, &mut loaded, watch)?;
    loaded.reading = start.elapsed().saturating_sub(loaded.inserting);
    debug_assert_eq!(loaded.facts, FACTS);
    Ok(loaded)
}

fn table<T: Record + tsd::rt::FactOf<Rules<Desk>>>(
    session: &mut Session<Desk>,
    loaded: &mut Loaded,
    watch: &mut dyn FnMut(u64),
) -> Result<(), TableError> {
    let mut batch: Vec<T> = Vec::with_capacity(BATCH);
    let mut insert = |batch: &mut Vec<T>| {
        let start = Instant::now();
        loaded.facts += batch.len() as u64;
        batch.drain(..).try_for_each(|fact| session.insert(fact).map(|_| ()))?;
        loaded.inserting += start.elapsed();
        watch(loaded.facts);
        Ok(())
    };
    read::<T>(|fact| {
        batch.push(fact);
        if batch.len() == BATCH { insert(&mut batch) } else { Ok(()) }
    })?;
    insert(&mut batch).map_err(TableError::in_table::<T>)
}
