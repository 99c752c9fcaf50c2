//! How somebody on a case is reached: showing it, changing it, confirming what opens a way. Each for whoever asks, and for nobody
//! else.

pub mod cancel;
pub mod change;
pub mod confirm;
pub mod send_code;
pub mod show;
