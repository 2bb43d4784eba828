// Made by irori-contract of the types in Rust: change those, not this.

import type { NoParams, RoomRef, SocketRef } from "/client.js";

/** The key of `board/:board_id`. */
export type Board = { board_id: string };

/** A moving cursor. */
export type Cursor = {
  x: number;
  y: number;
};

/** The key of `files/:root/:path*`. */
export type File = {
  root: string;
  path?: string;
};

export type Pointer = { name: string };

/** The hash of all that is said here. */
export declare const CONTRACT: string;
export declare const CURSORS: RoomRef<Board, Cursor, Cursor, Pointer>;
export declare const LOBBY: RoomRef<NoParams, string, undefined, undefined>;
export declare const ECHO: SocketRef<string, number, NoParams>;
export declare const WATCH: SocketRef<null, string, File>;
