// What two people at one board see of each other.

import assert from "node:assert/strict";
import { test } from "node:test";

import { adaAndGrace, open } from "./scene.mjs";

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

test("a guest without a name is refused, and let in with one", async (t) => {
  const { welcome } = await open(t);
  const ada = await welcome("Ada");
  await ada.seesStatus("open");
  await ada.pointTo({ x: 120, y: 80 });

  const nobody = await welcome("");
  await nobody.refused.filter({ hasText: "4403" }).waitFor({ state: "visible" });
  assert.equal(await nobody.cursors.count(), 0);

  await nobody.comeIn("Grace");
  await nobody.seesStatus("open");
  await ada.seesPeople("Ada", "Grace");
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
  assert.deepEqual(await edsger.heard(), ["one", "two", "three"]);
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
