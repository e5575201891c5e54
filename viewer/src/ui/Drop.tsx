import { Button, type ButtonProps } from "@mantine/core";
import { useRef, useState, type DragEvent, type JSX, type ReactNode } from "react";
import classes from "./Drop.module.css";

interface DropProps {
  /** What may be dropped here. */
  readonly children: ReactNode;
  readonly word: string;
  readonly accept: string;
  readonly multiple?: boolean;
  readonly button?: ButtonProps;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Files by drop, or by a button for those who do not drag. */
export function Drop({ children, word, accept, multiple = false, button, onFiles }: DropProps): JSX.Element {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const dropped = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  return (
    <div
      className={classes["drop"]}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      {children}
      <Button size="xs" variant="default" {...button} onClick={() => input.current?.click()}>
        {word}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={multiple}
        accept={accept}
        aria-label={word}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}
