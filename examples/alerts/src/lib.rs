//! Alerts over a stream of device readings, each of them withdrawn when its cause goes.
//!
//! The rules stand in `rules/alerts` and are compiled by the build script into [`alerts`]; [`Stream`] makes the readings,
//! and whatever else happens; [`ControlRoom`] passes them to a session; [`Board`] is who the rules call.
//! `examples/alerts.rs` puts them together.

mod board;
mod control_room;
mod stream;

tsd::include_rules!(pub "alerts");

pub use board::{Board, Past};
pub use control_room::ControlRoom;
pub use stream::{DEVICES, ENGINEERS, Happening, Minute, READINGS, SITES, Stream};
