import { useEffect, useMemo, useReducer, useRef } from "preact/hooks";
import { hooks } from "./hooks.js";

/** What React calls `useSyncExternalStore`, without `preact/compat`. */
function useStore(subscribe, read) {
  const value = read();
  const shown = useRef();
  const [, redraw] = useReducer((turn) => turn + 1, 0);
  shown.current = { value, read };
  useEffect(() => {
    const check = () => {
      const { value, read } = shown.current;
      if (!Object.is(read(), value)) redraw();
    };
    check(); // it may have changed since it was drawn
    return subscribe(check);
  }, [subscribe]);
  return value;
}

export const { useSocket, useRoom, useMember } = hooks({ useEffect, useMemo, useRef, useStore });
