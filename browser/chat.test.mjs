// What two people in one chat see of each other, and what the page tells those who may not talk.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch } from "./browser.mjs";
import { startChat, Talker } from "./chat.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

/** A chat of this test's own, and a way to bring people to it. */
async function open(t) {
  const chat = await startChat();
  const talkers = [];
  t.after(async () => {
    await Promise.all(talkers.map((talker) => talker.goAway()));
    await chat.stop();
  });
  const welcome = async (name) => {
    const talker = await Talker.comeIn(browser, chat.address, name);
    talkers.push(talker);
    return talker;
  };
  return { chat, welcome };
}

/** Ada and Grace, both in the lobby. */
async function adaAndGrace(t) {
  const { chat, welcome } = await open(t);
  const ada = await welcome("Ada");
  await ada.seesPeople("Ada");
  const grace = await welcome("Grace");
  for (const talker of [ada, grace]) await talker.seesPeople("Ada", "Grace");
  return { chat, welcome, ada, grace };
}

test("the page runs the client of its server, and its token is in no address", async (t) => {
  const { chat, ada } = await adaAndGrace(t);
  assert.ok(ada.requests.includes(`${chat.address}/__sockets/client.js`));
  assert.ok(ada.requests.some((address) => address.startsWith("ws://")));
  for (const address of ada.requests) assert.ok(!address.includes(ada.tokens[0]), address);
});

test("two people talk in two rooms over one socket each", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  await ada.say("the engine weaves");
  for (const talker of [ada, grace]) await talker.sees("Ada", "the engine weaves");

  for (const talker of [ada, grace]) await talker.join("attic");
  for (const talker of [ada, grace]) await talker.seesPeople("Ada", "Grace");
  await ada.show("lobby");
  await grace.say("up here");
  await grace.sees("Grace", "up here");
  await ada.room("attic").getByText("1", { exact: true }).waitFor(); // not read yet
  assert.equal(await ada.lines("up here").count(), 0);
  await ada.show("attic");
  await ada.sees("Grace", "up here");
  assert.equal(await ada.lines("the engine weaves").count(), 0);
});

test("the list of people is true, whoever comes and goes", async (t) => {
  const { welcome, ada, grace } = await adaAndGrace(t);
  const phone = await welcome("Grace");
  await phone.seesPeople("Ada", "Grace");
  await grace.goAway();
  await ada.say("one of them is here");
  await phone.sees("one of them is here");
  await ada.seesPeople("Ada", "Grace");

  await phone.page.locator("#leave-room").click();
  await ada.sees("Grace left");
  await ada.seesPeople("Ada");
});

test("a message that is refused is told, and given back", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  const long = "x".repeat(501);
  await ada.say(long);
  await ada.seesNote("text: length is greater than 500");
  assert.equal(await ada.page.locator("#text").inputValue(), long);

  await ada.join("The Attic!");
  await ada.seesNote("a room has 1 to 64 characters");
  await ada.room("the attic!").waitFor({ state: "detached" });
  await ada.say("a fair one");
  await grace.sees("Ada", "a fair one");
});

test("who is refused at a room is in the room of before", async (t) => {
  const { welcome } = await open(t);
  const ada = await welcome("Ada");
  const rooms = [1, 2, 3, 4, 5, 6, 7].map((number) => `room-${number}`);
  for (const room of rooms) {
    await ada.join(room);
    await ada.seesPeople("Ada");
  }
  await ada.show("room-4");
  await ada.join("a-ninth");
  await ada.seesNote("you are in 8 rooms: leave one first.");
  await ada.room("a-ninth").waitFor({ state: "detached" });
  await ada.seesRoom("room-4");

  await ada.room("room-2").click();
  await ada.join("Not Well Spelled");
  await ada.seesNote("a room has 1 to 64 characters");
  await ada.seesRoom("room-2");
});

test("who joins too fast is in the room a little later, and not banned", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  await ada.knock("lobby", 25);
  await ada.join("attic");
  await ada.seesPeople("Ada");
  await ada.hasNoNote();
  await ada.show("lobby");
  await ada.say("still here");
  await grace.sees("Ada", "still here");
});

test("a name that runs the other way moves nothing beside it", async (t) => {
  const { welcome } = await open(t);
  const ada = await welcome("Ada");
  const dalet = await welcome("עדה");
  await ada.seesPeople("Ada", "עדה");
  await dalet.say("שלום");
  await ada.sees("עדה", "שלום");
  const isolated = ada.page.locator("bdi").getByText("עדה", { exact: true });
  assert.equal(await isolated.count(), 3); // in the list, in the line that says who came, and beside the words
});

