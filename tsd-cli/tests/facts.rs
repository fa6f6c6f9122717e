//! What is said about rows that are at fault, and where.

use std::fs;
use std::path::{Path, PathBuf};

use tsd_cli::load::{FactFile, LoadError, PROBLEMS_KEPT, load};
use tsd_runtime::Engine;
use tsd_runtime::ir::TypeId;

const RULES: &str = "
    type Team(#name: string, #year: int)
    type Flight(#id: string, dep_delay: number, seats: int?, late: bool, team: Team?)
    type Note(text: string)
    type Remark(note: Note)
";

/// Loads files, given as `Type=name` with their content, into a new session.
fn loaded(files: &[(&str, &[u8])]) -> (Engine<()>, Result<u64, LoadError>) {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = Engine::from_text("rules.tsd", RULES, ()).unwrap();
    let files: Vec<FactFile> = (files.iter())
        .map(|(file, content)| {
            let (ty, name) = file.split_once('=').unwrap();
            let path: PathBuf = folder.path().join(name);
            fs::write(&path, content).unwrap();
            FactFile::new(ty, path).unwrap()
        })
        .collect();
    let outcome = load(&mut engine, &files, &mut |_| {});
    (engine, outcome)
}

/// The problems in the files, without the folder.
fn problems(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(file, content)| (*file, content.as_bytes())).collect();
    match loaded(&files).1 {
        Err(LoadError::Rows(problems)) => (problems.into_iter())
            .map(|mut problem| {
                problem.path = Path::new(problem.path.file_name().unwrap()).to_owned();
                problem.to_string()
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn cells_that_do_not_fit_are_named_with_line_and_column() {
    let table = "\
id,extra,dep_delay,late,seats
a,x,1.5,true,3
b,x,abc,no,3.0
c,x,NA,,NA
,x,nan,TRUE,1e3
a,x,0,false,
d,x
";
    assert_eq!(
        problems(&[("Flight=flights.csv", table)]),
        [
            "flights.csv:3:3: expected a number for Flight.dep_delay, found \"abc\"",
            "flights.csv:3:4: expected a bool for Flight.late, found \"no\"",
            "flights.csv:3:5: expected an int for Flight.seats, found \"3.0\"",
            "flights.csv:4:3: expected a number for Flight.dep_delay, found NA (a field that may be missing is declared with `?`)",
            "flights.csv:4:4: expected a bool for Flight.late, found nothing (a field that may be missing is declared with `?`)",
            "flights.csv:5:1: expected a string for Flight.id, found nothing (a field that may be missing is declared with `?`)",
            "flights.csv:5:3: expected a number for Flight.dep_delay, found \"nan\"",
            "flights.csv:5:5: expected an int for Flight.seats, found \"1e3\"",
            "flights.csv:6:1: the fact Flight~a is there already",
            "flights.csv:7: this row has 2 columns, the header has 5",
        ]
    );
}

#[test]
fn json_lines_that_do_not_fit_are_named_with_line_and_character() {
    let lines = r#"{"id": "é", "dep_delay": "1", "late": 1, "seats": 2.0}
{"id": 7, "dep_delay": 1e2, "late": null, "seats": [1]}

{"id": "a", "id": "b", "dep_delay": 1, "late": true}
[1, 2]
{"id": "c", "dep_delay": 1,}
{"id": "d", "dep_delay": 1e400, "late": {}}
"#;
    assert_eq!(
        problems(&[("Flight=flights.jsonl", lines)]),
        [
            "flights.jsonl:1:26: expected a number for Flight.dep_delay, found \"1\"",
            "flights.jsonl:1:39: expected a bool for Flight.late, found 1",
            "flights.jsonl:1:51: expected an int for Flight.seats, found 2.0",
            "flights.jsonl:2:8: expected a string for Flight.id, found 7",
            "flights.jsonl:2:37: expected a bool for Flight.late, found null (a field that may be missing is declared with `?`)",
            "flights.jsonl:2:52: expected an int for Flight.seats, found an array",
            "flights.jsonl:4:19: `id` is given a second time",
            "flights.jsonl:5:1: invalid type: sequence, expected an object with the fields of a fact",
            "flights.jsonl:6:28: trailing comma",
            "flights.jsonl:7:26: expected a number for Flight.dep_delay, found 1e400",
            "flights.jsonl:7:41: expected a bool for Flight.late, found an object",
        ]
    );
}

#[test]
fn columns_that_are_missing_or_double_are_all_named() {
    assert_eq!(
        problems(&[("Flight=flights.csv", "id,dep-delay,seats,seats,Late\n")]),
        [
            "flights.csv:1: there is no column `dep_delay` for Flight.dep_delay; is it the column `dep-delay`?",
            "flights.csv:1:4: the column `seats` stands here a second time",
            "flights.csv:1: there is no column `late` for Flight.late; is it the column `Late`?",
        ]
    );
}

#[test]
fn lines_are_counted_through_blank_lines_quoted_breaks_and_both_line_ends() {
    for end in ["\n", "\r\n"] {
        let table = ["text,n", "", "\"two", "lines\",1", "", "NA,2", "ok,3", "NA,4"].join(end);
        let files = [("Note=notes.csv", &*table)];
        let lines: Vec<String> =
            problems(&files).iter().map(|problem| problem.chars().take(12).collect()).collect();
        assert_eq!(lines, ["notes.csv:6:", "notes.csv:8:"], "{end:?}");
    }
}

#[test]
fn references_are_found_by_key_and_their_absence_is_told_once() {
    let teams = "name,year\nred,2013\nblue,x\n";
    let flights = "\
id,dep_delay,late,team
a,1,true,red_2013
b,1,true,blue_2013
c,1,true,NA
";
    let wrong_team = ["teams.csv:3:2: expected an int for Team.year, found \"x\""];
    assert_eq!(problems(&[("Flight=flights.csv", flights), ("Team=teams.csv", teams)]), wrong_team);
    let teams = teams.replace('x', "2012");
    let unknown = ["flights.csv:3:4: there is no Team with the key \"blue_2013\""];
    assert_eq!(problems(&[("Flight=flights.csv", flights), ("Team=teams.csv", &teams)]), unknown);
    let ambiguous = "name,year\na_1,2\na,3\n".to_owned() + "a_1,3\n";
    assert!(loaded(&[("Team=teams.csv", ambiguous.as_bytes())]).1.is_ok());
    assert_eq!(
        problems(&[("Note=notes.csv", "text\nx\n"), ("Remark=remarks.jsonl", "{\"note\": \"x\"}")]),
        ["remarks.jsonl:1:10: no Note can be referred to: the type has no primary key (`#`)"]
    );
}

#[test]
fn loading_stops_after_problems_enough() {
    let table = "text\n".to_owned() + &"NA\n".repeat(50);
    assert_eq!(problems(&[("Note=a.csv", &table), ("Note=b.csv", &table)]).len(), PROBLEMS_KEPT);
}

#[test]
fn what_is_not_text_is_told() {
    let (_, outcome) = loaded(&[("Note=notes.csv", b"text,n\nok,1\n\xff,2\nok,\xff\n")]);
    let Err(LoadError::Rows(problems)) = outcome else { panic!("{outcome:?}") };
    let found: Vec<_> =
        problems.iter().map(|problem| (problem.line, problem.column, &*problem.message)).collect();
    assert_eq!(found, [(3, Some(1), "this cell is not UTF-8 text")], "an ignored column may hold anything");
    let (_, outcome) = loaded(&[("Note=notes.jsonl", b"{\"text\": \"\xff\"}\n")]);
    assert!(outcome.unwrap_err().to_string().ends_with("notes.jsonl:1: this line is not UTF-8 text"));
}

#[test]
fn files_of_one_type_add_up_and_byte_order_marks_are_skipped() {
    let (engine, outcome) = loaded(&[
        ("Note=a.csv", b"\xef\xbb\xbftext\r\none\r\n"),
        ("Note=b.ndjson", b"\xef\xbb\xbf{\"text\": \"NA\"}\r\n{\"text\": \"\"}"),
        ("Note=c.csv", b"text\n"),
    ]);
    assert_eq!(outcome.unwrap(), 3);
    let texts: Vec<String> =
        engine.handles(TypeId(2)).map(|note| format!("{:?}", engine.values(note).unwrap()[0])).collect();
    assert_eq!(texts, ["Text(\"one\")", "Text(\"NA\")", "Text(\"\")"], "in JSON these are texts");
}

#[test]
fn compressed_files_may_have_several_frames() {
    // `printf 'text\none\n' | zstd`, a skippable frame of 3 bytes, `printf 'two\n' | zstd`
    let first: &[u8] = include_bytes!("frames/first.zst");
    let second: &[u8] = include_bytes!("frames/second.zst");
    let skipped: &[u8] = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc";
    let (_, outcome) = loaded(&[("Note=a.csv.zst", &[first, skipped, second].concat())]);
    assert_eq!(outcome.unwrap(), 2);
    let cut = &first[..first.len() - 3];
    assert!(matches!(loaded(&[("Note=a.csv.zst", cut)]).1, Err(LoadError::Unreadable { .. })));
}
