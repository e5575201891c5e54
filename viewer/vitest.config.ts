import { defineConfig, mergeConfig } from "vitest/config";
import viteConfig from "./vite.config.ts";

// Component tests ask for a page with `// @vitest-environment happy-dom` in their first line.
export default mergeConfig(
  viteConfig,
  defineConfig({ test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node", testTimeout: 30_000 } }),
);
