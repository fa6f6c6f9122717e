//! Files of facts: their names, and their bytes after decompression.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::str::FromStr;

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The path that means standard input.
pub const STANDARD_INPUT: &str = "-";

/// A file with facts of one type, as `Type=FILE` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactFile {
    /// The name of the type.
    pub ty: String,
    /// The file, or [`STANDARD_INPUT`].
    pub path: PathBuf,
    /// Its format. `None` for standard input, whose first bytes decide.
    pub format: Option<Format>,
}

/// How facts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table with a header line: `.csv`, `.csv.zst`.
    Csv,
    /// A JSON object on each line: `.jsonl`, `.ndjson`, `.jsonl.zst`.
    JsonLines,
}

impl FactFile {
    /// A file with facts of the type `ty`. The format follows from the file's name.
    ///
    /// # Errors
    /// When the end of the name is not that of a known format.
    pub fn new(ty: impl Into<String>, path: impl Into<PathBuf>) -> Result<Self, String> {
        let path = path.into();
        let format = if is_standard_input(&path) { None } else { Some(Format::of(&path)?) };
        Ok(Self { ty: ty.into(), path, format })
    }

    /// Whether the facts come from standard input.
    pub fn is_standard_input(&self) -> bool {
        is_standard_input(&self.path)
    }

    /// The name of the file in messages.
    pub(super) fn shown(&self) -> &Path {
        if self.is_standard_input() { Path::new("<stdin>") } else { &self.path }
    }
}

/// Whether a path means standard input.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path == Path::new(STANDARD_INPUT)
}

impl FromStr for FactFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((ty, path)) if !ty.is_empty() && !path.is_empty() => Self::new(ty, path),
            _ => Err("write it as Type=FILE, for example Flight=flights.csv".to_owned()),
        }
    }
}

impl Format {
    /// The format for a file's name.
    fn of(path: &Path) -> Result<Self, String> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        match name.strip_suffix(".zst").unwrap_or(&name).rsplit_once('.') {
            Some((_, "csv")) => Ok(Self::Csv),
            Some((_, "jsonl" | "ndjson")) => Ok(Self::JsonLines),
            _ => {
                Err("the name must end in .csv or .jsonl, with .zst after it when it is compressed"
                    .to_owned())
            }
        }
    }

    /// The format for the first bytes: JSON lines begin with an object, or with an array, which is
    /// an error.
    fn of_content(start: &[u8]) -> Self {
        let start = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start);
        match start.trim_ascii_start().first() {
            None | Some(b'{' | b'[') => Self::JsonLines,
            Some(_) => Self::Csv,
        }
    }
}

/// A file that is being read.
pub(super) struct Source {
    /// Its content without compression.
    pub(super) content: Box<dyn BufRead>,
    /// The bytes that were read from the disk.
    pub(super) bytes: Rc<Cell<u64>>,
}

/// Opens a file for reading. It is decompressed if its name ends in `.zst`; standard input, if it
/// begins as compressed data do.
pub(super) fn open(file: &FactFile) -> io::Result<(Source, Format)> {
    let bytes = Rc::new(Cell::new(0));
    let count = |inner: Box<dyn Read>| {
        let counted = Counted { inner, count: Rc::clone(&bytes) };
        BufReader::with_capacity(1 << 16, counted)
    };
    let (mut raw, compressed) = if file.is_standard_input() {
        let mut input = count(Box::new(io::stdin()));
        let compressed = input.fill_buf()?.starts_with(&MAGIC);
        (input, compressed)
    } else {
        let end = file.path.extension();
        let compressed = end.is_some_and(|end| end.eq_ignore_ascii_case("zst"));
        (count(Box::new(File::open(&file.path)?)), compressed)
    };
    // Errors in the first frame come when it is read.
    let mut content: Box<dyn BufRead> = if compressed {
        Box::new(BufReader::with_capacity(1 << 16, Frames::new(raw, Rc::clone(&bytes))))
    } else {
        raw.fill_buf()?;
        Box::new(raw)
    };
    let format = match file.format {
        Some(format) => format,
        None => Format::of_content(content.fill_buf()?),
    };
    Ok((Source { content, bytes }, format))
}

/// Counts the bytes that are read.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// How data that zstd has compressed begin.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Content of any size may be compressed to this share of its own.
const SHARE: u64 = 1000;

