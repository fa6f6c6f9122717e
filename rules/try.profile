# What `tests/profiled.rs` plans with.
facts Customer 2
