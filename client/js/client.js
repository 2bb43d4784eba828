// irori's client: sockets and rooms that reconnect. What each name means is said in client.d.ts.

const LOST = Object.freeze({ code: 1006, reason: "", wasClean: false });
const ANSWER_CLOSE_WITHIN = 5_000;
const LONGEST_TIMER = 2 ** 31 - 1; // a longer one would fire at once
const PAGE_EVENTS = ["online", "offline", "pageshow", "visibilitychange"];

const DEFAULTS = {
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
};

export const connectSocket = (ref, options) => handle(new Link(ref, options));

export function joinRoom(ref, options) {
  const link = new RoomLink(ref, options);
  return {
    __proto__: handle(link),
    get self() { return link.self; },
    get members() { return (link.list ??= [...link.roster.values()]); },
    member: (id) => link.roster.get(id),
    setPresence: (state) => link.setPresence(state),
    onMember: (id, listener) => link.on("member:" + id, listener),
  };
}

/** What users hold. Its functions may be taken apart from it. */
function handle(link) {
  if (link.options.enabled) link.setEnabled(true);
  return {
    get status() { return link.status; },
    get closeInfo() { return link.closeInfo; },
    get lastMessage() { return link.lastMessage; },
    get queued() { return link.queue.length; },
    send: (message) => link.send(message),
    on: (event, listener) => link.on(event, listener),
    close: (code, reason) => link.close(code, reason),
    setKey: (key) => link.setKey(key),
    setEnabled: (enabled) => link.setEnabled(enabled),
  };
}

/** The state machine. It has one timer, whose meaning is its status. */
class Link {
  status = "closed";
  closeInfo = null;
  queue = [];
  tries = 0; // since the last stable connection
  attempt = null; // what is under way or open; all else that answers is stale
  listeners = new Map();

  constructor(ref, options = {}) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    this.options = { ...DEFAULTS, ...Object.fromEntries(given) };
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
    this.lastMessage = this.presence = undefined;
    this.drop();
    if (this.enabled) this.start(null);
  }

  close(code = 1000, reason = "") {
    if (code !== 1000 && !(code >= 3000 && code <= 4999)) throw new RangeError(`${code} is no code to close with`);
    this.enabled = false;
    this.listen(false);
    this.drop();
    if (this.status === "open") {
      const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(123));
      this.after(ANSWER_CLOSE_WITHIN, () => this.lose());
      this.become("closing");
      this.socket.close(code, reason.slice(0, read));
    } else if (this.status !== "closing") {
      this.forget();
      this.become("closed");
    }
  }

  send(message) {
    const text = this.encode(message);
    if (text === undefined) throw new TypeError("a message must have a JSON form");
    if (this.write(text)) return "sent";
    if (this.status === "closing" || this.status === "closed") return "closed";
    if (this.queue.length >= this.options.queue) return "full";
    this.queue.push(text);
    return "queued";
  }

  /** Listeners run in microtasks: after the transition, in order, and free to start another. */
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
    const plain = typeof address !== "object" || address instanceof URL;
    const { url = "/", protocols, query } = plain ? { url: address } : address;
    const target = new URL(url, globalThis.location?.href);
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
    socket.onerror = () => {}; // a close follows; some sockets throw an error that nobody hears
  }

  opened() {
    this.after(this.options.stableAfter, () => (this.tries = 0));
    for (const text of [this.presence, ...this.queue.splice(0)]) if (text) this.socket.send(text);
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

  /** The connection or the attempt has ended; or is taken to have. */
  lose(closeInfo = LOST) {
    const { maxRetries, minDelay, maxDelay, growth, jitter, shouldReconnect } = this.options;
    if (this.status === "closing") {
      this.forget();
      return this.enabled ? this.start(closeInfo) : this.become("closed", closeInfo);
    }
    const again = guarded(shouldReconnect, closeInfo) && this.enabled;
    this.forget();
    if (again && this.tries < maxRetries) {
      const wait = Math.min(minDelay * growth ** this.tries++, maxDelay);
      this.after(jitter ? wait * Math.random() : wait, () => this.dial("reconnecting"));
      return this.become("reconnecting", closeInfo);
    }
    this.gaveUp = again;
    if (!again) this.drop();
    this.listen(again);
    this.become("closed", closeInfo);
  }

  heard = ({ type }) => {
    const waits = this.gaveUp || (this.status === "reconnecting" && !this.attempt);
    if (type === "offline") {
      if (this.attempt) this.lose();
    } else if (waits && (type !== "visibilitychange" || !document.hidden)) {
      this.tries = 0;
      this.dial("reconnecting");
    }
  };

  become(status, closeInfo = this.closeInfo) {
    if (status === this.status && closeInfo === this.closeInfo) return;
    this.status = status;
    this.closeInfo = closeInfo;
    this.tell("status", status, closeInfo);
  }

  forget() {
    clearTimeout(this.timer);
    this.socket?.close(1000);
    this.socket = this.attempt = null;
    this.gaveUp = false;
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

  // What a room does otherwise.
  connected() { this.opened(); }
  encode(message) { return JSON.stringify(message); }
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
    this.presence = JSON.stringify({ t: "presence", state });
    this.write(this.presence);
  }

  /** Not yet: who is denied is connected too, and then closed. The snapshot says that one is in. */
  connected() {}
  encode(msg) { return JSON.stringify({ t: "msg", msg }); }
  params() { return this.key; }

  /** Throws on what it cannot read, before anything has changed. */
  receive({ t, from, op, state, msg, self, members }) {
    if (t === "snapshot") {
      const roster = new Map(members.map(({ id, state }) => [string(id), { id, state }]));
      string(self);
      if (this.status !== "open") this.opened();
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
    if (status !== "open" && (this.self || this.roster.size)) this.replace(undefined, new Map());
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

/** The same for the same key, in whatever order its params are. */
function encodeKey(key = {}) {
  return JSON.stringify(key, Object.keys(key).sort());
}

function string(value) {
  if (typeof value !== "string") throw TypeError();
  return value;
}

function guarded(act, ...args) {
  try {
    return act(...args);
  } catch (error) {
    (globalThis.reportError ?? console.error)(error);
  }
}
