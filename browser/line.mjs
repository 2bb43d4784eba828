// A slow network: a line that lies in front of a server. (What a browser's own tools slow down leaves sockets out.)

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Passes on to `port` what comes to `address`, and back: `latency` milliseconds later, at `rate` bytes a second. */
export async function slowLine(port, { latency, rate }) {
  const sockets = new Set();
  const line = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [[near, far], [far, near]]) {
      sockets.add(from);
      from.on("error", () => {}); // a close follows
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on("data", pass(to));
    }
  });
  const pass = (to) => {
    let free = 0; // when the line has passed all that came so far
    let passed = Promise.resolve();
    return (chunk) => {
      const now = performance.now();
      free = Math.max(free, now) + (chunk.length / rate) * 1_000;
      const arrives = delay(free + latency - now);
      passed = passed.then(() => arrives).then(() => to.write(chunk));
    };
  };
  await once(line.listen(0, "127.0.0.1"), "listening");
  const cut = () => {
    line.close();
    for (const socket of sockets) socket.destroy();
  };
  return { address: `http://127.0.0.1:${line.address().port}`, cut };
}
