/** What was said as it is written: spoken punctuation, and a place between words where the language has one; pure. */
import type { SpokenLanguage } from "./engine";

type Rule = readonly [RegExp, string];

/**
 * A sign is said by itself, between pauses, or at the end of what is said in one breath. 「高まる」 and 「たまる」 are
 * no full stops: まる ends a sentence only behind what may end one.
 */
const JAPANESE: readonly Rule[] = [
  [/(?:改行|かいぎょう)/gu, "\n"],
  [/(?:かっこ|カッコ|括弧)(?:とじる?|閉じる?)/gu, "）"],
  [/(?:かっこ|カッコ|括弧)(?:ひらく|開く)?/gu, "（"],
  [/(?<=^|[\s　\n）])(?:まる|マル|丸)(?=$|[\s　\n（])/gu, "。"],
  [/(?<=[るいすんだ]|(?<![がはもにを])た|(?<!う)ず|なし|あり|[一-龠々ァ-ヶー）])(?:まる|マル)(?=$|[\s　\n])/gu, "。"],
  [/(?<=^|[\s　\n）])(?:てん|テン|点)(?=$|[\s　\n（])/gu, "、"],
  [/(?<=[ぁ-ん])(?:てん|テン)(?=$|[\s　\n])/gu, "、"],
];
/** A kanji before まる is most often a verb's: 高まる, 始まる, 集まる. */
const VERBS = /(?<=[高始集強広深固決止埋染狭弱早泊詰締縮温暖収納丸留定改極])まる$/u;

const ENGLISH: readonly Rule[] = [
  [/\s*\bnew paragraph\b\s*/giu, "\n\n"],
  [/\s*\bnew line\b\s*/giu, "\n"],
  [/\s*\bcomma\b/giu, ","],
  [/\s*\bfull stop\b/giu, "."],
  [/\s*(?<!\bmenstrual )\bperiod\s*$/giu, "."],
  [/\s*\bopen bracket\b\s*/giu, " ("],
  [/\s*\bclose bracket\b/giu, ")"],
];

const applied = (text: string, rules: readonly Rule[]): string =>
  rules.reduce((so, [spoken, sign]) => so.replace(spoken, sign), text);

/** What goes into the text behind `before`. */
export function written(said: string, language: SpokenLanguage, before: string): string {
  return language === "ja-JP" ? inJapanese(said) : inEnglish(said, before);
}

function inJapanese(said: string): string {
  const text = said.trim();
  const signs = VERBS.test(text) ? text : applied(text, JAPANESE);
  return signs.replace(/[ \t　]*(?=[。、（）\n])|(?<=[。、（）\n])[ \t　]*/gu, "");
}

function inEnglish(said: string, before: string): string {
  const text = applied(said.trim(), ENGLISH).replace(/[ \t]+(?=\n)|(?<=\n)[ \t]+/gu, "");
  const begins = /(?:^|[.\n]\s*)$/u.test(before) ? text.replace(/^\s*\p{Ll}/u, (letter) => letter.toUpperCase()) : text;
  const joined = before === "" || /\s$/u.test(before) || /^[.,)\n ]/u.test(begins);
  return joined ? begins : ` ${begins}`;
}
