// What the hooks of React and Preact share. What each means is said in hooks.d.ts.

import { DEFAULTS, connectSocket, joinRoom } from "./client.js";

const CALLBACKS = { message: "onMessage", status: "onStatus", join: "onJoin", leave: "onLeave" };

/** The hooks, made of those of a framework; `useStore` is React's `useSyncExternalStore`. */
export function hooks({ useEffect, useMemo, useRef, useStore }) {
  function useSocket(ref, options) {
    const client = useClient(connectSocket, ref, options);
    const lastMessage = useValue(client, "message", ({ lastMessage }) => (options?.lastMessage ? lastMessage : undefined));
    const { setGreeting, close } = client.handle;
    return { ...useStatus(client, options), lastMessage, send: client.send, setGreeting, close };
  }

  function useRoom(ref, options) {
    const client = useClient(joinRoom, ref, options);
    useValue(client, "members", () => client.crowds); // and not the members, which are others when one moves, too
    const { handle: room, send } = client;
    const { members, self, setPresence, close } = room;
    return { ...useStatus(client, options), members, self, send, setPresence, close, room };
  }

  function useMember(room, id) {
    const subscribe = useMemo(() => (changed) => room.onMember(id, changed), [room, id]);
    const read = () => room.member(id);
    return useStore(subscribe, read, read);
  }

  /** Until its effect has run, a client that is to connect is shown as connecting: on a server, and at first in a page. */
  function useStatus(client, { enabled = true } = {}) {
    const status = useValue(client, "status", ({ status }) => status);
    const closeInfo = useValue(client, "status", ({ closeInfo }) => closeInfo);
    return { status: enabled && !client.mounted ? "connecting" : status, closeInfo };
  }

  /** What `of` makes of a client, which is another after this event alone. */
  function useValue({ handle }, event, of) {
    const subscribe = useMemo(() => (changed) => handle.on(event, changed), [handle, event]);
    const read = () => of(handle);
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
        // Not yet: React in its strict mode takes a component away and puts it back at once.
        queueMicrotask(() => client.mounted || client.handle.close());
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
  const client = {
    handle,
    mounted: undefined, // not yet
    crowds: 0, // how often somebody came or went
    /** The effects of children run before the one that connects. */
    send(message) {
      if (client.mounted === undefined && (options.enabled ?? true)) handle.setEnabled(true);
      return handle.send(message);
    },
  };
  handle.on("members", () => client.crowds++);
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
