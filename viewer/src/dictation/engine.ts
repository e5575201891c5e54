/** The browser's own speech engine (Web Speech API), as far as it works on this machine and nowhere else. */

export type Availability = "available" | "downloadable" | "downloading" | "unavailable";
export const SPOKEN_LANGUAGES = ["ja-JP", "en-US"] as const;
export type SpokenLanguage = (typeof SPOKEN_LANGUAGES)[number];

interface Alternative {
  readonly transcript: string;
}

interface Heard {
  readonly isFinal: boolean;
  readonly length: number;
  readonly [index: number]: Alternative;
}

export interface HeardEvent {
  readonly resultIndex: number;
  readonly results: { readonly length: number; readonly [index: number]: Heard };
}

/** One recognition in the browser's shape. */
export interface Recogniser {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally: boolean;
  phrases?: readonly object[];
  onresult: ((event: HeardEvent) => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  onaudiostart: (() => void) | null;
  onend: (() => void) | null;
  start(): void;
  stop(): void;
  abort(): void;
}

interface Wanted {
  readonly langs: readonly string[];
  readonly processLocally: true;
}

export interface Engine {
  new (): Recogniser;
  readonly prototype: object;
  available(wanted: Wanted): Promise<Availability>;
  install(wanted: Wanted): Promise<boolean>;
}

type Phrase = new (phrase: string, boost: number) => object;

interface Place {
  readonly SpeechRecognition?: unknown;
  readonly webkitSpeechRecognition?: unknown;
  readonly SpeechRecognitionPhrase?: Phrase;
}

/**
 * The engine, if it can be held to this machine. A browser that does not know `processLocally` would take it for a
 * mark of ours and send the voice to its maker: there, and where nothing says what is available, there is none.
 */
export function localEngine(place: object = window): Engine | null {
  const { SpeechRecognition, webkitSpeechRecognition } = place as Place;
  const found = SpeechRecognition ?? webkitSpeechRecognition;
  return keepsHere(found) ? found : null;
}

function keepsHere(found: unknown): found is Engine {
  if (typeof found !== "function") return false;
  const { prototype, available, install } = found as unknown as Partial<Engine>;
  const knows = prototype !== undefined && "processLocally" in prototype;
  return knows && typeof available === "function" && typeof install === "function";
}

const wanted = (language: SpokenLanguage): Wanted => ({ langs: [language], processLocally: true });

/** Whether a language is heard on this machine; what fails is not available. */
export async function availabilityOf(engine: Engine | null, language: SpokenLanguage): Promise<Availability> {
  try {
    return (await engine?.available(wanted(language))) ?? "unavailable";
  } catch {
    return "unavailable";
  }
}

/** Has the browser fetch its language pack; whether it is there then. */
export async function install(engine: Engine, language: SpokenLanguage): Promise<boolean> {
  try {
    return await engine.install(wanted(language));
  } catch {
    return false;
  }
}

const BOOST = 3;

/** Words that the engine should expect, where it takes any. */
export function withPhrases(recogniser: Recogniser, words: readonly string[], place: object = window): void {
  const { SpeechRecognitionPhrase: Phrase } = place as Place;
  if (Phrase === undefined || !("phrases" in recogniser)) return;
  recogniser.phrases = words.map((word) => new Phrase(word, BOOST));
}
