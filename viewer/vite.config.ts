import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const hub = process.env["DOKUEI_HUB"] ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      "@": fileURLToPath(new URL("./src", import.meta.url)),
      // Node's names, which Cornerstone3D's dependencies still import.
      events: "events/",
      url: "url/",
    },
  },
  worker: { format: "es" },
  build: { outDir: "dist", target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 5000 },
  server: { proxy: { "/api": hub, "/sites": hub } },
});
