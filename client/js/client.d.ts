/**
 * The browser client of irori: sockets and rooms that reconnect, queue what is sent meanwhile, and know who is there.
 *
 * Runs wherever `WebSocket` is: browsers, and Node from 22 on. Importing it touches no global, so a page can be rendered on a
 * server. The wire is that of `PROTOCOL.md`, sections 4 and 5; what a client does is section 7.
 */

/** The params of a channel that has none. */
export type NoParams = Readonly<Record<string, never>>;

/**
 * A socket of the server: the module and the name it was registered under.
 *
 * `In` is what the server takes, `Out` what it sends, `Key` the params of its channel. The three are types only: a plain
 * `{ module, name }` is a `SocketRef<unknown, unknown>`.
 */
export interface SocketRef<In = unknown, Out = unknown, Key = NoParams> {
  readonly module: string;
  readonly name: string;
  /** What the page was built against. A server that has another contract closes with 4409. */
  readonly contract?: string;
  /** Never there: it carries the types. */
  readonly types?: (message: In, key: Key) => Out;
}

/**
 * A room of the server: the module and the name it was registered under.
 *
 * `Key` is the params of its channel, `In` what its members send, `Out` what they are sent, `State` the presence of each.
 */
export interface RoomRef<Key = NoParams, In = unknown, Out = unknown, State = unknown> {
  readonly module: string;
  readonly name: string;
  /** What the page was built against. A server that has another contract closes with 4409. */
  readonly contract?: string;
  /** Never there: it carries the types. */
  readonly types?: (message: In, state: State, key: Key) => [Out, State];
}

/**
 * - `connecting`: the first attempt since it was made, enabled or given another key;
 * - `open`: messages go out and come in. A socket is when it is connected, even when it is denied, and so closed, right after;
 *   a room when the server has let it in and said who is there;
 * - `reconnecting`: the connection was lost or the attempt failed; it waits for the next attempt, or makes it;
 * - `closing`: closed here, and waiting for the server's answer, at most 5 seconds;
 * - `closed`: closed here, or by the server for good, or given up, or not enabled.
 */
export type Status = "connecting" | "open" | "reconnecting" | "closing" | "closed";

/** How a connection ended. An attempt that failed, and a connection that was lost, ended with 1006. */
export interface CloseInfo {
  /** 4403: denied, 4408: timed out, 4409: another contract. `PROTOCOL.md`, section 6, has them all. */
  readonly code: number;
  readonly reason: string;
  /** Whether both sides had said that they close. */
  readonly wasClean: boolean;
}

/**
 * What became of a message: it was given to the connection, or waits until it is open; or was not taken, since the queue is
 * full, or since no connection is to come.
 */
export type Delivery = "sent" | "queued" | "full" | "closed";

/** What went wrong, while the client goes on. */
export type Problem =
  /** A message that is not JSON, or in a room no frame of a room. It was dropped. */
  | { readonly kind: "malformed"; readonly data: string | ArrayBuffer }
  /** So many messages were queued when the client was closed, or given another key. They were dropped. */
  | { readonly kind: "unsent"; readonly count: number }
  /** `address` failed, or what it gave is no address. The attempt failed. */
  | { readonly kind: "address"; readonly error: unknown };

