//! Messages about faulty rows, and their places.

use std::fs;
use std::path::{Path, PathBuf};

use tsd_cli::load::{FactFile, LoadError, Loaded, PROBLEMS_KEPT, Problem, load};
use tsd_runtime::Engine;
use tsd_runtime::ir::TypeId;

const RULES: &str = "
    type Team(#name: string, #year: int)
    type Flight(#id: string, dep_delay: number, seats: int?, late: bool, team: Team?)
    type Note(text: string)
    type Remark(note: Note)
    type Loose(a: string?, size: int?, weight: number?)
";

/// Loads files, given as `Type=name` with their content, into a new session.
fn loaded(files: &[(&str, &[u8])]) -> (Engine<()>, Result<Loaded, LoadError>) {
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

/// The messages about files, without the folder.
fn said(problems: Vec<Problem>) -> Vec<String> {
    let without_folder = |mut problem: Problem| {
        problem.path = Path::new(problem.path.file_name().unwrap()).to_owned();
        problem.to_string()
    };
    problems.into_iter().map(without_folder).collect()
}

/// The problems in files.
#[track_caller]
fn problems_in(files: &[(&str, &[u8])]) -> Vec<String> {
    match loaded(files).1 {
        Err(LoadError::Rows { problems, .. }) => said(problems),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn problems(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(file, content)| (*file, content.as_bytes())).collect();
    problems_in(&files)
}

/// The facts of a type that come from a file, and the warnings.
#[track_caller]
fn facts(file: &str, content: &str) -> (Vec<String>, Vec<String>) {
    let (engine, outcome) = loaded(&[(file, content.as_bytes())]);
    let ty = engine.schema().find_type(file.split_once('=').unwrap().0).unwrap();
    let shown = engine.handles(ty).map(|fact| format!("{:?}", engine.values(fact).unwrap()));
    (shown.collect(), said(outcome.unwrap().warnings))
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
            "flights.csv:4:3: expected a number for Flight.dep_delay, found NA (a field that may be \
             missing is declared with `?`)",
            "flights.csv:4:4: expected a bool for Flight.late, found nothing (a field that may be \
             missing is declared with `?`)",
            "flights.csv:5:1: expected a string for Flight.id, found nothing (a field that may be \
             missing is declared with `?`)",
            "flights.csv:5:3: expected a number for Flight.dep_delay, found \"nan\"",
            "flights.csv:5:5: expected an int for Flight.seats, found \"1e3\"",
            "flights.csv:6:1: the fact Flight~a exists already",
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
            "flights.jsonl:2:37: expected a bool for Flight.late, found null (a field that may be \
             missing is declared with `?`)",
            "flights.jsonl:2:52: expected an int for Flight.seats, found an array",
            "flights.jsonl:4:19: `id` is given a second time",
            "flights.jsonl:5:1: this line is an array; write each fact as an object on a line of its \
             own, without an array around them",
            "flights.jsonl:6:28: trailing comma",
            "flights.jsonl:7:26: expected a number for Flight.dep_delay, found 1e400, which does not fit",
            "flights.jsonl:7:41: expected a bool for Flight.late, found an object",
        ]
    );
}

#[test]
fn columns_that_are_missing_or_double_are_all_named() {
    assert_eq!(
        problems(&[("Flight=flights.csv", "id,dep-delay,seats,seats,Late\n")]),
        [
            "flights.csv:1: there is no column `dep_delay` for Flight.dep_delay; is it the column \
             `dep-delay`?",
            "flights.csv:1:4: the column `seats` occurs twice",
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
fn references_are_found_by_key_and_their_absence_is_reported_once() {
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
fn a_file_that_is_not_text_is_reported() {
    let found = problems_in(&[("Note=notes.csv", b"text,n\nok,1\n\xff,2\nok,\xff\n")]);
    assert_eq!(found, ["notes.csv:3:1: this cell is not UTF-8 text"], "an ignored column may hold anything");
    let found = problems_in(&[("Note=notes.jsonl", b"{\"text\": \"\xc3\xa9\xff\"}\n")]);
    assert_eq!(found, ["notes.jsonl:1:12: this line is not UTF-8 text"]);
    let found = problems_in(&[("Loose=loose.csv", b"a,gr\xf6\xdfe\nx,1\n")]);
    assert_eq!(found, ["loose.csv:1:2: this name of a column is not UTF-8 text"]);
    for (start, what) in [
        (&b"\xff\xfet\0e\0x\0t\0\n\0"[..], "UTF-16 text; write it as UTF-8"),
        (b"\xfe\xff\0t\0\n", "UTF-16 text; write it as UTF-8"),
        (b"\x28\xb5\x2f\xfd\x04", "compressed with zstd; its name must end in .zst"),
        (b"\x1f\x8b\x08\x00", "compressed with gzip; decompress it, or compress it with zstd"),
    ] {
        for (file, name) in [("Note=notes.csv", "notes.csv"), ("Note=notes.jsonl", "notes.jsonl")] {
            assert_eq!(problems_in(&[(file, start)]), [format!("{name}:1:1: this file is {what}")]);
        }
    }
}

#[test]
fn half_of_a_surrogate_pair_is_no_text() {
    let lines = r#"{"text": "é\ud83d\ude00 \ud83d"}
{"text": "\ude00\ud83d"}
{"te\ud83dxt": "x"}
{"text": "ok", "more": "\ud83d"}
{"text": "x\ud83dz"}
"#;
    let half = "this string contains half of a surrogate pair";
    assert_eq!(
        problems(&[("Note=notes.jsonl", lines)]),
        [
            format!("notes.jsonl:1:31: {half}"),
            format!("notes.jsonl:2:16: {half}"),
            "notes.jsonl:3:11: unexpected end of hex escape".to_owned(),
            format!("notes.jsonl:5:18: {half}"),
        ]
    );
}

#[test]
fn a_cell_in_quotes_is_text() {
    let table = "a,size\nNA,1\n\"NA\",\"2\"\n,3\n\"\",NA\n\"say \"\"hi\"\"\",\n5\" pipe,4\n";
    let (found, warnings) = facts("Loose=loose.csv", table);
    assert_eq!(
        found,
        [
            "[Missing, Int(1), Missing]",
            "[Text(\"NA\"), Int(2), Missing]",
            "[Missing, Int(3), Missing]",
            "[Text(\"\"), Missing, Missing]",
            "[Text(\"say \\\"hi\\\"\"), Missing, Missing]",
            "[Text(\"5\\\" pipe\"), Int(4), Missing]",
        ]
    );
    assert_eq!(warnings, [""; 0]);
    assert_eq!(
        problems(&[("Loose=loose.csv", "size,a\n\"NA\",x\n\"\",x\n")]),
        [
            "loose.csv:2:1: expected an int for Loose.size, found \"NA\" (in quotes it is text; write a \
             missing value without quotes)",
            "loose.csv:3:1: expected an int for Loose.size, found \"\" (in quotes it is text; write a \
             missing value without quotes)",
        ]
    );
    assert_eq!(facts("Note=notes.csv", "text\n\"\"\n").0, ["[Text(\"\")]"], "that is no blank line");
}

#[test]
fn quotes_that_are_not_closed_or_closed_too_early_are_errors() {
    let never = "the quote that opens this cell is never closed";
    let behind = "there is text after the closing quote of this cell (a quote within is doubled)";
    let unclosed = "text,n\nok,1\n\"two\nlines\",2\nc,\"never closed\nd,3\n";
    assert_eq!(problems(&[("Note=notes.csv", unclosed)]), [format!("notes.csv:5:2: {never}")]);
    assert_eq!(problems(&[("Note=notes.csv", "text\n\"")]), [format!("notes.csv:2:1: {never}")]);
    assert_eq!(problems(&[("Note=notes.csv", "\"text\nok\n")]), [format!("notes.csv:1:1: {never}")]);
    // The next quote closes the cell, lines below; from there reading continues.
    let closed_late = "text,n\na,\"never closed\nb,\"x\"\nc,\"y\"z\nNA,4\n";
    assert_eq!(
        problems(&[("Note=notes.csv", closed_late)]),
        [
            format!(
                "notes.csv:3:2: {behind}; the cell begins on line 2: is its quote meant to be closed there?"
            ),
            format!("notes.csv:4:2: {behind}"),
            "notes.csv:5:1: expected a string for Note.text, found NA (a field that may be missing is \
             declared with `?`)"
                .to_owned(),
        ]
    );
    assert_eq!(
        problems(&[("Note=notes.csv", "text,n\rok,1\rmore,2\r")]),
        ["notes.csv:1:2: this carriage return has no line feed after it; lines end with a line feed"]
    );
}

#[test]
fn a_name_that_nearly_is_an_optional_field_is_warned_of() {
    let (found, warnings) = facts("Loose=loose.csv", "a,Size,note,wieght\nx,1,y,2\n");
    assert_eq!(found, ["[Text(\"x\"), Missing, Missing]"]);
    assert_eq!(
        warnings,
        [
            "loose.csv:1:2: Loose has no field `Size`, so this column is ignored; is `size` meant?",
            "loose.csv:1:4: Loose has no field `wieght`, so this column is ignored; is `weight` meant?",
        ]
    );
    let lines =
        "{\"a\":\"x\",\"size\":1,\"sizes\":[2]}\n{\"size\":null,\"wight\":2}\n{\"size\":null,\"wight\":3}\n";
    let (found, warnings) = facts("Loose=loose.jsonl", lines);
    assert_eq!(found.len(), 3);
    // If `size` is given, `sizes` is something else.
    let expected = "loose.jsonl:2:22: Loose has no field `wight`, so this key is ignored; is `weight` meant?";
    assert_eq!(warnings, [expected]);
    let (_, outcome) = loaded(&[("Loose=loose.csv", b"a,sise\nx\n")]);
    let Err(LoadError::Rows { problems, warnings }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((problems.len(), warnings.len()), (1, 1), "errors do not hide warnings");
}

#[test]
fn a_table_that_is_none_says_so() {
    for (separator, name) in [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")] {
        let table = "a,size\nx,1\n".replace(',', &separator.to_string());
        let quoted = "\"id\",\"dep_delay\"\nx,1\n".replace(',', &separator.to_string());
        let message = format!(
            "the columns of a table are parted by commas, and here by {name}; write the file with commas"
        );
        assert_eq!(problems(&[("Loose=loose.csv", &table)]), [format!("loose.csv:1: {message}")]);
        assert_eq!(problems(&[("Flight=flights.csv", &quoted)]), [format!("flights.csv:1: {message}")]);
    }
    assert_eq!(
        problems(&[("Loose=loose.csv", "x;y,z\n1,2\n")]),
        ["loose.csv:1: no column of this table is a field of Loose"]
    );
    assert_eq!(
        problems(&[("Loose=loose.csv", "")]),
        ["loose.csv:1: the file is empty; the first line of a table names its columns"]
    );
    assert_eq!(facts("Loose=loose.jsonl", "").0, [""; 0]);
    assert_eq!(
        problems(&[("Loose=loose.jsonl", "[\n  {\n    \"a\": \"x\"\n  }\n]\n")])[..2],
        [
            "loose.jsonl:1:1: this line is an array; write each fact as an object on a line of its own, \
             without an array around them",
            "loose.jsonl:2:3: the object does not end on this line; write each fact as an object on a \
             line of its own",
        ]
    );
    assert_eq!(
        problems(&[(
            "Loose=loose.jsonl",
            "{\"a\":\"x\"} {\"a\":\"y\"}\n{\"size\":NaN}\n{\"size\":9223372036854775808}\n"
        )]),
        [
            "loose.jsonl:1:11: trailing characters",
            "loose.jsonl:2:9: expected value",
            "loose.jsonl:3:9: expected an int for Loose.size, found 9223372036854775808, which does not fit",
        ]
    );
}

#[test]
fn a_line_without_end_is_an_error_and_no_memory() {
    let long = "x".repeat(17 << 20);
    let message = "this line exceeds 16 MiB, the limit for a row";
    let unquoted = format!("text\nok\n{long}");
    assert_eq!(problems(&[("Note=notes.csv", &unquoted)]), [format!("notes.csv:3: {message}")]);
    let json = format!("{{\"text\":\"{long}");
    assert_eq!(problems(&[("Note=notes.jsonl", &json)]), [format!("notes.jsonl:1: {message}")]);
    let lines = format!("text\n\"{}", "line\n".repeat(4 << 20));
    assert_eq!(
        problems(&[("Note=notes.csv", &lines)]),
        ["notes.csv:2:1: the quote that opens this cell is not closed within 16 MiB"]
    );
}

/// A frame of zstd that holds one byte, many times: each block of 128 KiB takes four bytes.
fn bomb(byte: u8, blocks: usize) -> Vec<u8> {
    // The magic number; a header with the size of the window (1 MiB) and nothing else.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50];
    for block in 0..blocks {
        let header = u32::from(block + 1 == blocks) | 1 << 1 | (128 << 10) << 3;
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(byte);
    }
    frame
}

#[test]
fn a_small_file_that_holds_terabytes_is_an_error() {
    let (_, outcome) = loaded(&[("Note=notes.jsonl.zst", &bomb(b'\n', 8))]);
    assert_eq!(outcome.unwrap(), Loaded::default(), "a megabyte of line feeds is no harm");
    let line = bomb(b'x', 1 << 20);
    let message = "this line exceeds 16 MiB, the limit for a row";
    assert_eq!(problems_in(&[("Note=notes.jsonl.zst", &line)]), [format!("notes.jsonl.zst:1: {message}")]);
}

#[test]
fn damaged_content_is_an_error() {
    let mut frame: Vec<u8> = include_bytes!("frames/first.zst").to_vec();
    let at = frame.windows(3).position(|bytes| bytes == b"one").unwrap();
    frame[at] = b'0';
    let (_, outcome) = loaded(&[("Note=notes.csv.zst", &frame)]);
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("the checksum is wrong"), "{error}");
}

#[test]
fn files_of_one_type_add_up_and_byte_order_marks_are_skipped() {
    let (engine, outcome) = loaded(&[
        ("Note=a.csv", b"\xef\xbb\xbftext\r\none\r\n"),
        ("Note=b.ndjson", b"\xef\xbb\xbf{\"text\": \"NA\"}\r\n{\"text\": \"\"}"),
        ("Note=c.csv", b"text\n"),
    ]);
    assert_eq!(outcome.unwrap().facts, 3);
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
    assert_eq!(outcome.unwrap().facts, 2);
    let cut = &first[..first.len() - 3];
    assert!(matches!(loaded(&[("Note=a.csv.zst", cut)]).1, Err(LoadError::Unreadable { .. })));
}
