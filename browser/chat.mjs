// The chat's server, as a user starts it, and one visitor of its page.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const GREETING = /^open http:\/\/127\.0\.0\.1:(\d+)$/;

// A server that drains its sockets may take this long to go.
const STOP_MILLISECONDS = 15_000;

/** Starts the chat on `port`, 0 for any that is free, and resolves when it listens. `CHAT_BIN` is the built program. */
export async function startChat({ port = 0 } = {}) {
  const built = process.env.CHAT_BIN;
  const [program, ...args] = built ? [built] : ["cargo", "run", "-q", "-p", "chat", "--"];
  const child = spawn(program, [...args, "--addr", `127.0.0.1:${port}`], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const first = once(createInterface({ input: child.stdout }), "line").then(([line]) => line);
  const gone = once(child, "exit").then(([code]) => `(nothing, and ended with ${code})`);
  const line = await Promise.race([first, gone]);
  const match = GREETING.exec(line);
  if (!match) {
    await stop(child);
    throw new Error(`the chat said ${JSON.stringify(line)}, not where it listens`);
  }
  const [, listens] = match;
  return { address: `http://127.0.0.1:${listens}`, port: Number(listens), stop: () => stop(child) };
}

/** Stops this one process, whatever else runs under the same name. */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const last = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
  await exit;
  clearTimeout(last);
}

/** Somebody at the page, in a browser context of their own. */
export class Talker {
  tokens = []; // those that the page was given, in order
  requests = []; // the addresses that the page asked for, those of its sockets too

  constructor(page, name) {
    this.page = page;
    this.name = name;
    this.refused = page.locator("#refused");
    this.note = page.locator("#note");
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("websocket", (socket) => this.requests.push(socket.url()));
    page.on("response", async (answer) => {
      if (answer.url().endsWith("/sign-in") && answer.ok()) this.tokens.push((await answer.json()).token);
    });
  }

  /** Opens the page and says a name there, which may be none that will do. */
  static async comeIn(browser, address, name) {
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
    const talker = new Talker(await context.newPage(), name);
    await talker.page.goto(address);
    await talker.signIn();
    return talker;
  }

  /** By script, since the input itself may refuse the name. */
  async signIn() {
    await this.page.locator("#name").evaluate((input, name) => (input.value = name), this.name);
    await this.page.locator("#sign-in").evaluate((form) => form.dispatchEvent(new Event("submit", { cancelable: true })));
  }

  async join(room) {
    await this.page.locator("#room-name").fill(room);
    await this.page.locator("#join").evaluate((form) => form.requestSubmit());
  }

  /** Joins a room so many times at once, however slow the machine is. */
  async knock(room, times) {
    await this.page.locator("#join").evaluate((form, { room, times }) => {
      for (let number = 0; number < times; number++) {
        form.elements["room-name"].value = room;
        form.requestSubmit();
      }
    }, { room, times });
  }

  /** Shows a room that was joined. */
  async show(room) {
    await this.room(room).click();
  }

  async say(text) {
    await this.page.locator("#text").evaluate((input, text) => (input.value = text), text);
    await this.page.locator("#say").evaluate((form) => form.requestSubmit());
  }

  /** Says so many things at once, however slow the machine is. */
  async chatter(times) {
    const submit = (form, times) => {
      for (let number = 0; number < times; number++) {
        form.elements.text.value = `${number}`;
        form.requestSubmit();
      }
    };
    await this.page.locator("#say").evaluate(submit, times);
  }

  /** The button of a room in the list. */
  room(name) {
    return this.page.locator("#rooms button").filter({ hasText: name });
  }

  /** The lines of the room that is shown which hold all of these words. */
  lines(...words) {
    const lines = this.page.locator("#log > li");
    return words.reduce((found, word) => found.filter({ hasText: word }), lines);
  }

  async sees(...words) {
    await this.lines(...words).waitFor();
  }

  async seesStatus(state) {
    await this.page.locator(`#status[data-state="${state}"]`).waitFor();
  }

  /** Resolves when exactly these people are in the room that is shown. */
  async seesPeople(...names) {
    const shown = (names) => {
      const items = [...document.querySelectorAll("#people li")].map((item) => item.firstChild.textContent);
      return items.join() === names.join();
    };
    await this.page.waitForFunction(shown, names);
  }

  /** Resolves when this room is shown. */
  async seesRoom(name) {
    await this.page.locator("#room").getByText(name, { exact: true }).waitFor();
  }

  async seesNote(text) {
    await this.note.filter({ hasText: text }).waitFor();
  }

  async hasNoNote() {
    await this.note.and(this.page.locator(":empty")).waitFor({ state: "attached" });
  }

  /** Resolves when the gate is shown, with this on it. */
  async isRefused(text) {
    await this.refused.filter({ hasText: text }).waitFor();
  }

  async goAway() {
    await this.page.context().close();
  }
}
