// The page of the board: two rooms, one of cursors and one that chats, over the protocol of PROTOCOL.md.

const MIN_DELAY = 250; // ms before the first new try, doubled for each one after it
const MAX_DELAY = 30_000; // ms
const STABLE = 5_000; // ms a connection lives before its tries are forgotten
const QUEUE = 128; // messages that wait while not open
const MOVE_EVERY = 70; // ms: under 15 moves a second, jitter included
const REST = 300; // ms without a move until newcomers are told the place too
const LINES = 200; // of the chat that are kept on the page
const EVENTS = 3;

/**
 * Keeps one address connected (PROTOCOL.md, section 7). Hooks: `message(value)`, `status()` after each change of it,
 * `refused(closeEvent)` when the server closed it for good.
 */
class Connection {
  status = "connecting";
  #address;
  #hooks;
  #socket;
  #presence;
  #queue = [];
  #tries = 0;
  #retry;
  #stable;

  constructor(address, hooks) {
    this.#address = address;
    this.#hooks = hooks;
    addEventListener("online", () => this.#retryNow());
    this.#dial();
  }

  get ready() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** "sent"; "queued" until the connection is open; or not taken: "full", "closed". */
  send(message) {
    if (this.ready) return this.#write(message);
    if (this.status === "closing" || this.status === "closed") return "closed";
    if (this.#queue.length >= QUEUE) return "full";
    this.#queue.push(message);
    return "queued";
  }

  /** What the others see of this member, now and after every reconnect. */
  setPresence(state) {
    this.#presence = { t: "presence", state };
    if (this.ready) this.#write(this.#presence);
  }

  close() {
    clearTimeout(this.#retry);
    this.#become(this.#socket.readyState === WebSocket.CLOSED ? "closed" : "closing");
    this.#socket.close(1000);
  }

  #dial() {
    const socket = (this.#socket = new WebSocket(this.#address));
    socket.onopen = () => this.#opened();
    socket.onmessage = (event) => this.#hooks.message(JSON.parse(event.data));
    socket.onclose = (event) => this.#closed(event);
  }

  #opened() {
    if (this.#presence) this.#write(this.#presence);
    for (const message of this.#queue.splice(0)) this.#write(message);
    this.#stable = setTimeout(() => (this.#tries = 0), STABLE);
    this.#become("open");
  }

  #closed(event) {
    clearTimeout(this.#stable);
    const asked = this.status === "closing";
    const refused = !asked && (event.code === 1000 || (event.code >= 4000 && event.code < 5000));
    if (!asked && !refused) return this.#retryLater();
    this.#become("closed");
    if (refused) this.#hooks.refused(event);
  }

  // Full jitter: a thousand pages that lost one server do not come back in step.
  #retryLater() {
    const delay = Math.min(MIN_DELAY * 2 ** this.#tries++, MAX_DELAY);
    this.#retry = setTimeout(() => this.#dial(), Math.random() * delay);
    this.#become("reconnecting");
  }

  #retryNow() {
    if (this.status !== "reconnecting" || this.#socket.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.#retry);
    this.#tries = 0;
    this.#dial();
  }

  #write(message) {
    this.#socket.send(JSON.stringify(message));
    return "sent";
  }

  #become(status) {
    this.status = status;
    this.#hooks.status();
  }
}

function connect(module, name, params, hooks) {
  const url = new URL("/__sockets", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.search = new URLSearchParams({ m: module, s: name, r: JSON.stringify(params) });
  return new Connection(url, hooks);
}

const $ = (id) => document.getElementById(id);
const board = $("board");
const boardName = new URLSearchParams(location.search).get("board") || "lobby";

$("board-name").textContent = boardName;
document.title = `${boardName} · Board`;

const hooks = { status: showStatus, refused: explain };
const key = { board_id: boardName };
const room = connect("src/board", "cursors", key, { message: hearRoom, ...hooks });
const chat = connect("src/chat", "chat", key, { message: hearChat, ...hooks });

// Status, and the way in

const STATES = ["open", "connecting", "reconnecting", "closing", "closed"];
const TEXTS = ["Open", "Connecting…", "Reconnecting…", "Closing…", "Closed"];
let farewell = ""; // why it is over

/** Tells the worse of the two connections. */
function showStatus() {
  const worse = Math.max(...[room, chat].map(({ status }) => STATES.indexOf(status)));
  $("status").dataset.state = STATES[worse];
  $("status").textContent = TEXTS[worse];
  if (room.status !== "open") clearRoster();
  showHint();
}

function explain({ code, reason }) {
  const why = `${code} ${reason}`.trim();
  if (code === 4403) return askName(`${why}: a name is needed.`);
  farewell = `The connection was closed (${why}). Reload the page to come back.`;
  showHint();
}

function askName(why) {
  $("refused").textContent = why;
  $("sign-out").hidden = true;
  if (!$("gate").hidden) return;
  $("gate").hidden = false;
  $("name").focus({ preventScroll: true });
}

// By fetch: the answer redirects to the lobby, and this may be another board.
async function submit(event) {
  event.preventDefault();
  const form = event.target;
  if (form.id === "sign-out") for (const connection of [room, chat]) connection.close();
  const request = { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" };
  const answer = await fetch(form.action, request).catch(() => null);
  if (answer?.ok || answer?.type === "opaqueredirect") location.reload();
  else askName(answer ? `${answer.status} ${await answer.text()}` : "The server did not answer. Try again.");
}

$("sign-in").onsubmit = $("sign-out").onsubmit = submit;

// Who is here

let me; // own id
const members = new Map(); // id -> { name, item, cursor }

function hearRoom(frame) {
  const member = members.get(frame.from);
  if (frame.t === "snapshot") {
    clearRoster();
    me = frame.self;
    $("sign-out").hidden = false;
    for (const { id, state } of frame.members) show(id, state);
  } else if (frame.t === "msg") {
    if (member) place(member.cursor, frame.msg);
  } else if (frame.op === "leave") {
    if (member) leave(frame.from, member);
  } else if (frame.t === "presence") {
    show(frame.from, frame.state);
    if (frame.op === "join") tell(`${members.get(frame.from).name} joined`);
  }
  showHint();
}

function show(id, state) {
  const member = members.get(id) ?? enter(id);
  member.name = state?.name || "someone";
  for (const node of [member.item, member.cursor]) {
    dress(node, member.name, state?.hue);
    node.querySelector("bdi").textContent = member.name;
  }
  place(member.cursor, state);
}

function enter(id) {
  const item = make("li", "who");
  const cursor = $("cursor").content.firstElementChild.cloneNode(true);
  item.append(make("bdi"));
  if (id === me) {
    item.ariaCurrent = "true";
    item.append(make("small", "", "you"));
  } else board.append(cursor);
  $("people").append(item);
  members.set(id, { item, cursor });
  return members.get(id);
}

function leave(id, { name, item, cursor }) {
  item.remove();
  cursor.remove();
  members.delete(id);
  tell(`${name} left`);
}

function clearRoster() {
  members.clear();
  board.replaceChildren();
  $("people").replaceChildren();
}

function tell(what) {
  $("events").prepend(make("span", "", what));
  while ($("events").childElementCount > EVENTS) $("events").lastChild.remove();
}

function showHint() {
  const lost = room.status === "reconnecting" && "The connection is lost. Trying again…";
  const alone = members.size === 1 && "Nobody else is here. Open this page in another window, or share its address.";
  $("hint").textContent = farewell || lost || alone || "";
}

// Cursors

/** Moves a cursor to fractions of the board; one without a place is hidden. */
function place(cursor, at) {
  const appears = cursor.hidden;
  cursor.hidden = !Number.isFinite(at?.x) || !Number.isFinite(at?.y);
  if (cursor.hidden) return;
  const from = cursor.getBoundingClientRect();
  const [x, y] = [clamp(at.x), clamp(at.y)];
  cursor.style.transition = "none";
  cursor.style.transform = "";
  cursor.style.left = `${x * 100}%`;
  cursor.style.top = `${y * 100}%`;
  cursor.style.setProperty("--x", x);
  cursor.style.setProperty("--y", y);
  if (!appears) ease(cursor, from);
}

/** It is where it belongs already: only the way there is drawn. */
function ease(cursor, from) {
  const to = cursor.getBoundingClientRect();
  cursor.style.transform = `translate(${from.x - to.x}px, ${from.y - to.y}px)`;
  cursor.getBoundingClientRect(); // makes this the start
  cursor.style.transition = "";
  cursor.style.transform = "";
}

const clamp = (part) => Math.min(Math.max(part, 0), 1);

let moving; // timer until the next move may be sent
let resting; // timer until the pointer counts as at rest
let latest; // the move that waits for its turn

function move(event) {
  if (!event.isPrimary) return;
  const { x, y, width, height } = board.getBoundingClientRect();
  const part = (offset, whole) => Math.round(clamp(offset / whole) * 1e4) / 1e4;
  latest = { x: part(event.clientX - x, width), y: part(event.clientY - y, height) };
  clearTimeout(resting);
  resting = setTimeout(appear, REST, latest);
  if (!moving) sendLatest();
}

function sendLatest() {
  moving = latest && setTimeout(sendLatest, MOVE_EVERY);
  // A move is worth nothing later: it never waits in the queue.
  if (latest && room.ready) room.send({ t: "msg", msg: latest });
  latest = undefined;
}

function depart(event) {
  if (!event.isPrimary) return;
  clearTimeout(resting);
  latest = undefined;
  appear();
}

/** At a place, or nowhere. The server fills in name and hue. */
function appear(at = { x: null, y: null }) {
  room.setPresence({ name: "", hue: 0, ...at });
}

appear();
board.onpointerdown = board.onpointermove = move;
board.onpointerleave = board.onpointercancel = depart;

// Chat

// By what `send` answers.
const UNSENT = {
  queued: "Not sent yet: waiting for the connection.",
  full: "Not sent: too many messages are waiting already.",
  closed: "Not sent: the connection is closed.",
};
const log = $("chat-log");
const input = $("chat-input");
const note = $("chat-note");
const talkers = new Map(); // id -> { name, hue }
let talk = []; // the lines of the log, the oldest first
let said = ""; // to be given back when it is refused
let follows = true; // the talk, until the reader scrolls up

function hearChat(frame) {
  const { t, op, from, msg } = frame;
  if (t === "snapshot") catchUp(frame.members);
  else if (op === "leave") talkers.delete(from);
  else if (t === "presence") talkers.set(from, frame.state.user);
  else if (msg.kind === "refused") giveBack(msg.why);
  else hear(lineOf(from, msg));
}

/** Those who are here bring what they said last; the page keeps what it has heard from others before. */
function catchUp(members) {
  talkers.clear();
  for (const { id, state } of members) talkers.set(id, state.user);
  const lines = members.flatMap(({ id, state }) => state.lines.map((line) => lineOf(id, line)));
  talk = [...talk, ...lines.filter(isNew)].sort((one, other) => one.at - other.at).slice(-LINES);
  log.ariaLive = "off"; // the past is not read out
  log.replaceChildren(...talk.map(draw));
  note.textContent = "";
  follow();
}

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

function giveBack(why) {
  note.textContent = `Not sent: ${why}.`;
  input.value ||= said;
}

function lineOf(from, { text, at }) {
  return { from, ...talkers.get(from), text, at };
}

/** Who comes while a line is said finds it in the snapshot, and may hear it too. */
function isNew({ from, text, at }) {
  return !talk.some((known) => known.from === from && known.at === at && known.text === text);
}

function follow() {
  if (follows) log.scrollTop = log.scrollHeight;
}

log.onscroll = () => (follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40);
new ResizeObserver(follow).observe(log);

function draw({ name, hue, text, at }) {
  const item = dress(make("li", "who"), name, hue);
  const time = make("time", "", new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  const words = make("p", "", text);
  words.dir = "auto";
  item.append(make("b", "", name), time, words);
  return item;
}

$("chat-form").onsubmit = (event) => {
  event.preventDefault();
  const text = input.value.trim(); // the server judges its length
  const fate = chat.send({ t: "msg", msg: { text } });
  note.textContent = UNSENT[fate] ?? "";
  if (fate === "full" || fate === "closed") return;
  said = text;
  input.value = "";
};

// Nodes. What others wrote goes in as text, never as markup.

function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function dress(node, name, hue) {
  node.dataset.name = name;
  node.style.setProperty("--hue", Number(hue) || 0);
  return node;
}