/** Where to connect to. */
export interface Endpoint {
  /**
   * `http:` and `https:` become `ws:` and `wss:`. What is relative is so to the page's origin, not to where in it the page is;
   * without a path it is `/__sockets` there.
   */
  url?: string | URL | undefined;
  /** Subprotocols, as `WebSocket` takes them. */
  protocols?: string | readonly string[] | undefined;
  /** More query params, a token for one. The client's own are `m`, `s`, `r` and `c`. */
  query?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Where to connect to, or just its URL. */
export type Address = string | URL | Endpoint;

/** Times are in milliseconds. A number that is none, or below 0, is a `RangeError`. */
export interface Options<Key = NoParams> {
  /** The params of the channel. One that is no string is a `TypeError`; one that is `undefined` is left out. */
  key?: Key | undefined;
  /**
   * Where to connect to; or a function that says so, asked at each attempt, so that a token in it is fresh. Default: the
   * page's own origin; outside of a page it must be given.
   */
  address?: Address | (() => Address | Promise<Address>) | undefined;
  /** Whether to connect, until `setEnabled` says otherwise. Default: true. */
  enabled?: boolean | undefined;
  /** Overrides the ref's. */
  contract?: string | undefined;
  /**
   * So many attempts follow a loss before it gives up. They are counted anew once a connection has been open for
   * `stableAfter`. Default: 5, which are over within 8 s when each fails at once; `Infinity` never gives up.
   */
  maxRetries?: number | undefined;
  /** The longest wait before the first retry. Default: 250. */
  minDelay?: number | undefined;
  /** No wait is longer. Default: 30,000. */
  maxDelay?: number | undefined;
  /** The longest wait is so many times the last. Default: 2. */
  growth?: number | undefined;
  /**
   * Whether waits differ from client to client, so that those of one server do not come back all at once: the first is anything
   * up to `minDelay`, and after that each keeps its place among the others. Without it each wait is the longest. Default: true.
   */
  jitter?: boolean | undefined;
  /** A connection is stable when it has been open for so long. Default: 5,000. */
  stableAfter?: number | undefined;
  /** An attempt that is not open by then has failed; `address` is part of it. Default: 10,000. */
  connectTimeout?: number | undefined;
  /** So many messages wait at most until it is open, and 256 KiB of them, unless it is one alone. Default: 128. */
  queue?: number | undefined;
  /** Whether to connect again after this end. Default: yes, but not after 1000 and 4000-4999, which the server means. */
  shouldReconnect?: ((closeInfo: CloseInfo) => boolean) | undefined;
  /** The class to connect with. Default: the global `WebSocket`. */
  WebSocket?: WebSocketClass | undefined;
}

/** What is used of a `WebSocket`: that of a browser, of Node, or of the package `ws`. */
export interface WebSocketClass {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what each takes is its own
  new (url: string, protocols?: any): {
    readonly readyState: number;
    binaryType: string;
    onopen: unknown;
    onmessage: unknown;
    onclose: unknown;
    onerror: unknown;
    send(text: string): void;
    close(code?: number, reason?: string): void;
  };
}

/** What an option is that is not given: for a `shouldReconnect` that says more than the default's, for one. */
export const DEFAULTS: {
  readonly [Name in Exclude<keyof Options, "key" | "address" | "contract" | "WebSocket">]-?: NonNullable<Options[Name]>;
};

/** What is told of a socket, and with which arguments. */
export interface SocketEvents<Out> {
  message: [message: Out];
  /** The status or the close info is another. */
  status: [status: Status, closeInfo: CloseInfo | null];
  /** Without a listener, problems go to `console.warn`. */
  error: [problem: Problem];
}

/** What is told of a room, and with which arguments. */
export interface RoomEvents<Out, State> extends Omit<SocketEvents<Out>, "message"> {
  /** `from` is the id of the member that sent it; the own id when the server sent it to this member alone. */
  message: [message: Out, from: string];
  /** Somebody came. Who was there already is in `members`, and not told one by one: not after a reconnect either. */
  join: [member: Member<State>];
  /** Somebody went. That the own connection was lost is told by `members`. */
  leave: [member: Member<State>];
  /** Somebody came or went, or the roster was replaced or cleared. */
  members: [];
  /** Anything in the roster changed: as `members`, or a state. */
  roster: [];
}

/** Stops what it was given for. To call it again does nothing. */
export type Stop = () => void;

/** A socket. Its functions may be taken apart from it. */
export interface Socket<In = unknown, Out = unknown, Key = NoParams> {
  readonly status: Status;
  /** How the last connection or attempt ended; `null` before the first, after another key has begun one, and while open. */
  readonly closeInfo: CloseInfo | null;
  /** The last message that came for this key, over whatever connection; `undefined` before the first. */
  readonly lastMessage: Out | undefined;
  /** How many messages wait until it is open. */
  readonly queued: number;
  /**
   * Sends a message, or queues it while `connecting` or `reconnecting`. It is encoded here and now. Over a connection that is slow
   * to take them, 16 MiB wait in the browser; then it is `full`, too.
   *
   * @throws TypeError when the message has no JSON form.
   */
  send(message: In): Delivery;
  /**
   * Calls `listener` whenever `event` is told, in a microtask after the change. A listener that throws disturbs nobody: what it
   * throws goes to `reportError`, or to the console where there is none.
   */
  on<Event extends keyof SocketEvents<Out>>(event: Event, listener: (...args: SocketEvents<Out>[Event]) => void): Stop;
  /**
   * Says these first over every connection from now on, before what was queued: what a server has to know of who comes back.
   * Over one that is open already they are not said. Another key forgets them.
   *
   * @throws TypeError when a message has no JSON form.
   */
  setGreeting(messages: readonly In[]): void;
  /**
   * Closes for good, until `setEnabled(true)`. What was queued is dropped. A reason over 123 bytes of UTF-8 is cut.
   *
   * @throws RangeError when `code` is neither 1000 nor in 3000-4999.
   */
  close(code?: number, reason?: string): void;
  /**
   * Leaves for another key: what was queued is dropped, and the new connection begins at once unless it was closed here. The
   * same key again changes nothing.
   *
   * @throws TypeError when a param is no string.
   */
  setKey(key: Key): void;
  /** `false` closes as `close()` does; `true` connects when it is closed, however that came. */
  setEnabled(enabled: boolean): void;
  /** Tries now, and has all tries again, when it waits for the next or has given up. */
  retryNow(): void;
}

/** A member of a room. */
export interface Member<State = unknown> {
  /** The id of this connection, made by the server: a member that reconnects has another. */
  readonly id: string;
  /** The presence; `undefined` when the member has none, or none yet. */
  readonly state: State | undefined;
}

/** A room. Its functions may be taken apart from it. */
export interface Room<Key = NoParams, In = unknown, Out = unknown, State = unknown>
  extends Omit<Socket<In, Out, Key>, "on" | "setGreeting"> {
  /** The own id while open, another for each connection; `undefined` otherwise. */
  readonly self: string | undefined;
  /**
   * Who is there while open, in the order they joined, oneself included; nobody otherwise. Another array whenever anything in
   * it is another.
   */
  readonly members: readonly Member<State>[];
  member(id: string): Member<State> | undefined;
  /**
   * Sets the own presence. It is sent at once when open, and else, as at every reconnect, on opening, before what was queued.
   * Another key forgets it.
   */
  setPresence(state: State): void;
  /** As a socket's. */
  on<Event extends keyof RoomEvents<Out, State>>(event: Event, listener: (...args: RoomEvents<Out, State>[Event]) => void): Stop;
  /** Calls `listener` when this member's state changes, and when the member comes, or goes (then with `undefined`). */
  onMember(id: string, listener: (member: Member<State> | undefined) => void): Stop;
}

/** As a socket's, and `presence`: the state that the own presence has from the start. */
export interface RoomOptions<Key = NoParams, State = unknown> extends Options<Key> {
  presence?: State | undefined;
}

/** Any params, for a ref that says nothing of its own. */
type AnyParams = Readonly<Record<string, string | undefined>>;

/** Connects to a socket. A channel with params that must be there needs its `key`. */
export function connectSocket<In = unknown, Out = unknown, Key = AnyParams>(
  ref: SocketRef<In, Out, Key>,
  options: Options<NoInfer<Key>> & { key: NoInfer<Key> },
): Socket<In, Out, Key>;
export function connectSocket<In = unknown, Out = unknown>(
  ref: SocketRef<In, Out>,
  options?: Options,
): Socket<In, Out>;

/** Joins a room. A channel with params that must be there needs its `key`. */
export function joinRoom<Key = AnyParams, In = unknown, Out = unknown, State = unknown>(
  ref: RoomRef<Key, In, Out, State>,
  options: RoomOptions<NoInfer<Key>, State> & { key: NoInfer<Key> },
): Room<Key, In, Out, State>;
export function joinRoom<In = unknown, Out = unknown, State = unknown>(
  ref: RoomRef<NoParams, In, Out, State>,
  options?: RoomOptions<NoParams, State>,
): Room<NoParams, In, Out, State>;
