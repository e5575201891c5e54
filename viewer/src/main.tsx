import "@fontsource-variable/noto-sans-jp/wght.css";
import "@mantine/core/styles.css";
import "./app/base.css";
import "./ui/tokens.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { followLinks } from "./api/device";
import { App } from "./app/App";
import { startCatalogues } from "./i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
startCatalogues();
followLinks();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
