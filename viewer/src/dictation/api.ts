import { useMutation, useQuery, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { availabilityOf, install, localEngine, type Availability, type SpokenLanguage } from "./engine";

const KEY = "dictation";
const DOWNLOADING_ASKED_EVERY = 5000;

/** Whether this browser hears a language by itself; asked of the browser, never of the line. */
export function useAvailability(language: SpokenLanguage | null): Availability | undefined {
  return useQuery({
    queryKey: [KEY, language],
    queryFn: () => (language === null ? "unavailable" : availabilityOf(localEngine(), language)),
    networkMode: "always",
    refetchInterval: ({ state }) => (state.data === "downloading" ? DOWNLOADING_ASKED_EVERY : false),
  }).data;
}

/** Has the browser fetch a language; whether it did. */
export function useInstall(): UseMutationResult<boolean, Error, SpokenLanguage> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (language: SpokenLanguage) => {
      const engine = localEngine();
      return engine !== null && (await install(engine, language));
    },
    networkMode: "always",
    onSettled: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}
