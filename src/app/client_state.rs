//! Signals about sending, the connection and re-rendering. On the server they never change.

use leptos::prelude::*;

/// The progress of sending the complaint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SendState {
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
pub struct ClientState {
    pub queue: RwSignal<SendState>,
    /// The page was rendered without the server, and whether the server has a draft is not known yet.
    pub is_offline_render: RwSignal<bool>,
    /// Incremented to re-render the page in view.
    pub render_count: RwSignal<u32>,
}

impl ClientState {
    pub fn new() -> Self {
        Self {
            queue: RwSignal::new(SendState::Empty),
            is_offline_render: RwSignal::new(false),
            render_count: RwSignal::new(0),
        }
    }

    /// Re-renders the page in view.
    pub fn redraw(self) {
        self.render_count.update(|n| *n += 1);
    }
}

impl Default for ClientState {
    fn default() -> Self {
        Self::new()
    }
}
