// The page of the chat. The client keeps one socket connected; this file says what goes over it and draws what comes back.

import { connectSocket } from "/__sockets/client.js";

const CHAT = { module: "src/chat", name: "chat" };
const FORBIDDEN = 4403;
const BANNED = 4429;
const LINES = 200; // of a room that are kept on the page
const WAITING = 8; // things said that wait for the connection: with the rooms, within the burst that the server allows
const ASKED = 32; // requests whose answer may still be an error

const $ = (id) => document.getElementById(id);

let chat; // the connection, once somebody signed in
let me; // their name
let current = "lobby"; // the room that is shown
let requests = 0;
let trouble; // the last error that ends a connection
const rooms = new Map([[current, newRoom()]]); // those we want to be in
const waiting = []; // things said while there is no connection
const asked = new Map(); // by the number of the request, the newest

function newRoom() {
  return { users: [], lines: [], unread: 0 };
}

// The connection

/** A token opens the door for a minute only, so each attempt to connect asks for a fresh one. */
async function address() {
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: me }) };
  const answer = await fetch("/sign-in", request);
  if (answer.status === 422) return turnAway((await answer.json()).message);
  if (!answer.ok) throw new Error(`the sign-in was answered with ${answer.status}`);
  const { token } = await answer.json();
  return { url: location.origin, query: { token } };
}

function comeIn(name) {
  me = name;
  trouble = undefined;
  chat?.close();
  const mine = (chat = connectSocket(CHAT, { address, maxRetries: Infinity, maxDelay: 5_000 }));
  // A connection that was replaced has nothing to say any more.
  const on = (event, listener) => mine.on(event, (...what) => mine === chat && listener(...what));
  on("status", showStatus);
  on("message", (message) => HEARS[message.type]?.(message));
  on("error", ({ kind, error }) => note(`The connection has a problem: ${error?.message ?? kind}.`));
  $("me").textContent = me;
  $("gate").hidden = true;
  $("hall").hidden = $("leave").hidden = false;
  showStatus(chat.status, null);
  draw();
  $("text").focus();
}

/** Ends the connection, with 1000 if it is open, and asks for a name again. */
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

function showStatus(status, closeInfo) {
  $("status").dataset.state = status;
  $("status").textContent = TEXTS[status];
  if (status === "open") return comeBack();
  for (const room of rooms.values()) room.users = [];
  if (status === "closed" && closeInfo && $("gate").hidden) turnAway(farewell(closeInfo));
  draw();
}

function farewell({ code, reason }) {
  if (code === FORBIDDEN) return `${code} ${reason}: the token was not taken. Come in again.`;
  if (code === BANNED) return `${code} ${trouble?.message ?? reason}. Come in again after that.`;
  return `The connection was closed (${code} ${reason}).`;
}

/** A new connection is in no room: they are joined first, and then what has waited is said in them. */
function comeBack() {
  for (const room of rooms.keys()) ask({ type: "join", room });
  for (const message of waiting.splice(0)) ask(message);
  note("");
  draw();
}

/** Sends, and remembers what was asked for in case that the answer is an error. */
function ask(message) {
  const request = ++requests;
  asked.set(request, message);
  asked.delete(request - ASKED);
  return chat.send({ ...message, request });
}

function say(text) {
  const message = { type: "say", room: current, text };
  if (chat.status === "open") return ask(message) !== "full";
  if (waiting.length >= WAITING) return false;
  waiting.push(message);
  note(`${waiting.length} waiting for the connection.`);
  return true;
}

function join(room) {
  if (!rooms.has(room)) rooms.set(room, newRoom());
  show(room);
  if (chat.status === "open") ask({ type: "join", room });
}

function leave(room) {
  rooms.delete(room);
  if (chat.status === "open") ask({ type: "leave", room });
  if (room === current) current = rooms.keys().next().value;
  draw();
}

// What the server says

const HEARS = {
  joined: setUsers,
  users: setUsers,
  said: ({ room, from, text, at }) => hear(room, { from, text, at }),
  user_joined({ room, user }) {
    setUsers({ room, users: [...(rooms.get(room)?.users ?? []), user].sort() });
    hear(room, { event: `${user} joined` });
  },
  user_left({ room, user }) {
    setUsers({ room, users: (rooms.get(room)?.users ?? []).filter((other) => other !== user) });
    hear(room, { event: `${user} left` });
  },
  error(problem) {
    const message = asked.get(problem.request);
    if (problem.code === "banned") trouble = problem;
    const later = problem.retry_after ? ` (again in ${problem.retry_after} s)` : "";
    note(`${problem.message}${later}.`, true);
    if (message?.type === "say" && message.room === current) $("text").value ||= message.text;
    if (message?.type === "join") refuseRoom(message.room, problem);
  },
};

function setUsers({ room, users }) {
  if (!rooms.has(room)) return;
  rooms.get(room).users = users;
  if (room === current) drawPeople();
}

function hear(name, line) {
  const room = rooms.get(name);
  if (!room) return;
  room.lines.push(line);
  if (room.lines.length > LINES) room.lines.shift();
  if (name === current) return drawLine(line);
  if (line.text) room.unread++;
  drawRooms();
}

/** Who was too fast may join a little later; all else stays as it is. */
function refuseRoom(room, { code, retry_after }) {
  if (code === "too_fast") setTimeout(() => rooms.has(room) && join(room), retry_after * 1_000);
  else if (rooms.get(room)?.users.length === 0) {
    rooms.delete(room);
    if (room === current) current = rooms.keys().next().value;
    draw();
  }
}

// What is drawn. What others wrote goes in as text, never as markup.

function make(tag, text = "", className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  node.className = className;
  return node;
}

function note(text, bad = false) {
  $("note").textContent = text;
  $("note").classList.toggle("bad", bad);
}

function show(room) {
  current = room;
  draw();
  $("text").focus();
}

function draw() {
  const room = rooms.get(current);
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
    const button = make("button", name);
    button.type = "button";
    if (name === current) button.ariaCurrent = "page";
    if (unread) button.append(make("small", unread));
    button.onclick = () => show(name);
    const item = make("li");
    item.append(button);
    return item;
  });
  $("rooms").replaceChildren(...items);
}

function drawPeople() {
  const names = rooms.get(current)?.users ?? [];
  const items = names.map((name) => {
    const item = make("li", name);
    if (name === me) item.append(make("small", " you"));
    return item;
  });
  $("people").replaceChildren(...items);
}

function drawLine({ event, from, text, at }) {
  const log = $("log");
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const item = make("li", event, event ? "event" : "");
  if (!event) {
    const time = make("time", new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
    const words = make("p", text);
    words.dir = "auto";
    item.append(make("b", from), time, words);
  }
  log.append(item);
  while (log.childElementCount > LINES) log.firstChild.remove();
  if (follows) log.scrollTop = log.scrollHeight;
}

// What one does

function onSubmit(form, act) {
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
  note("");
  if (say($("text").value)) $("text").value = "";
  else note("Not sent: too much is waiting already.", true);
});
$("leave").onclick = () => turnAway("You left. Your rooms are kept.");
$("leave-room").onclick = () => leave(current);
$("name").focus();
