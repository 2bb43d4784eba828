// What the hooks of React and Preact share. What each means is said in hooks.d.ts.

import { DEFAULTS, connectSocket, joinRoom } from "./client.js";

const CALLBACKS = { message: "onMessage", status: "onStatus", join: "onJoin", leave: "onLeave" };

/** The hooks, made of those of a framework; `useStore` is React's `useSyncExternalStore`. */
export function hooks({ useEffect, useMemo, useRef, useStore }) {
  function useSocket(ref, options) {
    const client = useClient(connectSocket, ref, options);
    const lastMessage = useValue(client, "message", "lastMessage");
    const { send, setGreeting, close } = client.handle;
    return { ...useStatus(client, options), lastMessage, send, setGreeting, close };
  }

  function useRoom(ref, options) {
    const client = useClient(joinRoom, ref, options);
    const members = useValue(client, "members", "members");
    const { handle: room } = client;
    const { self, send, setPresence, close } = room;
    return { ...useStatus(client, options), members, self, send, setPresence, close, room };
  }

  function useMember(room, id) {
    const subscribe = useMemo(() => (changed) => room.onMember(id, changed), [room, id]);
    const read = () => room.member(id);
    return useStore(subscribe, read, read);
  }

  /** Until its effect has run, a client that is to connect is shown as connecting: on a server, and at first in a page. */
  function useStatus(client, { enabled = true } = {}) {
    const status = useValue(client, "status", "status");
    const closeInfo = useValue(client, "status", "closeInfo");
    return { status: enabled && !client.mounted ? "connecting" : status, closeInfo };
  }

  function useValue({ handle }, event, name) {
    const subscribe = useMemo(() => (changed) => handle.on(event, changed), [handle, event]);
    const read = () => handle[name];
    return useStore(subscribe, read, read);
  }

  /** Another ref or key makes another client. Rendering makes it at most; only an effect connects it. */
  function useClient(connect, ref, options = {}) {
    const { enabled = true } = options;
    const latest = useRef(options);
    const which = [ref.module, ref.name, ref.contract, encoded(options.key)];
    const client = useMemo(() => make(connect, ref, options, latest), which);

    useEffect(() => {
      latest.current = options;
    });
    useEffect(() => {
      client.mounted = true;
      client.handle.setEnabled(enabled);
      return () => {
        client.mounted = false;
        client.handle.close();
      };
    }, [client, enabled]);
    return client;
  }

  return { useSocket, useRoom, useMember };
}

/** A client that is not enabled yet, and asks `latest` for all that may be another function at each render. */
function make(connect, ref, options, latest) {
  const handle = connect(ref, {
    ...options,
    enabled: false,
    address: () => {
      const { address } = latest.current;
      return typeof address === "function" ? address() : address;
    },
    shouldReconnect: (closeInfo) => {
      const { shouldReconnect = DEFAULTS.shouldReconnect } = latest.current;
      return shouldReconnect(closeInfo);
    },
  });
  const client = { handle, mounted: false };
  for (const [event, name] of Object.entries(CALLBACKS)) {
    // One that was left is closing still, while another may have its place.
    handle.on(event, (...args) => client.mounted && latest.current[name]?.(...args));
  }
  handle.on("error", (problem) => {
    const { onError = (problem) => console.warn("irori:", problem) } = latest.current;
    onError(problem);
  });
  return client;
}

/** The same for the same key, in whatever order its params are. */
function encoded(key = {}) {
  return JSON.stringify(key, Object.keys(key).sort());
}
