// The pages with a framework, by the names in `BOARD_FRAMEWORKS`: `cargo xtask test --all` builds them, and says which.

import { test } from "node:test";

import { open } from "./scene.mjs";

const names = (process.env.BOARD_FRAMEWORKS ?? "").split(",").filter(Boolean);

/** Signs in, and goes to the page with a framework. */
async function welcomeTo(scene, framework, name) {
  const guest = await scene.welcome(name);
  await guest.seesStatus("open");
  await guest.page.goto(new URL(`/${framework}`, guest.page.url()).href);
  await guest.seesStatus("open");
  return guest;
}

async function say({ chat }, text) {
  await chat.input.fill(text);
  await chat.input.press("Enter");
}

for (const framework of names) {
  test(`${framework}: what is watched is shown, until its component goes`, async (t) => {
    const scene = await open(t);
    const ada = await welcomeTo(scene, framework, "Ada");
    const grace = await welcomeTo(scene, framework, "Grace");
    const edsger = await scene.welcome("Edsger");
    await ada.seesPeople("Ada", "Grace", "Edsger");

    await say(ada, "the engine weaves");
    for (const reader of [ada, grace, edsger]) await reader.lines("Ada", "the engine weaves").waitFor();
    await edsger.say("so it does");
    await ada.lines("Edsger", "so it does").waitFor();

    await scene.stop();
    await ada.seesStatus("reconnecting");
    await scene.startAgain();
    await ada.seesPeople("Ada", "Grace", "Edsger");

    await grace.page.locator("#leave").click();
    await grace.status.waitFor({ state: "detached" });
    await ada.seesPeople("Ada", "Edsger");
  });
}
