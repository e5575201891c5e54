import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState, type JSX, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ListedPerson, ReaderProfile } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { Failed, FailedLine, LoadingRows } from "@/ui/States";
import { useProfile, useRecordProfile } from "./api";
import { CertificateFields } from "./CertificateFields";
import { dayOrNone, GRADES, knownGrade } from "./model";
import classes from "./Rights.module.css";

export interface ProfileDialogProps {
  readonly person: ListedPerson;
  readonly onClose: () => void;
}

/** What an administrator has seen a physician's papers of. */
export function ProfileDialog({ person, onClose }: ProfileDialogProps): JSX.Element {
  const { t } = useTranslation("rights");
  const query = useProfile(person.person_id);
  return (
    <Dialog onClose={onClose} title={t("profile.of", { name: person.display_name })} closeLabel={t("close")} wide>
      {query.data ? (
        <>
          <Fields personId={person.person_id} profile={query.data} onClose={onClose} />
          <CertificateFields personId={person.person_id} profile={query.data} />
        </>
      ) : query.error ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} compact />
      ) : (
        <LoadingRows rows={4} />
      )}
    </Dialog>
  );
}

interface FieldsProps {
  readonly personId: string;
  readonly profile: ReaderProfile;
  readonly onClose: () => void;
}

function Fields({ personId, profile, onClose }: FieldsProps): JSX.Element {
  const { t } = useTranslation("rights");
  const record = useRecordProfile();
  const [licence, setLicence] = useState(profile.licence_number);
  const [licenceUntil, setLicenceUntil] = useState(profile.licence_until ?? "");
  const [grade, setGrade] = useState(profile.mammography_grade);
  const [gradeUntil, setGradeUntil] = useState(profile.mammography_until ?? "");
  const [specialities, setSpecialities] = useState(
    (profile.specialities ?? []).map(({ name, until }) => ({ name, until: until ?? "" })),
  );
  const change = (at: number, part: { name?: string; until?: string }): void =>
    setSpecialities(specialities.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    record.mutate(
      {
        personId,
        profile: {
          licence_number: licence.normalize("NFKC").trim(),
          licence_until: dayOrNone(licenceUntil),
          specialities: specialities
            .filter(({ name }) => name.trim() !== "")
            .map(({ name, until }) => ({ name: name.trim(), until: dayOrNone(until) })),
          mammography_grade: grade,
          mammography_until: grade === "" ? null : dayOrNone(gradeUntil),
        },
      },
      { onSuccess: onClose },
    );
  };
  return (
    <form onSubmit={submit} className={classes["form"]}>
      {record.error && <FailedLine error={record.error} />}
      <p className={classes["text"]}>{t("profile.text")}</p>
      <div className={classes["two"]}>
        <TextInput
          label={t("field.licence")}
          value={licence}
          onChange={(event) => setLicence(event.currentTarget.value)}
          maxLength={40}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          type="date"
          label={t("field.licence_until")}
          value={licenceUntil}
          onChange={(event) => setLicenceUntil(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("field.grade")}
          value={grade}
          onChange={(event) => setGrade(knownGrade(event.currentTarget.value))}
          data={GRADES.map((one) => ({ value: one, label: one || t("profile.no_grade") }))}
        />
        <TextInput
          type="date"
          label={t("field.grade_until")}
          value={gradeUntil}
          disabled={grade === ""}
          onChange={(event) => setGradeUntil(event.currentTarget.value)}
        />
      </div>
      {specialities.map((one, at) => (
        <div key={at} className={classes["speciality"]}>
          <TextInput
            label={t("field.speciality")}
            value={one.name}
            maxLength={100}
            onChange={(event) => change(at, { name: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t("field.speciality_until")}
            value={one.until}
            onChange={(event) => change(at, { until: event.currentTarget.value })}
          />
          <Button variant="subtle" onClick={() => setSpecialities(specialities.filter((_, index) => index !== at))}>
            {t("profile.remove")}
          </Button>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => setSpecialities([...specialities, { name: "", until: "" }])}
        >
          {t("profile.add_speciality")}
        </Button>
      </div>
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={onClose}>
          {t("close")}
        </Button>
        <Button type="submit" loading={record.isPending}>
          {t("profile.record")}
        </Button>
      </div>
    </form>
  );
}
