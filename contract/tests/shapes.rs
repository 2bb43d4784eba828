//! What each shape of type in Rust is in TypeScript, beside what serde makes of it in JSON.

#![cfg(test)] // or clippy takes the helpers below for production code

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use irori::SocketRef;
use irori_contract::Contract;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

fn json(value: impl Serialize) -> String {
    serde_json::to_string(&value).unwrap()
}

/// What is declared for `T`, and what the socket says that it sends.
fn declared<T: TS + 'static>() -> (String, String) {
    let types = Contract::new().socket("X", SocketRef::<(), T>::new("m", "n")).types().unwrap();
    let (_, types) = types.split_once("from \"irori\";\n").unwrap();
    let (declared, rest) = types.split_once("\n/** The hash").unwrap();
    let (_, out) = rest.split_once("X: SocketRef<null, ").unwrap();
    (declared.to_owned(), out.strip_suffix(", NoParams>;\n").unwrap().to_owned())
}

/// What a type without a name of its own is called.
fn called<T: TS + 'static>() -> String {
    let (declared, name) = declared::<T>();
    assert_eq!(declared, "", "{name} needs no declaration");
    name
}

/// How a type with a name is declared.
fn declaration<T: TS + 'static>() -> String {
    declared::<T>().0.trim().to_owned()
}

#[test]
fn numbers_are_numbers_and_texts_strings() {
    assert_eq!(called::<u8>(), "number");
    assert_eq!(called::<f64>(), "number");
    assert_eq!(called::<u64>(), "number", "JSON has no other numbers");
    assert_eq!(called::<i128>(), "number");
    assert_eq!(called::<bool>(), "boolean");
    assert_eq!(called::<String>(), "string");
    assert_eq!(called::<char>(), "string");
}

#[test]
fn nothing_is_null_but_absent_in_a_room() {
    assert_eq!(called::<()>(), "null");
    let room = irori::RoomRef::<irori::channel::NoKey, (), (), ()>::new("m", "n");
    let types = Contract::new().room("X", room).types().unwrap();
    assert!(types.contains("X: RoomRef<NoParams, undefined, undefined, undefined>;"), "{types}");
    assert!(types.contains("import type { NoParams, RoomRef } from \"irori\";"), "{types}");
}

#[test]
fn options_are_null_and_collections_arrays() {
    assert_eq!(called::<Option<u8>>(), "number | null");
    assert_eq!(called::<Vec<Option<u8>>>(), "Array<number | null>");
    assert_eq!(called::<BTreeSet<u8>>(), "Array<number>");
    assert_eq!(called::<[u8; 2]>(), "[number, number]");
    assert_eq!(called::<(u8, String)>(), "[number, string]");
    assert_eq!(called::<HashMap<String, u8>>(), "{ [key in string]: number }");
    assert_eq!(called::<BTreeMap<u32, u8>>(), "{ [key in number]: number }");
    assert_eq!(called::<Box<u8>>(), "number");
}

#[test]
fn a_struct_is_an_object() {
    /// A line.
    #[derive(Serialize, Deserialize, TS)]
    #[serde(rename_all = "camelCase")]
    struct Line {
        /// The words,
        ///
        /// all of them.
        text: String,
        said_at: u64,
        #[serde(rename = "in-reply-to")]
        reply: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hue: Option<u16>,
        #[serde(skip)]
        #[expect(dead_code, reason = "skipped")]
        secret: u8,
        // ts-rs knows no `VecDeque`.
        #[ts(as = "Vec<String>")]
        tags: VecDeque<String>,
        r#type: u8,
    }
    assert_eq!(
        declaration::<Line>(),
        r#"/** A line. */
export type Line = {
  /**
   * The words,
   *
   * all of them.
   */
  text: string;
  saidAt: number;
  "in-reply-to": number | null;
  hue?: number | null;
  tags: Array<string>;
  type: number;
};"#
    );
}

#[test]
fn a_newtype_is_what_is_in_it() {
    #[derive(Serialize, Deserialize, TS)]
    #[serde(try_from = "f64")]
    struct Fraction(f64);

    impl TryFrom<f64> for Fraction {
        type Error = String;

        fn try_from(part: f64) -> Result<Self, String> {
            Ok(Self(part))
        }
    }

    #[derive(Serialize, Deserialize, TS)]
    struct Unit;

    #[derive(Serialize, Deserialize, TS)]
    struct Pair(u8, Fraction);

    assert_eq!(declaration::<Fraction>(), "export type Fraction = number;");
    assert_eq!(declaration::<Unit>(), "export type Unit = null;");
    assert_eq!(
        declaration::<Pair>(),
        "export type Fraction = number;\n\nexport type Pair = [number, Fraction];",
        "with all that it is made of"
    );
}

