//! What rustc says to faults: one file for each, named after it. Every error must stand under the right token.
//!
//! After a change of messages: `TRYBUILD=overwrite cargo test --test ui`, and read the difference.

#[test]
fn faults_are_reported_where_they_are() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
