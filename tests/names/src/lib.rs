//! Empty: see the build script, which generates the programs, and the test, which compiles and runs
//! them.
