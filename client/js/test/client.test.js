// What the table of transitions cannot say: addresses, listeners, late answers, and what JavaScript alone can be given.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { DEFAULTS, connectSocket, joinRoom } from "../client.js";
import { World, settled } from "./world.js";

const CHAT = { module: "src/chat", name: "chat" };
const CURSORS = { module: "src/board", name: "cursors" };
const HERE = { address: "http://127.0.0.1:3000", jitter: false };
const SNAPSHOT = { t: "snapshot", self: "me", members: [{ id: "a", state: 1 }, { id: "me" }] };

let world;
beforeEach(() => (world = new World()));
afterEach(() => world.restore());

/** A socket that is open already. */
async function opened(ref, options) {
  const client = connectSocket(ref, { ...HERE, ...options });
  await settled();
  world.socket.opened();
  await settled();
  return client;
}

/** A room that is open already. */
async function joined(ref, options) {
  const room = joinRoom(ref, { ...HERE, ...options });
  await settled();
  world.socket.opened();
  await received(SNAPSHOT);
  return room;
}

async function received(...frames) {
  for (const frame of frames) world.socket.receive(JSON.stringify(frame));
  await settled();
}

describe("address", () => {
  const dialled = async (ref, options, connect = connectSocket) => {
    connect(ref, { ...HERE, ...options });
    await settled();
    return world.socket.url;
  };

  test("a URL without a path has that of the server", async () => {
    const url = await dialled(CHAT, {});
    assert.equal(url.href, "ws://127.0.0.1:3000/__sockets?m=src%2Fchat&s=chat");
  });

  test("a path and a query are kept, and a scheme that is secure", async () => {
    const url = await dialled(CHAT, { address: "https://example.com/live?a=1&m=theirs" });
    assert.equal(url.origin + url.pathname, "wss://example.com/live");
    assert.deepEqual([...url.searchParams], [["a", "1"], ["m", "src/chat"], ["s", "chat"]]);
  });

  test("without one, the page's own origin", async (t) => {
    globalThis.location = new URL("https://example.com/board/7?x=1#y");
    t.after(() => delete globalThis.location);
    assert.equal((await dialled(CHAT, { address: undefined })).href, "wss://example.com/__sockets?m=src%2Fchat&s=chat");
    assert.equal((await dialled(CHAT, { address: "/live" })).href, "wss://example.com/live?m=src%2Fchat&s=chat");
    assert.equal((await dialled(CHAT, { address: { query: { t: "1" } } })).host, "example.com");
  });

  test("what is relative has the page's origin, wherever in it the page is", async (t) => {
    globalThis.location = new URL("https://example.com/board/7?x=1#y");
    t.after(() => delete globalThis.location);
    const path = async (address) => {
      const { pathname, search } = await dialled(CHAT, { address });
      return pathname + search;
    };
    assert.equal(await path(""), "/__sockets?m=src%2Fchat&s=chat");
    assert.equal(await path("?t=1"), "/__sockets?t=1&m=src%2Fchat&s=chat");
    assert.equal(await path("live"), "/live?m=src%2Fchat&s=chat");
    globalThis.location = new URL("blob:https://example.com/7"); // that of a worker
    assert.equal(await path(undefined), "/__sockets?m=src%2Fchat&s=chat");
  });

  test("a page without an origin needs one, and is told so", async (t) => {
    globalThis.location = new URL("about:blank");
    t.after(() => delete globalThis.location);
    assert.equal((await dialled(CHAT, {})).host, "127.0.0.1:3000");
    const chat = connectSocket(CHAT, { ...HERE, address: undefined });
    const problems = [];
    chat.on("error", ({ kind }) => problems.push(kind));
    await settled();
    assert.deepEqual([chat.status, problems, world.sockets.length], ["reconnecting", ["address"], 1]);
  });

  test("may be a URL of another window", async () => {
    const url = { href: "https://example.com/live", toString: () => "https://example.com/live" };
    assert.equal((await dialled(CHAT, { address: url })).href, "wss://example.com/live?m=src%2Fchat&s=chat");
  });

  test("may be an object, a URL, and what a promise gives", async () => {
    const endpoint = { url: new URL("wss://example.com"), protocols: ["a"], query: { token: "é &" } };
    const url = await dialled(CHAT, { address: async () => endpoint });
    assert.equal(url.host, "example.com");
    assert.equal(url.searchParams.get("token"), "é &");
    assert.deepEqual(world.socket.protocols, ["a"]);
    assert.equal((await dialled(CHAT, { address: new URL("wss://example.org") })).host, "example.org");
  });

  test("a room always says its key, a socket when it has params", async () => {
    const params = async (...of) => (await dialled(...of)).searchParams.get("r");
    assert.equal(await params(CURSORS, {}, joinRoom), "{}");
    assert.equal(await params(CURSORS, { key: { b: "/", a: "1" } }, joinRoom), '{"a":"1","b":"/"}');
    assert.equal(await params(CHAT, { key: {} }), null);
    assert.equal(await params(CHAT, { key: { id: "a", none: undefined } }), '{"id":"a"}');
  });

  test("the contract is the ref's, or the options'", async () => {
    const contract = async (...of) => (await dialled(...of)).searchParams.get("c");
    assert.equal(await contract(CHAT, {}), null);
    assert.equal(await contract({ ...CHAT, contract: "1" }, {}), "1");
    assert.equal(await contract({ ...CHAT, contract: "1" }, { contract: "2" }), "2");
  });

  test("another key is in the next address", async () => {
    const room = await joined(CURSORS, { key: { id: "a" } });
    room.setKey({ id: "b" });
    await settled();
    assert.equal(world.socket.url.searchParams.get("r"), '{"id":"b"}');
  });

  test("what is no address is a problem, and a failed attempt", async () => {
    const problems = [];
    const chat = connectSocket(CHAT, { ...HERE, address: "ftp://example.com" });
    chat.on("error", (problem) => problems.push(problem));
    await settled();
    assert.equal(chat.status, "reconnecting");
    assert.equal(problems[0].kind, "address");
    assert(problems[0].error instanceof SyntaxError);
  });

  test("an answer that comes late is ignored", async () => {
    const answers = [];
    const address = () => new Promise((resolve, reject) => answers.push({ resolve, reject }));
    const chat = connectSocket(CHAT, { ...HERE, address });
    const problems = [];
    chat.on("error", (problem) => problems.push(problem));
    const next = [
      () => {},
      () => chat.setKey({ id: "b" }),
      () => world.advance(10_000),
      () => world.advance(250),
      () => world.event("offline"),
      () => world.event("online"),
      () => chat.close(),
    ];
    for (const step of next) {
      await step();
      await settled();
    }
    assert.equal(answers.length, 4);
    answers[0].reject(new Error("too late"));
    answers.forEach(({ resolve }) => resolve("http://127.0.0.1:3000"));
    await settled();
    assert.deepEqual([world.sockets.length, chat.status, problems], [0, "closed", []]);
  });

  test("is not asked when the attempt is taken back at once", async () => {
    let asked = 0;
    const chat = connectSocket(CHAT, { ...HERE, address: () => asked++ });
    chat.close();
    await settled();
    assert.equal(asked, 0);
  });

  test("a socket that is given up while it opens is closed, and not heard any more", async () => {
    const chat = connectSocket(CHAT, HERE);
    await settled();
    const first = world.socket;
    chat.setKey({ id: "b" });
    await settled();
    assert.equal(first.closedWith.code, 1000);
    first.opened();
    first.receive("1");
    first.ended();
    assert.deepEqual([chat.status, chat.closeInfo, chat.lastMessage, world.sockets.length], ["connecting", null, undefined, 2]);
  });

  test("a socket that tells at once that it is closed is not heard when it is given up", async () => {
    const Prompt = class extends world.WebSocket {
      close(code, reason) {
        super.close(code, reason);
        if (this.readyState !== 3) this.ended(code, reason, true);
      }
    };
    const chat = connectSocket(CHAT, { ...HERE, WebSocket: Prompt });
    await settled();
    world.socket.opened();
    const told = [];
    chat.on("status", (status, closeInfo) => told.push([status, closeInfo]));
    await settled();
    chat.setKey({ id: "b" });
    await settled();
    assert.deepEqual(told, [["connecting", null]]);
  });

  test("a socket that the page's policy forbids has failed, though only an error says so", async () => {
    const chat = connectSocket(CHAT, HERE);
    await settled();
    world.socket.readyState = 3;
    world.socket.onerror(new Event("error"));
    await world.advance(0);
    assert.deepEqual([chat.status, chat.closeInfo.code, world.timer], ["reconnecting", 1006, 250]);
  });

  test("another class of sockets can be given", async () => {
    const made = [];
    const Other = class extends world.WebSocket {
      constructor(...args) {
        super(...args);
        made.push(this);
      }
    };
    connectSocket(CHAT, { ...HERE, WebSocket: Other });
    await settled();
    assert.equal(made.length, 1);
  });
});

