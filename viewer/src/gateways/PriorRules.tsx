import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { PriorRule, PriorRules as Told } from "@/api/types";
import { useCount } from "@/ui/Written";
import classes from "./Gateways.module.css";

/** Which earlier studies a gateway brings, by the hospital's own settings; nothing where it has not said. */
export function PriorRules({ told }: { readonly told: Told | null }): JSX.Element | null {
  const { t } = useTranslation("priors");
  const count = useCount();
  if (told === null) return null;
  return (
    <details className={classes["rules"]}>
      <summary>{t("rules.title")}</summary>
      {told.brought ? (
        <>
          <ul>
            {told.rules.map((rule) => (
              <Rule key={JSON.stringify(rule)} rule={rule} />
            ))}
          </ul>
          <p>{t("rules.recent", { days: count(told.least_days) })}</p>
        </>
      ) : (
        <p>{t("rules.off")}</p>
      )}
      <p>{t("rules.where")}</p>
    </details>
  );
}

function Rule({ rule }: { readonly rule: PriorRule }): JSX.Element {
  const { t } = useTranslation("priors");
  const count = useCount();
  const current = rule.current.join(" ") || t("rules.any");
  const said = [
    t("rules.rule", { current, priors: rule.priors.join(" ") }),
    t(rule.body_part === "breast" ? "rules.breast" : "rules.every"),
    t("rules.limits", { years: count(rule.years), most: count(rule.most) }),
  ];
  return <li>{said.join(" · ")}</li>;
}
