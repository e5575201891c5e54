/** Papers that arrived among a study's objects, and the rules by which a site knows them. */
import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { getJson, sendJson } from "@/api/client";
import type { Paper, PaperRule, PaperRules, WorklistItem } from "@/api/types";

const siteOf = (siteId: string): string => `/api/v1/sites/${encodeURIComponent(siteId)}`;

export type OfStudy = Pick<WorklistItem, "site_id" | "study_instance_uid" | "number_of_instances">;

/** The papers of a study; asked again when more of its study has come. */
export function usePapers(item: OfStudy | undefined): UseQueryResult<readonly Paper[]> {
  return useQuery({
    queryKey: ["papers", item?.site_id, item?.study_instance_uid, item?.number_of_instances],
    queryFn: ({ signal }) =>
      getJson<readonly Paper[]>(
        `${siteOf(item?.site_id ?? "")}/studies/${item?.study_instance_uid ?? ""}/papers`,
        signal,
      ),
    enabled: item !== undefined,
  });
}

/** Where a paper is drawn: a PDF as it is, a picture as a picture; for whoever may read what was asked. */
export const paperPath = ({ site_id, study_instance_uid: study }: OfStudy, paper: Paper): string =>
  `${siteOf(site_id)}/studies/${study}/papers/${paper.sop_instance_uid}`;

const rulesKey = (siteId: string): readonly string[] => ["paper-rules", siteId];

export function usePaperRules(siteId: string): UseQueryResult<PaperRules> {
  return useQuery({
    queryKey: rulesKey(siteId),
    queryFn: ({ signal }) => getJson<PaperRules>(`${siteOf(siteId)}/paper-rules`, signal),
  });
}

/** Other rules; what is here already is looked at anew. */
export function useSetPaperRules(siteId: string): UseMutationResult<PaperRules, Error, readonly PaperRule[]> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rules: readonly PaperRule[]) =>
      sendJson<PaperRules>("PUT", `${siteOf(siteId)}/paper-rules`, { rules }),
    onSuccess: (kept) => {
      client.setQueryData(rulesKey(siteId), kept);
      return client.invalidateQueries({ queryKey: ["papers", siteId] });
    },
  });
}
