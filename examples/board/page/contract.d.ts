// Made by irori-contract of the types in Rust: change those, not this.

import type { RoomRef } from "/__sockets/client.js";

/** The key of `board/:board_id`. */
export type Board = { board_id: string };

/** What is said to the chat. */
export type ClientSays = {
  /** The words. */
  text: string;
};

/** A moving cursor. */
export type Cursor = {
  /** From the left edge. */
  x: Fraction;
  /** From the top edge. */
  y: Fraction;
};

/** A part of the board's width or height: 0 to 1. No other number can be read as one. */
export type Fraction = number;

/** A line of the chat. */
export type Line = {
  /** The words. */
  text: string;
  /** When, in milliseconds since the Unix epoch. */
  at: number;
};

/** What a member shows: who it is, and where its cursor rests. A cursor that is not on the board has no place. */
export type Pointer = {
  /** The member's name. */
  name: string;
  /** The member's colour, in degrees. */
  hue: number;
  /** From the left edge. */
  x: Fraction | null;
  /** From the top edge. */
  y: Fraction | null;
};

/** What the chat says. */
export type ServerSays =
  | { "kind": "said" } & Line
  | {
      "kind": "refused";
      /** The reason, for people. */
      why: string;
    };

/** What a member of the chat shows: who it is, and what it said last. */
export type Talker = {
  /** Who it is. */
  user: User;
  /** The oldest first. */
  lines: Array<Line>;
};

/** Somebody who said their name. */
export type User = {
  /** 1 to 40 characters, none of them a control character. */
  name: string;
  /** The colour of the name, in degrees. */
  hue: number;
};

/** The hash of all that is said here. */
export declare const CONTRACT: string;
export declare const CURSORS: RoomRef<Board, Cursor, Cursor, Pointer>;
export declare const CHAT: RoomRef<Board, ClientSays, ServerSays, Talker>;
