//! A package with rules, written below `target/`, that Cargo builds as it would a user's.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, UNIX_EPOCH};
use std::{env, fs};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use tsd_benches::engine::shared_joins;
use tsd_benches::measure::Timing;

/// How rules get into a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `tsd_build` in a build script, and `include_rules!`.
    BuildScript,
    /// `rules!` in the program.
    Macro,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BuildScript => "build script",
            Self::Macro => "rules!",
        })
    }
}

/// How many bytes were generated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) all: usize,
    /// Without constant tables.
    pub(crate) code: usize,
}

/// A package with a number of rules.
pub(crate) struct Package {
    name: String,
    rules: String,
    way: Way,
    directory: PathBuf,
    target: PathBuf,
}

/// The program: it creates a session, so that everything that a program needs is compiled and
/// linked.
const PROGRAM: &str = r#"
struct Count(usize);

impl shop::Actions for Count {
    fn hit(&mut self, _: &str, _: f64) {
        self.0 += 1;
    }
}

fn main() {
    let mut session = shop::Session::new(Count(0));
    let text = |text: &str| text.to_owned();
    let customer = shop::Customer { id: text("c"), tier: text("bronze"), age: 90 };
    session.insert(customer).expect("the key is new");
    session.insert(shop::Order { id: text("o"), customer: text("c"), value: 1e6 }).expect("the key is new");
    session.insert(shop::Item { id: text("i"), order: text("o"), quantity: 90 }).expect("the key is new");
    let _ = session.run().expect("no rule loops");
    println!("{}", session.host().0);
}
"#;

impl Package {
    /// Writes a package; what was built of it in an earlier run stays.
    ///
    /// # Panics
    /// Here and in all that follows: if files cannot be written, or if a build fails.
    pub(crate) fn write(rules: usize, way: Way) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace");
        let scratch = root.join("target/builds");
        let kind = if way == Way::BuildScript { "script" } else { "macro" };
        let name = format!("rules-{kind}-{rules}");
        let package = Self {
            directory: scratch.join(&name),
            target: scratch.join("target"),
            rules: shared_joins(rules),
            way,
            name,
        };
        fs::create_dir_all(package.directory.join("src")).expect("a directory below target/");
        fs::create_dir_all(package.directory.join("rules")).expect("a directory below target/");
        package.put("Cargo.toml", &package.manifest(&root));
        // The versions of the workspace, so that nothing needs to be fetched.
        fs::copy(root.join("Cargo.lock"), package.directory.join("Cargo.lock"))
            .expect("the workspace's lock");
        if way == Way::BuildScript {
            let script = "fn main() -> Result<(), tsd_build::Error> {\n    \
                tsd_build::Builder::new().dir(\"rules\").compile()\n}\n";
            package.put("build.rs", script);
        }
        package.put_rules(&package.rules);
        package
    }

    fn manifest(&self, root: &Path) -> String {
        let (name, root) = (&self.name, root.display());
        let script = match self.way {
            Way::BuildScript => {
                format!("\n[build-dependencies]\ntsd-build = {{ path = \"{root}/tsd-build\" }}\n")
            }
            Way::Macro => String::new(),
        };
        // The profile is the one that the guide recommends for many rules.
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
             [workspace]\n\n[dependencies]\ntsd = {{ path = \"{root}\" }}\n{script}\n\
             [profile.dev.package]\npest.opt-level = 2\ntsd-compiler.opt-level = 2\ntsd-ir.opt-level = 2\n"
        )
    }

    fn put(&self, file: &str, text: &str) {
        let path = self.directory.join(file);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return;
        }
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    fn put_rules(&self, rules: &str) {
        match self.way {
            Way::BuildScript => {
                self.put("rules/shop.tsd", &format!("mod shop;\n{rules}"));
                self.put("src/main.rs", &format!("tsd::include_rules!(\"shop\");\n{PROGRAM}"));
            }
            Way::Macro => {
                self.put("src/main.rs", &format!("tsd::rules! {{\nmod shop;\n{rules}}}\n{PROGRAM}"))
            }
        }
    }

    /// Changes a constant of the rule in the middle to one that it never had.
    pub(crate) fn edit(&self, round: u64) {
        let rules = || self.rules.lines().filter(|line| line.starts_with("rule"));
        let rule = rules().nth(rules().count() / 2).expect("a rule");
        // New in every run, because cargo compares with what an earlier run has built.
        let constant = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs()) + round;
        let edited = rule.replace("==>", &format!("AND o.value != {constant} ==>"));
        self.put_rules(&self.rules.replace(rule, &edited));
    }

    /// Removes what was built of the package itself.
    pub(crate) fn forget(&self) {
        let mut cargo = self.cargo("clean");
        run(cargo.args(["--package", &self.name]));
    }

    /// Builds the package.
    pub(crate) fn build(&self) -> Timing {
        let mut cargo = self.cargo("build");
        timed_children(|| run(&mut cargo))
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([command, "--quiet", "--offline"]).current_dir(&self.directory);
        cargo.env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    /// Runs the program.
    pub(crate) fn run(&self) {
        run(&mut Command::new(self.program()));
    }

    fn program(&self) -> PathBuf {
        self.target.join("debug").join(&self.name)
    }

    /// The bytes of the finished program.
    pub(crate) fn program_size(&self) -> usize {
        fs::metadata(self.program()).expect("the program was built").len() as usize
    }

    /// The run of the finished build script by itself, if there is one.
    pub(crate) fn expansion(&self) -> Option<impl Fn() -> Timing> {
        let built = self.built("build-script-build")?;
        let out = self.directory.join("out");
        fs::create_dir_all(&out).expect("a directory below target/");
        let directory = self.directory.clone();
        Some(move || {
            let mut script = Command::new(&built);
            script.current_dir(&directory).env("OUT_DIR", &out).stdout(Stdio::null());
            timed_children(|| run(&mut script))
        })
    }

    /// What the build script has generated.
    pub(crate) fn generated(&self) -> Option<Sizes> {
        let text = fs::read_to_string(self.built("out/tsd/shop.rs")?).ok()?;
        // No item has an empty line in it, and all tables are items of the module at the end.
        let table = ["    const ", "    static ", "    pub(super) static "];
        let is_table =
            |item: &&str| item.lines().any(|line| table.iter().any(|start| line.starts_with(start)));
        let tables: usize = text.split("\n\n").filter(is_table).map(str::len).sum();
        Some(Sizes { all: text.len(), code: text.len() - tables })
    }

    /// The newest file of this name among those of the package's build script.
    fn built(&self, file: &str) -> Option<PathBuf> {
        let directories = fs::read_dir(self.target.join("debug/build")).ok()?;
        let of_package = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.rsplit_once('-'));
            name.is_some_and(|(package, _)| package == self.name)
        };
        let paths = directories.filter_map(|entry| Some(entry.ok()?.path())).filter(of_package);
        let files = paths.map(|path| path.join(file)).filter(|path| path.exists());
        files.max_by_key(|path| fs::metadata(path).and_then(|file| file.modified()).ok())
    }
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).status();
    assert!(status.as_ref().is_ok_and(std::process::ExitStatus::success), "{command:?}: {status:?}");
}

/// The time of a section whose work is done by child processes, which have ended by its end.
fn timed_children(section: impl FnOnce()) -> Timing {
    let (cpu, wall) = (children_time(), Instant::now());
    section();
    Timing { wall: wall.elapsed(), cpu: children_time().saturating_sub(cpu) }
}

/// The CPU time of all children that have ended, and of theirs.
fn children_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("getrusage of the children");
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(micros.unsigned_abs())
}
