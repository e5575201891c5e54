import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { call, getJson, pollJson, sendJson } from "@/api/client";
import type {
  CertificateOffer,
  Certification,
  CertificationText,
  DormantMonth,
  EmergencyCodes,
  EmergencyWanted,
  MaySign,
  ReaderProfile,
  RoleRequest,
  RoleWanted,
  SecurityAlert,
  Substitute,
  SubstituteCode,
  SubstituteWanted,
} from "@/api/types";
import { STANDING_KEY } from "@/ui/useStanding";

const ALERTS_ASKED_EVERY = 10_000;
const OFFICE_ASKED_EVERY = 15_000;
const OWN_ALERTS = ["rights", "alerts", "mine"] as const;
const ALERTS = ["rights", "alerts", "every"] as const;
const SUBSTITUTES = ["rights", "substitutes"] as const;
const REQUESTS = ["rights", "requests", "every"] as const;
const OWN_REQUESTS = ["rights", "requests", "mine"] as const;
const DORMANT = ["rights", "dormant"] as const;
const CERTIFICATIONS = ["rights", "certifications"] as const;
const OFFERS = ["rights", "offers"] as const;
const profileKey = (personId: string): readonly string[] => ["rights", "profile", personId];

const part = (name: string): string => encodeURIComponent(name);
const post = (path: string, json?: unknown): Promise<Response> => call(path, { method: "POST", json });

function useVerb<Answer, Asked>(
  verb: (asked: Asked) => Promise<Answer>,
  ...keys: readonly (readonly string[])[]
): UseMutationResult<Answer, Error, Asked> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: verb,
    onSettled: () => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

/** What happened to my account; asked by the page itself, which is nobody at work. */
export const useOwnAlerts = (): UseQueryResult<readonly SecurityAlert[]> =>
  useQuery({
    queryKey: OWN_ALERTS,
    queryFn: ({ signal }) => pollJson<readonly SecurityAlert[]>("/api/v1/session/alerts", signal),
    refetchInterval: ALERTS_ASKED_EVERY,
  });

export const useAcknowledge = (): UseMutationResult<Response, Error, string> =>
  useVerb((alertId: string) => post(`/api/v1/session/alerts/${part(alertId)}/seen`), OWN_ALERTS);

export const useEndElsewhere = (): UseMutationResult<Response, Error, string> =>
  useVerb((sessionId: string) => call(`/api/v1/sessions/${part(sessionId)}`, { method: "DELETE" }), ["sessions"]);

export const useAlerts = (): UseQueryResult<readonly SecurityAlert[]> =>
  useQuery({
    queryKey: ALERTS,
    queryFn: ({ signal }) => pollJson<readonly SecurityAlert[]>("/api/v1/alerts", signal),
    refetchInterval: OFFICE_ASKED_EVERY,
  });

export const useSettle = (): UseMutationResult<Response, Error, string> =>
  useVerb((alertId: string) => post(`/api/v1/alerts/${part(alertId)}/settled`), ALERTS);

export const useSubstitutes = (): UseQueryResult<readonly Substitute[]> =>
  useQuery({
    queryKey: SUBSTITUTES,
    queryFn: ({ signal }) => pollJson<readonly Substitute[]>("/api/v1/substitutes", signal),
    refetchInterval: OFFICE_ASKED_EVERY,
  });

export const useAskSubstitute = (): UseMutationResult<SubstituteCode, Error, SubstituteWanted> =>
  useVerb((wanted: SubstituteWanted) => sendJson<SubstituteCode>("POST", "/api/v1/substitutes", wanted), SUBSTITUTES, [
    "people",
  ]);

export const useIssueSubstitute = (): UseMutationResult<SubstituteCode, Error, string> =>
  useVerb((id: string) => sendJson<SubstituteCode>("POST", `/api/v1/substitutes/${part(id)}/issue`), SUBSTITUTES);

export const useEndSubstitute = (): UseMutationResult<Response, Error, string> =>
  useVerb((id: string) => post(`/api/v1/substitutes/${part(id)}/end`), SUBSTITUTES);

export const useOpenEmergency = (): UseMutationResult<EmergencyCodes, Error, EmergencyWanted> =>
  useVerb(
    (wanted: EmergencyWanted) => sendJson<EmergencyCodes>("POST", "/api/v1/emergency", wanted),
    SUBSTITUTES,
    ALERTS,
  );

export const useRoleRequests = (): UseQueryResult<readonly RoleRequest[]> =>
  useQuery({
    queryKey: REQUESTS,
    queryFn: ({ signal }) => pollJson<readonly RoleRequest[]>("/api/v1/role-requests", signal),
    refetchInterval: OFFICE_ASKED_EVERY,
  });

export const useOwnRoleRequests = (): UseQueryResult<readonly RoleRequest[]> =>
  useQuery({
    queryKey: OWN_REQUESTS,
    queryFn: ({ signal }) => getJson<readonly RoleRequest[]>("/api/v1/role-requests/mine", signal),
  });

export const useAskRole = (): UseMutationResult<unknown, Error, RoleWanted> =>
  useVerb((wanted: RoleWanted) => sendJson<unknown>("POST", "/api/v1/role-requests", wanted), OWN_REQUESTS, REQUESTS);

export interface Word {
  readonly requestId: string;
  readonly yes: boolean;
}

export const useDecide = (): UseMutationResult<Response, Error, Word> =>
  useVerb(({ requestId, yes }: Word) => post(`/api/v1/role-requests/${part(requestId)}/decision`, { yes }), REQUESTS, [
    "people",
  ]);

