//! Where the conformance programs are. They are not part of this project, so none of them is copied
//! into it. If the folder is missing, their tests say so and pass.

use std::path::{Path, PathBuf};

/// The folder beside the workspace.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance")
}
