//! Signals about sending, the connection and re-rendering. On the server they never change.

use leptos::prelude::*;

/// The progress of sending the complaint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Queue {
    /// Send was not selected, or the first attempt is running.
    #[default]
    Empty,
    /// Not sent yet; sending is retried.
    Waiting,
    /// The connection broke off during an attempt, and the app cannot find out whether the complaint arrived.
    Unknown,
}

/// The state that pages are rendered from besides the answers. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Device {
    pub queue: RwSignal<Queue>,
    /// The page was rendered without the server, and whether the server has a draft is not known yet.
    pub is_alone: RwSignal<bool>,
    /// Incremented to re-render the page in view.
    pub drawn: RwSignal<u32>,
}

impl Device {
    pub fn new() -> Self {
        Self {
            queue: RwSignal::new(Queue::Empty),
            is_alone: RwSignal::new(false),
            drawn: RwSignal::new(0),
        }
    }

    /// Re-renders the page in view.
    pub fn redraw(self) {
        self.drawn.update(|n| *n += 1);
    }
}

impl Default for Device {
    fn default() -> Self {
        Self::new()
    }
}
