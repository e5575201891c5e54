import { beforeEach, describe, expect, it } from "vitest";
import { Dictation } from "./dictation";
import { availabilityOf, localEngine, type Engine } from "./engine";
import { engine, MadeRecogniser } from "./madeEngine";

let texts: string[];
let dictation: Dictation;
const WORDS = ["腫瘤", "スピキュラ"];
class Phrase {
  constructor(
    readonly phrase: string,
    readonly boost: number,
  ) {}
}

beforeEach(() => {
  texts = [];
  MadeRecogniser.made.length = 0;
  dictation = new Dictation(engine, { SpeechRecognitionPhrase: Phrase });
});

const begun = (): MadeRecogniser => {
  dictation.start("ja-JP", WORDS, (said) => texts.push(said));
  const recogniser = MadeRecogniser.made.at(-1);
  if (recogniser === undefined) throw new Error("none was made");
  return recogniser;
};

describe("the engine", () => {
  it("is none where the browser could send the voice elsewhere", () => {
    const { available, install } = MadeRecogniser;
    const Remote = Object.assign(
      function remote() {
        // Speech goes to its maker.
      },
      { available, install },
    );
    const Untold = Object.assign(
      function untold() {
        // Nothing says what is available.
      },
      { prototype: { processLocally: false } },
    );
    expect(localEngine({})).toBeNull();
    expect(localEngine({ webkitSpeechRecognition: Remote })).toBeNull();
    expect(localEngine({ SpeechRecognition: Untold })).toBeNull();
    expect(localEngine({ SpeechRecognition: MadeRecogniser })).toBe(MadeRecogniser);
  });

  it("is asked for this machine only, and is not available where it fails", async () => {
    const asked: unknown[] = [];
    const one = {
      available: (wanted: unknown) => {
        asked.push(wanted);
        return Promise.reject(new Error("blocked by policy"));
      },
    } as unknown as Engine;
    expect(await availabilityOf(one, "ja-JP")).toBe("unavailable");
    expect(asked).toEqual([{ langs: ["ja-JP"], processLocally: true }]);
    expect(await availabilityOf(null, "ja-JP")).toBe("unavailable");
  });
});

describe("a dictation", () => {
  it("starts here and nowhere else, expecting the form's words", () => {
    const recogniser = begun();
    expect(recogniser.asked).toEqual(["start here"]);
    expect([recogniser.lang, recogniser.continuous, recogniser.interimResults]).toEqual(["ja-JP", true, true]);
    expect(recogniser.phrases).toEqual(WORDS.map((word) => new Phrase(word, 3)));
    expect(dictation.currentState()).toEqual({ listening: true, hearing: true, passing: "", trouble: null });
  });

  it("never starts with an engine that does not keep to this machine", () => {
    class Deaf extends MadeRecogniser {
      override get processLocally(): boolean {
        return false;
      }
      override set processLocally(_: boolean) {
        // It takes the value and does as it likes.
      }
    }
    dictation = new Dictation(Deaf, {});
    expect(begun().asked).toEqual([]);
    expect(dictation.currentState()).toMatchObject({ listening: false, trouble: "failed" });
  });

  it("writes what is final, and shows what may still change", () => {
    const recogniser = begun();
    recogniser.say("右乳房に", false);
    expect(dictation.currentState().passing).toBe("右乳房に");
    recogniser.say("右乳房に腫瘤");
    expect([texts, dictation.currentState().passing]).toEqual([["右乳房に腫瘤"], ""]);
  });

  it("is over at once when it is broken off: nothing that comes late is written", () => {
    const recogniser = begun();
    dictation.abort();
    recogniser.say("遅れて届いた文");
    recogniser.onend?.();
    expect(recogniser.asked).toEqual(["start here", "abort"]);
    expect([texts, dictation.currentState().listening]).toEqual([[], false]);
  });

  it("writes what was said last when it is ended by hand", () => {
    const recogniser = begun();
    dictation.stop();
    recogniser.say("最後の文");
    recogniser.onend?.();
    expect([texts, recogniser.asked, dictation.currentState().listening]).toEqual([
      ["最後の文"],
      ["start here", "stop"],
      false,
    ]);
  });

  it("goes on without words where the engine takes none, once", () => {
    begun().onerror?.({ error: "phrases-not-supported" });
    const [, second] = MadeRecogniser.made;
    expect([second?.phrases, second?.asked]).toEqual([[], ["start here"]]);
    second?.onerror?.({ error: "phrases-not-supported" });
    expect(MadeRecogniser.made).toHaveLength(2);
    expect(dictation.currentState().trouble).toBe("failed");
  });

  it.each([
    ["not-allowed", "not_allowed"],
    ["audio-capture", "no_microphone"],
    ["language-not-supported", "no_language"],
    ["network", "failed"],
    ["no-speech", null],
  ])("names the trouble: %s", (error, trouble) => {
    begun().onerror?.({ error });
    expect(dictation.currentState()).toEqual({ listening: false, hearing: false, passing: "", trouble });
  });
});
