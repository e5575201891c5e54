import { createContext, useContext } from "react";
import type { Stack } from "@/hanging/plan";
import type { DocumentObject } from "@/images/frame";
import type { Reference } from "./reference";

/** Where in the case something is that a document names. */
export type Target =
  | { readonly kind: "image"; readonly stack: Stack; readonly index: number }
  | { readonly kind: "document"; readonly document: DocumentObject };

/** Each frame that is named, or the object's first; nothing where the case has no such object. Pure. */
export function targetsOf(
  { sopInstanceUid, frames }: Reference,
  stacks: readonly Stack[],
  documents: readonly DocumentObject[],
): Target[] {
  const images = stacks.flatMap((stack) =>
    stack.frames.flatMap((frame, index) =>
      frame.instance.sopInstanceUid === sopInstanceUid ? [{ kind: "image" as const, stack, index, frame }] : [],
    ),
  );
  const named = images.filter(({ frame }) => frames.includes(frame.frameNumber));
  const shown = frames.length > 0 ? named : images.slice(0, 1);
  if (shown.length > 0) return shown.map(({ stack, index }) => ({ kind: "image", stack, index }));
  const document = documents.find((one) => one.sopInstanceUid === sopInstanceUid);
  return document === undefined ? [] : [{ kind: "document", document }];
}

export interface Links {
  readonly find: (reference: Reference) => readonly Target[];
  readonly follow: (target: Target) => void;
}

const LinksContext = createContext<Links>({ find: () => [], follow: () => undefined });

export const LinksProvider = LinksContext.Provider;
export const useLinks = (): Links => useContext(LinksContext);
