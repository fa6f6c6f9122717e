//! Rule files, and the module that each belongs to.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tsd_compiler::syntax::{is_name_part, is_name_start, normal_name};

use crate::error::Error;

/// The modules by name, and the files that Cargo watches.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// The files of each module, sorted by name.
    pub(crate) files: BTreeMap<String, Vec<File>>,
    /// The profiles by the names of their files without the ending.
    profiles: BTreeMap<String, File>,
    /// Those that were named by their paths.
    named_profiles: BTreeMap<String, File>,
    /// Every directory and file.
    pub(crate) watched: BTreeSet<PathBuf>,
}

/// A rule file.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct File {
    /// The name in diagnostics and generated docs; with `/`, and never absolute.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Modules {
    pub(crate) fn find(dirs: &[PathBuf]) -> Result<Self, Error> {
        let mut modules = Self::default();
        for dir in dirs {
            let last = dir.file_name().map(|name| name.to_string_lossy().into_owned());
            let last = last.unwrap_or_else(|| "rules".to_owned());
            let shown = if dir.is_absolute() { last.clone() } else { slashed(dir) };
            modules.directory(dir, &shown, &identifier(&last))?;
        }
        modules.files.values_mut().for_each(|files| {
            files.sort();
            files.dedup();
        });
        Ok(modules)
    }

    /// Adds a profile that is named by its path.
    pub(crate) fn add_profile(&mut self, path: &Path) -> Result<(), Error> {
        let text = fs::read_to_string(path).map_err(|error| Error::at(path, "read", error))?;
        let name = if path.is_absolute() { last_name(path) } else { slashed(path) };
        self.named_profiles.insert(stem(path), File { name, text });
        self.watched.insert(path.to_owned());
        Ok(())
    }

    /// The profile of a module.
    pub(crate) fn profile(&self, module: &str) -> Option<&File> {
        let only = match (self.files.len(), self.named_profiles.len()) {
            (1, 1) => self.named_profiles.values().next(),
            _ => None,
        };
        self.named_profiles.get(module).or(only).or_else(|| self.profiles.get(module))
    }

    /// The profiles that were named by their paths and belong to no module.
    pub(crate) fn idle_profiles(&self) -> impl Iterator<Item = &File> {
        let used: Vec<&File> = self.files.keys().filter_map(|module| self.profile(module)).collect();
        self.named_profiles.values().filter(move |file| !used.iter().any(|used| std::ptr::eq(*used, *file)))
    }

    /// Adds a directory; `shown` is its name in messages, and `module` the module of the directory
    /// around it.
    fn directory(&mut self, dir: &Path, shown: &str, module: &str) -> Result<(), Error> {
        self.watched.insert(dir.to_owned());
        let entries = fs::read_dir(dir).map_err(|error| Error::at(dir, "read", error))?;
        let mut paths = Vec::new();
        for entry in entries {
            paths.push(entry.map_err(|error| Error::at(dir, "read", error))?.path());
        }
        paths.sort();
        let (dirs, paths): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|path| path.is_dir());

        for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "profile")) {
            let text = fs::read_to_string(path).map_err(|error| Error::at(path, "read", error))?;
            let (module, name) = (stem(path), format!("{shown}/{}", last_name(path)));
            if let Some(other) = self.profiles.get(&module) {
                return Err(Error::two_profiles(&module, &other.name, &name));
            }
            self.profiles.insert(module, File { name, text });
            self.watched.insert(path.clone());
        }
        let mut found = Vec::new();
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "tsd")) {
            let text = fs::read_to_string(&path).map_err(|error| Error::at(&path, "read", error))?;
            let name = format!("{shown}/{}", last_name(&path));
            found.push((named_module(&text).map(Cow::into_owned), File { name, text }));
            self.watched.insert(path);
        }
        let named: BTreeSet<&String> = found.iter().filter_map(|(module, _)| module.as_ref()).collect();
        let module = match (named.first(), named.len()) {
            (Some(only), 1) => (*only).clone(),
            _ => module.to_owned(),
        };
        for (named, file) in found {
            self.files.entry(named.unwrap_or_else(|| module.clone())).or_default().push(file);
        }
        dirs.iter().try_for_each(|dir| self.directory(dir, &format!("{shown}/{}", last_name(dir)), &module))
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|name| normal_name(&name.to_string_lossy()).into_owned()).unwrap_or_default()
}

fn last_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A relative path with `/` between its parts.
fn slashed(path: &Path) -> String {
    let parts = path.components().filter(|part| *part != std::path::Component::CurDir);
    let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

/// The name of a directory as one of a module.
fn identifier(name: &str) -> String {
    let name = normal_name(name);
    let name: String = name.chars().map(|char| if is_name_part(char) { char } else { '_' }).collect();
    if name.starts_with(is_name_start) { name } else { format!("_{name}") }
}

/// The name in a leading `mod name;`.
fn named_module(text: &str) -> Option<Cow<'_, str>> {
    let mut rest = text.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start();
        rest = if let Some(comment) = rest.strip_prefix("//") {
            comment.split_once('\n')?.1
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/")?.1
        } else if let Some(annotation) = rest.strip_prefix('@') {
            // `@allow(…)` about the file.
            let behind = annotation.trim_start_matches(|char: char| char.is_alphanumeric() || char == '_');
            match behind.trim_start().strip_prefix('(') {
                Some(arguments) => arguments.split_once(')')?.1,
                None => behind,
            }
        } else if let Some(more) = rest.strip_prefix(';') {
            more
        } else {
            break;
        };
    }
    let rest = rest.strip_prefix("mod")?;
    let name = rest.trim_start();
    if name.len() == rest.len() {
        return None;
    }
    let end = name.find(|char: char| !is_name_part(char)).unwrap_or(name.len());
    (end > 0).then(|| normal_name(&name[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leading_mod_names_the_module() {
        let named_module = |text| super::named_module(text).map(Cow::into_owned);
        assert_eq!(named_module("// the shop\n /* its */ mod shop ;\ntype A()").as_deref(), Some("shop"));
        assert_eq!(named_module("mod cafe\u{301};").as_deref(), Some("caf\u{e9}"));
        assert_eq!(named_module("model = A()"), None);
        assert_eq!(
            named_module("@allow(bare-word, x) // why\n@allow(y);\nmod shop @plan(greedy);").as_deref(),
            Some("shop")
        );
        assert_eq!(named_module("@allow(bare-word"), None);
        assert_eq!(named_module("@mod shop"), None);
        assert_eq!(named_module("type A()\nmod shop;"), None);
        assert_eq!(named_module("// nothing"), None);
    }

    #[test]
    fn directories_become_identifiers() {
        assert_eq!(identifier("my-rules"), "my_rules");
        assert_eq!(identifier("2nd"), "_2nd");
        assert_eq!(identifier("x²\n"), "x__");
    }
}
