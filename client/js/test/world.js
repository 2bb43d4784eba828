// What a client meets: time that moves when it is told to, sockets whose other end is the test, and the events of a page.

/** Installs itself as the globals that the client uses; `restore` takes that back. */
export class World {
  sockets = [];
  random = [];
  page = new EventTarget();
  document = { hidden: false };
  #now = 0;
  #timers = new Map();
  #timerId = 0;
  #globals;

  constructor() {
    const world = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url, protocols) {
        super(url, protocols);
        world.sockets.push(this);
      }
    };
    this.#globals = new Map();
    this.#install(globalThis, "WebSocket", this.WebSocket);
    this.#install(globalThis, "document", this.document);
    this.#install(globalThis, "addEventListener", (...args) => this.page.addEventListener(...args));
    this.#install(globalThis, "removeEventListener", (...args) => this.page.removeEventListener(...args));
    this.#install(globalThis, "setTimeout", (act, wait) => this.#setTimeout(act, wait));
    this.#install(globalThis, "clearTimeout", (id) => this.#timers.delete(id));
    this.#install(Math, "random", () => this.random.shift() ?? 0.5);
  }

  restore() {
    for (const undo of this.#globals.values()) undo();
  }

  /** The socket that was made last. */
  get socket() {
    return this.sockets.at(-1);
  }

  /** Milliseconds until the next timer; `null` without one. */
  get timer() {
    const [first] = this.#due();
    return first ? first[1].at - this.#now : null;
  }

  /** Runs what is due within `ms`, each at its time. */
  async advance(ms) {
    const end = this.#now + ms;
    for (let [first] = this.#due(); first && first[1].at <= end; [first] = this.#due()) {
      const [id, { at, act }] = first;
      this.#timers.delete(id);
      this.#now = at;
      act();
      await settled();
    }
    this.#now = end;
  }

  event(type, fields) {
    this.page.dispatchEvent(Object.assign(new Event(type), fields));
  }

  #due() {
    return [...this.#timers].sort(([, a], [, b]) => a.at - b.at);
  }

  /** As everywhere, a wait that does not fit in 31 bits is none. */
  #setTimeout(act, asked) {
    const wait = asked < 2 ** 31 ? asked : 1;
    this.#timers.set(++this.#timerId, { act, at: this.#now + wait });
    return this.#timerId;
  }

  #install(owner, name, value) {
    const was = Object.getOwnPropertyDescriptor(owner, name);
    this.#globals.set(name, () => (was ? Object.defineProperty(owner, name, was) : delete owner[name]));
    Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  }
}

/** Resolves when every promise and microtask that is under way has run. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A `WebSocket` whose server is the test. As a real one, it sends nothing and hears nothing once it closes. */
class FakeSocket {
  readyState = 0;
  sent = [];
  /** What `close` was called with, first. */
  closedWith = null;

  constructor(url, protocols) {
    this.url = new URL(url);
    if (!/^wss?:$/.test(this.url.protocol)) throw new SyntaxError(`${url} is no WebSocket URL`);
    this.protocols = protocols;
  }

  send(text) {
    if (this.readyState === 0) throw new Error("not open yet");
    if (this.readyState === 1) this.sent.push(text);
  }

  close(code, reason = "") {
    if (this.readyState > 1) return;
    this.closedWith = { code, reason, wasOpen: this.readyState === 1 };
    this.readyState = 2;
  }

  // The test's side.

  opened() {
    this.readyState = 1;
    this.onopen(new Event("open"));
  }

  receive(data) {
    this.onmessage({ data });
  }

  ended(code = 1006, reason = "", wasClean = false) {
    this.readyState = 3;
    if (code === 1006) this.onerror(new Event("error")); // which ends the process in some, when nobody hears it
    this.onclose({ code, reason, wasClean });
  }
}
