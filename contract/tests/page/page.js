// What a page may do with a contract, and what is an error there. TypeScript reads it; nothing runs it.

import { connectSocket, joinRoom } from "/client.js";
import { CONTRACT, CURSORS, ECHO, LOBBY, WATCH } from "./contract.js";

const room = joinRoom(CURSORS, { key: { board_id: "lobby" }, presence: { name: "Ada" } });
room.send({ x: 0.5, y: 0.5 });
room.setPresence({ name: "Grace" });
room.on("message", (cursor, from) => is(cursor.x + cursor.y, from));
for (const { state } of room.members) if (state) isText(state.name);
// @ts-expect-error A member may show nothing any more.
for (const { state } of room.members) isText(state.name);

// @ts-expect-error What is renamed in Rust is not there any more,
room.send({ left: 0.5, y: 0.5 });
// @ts-expect-error neither to be said
room.setPresence({ title: "Ada" });
// @ts-expect-error nor to be read.
room.on("message", (cursor) => cursor.left);
// @ts-expect-error A member may not be left out,
room.send({ x: 0.5 });
// @ts-expect-error be of another type,
room.send({ x: "0.5", y: 0.5 });
// @ts-expect-error or be misspelt in a key.
joinRoom(CURSORS, { key: { boardId: "lobby" } });
// @ts-expect-error The same where it may be left out.
connectSocket(WATCH, { key: { root: "1", pth: "a/b" } });
// @ts-expect-error A key that has params must be given.
joinRoom(CURSORS);

const lobby = joinRoom(LOBBY);
lobby.send("hello");
lobby.on("message", (nothing) => isAbsent(nothing));
for (const { state } of lobby.members) isAbsent(state);

const echo = connectSocket(ECHO);
echo.send("hello");
echo.on("message", (length) => is(length, CONTRACT));
// @ts-expect-error A page says `In`, and hears `Out`.
echo.send(5);

// A slot that may be absent may be left out.
connectSocket(WATCH, { key: { root: "1" } }).send(null);
connectSocket(WATCH, { key: { root: "1", path: "a/b" } });
// @ts-expect-error Params are texts, whatever they are in Rust.
connectSocket(WATCH, { key: { root: 1 } });

/** @param {number} number @param {string} text */
function is(number, text) {
  return [number, text];
}

/** @param {string} text */
function isText(text) {
  return text;
}

/** @param {undefined} nothing */
function isAbsent(nothing) {
  return nothing;
}
