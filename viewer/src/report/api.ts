import type { Proof } from "@/session/Prove";
import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { call, getJson, sendJson } from "@/api/client";
import type { Awaiting, ImageRead, Report, ReportForm, ReportVersion, SigningStart } from "@/api/types";
import type { Draft } from "./model";

export const reportPath = (itemId: string): string => `/api/v1/worklist/${encodeURIComponent(itemId)}/report`;
/** Everything that is known of any report. */
export const REPORT_KEY = ["report"] as const;
export const reportKey = (itemId: string): readonly string[] => [...REPORT_KEY, itemId];

export const getReport = (itemId: string, signal?: AbortSignal): Promise<Report> =>
  getJson<Report>(reportPath(itemId), signal);

export function useReport(itemId: string): UseQueryResult<Report> {
  return useQuery({
    queryKey: reportKey(itemId),
    queryFn: ({ signal }) => getReport(itemId, signal),
  });
}

/** One of the two readings that lead to the final one; sealed until both are signed. */
export function useOpinion(itemId: string, role: "first" | "second"): UseQueryResult<Report> {
  return useQuery({
    queryKey: [...reportKey(itemId), role],
    queryFn: ({ signal }) => getJson<Report>(`${reportPath(itemId)}?role=${role}`, signal),
  });
}

/** Every signed version; asked for again when there is another one. */
export function useVersions(itemId: string, count: number): UseQueryResult<readonly ReportVersion[]> {
  return useQuery({
    queryKey: [...reportKey(itemId), "versions", count],
    queryFn: ({ signal }) => getJson<readonly ReportVersion[]>(`${reportPath(itemId)}/versions`, signal),
  });
}

/** The lists of a form of this case; they change with the program only. */
export const formQuery = (itemId: string, method: string) =>
  queryOptions({
    queryKey: ["report-form", itemId, method],
    queryFn: ({ signal }) => {
      const chosen = method === "" ? "" : `?method=${encodeURIComponent(method)}`;
      return getJson<ReportForm>(`${reportPath(itemId)}/form${chosen}`, signal);
    },
    staleTime: Infinity,
  });

/** The form that a report is begun in; before that the one that the case has. */
export function useForm(itemId: string, method: string): UseQueryResult<ReportForm> {
  const usual = useQuery(formQuery(itemId, ""));
  const another = method !== "" && usual.data !== undefined && usual.data.method !== method;
  const begun = useQuery({ ...formQuery(itemId, method), enabled: another });
  return another ? begun : usual;
}

/** What was on the screen: images of the case with their digests, and studies before it. */
export interface Seen {
  readonly images: readonly ImageRead[];
  readonly priors: readonly string[];
  /** Whether a speech engine wrote some of it since the last save. */
  readonly spoken: boolean;
}

/** The version that we know stands in If-Match: another's text is never written over (RFC 9110 13.1.1). */
export async function putDraft(
  itemId: string,
  draft: Draft,
  { images, priors, spoken }: Seen,
  version: number,
): Promise<Report> {
  const json = { ...draft, images_read: images, priors_shown: priors, spoken };
  const headers = { "If-Match": `"${version}"` };
  // Sent twice it is refused the second time, and found to be the hub's own.
  const answer = await call(reportPath(itemId), { method: "PUT", json, headers, repeatable: true });
  return (await answer.json()) as Report;
}

export const beginSigning = (itemId: string, preliminary: boolean): Promise<SigningStart> =>
  sendJson<SigningStart>("POST", `${reportPath(itemId)}/signature/begin`, { preliminary });

export const beginWithdrawal = (itemId: string, reason: string): Promise<SigningStart> =>
  sendJson<SigningStart>("POST", `${reportPath(itemId)}/withdrawal/begin`, { reason });

export const withdraw = (itemId: string, versionDigest: string, proof: Proof): Promise<Report> =>
  sendJson<Report>("POST", `${reportPath(itemId)}/withdrawal`, { version_digest: versionDigest, ...proof });

export const sign = (itemId: string, versionDigest: string, proof: Proof): Promise<Report> =>
  sendJson<Report>("POST", `${reportPath(itemId)}/signature`, { version_digest: versionDigest, ...proof });

/** A new version of a signed report, with its words to begin from. */
export const amend = (itemId: string): Promise<Report> => sendJson<Report>("POST", `${reportPath(itemId)}/amendment`);

const certificatePath = (itemId: string): string => `${reportPath(itemId)}/signature/certificate`;

/** Another code for the program at the reader's desk; the one before opens nothing any more. */
export const codeAgain = (itemId: string): Promise<Awaiting> => sendJson<Awaiting>("POST", certificatePath(itemId));

/** Wait for the certificate no longer. */
export const waitNoLonger = (itemId: string): Promise<Response> => call(certificatePath(itemId), { method: "DELETE" });
