// The page of the board: two rooms, one of cursors and one that chats. The client keeps them connected.

import { joinRoom } from "/__sockets/client.js";
import { CHAT, CURSORS } from "./contract.js";

/** @import { CloseInfo, Delivery, Member, Status } from "/__sockets/client.js" */
/** @import { Cursor, Line, Pointer, Talker, User } from "./contract.js" */

const MOVE_EVERY = 70; // ms: under 15 moves a second, jitter included
const REST = 300; // ms without a move until newcomers are told the place too
const LINES = 200; // of the chat that are kept on the page
const EVENTS = 3;

/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);
const board = $("board");
const boardName = new URLSearchParams(location.search).get("board") || "lobby";

$("board-name").textContent = boardName;
document.title = `${boardName} · Board`;

const options = { key: { board_id: boardName }, maxRetries: Infinity };
const room = joinRoom(CURSORS, { ...options, queue: 0 }); // a move is worth nothing later: it never waits
const chat = joinRoom(CHAT, options);

// Status, and the way in

/** @type {Status[]} */
const STATES = ["open", "connecting", "reconnecting", "closing", "closed"];
const TEXTS = ["Open", "Connecting…", "Reconnecting…", "Closing…", "Closed"];
let notice = ""; // why it is over, or did not go well

room.on("status", showStatus);
chat.on("status", showStatus);

/**
 * Tells the worse of the two connections.
 *
 * @param {Status} status
 * @param {CloseInfo | null} closeInfo
 */
function showStatus(status, closeInfo) {
  const worse = Math.max(...[room, chat].map(({ status }) => STATES.indexOf(status)));
  $("status").dataset.state = STATES[worse];
  $("status").textContent = TEXTS[worse];
  if (STATES[worse] === "open") {
    notice = "";
    $("sign-out").hidden = false;
  }
  if (status === "closed" && closeInfo) explain(closeInfo);
  showHint();
}

/** @param {CloseInfo} closeInfo */
function explain({ code, reason }) {
  const why = `${code} ${reason}`.trim();
  if (code === 4403) askName(`${why}: a name is needed.`);
  else if (code === 4409) notice = `The server has a newer version of this page (${why}). Reload it to go on.`;
  else notice = `The connection was closed (${why}). Reload the page to come back.`;
}

/** @param {string} why */
function askName(why) {
  $("refused").textContent = why;
  $("sign-out").hidden = true;
  if (!$("gate").hidden) return;
  $("gate").hidden = false;
  $("name").focus({ preventScroll: true });
}

/**
 * By fetch: the answer redirects to the lobby, and this may be another board.
 *
 * @param {SubmitEvent} event
 */
async function submit(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (answer?.ok || answer?.type === "opaqueredirect") return location.reload();
  const why = answer ? `${answer.status} ${await answer.text()}` : "The server did not answer. Try again.";
  if (form.id === "sign-in") return askName(why);
  notice = why;
  showHint();
}

$("sign-in").onsubmit = $("sign-out").onsubmit = submit;

// Who is here

/** @type {Map<string, { item: HTMLElement, cursor: HTMLElement }>} */
const people = new Map(); // id -> what shows them

room.on("members", () => {
  for (const member of room.members) if (!people.has(member.id)) enter(member);
  showHint();
});
room.on("join", ({ state }) => tell(`${nameOf(state)} joined`));
room.on("leave", ({ state }) => tell(`${nameOf(state)} left`));
room.on("message", (at, from) => {
  const shown = people.get(from);
  if (shown) place(shown.cursor, at);
});

/** @param {Pointer | undefined} state */
const nameOf = (state) => state?.name ?? "somebody";

/** @param {Member<Pointer>} member */
function enter(member) {
  const { id } = member;
  const item = make("li", "who");
  const cursor = $("cursor").content.firstElementChild.cloneNode(true);
  item.append(make("bdi"));
  if (id === room.self) {
    item.ariaCurrent = "true";
    item.append(make("small", "", "you"));
  } else board.append(cursor);
  $("people").append(item);
  people.set(id, { item, cursor });

  const stop = room.onMember(id, (member) => {
    if (member) return show(member);
    stop();
    item.remove();
    cursor.remove();
    people.delete(id);
  });
  show(member);
}

/** @param {Member<Pointer>} member */
function show({ id, state }) {
  const shown = people.get(id);
  if (!shown || !state) return;
  for (const node of Object.values(shown)) {
    dress(node, state);
    /** @type {HTMLElement} */ (node.querySelector("bdi")).textContent = state.name;
  }
  place(shown.cursor, state);
}

/** @param {string} what */
function tell(what) {
  $("events").prepend(make("span", "", what));
  while ($("events").childElementCount > EVENTS) $("events").lastChild.remove();
}

function showHint() {
  const lost = room.status === "reconnecting" && "The connection is lost. Trying again…";
  const alone = room.members.length === 1 && "Nobody else is here. Open this page in another window, or share its address.";
  $("hint").textContent = notice || lost || alone || "";
}

// Cursors

/**
 * Moves a cursor to fractions of the board; one without a place is hidden.
 *
 * @param {HTMLElement} cursor
 * @param {Pick<Pointer, "x" | "y">} at
 */
function place(cursor, { x, y }) {
  const appears = cursor.hidden;
  cursor.hidden = x === null || y === null;
  if (x === null || y === null) return;
  const from = cursor.getBoundingClientRect();
  cursor.style.transition = "none";
  cursor.style.transform = "";
  cursor.style.left = `${x * 100}%`;
  cursor.style.top = `${y * 100}%`;
  cursor.style.setProperty("--x", `${x}`);
  cursor.style.setProperty("--y", `${y}`);
  if (!appears) ease(cursor, from);
}

