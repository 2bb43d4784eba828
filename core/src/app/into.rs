use super::{App, BuiltApp};

/// An app, built or not: what an adapter's `routes` takes.
pub trait IntoBuiltApp {
    /// The app, built.
    ///
    /// # Panics
    ///
    /// When it was not built yet, and cannot be: with all that is wrong with it. An adapter mounts apps when a server
    /// starts, where a panic is what routers do too; whoever wants an error calls [`App::build`].
    fn into_built_app(self) -> BuiltApp;
}

impl IntoBuiltApp for BuiltApp {
    fn into_built_app(self) -> BuiltApp {
        self
    }
}

impl IntoBuiltApp for App {
    #[expect(clippy::panic, reason = "documented: an app that cannot be built is found out when the server starts")]
    fn into_built_app(self) -> BuiltApp {
        self.build().unwrap_or_else(|error| panic!("{error}"))
    }
}
