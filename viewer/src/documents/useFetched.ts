import { useEffect, useState } from "react";
import type { DocumentObject } from "@/images/frame";
import type { FetchedDocument, Progress } from "./fetchDocument";

export interface Fetched {
  readonly share: number;
  readonly document: FetchedDocument | null;
  readonly error: Error | null;
  readonly again: () => void;
}

type Fetching = (document: DocumentObject, signal: AbortSignal, progress: Progress) => Promise<FetchedDocument>;

const NOTHING = { share: 0, document: null, error: null };

/** A document's bytes, fetched as long as it is on the screen. */
export function useFetched(document: DocumentObject, fetching: Fetching): Fetched {
  const [tries, setTries] = useState(0);
  const [state, setState] = useState<Omit<Fetched, "again">>(NOTHING);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const progress = (share: number): void => setState({ ...NOTHING, share });
    fetching(document, signal, progress).then(
      (fetched) => {
        if (!signal.aborted) setState({ share: 1, document: fetched, error: null });
      },
      (error: unknown) => {
        if (!signal.aborted) setState({ ...NOTHING, error: error as Error });
      },
    );
    return () => stop.abort();
  }, [document, fetching, tries]);
  const again = (): void => {
    setState(NOTHING);
    setTries((before) => before + 1);
  };
  return { ...state, again };
}
