import { Modal } from "@mantine/core";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { LanguageSwitch } from "@/ui/LanguageSwitch";
import { keyName, KEYS, type Command, type KeyGroup } from "./keys";
import classes from "./HelpSheet.module.css";

const GROUPS: readonly KeyGroup[] = ["move", "tools", "picture", "layout", "room"];
/** What the report beside the images takes wherever the focus is; letters stand on its buttons. */
const REPORT_KEYS = [
  ["normal", "Alt N"],
  ["kind", "Alt A–Z"],
  ["fact", "Alt 1–9"],
  ["phrase", "Alt ⇧ 1–9"],
  ["dictate", "Alt ⇧ V"],
  ["save", "Ctrl S"],
  ["sign", "Alt Enter"],
  ["send", "Ctrl Enter"],
] as const;
const MOUSE = ["wheel", "ctrlWheel", "middle", "right", "double"] as const;

/** The keys of the reading room. */
export function HelpSheet({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const { t } = useTranslation("reading");
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("help")}
      size="76rem"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <div className={classes["language"]}>
        <LanguageSwitch />
      </div>
      <div className={classes["sheet"]}>
        {GROUPS.map((group) => (
          <section key={group}>
            <h2>{t(`keyGroup.${group}`)}</h2>
            <dl>
              {commandsOf(group).map(([command, keys]) => (
                <div key={command}>
                  <dt>
                    {keys.map((name) => (
                      <kbd key={name}>{name}</kbd>
                    ))}
                  </dt>
                  <dd>{t(`command.${command}`)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h2>{t("keyGroup.report")}</h2>
          <dl>
            {REPORT_KEYS.map(([what, ...keys]) => (
              <div key={what}>
                <dt>
                  {keys.map((name) => (
                    <kbd key={name}>{name}</kbd>
                  ))}
                </dt>
                <dd>{t(`reportKey.${what}`)}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h2>{t("mouse.label")}</h2>
          <ul>
            {MOUSE.map((what) => (
              <li key={what}>{t(`mouse.${what}`)}</li>
            ))}
          </ul>
        </section>
      </div>
    </Modal>
  );
}

function commandsOf(group: KeyGroup): [Command, string[]][] {
  const keys = new Map<Command, string[]>();
  for (const binding of KEYS) {
    if (binding.group === group) keys.set(binding.command, [...(keys.get(binding.command) ?? []), keyName(binding)]);
  }
  return [...keys];
}
