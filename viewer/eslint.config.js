import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const imagesOnly = {
  patterns: [
    { group: ["@cornerstonejs/*", "@kitware/*"], message: "Cornerstone3D belongs to src/viewports and src/images." },
  ],
};

// What no-restricted-imports does not see: the same libraries fetched when they are needed.
const imagesOnlyWhenNeeded = {
  selector: "ImportExpression > :matches(Literal[value=/^@(cornerstonejs|kitware)\\u002F/], TemplateLiteral)",
  message: "Cornerstone3D belongs to src/viewports and src/images, and a path of another import is written out.",
};

export default defineConfig(
  { ignores: ["dist/", "node_modules/", "src/api/schema.d.ts"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat["recommended-latest"],
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["eslint.config.js", "precompress.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "max-lines": ["error", { max: 400 }],
      "no-restricted-imports": ["error", imagesOnly],
      "no-restricted-syntax": ["error", imagesOnlyWhenNeeded],
      // Numbers in text are wanted as they are.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      // `onClick={() => void save()}` and arrow shorthand returning void are plain enough.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: ["src/images/**", "src/viewports/**"],
    rules: { "no-restricted-imports": "off", "no-restricted-syntax": "off" },
  },
);
