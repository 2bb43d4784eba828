// The board's server, as a user starts it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const GREETING = /^open http:\/\/127\.0\.0\.1:(\d+)\/?$/;
const WORKERD_GREETING = /^\{"event":"listen","socket":"http","port":(\d+)\}$/;

// A server that drains its sockets may take this long to go.
const STOP_MILLISECONDS = 5_000;

/**
 * Starts the board on `port`, 0 for any that is free, and resolves when it listens. `BOARD_HOST` says what serves it;
 * without it the board chooses. For `workers`, `BOARD_WORKERD` is the runtime and `BOARD_WORKER` the folder of the Worker.
 * `BOARD_PAGES` is the folder of the pages that are built apart, for those who serve them.
 */
export async function startBoard({ port = 0 } = {}) {
  const storage = mkdtempSync(join(tmpdir(), "board-"));
  const [program, ...args] = process.env.BOARD_HOST === "workers" ? worker(port, storage) : command(port);
  const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  child.once("exit", () => rmSync(storage, { recursive: true, force: true }));
  const [, listens] = await greeting(child);
  const address = `http://127.0.0.1:${listens}`;
  return { address, port: Number(listens), stop: () => stop(child), kill: () => kill(child) };
}

/** The program that is built already, or cargo to build it: which then becomes the program. */
function command(port) {
  const { BOARD_BIN: built, BOARD_HOST: host, BOARD_PAGES: pages } = process.env;
  const program = built ? [built] : ["cargo", "run", "-q", "-p", "board", "--"];
  const options = [...(host ? ["--host", host] : []), ...(pages ? ["--pages", pages] : [])];
  return [...program, ...options, "--addr", `127.0.0.1:${port}`];
}

function worker(port, storage) {
  const { BOARD_WORKERD: workerd, BOARD_WORKER: folder } = process.env;
  const serve = [workerd, "serve", `${folder}/config.capnp`, "--experimental", "--control-fd=1"];
  serve.push(`--directory-path=storage=${storage}`);
  return [...serve, `--socket-addr=http=127.0.0.1:${port}`];
}

async function greeting(child) {
  const lines = createInterface({ input: child.stdout });
  const first = once(lines, "line").then(([line]) => line);
  const gone = once(child, "exit").then(([code]) => `(nothing, and ended with ${code})`);
  const line = await Promise.race([first, gone]);
  const match = GREETING.exec(line) ?? WORKERD_GREETING.exec(line);
  if (!match) {
    await stop(child);
    throw new Error(`the board said ${JSON.stringify(line)}, not where it listens`);
  }
  return match;
}

/** Stops this one process, whatever else runs under the same name. */
async function stop(child) {
  const last = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
  await end(child, "SIGTERM");
  clearTimeout(last);
}

/** As a crash does: it has no time to say goodbye. */
const kill = (child) => end(child, "SIGKILL");

async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}
