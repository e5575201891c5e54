import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { getJson, sendJson } from "@/api/client";
import type { PasswordSignIn, Session, SubstituteSignIn } from "@/api/types";

export const SESSION_KEY = ["session"] as const;
export const SESSION_PATH = "/api/v1/session";

/** Who is signed in; asked once and again after each sign-in, not on every page. */
export function useSessionQuery(): UseQueryResult<Session> {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => getJson<Session>(SESSION_PATH, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface SessionVerbs {
  readonly session: Session;
  /** Blanks the page at once and ends the hub's session. */
  readonly lock: () => void;
  readonly signOut: () => void;
}

export const SessionContext = createContext<SessionVerbs | null>(null);

/** The signed-in person; only pages behind the gate may ask. */
export function useSession(): SessionVerbs {
  const verbs = useContext(SessionContext);
  if (verbs === null) throw new Error("useSession outside SessionGate");
  return verbs;
}

export function useMay(): (permission: string) => boolean {
  const { session } = useSession();
  return (permission) => session.permissions.includes(permission);
}

/** The same for what belongs to no hospital: people, contracts, rules of the centre. */
export function useMayInCentre(): (permission: string) => boolean {
  const { session } = useSession();
  return (permission) => session.centre_permissions.includes(permission);
}

export const signInWithPassword = (body: PasswordSignIn): Promise<Session> =>
  sendJson("POST", "/api/v1/sign-in/password", body);

export const signInWithSubstitute = (body: SubstituteSignIn): Promise<Session> =>
  sendJson("POST", "/api/v1/sign-in/substitute", body);

/** Keys are discoverable: no name is asked, and the options tell nothing about anybody. */
export const passkeyOptions = (): Promise<unknown> => sendJson("POST", "/api/v1/sign-in/passkey/options", {});

export const signInWithPasskey = (credential: unknown): Promise<Session> =>
  sendJson("POST", "/api/v1/sign-in/passkey", { credential });

export const signOutAtHub = (): Promise<unknown> => sendJson("POST", "/api/v1/sign-out");
