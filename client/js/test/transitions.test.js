// The table that every implementation of the client is run over: what a step means is said in the table.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { connectSocket, joinRoom } from "../client.js";
import { World, settled } from "./world.js";

const { cases } = JSON.parse(readFileSync(new URL("../../transitions.json", import.meta.url)));
const STATES = ["status", "dials", "close_info", "queued", "self", "members", "states"];

for (const { name, options, room, steps } of cases) {
  test(name, async () => {
    const run = new Run(options, room);
    try {
      await run.all(steps);
    } finally {
      run.world.restore();
    }
  });
}

class Run {
  world = new World();
  refuse = false;
  dials = 0;
  happened = { errors: [], messages: [] };

  constructor({ random = [], ...options }, room) {
    const { maxRetries, shouldReconnect } = options;
    this.world.random = [...random];
    this.room = room;
    this.options = {
      jitter: false,
      ...options,
      maxRetries: maxRetries === null ? Infinity : maxRetries,
      shouldReconnect: shouldReconnect && (({ code }) => shouldReconnect.includes(code)),
      address: () => this.#address(),
    };
  }

  async all(steps) {
    let state = { dials: 0, close_info: null, queued: 0, self: null, members: [], states: [] };
    for (const [at, step] of steps.entries()) {
      const answer = await this[step.do](step);
      await settled();
      if (!this.client) continue;
      const expected = { timer: null, answer: undefined, wire: [], closed_with: null, errors: [], messages: [], ...state, ...step };
      const actual = { ...this.#state(), answer, timer: this.#timer(), ...this.#happened() };
      assert.deepEqual(actual, only(Object.keys(actual), expected), `step ${at + 1}: ${JSON.stringify(step)}`);
      state = only(STATES, expected);
    }
  }

  #address() {
    this.dials++;
    if (!this.refuse) return "http://127.0.0.1:3000";
    this.refuse = false;
    throw new Error("no address today");
  }

  #state() {
    const { status, closeInfo, queued, self = null, members = [] } = this.client;
    const states = members.map(({ state = null }) => state);
    return { status, dials: this.dials, close_info: closeInfo, queued, self, members: members.map(({ id }) => id), states };
  }

  /** There is one timer; while a client reconnects and no socket is under way, it is that of the next attempt. */
  #timer() {
    const waits = this.client.status === "reconnecting" && this.world.sockets.every(({ readyState }) => readyState > 1);
    return waits ? this.world.timer : null;
  }

  #happened() {
    const { errors, messages } = this.happened;
    const wire = this.world.sockets.flatMap((socket) => socket.sent.splice(0));
    const [closed] = this.world.sockets.filter(({ closedWith }) => closedWith?.wasOpen).map((socket) => socket.closedWith);
    if (closed) closed.wasOpen = false;
    this.happened = { errors: [], messages: [] };
    return { wire, closed_with: closed ? [closed.code, closed.reason] : null, errors, messages };
  }

  start() {
    const ref = { module: "src/table", name: "table" };
    this.client = this.room ? joinRoom(ref, this.options) : connectSocket(ref, this.options);
    this.client.on("error", ({ kind }) => this.happened.errors.push(kind));
    this.client.on("message", (message, from) => this.happened.messages.push(this.room ? [from, message] : message));
  }

  opened() { this.world.socket.opened(); }
  lost({ code, reason, clean }) { this.world.socket.ended(code, reason, clean); }
  receive({ text }) { this.world.socket.receive(text); }
  advance({ ms }) { return this.world.advance(ms); }
  send({ message }) { return this.client.send(message); }
  enable() { this.client.setEnabled(true); }
  disable() { this.client.setEnabled(false); }
  key({ key }) { this.client.setKey(key); }
  presence({ state }) { this.client.setPresence(state); }
  greet({ greeting }) { this.client.setGreeting(greeting); }
  retry() { this.client.retryNow(); }
  wake() { this.world.event("online"); }
  offline() { this.world.event("offline"); }
  refuse_address() { this.refuse = true; }

  close({ code, reason }) {
    try {
      this.client.close(code, reason);
    } catch (error) {
      assert(error instanceof RangeError, error);
      return "refused";
    }
  }
}

const only = (names, object) => Object.fromEntries(names.map((name) => [name, object[name]]));
