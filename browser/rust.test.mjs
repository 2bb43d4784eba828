// The page in Rust, and the page in JavaScript, at one board. `cargo xtask page build board-page` is what it needs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "./scene.mjs";

const { BOARD_HOST: host = "axum", BOARD_PAGES: pages } = process.env;
const skip = host !== "axum" ? "one host is enough for a page" : !pages && "BOARD_PAGES says where pages are built";

/** Ada on the page in Rust, Grace on that in JavaScript, both connected. */
async function adaInRust(t) {
  const scene = await open(t);
  const ada = await scene.welcome("Ada");
  await ada.seesStatus("open");
  await goToRust(ada);
  await ada.seesStatus("open");
  const grace = await scene.welcome("Grace");
  await grace.seesStatus("open");
  return { ...scene, ada, grace };
}

/** From one page of the board to the other. */
async function goToRust({ page }) {
  await page.goto(new URL("/rust", page.url()).href);
}

test("each sees the cursor and the name of the other", { skip }, async (t) => {
  const { ada, grace, welcome } = await adaInRust(t);
  await ada.seesPeople("Ada", "Grace");
  await grace.seesPeople("Ada", "Grace");
  for (const [mover, watcher] of [[ada, grace], [grace, ada]]) {
    for (const place of [{ x: 120, y: 80 }, { x: 310, y: 200 }]) {
      await mover.pointTo(place);
      await watcher.seesCursorAt(mover.name, place);
    }
  }
  assert.equal(await ada.cursor("Ada").count(), 0, "one's own cursor is the mouse");

  // What rests is told to those who come later.
  const edsger = await welcome("Edsger");
  for (const name of ["Ada", "Grace"]) await edsger.cursor(name).waitFor({ state: "visible" });
});

test("who leaves goes from the other page", { skip }, async (t) => {
  const { ada, grace, welcome } = await adaInRust(t);
  await ada.seesPerson("Grace");
  await grace.leave();
  await ada.losesPerson("Grace");

  const edsger = await welcome("Edsger");
  await edsger.seesPeople("Ada", "Edsger");
  await ada.seesPeople("Ada", "Edsger");
  await ada.leave();
  await edsger.losesPerson("Ada");
});

test("the page in Rust comes back with its server, and shows what it showed", { skip }, async (t) => {
  const { stop, startAgain, ada, grace } = await adaInRust(t);
  const place = { x: 120, y: 80 };
  await ada.pointTo(place);
  await grace.seesCursorAt("Ada", place);
  await stop();
  await ada.seesStatus("reconnecting");
  await ada.losesPerson("Grace");

  await startAgain();
  await ada.seesStatus("open");
  await grace.seesStatus("open");
  await ada.seesPeople("Ada", "Grace");
  await grace.seesCursorAt("Ada", place);
});

test("the page in Rust is back at once when the network is", { skip }, async (t) => {
  const { ada, grace } = await adaInRust(t);
  await ada.seesPerson("Grace");
  await ada.stopClock(); // so that nothing but the network can bring her back
  await ada.goOffline();
  await ada.seesStatus("reconnecting");
  await ada.losesPerson("Grace");
  await ada.goOnline();
  await ada.seesStatus("open");
  await grace.seesPeople("Ada", "Grace");
});

test("the page in Rust tries at once when it is shown again", { skip }, async (t) => {
  const { kill, startAgain, ada } = await adaInRust(t);
  await ada.stopClock();
  await kill();
  await ada.seesStatus("reconnecting");
  await startAgain();
  await ada.isShownAgain();
  await ada.seesStatus("open");
});

test("who has no name is shown the way in", { skip }, async (t) => {
  const { welcome } = await open(t);
  const nobody = await welcome("");
  await goToRust(nobody);
  await nobody.seesStatus("closed");
  await nobody.page.getByRole("link", { name: "sign in" }).click();
  await nobody.page.locator("#sign-in").waitFor();
});
