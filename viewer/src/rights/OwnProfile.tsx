import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ReaderProfile } from "@/api/types";
import { useMay } from "@/session/api";
import { Failed, LoadingRows } from "@/ui/States";
import { DayText } from "@/ui/Written";
import { useOwnProfile } from "./api";
import { CertificateFacts } from "./CertificateFacts";
import { Lacks } from "./Lacks";
import { OwnCertificate } from "./OwnCertificate";
import classes from "./Rights.module.css";
import { Section } from "./Section";

/** What is recorded of me as a physician; others record it, I see it. */
export function OwnProfile(): JSX.Element {
  const { t } = useTranslation("rights");
  const query = useOwnProfile();
  return (
    <Section title={t("profile.mine")} lead={t("profile.mine_lead")}>
      {query.data ? (
        <Facts profile={query.data} />
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} compact />
      ) : (
        <LoadingRows rows={2} />
      )}
    </Section>
  );
}

function Facts({ profile }: { readonly profile: ReaderProfile }): JSX.Element {
  const { t } = useTranslation("rights");
  const may = useMay();
  return (
    <div className={`${classes["card"] ?? ""} ${classes["form"] ?? ""}`}>
      {may("report.sign") && <Lacks lacks={profile.lacks} />}
      <dl className={classes["facts"]}>
        <dt>{t("field.licence")}</dt>
        <dd>
          {profile.licence_number || t("profile.not_recorded")} <Until day={profile.licence_until} />
        </dd>
        <dt>{t("field.specialities")}</dt>
        <dd>
          {(profile.specialities ?? []).length === 0
            ? t("profile.not_recorded")
            : (profile.specialities ?? []).map((one) => (
                <div key={one.name}>
                  {one.name} <Until day={one.until} />
                </div>
              ))}
        </dd>
        <dt>{t("field.grade")}</dt>
        <dd>
          {profile.mammography_grade || t("profile.not_recorded")} <Until day={profile.mammography_until} />
        </dd>
        {profile.certificate && <CertificateFacts certificate={profile.certificate} />}
      </dl>
      {may("report.sign") && <OwnCertificate profile={profile} />}
    </div>
  );
}

function Until({ day }: { readonly day: string | null | undefined }): JSX.Element | null {
  const { t } = useTranslation("rights");
  if (!day) return null;
  return (
    <span className={classes["quiet"]}>
      {t("profile.until")} <DayText value={day} />
    </span>
  );
}