test("a name that will not do is told before there is a connection", async (t) => {
  const { welcome } = await open(t);
  const nobody = await welcome("x".repeat(41));
  await nobody.isRefused("name: length is greater than 40");
  await nobody.seesStatus("closed");
});

test("who talks too fast is banned, and told so at the door too", async (t) => {
  const { ada, grace } = await adaAndGrace(t);
  await ada.chatter(60); // 23 are needed: on a slow machine 37 more may pass, which would take 18 s
  await ada.isRefused(/4429 too many messages: banned for \d+ s/);
  await grace.sees("Ada left");
  await grace.seesPeople("Grace");

  await ada.signIn();
  await ada.isRefused(/4429 too many messages: banned for \d+ s/);
  await ada.seesStatus("closed");
});

test("a token that is not taken is told, and a fresh one brings back in", async (t) => {
  const { welcome, ada } = await adaAndGrace(t);
  const edsger = await welcome("Edsger");
  await edsger.seesPeople("Ada", "Edsger", "Grace");
  await edsger.page.locator("#leave").click();
  await edsger.isRefused("You left");
  await ada.sees("Edsger left");

  const stale = (route) => route.fulfill({ json: { token: "a.stale.token", expires_in: 60 } });
  await edsger.page.route("**/sign-in", stale);
  await edsger.signIn();
  await edsger.isRefused("4403 forbidden");

  await edsger.page.unroute("**/sign-in", stale);
  await edsger.signIn();
  await edsger.seesPeople("Ada", "Edsger", "Grace");
});

test("a server that starts again has everybody back in their rooms, with fresh tokens", async (t) => {
  const { chat, ada, grace } = await adaAndGrace(t);
  await grace.join("attic");
  await grace.seesPeople("Grace");
  await ada.say("before");
  await grace.show("lobby");
  await grace.sees("before");
  await chat.stop();
  for (const talker of [ada, grace]) await talker.seesStatus("reconnecting");
  await ada.say("meanwhile");
  await ada.seesNote("1 waiting");

  const again = await startChat({ port: chat.port });
  t.after(() => again.stop());
  for (const talker of [ada, grace]) await talker.seesStatus("open");
  for (const talker of [ada, grace]) await talker.seesPeople("Ada", "Grace");
  await grace.say("after");
  await ada.sees("Grace", "after");
  await ada.sees("Ada", "meanwhile");
  assert.equal(await ada.lines("before").count(), 1);
  await grace.show("attic");
  await grace.seesPeople("Grace");
  for (const talker of [ada, grace]) await talker.hasNoNote();

  // The secret is another one: with the first token nobody would have come in.
  for (const { tokens } of [ada, grace]) assert.notEqual(tokens.at(-1), tokens[0]);
});

test("what is done without a server is done when it is back", async (t) => {
  const { chat, ada, grace } = await adaAndGrace(t);
  await grace.join("attic");
  await grace.seesPeople("Grace");
  await chat.stop();
  for (const talker of [ada, grace]) await talker.seesStatus("reconnecting");
  await ada.join("attic");
  await grace.page.locator("#leave-room").click();
  for (let number = 1; number <= 8; number++) await ada.say(`${number} up here`);
  await ada.seesNote("8 waiting");
  await ada.say("and a ninth");
  await ada.seesNote("too much is waiting");
  assert.equal(await ada.page.locator("#text").inputValue(), "and a ninth");

  const again = await startChat({ port: chat.port });
  t.after(() => again.stop());
  await ada.sees("Ada", "8 up here");
  const heard = await ada.lines("up here").locator("p").allTextContents();
  assert.deepEqual(heard, [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `${number} up here`));
  await ada.seesPeople("Ada");
  await ada.show("lobby");
  for (const talker of [ada, grace]) await talker.seesPeople("Ada", "Grace");
});

test("who leaves before there is a server again is told what was not sent", async (t) => {
  const { chat, ada } = await adaAndGrace(t);
  await chat.stop();
  await ada.seesStatus("reconnecting");
  await ada.say("to nobody");
  await ada.seesNote("1 waiting");
  await ada.page.locator("#leave").click();
  await ada.isRefused("You left. Your rooms are kept. Messages that were not sent: 1.");
  await ada.seesStatus("closed");
});
