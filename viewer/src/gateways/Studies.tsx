import { useState, type JSX } from "react";
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { GatewayStudy } from "@/api/types";
import { warning } from "@/images/reasons";
import { Chip } from "@/ui/Chip";
import { formatBytes } from "@/ui/format";
import { RecordedWords } from "@/ui/RecordedWords";
import { Stations } from "@/ui/Stations";
import { useCount } from "@/ui/Written";
import classes from "./Gateways.module.css";
import { Left } from "./Sending";
import { byNeed, recorded, shortUid, STATIONS, stationStates } from "./model";

const FIRST = 6;

/** The studies of one gateway, each on its line of stations. */
export function Studies({ studies }: { readonly studies: readonly GatewayStudy[] }): JSX.Element {
  const { t } = useTranslation("gateways");
  const count = useCount();
  const [all, setAll] = useState(false);
  if (studies.length === 0) return <p className={classes["none"]}>{t("no_studies")}</p>;
  const ordered = byNeed(studies);
  const shown = all ? ordered : ordered.slice(0, FIRST);
  return (
    <>
      <ul className={classes["studies"]} aria-label={t("studies")}>
        {shown.map((study) => (
          <StudyLine key={study.study_instance_uid} study={study} />
        ))}
      </ul>
      {ordered.length > FIRST && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t("show_fewer") : t("show_all", { number: count(ordered.length) })}
        </Button>
      )}
    </>
  );
}

function StudyLine({ study }: { readonly study: GatewayStudy }): JSX.Element {
  const { t } = useTranslation("gateways");
  const count = useCount();
  const states = stationStates(study);
  return (
    <li className={classes["study"]}>
      <div className={classes["what"]}>
        <span className={classes["uid"]} title={study.study_instance_uid}>
          {shortUid(study.study_instance_uid)}
        </span>
        <span className={classes["amount"]}>
          {t("amount", { count: study.instances, number: count(study.instances), bytes: formatBytes(study.bytes) })}
        </span>
        <span className={classes["left"]}>
          <Left study={study} />
        </span>
      </div>
      <div className={classes["way"]}>
        <Stations
          label={t("way")}
          stations={STATIONS.map((key) => {
            const state = states[key];
            if (key === "forwarding" && state === "now") {
              return {
                key,
                state,
                word: t("station.forwarding_percent", { percent: study.percent }),
                detail: <Bar percent={study.percent} />,
              };
            }
            const behind = state === "passed" || state === "here";
            return { key, state, word: behind ? t(`station.passed.${key}`) : t(`station.ahead.${key}`) };
          })}
        />
        {study.error && (
          <div className={classes["error"]}>
            <RecordedWords raw={recorded(study.error, study.remedy)}>{t("stuck")}</RecordedWords>
          </div>
        )}
        {study.warned_instances > 0 && <Warnings study={study} />}
        {study.removed > 0 && <p>{t("removed", { count: study.removed })}</p>}
      </div>
    </li>
  );
}

/** What was odd about the study's objects as they came; as recorded in English, it is one click away. */
function Warnings({ study }: { readonly study: GatewayStudy }): JSX.Element {
  const { t } = useTranslation("gateways");
  const count = useCount();
  const number = count(study.warned_instances);
  return (
    <div className={classes["warned"]}>
      <Chip tone="attention" shape="triangle">
        {t("warned", { number, instances: count(study.instances) })}
      </Chip>
      <ul aria-label={t("warned_list")}>
        {study.warnings.map((raw) => (
          <li key={raw}>
            <RecordedWords raw={raw}>{t(`warning.${warning(raw).key}`)}</RecordedWords>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Bar({ percent }: { readonly percent: number }): JSX.Element {
  const { t } = useTranslation("gateways");
  return (
    <progress className={classes["progress"]} max={100} value={percent} aria-label={t("station.ahead.forwarding")} />
  );
}
