import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The reading room's greys: no hue, darker than any image white, so that the picture stays the brightest thing (DISP-03). */
const grey: MantineColorsTuple = [
  "#b8b8b8",
  "#a6a6a6",
  "#8c8c8c",
  "#6e6e6e",
  "#4a4a4a",
  "#363636",
  "#242424",
  "#181818",
  "#101010",
  "#080808",
];

/** The portal's one accent: a quiet blue, dark enough at 6 for WCAG 2.2 AA on white. */
const ai: MantineColorsTuple = [
  "#eef4f9",
  "#dbe6ef",
  "#b4cbdf",
  "#8aafcf",
  "#6897c1",
  "#5288b9",
  "#2f6a9f",
  "#285c8b",
  "#204f7a",
  "#134168",
];

export const theme = createTheme({
  fontFamily: "'Noto Sans JP Variable', 'Noto Sans CJK JP', 'Hiragino Sans', 'Yu Gothic UI', Meiryo, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SFMono-Regular', Menlo, Consolas, 'Noto Sans Mono CJK JP', monospace",
  headings: { fontWeight: "600" },
  lineHeights: { xs: "1.5", sm: "1.55", md: "1.6", lg: "1.65", xl: "1.7" },
  primaryColor: "ai",
  primaryShade: { light: 6, dark: 7 },
  colors: { dark: grey, ai },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { styles: { label: { fontWeight: 500 } } },
    InputWrapper: { styles: { label: { marginBottom: 4, fontWeight: 600 }, description: { marginBottom: 4 } } },
  },
});

/** The two faces of the same house: look.md's portal (light) and reading room (dark). */
export type Face = "portal" | "reading";
export const colorSchemeOf = (face: Face): "light" | "dark" => (face === "reading" ? "dark" : "light");
