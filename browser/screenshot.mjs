// Draws `docs/board.png`: three people at one board, in daylight.

import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { startBoard } from "./board.mjs";
import { launch } from "./browser.mjs";
import { Guest } from "./guest.mjs";

const PICTURE = fileURLToPath(new URL("../docs/board.png", import.meta.url));
const MAX_BYTES = 200_000;

const PEOPLE = [
  { name: "Ada", at: { x: 0.3, y: 0.3 }, says: "Shall we start with the plan?" },
  { name: "Grace", at: { x: 0.62, y: 0.42 }, says: "I am pointing at it." },
  { name: "Edsger", at: { x: 0.42, y: 0.68 }, says: "Elegance is not optional." },
];

const board = await startBoard();
const browser = await launch();
try {
  await draw(await gather());
} finally {
  await browser.close();
  await board.stop();
}

/** Seats everyone, with their pointers in place, and returns the one whose page is drawn. */
async function gather() {
  const options = { viewport: { width: 1280, height: 800 }, colorScheme: "light" };
  const guests = [];
  for (const { name } of PEOPLE) {
    const guest = await Guest.signIn(browser, board.address, name, options);
    await guest.seesStatus("open");
    guests.push(guest);
  }
  const [first] = guests;
  const { width, height } = await first.board.boundingBox();
  for (const [seat, { name, at, says }] of PEOPLE.entries()) {
    const place = { x: Math.round(at.x * width), y: Math.round(at.y * height) };
    await guests[seat].say(says);
    await first.chat.log.getByText(says).waitFor();
    await guests[seat].pointTo(place);
    if (seat > 0) await first.seesCursorAt(name, place);
  }
  return first;
}

async function draw(guest) {
  await mkdir(fileURLToPath(new URL("../docs", import.meta.url)), { recursive: true });
  await guest.page.screenshot({ path: PICTURE, scale: "css", animations: "disabled" });
  const { size } = await stat(PICTURE);
  if (size > MAX_BYTES) throw new Error(`${PICTURE} has ${size} bytes, ${MAX_BYTES} at most`);
  console.log(`${PICTURE}: ${size} bytes`);
}
