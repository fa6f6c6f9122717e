//! What happens at twenty sites with two hundred devices, minute after minute: invented, and the
//! same every time.

/// How many readings the stream has.
pub const READINGS: usize = 100_000;
/// How many devices there are.
pub const DEVICES: usize = 200;
/// How many sites there are; the devices are distributed among them in turn.
pub const SITES: usize = 20;
/// How many engineers are on the road.
pub const ENGINEERS: usize = 8;

/// One minute of the stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Minute {
    /// What happens, before the readings come in.
    pub happenings: Vec<Happening>,
    /// Which devices report, and how warm they are.
    pub readings: Vec<(usize, f64)>,
}

/// What changes an existing fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A device is taken into maintenance, or put back into service.
    Switched {
        /// Which device.
        device: usize,
        /// Whether it is in service.
        on: bool,
    },
    /// An engineer moves to another site.
    Moved {
        /// Which engineer.
        engineer: usize,
        /// Where to.
        site: usize,
    },
}

/// For how many minutes more something lasts.
#[derive(Clone, Copy, Debug, Default)]
struct Device {
    fever: u32,
    silence: u32,
    maintenance: u32,
}

/// The minutes, until there have been [`READINGS`] readings.
#[derive(Clone, Debug)]
pub struct Stream {
    chance: Chance,
    devices: Vec<Device>,
    /// For how many minutes more the cooling of each site fails.
    heat: Vec<u32>,
    left: usize,
}

impl Default for Stream {
    fn default() -> Self {
        Self::of(READINGS)
    }
}

impl Stream {
    /// A stream with this many readings.
    pub fn of(readings: usize) -> Self {
        Self {
            chance: Chance(2013),
            devices: vec![Device::default(); DEVICES],
            heat: vec![0; SITES],
            left: readings,
        }
    }

    fn sites(&mut self) {
        for site in &mut self.heat {
            *site = site.saturating_sub(1);
            if self.chance.one_in(2_000) {
                *site = self.chance.between(10, 30);
            }
        }
    }

    fn device(&mut self, number: usize, minute: &mut Minute) {
        let (chance, device) = (&mut self.chance, &mut self.devices[number]);
        if device.maintenance > 0 {
            device.maintenance -= 1;
            if device.maintenance == 0 {
                minute.happenings.push(Happening::Switched { device: number, on: true });
            }
        } else if chance.one_in(1_000) {
            device.maintenance = chance.between(5, 40);
            minute.happenings.push(Happening::Switched { device: number, on: false });
        }
        device.fever = device.fever.saturating_sub(1);
        if chance.one_in(400) {
            device.fever = chance.between(2, 20);
        }
        device.silence = device.silence.saturating_sub(1);
        if chance.one_in(800) {
            device.silence = chance.between(5, 25);
        }
        if device.silence == 0 && self.left > 0 {
            self.left -= 1;
            let fever = if device.fever > 0 { 20 } else { 0 };
            let heat = if self.heat[number % SITES] > 0 { 15 } else { 0 };
            // In quarters of a degree, which add up exactly.
            let quarters = chance.between(4 * 50, 4 * 68) + 4 * (fever + heat);
            minute.readings.push((number, f64::from(quarters) / 4.0));
        }
    }
}

impl Iterator for Stream {
    type Item = Minute;

    fn next(&mut self) -> Option<Minute> {
        if self.left == 0 {
            return None;
        }
        let mut minute = Minute::default();
        self.sites();
        for engineer in 0..ENGINEERS {
            if self.chance.one_in(25) {
                let site = self.chance.between(0, SITES as u32 - 1) as usize;
                minute.happenings.push(Happening::Moved { engineer, site });
            }
        }
        (0..DEVICES).for_each(|device| self.device(device, &mut minute));
        Some(minute)
    }
}

/// Random numbers (SplitMix64), the same on every machine.
#[derive(Clone, Copy, Debug)]
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    fn between(&mut self, low: u32, high: u32) -> u32 {
        low + (self.next() % u64::from(high - low + 1)) as u32
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }
}
