// What the types hold: read by the compiler, never run. Each expected error is one that a page would get after a rename.

import { DEFAULTS, connectSocket, joinRoom, type Delivery, type Member, type NoParams, type RoomRef, type SocketRef } from "irori";
import * as preact from "irori/preact";
import * as react from "irori/react";

// As a contract writes them.
type ClientSays = { text: string };
type ServerSays = { from: string; text: string };
type Board = { board_id: string };
type Maybe = { board_id?: string };
type Cursor = { x: number; y: number };
type Pointer = { name: string; at: Cursor | null };

declare const CHAT: SocketRef<ClientSays, ServerSays>;
declare const NOTES: SocketRef<ClientSays, ServerSays, Board>;
declare const CURSORS: RoomRef<Board, Cursor, Cursor, Pointer>;
declare const LOBBY: RoomRef<Maybe, Cursor, Cursor, Pointer>;
declare const FILES: SocketRef<ClientSays, ServerSays, { root: string; path?: string }>;
declare const HALL: RoomRef<NoParams, Cursor, Cursor, Pointer>;

/** Fails to compile unless the two are one type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>) => {};

// Sockets.
const chat = connectSocket(CHAT, { maxRetries: Infinity });
same<typeof chat.lastMessage, ServerSays | undefined>(true);
const delivery: Delivery = chat.send({ text: "hi" });
chat.on("message", (message) => same<typeof message, ServerSays>(true));
chat.on("status", (status, closeInfo) => status === "closed" && closeInfo?.code === 4403);
chat.on("error", (problem) => problem.kind === "unsent" && problem.count);
connectSocket(CHAT, { shouldReconnect: (info) => info.code === 4408 || DEFAULTS.shouldReconnect(info) });
// @ts-expect-error: a field that has another name now
chat.send({ txt: "hi" });
// @ts-expect-error: a field of another type
chat.send({ text: 1 });
// @ts-expect-error: no such event
chat.on("join", () => {});
// @ts-expect-error: no such option
connectSocket(CHAT, { retries: 3 });
// @ts-expect-error: a default is read, not set
DEFAULTS.maxRetries = 9;
// @ts-expect-error: the status is told, not set
chat.status = "open";

// Keys.
connectSocket(NOTES, { key: { board_id: "lobby" } }).setKey({ board_id: "garden" });
joinRoom(LOBBY);
joinRoom(LOBBY, { key: {} });
joinRoom(LOBBY, { key: { board_id: "lobby" } });
// @ts-expect-error: the key is missing
connectSocket(NOTES);
// @ts-expect-error: the key is missing
joinRoom(CURSORS, { presence: { name: "a", at: null } });
// @ts-expect-error: a param that has another name now
joinRoom(CURSORS, { key: { boardId: "lobby" } });
// @ts-expect-error: params are text
joinRoom(CURSORS, { key: { board_id: 7 } });
// @ts-expect-error: an optional param that has another name now
joinRoom(LOBBY, { key: { boardId: "lobby" } });
// @ts-expect-error: the same, beside one that must be there
connectSocket(FILES, { key: { root: "1", pth: "a/b" } });
// @ts-expect-error: a channel that has no params any more
joinRoom(HALL, { key: { board_id: "lobby" } });
// @ts-expect-error: params are text, whatever the ref says
joinRoom({ module: "src/board", name: "cursors" }, { key: { board_id: 7 } });
// @ts-expect-error: a param that has another name now
connectSocket(NOTES, { key: { board_id: "lobby" } }).setKey({ boardId: "garden" });
// @ts-expect-error: a socket is no room
joinRoom(CHAT);

// Rooms.
const room = joinRoom(CURSORS, { key: { board_id: "lobby" }, presence: { name: "a", at: null } });
same<typeof room.members, readonly Member<Pointer>[]>(true);
room.on("message", (message, from) => same<[typeof message, typeof from], [Cursor, string]>(true));
room.on("join", ({ id, state }) => same<[typeof id, typeof state], [string, Pointer | undefined]>(true));
room.onMember("a", (member) => same<typeof member, Member<Pointer> | undefined>(true));
room.setPresence({ name: "b", at: { x: 1, y: 2 } });
room.send({ x: 1, y: 2 });
// @ts-expect-error: a field that has another name now
room.setPresence({ title: "b", at: null });
// @ts-expect-error: presence is no message
room.send({ name: "b", at: null });
// @ts-expect-error: presence of another type
joinRoom(CURSORS, { key: { board_id: "lobby" }, presence: { name: 7, at: null } });

// Without a contract, all is unknown, and any key will do.
const plain = joinRoom({ module: "src/board", name: "cursors" }, { key: { board_id: "lobby" } });
plain.send(7);
plain.setKey({ board_id: "garden" });
same<typeof plain.members, readonly Member<unknown>[]>(true);
connectSocket({ module: "src/chat", name: "chat" }).send("hi");
connectSocket({ module: "src/chat", name: "chat" }, { address: async () => ({ url: "/live", query: { token: "t" } }) });

// Hooks.
for (const { useSocket, useRoom, useMember } of [preact, react]) {
  const view = useSocket(CHAT, { onMessage: (message) => same<typeof message, ServerSays>(true) });
  same<typeof view.lastMessage, ServerSays | undefined>(true);
  const joined = useRoom(CURSORS, {
    key: { board_id: "lobby" },
    onMessage: (message, from) => same<[typeof message, typeof from], [Cursor, string]>(true),
    onJoin: ({ state }) => same<typeof state, Pointer | undefined>(true),
  });
  const member = useMember(joined.room, "a");
  same<typeof member, Member<Pointer> | undefined>(true);
  joined.setPresence({ name: "a", at: null });
  // @ts-expect-error: a field that has another name now
  view.send({ txt: "hi" });
  // @ts-expect-error: the key is missing
  useRoom(CURSORS);
  // @ts-expect-error: an optional param that has another name now
  useRoom(LOBBY, { key: { boardId: "lobby" } });
}

// A class of sockets that is typed in its own way, as that of `ws` is.
declare class OtherSocket {
  constructor(address: string | URL, options?: { headers?: Record<string, string> });
  constructor(address: string | URL, protocols?: string | string[], options?: object);
  binaryType: "nodebuffer" | "arraybuffer" | "fragments";
  readonly readyState: 0 | 1 | 2 | 3;
  onopen: ((event: { target: OtherSocket }) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: ((event: { error: unknown }) => void) | null;
  send(data: string | object, done?: (error?: Error) => void): void;
  close(code?: number, data?: string | object): void;
}
connectSocket(CHAT, { WebSocket: OtherSocket, maxRetries: undefined, contract: undefined });
connectSocket(CHAT, { WebSocket });

export { delivery };
