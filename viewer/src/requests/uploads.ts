/** Files on their way to a request: one after the other, kept here until the hub has them. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { attach, told } from "./api";
import type { ReadingRequest } from "./shapes";

export interface Upload {
  readonly file: File;
  readonly error: unknown;
}

const NONE: readonly Upload[] = [];
const waiting = new Map<string, readonly Upload[]>();
const running = new Set<string>();
const listeners = new Set<() => void>();

const guard = (event: BeforeUnloadEvent): void => event.preventDefault();

function keep(requestId: string, uploads: readonly Upload[]): void {
  if (uploads.length === 0) waiting.delete(requestId);
  else waiting.set(requestId, uploads);
  if (waiting.size > 0) window.addEventListener("beforeunload", guard);
  else window.removeEventListener("beforeunload", guard);
  for (const listener of listeners) listener();
}

const uploadsOf = (requestId: string): readonly Upload[] => waiting.get(requestId) ?? NONE;

export function withdraw(requestId: string, file: File): void {
  keep(
    requestId,
    uploadsOf(requestId).filter((one) => one.file !== file),
  );
}

type Arrived = (request: ReadingRequest) => void;

/** Brings what waits and has not failed; what fails stays, and the next has its turn. */
async function run(requestId: string, arrived: Arrived): Promise<void> {
  if (running.has(requestId)) return;
  running.add(requestId);
  try {
    for (;;) {
      const next = uploadsOf(requestId).find(({ error }) => error === null);
      if (next === undefined) return;
      try {
        arrived(await attach(requestId, next.file));
        withdraw(requestId, next.file);
      } catch (error) {
        keep(
          requestId,
          uploadsOf(requestId).map((one) => (one.file === next.file ? { ...one, error } : one)),
        );
      }
    }
  } finally {
    running.delete(requestId);
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export interface Uploads {
  readonly uploads: readonly Upload[];
  readonly add: (requestId: string, files: readonly File[]) => void;
  readonly again: (requestId: string) => void;
}

export function useUploads(requestId: string | null): Uploads {
  const client = useQueryClient();
  const uploads = useSyncExternalStore(subscribe, () => (requestId === null ? NONE : uploadsOf(requestId)));
  const arrived = useCallback((request: ReadingRequest): void => void told(client, request), [client]);
  const add = useCallback(
    (id: string, files: readonly File[]): void => {
      keep(id, [...uploadsOf(id), ...files.map((file): Upload => ({ file, error: null }))]);
      void run(id, arrived);
    },
    [arrived],
  );
  const again = useCallback(
    (id: string): void => {
      keep(
        id,
        uploadsOf(id).map((one) => ({ ...one, error: null })),
      );
      void run(id, arrived);
    },
    [arrived],
  );
  return { uploads, add, again };
}
