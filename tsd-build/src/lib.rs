//! Compiles `.tsd` files in a build script.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), tsd_build::Error> {
//!     tsd_build::Builder::new().dir("rules").compile()
//! }
//! ```
//!
//! The program includes each module with `tsd::include_rules!("shop");`. Cargo runs the build
//! script again only when a rule file was changed, added or removed, and the program is compiled
//! again only when the generated code differs.
//!
//! # Which module a file belongs to
//! All files of a module are compiled together, in whatever directory they are, and share their
//! declarations.
//! - A file that begins with `mod shop;` belongs to the module `shop`.
//! - Otherwise it belongs to the module that other files of its directory name, if they name one.
//! - Otherwise it belongs to the module of its parent directory. The directory that
//!   [`Builder::dir`] was given is a module of its own name.
//!
//! A file `shop.profile` in one of the directories contains what was observed when the rules of the
//! module `shop` ran (see `Session::profile` and `tsd run --profile`). The planner uses it for the
//! module.
//!
//! So a directory of files without any `mod` is one module, sub-directories included, and one file
//! with a `mod` names it.

mod error;
mod files;
mod output;

use std::path::PathBuf;

use tsd_compiler::codegen::{self, Options};
use tsd_compiler::diagnostics::{Diagnostic, Shown, place, render, shortened};
use tsd_compiler::escape::one_line;
use tsd_compiler::source::SourceMap;
use tsd_compiler::{Planning, compile_with};

pub use self::error::Error;
pub use tsd_compiler::JoinOrder;

use self::files::Modules;

/// What to compile, and where the output goes.
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is compiled before `compile`"]
pub struct Builder {
    dirs: Vec<PathBuf>,
    out_dir: Option<PathBuf>,
    strategy: Option<JoinOrder>,
    profiles: Vec<PathBuf>,
    deny_warnings: bool,
}

impl Builder {
    /// Nothing to compile yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a directory; all `.tsd` files in it and below it are compiled. In a build script the
    /// path is relative to the package.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dirs.push(dir.into());
        self
    }

    /// The join order for the patterns of rules, except for rules with an order of their own
    /// (`rule r @plan(greedy) : …`). It affects time and memory, never a result.
    pub fn strategy(mut self, strategy: JoinOrder) -> Self {
        self.strategy = Some(strategy);
        self
    }

    /// Plans the module that the file is named after with the profile that `Session::profile` or
    /// `tsd run --profile` wrote to it. If there is only one module, the name does not matter. A
    /// file that matches no module is a warning. Profiles among the rule files (`shop.profile` for
    /// the module `shop`) are found automatically.
    pub fn profile(mut self, path: impl Into<PathBuf>) -> Self {
        self.profiles.push(path.into());
        self
    }

    /// Where to create the directory `tsd` with the generated files, if not in Cargo's `OUT_DIR`.
    pub fn out_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(dir.into());
        self
    }

    /// Turns warnings into errors: [`compile`](Self::compile) fails with them.
    pub fn deny_warnings(mut self) -> Self {
        self.deny_warnings = true;
        self
    }

    /// Compiles the rules, one file of Rust for each module, and registers the rule files with
    /// Cargo.
    ///
    /// Warnings about the rules are in the generated code, so that rustc shows them, with file and
    /// line, where the program includes it. Others, such as a profile that matches no module, are
    /// passed on to Cargo.
    ///
    /// # Errors
    /// With every error in the rules, each with an excerpt; or when a file cannot be read or
    /// written. Then no file is written.
    pub fn compile(self) -> Result<(), Error> {
        self.compile_saying(&mut |said| match said {
            Said::Line(line) => println!("cargo::{line}"),
            Said::InCode(_) => {}
        })
    }

    /// Compiles the rules without Cargo: `tell` receives the instructions that
    /// [`compile`](Self::compile) prints for Cargo, line by line and without the leading `cargo::`,
    /// such as `rerun-if-changed=rules/shop.tsd` or `warning=…`. It receives all warnings,
    /// including those that rustc will show.
    ///
    /// # Errors
    /// Those of [`compile`](Self::compile).
    pub fn compile_telling(self, mut tell: impl FnMut(&str)) -> Result<(), Error> {
        // A line break in a name would let the rest of it become an instruction to Cargo.
        self.compile_saying(&mut |said| match said {
            Said::Line(line) | Said::InCode(line) => tell(&one_line(line)),
        })
    }

    fn compile_saying(self, say: &mut dyn FnMut(Said<'_>)) -> Result<(), Error> {
        let out_dir = self.out_dir.or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from));
        let out_dir = out_dir.ok_or_else(Error::no_out_dir)?.join("tsd");
        let mut modules = Modules::find(&self.dirs)?;
        self.profiles.iter().try_for_each(|path| modules.add_profile(path))?;
        for path in &modules.watched {
            say(Said::Line(&format!("rerun-if-changed={}", path.display())));
        }
        let mut generated = Vec::new();
        let mut errors = String::new();
        for profile in modules.idle_profiles() {
            let name = &profile.name;
            let message =
                format!("{name}: no module is planned with this profile, because its name matches no module");
            match self.deny_warnings {
                true => errors += &format!("error: {message}\n\n"),
                false => say(Said::Line(&format!("warning={message}"))),
            }
        }
        for (name, files) in &modules.files {
            let mut sources = SourceMap::new();
            let ids: Vec<_> = files.iter().map(|file| sources.add(&*file.name, &*file.text)).collect();
            let profile = modules.profile(name).map(|file| sources.add(&*file.name, &*file.text));
            let planning = Planning {
                strategy: self.strategy,
                profile: profile.map(|file| (&sources, file)),
                ..Planning::default()
            };
            let mut compilation = compile_with(&sources, &ids, &planning);
            if self.deny_warnings {
                compilation.diagnostics.iter_mut().for_each(Diagnostic::deny);
            }
            let (found, warnings): (Vec<_>, Vec<_>) =
                compilation.diagnostics.into_iter().partition(Diagnostic::is_error);
            // Without a module there is no code that could show it.
            let mut warn = |text: &str| {
                let line = format!("warning={text}");
                say(if found.is_empty() { Said::InCode(&line) } else { Said::Line(&line) });
            };
            let shown = Shown::of(&warnings);
            shown.iter().for_each(|diagnostic| warn(&warning(diagnostic, &sources)));
            shown.rest().into_iter().for_each(|rest| warn(&rest));
            errors += &render(&sources, &found, false);
            let Some(module) = compilation.module.as_mut().filter(|_| found.is_empty()) else { continue };
            module.name = Some(name.clone());
            let options = Options { warnings: &warnings, ..Options::default() };
            generated.push((name, codegen::module_text(module, &sources, &options)));
        }
        if !errors.is_empty() {
            return Err(Error::in_rules(errors));
        }
        output::write(&out_dir, &generated)
    }
}

/// The messages of a build besides its errors.
enum Said<'a> {
    /// For Cargo.
    Line(&'a str),
    /// A warning that is in the generated code, too.
    InCode(&'a str),
}

/// A warning on the one line that Cargo has for it.
fn warning(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let place = place(sources, diagnostic.primary.span);
    let hint = diagnostic.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{place}: {} [{}]{hint}", shortened(&diagnostic.message), diagnostic.code)
}