export const useConfirm = (): UseMutationResult<Response, Error, Word> =>
  useVerb(
    ({ requestId, yes }: Word) => post(`/api/v1/role-requests/${part(requestId)}/confirmation`, { yes }),
    OWN_REQUESTS,
  );

export const useDormant = (): UseQueryResult<readonly DormantMonth[]> =>
  useQuery({
    queryKey: DORMANT,
    queryFn: ({ signal }) => getJson<readonly DormantMonth[]>("/api/v1/dormant-accounts", signal),
  });

export const useReview = (): UseMutationResult<Response, Error, string> =>
  useVerb((month: string) => post(`/api/v1/dormant-accounts/${part(month)}/review`), DORMANT);

export const useCertifications = (): UseQueryResult<readonly Certification[]> =>
  useQuery({
    queryKey: CERTIFICATIONS,
    queryFn: ({ signal }) => getJson<readonly Certification[]>("/api/v1/certifications", signal),
  });

export const useRecordCertification = (): UseMutationResult<unknown, Error, CertificationText> =>
  useVerb(
    (text: CertificationText) => sendJson<unknown>("POST", "/api/v1/certifications", text),
    CERTIFICATIONS,
    STANDING_KEY,
  );

export const useWithdraw = (): UseMutationResult<Response, Error, string> =>
  useVerb((id: string) => post(`/api/v1/certifications/${part(id)}/withdrawal`), CERTIFICATIONS, STANDING_KEY);

export const useOwnProfile = (): UseQueryResult<ReaderProfile> =>
  useQuery({
    queryKey: profileKey("me"),
    queryFn: ({ signal }) => getJson<ReaderProfile>("/api/v1/session/profile", signal),
  });

export const useProfile = (personId: string): UseQueryResult<ReaderProfile> =>
  useQuery({
    queryKey: profileKey(personId),
    queryFn: ({ signal }) => getJson<ReaderProfile>(`/api/v1/people/${part(personId)}/profile`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

export interface ProfileWanted {
  readonly personId: string;
  readonly profile: Omit<ReaderProfile, "lacks" | "certificate" | "offered">;
}

export const useRecordProfile = (): UseMutationResult<ReaderProfile, Error, ProfileWanted> =>
  useVerb(
    ({ personId, profile }: ProfileWanted) =>
      sendJson<ReaderProfile>("PUT", `/api/v1/people/${part(personId)}/profile`, profile),
    ["rights", "profile"],
  );

const OWN_CERTIFICATE = "/api/v1/session/signing-certificate";

export interface CertificateWanted {
  readonly personId: string;
  readonly pem: string;
  readonly compared: boolean;
}

export const useRecordCertificate = (): UseMutationResult<ReaderProfile, Error, CertificateWanted> =>
  useVerb(
    ({ personId, ...given }: CertificateWanted) =>
      sendJson<ReaderProfile>("PUT", `/api/v1/people/${part(personId)}/signing-certificate`, given),
    ["rights", "profile"],
  );

export const useRemoveCertificate = (): UseMutationResult<Response, Error, string> =>
  useVerb(
    (personId: string) => call(`/api/v1/people/${part(personId)}/signing-certificate`, { method: "DELETE" }),
    ["rights", "profile"],
  );

export const useOfferCertificate = (): UseMutationResult<ReaderProfile, Error, string> =>
  useVerb((pem: string) => sendJson<ReaderProfile>("PUT", OWN_CERTIFICATE, { pem }), ["rights", "profile"]);

export const useTakeBackCertificate = (): UseMutationResult<Response, Error, void> =>
  useVerb(() => call(OWN_CERTIFICATE, { method: "DELETE" }), ["rights", "profile"]);

const offerPath = (personId: string): string => `/api/v1/people/${part(personId)}/signing-certificate/offer`;

/** Who waits for an administrator to look at their certificate. */
export const useCertificateOffers = (): UseQueryResult<readonly CertificateOffer[]> =>
  useQuery({
    queryKey: OFFERS,
    queryFn: ({ signal }) => pollJson<readonly CertificateOffer[]>("/api/v1/certificate-offers", signal),
    refetchInterval: OFFICE_ASKED_EVERY,
  });

export interface ConfirmationWanted {
  readonly personId: string;
  readonly fingerprint: string;
  readonly compared: boolean;
}

export const useConfirmCertificate = (): UseMutationResult<ReaderProfile, Error, ConfirmationWanted> =>
  useVerb(
    ({ personId, ...seen }: ConfirmationWanted) => sendJson<ReaderProfile>("POST", offerPath(personId), seen),
    ["rights", "profile"],
    OFFERS,
  );

export const useDeclineCertificate = (): UseMutationResult<Response, Error, string> =>
  useVerb((personId: string) => call(offerPath(personId), { method: "DELETE" }), ["rights", "profile"], OFFERS);

export interface EndWanted {
  readonly personId: string;
  readonly endsOn: string | null;
}

export const useSetEnd = (): UseMutationResult<Response, Error, EndWanted> =>
  useVerb(
    ({ personId, endsOn }: EndWanted) =>
      call(`/api/v1/people/${part(personId)}/end`, { method: "PUT", json: { ends_on: endsOn } }),
    ["people"],
  );

export const useMaySign = (itemId: string): UseQueryResult<MaySign> =>
  useQuery({
    queryKey: ["rights", "may-sign", itemId],
    queryFn: ({ signal }) => getJson<MaySign>(`/api/v1/worklist/${part(itemId)}/report/qualification`, signal),
  });
