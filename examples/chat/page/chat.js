// The page of the chat. The client keeps one socket connected; this file says what goes over it and draws what comes back.

import { connectSocket } from "/__sockets/client.js";
import { CHAT } from "./contract.js";

/** @import { CloseInfo, Status } from "/__sockets/client.js" */
/** @import { ClientSays, ServerSays } from "./contract.js" */

const FORBIDDEN = 4403;
const OUTDATED = 4409;
const BANNED = 4429;
const CROWDED = 4430;
const LINES = 200; // of a room that are kept on the page
const WAITING = 8; // things said that wait for the connection: within the burst that the server allows
const SPOKEN = 32; // things said whose answer may still be an error

/** @typedef {Extract<ServerSays, { type: "error" }>} Problem */
/** @typedef {{ at: number, from: string, text: string } | { from: string, event: string }} Line */
/** @typedef {{ request: number, users: string[], lines: Line[], unread: number, before: string | undefined }} Room */

/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);

const chat = connectSocket(CHAT, { address, enabled: false, maxRetries: Infinity, maxDelay: 5_000, queue: WAITING });
let me = ""; // the name of who signed in
/** @type {string | undefined} */
let current; // the room that is shown
let requests = 0;
/** @type {Map<string, Room>} */
const rooms = new Map(); // those we want to be in
/** @type {Map<number, { room: string, text: string }>} */
const spoken = new Map(); // by the number of the request, the newest

// The connection

/** A token opens the door for a minute only, so each attempt to connect asks for a fresh one. */
async function address() {
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: me }) };
  const answer = await fetch("/sign-in", request);
  if (answer.status === 422) {
    turnAway((await answer.json()).message);
    return {}; // to be discarded: the attempt is over
  }
  if (!answer.ok) throw new Error(`the sign-in was answered with ${answer.status}`);
  const { token } = await answer.json();
  return { protocols: ["chat", `token.${token}`] };
}

chat.on("status", showStatus);
chat.on("message", hear);
chat.on("error", (problem) => {
  if (problem.kind === "unsent") $("refused").append(` Messages that were not sent: ${problem.count}.`);
  else note(`The connection has a problem: ${problem.kind === "address" ? problem.error : problem.kind}.`);
});

/** @param {string} name */
function comeIn(name) {
  me = name;
  $("me").replaceChildren(makeName(me));
  $("gate").hidden = true;
  $("hall").hidden = $("leave").hidden = false;
  chat.setEnabled(true);
  draw();
  $("text").focus();
}

/**
 * Ends the connection, with 1000 if it is open, and asks for a name again.
 *
 * @param {string} why
 */
function turnAway(why) {
  $("refused").textContent = why;
  $("hall").hidden = $("leave").hidden = true;
  $("gate").hidden = false;
  $("name").focus();
  chat.close();
}

const TEXTS = {
  connecting: "Connecting…",
  open: "Open",
  reconnecting: "Reconnecting…",
  closing: "Closing…",
  closed: "Closed",
};

/** @type {(status: Status, closeInfo: CloseInfo | null) => void} */
function showStatus(status, closeInfo) {
  $("status").dataset.state = status;
  $("status").textContent = TEXTS[status];
  if (status === "open") return note("");
  for (const room of rooms.values()) room.users = [];
  if (status === "closed" && closeInfo && $("gate").hidden) turnAway(farewell(closeInfo));
  draw();
}

/** @param {CloseInfo} closeInfo */
function farewell({ code, reason }) {
  if (code === FORBIDDEN) return `${code} ${reason}: the token was not taken. Come in again.`;
  if (code === OUTDATED) return `${code} ${reason}: the server has a newer version of this page. Reload it.`;
  if (code === BANNED) return `${code} ${reason}. Come in again after that.`;
  if (code === CROWDED) return `${code} ${reason}. Leave on another page, and come in again.`;
  return `The connection was closed (${code} ${reason}).`;
}

/**
 * Whether it is said, now or once there is a connection. It is remembered in case that the answer is an error.
 *
 * @type {(room: string, text: string) => boolean}
 */
function say(room, text) {
  const request = ++requests;
  const delivery = chat.send({ type: "say", room, text, request });
  if (delivery === "full") return false;
  if (delivery === "queued") note(`${chat.queued} waiting for the connection.`);
  spoken.set(request, { room, text });
  const [oldest] = spoken.keys();
  if (spoken.size > SPOKEN) spoken.delete(oldest);
  return true;
}

/** @param {string} room */
function join(room) {
  if (!rooms.has(room)) {
    rooms.set(room, { request: ++requests, users: [], lines: [], unread: 0, before: current });
    greet();
  }
  show(room);
  knock(room);
}

/** @param {string} room */
function leave(room) {
  forget(room);
  if (chat.status === "open") chat.send({ type: "leave", room, request: ++requests });
}

/**
 * Shows the room before it again, if we are in that still.
 *
 * @param {string} room
 */
function forget(room) {
  const before = rooms.get(room)?.before;
  rooms.delete(room);
  greet();
  if (room === current) current = before && rooms.has(before) ? before : rooms.keys().next().value;
  draw();
}

/** A new connection is in no room: it begins with joining them, before what waited is said in them. */
function greet() {
  chat.setGreeting([...rooms].map(joining));
}

/**
 * Without a connection there is nothing to do: the next begins with it.
 *
 * @param {string} name
 */
function knock(name) {
  const room = rooms.get(name);
  if (room && chat.status === "open") chat.send(joining([name, room]));
}