describe("messages", () => {
  test("are encoded when they are sent", async () => {
    const chat = connectSocket(CHAT, HERE);
    const message = { text: "a" };
    chat.send(message);
    message.text = "b";
    await settled();
    world.socket.opened();
    assert.deepEqual(world.socket.sent, ['{"text":"a"}']);
  });

  test("without a JSON form are an error to the caller", async () => {
    const chat = await opened(CHAT);
    for (const message of [undefined, () => 1, Symbol("a"), 1n]) assert.throws(() => chat.send(message), TypeError);
    assert.deepEqual([world.socket.sent, chat.queued], [[], 0]);
  });

  test("of a room may be absent, as may be a state", async () => {
    const room = await joined(CURSORS);
    room.send(undefined);
    room.setPresence(undefined);
    assert.deepEqual(world.socket.sent, ['{"t":"msg"}', '{"t":"presence"}']);
  });

  test("wait in the browser up to a bound", async () => {
    const chat = await opened(CHAT);
    world.socket.bufferedAmount = 2 ** 24;
    assert.equal(chat.send(1), "sent");
    world.socket.bufferedAmount++;
    assert.equal(chat.send(2), "full");
    world.socket.bufferedAmount = 0;
    assert.equal(chat.send(3), "sent");
    assert.deepEqual(world.socket.sent, ["1", "3"]);
    world.socket.bufferedAmount = 2 ** 25;
    chat.close();
    assert.equal(chat.send(4), "closed");
  });

  test("wait when the socket has begun to close by itself", async () => {
    const chat = await opened(CHAT);
    world.socket.readyState = 2;
    assert.equal(chat.send(1), "queued");
    world.socket.ended();
    await world.advance(250);
    world.socket.opened();
    assert.deepEqual(world.socket.sent, ["1"]);
  });

  test("go out before anybody is told that it is open", async () => {
    const chat = connectSocket(CHAT, HERE);
    chat.send("queued");
    chat.on("status", (status) => status === "open" && chat.send("told"));
    await settled();
    world.socket.opened();
    await settled();
    assert.deepEqual(world.socket.sent, ['"queued"', '"told"']);
  });

  test("in binary frames are read as UTF-8", async () => {
    const chat = await opened(CHAT);
    assert.equal(world.socket.binaryType, "arraybuffer");
    const [heard, problems] = [[], []];
    chat.on("message", (message) => heard.push(message));
    chat.on("error", (problem) => problems.push(problem));
    const bad = new Uint8Array([34, 255, 34]).buffer;
    world.socket.receive(new TextEncoder().encode('"é"').buffer);
    world.socket.receive(bad);
    await settled();
    assert.deepEqual(heard, ["é"]);
    assert.deepEqual(problems, [{ kind: "malformed", data: bad }]);
  });

  test("the last one is kept until the key is another", async () => {
    const chat = await opened(CHAT);
    await received(1, 2);
    assert.equal(chat.lastMessage, 2);
    chat.setKey({ id: "b" });
    assert.equal(chat.lastMessage, undefined);
  });
});

