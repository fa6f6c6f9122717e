//! Alerts over a stream of device readings, each withdrawn when its cause is gone.
//!
//! The rules are in `rules/alerts`, and the build script compiles them into [`alerts`]. [`Stream`]
//! creates the readings and all other events. [`ControlRoom`] passes them to a session. [`Board`]
//! is the host that the rules call. `examples/alerts.rs` puts them together.

mod board;
mod control_room;
mod stream;

tsd::include_rules!(pub "alerts");

pub use board::{Board, Past};
pub use control_room::ControlRoom;
pub use stream::{DEVICES, ENGINEERS, Happening, Minute, READINGS, SITES, Stream};
