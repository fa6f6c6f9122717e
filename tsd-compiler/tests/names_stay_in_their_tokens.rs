//! No name leaves its token in generated code.
//!
//! A rule may have any name, and so may a file; strings contain anything. Each becomes part of a
//! comment or of a literal. Here each contains, in turn, every character that ends a line
//! somewhere, controls a terminal or changes the direction of writing, followed by an item that
//! must not be compiled. The code must have the tokens that it has with harmless names, except for
//! comments and the contents of strings.

use proc_macro2::{TokenStream, TokenTree};
use tsd_compiler::codegen::{Options, module_text, module_tokens};
use tsd_compiler::source::SourceMap;

/// What might end a comment or a string, or hide that it does not.
fn strange() -> Vec<String> {
    let characters = ('\0'..=' ')
        .chain('\u{7f}'..='\u{a0}')
        .chain(['\u{ad}', '\u{61c}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}'])
        .chain('\u{202a}'..='\u{202e}')
        .chain('\u{2066}'..='\u{2069}')
        .chain(['\u{feff}', '\u{fff9}', '"', '\'', '`', '\\', '*', '/', '#', '{', '}']);
    let texts = ["\r\n", "*/", "\\\n", "\"#", "\"##", "//", "/*", "```\n"];
    characters.map(String::from).chain(texts.map(String::from)).collect()
}

/// A module in which `name` is everything that can have any text.
fn module(name: &str) -> (tsd_compiler::Module, SourceMap) {
    let quoted: String = name.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
    let pattern: String = regex_of(name).chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
    let text = format!(
        "mod shop;
         type A(#id: string, s: string, n: int?) type B(#id: string, a: A)
         extern type C(#id: string) = super::C
         action act(a: A, s: string = \"{quoted}\")
         rule \"{quoted}\" : {{a: A, b: B}} / b.a == a AND a.s == \"{quoted}\" AND a.s + \"{quoted}\" != b.id
             AND a.s MATCHES \"{pattern}\" AND a.s LIKE \"{quoted}\" AND COUNT(x: A / x.s != \"{quoted}\") > 1
             ==> act(a), act(a, \"{quoted}\"), bare(\"{quoted}\" + a.s), Print(\"{quoted}\"),
                 Insert(A(id: \"{quoted}\", s: a.s + \"{quoted}\"))
         rule \"x{quoted}\" when A($s : s, s CONTAINS \"{quoted}\") then act($s); end
         A(id: \"{quoted}\", s: \"{quoted}\")"
    )
    // In the block notation a fact is passed by its variable.
    .replace("when A($s : s,", "when $f : A($s : s,")
    .replace("then act($s)", "then act($f, $s)");
    let mut sources = SourceMap::new();
    let file = sources.add(format!("{name}.tsd"), text);
    let other = sources.add(format!("rules/{name}/types.tsd"), "type D(#id: string)");
    let compilation = tsd_compiler::compile(&sources, &[file, other]);
    let diagnostics = format!("{name:?}: {:#?}", compilation.diagnostics);
    (compilation.module.expect(&diagnostics), sources)
}

/// A regular expression from the name that is the same for all names except for its characters.
fn regex_of(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() }).collect()
}

/// The tokens, with nothing in strings.
fn skeleton(tokens: TokenStream, into: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                into.push(format!("{:?}(", group.delimiter()));
                skeleton(group.stream(), into);
                // A list that is too long for its line gets a comma at its end.
                into.pop_if(|last| last == ",");
                into.push(")".into());
            }
            TokenTree::Literal(literal) => {
                let literal = literal.to_string();
                into.push(if literal.contains('"') { "\"\"".into() } else { literal });
            }
            // The constant of a rule is named after it: one identifier, whatever the name.
            TokenTree::Ident(_) if into.last().is_some_and(|last| last == "const") => {
                into.push("NAME".into());
            }
            token => into.push(token.to_string()),
        }
    }
}

fn skeleton_of(text: &str) -> Vec<String> {
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{error}:\n{text}"));
    syn::parse2::<syn::File>(tokens.clone()).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    let mut skeleton = Vec::new();
    self::skeleton(tokens, &mut skeleton);
    skeleton
}

fn assert_same(found: &[String], expected: &[String], strange: &str) {
    let same = found.iter().zip(expected).take_while(|(one, other)| one == other).count();
    let around = |tokens: &[String]| {
        let from = same.saturating_sub(20).min(tokens.len());
        tokens[from..tokens.len().min(same + 20)].join(" ")
    };
    let (one, other) = (around(found), around(expected));
    assert!(found == expected, "{strange} changes the tokens, from\n  {other}\nto\n  {one}");
}

/// The values of all strings.
fn strings(tokens: TokenStream, into: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => strings(group.stream(), into),
            token => into.extend(syn::parse2::<syn::LitStr>(token.into()).ok().map(|string| string.value())),
        }
    }
}

#[test]
fn names_of_any_text() {
    let code = |name: &str| {
        let (module, sources) = module(name);
        let options = Options::default();
        (module_text(&module, &sources, &options), module_tokens(&module, &sources, &options))
    };
    // Three letters, as the names below have three parts, so that both sort and compare alike.
    let (text, tokens) = code("xyz");
    let expected = skeleton_of(&text);
    let expected_tokens = skeleton_of(&tokens.to_string());
    for several in strange().chunks(12) {
        let each = several.iter().map(|strange| {
            format!("x{strange}pub fn evil() {{}} const EVIL: &str = \"{strange}\"; //{strange}")
        });
        let name: String = each.collect();
        let strange = format!("one of {several:?}");
        let (text, tokens) = code(&name);
        assert_same(&skeleton_of(&text), &expected, &strange);
        assert_same(&skeleton_of(&tokens.to_string()), &expected_tokens, &strange);
        // And the name is what it was.
        let mut values = Vec::new();
        strings(tokens, &mut values);
        assert!(values.contains(&name), "{strange} got lost:\n{text}");
        // Comments that are no documentation are not among the tokens: there is one.
        let comments = text.lines().filter(|line| {
            let line = line.trim_start();
            line.starts_with("//") && !line.starts_with("///")
        });
        assert_eq!(comments.count(), 1, "{text}");
        let unseen =
            |c: char| c != '\n' && (c.is_control() || "\u{2028}\u{2029}\u{202e}\u{2066}".contains(c));
        assert!(!text.contains(unseen), "{strange} is not escaped:\n{text}");
    }
}
