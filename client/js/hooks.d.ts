import type {
  CloseInfo,
  Delivery,
  Member,
  NoParams,
  Options,
  Problem,
  Room,
  RoomOptions,
  RoomRef,
  SocketRef,
  Status,
} from "./client.js";

/** What is told to a component. Each call goes to the function of the newest render. */
export interface Callbacks {
  onStatus?(status: Status, closeInfo: CloseInfo | null): void;
  /** Without it, problems go to `console.warn`. */
  onError?(problem: Problem): void;
}

/**
 * As `connectSocket` takes them. `key` and `enabled` are followed from render to render, `address`, `shouldReconnect` and the
 * callbacks are those of the newest; the rest is read once. An object that is new at each render is fine.
 */
export interface SocketHookOptions<Out = unknown, Key = NoParams> extends Options<Key>, Callbacks {
  onMessage?(message: Out): void;
  /** Whether the component shows `lastMessage`: then it renders for each message. Default: false. */
  lastMessage?: boolean | undefined;
}

/**
 * As `joinRoom` takes them, and followed as a socket's. `presence` is the state that the own presence begins with, for each key;
 * later ones are set by `setPresence`.
 */
export interface RoomHookOptions<Key = NoParams, Out = unknown, State = unknown> extends RoomOptions<Key, State>, Callbacks {
  onMessage?(message: Out, from: string): void;
  onJoin?(member: Member<State>): void;
  onLeave?(member: Member<State>): void;
}

/** What a component has of its socket. The functions are the same at each render, until the ref or the key is another. */
export interface SocketView<In = unknown, Out = unknown> {
  /** `connecting` while rendering on a server, and until the effect has run, if it is to connect. */
  readonly status: Status;
  /** How the last connection or attempt ended; `null` before the first for this key, and while open. */
  readonly closeInfo: CloseInfo | null;
  /**
   * With the option of this name; else `undefined`. Messages that come together may render once, with the last of them;
   * use `onMessage` to miss none.
   */
  readonly lastMessage: Out | undefined;
  send(message: In): Delivery;
  setGreeting(messages: readonly In[]): void;
  close(code?: number, reason?: string): void;
}

/**
 * What a component has of its room. The functions and `room` are the same at each render, until the ref or the key is another:
 * an effect that has `setPresence` among its inputs sets it for each key.
 */
export interface RoomView<Key = NoParams, In = unknown, Out = unknown, State = unknown> {
  /**
   * `connecting` while rendering on a server, and until the effect has run, if it is to connect; `open` with `members` and
   * `self`, never before them.
   */
  readonly status: Status;
  /** How the last connection or attempt ended; `null` before the first for this key, and while open. */
  readonly closeInfo: CloseInfo | null;
  /** Renders when somebody comes or goes, not for their states: those are for `useMember`. */
  readonly members: readonly Member<State>[];
  /** The own id while open; `undefined` otherwise. */
  readonly self: string | undefined;
  send(message: In): Delivery;
  setPresence(state: State): void;
  close(code?: number, reason?: string): void;
  /** For `useMember`, and for listeners of one's own. */
  readonly room: Room<Key, In, Out, State>;
}

/** The hooks of a framework. */
export interface Hooks {
  /**
   * A socket that is connected while the component is there. Another ref or key makes another socket, even after a `close`:
   * nothing of the last one is shown with it.
   *
   * It connects in an effect, never while rendering, so a server can render it. Effects of children run before that one: what
   * the first of them `send` for a ref and key is queued, and what they set is kept.
   */
  useSocket<In = unknown, Out = unknown, Key = NoParams>(
    ref: SocketRef<In, Out, Key>,
    options: SocketHookOptions<Out, NoInfer<Key>> & { key: NoInfer<Key> },
  ): SocketView<In, Out>;
  useSocket<In = unknown, Out = unknown>(ref: SocketRef<In, Out>, options?: SocketHookOptions<Out>): SocketView<In, Out>;

  /** A room that is joined while the component is there. Otherwise as `useSocket`. */
  useRoom<Key = NoParams, In = unknown, Out = unknown, State = unknown>(
    ref: RoomRef<Key, In, Out, State>,
    options: RoomHookOptions<NoInfer<Key>, Out, State> & { key: NoInfer<Key> },
  ): RoomView<Key, In, Out, State>;
  useRoom<In = unknown, Out = unknown, State = unknown>(
    ref: RoomRef<NoParams, In, Out, State>,
    options?: RoomHookOptions<NoParams, Out, State>,
  ): RoomView<NoParams, In, Out, State>;

  /** One member of a room: renders when its state changes, when it comes, and when it goes. */
  useMember<Key, In, Out, State>(room: Room<Key, In, Out, State>, id: string): Member<State> | undefined;
}

/** What the hooks are made of: a framework's own. `useStore` is what React calls `useSyncExternalStore`. */
export interface Framework {
  useEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
  useMemo<T>(make: () => T, inputs: readonly unknown[]): T;
  useRef<T>(value: T): { current: T };
  useStore<T>(subscribe: (changed: () => void) => () => void, read: () => T, readOnServer: () => T): T;
}

/** Makes the hooks of a framework. */
export function hooks(framework: Framework): Hooks;
