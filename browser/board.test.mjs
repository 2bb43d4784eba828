// What two people at one board see of each other.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startBoard } from "./board.mjs";
import { launch } from "./browser.mjs";
import { Guest } from "./guest.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

/** A board of this test's own, and a way to bring guests to it. */
async function open(t) {
  const board = await startBoard();
  const guests = [];
  t.after(async () => {
    await Promise.all(guests.map((guest) => guest.leave()));
    await board.stop();
  });
  const welcome = async (name) => {
    const guest = await Guest.signIn(browser, board.address, name);
    guests.push(guest);
    return guest;
  };
  return { board, welcome };
}

/** Ada and Grace at one board, both connected. */
async function adaAndGrace(t) {
  const { board, welcome } = await open(t);
  const ada = await welcome("Ada");
  await ada.seesStatus("open");
  const grace = await welcome("Grace");
  await grace.seesStatus("open");
  return { board, welcome, ada, grace };
}

test("a moved mouse moves the cursor that others see", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  for (const place of [{ x: 120, y: 80 }, { x: 310, y: 200 }, { x: 45, y: 150 }]) {
    await ada.pointTo(place);
    await grace.seesCursorAt("Ada", place);
  }
  assert.equal(await grace.cursor("Ada").count(), 1);
});

test("who joins is in the list of the others", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  await ada.seesPerson("Grace");
  await grace.seesPerson("Ada");
});

test("who leaves goes from the list, and the cursor with them", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  const place = { x: 120, y: 80 };
  await grace.pointTo(place);
  await ada.seesCursorAt("Grace", place);
  await ada.seesPerson("Grace");

  await grace.leave();
  await ada.losesPerson("Grace");
  await ada.seesPerson("Ada");
});

test("a guest without a name is refused", async (t) => {
  const { welcome } = await open(t);
  const ada = await welcome("Ada");
  await ada.seesStatus("open");
  await ada.pointTo({ x: 120, y: 80 });

  const nobody = await welcome("");
  await nobody.refused.filter({ hasText: "4403" }).waitFor({ state: "visible" });
  assert.equal(await nobody.cursors.count(), 0);
});

test("what one says the others read, with the name", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  await ada.say("the engine weaves");
  await grace.lines("Ada", "the engine weaves").waitFor();
});

test("who comes later reads what was said before, in order", async (t) => {
  const { ada, grace, welcome } = await adaAndGrace(t);
  for (const [guest, text] of [[ada, "one"], [grace, "two"], [ada, "three"]]) {
    await guest.say(text);
    for (const reader of [ada, grace]) await reader.lines(guest.name, text).waitFor();
  }
  const edsger = await welcome("Edsger");
  await edsger.seesStatus("open");
  await edsger.lines("Grace", "two").waitFor();
  assert.deepEqual(await edsger.chat.log.locator("p").allTextContents(), ["one", "two", "three"]);
});

for (const [kind, text] of [["an empty", ""], ["a too long", "x".repeat(10_000)]]) {
  test(`${kind} message is answered with the reason`, async (t) => {
    const { ada, grace } = await adaAndGrace(t);
    await ada.say(text);
    await ada.chat.note.filter({ hasText: /\S/ }).waitFor({ state: "visible" });

    // Messages keep their order: had the first one passed, it would be there before the second.
    await ada.say("a fair one");
    await grace.chat.log.getByText("a fair one").waitFor();
    assert.equal(await grace.lines("Ada").count(), 1);
  });
}

test("a page whose server goes away comes back with it", async (t) => {
  const { board, ada, grace } = await adaAndGrace(t);
  await ada.say("before");
  await grace.lines("Ada", "before").waitFor();
  await board.stop();
  await ada.seesStatus("reconnecting");
  await grace.seesStatus("reconnecting");

  const again = await startBoard({ port: board.port });
  t.after(() => again.stop());
  await ada.seesStatus("open");
  await grace.seesStatus("open");
  await ada.seesPerson("Grace");

  await ada.say("after");
  await grace.lines("Ada", "after").waitFor();
  assert.deepEqual(await grace.chat.log.locator("p").allTextContents(), ["before", "after"]);
});
