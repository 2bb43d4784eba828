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

    // What dies comes back to life at once, so that whoever it was that failed is told.
    #failed(error) {
      this.#living();
      return error;
    }

    fetch(request) {
      try {
        return this.#living().fetch(request);
      } catch (error) {
        throw this.#failed(error);
      }
    }

    alarm() {
      try {
        return this.#living().alarm();
      } catch (error) {
        throw this.#failed(error);
      }
    }

    webSocketMessage(socket, message) {
      try {
        return this.#living().webSocketMessage(socket, message);
      } catch (error) {
        throw this.#failed(error);
      }
    }

    webSocketClose(socket, code, reason, wasClean) {
      try {
        return this.#living().webSocketClose(socket, code, reason, wasClean);
      } catch (error) {
        throw this.#failed(error);
      }
    }

    webSocketError(socket, error) {
      try {
        return this.#living().webSocketError(socket, error);
      } catch (error) {
        throw this.#failed(error);
      }
    }
  };
}

export default {
  fetch(request, env, context) {
    return wasm.fetch(request, env, context);
  },
};

