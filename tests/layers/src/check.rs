//! An order of modules, and its violations.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::paths::{named, reexports};

/// The modules of a folder, in order.
#[derive(Clone, Copy, Debug)]
pub struct Layers {
    /// The folder: the `src` of a crate, or one within it.
    pub folder: &'static str,
    /// All of its modules. Each may name those before it.
    pub modules: &'static [&'static str],
}

/// The violations of an order: names in the wrong direction, and modules that are missing in the
/// table or in the folder.
///
/// # Errors
/// A file that cannot be read or is not Rust.
pub fn violations(root: &Path, layers: &Layers) -> Result<Vec<String>, String> {
    let folder = root.join(layers.folder);
    let order: BTreeMap<&str, usize> =
        layers.modules.iter().enumerate().map(|(place, module)| (*module, place)).collect();
    let present = modules(&folder)?;
    let mut found = Vec::new();
    for module in present.keys().filter(|module| !order.contains_key(module.as_str())) {
        found.push(format!("{}: the table of layers has no place for `{module}`", layers.folder));
    }
    for module in layers.modules.iter().filter(|module| !present.contains_key(**module)) {
        found.push(format!("{}: the table of layers names `{module}`, which is not there", layers.folder));
    }
    let prefix = prefix(layers.folder);
    let homes = homes(&folder, &prefix, &order)?;
    for (module, files) in &present {
        let Some(place) = order.get(module.as_str()) else { continue };
        for file in files {
            let shown = file.strip_prefix(root).unwrap_or(file).display().to_string().replace('\\', "/");
            let text = read(file)?;
            let own = module_of(&folder, &prefix, file);
            for name in named(&text, &own).map_err(|error| format!("{shown}: {error}"))? {
                let Some(inside) = name.path.strip_prefix(prefix.as_slice()) else { continue };
                let Some(first) = inside.first() else { continue };
                let home = homes.get(first).map_or(first.as_str(), String::as_str);
                if order.get(home).is_some_and(|other| other > place) {
                    let path = name.path.join("::");
                    found.push(format!(
                        "{shown}:{}: `{module}` names `{home}`, which lies above it: crate::{path}",
                        name.line
                    ));
                }
                if first == "*" {
                    found.push(format!("{shown}:{}: a glob of the folder names all of it", name.line));
                }
            }
        }
    }
    Ok(found)
}

/// The path of a folder's module within its crate.
fn prefix(folder: &str) -> Vec<String> {
    let inside = folder.split('/').skip_while(|part| *part != "src").skip(1);
    inside.map(str::to_owned).collect()
}

/// The modules of a folder, with their files.
fn modules(folder: &Path) -> Result<BTreeMap<String, BTreeSet<PathBuf>>, String> {
    let mut found: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    for path in entries(folder)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let mut files = BTreeSet::new();
            gather(&path, &mut files)?;
            found.entry(name).or_default().extend(files);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !["lib", "main", "mod"].contains(&name.as_str())
        {
            found.entry(name).or_default().insert(path);
        }
    }
    found.retain(|_, files| !files.is_empty());
    Ok(found)
}

fn gather(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<(), String> {
    for path in entries(folder)? {
        if path.is_dir() {
            gather(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(path);
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// The path of a file's module within its crate.
fn module_of(folder: &Path, prefix: &[String], file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(folder).unwrap_or(file).with_extension("");
    let parts = inside.iter().map(|part| part.to_string_lossy().into_owned());
    prefix.iter().cloned().chain(parts.filter(|part| part != "mod")).collect()
}

/// For each name that the folder's own module has from one of its modules, that module.
fn homes(
    folder: &Path,
    prefix: &[String],
    order: &BTreeMap<&str, usize>,
) -> Result<BTreeMap<String, String>, String> {
    let files = match prefix {
        [] => vec![folder.join("lib.rs")],
        _ => vec![folder.with_extension("rs"), folder.join("mod.rs")],
    };
    let Some(file) = files.into_iter().find(|file| file.is_file()) else { return Ok(BTreeMap::new()) };
    let within = |path: &[String]| {
        let path = match path.first().map(String::as_str) {
            Some("self") => &path[1..],
            Some("crate") => path[1..].strip_prefix(prefix)?,
            _ => path,
        };
        path.first().filter(|module| order.contains_key(module.as_str())).cloned()
    };
    let found = reexports(&read(&file)?)?.into_iter();
    let found = found.filter_map(|one| Some((one.name, within(&one.path)?)));
    Ok(found.filter(|(name, _)| !order.contains_key(name.as_str())).collect())
}
