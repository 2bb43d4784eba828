// One visitor of the board: a browser context of their own, and the page's parts by the names that
// the board promises.

import assert from "node:assert/strict";

const VIEWPORT = { width: 1000, height: 700 };

export class Guest {
  #context;
  sockets = []; // all that the page has opened since it was loaded, in order

  constructor(context, page, name) {
    this.#context = context;
    page.on("framenavigated", () => (this.sockets = []));
    page.on("websocket", (socket) => this.sockets.push(socket));
    this.name = name;
    this.page = page;
    this.board = page.locator("#board");
    this.status = page.locator("#status");
    this.people = page.locator("#people");
    this.hint = page.locator("#hint");
    this.refused = page.locator("#refused");
    this.cursors = page.locator(".cursor");
    this.chat = {
      form: page.locator("#chat-form"),
      input: page.locator("#chat-input"),
      log: page.locator("#chat-log"),
      note: page.locator("#chat-note"),
    };
  }

  /** Opens the board in a fresh context, signed in as `name`, or as nobody when that is empty. */
  static async signIn(browser, address, name, options = { viewport: VIEWPORT }) {
    const context = await browser.newContext(options);
    if (name) await context.request.post(`${address}/sign-in`, { form: { name }, maxRedirects: 0 });
    const guest = new Guest(context, await context.newPage(), name);
    await guest.page.goto(address);
    return guest;
  }

  /** Says a name at the gate. */
  async comeIn(name) {
    this.name = name;
    await this.page.locator("#sign-in #name").fill(name);
    await this.page.locator("#sign-in").evaluate((form) => form.requestSubmit());
  }

  /** The cursor of the guest `name`, as this guest sees it. */
  cursor(name) {
    return this.page.locator(`.cursor[data-name="${name}"]`);
  }

  /** Resolves when `#status` shows `state`. */
  async seesStatus(state) {
    await this.page.locator(`#status[data-state="${state}"]`).waitFor();
    await this.status.filter({ hasText: state }).waitFor();
  }

  /** Resolves when the list of people holds `name`. */
  async seesPerson(name) {
    await this.people.getByText(name).waitFor();
  }

  /** Resolves when neither the list nor the board shows `name`. */
  async losesPerson(name) {
    await this.people.getByText(name).waitFor({ state: "detached" });
    await this.cursor(name).waitFor({ state: "detached" });
  }

  /** Resolves when the list of people holds these, each once, and nobody else. */
  async seesPeople(...names) {
    const shown = (names) => {
      const here = [...document.querySelectorAll("#people bdi")].map((name) => name.textContent);
      return here.sort().join() === names.sort().join();
    };
    await this.page.waitForFunction(shown, names);
  }

  /** Puts the mouse at `x`, `y` of the board. */
  async pointTo({ x, y }) {
    const box = await this.board.boundingBox();
    assert.ok(box, "the board is not drawn");
    await this.page.mouse.move(box.x + x, box.y + y);
  }

  /** Resolves when the cursor of `name` is within `tolerance` pixels of `x`, `y` of the board. */
  async seesCursorAt(name, { x, y }, tolerance = 6) {
    const reached = ({ name, x, y, tolerance }) => {
      const rect = (selector) => document.querySelector(selector)?.getBoundingClientRect();
      const cursor = rect(`.cursor[data-name="${name}"]`);
      const board = rect("#board");
      if (!cursor) return false;
      const away = [cursor.left - board.left - x, cursor.top - board.top - y];
      return away.every((pixels) => Math.abs(pixels) <= tolerance);
    };
    await this.page.waitForFunction(reached, { name, x, y, tolerance });
  }

  /** The lines of the chat that hold all of these words. */
  lines(...words) {
    const lines = this.chat.log.locator(":scope > *");
    return words.reduce((found, word) => found.filter({ hasText: word }), lines);
  }

  /** What the chat shows as said, in order. */
  heard() {
    return this.chat.log.locator("p").allTextContents();
  }

  /** Says these in the chat, set by script, since the input itself may limit what is typed. */
  async say(...texts) {
    const say = (form, texts) => {
      for (const text of texts) {
        form.querySelector("#chat-input").value = text;
        form.requestSubmit();
      }
    };
    await this.chat.form.evaluate(say, texts);
  }

  /** Cuts the page off: it is told so, as when a laptop sleeps, and no frame passes. */
  async goOffline() {
    await this.#context.setOffline(true);
  }

  async goOnline() {
    await this.#context.setOffline(false);
  }

  /** Resolves when the page has lost all its connections, and not just the first of them. */
  async isCutOff() {
    await Promise.all(this.sockets.map((socket) => socket.isClosed() || socket.waitForEvent("close")));
  }

  /** Stops the page's clock: what a timer would do is not done any more. */
  async stopClock() {
    await this.page.clock.install();
    await this.page.clock.pauseAt(Date.now() + 60_000); // a past time is refused, and this machine may be slow
  }

  /** Tells the page that it is in view again, as after a sleep. */
  async isShownAgain() {
    await this.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  }

  /** Forgets who this is, as by signing out in another window. */
  async loseName() {
    await this.#context.clearCookies();
  }

  /** Closes the page as one closes a window. */
  async leave() {
    await this.#context.close();
  }
}
