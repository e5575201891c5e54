import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { getJson, sendJson } from "@/api/client";
import type { NewPhrase, OwnWords, Phrase } from "@/api/types";

const PHRASES = "/api/v1/report-phrases";
const WORDS = "/api/v1/report-words";
const phrasesKey = (siteId: string): readonly string[] => ["report-phrases", siteId];
const WORDS_KEY = ["report-words"] as const;
const at = (siteId: string): string => `?site_id=${encodeURIComponent(siteId)}`;

export function usePhrases(siteId: string): UseQueryResult<readonly Phrase[]> {
  return useQuery({
    queryKey: phrasesKey(siteId),
    queryFn: ({ signal }) => getJson<readonly Phrase[]>(PHRASES + at(siteId), signal),
    enabled: siteId !== "",
    staleTime: 60_000,
  });
}

export type PhraseAct =
  | { readonly act: "add"; readonly phrase: Partial<NewPhrase> }
  | { readonly act: "retire"; readonly id: string }
  | { readonly act: "order"; readonly ids: readonly string[] };

/** One change to the phrases of a site; the answer is the list as it stands then. */
export function useChangePhrases(siteId: string): UseMutationResult<readonly Phrase[], Error, PhraseAct> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: PhraseAct) => {
      if (wanted.act === "add") return sendJson<readonly Phrase[]>("POST", PHRASES + at(siteId), wanted.phrase);
      if (wanted.act === "order")
        return sendJson<readonly Phrase[]>("PUT", `${PHRASES}/order${at(siteId)}`, { ids: wanted.ids });
      return sendJson<readonly Phrase[]>("DELETE", `${PHRASES}/${encodeURIComponent(wanted.id)}${at(siteId)}`);
    },
    onSuccess: (found) => client.setQueryData(phrasesKey(siteId), found),
  });
}

export function useOwnWords(): UseQueryResult<OwnWords> {
  return useQuery({ queryKey: WORDS_KEY, queryFn: ({ signal }) => getJson<OwnWords>(WORDS, signal) });
}

export type WordAct =
  | {
      readonly act: "add";
      readonly word: Pick<OwnWords["words"][number], "method" | "kind" | "attribute" | "ja" | "en">;
    }
  | { readonly act: "retire"; readonly id: string }
  | { readonly act: "order"; readonly ids: readonly string[] };

/** One change to the centre's own words. */
export function useChangeWords(): UseMutationResult<OwnWords, Error, WordAct> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: WordAct) => {
      if (wanted.act === "add") return sendJson<OwnWords>("POST", WORDS, wanted.word);
      if (wanted.act === "order") return sendJson<OwnWords>("PUT", `${WORDS}/order`, { ids: wanted.ids });
      return sendJson<OwnWords>("DELETE", `${WORDS}/${encodeURIComponent(wanted.id)}`);
    },
    onSuccess: (found) => {
      client.setQueryData(WORDS_KEY, found);
      void client.invalidateQueries({ queryKey: ["report-form"] });
    },
  });
}
