//! Generates programs in which types, fields, actions, parameters, rules, variables and facts are
//! named like a keyword of Rust, like something of its prelude, or like something of the generated
//! module itself; and modules with such names.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proc_macro2::Span;
use tsd_compiler::codegen::{Options, allowed_lints, identifier, is_never_a_name, module_text};
use tsd_compiler::diagnostics::render;
use tsd_compiler::source::SourceMap;
use tsd_compiler::{Module, compile};

/// Keywords of all editions, reserved ones, and those that are keywords at some places only.
const KEYWORDS: &str = "as async await become box break const continue crate do dyn else enum \
    extern false final fn for gen if impl in let loop macro match mod move mut override priv pub \
    ref return self Self static struct super trait true try type typeof unsafe unsized use virtual \
    where while yield abstract auto default macro_rules raw safe union _ __";

/// The prelude, what is derived, and the crates that every program has.
const PRELUDE: &str = "AsMut AsRef AsyncFn AsyncFnMut AsyncFnOnce Box Clone Copy Debug Default \
    DoubleEndedIterator Drop Eq Err ExactSizeIterator Extend Fn FnMut FnOnce From FromIterator \
    Future Hash Into IntoFuture IntoIterator Iterator None Ok Option Ord PartialEq PartialOrd \
    PhantomData Result Send Sized Some String Sync ToOwned ToString TryFrom TryInto Unpin Vec \
    align_of align_of_val alloc clone core drop main proc_macro size_of size_of_val std test \
    include derive doc allow inline panic vec format println assert Borrowed Cow borrow option \
    marker primitive";

/// Rust's own types.
const PRIMITIVE: &str =
    "char f16 f32 f64 f128 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize never unit";

/// What a generated module declares or names inside.
const OWN: &str = "A A_ Actions Actions_ Context FACTS Host JOIN_0 MODULE Module Object Objects \
    REGEX_0 RULES RULE_0 Row Rules Rules_ SCHEMA Session VIEW_0 action argument arguments call \
    call_0 constants context facts field fields forget function host keep network object objects \
    objects_0 perform read refresh row rt slot test_0 tsd ty underscore unnamed value values \
    values_0 write";

/// What the language keeps for itself where a variable stands.
const OURS: [&str; 3] = ["in", "true", "false"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::env::var("OUT_DIR")?;
    let words: Vec<&str> =
        [KEYWORDS, PRELUDE, PRIMITIVE, OWN].iter().flat_map(|list| list.split_whitespace()).collect();
    let text = program(&words)?;
    let module = compiled(&text)?;
    let (code, lints) = (module_text(&module.0, &module.1, &Options::default()), allowed_lints());
    let mut all = format!("#[allow(missing_docs, {lints})]\nmod written {{\n{code}\n}}\n");
    write!(all, "#[allow(missing_docs)]\nmod expanded {{\ntsd::rules! {{\npub mod rules;\n{text}\n}}\n}}\n")?;
    for module in ["written", "expanded::rules"] {
        host(&mut all, module, &words)?;
    }
    writeln!(all, "const WORDS: usize = {};", words.len())?;
    fs::write(Path::new(&out).join("programs.rs"), all)?;
    modules(Path::new(&out))
}

/// A program in which everything has each of the words as its name in turn.
fn program(words: &[&str]) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    for word in words {
        let variable = if OURS.contains(word) { "x" } else { word };
        writeln!(text, "type {word}(#{word}: string, n: int)")?;
        let other = if *word == "context" { "x" } else { "context" };
        writeln!(text, "action {word}({word}: string, {other}: int)")?;
        writeln!(
            text,
            "rule {word} : {{{variable}: {word}}} / {variable}.n + 0 == 1 AND {variable}.{word} \
             MATCHES \"^a\" \
             AND COUNT(y: {word}) > 0 ==> \
             {word}({variable}.{word}, {variable}.n), Insert({word}({word}: \"b\", n: 2))"
        )?;
        writeln!(text, "{word} = {word}({word}: \"a\", n: 1)")?;
    }
    Ok(text)
}

fn compiled(text: &str) -> Result<(Module, SourceMap), Box<dyn Error>> {
    let mut sources = SourceMap::new();
    let file = sources.add("names.tsd", text);
    let compilation = compile(&sources, &[file]);
    match compilation.module {
        Some(module) => Ok((module, sources)),
        None => Err(render(&sources, &compilation.diagnostics, false).into()),
    }
}

/// A host that counts the calls of all actions.
fn host(all: &mut String, module: &str, words: &[&str]) -> std::fmt::Result {
    writeln!(all, "impl {module}::Actions for Calls {{")?;
    let mut names = Vec::new();
    for word in words {
        // As docs/guide.md says of words that Rust keeps for itself.
        let mut name = match *word {
            "_" => "underscore".to_owned(),
            word if is_never_a_name(word) => format!("{word}_"),
            word => word.to_owned(),
        };
        while names.contains(&name) {
            name.push('_');
        }
        writeln!(
            all,
            "fn {}(&mut self, _: &str, _: i64) {{ self.0 += 1; }}",
            identifier(&name, Span::call_site())
        )?;
        names.push(name);
    }
    writeln!(all, "}}")
}

/// Modules named like keywords, as a build script creates them and a program includes them.
fn modules(out: &Path) -> Result<(), Box<dyn Error>> {
    let rules = out.join("keywords");
    let mut included = String::new();
    for word in KEYWORDS.split_whitespace().filter(|word| !is_never_a_name(word)) {
        let dir = rules.join(word);
        fs::create_dir_all(&dir)?;
        fs::write(dir.join("rules.tsd"), format!("mod {word};\ntype T(#id: string)\nT(id: \"1\")\n"))?;
        writeln!(included, "tsd::include_rules!({word:?});")?;
        writeln!(included, "mod in_{word} {{ tsd::rules! {{ pub mod {word}; type T(#id: string) }} }}")?;
    }
    fs::write(out.join("modules.rs"), included)?;
    tsd_build::Builder::new().dir(rules).compile_telling(|_| {})?;
    Ok(())
}