describe("listeners", () => {
  test("are told of every status and of how it ended", async () => {
    const chat = connectSocket(CHAT, HERE);
    const told = [];
    chat.on("status", (status, closeInfo) => told.push([status, closeInfo?.code]));
    await settled();
    world.socket.opened();
    world.socket.ended(1012, "restart", true);
    await world.advance(250);
    world.socket.ended();
    await world.advance(500);
    world.socket.opened();
    chat.close(3000);
    world.socket.ended(3000, "", true);
    await settled();
    const open = ["open", undefined];
    const lost = [["reconnecting", 1012], ["reconnecting", 1006]];
    assert.deepEqual(told, [open, ...lost, open, ["closing", undefined], ["closed", 3000]]);
  });

  test("that throw disturb nobody, and are reported", async (t) => {
    const reported = t.mock.method(console, "error", () => {});
    const fail = (what) => {
      throw new Error(what);
    };
    const chat = await opened(CHAT, { shouldReconnect: () => fail("decision") });
    const heard = [];
    chat.on("message", () => fail("listener"));
    chat.on("message", (message) => heard.push(message));
    await received(1, 2);
    assert.deepEqual(heard, [1, 2]);
    world.socket.ended();
    assert.equal(chat.status, "closed");
    const errors = reported.mock.calls.map(({ arguments: [{ message }] }) => message);
    assert.deepEqual(errors, ["listener", "listener", "decision"]);
  });

  test("that throw are reported where the page reports", async (t) => {
    const reported = [];
    globalThis.reportError = (error) => reported.push(error.message);
    t.after(() => delete globalThis.reportError);
    const chat = await opened(CHAT);
    chat.on("message", () => {
      throw new Error("listener");
    });
    await received(1);
    assert.deepEqual(reported, ["listener"]);
  });

  test("stop when they are stopped, each by itself", async () => {
    const chat = await opened(CHAT);
    const heard = [];
    const listener = (message) => heard.push(message);
    const stop = chat.on("message", listener);
    chat.on("message", listener);
    await received(1);
    stop();
    stop();
    await received(2);
    assert.deepEqual(heard, [1, 1, 2]);
  });

  test("may stop one another, and close, while they are told", async () => {
    const chat = await opened(CHAT);
    const heard = [];
    chat.on("message", () => stop());
    const stop = chat.on("message", (message) => heard.push(message));
    chat.on("status", (status) => {
      heard.push(`1 ${status}`);
      if (status === "reconnecting") chat.close();
    });
    chat.on("status", (status) => heard.push(`2 ${status}`));
    await received(1);
    world.socket.ended();
    await settled();
    assert.deepEqual(heard, ["1 reconnecting", "2 reconnecting", "1 closed", "2 closed"]);
  });

  test("problems without a listener are warnings", async (t) => {
    const warned = t.mock.method(console, "warn", () => {});
    const chat = connectSocket(CHAT, HERE);
    const stop = chat.on("error", () => {});
    chat.send(1);
    chat.setKey({ id: "b" });
    stop();
    chat.send(1);
    chat.close();
    const warnings = warned.mock.calls.map(({ arguments: [, problem] }) => problem);
    assert.deepEqual(warnings, [{ kind: "unsent", count: 1 }]);
  });

  test("the functions may be taken apart from the client", async () => {
    const { send, on, close } = await opened(CHAT);
    const { setPresence, send: say } = await joined(CURSORS);
    on("message", () => {});
    setPresence(1);
    assert.deepEqual([send(1), say(1)], ["sent", "sent"]);
    close();
  });
});

