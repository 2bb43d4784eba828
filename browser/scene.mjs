// A board and its guests, for one test. Whoever imports this has a browser while its tests run.

import { after, before } from "node:test";

import { startBoard } from "./board.mjs";
import { launch } from "./browser.mjs";
import { Guest } from "./guest.mjs";
import { slowLine } from "./line.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

/** A board of this test's own, and ways to bring guests to it and to start it again where it was. */
export async function open(t) {
  let board = await startBoard();
  const guests = [];
  t.after(async () => {
    await Promise.all(guests.map((guest) => guest.leave()));
    await board.kill();
  });
  const welcome = async (name, address = board.address) => {
    const guest = await Guest.signIn(browser, address, name);
    guests.push(guest);
    return guest;
  };
  const welcomeSlowly = async (name, speed) => {
    const line = await slowLine(board.port, speed);
    t.after(line.cut);
    return welcome(name, line.address);
  };
  const startAgain = async () => {
    board = await startBoard({ port: board.port });
  };
  return { welcome, welcomeSlowly, startAgain, stop: () => board.stop(), kill: () => board.kill() };
}

/** Ada and Grace at one board, both connected. */
export async function adaAndGrace(t) {
  const scene = await open(t);
  const ada = await scene.welcome("Ada");
  await ada.seesStatus("open");
  const grace = await scene.welcome("Grace");
  await grace.seesStatus("open");
  return { ...scene, ada, grace };
}
