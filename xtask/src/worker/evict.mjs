// Any request puts every Durable Object of the Worker to sleep. Its sockets stay.
import unsafe from "workerd:unsafe";

export default {
  async fetch() {
    await unsafe.evictAllDurableObjects();
    return new Response(null, { status: 204 });
  },
};
