// What workerd calls goes through here into wasm, and outlives its instance.
import * as wasm from "./index.js";

// workerd says nothing of what fails in a task that nobody waits for.
addEventListener("error", (event) => console.error(event.error));

const state = wasm.__worker_init_state();

// After a trap or a panic the next call of any export makes a new instance, and its start counts this up. The objects
// of the old one are lost: their pointers mean nothing in the new memory.
function instance() {
  wasm.__worker_init_state();
  return state.instanceId;
}

// The class that workerd knows: its objects make themselves anew in a new instance, as after hibernation.
function lasting(Class) {
  return class {
    #context;
    #env;
    #instance;
    #object;

    constructor(context, env) {
      this.#context = context;
      this.#env = env;
      this.#living();
    }

    #living() {
      const current = instance();
      if (this.#instance !== current) {
        this.#object = new Class(this.#context, this.#env);
        this.#instance = current;
      }
      return this.#object;
    }

    fetch(request) {
      return this.#living().fetch(request);
    }

    alarm() {
      return this.#living().alarm();
    }

    webSocketMessage(socket, message) {
      return this.#living().webSocketMessage(socket, message);
    }

    webSocketClose(socket, code, reason, wasClean) {
      return this.#living().webSocketClose(socket, code, reason, wasClean);
    }

    webSocketError(socket, error) {
      return this.#living().webSocketError(socket, error);
    }
  };
}

export default {
  fetch(request, env, context) {
    return wasm.fetch(request, env, context);
  },
};