describe("a room", () => {
  const presence = (from, op, state) => ({ from, t: "presence", op, state });

  /** A room that tells what it tells. */
  async function told(ids = []) {
    const room = joinRoom(CURSORS, HERE);
    const events = [];
    for (const event of ["members", "roster"]) room.on(event, () => events.push(event));
    for (const event of ["join", "leave"]) room.on(event, (member) => events.push([event, member]));
    for (const id of ids) room.onMember(id, (member) => events.push([id, member?.state]));
    await settled();
    world.socket.opened();
    await received(SNAPSHOT);
    return { room, events, since: () => events.splice(0) };
  }

  test("tells comings, goings and states to those that they concern", async () => {
    const { since } = await told(["a", "b"]);
    assert.deepEqual(since(), [["a", 1], "members", "roster"]);
    await received(presence("b", "join", 2));
    assert.deepEqual(since(), [["join", { id: "b", state: 2 }], ["b", 2], "members", "roster"]);
    await received(presence("b", "update", 3));
    assert.deepEqual(since(), [["b", 3], "roster"]);
    await received(presence("b", "leave"));
    assert.deepEqual(since(), [["leave", { id: "b", state: 3 }], ["b", undefined], "members", "roster"]);
    await received(presence("b", "update", 4), presence("b", "leave"));
    assert.deepEqual(since(), []);
  });

  test("tells what a lost connection and a new snapshot change", async () => {
    const { room, since } = await told(["a", "b"]);
    since();
    world.socket.ended();
    await settled();
    assert.deepEqual(since(), [["a", undefined], "members", "roster"]);
    assert.deepEqual([room.self, room.members, room.member("a")], [undefined, [], undefined]);
    await world.advance(250);
    world.socket.opened();
    await received({ ...SNAPSHOT, members: [{ id: "b", state: 5 }, { id: "me" }] });
    assert.deepEqual(since(), [["b", 5], "members", "roster"]);
  });

  test("is told to be open when everybody in it is known", async () => {
    const room = joinRoom(CURSORS, { ...HERE, presence: 1 });
    const told = [];
    room.on("status", (status) => told.push([status, room.self, room.members.length, world.socket.sent.length]));
    await settled();
    world.socket.opened();
    await settled();
    assert.deepEqual(told, []);
    await received(SNAPSHOT);
    assert.deepEqual(told, [["open", "me", 2, 1]]);
  });

  test("that denies is never told to be open", async () => {
    const room = joinRoom(CURSORS, { ...HERE, presence: 1 });
    const told = [];
    room.on("status", (status, { code }) => told.push([status, code]));
    for (const event of ["members", "roster"]) room.on(event, () => told.push(event));
    await settled();
    world.socket.opened();
    await settled();
    world.socket.ended(4403, "forbidden", true);
    await settled();
    assert.deepEqual([told, world.socket.sent], [[["closed", 4403]], []]);
  });

  test("a member's listener is told no more when stopped", async () => {
    const { room } = await told();
    const heard = [];
    const stop = room.onMember("a", (member) => heard.push(member));
    await received(presence("a", "update", 2));
    stop();
    await received(presence("a", "update", 3));
    assert.deepEqual(heard, [{ id: "a", state: 2 }]);
  });

  test("members are the same array until one is another", async () => {
    const { room } = await told();
    const { members } = room;
    await received({ from: "a", t: "msg", msg: 1 });
    assert.equal(room.members, members);
    await received(presence("a", "update", 2));
    assert.notEqual(room.members, members);
    assert.deepEqual(members[0], { id: "a", state: 1 });
    assert.deepEqual(room.member("a"), { id: "a", state: 2 });
  });

  test("a message without a value has its sender still", async () => {
    const { room } = await told();
    const heard = [];
    room.on("message", (...args) => heard.push(args));
    await received({ from: "a", t: "msg" });
    assert.deepEqual(heard, [[undefined, "a"]]);
  });
});

