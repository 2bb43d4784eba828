// What a page goes through when its server or its network goes away, and what is left of it after.

import assert from "node:assert/strict";
import { test } from "node:test";

import { adaAndGrace, open } from "./scene.mjs";

const PLACE = { x: 120, y: 80 };
const SLOW = { latency: 300, rate: 40_000 }; // milliseconds each way, bytes a second
const QUEUE = 128; // messages that the client lets wait

test("a page whose server stops comes back with it", async (t) => {
  const { stop, startAgain, ada, grace } = await adaAndGrace(t);
  await ada.say("before");
  await grace.lines("Ada", "before").waitFor();
  await stop();
  await ada.seesStatus("reconnecting");
  await grace.seesStatus("reconnecting");

  await startAgain();
  await ada.seesStatus("open");
  await grace.seesStatus("open");
  await ada.seesPeople("Ada", "Grace");
  await ada.say("after");
  await grace.lines("Ada", "after").waitFor();
  assert.deepEqual(await grace.heard(), ["before", "after"]);
});

test("a killed server takes nothing along: who is there, where they point, what they say", async (t) => {
  const { welcome, kill, startAgain, ada, grace } = await adaAndGrace(t);
  await ada.say("before");
  await grace.lines("Ada", "before").waitFor();
  await ada.pointTo(PLACE);
  // What a newcomer is told is what Ada shows, and not a move of hers.
  const edsger = await welcome("Edsger");
  await edsger.seesCursorAt("Ada", PLACE);
  const everyone = [ada, grace, edsger];

  await kill();
  for (const guest of everyone) {
    await guest.seesStatus("reconnecting");
    await guest.seesPeople(); // nobody, as far as one knows
  }
  await ada.isCutOff();
  await ada.say("one", "two", "three");
  await startAgain();
  for (const guest of everyone) await guest.seesStatus("open");

  for (const guest of everyone) await guest.seesPeople("Ada", "Grace", "Edsger");
  for (const guest of [grace, edsger]) await guest.seesCursorAt("Ada", PLACE);
  await grace.lines("Ada", "three").waitFor();
  assert.deepEqual(await grace.heard(), ["before", "one", "two", "three"]);
});

test("more is said than can wait: the page tells what is not taken, and the rest arrives", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  await ada.goOffline();
  await ada.seesStatus("reconnecting");
  const waiting = Array.from({ length: QUEUE }, (_, number) => `message ${number}`);
  await ada.say(...waiting);
  await ada.chat.note.filter({ hasText: `${QUEUE} waiting` }).waitFor();
  await ada.say("too many");
  await ada.chat.note.filter({ hasText: "Not sent: too many" }).waitFor();
  assert.equal(await ada.chat.input.inputValue(), "too many");

  // Twice, since what was sent must not be sent again.
  for (const _ of ["there", "and back"]) {
    await ada.goOnline();
    await ada.seesStatus("open");
    await ada.goOffline();
    await ada.seesStatus("reconnecting");
  }
  await ada.goOnline();
  await ada.say("the last");
  await grace.lines("Ada", "the last").waitFor();
  assert.deepEqual(await grace.heard(), [...waiting, "the last"]);
});

test("who wakes up is back at once, and has missed nothing", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  await ada.stopClock(); // so that nothing but the wake itself can bring her back
  await ada.goOffline();
  await ada.seesStatus("reconnecting");
  await grace.say("one", "two");
  await ada.say("three", "four");
  await grace.lines("Grace", "two").waitFor();

  await ada.goOnline();
  await ada.seesStatus("open");
  await grace.lines("Ada", "four").waitFor();
  await ada.lines("Ada", "four").waitFor();
  for (const guest of [ada, grace]) assert.deepEqual(await guest.heard(), ["one", "two", "three", "four"]);
  for (const guest of [ada, grace]) await guest.seesPeople("Ada", "Grace");
});

test("a page that is shown again tries at once", async (t) => {
  const { kill, startAgain, ada } = await adaAndGrace(t);
  await ada.stopClock();
  await kill();
  await ada.seesStatus("reconnecting");
  await startAgain();
  await ada.isShownAgain();
  await ada.seesStatus("open");
});

test("over a slow network all arrives, in order, after a reconnect too", async (t) => {
  const { welcome, welcomeSlowly, kill, startAgain } = await open(t);
  const ada = await welcomeSlowly("Ada", SLOW);
  const grace = await welcome("Grace");
  for (const guest of [ada, grace]) await guest.seesStatus("open");
  const texts = Array.from({ length: 15 }, (_, number) => `message ${number}`);
  const [before, meanwhile, after] = [texts.slice(0, 5), texts.slice(5, 10), texts.slice(10)];
  const said = performance.now();
  await ada.say(...before);
  await ada.lines("Ada", before.at(-1)).waitFor();
  assert.ok(performance.now() - said >= 2 * SLOW.latency, "it is not slow");
  await grace.lines("Ada", before.at(-1)).waitFor();

  await kill();
  await ada.isCutOff();
  await ada.say(...meanwhile);
  await startAgain();
  await ada.seesStatus("open");
  await ada.pointTo(PLACE);
  await grace.seesCursorAt("Ada", PLACE);
  await grace.lines("Ada", meanwhile.at(-1)).waitFor();

  await grace.say(...after);
  await ada.lines("Grace", after.at(-1)).waitFor();
  for (const guest of [ada, grace]) assert.deepEqual(await guest.heard(), texts);
});

test("who is refused is told so, with what was not sent, and does not try again", async (t) => {
  const { ada } = await adaAndGrace(t);
  await ada.page.clock.install();
  await ada.goOffline();
  await ada.seesStatus("reconnecting");
  await ada.say("one", "two", "three");
  await ada.loseName();
  await ada.goOnline();
  await ada.refused.filter({ hasText: "4403" }).waitFor({ state: "visible" });
  await ada.chat.note.filter({ hasText: "Messages that were not sent: 3" }).waitFor();
  await triesNoMore(ada);
});

test("a page older than its server says so, and does not try again", async (t) => {
  const { welcome } = await open(t);
  const ada = await welcome("Ada");
  await ada.seesStatus("open");
  await ada.page.clock.install();
  await ada.page.route("**/contract.js", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/CONTRACT = "\w+"/, 'CONTRACT = "older"');
    await route.fulfill({ response, body });
  });
  await ada.page.reload();
  await ada.hint.filter({ hasText: /Reload.*4409|4409.*Reload/ }).waitFor({ state: "visible" });
  await triesNoMore(ada);
});

/** Whatever time passes, and whatever the network says. */
async function triesNoMore(guest) {
  await guest.seesStatus("closed");
  await guest.isCutOff();
  const { length } = guest.sockets;
  await guest.page.evaluate(() => dispatchEvent(new Event("online")));
  await guest.page.clock.runFor("10:00");
  await guest.page.evaluate(() => {}); // and what was opened by then is known here
  assert.equal(guest.sockets.length, length);
}
