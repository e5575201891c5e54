import { Modal } from "@mantine/core";
import type { JSX, ReactNode } from "react";
import classes from "./Dialog.module.css";

export interface DialogProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** While something is under way that must not be lost by a stray key. */
  readonly held?: boolean;
  readonly children: ReactNode;
}

/** One question over the page; closed by its buttons or Escape, never by a click beside it. */
export function Dialog({ title, closeLabel, onClose, wide = false, held = false, children }: DialogProps): JSX.Element {
  return (
    <Modal.Root opened onClose={onClose} size={wide ? "lg" : "md"} closeOnClickOutside={false} closeOnEscape={!held}>
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content radius="md">
        <div className={classes["head"]}>
          <Modal.Title className={classes["title"] ?? ""}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={closeLabel} disabled={held} />
        </div>
        <Modal.Body px={24} pb={24}>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
