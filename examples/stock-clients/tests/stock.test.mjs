// Node's ws and the browser's WebSocket in one room, each as its user runs it. They need `npm ci` here and in browser/.
// `STOCK_CLIENTS_BIN` is the server that is built already; without it, cargo builds one.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch } from "../../../browser/browser.mjs";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));

const processes = [];
let server;
let browser;

before(async () => {
  const { STOCK_CLIENTS_BIN: built } = process.env;
  const lines = start(...(built ? [built] : ["cargo", "run", "-q", "-p", "stock-clients"]));
  const greeting = await next(lines);
  assert.match(greeting, /^open http:\/\/127\.0\.0\.1:\d+$/);
  server = greeting.slice("open ".length);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await Promise.all(processes.map(stop));
});

test("ws and the browser hear each other", async () => {
  const first = start("node", "clients/ws.mjs", server.replace("http", "ws"));
  const { self: me, members } = await hear(first);
  assert.deepEqual(members, [{ id: me, state: null }]);
  assert.deepEqual(await hear(first), { from: me, t: "presence", op: "update", state: "ws" });

  const page = await browser.newPage();
  await page.goto(server);
  const heard = page.locator("#heard");
  await heard.filter({ hasText: '"t":"snapshot"' }).waitFor();
  const [snapshot] = (await heard.textContent()).split("\n");
  const { self: other } = JSON.parse(snapshot);
  assert.deepEqual(JSON.parse(snapshot).members, [{ id: me, state: "ws" }, { id: other, state: null }]);
  assert.deepEqual(await hear(first), { from: other, t: "presence", op: "join", state: null });
  assert.deepEqual(await hear(first), { from: other, t: "presence", op: "update", state: "page" });
  assert.deepEqual(await hear(first), { from: other, t: "msg", msg: "hello from the page" });

  const { self: third } = await hear(start("node", "clients/ws.mjs", server.replace("http", "ws")));
  const hello = { from: third, t: "msg", msg: "hello from ws" };
  await heard.filter({ hasText: JSON.stringify(hello) }).waitFor();
  assert.deepEqual(await hear(first), { from: third, t: "presence", op: "join", state: null });
  assert.deepEqual(await hear(first), { from: third, t: "presence", op: "update", state: "ws" });
  assert.deepEqual(await hear(first), hello);

  await page.close();
  assert.deepEqual(await hear(first), { from: other, t: "presence", op: "leave" });
});

/** Starts a program, and gives its lines. */
function start(program, ...args) {
  const env = { ...process.env, PORT: "0" };
  const child = spawn(program, args, { cwd: FOLDER, env, stdio: ["ignore", "pipe", "inherit"] });
  processes.push(child);
  return on(createInterface({ input: child.stdout }), "line", { close: ["close"] });
}

/** The next frame that a client has heard. */
async function hear(client) {
  return JSON.parse(await next(client));
}

/** The next line. */
async function next(lines) {
  const { value, done } = await lines.next();
  assert(!done, "the program has ended");
  return value[0];
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}
