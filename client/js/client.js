// irori's client; see client.d.ts.

const LOST = Object.freeze({ code: 1006, reason: "", wasClean: false });
const ANSWER_CLOSE_WITHIN = 5_000;
const QUEUE_BYTES = 2 ** 18;
const BUFFER_BYTES = 2 ** 24;
const LONGEST_TIMER = 2 ** 31 - 1;
const PAGE_EVENTS = ["online", "offline", "pageshow", "visibilitychange"];

export const DEFAULTS = Object.freeze({
  maxRetries: 5,
  minDelay: 250,
  maxDelay: 30_000,
  growth: 2,
  jitter: true,
  stableAfter: 5_000,
  connectTimeout: 10_000,
  queue: 128,
  enabled: true,
  shouldReconnect: ({ code }) => code !== 1000 && code < 4000,
});

export const connectSocket = (ref, options) => handle(new Link(ref, options), "setGreeting");

export function joinRoom(ref, options) {
  const link = new RoomLink(ref, options);
  return {
    __proto__: handle(link, "member", "onMember", "setPresence"),
    get self() { return link.self; },
    get members() { return (link.list ??= [...link.roster.values()]); },
  };
}

function handle(link, ...more) {
  const names = ["send", "on", "close", "setKey", "setEnabled", "retryNow", ...more];
  if (link.options.enabled) link.setEnabled(true);
  return {
    get status() { return link.status; },
    get closeInfo() { return link.closeInfo; },
    get lastMessage() { return link.lastMessage; },
    get queued() { return link.queue.length; },
    ...Object.fromEntries(names.map((name) => [name, link[name].bind(link)])),
  };
}

class Link {
  status = "closed";
  closeInfo = null;
  queue = [];
  greeting = []; // what every connection begins with
  tries = 0; // since the last stable connection
  attempt = null; // under way or open; all else is stale
  listeners = new Map();

