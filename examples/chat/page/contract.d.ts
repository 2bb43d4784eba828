// Made by irori-contract of the types in Rust: change those, not this.

import type { NoParams, SocketRef } from "/__sockets/client.js";

/** What a client says. */
export type ClientSays = {
  /**
   * A number of the client's own, by which an error says what it answers; but one about what is malformed, which was not
   * read that far, has none, nor has that of a ban.
   */
  request?: number | null;
} & ({
  "type": "join";
  /** The room. */
  room: string;
} | {
  "type": "leave";
  /** The room. */
  room: string;
} | {
  "type": "say";
  /** The room. */
  room: string;
  /** 1 to 500 characters, at least one of which can be seen; no control character but newlines and tabs. */
  text: string;
} | {
  "type": "who";
  /** The room. */
  room: string;
});

/** Why something was not done, for programs. */
export type Code = "malformed" | "invalid" | "not_in_room" | "too_many_rooms" | "room_full" | "too_fast" | "banned";

/** What the server says. Users are told by their names, in alphabetical order, each once. */
export type ServerSays =
  | {
      "type": "joined";
      /** The room. */
      room: string;
      /** Who is there, you included. */
      users: Array<string>;
    }
  | {
      "type": "left";
      /** The room. */
      room: string;
    }
  | {
      "type": "said";
      /** The room. */
      room: string;
      /** Who said it. */
      from: string;
      /** The words. */
      text: string;
      /** When, in milliseconds since the Unix epoch. */
      at: number;
      /** Counts what was said since the server started. */
      id: number;
    }
  | {
      "type": "users";
      /** The room. */
      room: string;
      /** Who is there, you included. */
      users: Array<string>;
    }
  | {
      "type": "user_joined";
      /** The room. */
      room: string;
      /** Who came. */
      user: string;
    }
  | {
      "type": "user_left";
      /** The room. */
      room: string;
      /** Who went. */
      user: string;
    }
  | {
      "type": "error";
      /** The number that came with it. */
      request?: number | null;
      /** Why, for programs. */
      code: Code;
      /** Why, for people. */
      message: string;
      /** Seconds after which it may be asked for again, where waiting helps. */
      retry_after?: number | null;
    };

/** The hash of all that is said here. */
export declare const CONTRACT: string;
export declare const CHAT: SocketRef<ClientSays, ServerSays, NoParams>;
