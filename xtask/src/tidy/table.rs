//! The rules themselves, to be read and edited as a table.

use super::length::Long;
use super::rule::{Place, Reads, Rule};

/// Files that may be longer than [`super::length::FILE`] lines, each with the reason.
pub(super) const LONG: &[Long] = &[];

/// Every rule about words.
pub(super) const RULES: &[&Rule] = &[
    &NO_STUBS,
    &NO_IGNORED_TESTS,
    &NO_SLEEP_IN_TESTS,
    &CORE_NAMES_NO_HOST,
    &CORE_HAS_NO_CLOCK,
    &PURE_MACHINES,
    &LOCKS_IN_THREE_FILES,
    &SUITE_NAMES_NO_ADAPTER,
];

pub(super) const NO_STUBS: Rule = Rule {
    name: "no-stubs",
    why: "what is not there yet is not offered",
    place: Place::Everywhere,
    except: &[],
    reads: Reads::Code,
    words: &["todo!", "unimplemented!"],
};

pub(super) const NO_IGNORED_TESTS: Rule = Rule {
    name: "no-ignored-tests",
    why: "a test that does not run passes for one that does",
    place: Place::Everywhere,
    except: &[],
    reads: Reads::Code,
    words: &["#[ignore"],
};

pub(super) const NO_SLEEP_IN_TESTS: Rule = Rule {
    name: "no-sleep-in-tests",
    why: "a test waits for what it expects, or moves virtual time; a sleep is a guess",
    place: Place::Tests,
    except: &[],
    reads: Reads::Code,
    words: &["thread::sleep", "time::sleep", "sleep_until"],
};

pub(super) const CORE_NAMES_NO_HOST: Rule = Rule {
    name: "core-names-no-host",
    why: "invariant 1: the core runs on every host and every runtime",
    place: Place::Under(&["core/src/"]),
    except: &[],
    reads: Reads::Code,
    words: &["tokio", "axum", "warp"],
};

pub(super) const CORE_HAS_NO_CLOCK: Rule = Rule {
    name: "core-has-no-clock",
    why: "invariant 1: time comes in as an argument; std's clocks panic on wasm",
    place: Place::Under(&["core/src/"]),
    except: &[],
    reads: Reads::Code,
    words: &["Instant", "SystemTime"],
};

pub(super) const PURE_MACHINES: Rule = Rule {
    name: "pure-machines",
    why: "invariant 2: session, room, outbox and wire are values, stepped from outside",
    place: Place::Under(&["core/src/session/", "core/src/room/", "core/src/wire/", "core/src/outbox"]),
    except: &[],
    reads: Reads::Code,
    words: &["async", "await", "Mutex", "RwLock", "Instant"],
};

pub(super) const LOCKS_IN_THREE_FILES: Rule = Rule {
    name: "locks-in-three-files",
    why: "invariant 2: one lock around an outbox, one around hub and rooms, one around who was woken, no fourth",
    place: Place::Under(&["core/src/"]),
    except: &["core/src/link.rs", "core/src/hub.rs", "core/src/resume/bell.rs"],
    reads: Reads::Code,
    words: &["Mutex", "RwLock"],
};

pub(super) const SUITE_NAMES_NO_ADAPTER: Rule = Rule {
    name: "suite-names-no-adapter",
    why: "invariant 3: a case asks for a capability, never for a name, in prose as in code",
    place: Place::Under(&["adapter-test/src/conformance"]),
    except: &[],
    reads: Reads::Text,
    words: &["axum", "warp", "cloudflare", "worker"],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::source::Source;

    /// The words that `rule` finds in `text` as the file `path`.
    fn caught(rule: &Rule, path: &str, text: &str) -> Vec<String> {
        let findings = rule.find(&Source::new(path, text));
        findings.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn no_stubs() {
        let text = "fn a() { todo!() }\nfn b() { unimplemented!(\"later\") }\n";
        assert_eq!(caught(&NO_STUBS, "macros/src/lib.rs", text), ["`todo!`", "`unimplemented!`"]);
        assert!(caught(&NO_STUBS, "macros/src/lib.rs", "// todo!() is banned\n").is_empty());
    }

    #[test]
    fn no_ignored_tests() {
        let text = "#[test]\n#[ignore = \"slow\"]\nfn a() {}\n";
        assert_eq!(caught(&NO_IGNORED_TESTS, "core/tests/a.rs", text), ["`#[ignore`"]);
    }

    #[test]
    fn no_sleep_in_tests() {
        let text = "fn a() { std::thread::sleep(LONG); tokio::time::sleep(LONG).await }\n";
        let both = ["`thread::sleep`", "`time::sleep`"];
        assert_eq!(caught(&NO_SLEEP_IN_TESTS, "core/tests/a.rs", text), both);
        assert_eq!(caught(&NO_SLEEP_IN_TESTS, "core/src/drive/tests.rs", text), both);
        assert!(caught(&NO_SLEEP_IN_TESTS, "adapter-axum/src/rt.rs", text).is_empty());

        let unit = format!("fn timer() {{ time::sleep(ONE) }}\n#[cfg(test)]\nmod tests {{\n{text}}}\n");
        assert_eq!(caught(&NO_SLEEP_IN_TESTS, "adapter-axum/src/rt.rs", &unit), both);
    }

    #[test]
    fn core_names_no_host() {
        let text = "use tokio_util::codec;\nuse ::axum::Router;\nuse warp::Filter;\n/// As tokio does.\nfn a() {}\n";
        assert_eq!(caught(&CORE_NAMES_NO_HOST, "core/src/app.rs", text), ["`tokio`", "`axum`", "`warp`"]);
        assert!(caught(&CORE_NAMES_NO_HOST, "adapter-axum/src/lib.rs", text).is_empty());
    }

    #[test]
    fn core_has_no_clock() {
        let text = "use std::time::{Duration, Instant};\nlet now = std::time::SystemTime::now();\n";
        let both = ["`Instant`", "`SystemTime`"];
        assert_eq!(caught(&CORE_HAS_NO_CLOCK, "core/src/rt/now.rs", text), both);
    }

    #[test]
    fn pure_machines() {
        let text = "async fn a() { b.await }\nstruct C(Mutex<u8>, RwLock<u8>, Instant);\n";
        for path in ["core/src/session/mod.rs", "core/src/outbox.rs", "core/src/outbox/policy.rs"] {
            assert_eq!(caught(&PURE_MACHINES, path, text).len(), 5, "{path}");
        }
        assert!(caught(&PURE_MACHINES, "core/src/drive.rs", text).is_empty());
    }

    #[test]
    fn locks_in_three_files() {
        let text = "use std::sync::{Mutex, MutexGuard};\n";
        assert_eq!(caught(&LOCKS_IN_THREE_FILES, "core/src/app.rs", text), ["`Mutex`"]);
        assert!(caught(&LOCKS_IN_THREE_FILES, "core/src/hub.rs", text).is_empty());
        assert!(caught(&LOCKS_IN_THREE_FILES, "adapter-test/src/sim/mod.rs", text).is_empty());
    }

    #[test]
    fn suite_names_no_adapter() {
        let text = "// Workers differ here.\nif host == \"irori_axum\" { skip() }\n";
        let both = ["`worker`", "`axum`"];
        assert_eq!(caught(&SUITE_NAMES_NO_ADAPTER, "adapter-test/src/conformance/mod.rs", text), both);
    }
}
