//! Empty: see the build script, which generates the programs, and the tests, which compile and run
//! them.
