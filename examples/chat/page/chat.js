// The page of the chat. The client keeps one socket connected; this file says what goes over it and draws what comes back.

import { connectSocket } from "/__sockets/client.js";

const CHAT = { module: "src/chat", name: "chat" };
const FORBIDDEN = 4403;
const BANNED = 4429;
const LINES = 200; // of a room that are kept on the page
const WAITING = 8; // things said that wait for the connection: with the rooms, within the burst that the server allows
const SPOKEN = 32; // things said whose answer may still be an error

const $ = (id) => document.getElementById(id);

const chat = connectSocket(CHAT, { address, enabled: false, maxRetries: Infinity, maxDelay: 5_000, queue: WAITING });
let me; // the name of who signed in
let current = "lobby"; // the room that is shown
let requests = 0;
const rooms = new Map(); // those we want to be in
const spoken = new Map(); // by the number of the request, the newest

// The connection

/** A token opens the door for a minute only, so each attempt to connect asks for a fresh one. */
async function address() {
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: me }) };
  const answer = await fetch("/sign-in", request);
  if (answer.status === 422) return turnAway((await answer.json()).message);
  if (!answer.ok) throw new Error(`the sign-in was answered with ${answer.status}`);
  const { token } = await answer.json();
  return { protocols: ["chat", `token.${token}`] };
}

chat.on("status", showStatus);
chat.on("message", (message) => HEARS[message.type]?.(message));
chat.on("error", ({ kind, count, error }) => {
  if (kind === "unsent") $("refused").append(` Messages that were not sent: ${count}.`);
  else note(`The connection has a problem: ${error?.message ?? kind}.`);
});

function comeIn(name) {
  me = name;
  $("me").textContent = me;
  $("gate").hidden = true;
  $("hall").hidden = $("leave").hidden = false;
  chat.setEnabled(true);
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
  if (status === "open") return note("");
  for (const room of rooms.values()) room.users = [];
  if (status === "closed" && closeInfo && $("gate").hidden) turnAway(farewell(closeInfo));
  draw();
}

function farewell({ code, reason }) {
  if (code === FORBIDDEN) return `${code} ${reason}: the token was not taken. Come in again.`;
  if (code === BANNED) return `${code} ${reason}. Come in again after that.`;
  return `The connection was closed (${code} ${reason}).`;
}

/** Whether it is said, now or once there is a connection. It is remembered in case that the answer is an error. */
function say(text) {
  const message = { type: "say", room: current, text, request: ++requests };
  const delivery = chat.send(message);
  if (delivery === "full") return false;
  if (delivery === "queued") note(`${chat.queued} waiting for the connection.`);
  spoken.set(message.request, message);
  spoken.delete(message.request - SPOKEN);
  return true;
}

function join(room) {
  if (!rooms.has(room)) {
    rooms.set(room, { request: ++requests, users: [], lines: [], unread: 0 });
    greet();
  }
  show(room);
  knock(room);
}

function leave(room) {
  forget(room);
  if (chat.status === "open") chat.send({ type: "leave", room, request: ++requests });
}

function forget(room) {
  rooms.delete(room);
  greet();
  if (room === current) current = rooms.keys().next().value;
  draw();
}

/** A new connection is in no room: it begins with joining them, before what waited is said in them. */
function greet() {
  chat.setGreeting([...rooms.keys()].map(joining));
}

/** Without a connection there is nothing to do: the next begins with it. */
function knock(room) {
  if (rooms.has(room) && chat.status === "open") chat.send(joining(room));
}

function joining(room) {
  return { type: "join", room, request: rooms.get(room).request };
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
    const later = problem.retry_after ? ` (again in ${problem.retry_after} s)` : "";
    note(`${problem.message}${later}.`, true);
    const refused = spoken.get(problem.request);
    if (refused?.room === current) $("text").value ||= refused.text;
    for (const [room, { request }] of rooms) if (request === problem.request) refuseRoom(room, problem);
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
  if (code === "too_fast") setTimeout(() => knock(room), retry_after * 1_000);
  else if (rooms.get(room).users.length === 0) forget(room);
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
join(current);
$("name").focus();
