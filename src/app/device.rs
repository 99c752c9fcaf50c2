//! How a page stands with what is kept on the phone. On the server nothing of it ever changes.

use leptos::prelude::*;

/// How far sending has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Queue {
    /// Send was not selected, or it is on its way for the first time.
    #[default]
    Empty,
    /// It could not be sent yet, and is tried again and again.
    Waiting,
    /// It was on its way when the connection broke off, and what became of it cannot be found out.
    Unknown,
}

/// What pages are drawn from besides the answers. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Device {
    pub queue: RwSignal<Queue>,
    /// The page was drawn without the server, and whether the server has a draft is not known yet.
    pub is_alone: RwSignal<bool>,
    /// Goes up when the page in view has to be drawn anew.
    pub drawn: RwSignal<u32>,
}

impl Device {
    /// As every page begins.
    #[must_use]
    pub fn new() -> Self {
        Self {
            queue: RwSignal::new(Queue::Empty),
            is_alone: RwSignal::new(false),
            drawn: RwSignal::new(0),
        }
    }

    /// Has the page in view drawn anew.
    pub fn redraw(self) {
        self.drawn.update(|n| *n += 1);
    }
}

impl Default for Device {
    fn default() -> Self {
        Self::new()
    }
}
