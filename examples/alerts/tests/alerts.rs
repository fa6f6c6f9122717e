//! At every checkpoint, the alerts are those that the facts require: no cause without its alert, no
//! alert without a cause.

use std::collections::BTreeSet;

use tsd_alerts::alerts::{Alert, Device, Engineer, Reading, Session, Shown, Site};
use tsd_alerts::{Board, ControlRoom, READINGS, Stream};

/// An alert, by its kind and subject.
type Due = (&'static str, String);

/// The alerts that are due, computed from all facts by the meaning of the alerts.
fn due(session: &Session<Board>) -> BTreeSet<Due> {
    let readings: Vec<Reading> = session.facts::<Reading>().map(|(_, reading)| reading).collect();
    let mut due = BTreeSet::new();
    let mut hot_at = Vec::new();
    for (handle, device) in session.facts::<Device>().filter(|(_, device)| device.state == "on") {
        let of_device = readings.iter().filter(|reading| reading.device == handle);
        let temperatures: Vec<f64> = of_device.map(|reading| reading.temperature).collect();
        let count = temperatures.len();
        if temperatures.iter().any(|temperature| *temperature > device.limit) {
            due.insert(("hot", device.id.clone()));
            hot_at.push(device.site.clone());
        }
        if count == 0 {
            due.insert(("silent", device.id.clone()));
        }
        if count >= 5 && temperatures.iter().sum::<f64>() / count as f64 > device.limit - 5.0 {
            due.insert(("drifting", device.id.clone()));
        }
    }
    let attended: BTreeSet<String> = session.facts::<Engineer>().map(|(_, engineer)| engineer.site).collect();
    for (_, site) in session.facts::<Site>() {
        if hot_at.iter().filter(|hot| **hot == site.id).count() >= 3 {
            if !attended.contains(&site.id) {
                due.insert(("unattended", site.id.clone()));
            }
            due.insert(("overheating", site.id));
        }
    }
    due
}

fn alerts(session: &Session<Board>) -> BTreeSet<(String, String)> {
    session.facts::<Alert>().map(|(_, alert)| (alert.kind, alert.subject)).collect()
}

#[test]
fn every_alert_stands_as_long_as_its_cause_and_no_longer() -> Result<(), tsd::Error> {
    let mut room = ControlRoom::new()?;
    let mut seen = BTreeSet::new();
    let mut readings = 0;
    for (index, minute) in Stream::default().enumerate() {
        room.minute(&minute)?;
        readings += minute.readings.len();
        if index % 5 == 0 {
            let due = due(&room.session);
            seen.extend(due.iter().map(|(kind, _)| *kind));
            let due: BTreeSet<_> =
                due.into_iter().map(|(kind, subject)| (kind.to_owned(), subject)).collect();
            assert_eq!(alerts(&room.session), due, "minute {index}");
            let shown = room.session.facts::<Shown>().map(|(_, shown)| (shown.kind, shown.subject));
            assert_eq!(shown.collect::<BTreeSet<_>>(), due, "on the board in minute {index}");
            let standing: BTreeSet<_> = room.session.host().standing.keys().cloned().collect();
            assert_eq!(standing, due, "as the actions told it, in minute {index}");
        }
    }
    assert_eq!(readings, READINGS);
    let kinds = ["drifting", "hot", "overheating", "silent", "unattended"];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), kinds, "what never happens is not tested");

    room.close()?;
    assert_eq!(alerts(&room.session), BTreeSet::new());
    let board = room.session.host();
    assert!(board.standing.is_empty(), "{:?}", board.standing);
    assert_eq!(board.raised.values().sum::<u64>(), board.past.len() as u64);
    Ok(())
}

#[test]
fn an_alert_goes_at_once_and_not_when_rules_fire_next() -> Result<(), tsd::Error> {
    let mut room = ControlRoom::new()?;
    for minute in Stream::of(20_000) {
        room.minute(&minute)?;
    }
    let devices: Vec<_> = room.session.facts::<Device>().map(|(handle, _)| handle).collect();
    assert!(!alerts(&room.session).is_empty());
    for device in devices {
        room.session.update(device, |device| device.state = "off".into())?;
    }
    assert_eq!(alerts(&room.session), BTreeSet::new(), "before any rule has fired");
    Ok(())
}
