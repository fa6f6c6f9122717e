//! Where rule text comes from, and places in it.
//!
//! A rule may be read from a file, laid out from the tokens of a macro, or supplied at run time.
//! Later stages do not distinguish them: each is a named text in a [`SourceMap`], and a place in it
//! is a [`Span`], a byte range that is cheap to copy and to compare.

use std::fmt;

/// Names one text of a [`SourceMap`]. Ordered as the texts were added.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(u32);

impl FileId {
    /// The position of the text in its map, counted from zero.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A range of bytes in one text. Ordered by file, then start, then end: the order of reading.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text that the range is in.
    pub file: FileId,
    /// The first byte of the range.
    pub start: u32,
    /// One past the last byte of the range.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to `end` of a text.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end: end.max(start) }
    }

    /// The range from the beginning of `self` to the end of `last`.
    pub fn to(self, last: Span) -> Span {
        Span::new(self.file, self.start.min(last.start), self.end.max(last.end))
    }

    /// The empty range just after this one.
    pub fn after(self) -> Span {
        Span::new(self.file, self.end, self.end)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}:{}..{}", self.file.0, self.start, self.end)
    }
}

/// A line and a column, both counted from one. Columns count characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// The line, from one.
    pub line: usize,
    /// The character in the line, from one.
    pub column: usize,
}

#[derive(Debug)]
struct SourceFile {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

/// All texts of one compilation.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// A map without texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under the name that diagnostics will show.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { name: name.into(), text, line_starts });
        id
    }

    /// The texts in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// The files in the order of their names, each once: the order in which they were found does
    /// not count.
    pub(crate) fn in_order_of_names(&self, files: &[FileId]) -> Vec<FileId> {
        let mut files = files.to_vec();
        files.sort_by_key(|file| (self.name(*file), self.text(*file), *file));
        files.dedup();
        files
    }

    /// The name of a text; empty when the id belongs to another map.
    pub fn name(&self, file: FileId) -> &str {
        self.files.get(file.index()).map_or("", |file| &file.name)
    }

    /// A whole text; empty when the id belongs to another map.
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.index()).map_or("", |file| &file.text)
    }

    /// The text that a span covers; empty when the span does not fit the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of the first byte of a span.
    pub fn position(&self, span: Span) -> Position {
        let line = self.line_index(span.file, span.start as usize);
        let start = self.line_start(span.file, line);
        let before = self.text(span.file).get(start..span.start as usize).unwrap_or("");
        Position { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The line of a byte, counted from zero.
    pub(crate) fn line_index(&self, file: FileId, byte: usize) -> usize {
        self.files
            .get(file.index())
            .map_or(0, |file| file.line_starts.partition_point(|start| *start <= byte).saturating_sub(1))
    }

    /// The first byte of a line counted from zero; the end of the text past the last line.
    pub(crate) fn line_start(&self, file: FileId, line: usize) -> usize {
        self.files
            .get(file.index())
            .map_or(0, |file| file.line_starts.get(line).copied().unwrap_or(file.text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let mut sources = SourceMap::new();
        let file = sources.add("a.tsd", "één\nzwei x");
        let at = |start| sources.position(Span::new(file, start, start + 1));
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(4), Position { line: 1, column: 4 - 1 });
        assert_eq!(at(11), Position { line: 2, column: 6 });
        assert_eq!(sources.slice(Span::new(file, 6, 10)), "zwei");
    }

    #[test]
    fn spans_join() {
        let file = FileId(0);
        assert_eq!(Span::new(file, 2, 4).to(Span::new(file, 7, 9)), Span::new(file, 2, 9));
    }
}
