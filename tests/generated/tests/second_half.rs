//! The second half of the random programs: compiled and interpreted, they do the same.

mod held;
// Some of its requests to a session are used only by the differential tests.
#[allow(dead_code)]
#[path = "../../oracle/tests/differential/session.rs"]
mod session;

include!(concat!(env!("OUT_DIR"), "/programs_1.rs"));

#[test]
fn compiled_programs_do_what_their_interpretation_does() {
    held::hold(PROGRAMS, 3);
}