  constructor(ref, options = {}) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    this.options = { ...DEFAULTS, ...Object.fromEntries(given) };
    for (const [name, value] of Object.entries(DEFAULTS)) {
      if (typeof value === "number" && !(this.options[name] >= 0)) throw new RangeError(`${name} must be 0 or more`);
    }
    this.ref = ref;
    this.key = encodeKey(options.key);
  }

  setEnabled(enabled) {
    if (!enabled) return this.close();
    this.enabled = true;
    if (this.status === "closed") this.start();
  }

  setKey(key) {
    const encoded = encodeKey(key);
    if (encoded === this.key) return;
    this.key = encoded;
    this.lastMessage = undefined;
    this.greeting = [];
    this.drop();
    if (this.enabled) this.start(null);
  }

  close(code = 1000, reason = "") {
    if (code !== 1000 && !(code >= 3000 && code <= 4999)) throw new RangeError(`${code} is no code to close with`);
    const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(123));
    reason = reason.slice(0, read);
    this.enabled = false;
    this.listen(false);
    this.drop();
    if (this.status === "open") {
      this.after(ANSWER_CLOSE_WITHIN, () => this.lose());
      this.become("closing");
      this.socket.close(code, reason);
    } else if (this.status !== "closing") {
      this.forget(code, reason);
      this.become("closed");
    }
  }

  send(message) {
    const text = this.encode(message);
    if (this.status === "open" && this.socket.bufferedAmount > BUFFER_BYTES) return "full";
    if (this.write(text)) return "sent";
    if (this.status === "closing" || this.status === "closed") return "closed";
    const { length } = this.queue; // one alone may have any size
    if (length >= this.options.queue || (length && new Blob([...this.queue, text]).size > QUEUE_BYTES)) return "full";
    this.queue.push(text);
    return "queued";
  }

  setGreeting(messages) {
    this.greeting = messages.map(this.encode);
  }

  /** Listeners run in microtasks: after the transition, and free to start another. */
  on(event, listener) {
    const entry = (...args) => listener(...args); // one listener may be there twice
    const entries = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, entries.add(entry));
    return () => {
      if (entries.delete(entry) && !entries.size) this.listeners.delete(event);
    };
  }

  tell(event, ...args) {
    const entries = this.listeners.get(event) ?? [];
    for (const entry of entries) queueMicrotask(() => entries.has(entry) && guarded(entry, ...args));
    if (event === "error" && !entries.size) console.warn("irori:", ...args);
  }

  start(closeInfo) {
    this.tries = 0;
    this.dial("connecting", closeInfo);
  }

  dial(status, closeInfo) {
    this.forget();
    const attempt = (this.attempt = {});
    const { address, connectTimeout } = this.options;
    const mine = (act) => (event) => this.attempt === attempt && act(event);
    this.after(connectTimeout, () => this.lose());
    this.listen(true);
    this.become(status, closeInfo);
    Promise.resolve()
      .then(mine(() => (typeof address === "function" ? address() : address)))
      .then(mine((answer) => this.connect(answer, mine)))
      .catch(mine((error) => {
        this.lose();
        this.tell("error", { kind: "address", error });
      }));
  }

  connect(address, mine) {
    const plain = typeof address !== "object" || address.href; // a URL of whatever window
    const { url = "/", protocols, query } = plain ? { url: address } : address;
    const here = globalThis.location?.origin;
    const target = new URL(url, here === "null" ? undefined : here);
    if (target.pathname === "/") target.pathname = "/__sockets";
    const { module: m, name: s, contract } = this.ref;
    const params = { ...query, m, s, r: this.params(), c: this.options.contract ?? contract };
    for (const [name, value] of Object.entries(params)) {
      if (value !== undefined) target.searchParams.set(name, value);
    }

    const socket = new (this.options.WebSocket ?? WebSocket)(target.href.replace(/^http/, "ws"), protocols);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = mine(() => this.connected());
    socket.onmessage = mine(({ data }) => this.received(data));
    socket.onclose = mine(({ code, reason, wasClean }) => this.lose({ code, reason, wasClean }));
    socket.onerror = mine(() => this.after(0, () => this.lose())); // what a policy forbids never closes
  }

  connected() {
    this.after(this.options.stableAfter, () => (this.tries = 0));
    for (const text of [...this.greeting, ...this.queue.splice(0)]) this.socket.send(text);
    this.become("open", null);
  }

  received(data) {
    if (this.status === "closing") return;
    try {
      this.receive(JSON.parse(typeof data === "string" ? data : new TextDecoder("utf-8", { fatal: true }).decode(data)));
    } catch {
      this.tell("error", { kind: "malformed", data });
    }
  }

  lose(closeInfo = LOST) {
    const { maxRetries, minDelay, maxDelay, growth, jitter, shouldReconnect } = this.options;
    if (this.status === "closing") {
      this.forget();
      return this.enabled ? this.start(closeInfo) : this.become("closed", closeInfo);
    }
    const { attempt } = this;
    const again = guarded(shouldReconnect, closeInfo) && this.enabled;
    if (this.attempt && this.attempt !== attempt) return; // it went elsewhere
    this.forget();
    if (again && this.tries < maxRetries) {
      // One draw an outage: a crowd stays spread.
      if (!this.tries) this.place = jitter ? Math.random() : 1;
      const longest = (n) => (n < 0 ? 0 : Math.min(minDelay * growth ** n, maxDelay));
      const wait = longest(this.tries - 1) * (1 - this.place) + longest(this.tries++) * this.place;
      this.after(wait, () => this.dial("reconnecting"));
      return this.become("reconnecting", closeInfo);
    }
    this.gaveUp = again;
    if (!again) this.drop();
    this.listen(again);
    this.become("closed", closeInfo);
  }

  /** `persisted`: from the back/forward cache, where sockets are lost. */
  heard = ({ type, persisted }) => {
    if (this.attempt && (type === "offline" || persisted)) this.lose();
    if (type !== "offline" && (type !== "visibilitychange" || !document.hidden)) this.retryNow();
  };

  retryNow() {
    if (this.status !== "open") this.tries = 0;
    if (this.gaveUp || (this.status === "reconnecting" && !this.attempt)) this.dial("reconnecting");
  }

  become(status, closeInfo = this.closeInfo) {
    if (status === this.status && closeInfo === this.closeInfo) return;
    this.status = status;
    this.closeInfo = closeInfo;
    this.tell("status", status, closeInfo);
  }

  forget(code = 1000, reason) {
    const { socket } = this;
    clearTimeout(this.timer);
    this.socket = this.attempt = null;
    this.gaveUp = false;
    socket?.close(code, reason);
  }

  drop() {
    const count = this.queue.splice(0).length;
    if (count) this.tell("error", { kind: "unsent", count });
  }

  write(text) {
    const live = this.status === "open" && this.socket.readyState === 1;
    if (live) this.socket.send(text);
    return live;
  }

  after(wait, act) {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, Math.min(wait, LONGEST_TIMER));
  }

  listen(on) {
    for (const event of PAGE_EVENTS) globalThis[on ? "addEventListener" : "removeEventListener"]?.(event, this.heard);
  }

  // Otherwise in a room.
  encode(message) { return string(JSON.stringify(message), "a message must have a JSON form"); }
  params() { return this.key === "{}" ? undefined : this.key; }
  receive(message, from) { this.tell("message", (this.lastMessage = message), from); }
}