#[test]
fn what_is_written_otherwise_says_so() {
    #[derive(TS)]
    #[ts(as = "String")]
    #[expect(dead_code, reason = "its shape is another's")]
    struct Id(u128);

    #[derive(TS)]
    #[expect(dead_code, reason = "its shape is another's")]
    struct Page {
        #[ts(type = "`/${string}`")]
        path: String,
        ids: Vec<Id>,
    }
    assert_eq!(
        declaration::<Page>(),
        "export type Id = string;\n\nexport type Page = {\n  path: `/${string}`;\n  ids: Array<Id>;\n};"
    );
}

#[derive(Serialize, Deserialize, TS)]
struct Body {
    text: String,
}

#[test]
fn enums_are_unions_by_their_tags() {
    #[derive(Serialize, Deserialize, TS)]
    enum Plain {
        Up,
        Down,
    }
    assert_eq!(json([Plain::Up, Plain::Down]), r#"["Up","Down"]"#);
    assert_eq!(declaration::<Plain>(), r#"export type Plain = "Up" | "Down";"#);

    #[derive(Serialize, Deserialize, TS)]
    enum External {
        Unit,
        One(u8),
        Two(u8, u8),
        Named { a: u8 },
    }
    assert_eq!(
        json([External::Unit, External::One(1), External::Two(1, 2), External::Named { a: 1 }]),
        r#"["Unit",{"One":1},{"Two":[1,2]},{"Named":{"a":1}}]"#
    );
    assert_eq!(
        declaration::<External>(),
        r#"export type External = "Unit" | { "One": number } | { "Two": [number, number] } | { "Named": { a: number } };"#
    );

    #[derive(Serialize, Deserialize, TS)]
    #[serde(untagged)]
    enum Untagged {
        One(u8),
        Named { a: u8 },
    }
    assert_eq!(json([Untagged::One(1), Untagged::Named { a: 1 }]), r#"[1,{"a":1}]"#);
    assert_eq!(declaration::<Untagged>(), "export type Untagged = number | { a: number };");
}

#[test]
fn tags_are_members() {
    #[derive(Serialize, Deserialize, TS)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Internal {
        ByeBye,
        Said(Body),
        Refused {
            /// For people.
            why: String,
        },
    }
    assert_eq!(
        json([Internal::ByeBye, Internal::Said(Body { text: "t".into() }), Internal::Refused { why: "w".into() }]),
        r#"[{"kind":"bye_bye"},{"kind":"said","text":"t"},{"kind":"refused","why":"w"}]"#
    );
    assert_eq!(
        declaration::<Internal>(),
        r#"export type Body = { text: string };

export type Internal =
  | { "kind": "bye_bye" }
  | { "kind": "said" } & Body
  | {
      "kind": "refused";
      /** For people. */
      why: string;
    };"#
    );

    #[derive(Serialize, Deserialize, TS)]
    #[serde(tag = "t", content = "c", rename_all_fields = "camelCase")]
    enum Adjacent {
        Unit,
        One(u8),
        Named { a_b: u8 },
    }
    assert_eq!(
        json([Adjacent::Unit, Adjacent::One(1), Adjacent::Named { a_b: 1 }]),
        r#"[{"t":"Unit"},{"t":"One","c":1},{"t":"Named","c":{"aB":1}}]"#
    );
    assert_eq!(
        declaration::<Adjacent>(),
        r#"export type Adjacent =
  | { "t": "Unit" }
  | {
      "t": "One";
      "c": number;
    }
  | {
      "t": "Named";
      "c": { aB: number };
    };"#
    );
}

#[test]
fn an_enum_of_typescript_would_be_a_value_and_is_a_union() {
    #[derive(TS)]
    #[ts(repr(enum))]
    #[expect(dead_code, reason = "only its names count")]
    enum Level {
        Low = 1,
        High = 5,
    }
    assert_eq!(declaration::<Level>(), "export type Level = 1 | 5;");
}

#[test]
fn generics_are_declared_once_and_their_arguments_too() {
    #[derive(Serialize, Deserialize, TS)]
    struct Page<T> {
        items: Vec<T>,
        next: Option<Box<Page<T>>>,
    }

    #[derive(Serialize, Deserialize, TS)]
    struct Both {
        bodies: Page<Body>,
        numbers: Page<u8>,
    }
    let (declared, name) = declared::<(Both, Page<Option<Body>>)>();
    assert_eq!(name, "[Both, Page<Body | null>]");
    assert_eq!(
        declared.trim(),
        "export type Body = { text: string };

export type Both = {
  bodies: Page<Body>;
  numbers: Page<number>;
};

export type Page<T> = {
  items: Array<T>;
  next: Page<T> | null;
};"
    );
}

#[test]
fn what_is_flattened_is_in_place() {
    #[derive(Serialize, Deserialize, TS)]
    struct Stamped {
        #[serde(flatten)]
        body: Body,
        at: u64,
    }
    assert!(declaration::<Stamped>().ends_with("export type Stamped = {\n  at: number;\n  text: string;\n};"));
}
