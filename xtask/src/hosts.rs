//! What each host can do: the table in the README, made of what the harnesses of the conformance kit say.

use std::path::PathBuf;
use std::{fs, iter};

use crate::command::{capture, command};
use crate::failure::Failure;
use crate::kit::Kits;
use crate::workspace;

/// The hosts: what a column is called, and the package whose test `conformance` runs the kit there.
const HOSTS: &[(&str, &str)] = &[
    // In the order of the columns.
    ("memory", "irori-test"),
    ("axum", "irori-axum"),
    ("warp", "irori-warp"),
    ("Workers", "irori-cloudflare"),
];

/// The capabilities by their names in the kit, and what each means to who runs an app.
const CAPABILITIES: &[(&str, &str)] = &[
    ("Drain", "says goodbye to everybody before it stops (`BuiltApp::drain`)"),
    ("RemoteAddr", "knows where a peer is (`Upgrade::remote_addr`)"),
    ("Stall", "notices a peer that does not read"),
    ("Stream", "has `limits` say when peers are pinged, pushed back and cut"),
    ("Memory", "keeps what an app has in memory for as long as a connection (`on_teardown`)"),
    ("Handles", "reaches a connection from another hook or thread (`Socket`)"),
    ("Unwind", "lets a panic end its own connection, and no other"),
    ("Census", "counts connections and rooms over the whole app (`limits.connections`, `limits.room.rooms`)"),
    ("Hibernation", "keeps sockets open while nothing of them is in memory"),
    ("Http", "is asked over HTTP/1.1, and bounds the heads of requests by itself"),
    ("Fragments", "takes a message in many frames"),
    ("Bytes", "takes a frame in many pieces"),
    ("Records", "shows tests what is kept with a socket"),
    ("VirtualTime", "has a clock that tests move"),
];

/// Around the table, in the README.
const BEGIN: &str = "<!-- hosts -->";
const END: &str = "<!-- /hosts -->";

/// Checks that the README shows the hosts as they are.
///
/// # Errors
///
/// When it does not, or a host cannot be asked.
pub(crate) fn check() -> Result<(), Failure> {
    let page = read()?;
    if page == splice(&page, &ask_all()?)? {
        println!("   the table of hosts is up to date");
        return Ok(());
    }
    Err(Failure::new("the README's table of hosts is out of date; `cargo xtask hosts --write` writes it anew"))
}

/// Writes the table into the README.
///
/// # Errors
///
/// When a host cannot be asked, or the README has no place for the table.
pub(crate) fn write() -> Result<(), Failure> {
    let page = splice(&read()?, &ask_all()?)?;
    fs::write(readme(), page).map_err(|error| Failure::new(format!("cannot write {}: {error}", readme().display())))
}

fn read() -> Result<String, Failure> {
    fs::read_to_string(readme()).map_err(|error| Failure::new(format!("cannot read {}: {error}", readme().display())))
}

fn readme() -> PathBuf {
    workspace::root().join("README.md")
}

/// Asks every host what it can do; gives the table.
fn ask_all() -> Result<String, Failure> {
    let kits = Kits::build()?;
    let claims = HOSTS.iter().map(|(_, package)| capture(command(&kits.path(package)?, &["--capabilities"])));
    let claims = claims.collect::<Result<Vec<_>, _>>()?;
    let claims: Vec<Vec<&str>> = claims.iter().map(|names| names.lines().collect()).collect();
    table(HOSTS, &claims)
}

/// A row for each capability that a host has, and in it a word for each host.
fn table(hosts: &[(&str, &str)], claims: &[Vec<&str>]) -> Result<String, Failure> {
    for ((label, _), names) in hosts.iter().zip(claims) {
        if let Some(name) = names.iter().find(|name| CAPABILITIES.iter().all(|(known, _)| known != *name)) {
            let why = format!(
                "{label} is capable of `{name}`, and CAPABILITIES in xtask/src/hosts.rs does not say what that is"
            );
            return Err(Failure::new(why));
        }
    }
    let labels = hosts.iter().map(|(label, _)| *label);
    let mut table = row(["capability", "a host that has it"].into_iter().chain(labels));
    table += &row(iter::repeat_n("---", hosts.len() + 2));
    for (name, meaning) in CAPABILITIES.iter().filter(|(name, _)| claims.iter().any(|names| names.contains(name))) {
        let answers = claims.iter().map(|names| if names.contains(name) { "yes" } else { "no" });
        table += &row([&*format!("`{name}`"), meaning].into_iter().chain(answers));
    }
    Ok(table)
}

fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// The page with this table between its two comments.
fn splice(page: &str, table: &str) -> Result<String, Failure> {
    let place = page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = place.ok_or_else(|| Failure::new(format!("the README has no `{BEGIN}` and `{END}`")))?;
    Ok(format!("{before}{BEGIN}\n{table}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::{splice, table};

    const HOSTS: &[(&str, &str)] = &[("here", "kit-here"), ("there", "kit-there")];

    #[test]
    fn what_a_host_cannot_do_is_said_too() {
        let table = table(HOSTS, &[vec!["Stall", "Drain"], vec!["Drain"]]).unwrap();
        let rows: Vec<_> = table.lines().collect();
        assert_eq!(rows[..2], ["| capability | a host that has it | here | there |", "| --- | --- | --- | --- |"]);
        let words =
            |name: &str| rows.iter().find(|row| row.contains(name)).unwrap().rsplit(" | ").take(2).collect::<Vec<_>>();
        assert_eq!(words("`Drain`"), ["yes |", "yes"]);
        assert_eq!(words("`Stall`"), ["no |", "yes"]);
        assert_eq!(rows.len(), 4, "and what nobody can do is left out: {rows:?}");
    }

    #[test]
    fn a_capability_without_words_is_named() {
        let failure = table(HOSTS, &[vec!["Drain"], vec!["Fly"]]).unwrap_err().to_string();
        assert!(failure.starts_with("there is capable of `Fly`, "), "{failure}");
    }

    #[test]
    fn the_table_is_put_between_its_comments() {
        let page = "before\n<!-- hosts -->\nold\n<!-- /hosts -->\nbehind\n";
        let new = splice(page, "new\n").unwrap();
        assert_eq!(new, "before\n<!-- hosts -->\nnew\n<!-- /hosts -->\nbehind\n");
        assert_eq!(splice(&new, "new\n").unwrap(), new);
        assert!(splice("no place\n", "new\n").is_err());
    }
}
