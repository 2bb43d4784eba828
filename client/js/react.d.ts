import type { Hooks } from "./hooks.js";

export type { Callbacks, RoomHookOptions, RoomView, SocketHookOptions, SocketView } from "./hooks.js";

/** {@link Hooks.useSocket} */
export const useSocket: Hooks["useSocket"];
/** {@link Hooks.useRoom} */
export const useRoom: Hooks["useRoom"];
/** {@link Hooks.useMember} */
export const useMember: Hooks["useMember"];
