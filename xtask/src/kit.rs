//! The tests `conformance` of the workspace, as programs: each runs the kit on one host.

use serde_json::Value;

use crate::command::{capture, cargo};
use crate::failure::Failure;

/// What cargo says of them.
pub(crate) struct Kits(String);

impl Kits {
    /// Builds them, with all other tests, though they alone are run: it is the same build as that of the step `test`, so
    /// nothing is built again.
    ///
    /// # Errors
    ///
    /// When a test does not compile.
    pub(crate) fn build() -> Result<Self, Failure> {
        capture(cargo(&["test", "--workspace", "--no-run", "--message-format", "json-render-diagnostics"])).map(Self)
    }

    /// That of a package.
    ///
    /// # Errors
    ///
    /// When it has none.
    pub(crate) fn path(&self, package: &str) -> Result<String, Failure> {
        let kit = self.0.lines().find_map(|message| kit_of(package, message));
        kit.ok_or_else(|| Failure::new(format!("{package} has no test called `conformance`")))
    }
}

/// The path of the test `conformance` of a package, when this message of cargo's announces it.
fn kit_of(package: &str, message: &str) -> Option<String> {
    let message: Value = serde_json::from_str(message).ok()?;
    let target = message.get("target")?;
    let is_kit =
        target.get("name")? == "conformance" && target.get("kind")?.as_array()?.iter().any(|kind| kind == "test");
    let is_of_package = name_in(message.get("package_id")?.as_str()?) == package;
    (is_kit && is_of_package).then(|| message.get("executable")?.as_str().map(str::to_owned))?
}

/// The name in a package id: that of its folder, `path+file:///home/me/irori-axum#0.1.0`, unless it is said behind the path,
/// `path+file:///home/me/adapter-axum#irori-axum@0.1.0`.
fn name_in(id: &str) -> &str {
    let (path, version) = id.split_once('#').unwrap_or((id, ""));
    let folder = path.rsplit('/').next().unwrap_or(path);
    version.split_once('@').map_or(folder, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::{kit_of, name_in};

    #[test]
    fn a_kit_is_known_by_package_and_target() {
        let message = |id: &str, kind: &str| {
            format!(
                r#"{{"package_id":"{id}","target":{{"kind":["{kind}"],"name":"conformance"}},"executable":"/t/kit"}}"#
            )
        };
        let id = "path+file:///home/me/here#kit-here@0.1.0";
        assert_eq!(kit_of("kit-here", &message(id, "test")).unwrap(), "/t/kit");
        assert_eq!(kit_of("kit-there", &message(id, "test")), None);
        assert_eq!(kit_of("kit-here", &message(id, "bench")), None);
        assert_eq!(name_in("path+file:///home/me/kit-here#0.1.0"), "kit-here");
    }
}