/** @type {(room: [string, Room]) => ClientSays} */
function joining([room, { request }]) {
  return { type: "join", room, request };
}

// What the server says

/** @param {ServerSays} message */
function hear(message) {
  const { type } = message;
  if (type === "error") return hearError(message);
  const room = rooms.get(message.room);
  if (!room) return;
  if (type === "joined" || type === "users") setUsers(message.room, message.users);
  if (type === "said") addLine(message.room, message);
  if (type === "user_joined") {
    setUsers(message.room, [...room.users, message.user].sort());
    addLine(message.room, { from: message.user, event: "joined" });
  }
  if (type === "user_left") {
    setUsers(message.room, room.users.filter((user) => user !== message.user));
    addLine(message.room, { from: message.user, event: "left" });
  }
}

/** @param {Problem} problem */
function hearError(problem) {
  const request = problem.request ?? 0;
  for (const [name, room] of rooms) if (room.request === request) return refuseRoom(name, room, problem);
  noteProblem(problem);
  const refused = spoken.get(request);
  if (refused && refused.room === current) $("text").value ||= refused.text;
}

/**
 * Who was too fast may join a little later; all else stays as it is.
 *
 * @type {(name: string, room: Room, problem: Problem) => void}
 */
function refuseRoom(name, room, problem) {
  if (problem.code === "too_fast") return void setTimeout(knock, (problem.retry_after ?? 1) * 1_000, name);
  noteProblem(problem);
  if (room.users.length === 0) forget(name);
}

/** @type {(name: string, users: string[]) => void} */
function setUsers(name, users) {
  const room = rooms.get(name);
  if (room) room.users = users;
  if (name === current) drawPeople();
}

/** @type {(name: string, line: Line) => void} */
function addLine(name, line) {
  const room = rooms.get(name);
  if (!room) return;
  room.lines.push(line);
  if (room.lines.length > LINES) room.lines.shift();
  if (name === current) return drawLine(line);
  if ("text" in line) room.unread++;
  drawRooms();
}

// What is drawn. What others wrote goes in as text, never as markup.

function make(tag = "", text = "", className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  node.className = className;
  return node;
}

/** Whichever way it is written, it moves nothing around it. */
function makeName(name = "") {
  return make("bdi", name);
}

function note(text = "", bad = false) {
  $("note").textContent = text;
  $("note").classList.toggle("bad", bad);
}

/** @param {Problem} problem */
function noteProblem({ message, retry_after }) {
  const later = retry_after ? ` (again in ${retry_after} s)` : "";
  note(`${message}${later}.`, true);
}

/** @param {string} room */
function show(room) {
  current = room;
  draw();
  $("text").focus();
}

function shownRoom() {
  return current === undefined ? undefined : rooms.get(current);
}

function draw() {
  const room = shownRoom();
  if (room) room.unread = 0;
  $("room").textContent = current ?? "No room";
  $("leave-room").hidden = $("say").hidden = !room;
  $("log").ariaLive = "off"; // the past is not read out
  $("log").replaceChildren();
  room?.lines.forEach(drawLine);
  $("log").ariaLive = "polite";
  drawRooms();
  drawPeople();
}

function drawRooms() {
  const items = [...rooms].map(([name, { unread }]) => {
    const button = /** @type {HTMLButtonElement} */ (make("button", name));
    button.type = "button";
    if (name === current) button.ariaCurrent = "page";
    if (unread) button.append(make("small", `${unread}`));
    button.onclick = () => show(name);
    const item = make("li");
    item.append(button);
    return item;
  });
  $("rooms").replaceChildren(...items);
}

function drawPeople() {
  const names = shownRoom()?.users ?? [];
  const items = names.map((name) => {
    const item = make("li");
    item.append(makeName(name));
    if (name === me) item.append(make("small", " you"));
    return item;
  });
  $("people").replaceChildren(...items);
}

/** @param {Line} line */
function drawLine(line) {
  const log = $("log");
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append("event" in line ? makeEvent(line.from, line.event) : makeWords(line));
  while (log.childElementCount > LINES) log.firstChild.remove();
  if (follows) log.scrollTop = log.scrollHeight;
}

/** @type {(from: string, event: string) => HTMLElement} */
function makeEvent(from, event) {
  const item = make("li", ` ${event}`, "event");
  item.prepend(makeName(from));
  return item;
}

/** @param {Extract<Line, { text: string }>} line */
function makeWords({ from, text, at }) {
  const item = make("li");
  const speaker = make("b");
  speaker.append(makeName(from));
  const time = make("time", new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  const words = make("p", text);
  words.dir = "auto";
  item.append(speaker, time, words);
  return item;
}

// What one does

/** @type {(form: string, act: () => void) => void} */
function onSubmit(form, act) {
  /** @param {SubmitEvent} event */
  $(form).onsubmit = (event) => {
    event.preventDefault();
    act();
  };
}

onSubmit("sign-in", () => comeIn($("name").value.trim()));
onSubmit("join", () => {
  if ($("room-name").value) join($("room-name").value.trim().toLowerCase());
  $("room-name").value = "";
});
onSubmit("say", () => {
  note();
  if (current === undefined) return;
  if (say(current, $("text").value)) $("text").value = "";
  else note("Not sent: too much is waiting already.", true);
});
$("leave").onclick = () => turnAway("You left. Your rooms are kept.");
$("leave-room").onclick = () => current !== undefined && leave(current);
join("lobby");
$("name").focus();
