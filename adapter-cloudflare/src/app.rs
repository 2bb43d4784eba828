use std::cell::OnceCell;

use irori::{App, BuiltApp};
use worker::Env;

use crate::{console, objects::Objects};

/// An app that is built once in the life of a Worker, when its first event comes. Rooms are reached in their objects.
///
/// It is for a `thread_local!`; [`object!`](crate::object) has one.
#[derive(Debug)]
pub struct AppCell(OnceCell<Result<BuiltApp, String>>);

impl AppCell {
    /// Not built yet.
    pub const fn new() -> Self {
        Self(OnceCell::new())
    }

    /// The app.
    ///
    /// # Errors
    ///
    /// With all that is wrong with the app, when it cannot be built.
    pub fn app<M>(&self, env: &Env, binding: &'static str, app: impl MakeApp<M>) -> worker::Result<BuiltApp> {
        let built = self.0.get_or_init(|| {
            let app = app.make(env)?;
            // After the app's own code, which may have set up a log of its own.
            console::log();
            Ok(app.with_elsewhere(Objects::new(env.clone(), binding)))
        });
        built.clone().map_err(worker::Error::RustError)
    }
}

impl Default for AppCell {
    fn default() -> Self {
        Self::new()
    }
}

/// What makes an app: `fn() -> App`, or `fn(&Env) -> App` when its handlers need bindings. Both may give a [`BuiltApp`].
pub trait MakeApp<Args> {
    /// Makes it.
    ///
    /// # Errors
    ///
    /// With all that is wrong with the app.
    fn make(self, env: &Env) -> Result<BuiltApp, String>;
}

impl<F: FnOnce() -> A, A: Make> MakeApp<()> for F {
    fn make(self, _: &Env) -> Result<BuiltApp, String> {
        self().build()
    }
}

impl<F: FnOnce(&Env) -> A, A: Make> MakeApp<(Env,)> for F {
    fn make(self, env: &Env) -> Result<BuiltApp, String> {
        self(env).build()
    }
}

/// An app, built or not.
pub trait Make {
    /// The app, built.
    ///
    /// # Errors
    ///
    /// With all that is wrong with it.
    fn build(self) -> Result<BuiltApp, String>;
}

impl Make for App {
    fn build(self) -> Result<BuiltApp, String> {
        App::build(self).map_err(|error| error.to_string())
    }
}

impl Make for BuiltApp {
    fn build(self) -> Result<BuiltApp, String> {
        Ok(self)
    }
}
