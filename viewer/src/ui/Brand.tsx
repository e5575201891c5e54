import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Shell.module.css";

/** The product's name with its two characters. */
export function Brand({ quiet = false }: { readonly quiet?: boolean }): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <span className={`${classes["brand"] ?? ""} ${quiet ? (classes["quietBrand"] ?? "") : ""}`}>
      <svg viewBox="0 0 24 24" width={quiet ? 20 : 30} height={quiet ? 20 : 30} aria-hidden="true" focusable="false">
        <path d="M3 4a14 14 0 0 0 7.5 15.6V4z" fill="var(--accent)" />
        <path d="M21 4a14 14 0 0 1-7.5 15.6V4z" fill="var(--accent)" opacity=".45" />
      </svg>
      <span>{t("product")}</span>
    </span>
  );
}
