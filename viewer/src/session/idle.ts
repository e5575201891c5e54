/** When a page nobody touches is blanked (AUTH-11); counted by the wall clock, so that a machine that slept wakes up locked. */

const CHANNEL = "dokuei.session";
/** What tells that somebody is in front of the page. */
export const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"] as const;

const WORK_TOLD_EVERY = 60_000;

export type SessionNews = "touched" | "locked" | "signed-out";

export function isIdle(lastTouched: number, now: number, idleLockSeconds: number): boolean {
  return idleLockSeconds > 0 && now - lastTouched >= idleLockSeconds * 1000;
}

export interface IdleWatch {
  readonly idleLockSeconds: number;
  readonly onIdle: () => void;
  /** Somebody is at work here: the hub should know, now and then (its own idle clock runs too). */
  readonly onWork: () => void;
  /** Another window of this browser locked or signed out. */
  readonly onNews: (news: SessionNews) => void;
}

/** Tells the other windows of this browser. */
export function tell(news: SessionNews): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(news);
  channel.close();
}

/** Watches hands on this page and on its sister windows; returns how to stop. */
export function watchIdle({ idleLockSeconds, onIdle, onWork, onNews }: IdleWatch): () => void {
  let last = Date.now();
  let told = last;
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
  const touched = (): void => {
    const now = Date.now();
    if (now - last > 5000) channel?.postMessage("touched" satisfies SessionNews);
    last = now;
    if (now - told > WORK_TOLD_EVERY) {
      told = now;
      onWork();
    }
  };
  if (channel) {
    channel.onmessage = (message: MessageEvent<SessionNews>) => {
      if (message.data === "touched") last = Date.now();
      else onNews(message.data);
    };
  }
  const timer = window.setInterval(() => {
    if (isIdle(last, Date.now(), idleLockSeconds)) onIdle();
  }, 1000);
  for (const sign of SIGNS) window.addEventListener(sign, touched, { passive: true, capture: true });
  return () => {
    window.clearInterval(timer);
    for (const sign of SIGNS) window.removeEventListener(sign, touched, { capture: true });
    channel?.close();
  };
}