describe("the page", () => {
  const EVENTS = ["online", "offline", "pageshow", "visibilitychange"];

  /** How many listeners the page has. */
  function counted(t) {
    const heard = new Set();
    t.mock.method(world.page, "addEventListener", (type, listener) => heard.add(`${type} ${id(listener)}`));
    t.mock.method(world.page, "removeEventListener", (type, listener) => heard.delete(`${type} ${id(listener)}`));
    const ids = new Map();
    const id = (listener) => ids.get(listener) ?? (ids.set(listener, ids.size), ids.size - 1);
    return heard;
  }

  test("wakes by each of its events, and by being shown, not hidden", async () => {
    const chat = await opened(CHAT);
    for (const event of ["online", "pageshow", "visibilitychange"]) {
      world.socket.ended();
      world.document.hidden = true;
      world.event("visibilitychange");
      await settled();
      assert.equal(world.sockets.at(-1).readyState, 3, "hidden is no wake");
      world.document.hidden = event === "online";
      world.event(event);
      await settled();
      assert.equal(world.sockets.at(-1).readyState, 0, event);
      world.socket.opened();
    }
    assert.equal(chat.status, "open");
  });

  test("from the back/forward cache has lost its sockets, before it hears that", async () => {
    const chat = await opened(CHAT, { maxRetries: 0 });
    const told = [];
    chat.on("status", (status, closeInfo) => told.push([status, closeInfo?.code]));
    world.event("pageshow", { persisted: false });
    await settled();
    assert.deepEqual([chat.status, world.sockets.length], ["open", 1]);
    world.event("pageshow", { persisted: true });
    await settled();
    assert.deepEqual([chat.status, world.sockets.length], ["reconnecting", 2]);
    world.sockets[0].ended();
    world.event("pageshow", { persisted: true });
    await settled();
    assert.equal(world.sockets.length, 3, "one that was opening is lost, too");
    world.socket.opened();
    await settled();
    assert.equal(chat.status, "open");
    assert.deepEqual(told.at(-1), ["open", undefined]);
  });

  test("has its listeners while it may connect, and gets rid of them", async (t) => {
    const heard = counted(t);
    const chat = await opened(CHAT, { maxRetries: 0 });
    assert.equal(heard.size, EVENTS.length);
    world.socket.ended();
    assert.equal(heard.size, EVENTS.length, "one that gave up can be waked");
    chat.close();
    assert.equal(heard.size, 0, "closed here");
    chat.setEnabled(true);
    await settled();
    assert.equal(heard.size, EVENTS.length);
    world.socket.opened();
    world.socket.ended(4403, "forbidden", true);
    assert.equal(heard.size, 0, "ended by the server");
    chat.setKey({ id: "b" });
    assert.equal(heard.size, EVENTS.length);
    chat.setEnabled(false);
    assert.equal(heard.size, 0, "disabled");
  });

  test("has no listeners of one that is not enabled", async (t) => {
    const heard = counted(t);
    connectSocket(CHAT, { ...HERE, enabled: false });
    await settled();
    assert.deepEqual([heard.size, world.sockets.length, world.timer], [0, 0, null]);
  });

  test("leaves no timer behind", async () => {
    const chat = await opened(CHAT);
    chat.close();
    world.socket.ended(1000, "", true);
    assert.equal(world.timer, null);
  });
});