/// Content of this size may be compressed to any share.
const SMALL: u64 = 256 << 20;

/// Decompresses all the frames of a file, one after another, as `zstd` does.
///
/// A file of a few kilobytes can be crafted to contain terabytes. Such a growth is not real data,
/// and reading it would exhaust the memory, so it is an error.
struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    /// Whether a frame is being decoded.
    open: bool,
    /// The bytes that were read from the disk.
    read: Rc<Cell<u64>>,
    /// The bytes after decompression.
    written: u64,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.open {
                let read = self.read_frame(buffer)?;
                if read > 0 || buffer.is_empty() {
                    self.count(read)?;
                    return Ok(read);
                }
                self.check()?;
                self.open = false;
            }
            if self.source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.open_frame()?;
        }
    }
}

impl<R: BufRead> Frames<R> {
    fn new(source: R, read: Rc<Cell<u64>>) -> Self {
        Self { source, decoder: FrameDecoder::new(), open: false, read, written: 0 }
    }

    /// Counts what was decompressed, and stops when the ratio is implausible.
    fn count(&mut self, written: usize) -> io::Result<()> {
        self.written += written as u64;
        if self.written <= SMALL || self.written / SHARE <= self.read.get() {
            return Ok(());
        }
        let message = format!(
            "its content is more than {SHARE} times as large as the file; if that is meant, decompress \
             it first"
        );
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }

    /// At the end of a frame: whether its content is what was compressed, as far as the frame says.
    fn check(&self) -> io::Result<()> {
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(told), Some(calculated)) if told != calculated => {
                let message = "not valid zstd data: the checksum is wrong, so the content is damaged";
                Err(io::Error::new(io::ErrorKind::InvalidData, message))
            }
            _ => Ok(()),
        }
    }

    /// Reads from the open frame; nothing at its end.
    fn read_frame(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let step = BlockDecodingStrategy::UptoBlocks(1);
            self.decoder.decode_blocks(&mut self.source, step).map_err(invalid)?;
        }
        self.decoder.read(buffer)
    }

    /// Opens the next frame, or skips it if it contains no data.
    fn open_frame(&mut self) -> io::Result<()> {
        match self.decoder.reset(&mut self.source) {
            Ok(()) => self.open = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                io::copy(&mut (&mut self.source).take(u64::from(length)), &mut io::sink())?;
            }
            Err(error) => return Err(invalid(error)),
        }
        Ok(())
    }
}

fn invalid(error: FrameDecoderError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not valid zstd data: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of zstd with nothing but line feeds: each block of 128 KiB takes four bytes.
    fn line_feeds(blocks: usize) -> Vec<u8> {
        // The magic number, and a header with the size of the window (1 MiB) and nothing else.
        let mut frame = [&MAGIC[..], &[0x00, 0x50]].concat();
        for block in 0..blocks {
            let header = u32::from(block + 1 == blocks) | 1 << 1 | (128 << 10) << 3;
            frame.extend_from_slice(&header.to_le_bytes()[..3]);
            frame.push(b'\n');
        }
        frame
    }

    fn size_of(frame: &[u8]) -> io::Result<u64> {
        let read = Rc::new(Cell::new(0));
        let source = BufReader::new(Counted { inner: frame, count: Rc::clone(&read) });
        io::copy(&mut Frames::new(source, read), &mut io::sink())
    }

    #[test]
    fn what_grows_out_of_all_proportion_is_refused() {
        assert_eq!(size_of(&line_feeds(64)).unwrap(), 8 << 20, "a little does no harm");
        let error = size_of(&line_feeds(1 << 20)).unwrap_err().to_string();
        assert!(error.starts_with("its content is more than 1000 times as large as the file"), "{error}");
    }

    #[test]
    fn the_format_follows_from_the_first_letter() {
        let lines = ["{\"a\":1}", "\u{feff}\n {\"a\":1}", "[", "", "\n"];
        assert!(lines.iter().all(|text| Format::of_content(text.as_bytes()) == Format::JsonLines));
        let tables = ["a,b\n", "\"a\"", "\u{feff}a"];
        assert!(tables.iter().all(|text| Format::of_content(text.as_bytes()) == Format::Csv));
    }
}
