//! A Worker as workerd is told of it, in Cap'n Proto's text form (`workerd.capnp` of its sources says what there is).

use super::wrangler::Wrangler;

/// The text of `config.capnp`, for a Worker of these modules, the main one first. It lies beside them.
///
/// The Worker answers at the socket `http`. At the socket `evict` answers a second one, which puts the objects of the
/// first to sleep. Variables come from the environment, storage is in memory, and ports are of the system's choice: one
/// file serves all.
pub(super) fn text(wrangler: &Wrangler, modules: &[String]) -> String {
    let Wrangler { compatibility_date, compatibility_flags, vars, objects, with_sqlite } = wrangler;
    let flags = list(compatibility_flags.iter().map(|flag| quoted(flag)));
    let modules = list(modules.iter().map(|module| self::module(module)));
    let vars = vars.keys().map(|name| format!("(name = {name}, fromEnvironment = {name})", name = quoted(name)));
    let bindings = objects.iter().map(|(name, class)| {
        let (name, class) = (quoted(name), quoted(class));
        format!("(name = {name}, durableObjectNamespace = {class})")
    });
    let bindings = list(vars.chain(bindings));
    let namespaces = list(objects.values().map(|class| {
        let has_sqlite = with_sqlite.contains(class);
        format!("(className = {class}, uniqueKey = {class}, enableSql = {has_sqlite})", class = quoted(class))
    }));
    let asleep = list(objects.values().map(|class| {
        let class = quoted(class);
        format!("(name = {class}, durableObjectNamespace = (className = {class}, serviceName = \"worker\"))")
    }));
    let date = quoted(compatibility_date);
    format!(
        r#"# Written by `cargo xtask worker build`.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "evict", worker = .evict),
    (name = "storage", disk = (writable = true))
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "worker"),
    (name = "evict", address = "127.0.0.1:0", http = (), service = "evict")
  ]
);

const worker :Workerd.Worker = (
  compatibilityDate = {date},
  compatibilityFlags = {flags},
  modules = {modules},
  bindings = {bindings},
  durableObjectNamespaces = {namespaces},
  durableObjectStorage = (localDisk = "storage")
);

const evict :Workerd.Worker = (
  compatibilityDate = {date},
  compatibilityFlags = ["unsafe_module"],
  modules = [(name = "evict", esModule = embed "evict.mjs")],
  bindings = {asleep}
);
"#
    )
}

fn module(path: &str) -> String {
    let kind = if path.ends_with(".wasm") { "wasm" } else { "esModule" };
    format!("(name = {path}, {kind} = embed {path})", path = quoted(path))
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.map(|item| format!("\n    {item}")).collect();
    if items.is_empty() { "[]".to_owned() } else { format!("[{}\n  ]", items.join(",")) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::{Wrangler, text};

    #[test]
    fn all_that_wrangler_says_is_told() {
        let wrangler = Wrangler {
            compatibility_date: "2026-11-01".to_owned(),
            compatibility_flags: vec!["nodejs_compat".to_owned()],
            vars: [("SITE".to_owned(), "here".to_owned())].into(),
            objects: [("ROOMS".to_owned(), "Rooms".to_owned())].into(),
            with_sqlite: ["Rooms".to_owned()].into(),
        };
        let text = text(&wrangler, &["entry.mjs".to_owned(), "index_bg.wasm".to_owned()]);
        for part in [
            r#"compatibilityDate = "2026-11-01""#,
            r#""nodejs_compat""#,
            r#"(name = "entry.mjs", esModule = embed "entry.mjs")"#,
            r#"(name = "index_bg.wasm", wasm = embed "index_bg.wasm")"#,
            r#"(name = "SITE", fromEnvironment = "SITE")"#,
            r#"(name = "ROOMS", durableObjectNamespace = "Rooms")"#,
            r#"(className = "Rooms", uniqueKey = "Rooms", enableSql = true)"#,
            r#"(className = "Rooms", serviceName = "worker")"#,
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
