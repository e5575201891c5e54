/** The browser's side of WebAuthn Level 3: options and credentials travel as JSON (5.1.8 to 5.1.10), the browser converts them. */

export type PasskeyFailure = "unsupported" | "not_used" | "wrong_address" | "known_already" | "failed";

export class PasskeyError extends Error {
  readonly failure: PasskeyFailure;
  constructor(failure: PasskeyFailure, options?: ErrorOptions) {
    super(failure, options);
    this.name = "PasskeyError";
    this.failure = failure;
  }
}

export function passkeysSupported(): boolean {
  return (
    "PublicKeyCredential" in window &&
    "parseRequestOptionsFromJSON" in PublicKeyCredential &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential
  );
}

const FAILURES: Readonly<Record<string, PasskeyFailure>> = {
  NotAllowedError: "not_used",
  AbortError: "not_used",
  TimeoutError: "not_used",
  SecurityError: "wrong_address",
  InvalidStateError: "known_already",
  NotSupportedError: "unsupported",
};

export function failureOf(error: unknown): PasskeyFailure {
  return error instanceof Error ? (FAILURES[error.name] ?? "failed") : "failed";
}

/** Hubs wrap the options in `publicKey` or not; both are taken. */
function unwrapped(options: unknown): unknown {
  return typeof options === "object" && options !== null && "publicKey" in options ? options.publicKey : options;
}

async function converted(ask: () => Promise<Credential | null>): Promise<unknown> {
  if (!passkeysSupported()) throw new PasskeyError("unsupported");
  try {
    const credential = await ask();
    if (!(credential instanceof PublicKeyCredential)) throw new PasskeyError("not_used");
    return credential.toJSON();
  } catch (error) {
    throw error instanceof PasskeyError ? error : new PasskeyError(failureOf(error), { cause: error });
  }
}

/** Asks for a touch: sign-in and signing. */
export function askKey(options: unknown): Promise<unknown> {
  return converted(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
        unwrapped(options) as PublicKeyCredentialRequestOptionsJSON,
      ),
    }),
  );
}

/** Makes a new key for this person: enrolment. */
export function makeKey(options: unknown): Promise<unknown> {
  return converted(() =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
        unwrapped(options) as PublicKeyCredentialCreationOptionsJSON,
      ),
    }),
  );
}
