// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/client";
import { chooseLanguage, startCatalogues } from "@/i18n";
import { SaveMark } from "@/report/SaveMark";
import { Chip } from "./Chip";
import { chooseDateStyle } from "./preferences";
import { Failed } from "./States";
import { Stations } from "./Stations";
import { DayText, Name } from "./Written";

const show = (element: React.ReactNode): void => {
  render(<MantineProvider>{element}</MantineProvider>);
};

beforeAll(() => {
  window.matchMedia = vi
    .fn()
    .mockReturnValue({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() });
  startCatalogues("ja");
});
afterEach(cleanup);

describe("a state", () => {
  it("is a word, a shape and a colour", () => {
    show(
      <Chip tone="danger" shape="stop">
        要確認
      </Chip>,
    );
    const chip = screen.getByText("要確認").parentElement;
    expect(chip?.dataset["tone"]).toBe("danger");
    expect(chip?.querySelector("svg")).not.toBeNull();
  });

  it("that is stuck is the step where the way stands", () => {
    const stations = [
      { key: "a", word: "受信済", state: "passed" as const },
      { key: "b", word: "検証", state: "stuck" as const, detail: "不一致" },
    ];
    show(<Stations label="進捗" stations={stations} />);
    expect(screen.getByText("検証").parentElement?.getAttribute("aria-current")).toBe("step");
    expect(screen.getByText("不一致")).toBeDefined();
  });
});

describe("an error", () => {
  it("says what happened, what to do now, and what the hub itself said", () => {
    const problem = {
      type: "urn:dokuei:problem:disk-full",
      title: "disk full",
      status: 507,
      detail: "no room",
      phase: "storing",
      remedy: "free some",
    };
    const again = vi.fn();
    show(<Failed error={new ApiProblem(problem)} onRetry={again} />);
    const alert = screen.getByRole("alert");
    for (const words of [
      "ハブの空き容量がありません。",
      "受信済のデータは保持されています",
      "no room",
      "storing",
      "free some",
    ]) {
      expect(alert.textContent).toContain(words);
    }
    screen.getByRole("button", { name: "もう一度試す" }).click();
    expect(again).toHaveBeenCalledOnce();
  });
});

describe("what is written", () => {
  it("names people in kanji with kana beside, each in its language", () => {
    show(<Name name={{ alphabetic: "Sato^Yumiko", ideographic: "佐藤^由美子", phonetic: "サトウ^ユミコ" }} />);
    expect(screen.getByText("佐藤 由美子").lang).toBe("ja");
    expect(screen.getByText("サトウ ユミコ")).toBeDefined();
  });

  it("follows the choice of dates at once, and stays readable for machines", () => {
    chooseDateStyle("wareki");
    show(<DayText value="20261123" />);
    const day = screen.getByText("令和8年11月23日");
    expect(day.getAttribute("datetime")).toBe("2026-11-23");
    chooseDateStyle("iso");
  });

  it("says since when a draft is at the hub, in the language of the page", () => {
    show(<SaveMark state={{ kind: "saved", at: "2026-11-23T03:03:04Z" }} />);
    expect(screen.getByText(/^保存済 \d\d:03:04$/u)).toBeDefined();
    cleanup();
    chooseLanguage("en");
    show(<SaveMark state={{ kind: "saved", at: "2026-11-23T03:03:04Z" }} />);
    expect(screen.getByText(/^Saved \d\d:03:04$/u)).toBeDefined();
    expect(document.documentElement.lang).toBe("en");
    chooseLanguage("ja");
  });
});
