//! CPU time as a criterion measurement.

use criterion::Throughput;
use criterion::measurement::{Measurement, ValueFormatter};
use std::time::Duration;
use tsd_benches::measure::cpu_time;

/// User and system time of the process, by `getrusage`.
pub(super) struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        cpu_time()
    }

    fn end(&self, start: Duration) -> Duration {
        cpu_time().saturating_sub(start)
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &Nanoseconds
    }
}

/// Formats nanoseconds of CPU time in the unit that suits them.
struct Nanoseconds;

impl Nanoseconds {
    fn unit(typical: f64) -> (f64, &'static str) {
        match typical {
            typical if typical < 1e3 => (1.0, "ns CPU"),
            typical if typical < 1e6 => (1e-3, "µs CPU"),
            typical if typical < 1e9 => (1e-6, "ms CPU"),
            _ => (1e-9, "s CPU"),
        }
    }

    fn amount(throughput: &Throughput) -> (f64, &'static str) {
        match throughput {
            Throughput::Bytes(amount) | Throughput::BytesDecimal(amount) => (*amount as f64, "bytes/s"),
            Throughput::Elements(amount) => (*amount as f64, "elements/s"),
            Throughput::Bits(amount) => (*amount as f64, "bits/s"),
            Throughput::ElementsAndBytes { elements, .. } => (*elements as f64, "elements/s"),
        }
    }
}

impl ValueFormatter for Nanoseconds {
    fn scale_values(&self, typical: f64, values: &mut [f64]) -> &'static str {
        let (factor, unit) = Self::unit(typical);
        values.iter_mut().for_each(|value| *value *= factor);
        unit
    }

    fn scale_throughputs(&self, _: f64, throughput: &Throughput, values: &mut [f64]) -> &'static str {
        let (amount, unit) = Self::amount(throughput);
        values.iter_mut().for_each(|value| *value = amount / (*value * 1e-9));
        unit
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "ns"
    }
}
