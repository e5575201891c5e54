import type { Query } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiProblem, SIGNED_IN } from "@/api/client";
import { queryClient } from "@/api/query";
import { reach } from "@/api/reach";

/** What failed with the line, or hangs on it; what the hub refused stays refused. */
function waitsForLine({ state }: Query): boolean {
  const refused = state.error instanceof ApiProblem && state.error.status < 500;
  return !refused && (state.status === "error" || state.fetchStatus !== "idle" || state.fetchFailureCount > 0);
}

/** Looks after the line for as long as the page stands; what waited for it goes on when it is back. */
export function useLine(): void {
  useEffect(() => {
    const stopWatching = reach.watch();
    const hurry = (): void => reach.hurry();
    window.addEventListener(SIGNED_IN, hurry);
    const stop = reach.subscribe(() => {
      if (!reach.gone) void queryClient.refetchQueries({ type: "active", predicate: waitsForLine });
    });
    return () => {
      window.removeEventListener(SIGNED_IN, hurry);
      stop();
      stopWatching();
    };
  }, []);
}
