import { Button, CloseButton } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { formatBytes } from "@/ui/format";
import { FailedLine } from "@/ui/States";
import { attachmentPath } from "./api";
import { Section } from "./fields";
import { FileDrop } from "./FileDrop";
import classes from "./Form.module.css";
import type { Attachment, ReadingRequest } from "./shapes";
import { useUploads, withdraw } from "./uploads";

export interface ChosenFilesProps {
  readonly files: readonly File[];
  readonly onChange: (files: readonly File[]) => void;
}

/** Files that go with a request as soon as it is placed. */
export function ChosenFiles({ files, onChange }: ChosenFilesProps): JSX.Element {
  const { t } = useTranslation("requests");
  return (
    <Section title={t("form.files")}>
      <FileDrop onFiles={(added) => onChange([...files, ...added])} />
      {files.length > 0 && (
        <ul className={classes["rows"]} aria-label={t("form.files")}>
          {files.map((file, index) => (
            <li key={`${file.name} ${index}`} className={classes["file"]}>
              <span title={file.name}>{file.name}</span>
              <span className={classes["quiet"]}>{formatBytes(file.size)}</span>
              <CloseButton
                aria-label={t("form.remove", { what: file.name })}
                onClick={() => onChange(files.filter((one) => one !== file))}
              />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** Files of a request that is placed: those that the hub has, and those on their way. */
export function PlacedFiles({
  request,
  mayAdd,
}: {
  readonly request: ReadingRequest;
  readonly mayAdd: boolean;
}): JSX.Element {
  const { t } = useTranslation("requests");
  const id = request.request_id;
  const { uploads, add, again } = useUploads(id);
  const failed = uploads.find(({ error }) => error !== null);
  return (
    <Section title={t("form.files")}>
      {request.attachments.length > 0 && <AttachmentList requestId={id} attachments={request.attachments} />}
      {uploads.length > 0 && (
        <ul className={classes["rows"]} aria-label={t("form.uploads")}>
          {uploads.map(({ file, error }, index) => (
            <li key={`${file.name} ${index}`} className={classes["file"]}>
              <span title={file.name}>{file.name}</span>
              <span className={classes["quiet"]}>{error === null ? t("form.sending") : t("form.not_sent")}</span>
              {error !== null && (
                <CloseButton aria-label={t("form.remove", { what: file.name })} onClick={() => withdraw(id, file)} />
              )}
            </li>
          ))}
        </ul>
      )}
      {failed !== undefined && (
        <>
          <FailedLine error={failed.error} />
          <Button className={classes["addition"] ?? ""} size="xs" variant="default" onClick={() => again(id)}>
            {t("form.send_again")}
          </Button>
        </>
      )}
      {mayAdd && <FileDrop onFiles={(files) => add(id, files)} />}
    </Section>
  );
}

export function AttachmentList({
  requestId,
  attachments,
}: {
  readonly requestId: string;
  readonly attachments: readonly Attachment[];
}): JSX.Element {
  const { t } = useTranslation("requests");
  return (
    <ul className={classes["rows"]} aria-label={t("form.files")}>
      {attachments.map(({ number, name, size }) => (
        <li key={number} className={classes["file"]}>
          <a href={attachmentPath(requestId, number)} target="_blank" rel="noopener" title={name}>
            {name}
          </a>
          <span className={classes["quiet"]}>{formatBytes(size)}</span>
        </li>
      ))}
    </ul>
  );
}
