"use client";
// A question before something is gone for good: what goes along is said first, and the safe way out is the first button.
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Problem } from "./states.tsx";

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What goes, and what stays. */
  children: ReactNode;
  action: string;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
}

export function Confirm({ open, onClose, title, children, action, isBusy, error, onConfirm }: ConfirmProps) {
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <div className="flex flex-col gap-4">
        <p>{children}</p>
        <Problem error={error} />
        <div className="flex flex-wrap gap-2">
          <Button onClick={onClose}>Keep it</Button>
          <Button kind="danger" busy={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
