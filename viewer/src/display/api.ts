import {
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { call, getJson, sendJson } from "@/api/client";
import type {
  DisplayCalibrationText,
  DisplayGrades,
  DisplayPanel,
  DisplayRegister,
  DisplayRules,
  DisplayRulesText,
  DisplayStanding,
  OwnDisplay,
  RegisteredDisplay,
  ScreenRead,
} from "@/api/types";
import { REPORT_KEY } from "@/report/api";

const MINE = ["display", "mine"] as const;
const CASE = ["display", "case"] as const;
const REGISTER = ["display", "register"] as const;
const RULES = ["display", "rules"] as const;
const GRADES = ["display", "grades"] as const;

const part = (name: string): string => encodeURIComponent(name);

export const useOwnDisplay = (): UseQueryResult<OwnDisplay> =>
  useQuery({ queryKey: MINE, queryFn: ({ signal }) => getJson<OwnDisplay>("/api/v1/session/display", signal) });

/** What this page stands on, judged for one case. */
export const useCaseDisplay = (itemId: string): UseQueryResult<DisplayStanding> =>
  useQuery({
    queryKey: [...CASE, itemId],
    queryFn: ({ signal }) => getJson<DisplayStanding>(`/api/v1/worklist/${part(itemId)}/display`, signal),
  });

/** Whatever was judged of cases and reports before is judged anew. */
async function known(client: QueryClient, own: OwnDisplay): Promise<void> {
  client.setQueryData(MINE, own);
  await Promise.all([client.invalidateQueries({ queryKey: CASE }), client.invalidateQueries({ queryKey: REPORT_KEY })]);
}

/** Said by the page itself: nobody is at work because a window moved (AUTH-11). */
export async function tellScreen(client: QueryClient, read: ScreenRead): Promise<void> {
  const answer = await call("/api/v1/session/screen", {
    method: "PUT",
    json: read,
    headers: { "X-Dokuei-Background": "1" },
  });
  await known(client, (await answer.json()) as OwnDisplay);
}

export function useChooseDisplays(): UseMutationResult<OwnDisplay, Error, readonly string[]> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (displayIds: readonly string[]) =>
      sendJson<OwnDisplay>("PUT", "/api/v1/session/display", { display_ids: displayIds }),
    onSuccess: (own) => known(client, own),
  });
}

export const useRegister = (): UseQueryResult<DisplayRegister> =>
  useQuery({
    queryKey: REGISTER,
    queryFn: ({ signal }) => getJson<DisplayRegister>("/api/v1/displays", signal),
  });

function useRegisterVerb<Answer, Asked>(
  verb: (asked: Asked) => Promise<Answer>,
): UseMutationResult<Answer, Error, Asked> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: verb,
    onSettled: () => Promise.all([REGISTER, MINE, CASE].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export const useRegisterDisplay = (): UseMutationResult<RegisteredDisplay, Error, DisplayPanel> =>
  useRegisterVerb((panel: DisplayPanel) => sendJson<RegisteredDisplay>("POST", "/api/v1/displays", panel));

export interface Retirement {
  readonly displayId: string;
  readonly because: string;
}

export const useRetire = (): UseMutationResult<Response, Error, Retirement> =>
  useRegisterVerb(({ displayId, because }: Retirement) =>
    call(`/api/v1/displays/${part(displayId)}/retirement`, { method: "POST", json: { because } }),
  );

export const paperPath = (displayId: string, calibrationId: string): string =>
  `/api/v1/displays/${part(displayId)}/calibrations/${part(calibrationId)}/paper`;

export interface CalibrationWanted {
  readonly displayId: string;
  readonly read: DisplayCalibrationText;
  readonly paper: File | null;
}

/** The record first, then its paper: a paper that is refused leaves the record, to which it can be added later. */
async function record({ displayId, read, paper }: CalibrationWanted): Promise<void> {
  const path = `/api/v1/displays/${part(displayId)}/calibrations`;
  const kept = await sendJson<{ readonly calibration_id: string }>("POST", path, read);
  if (paper !== null) await attachPaper(displayId, kept.calibration_id, paper);
}

/** A browser may know no media type for CSV. */
async function attachPaper(displayId: string, calibrationId: string, paper: File): Promise<void> {
  const type = paper.type === "application/pdf" ? paper.type : "text/csv";
  const path = `${paperPath(displayId, calibrationId)}?name=${part(paper.name)}`;
  await call(path, { method: "POST", file: new File([paper], paper.name, { type }) });
}

export const useRecordCalibration = (): UseMutationResult<void, Error, CalibrationWanted> => useRegisterVerb(record);

export const useDisplayRules = (): UseQueryResult<DisplayRules> =>
  useQuery({
    queryKey: RULES,
    queryFn: ({ signal }) => getJson<DisplayRules>("/api/v1/display-rules", signal),
  });

export function useSetDisplayRules(): UseMutationResult<DisplayRules, Error, DisplayRulesText> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rules: DisplayRulesText) => sendJson<DisplayRules>("PUT", "/api/v1/display-rules", rules),
    onSuccess: async (rules) => {
      client.setQueryData(RULES, rules);
      await Promise.all([MINE, CASE].map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
}

const gradesPath = (siteId: string): string => `/api/v1/sites/${part(siteId)}/display-grades`;

export const useGrades = (siteId: string): UseQueryResult<DisplayGrades> =>
  useQuery({
    queryKey: [...GRADES, siteId],
    queryFn: ({ signal }) => getJson<DisplayGrades>(gradesPath(siteId), signal),
  });

export function useSetGrades(siteId: string): UseMutationResult<DisplayGrades, Error, DisplayGrades> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (grades: DisplayGrades) => sendJson<DisplayGrades>("PUT", gradesPath(siteId), grades),
    onSuccess: (grades) => client.setQueryData([...GRADES, siteId], grades),
  });
}