class RoomLink extends Link {
  roster = new Map();

  constructor(ref, options) {
    super(ref, options);
    if (options?.presence !== undefined) this.setPresence(options.presence);
  }

  setPresence(state) {
    this.greeting = [JSON.stringify({ t: "presence", state })];
    this.write(...this.greeting);
  }

  member(id) { return this.roster.get(id); }
  onMember(id, listener) { return this.on("member:" + id, listener); }

  connected() {} // open with the snapshot
  encode(msg) { return JSON.stringify({ t: "msg", msg }); }
  params() { return this.key; }

  /** Throws before anything has changed. */
  receive({ t, from, op, state, msg, self, members }) {
    if (t === "snapshot") {
      const roster = new Map(members.map(({ id, state }) => [string(id), { id, state }]));
      string(self);
      if (this.status !== "open") super.connected();
      return this.replace(self, roster);
    }
    const known = this.roster.get(string(from));
    if (t !== "msg" && (t !== "presence" || !["join", "update", "leave"].includes(op))) throw TypeError();
    if (this.status !== "open") return;
    if (t === "msg") return super.receive(msg, from);
    const member = op === "join" || (op === "update" && known) ? { id: from, state } : undefined;
    if (member) this.roster.set(from, member);
    else if (!this.roster.delete(from)) return;
    if (!known) this.tell("join", member);
    if (!member) this.tell("leave", known);
    this.changed([from], !known || !member);
  }

  become(status, closeInfo) {
    if (this.status === "open" && status !== "open") this.replace(undefined, new Map());
    super.become(status, closeInfo);
  }

  replace(self, roster) {
    const ids = new Set([...this.roster.keys(), ...roster.keys()]);
    this.self = self;
    this.roster = roster;
    this.changed(ids, true);
  }

  changed(ids, cameOrWent) {
    this.list = null;
    for (const id of ids) this.tell("member:" + id, this.roster.get(id));
    if (cameOrWent) this.tell("members");
    this.tell("roster");
  }
}

/** In whatever order the params are. */
function encodeKey(key = {}) {
  for (const [name, value] of Object.entries(key)) {
    if (value !== undefined) string(value, `${name} of a key must be a string`);
  }
  return JSON.stringify(key, Object.keys(key).sort());
}

function string(value, problem) {
  if (typeof value !== "string") throw new TypeError(problem);
  return value;
}

function guarded(act, ...args) {
  try {
    return act(...args);
  } catch (error) {
    (globalThis.reportError ?? console.error)(error);
  }
}
