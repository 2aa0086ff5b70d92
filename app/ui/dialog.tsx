"use client";
// A dialog with a title and a way out: the browser's own, which keeps the focus inside, closes at Escape and gives the
// focus back to where it was.
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button.tsx";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
}

export function Dialog({ open, onClose, title, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className="m-auto max-h-[90dvh] w-[min(36rem,calc(100vw-2rem))] rounded-md border border-line bg-surface p-6 text-ink shadow-float backdrop:bg-[oklch(0.15_0.01_250/0.55)]"
    >
      <div className="mb-4 flex items-start justify-between gap-4">
        <h2 id={id} className="font-semibold text-lg">
          {title}
        </h2>
        <Button kind="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
      {open ? children : null}
    </dialog>
  );
}