test("options that are undefined are the defaults", async () => {
  const chat = await opened(CHAT, { maxRetries: undefined, minDelay: undefined, shouldReconnect: undefined });
  world.socket.ended();
  assert.deepEqual([chat.status, world.timer], ["reconnecting", 250]);
});

test("options that are no numbers, or below 0, are an error to the caller", () => {
  const numbers = ["maxRetries", "minDelay", "maxDelay", "growth", "stableAfter", "connectTimeout", "queue"];
  for (const name of numbers) {
    for (const value of [NaN, -1, "soon"]) assert.throws(() => connectSocket(CHAT, { ...HERE, [name]: value }), RangeError, name);
    connectSocket(CHAT, { ...HERE, [name]: 0 }).close();
  }
});

test("a key of anything but strings is an error to the caller, and changes nothing", async () => {
  for (const value of [7, null, true, {}, ["a"]]) {
    assert.throws(() => joinRoom(CURSORS, { ...HERE, key: { id: value } }), TypeError);
  }
  const room = await joined(CURSORS, { key: { id: "a" } });
  assert.throws(() => room.setKey({ id: 7 }), { name: "TypeError", message: /id/ });
  assert.deepEqual([room.status, room.members.length, world.sockets.length], ["open", 2, 1]);
});

test("the default decision is there for others to use", async () => {
  const shouldReconnect = (info) => info.code === 4408 || DEFAULTS.shouldReconnect(info);
  const chat = await opened(CHAT, { shouldReconnect });
  world.socket.ended(4408, "timeout", true);
  assert.equal(chat.status, "reconnecting");
  await world.advance(250);
  world.socket.opened();
  world.socket.ended(4403, "forbidden", true);
  assert.equal(chat.status, "closed");
});

test("a decision that closes is final", async () => {
  const chat = connectSocket(CHAT, { ...HERE, shouldReconnect: () => chat.close() ?? true });
  await settled();
  world.socket.ended();
  assert.deepEqual([chat.status, world.timer], ["closed", null]);
});

test("a decision may go elsewhere", async () => {
  const room = joinRoom(CURSORS, {
    ...HERE,
    key: { id: "gone" },
    shouldReconnect: () => room.setKey({ id: "lobby" }) ?? false,
  });
  await settled();
  world.socket.ended(4404, "no such board", true);
  await settled();
  assert.deepEqual([room.status, world.sockets.length], ["connecting", 2]);
  assert.equal(world.socket.url.searchParams.get("r"), '{"id":"lobby"}');
});

test("a decision may begin anew", async () => {
  const chat = connectSocket(CHAT, { ...HERE, shouldReconnect: () => chat.setEnabled(false) ?? chat.setEnabled(true) });
  await settled();
  world.socket.ended();
  await settled();
  assert.deepEqual([chat.status, world.sockets.length], ["connecting", 2]);
});

test("a wait is random unless it is not to be", async () => {
  world.random = [0.25];
  connectSocket(CHAT, { address: HERE.address });
  await settled();
  world.socket.ended();
  assert.equal(world.timer, 62.5);
});

test("128 messages wait at most", () => {
  const chat = connectSocket(CHAT, HERE);
  const answers = Array.from({ length: 129 }, () => chat.send(1));
  assert.deepEqual([answers[127], answers[128], chat.queued], ["queued", "full", 128]);
});

test("256 KiB wait at most, as UTF-8, unless it is one message alone", () => {
  const chat = connectSocket(CHAT, HERE);
  const long = "é".repeat(150_000); // 300,000 bytes
  assert.deepEqual([chat.send(long), chat.send(1), chat.queued], ["queued", "full", 1]);
  const other = connectSocket(CHAT, HERE);
  const half = "x".repeat(131_070); // with its quotes the half
  assert.deepEqual([half, half, 1].map(other.send), ["queued", "queued", "full"]);
});

test("a time without end is not a time of 0", async () => {
  const chat = connectSocket(CHAT, { ...HERE, connectTimeout: Infinity });
  await settled();
  await world.advance(1_000_000_000);
  assert.equal(chat.status, "connecting");
});
