// Made by irori-contract of the types in Rust: change those, not this.

export const CONTRACT = "3caa00c854f784ea";
export const CURSORS = { module: "src/board", name: "cursors", contract: CONTRACT };
export const LOBBY = { module: "src/lobby", name: "lobby", contract: CONTRACT };
export const ECHO = { module: "src/echo", name: "echo", contract: CONTRACT };
export const WATCH = { module: "src/files", name: "watch", contract: CONTRACT };
