//! The interface layer: pages (askama and htmx), the JSON API and live updates. Only this crate knows HTTP and HTML.
//!
//! - [`App`] is what every handler gets; [`router`] is the one list of routes; [`serve`] answers on a socket.
//! - `session` says who asks (cookie, language, look); `guard` refuses forms from elsewhere and sets the headers;
//!   `fault` turns an error into a page, once, and logs it there.
//! - `pages` holds a file for each feature, its templates under the same name; `frame` is what stands around them.
//! - `value`, `form` and `filter` make a page's parts from the model: nothing in them knows an object by name.

mod app;
mod assets;
mod by;
mod fault;
mod filter;
mod form;
mod frame;
mod guard;
mod link;
mod pages;
mod plot;
mod print;
mod rich;
mod sent;
mod session;
mod throttle;
mod ui;
mod value;
mod words;

pub mod api;
mod router;

pub use app::{App, DemoLogin};
pub use router::{router, serve};
