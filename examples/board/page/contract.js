// Made by irori-contract of the types in Rust: change those, not this.

export const CONTRACT = "ae3a8f460a4b9ccc";
export const CURSORS = { module: "src/board", name: "cursors", contract: CONTRACT };
export const CHAT = { module: "src/chat", name: "chat", contract: CONTRACT };
