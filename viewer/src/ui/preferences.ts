import { useSyncExternalStore } from "react";
import type { DateStyle } from "./format";

const STORED = "dokuei.dates";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function dateStyle(): DateStyle {
  return localStorage.getItem(STORED) === "wareki" ? "wareki" : "iso";
}

/** Dates in ISO or 和暦 as the person chose on this device. */
export function useDateStyle(): DateStyle {
  return useSyncExternalStore(subscribe, dateStyle);
}

export function chooseDateStyle(style: DateStyle): void {
  localStorage.setItem(STORED, style);
  for (const listener of listeners) listener();
}
