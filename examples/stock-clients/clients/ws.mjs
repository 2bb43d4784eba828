// A room by ws: `npm ci && node clients/ws.mjs`.

import WebSocket from "ws";

const server = process.argv[2] ?? "ws://127.0.0.1:3000";
const query = new URLSearchParams({ m: "src/lobby", s: "talk", r: JSON.stringify({ lobby: "main" }) });
const socket = new WebSocket(`${server}/__sockets?${query}`);
const send = (frame) => socket.send(JSON.stringify(frame));

socket.on("message", (text) => {
  console.log(String(text));
  if (JSON.parse(text).t === "snapshot") {
    send({ t: "presence", state: "ws" });
    send({ t: "msg", msg: "hello from ws" });
  }
});
socket.on("error", ({ message }) => {
  console.error(`no connection: ${message}`);
  process.exitCode = 1;
});
socket.on("close", (code, reason) => console.log(`closed: ${code} ${reason}`));
