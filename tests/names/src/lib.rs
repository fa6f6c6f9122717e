//! Nothing by itself: see the build script, which makes the programs, and the test, which compiles and runs them.
