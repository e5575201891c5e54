import { Center, Loader } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState, type JSX, type ReactNode } from "react";
import { Redirect, useLocation, useSearch } from "wouter";
import { ApiProblem, getJson, SIGNED_IN, SIGNED_OUT } from "@/api/client";
import type { Session } from "@/api/types";
import { Failed } from "@/ui/States";
import { SESSION_KEY, SESSION_PATH, SessionContext, signOutAtHub, useSessionQuery } from "./api";
import { LOCKED, saveAll } from "./beforeLock";
import { tell, watchIdle } from "./idle";
import { removeKept } from "./kept";
import { LockScreen, type LockReason } from "./LockScreen";

/** Lets signed-in people through, sends others to sign in, and keeps the place they wanted. */
export function SessionGate({ children }: { readonly children: ReactNode }): JSX.Element {
  const query = useSessionQuery();
  const [path] = useLocation();
  const search = useSearch();
  if (query.data) return <Guarded session={query.data}>{children}</Guarded>;
  if (query.error instanceof ApiProblem && query.error.status === 401) {
    const place = search === "" ? path : `${path}?${search}`;
    return <Redirect to={`/sign-in?next=${encodeURIComponent(place)}`} replace />;
  }
  if (query.error) {
    return (
      <main>
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      </main>
    );
  }
  return (
    <Center h="100%">
      <Loader type="dots" color="gray" />
    </Center>
  );
}

function Guarded({ session, children }: { readonly session: Session; readonly children: ReactNode }): JSX.Element {
  const [locked, setLocked] = useState<LockReason | null>(null);
  const isLocked = useRef(false);
  const client = useQueryClient();
  const personId = session.person.person_id;

  const blank = useCallback((reason: LockReason) => {
    if (isLocked.current) return;
    isLocked.current = true;
    window.dispatchEvent(new CustomEvent(LOCKED));
    setLocked(reason);
  }, []);

  const lock = useCallback(
    (reason: LockReason) => {
      if (isLocked.current) return;
      blank(reason);
      tell("locked");
      void saveAll()
        .then(signOutAtHub)
        .catch(() => undefined);
    },
    [blank],
  );

  const signOut = useCallback(() => {
    blank("asked");
    void saveAll()
      .then(signOutAtHub)
      .catch(() => undefined)
      .then(removeKept)
      .finally(() => {
        tell("signed-out");
        window.location.assign("/sign-in");
      });
  }, [blank]);

  useEffect(() => {
    const ended = (): void => blank("ended");
    window.addEventListener(SIGNED_OUT, ended);
    const stop = watchIdle({
      idleLockSeconds: session.idle_lock_seconds,
      onIdle: () => lock("idle"),
      onWork: () => void getJson(SESSION_PATH).catch(() => undefined),
      onNews: (news) => {
        if (news === "signed-out") void removeKept().finally(() => window.location.assign("/sign-in"));
        else blank("idle");
      },
    });
    return () => {
      window.removeEventListener(SIGNED_OUT, ended);
      stop();
    };
  }, [session.idle_lock_seconds, lock, blank]);

  const verbs = useMemo(() => ({ session, lock: () => lock("asked"), signOut }), [session, lock, signOut]);

  const unlock = (who: Session): void => {
    if (who.person.person_id !== personId) {
      window.location.assign("/");
      return;
    }
    client.setQueryData(SESSION_KEY, who);
    isLocked.current = false;
    setLocked(null);
    window.dispatchEvent(new CustomEvent(SIGNED_IN));
    void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
  };

  // Nothing behind the lock is painted, and nothing that was typed is lost (AUTH-11: blanked, not overlaid).
  return (
    <SessionContext value={verbs}>
      <div style={{ display: locked ? "none" : "contents" }} inert={locked !== null}>
        {children}
      </div>
      {locked && <LockScreen person={session.person} reason={locked} onUnlocked={unlock} />}
    </SessionContext>
  );
}
