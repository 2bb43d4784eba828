// Made by irori-contract of the types in Rust: change those, not this.

export const CONTRACT = "a5f1939df611184e";
export const CHAT = { module: "src/chat", name: "chat", contract: CONTRACT };
