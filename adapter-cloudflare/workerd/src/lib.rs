//! The runtime of Workers itself, one process per Worker, for tests, for benches and to look at an example.
//!
//! ```no_run
//! let worker = workerd::build(&["suite-worker"])?;
//! let mut command = workerd::command(&worker)?;
//! command.env("PROFILE", "standard"); // a variable that the Worker's `wrangler.jsonc` declares
//! let runtime = workerd::Workerd::start(command)?;
//! println!("http://{}", runtime.addr());
//! runtime.evict()?; // every Durable Object sleeps; sockets stay
//! # Ok::<(), std::io::Error>(())
//! ```

mod install;
mod process;

pub use install::install;
pub use process::{Workerd, build, command};
