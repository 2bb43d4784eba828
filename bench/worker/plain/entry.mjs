// What a good author writes by hand, and what `bench-worker` is held against. As there, a socket lives in an object of its
// own, and a room in one; what a room passes on has the same envelope (PROTOCOL.md, section 5).
import { DurableObject } from "cloudflare:workers";

class Hibernating extends DurableObject {
  fetch() {
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({ id: crypto.randomUUID() });
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketClose(socket) {
    socket.close();
  }
}

export class Echo extends Hibernating {
  webSocketMessage(socket, message) {
    socket.send(message);
  }
}

export class Room extends Hibernating {
  webSocketMessage(socket, message) {
    const { msg } = JSON.parse(message);
    const text = JSON.stringify({ from: socket.deserializeAttachment().id, t: "msg", msg });
    for (const other of this.ctx.getWebSockets()) {
      if (other !== socket) other.send(text);
    }
  }
}

export default {
  fetch(request, env) {
    const isEcho = new URL(request.url).searchParams.get("s") === "echo";
    const stub = isEcho ? env.ECHOES.get(env.ECHOES.newUniqueId()) : env.ROOMS.getByName("one");
    return stub.fetch(request);
  },
};
