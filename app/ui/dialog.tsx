"use client";
import { Close, Content, Description, Overlay, Portal, Root, Title } from "radix-ui/dialog";
// A dialog with a title and a way out: focus stays inside, Escape closes, focus goes back to where it was.
import type { ReactNode } from "react";
import { Button } from "./button.tsx";

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children: ReactNode;
}) {
  return (
    <Root open={open} onOpenChange={onOpenChange}>
      <Portal>
        <Overlay className="fixed inset-0 z-40 bg-[oklch(0.15_0.01_250/0.55)]" />
        <Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className="fixed top-1/2 left-1/2 z-50 flex max-h-[90dvh] w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-auto rounded-md border border-line bg-surface p-6 shadow-float"
        >
          <div className="flex items-start justify-between gap-4">
            <div>
              <Title className="text-lg font-semibold">{title}</Title>
              {description ? <Description className="mt-1 text-muted">{description}</Description> : null}
            </div>
            <Close asChild>
              <Button kind="quiet">Close</Button>
            </Close>
          </div>
          {children}
        </Content>
      </Portal>
    </Root>
  );
}
