//! The stream on its way into a session.

use std::collections::VecDeque;

use tsd::{Error, Handle};

use crate::alerts::{Device, Engineer, Reading, Session, Site};
use crate::{Board, DEVICES, ENGINEERS, Happening, Minute, SITES};

/// For how many minutes a reading counts.
const COUNTS_FOR: usize = 10;

/// A session that sees the last ten minutes of a stream.
#[derive(Debug)]
pub struct ControlRoom {
    /// The facts and rules.
    pub session: Session<Board>,
    devices: Vec<Handle<Device>>,
    engineers: Vec<Handle<Engineer>>,
    /// The readings of each minute that has not expired, oldest first.
    window: VecDeque<Vec<Handle<Reading>>>,
    readings: i64,
}

impl ControlRoom {
    /// A room with its sites, devices and engineers, before the first reading.
    ///
    /// # Errors
    /// None that can happen: all keys differ.
    pub fn new() -> Result<Self, Error> {
        let mut session = Session::new(Board::default());
        session.insert_all((0..SITES).map(|number| Site { id: site(number) }))?;
        let devices = (0..DEVICES).map(|number| {
            let (id, limit) = (format!("device {number}"), f64::from(70 + number as u32 % 3 * 4));
            session.insert(Device { id, site: site(number % SITES), limit, state: "on".into() })
        });
        let devices = devices.collect::<Result<_, _>>()?;
        let engineers = (0..ENGINEERS)
            .map(|number| session.insert(Engineer { id: format!("engineer {number}"), site: site(number) }));
        let engineers = engineers.collect::<Result<_, _>>()?;
        Ok(Self { session, devices, engineers, window: VecDeque::new(), readings: 0 })
    }

    /// Processes one minute: what happens, then the new readings; the oldest expire. Then the rules
    /// fire.
    ///
    /// # Errors
    /// None that can happen: every run of these rules ends.
    pub fn minute(&mut self, minute: &Minute) -> Result<(), Error> {
        for happening in &minute.happenings {
            match *happening {
                Happening::Switched { device, on } => {
                    self.switch(device, if on { "on" } else { "maintenance" })?
                }
                Happening::Moved { engineer, site: number } => {
                    self.session.update(self.engineers[engineer], |engineer| engineer.site = site(number))?;
                }
            }
        }
        let mut readings = Vec::with_capacity(minute.readings.len());
        for &(device, temperature) in &minute.readings {
            self.readings += 1;
            let reading = Reading { id: self.readings, device: self.devices[device], temperature };
            readings.push(self.session.insert(reading)?);
        }
        self.window.push_back(readings);
        if self.window.len() > COUNTS_FOR {
            self.forget_oldest()?;
        }
        self.fire()
    }

    /// Ends the day: every device is switched off, and minute after minute the last readings
    /// expire.
    ///
    /// # Errors
    /// None that can happen: every run of these rules ends.
    pub fn close(&mut self) -> Result<(), Error> {
        (0..DEVICES).try_for_each(|device| self.switch(device, "off"))?;
        self.fire()?;
        while !self.window.is_empty() {
            self.forget_oldest()?;
            self.fire()?;
        }
        Ok(())
    }

    fn switch(&mut self, device: usize, state: &str) -> Result<(), Error> {
        self.session.update(self.devices[device], |device| device.state = state.to_owned())
    }

    fn forget_oldest(&mut self) -> Result<(), Error> {
        let oldest = self.window.pop_front().unwrap_or_default();
        oldest.into_iter().try_for_each(|reading| self.session.retract(reading))
    }

    /// Alerts whose cause is gone were withdrawn already; new alerts are raised now.
    fn fire(&mut self) -> Result<(), Error> {
        self.session.host_mut().now += 1;
        let report = self.session.run()?;
        report.problems().iter().for_each(|problem| eprintln!("{problem}"));
        Ok(())
    }
}

fn site(number: usize) -> String {
    format!("site {number}")
}
