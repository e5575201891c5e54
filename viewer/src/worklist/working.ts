/** What somebody does with a case besides reading it: hand it over, put it off, say that its patient waits. */
import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { getJson, sendJson } from "@/api/client";
import type { CaseReader, WorklistItem } from "@/api/types";
import { hubDate } from "@/ui/clock";
import { WORKLIST_KEY } from "./api";

const pathOf = (itemId: string): string => `/api/v1/worklist/${encodeURIComponent(itemId)}`;

export type Act =
  | { readonly act: "offer"; readonly to_person_id: string; readonly note: string; readonly delegates: boolean }
  | { readonly act: "accept" }
  | { readonly act: "decline" }
  | { readonly act: "defer"; readonly until: string; readonly reason: string }
  | { readonly act: "bring_back" }
  | { readonly act: "patient_waits"; readonly why: "retake" | "additional" }
  | { readonly act: "patient_goes" };

function send(itemId: string, { act, ...body }: Act): Promise<WorklistItem> {
  const at = pathOf(itemId);
  switch (act) {
    case "offer":
      return sendJson("POST", `${at}/hand-over`, body);
    case "accept":
      return sendJson("POST", `${at}/hand-over/accept`);
    case "decline":
      return sendJson("DELETE", `${at}/hand-over`);
    case "defer":
      return sendJson("PUT", `${at}/deferral`, body);
    case "bring_back":
      return sendJson("DELETE", `${at}/deferral`);
    case "patient_waits":
      return sendJson("PUT", `${at}/waiting`, body);
    case "patient_goes":
      return sendJson("DELETE", `${at}/waiting`);
  }
}

/** One act on one case; the list is asked again at once, whatever the answer was. */
export function useAct(itemId: string): UseMutationResult<WorklistItem, Error, Act> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: Act) => send(itemId, act),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: WORKLIST_KEY }),
        client.invalidateQueries({ queryKey: ["report", itemId] }),
      ]),
  });
}

/** Who may be given this person's reading. */
export function useReaders(itemId: string): UseQueryResult<readonly CaseReader[]> {
  return useQuery({
    queryKey: [...WORKLIST_KEY, itemId, "readers"],
    queryFn: ({ signal }) => getJson<readonly CaseReader[]>(`${pathOf(itemId)}/readers`, signal),
  });
}

/** The morning of a day where the browser is, as the hub wants it. */
export const morningOf = (day: string): string => new Date(`${day}T07:00`).toISOString();

/** A day from now as a date field writes it. */
export function dayAhead(days: number, now: Date = hubDate()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (figure: number): string => String(figure).padStart(2, "0");
  return `${String(day.getFullYear())}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
