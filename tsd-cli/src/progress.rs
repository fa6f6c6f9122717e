//! The progress bar of a long load.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::load::Progress;

/// How long a load takes before it is called long.
const PATIENCE: Duration = Duration::from_millis(400);

/// A bar on standard error, which appears when loading takes a while.
pub(crate) struct Bar {
    start: Instant,
    wanted: bool,
    bar: Option<ProgressBar>,
}

impl Bar {
    /// A bar that never appears unless `wanted`.
    pub(crate) fn new(wanted: bool) -> Self {
        Self { start: Instant::now(), wanted, bar: None }
    }

    /// Shows the progress.
    pub(crate) fn show(&mut self, progress: Progress<'_>) {
        let waited = self.start.elapsed();
        if !self.wanted || (self.bar.is_none() && waited < PATIENCE) {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| bar(progress.total_bytes));
        let rate = progress.facts as f64 / waited.as_secs_f64().max(0.001);
        bar.set_position(progress.bytes.min(progress.total_bytes));
        let file = progress.path.file_name().unwrap_or_default().to_string_lossy();
        bar.set_message(format!("{} facts, {rate:.0}/s, {file}", progress.facts));
    }

    /// Removes the bar.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    // The template is a constant that is known to be valid.
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3}%  {msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
