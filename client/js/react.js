import { useEffect, useMemo, useRef, useSyncExternalStore as useStore } from "react";
import { hooks } from "./hooks.js";

export const { useSocket, useRoom, useMember } = hooks({ useEffect, useMemo, useRef, useStore });
