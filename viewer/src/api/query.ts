import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "./client";

/** A refusal (4xx) is an answer and not asked again; anything else is the line's fault and is. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => !(error instanceof ApiProblem && error.status >= 400 && error.status < 500) && count < 4,
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 8_000),
    },
    mutations: { retry: false },
  },
});
