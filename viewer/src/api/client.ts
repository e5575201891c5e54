import { noteHubDate } from "@/ui/clock";
import { deviceFetch } from "./device";
import { reach } from "./reach";

/** What the hub says when it refuses: RFC 9457 problem details, with the step and the remedy. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly [extension: string]: unknown;
}

export class ApiProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ApiProblem";
    this.problem = problem;
  }
  get status(): number {
    return this.problem.status;
  }
}

/** Pages listen to this to send the person back to sign-in with the place kept. */
export const SIGNED_OUT = "dokuei:signed-out";

/** The same person signed in again on the page that stood: what waited for it may go on. */
export const SIGNED_IN = "dokuei:signed-in";

async function problemOf(answer: Response): Promise<ApiProblem> {
  const fallback: Problem = { type: "about:blank", title: answer.statusText || "HTTP", status: answer.status };
  if (!(answer.headers.get("content-type") ?? "").includes("json")) return new ApiProblem(fallback);
  const body: unknown = await answer.json().catch(() => null);
  return new ApiProblem(
    typeof body === "object" && body !== null ? { ...fallback, ...body, status: answer.status } : fallback,
  );
}

export interface ApiOptions {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly json?: unknown;
  /** A file as it is, in place of JSON, with its own media type where it has one. */
  readonly file?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** May be sent twice, as every question may: it is cut when the line goes, and whoever sent it sends it anew. */
  readonly repeatable?: boolean;
  /** The page may be gone before the answer. */
  readonly keepalive?: boolean;
}

/** One way to the hub: cookie session, the header that proves the request came from our page, problems as errors. */
export async function call(path: string, options: ApiOptions = {}): Promise<Response> {
  const method = options.method ?? "GET";
  const asks = method === "GET" || method === "HEAD";
  const headers = new Headers({ Accept: "application/json, application/problem+json", ...options.headers });
  if (!asks) headers.set("X-Dokuei-Request", "1");
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.json !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(options.json);
  }
  if (options.file !== undefined) {
    headers.set("Content-Type", options.file.type || "application/octet-stream");
    init.body = options.file;
  }
  if (options.keepalive) init.keepalive = true;
  const signals = options.signal ? [options.signal] : [];
  if (options.repeatable ?? asks) signals.push(reach.cut);
  if (signals.length > 0) init.signal = AbortSignal.any(signals);
  const asked = deviceFetch(path, init);
  const answer = await (options.file === undefined ? asked : reach.whileFilled(asked));
  noteHubDate(answer.headers.get("date"));
  // Not modified: an answer to a page that said what it has.
  if (answer.ok || answer.status === 304) return answer;
  if (answer.status === 401) window.dispatchEvent(new CustomEvent(SIGNED_OUT));
  throw await problemOf(answer);
}

export async function getJson<T>(path: string, signal?: AbortSignal, headers?: Record<string, string>): Promise<T> {
  const answer = await call(path, { ...(signal ? { signal } : {}), ...(headers ? { headers } : {}) });
  return (await answer.json()) as T;
}

/** What a page asks by itself, again and again: does not count as somebody being at work (AUTH-11). */
export async function pollJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await call(path, { headers: { "X-Dokuei-Background": "1" }, ...(signal ? { signal } : {}) });
  return (await answer.json()) as T;
}

export async function sendJson<T>(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  json?: unknown,
  headers?: Record<string, string>,
): Promise<T> {
  const answer = await call(path, { method, json, ...(headers ? { headers } : {}) });
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
