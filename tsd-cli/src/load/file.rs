//! Files of facts: what they are called, and their bytes without compression.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::str::FromStr;

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// A file with facts of one type, as `Type=FILE` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactFile {
    /// The name of the type.
    pub ty: String,
    /// The file.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
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
    /// When the name ends like that of no format.
    pub fn new(ty: impl Into<String>, path: impl Into<PathBuf>) -> Result<Self, String> {
        let path = path.into();
        let format = Format::of(&path)?;
        Ok(Self { ty: ty.into(), path, format })
    }
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
    /// The format that a file's name tells.
    fn of(path: &Path) -> Result<Self, String> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        match name.strip_suffix(".zst").unwrap_or(&name).rsplit_once('.') {
            Some((_, "csv")) => Ok(Self::Csv),
            Some((_, "jsonl" | "ndjson")) => Ok(Self::JsonLines),
            _ => {
                Err("the name must end in .csv or .jsonl, with .zst behind it when it is compressed"
                    .to_owned())
            }
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

/// Opens a file for reading. It is decompressed when its name ends in `.zst`.
pub(super) fn open(path: &Path) -> io::Result<Source> {
    let bytes = Rc::new(Cell::new(0));
    let file = BufReader::new(Counted { inner: File::open(path)?, count: Rc::clone(&bytes) });
    let compressed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zst"));
    let content: Box<dyn BufRead> = if compressed {
        let frames = Frames { source: file, decoder: FrameDecoder::new(), open: false };
        Box::new(BufReader::with_capacity(1 << 16, frames))
    } else {
        Box::new(file)
    };
    Ok(Source { content, bytes })
}

/// Counts the bytes that go through.
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

/// Decompresses all the frames of a file, one after another, as `zstd` does.
struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    /// Whether a frame is being decoded.
    open: bool,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.open {
                let read = self.read_frame(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
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
    /// Reads from the open frame; nothing when it is at its end.
    fn read_frame(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let step = BlockDecodingStrategy::UptoBlocks(1);
            self.decoder.decode_blocks(&mut self.source, step).map_err(invalid)?;
        }
        self.decoder.read(buffer)
    }

    /// Opens the next frame, or skips it when it holds no data.
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
