//! Nothing by itself: see the build script, which makes the programs, and the tests, which compile and run them.