/**
 * It is where it belongs already: only the way there is drawn.
 *
 * @param {HTMLElement} cursor
 * @param {DOMRect} from
 */
function ease(cursor, from) {
  const to = cursor.getBoundingClientRect();
  cursor.style.transform = `translate(${from.x - to.x}px, ${from.y - to.y}px)`;
  cursor.getBoundingClientRect(); // makes this the start
  cursor.style.transition = "";
  cursor.style.transform = "";
}

let moving = 0; // timer until the next move may be sent
let resting = 0; // timer until the pointer counts as at rest
/** @type {Cursor | null} */
let latest = null; // the move that waits for its turn

/** @param {PointerEvent} event */
function move(event) {
  if (!event.isPrimary) return;
  const { x, y, width, height } = board.getBoundingClientRect();
  /** @type {(offset: number, whole: number) => number} */
  const part = (offset, whole) => Math.round(Math.min(Math.max(offset / whole, 0), 1) * 1e4) / 1e4;
  latest = { x: part(event.clientX - x, width), y: part(event.clientY - y, height) };
  clearTimeout(resting);
  resting = setTimeout(appear, REST, latest);
  if (!moving) sendLatest();
}

function sendLatest() {
  moving = latest ? setTimeout(sendLatest, MOVE_EVERY) : 0;
  if (latest) room.send(latest);
  latest = null;
}

/** @param {PointerEvent} event */
function depart(event) {
  if (!event.isPrimary) return;
  clearTimeout(resting);
  latest = null;
  appear({ x: null, y: null });
}

/**
 * At a place, or nowhere. The server fills in name and hue; the client says it again at each reconnect.
 *
 * @param {Pick<Pointer, "x" | "y">} at
 */
function appear(at) {
  room.setPresence({ name: "", hue: 0, ...at });
}

board.onpointerdown = board.onpointermove = move;
board.onpointerleave = board.onpointercancel = depart;

// Chat

/** @typedef {User & Line & { id: string }} Said */

/**
 * By what `send` answers.
 *
 * @type {Record<Delivery, () => string>}
 */
const FATES = {
  sent: () => "",
  queued: () => `Not sent yet: ${chat.queued} waiting for the connection.`,
  full: () => "Not sent: too many messages are waiting already.",
  closed: () => "Not sent: the connection is closed.",
};
const log = $("chat-log");
const input = $("chat-input");
const note = $("chat-note");
/** @type {Said[]} */
let talk = []; // the lines of the log, the oldest first
let said = ""; // to be given back when it is refused
let follows = true; // the talk, until the reader scrolls up

chat.on("status", (status) => {
  if (status === "open") catchUp();
});
chat.on("message", (message, from) => {
  const member = chat.member(from);
  if (message.kind === "refused") giveBack(message.why);
  else if (member?.state) hear(lineOf(from, member.state, message));
});
chat.on("error", (problem) => {
  if (problem.kind === "unsent") note.textContent = `Messages that were not sent: ${problem.count}.`;
  else console.warn(problem);
});

/** Those who are here bring what they said last; the page keeps what it has heard from others before. */
function catchUp() {
  const lines = chat.members.flatMap(({ id, state }) => state?.lines.map((line) => lineOf(id, state, line)) ?? []);
  talk = [...talk, ...lines.filter(isNew)].sort((one, other) => one.at - other.at).slice(-LINES);
  log.ariaLive = "off"; // the past is not read out
  log.replaceChildren(...talk.map(draw));
  note.textContent = "";
  follow();
}

/** @param {Said} line */
function hear(line) {
  if (!isNew(line)) return;
  talk.push(line);
  log.ariaLive = "polite";
  log.append(draw(line));
  while (talk.length > LINES) {
    talk.shift();
    log.firstChild.remove();
  }
  follow();
}

/** @param {string} why */
function giveBack(why) {
  note.textContent = `Not sent: ${why}.`;
  input.value ||= said;
}

/**
 * @param {string} id
 * @param {Talker} talker
 * @param {Line} line
 * @returns {Said}
 */
function lineOf(id, { user }, { text, at }) {
  return { id, ...user, text, at };
}

/**
 * Who comes while a line is said finds it in the snapshot, and may hear it too.
 *
 * @param {Said} line
 */
function isNew({ id, text, at }) {
  return !talk.some((known) => known.id === id && known.at === at && known.text === text);
}

function follow() {
  if (follows) log.scrollTop = log.scrollHeight;
}

log.onscroll = () => (follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40);
new ResizeObserver(follow).observe(log);

/** @param {Said} line */
function draw(line) {
  const item = dress(make("li", "who"), line);
  const time = new Date(line.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const words = make("p", "", line.text);
  words.dir = "auto";
  item.append(make("b", "", line.name), make("time", "", time), words);
  return item;
}

/** @param {SubmitEvent} event */
$("chat-form").onsubmit = (event) => {
  event.preventDefault();
  const text = input.value.trim(); // the server judges its length
  const fate = chat.send({ text });
  note.textContent = FATES[fate]();
  if (fate === "full" || fate === "closed") return;
  said = text;
  input.value = "";
};

// Nodes. What others wrote goes in as text, never as markup.

function make(tag = "", className = "", text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/** @type {(node: HTMLElement, user: User) => HTMLElement} */
function dress(node, { name, hue }) {
  node.dataset.name = name;
  node.style.setProperty("--hue", `${hue}`);
  return node;
}
