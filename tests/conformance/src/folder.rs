//! Where the conformance programs are. They belong to nobody here, so none of them is copied into the project: where the
//! folder is not there, their tests say so and pass.

use std::path::{Path, PathBuf};

/// The folder beside the workspace.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance")
}
