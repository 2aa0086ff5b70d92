"use client";
// A button that opens a list of commands or of choices.
import { Content, Item, ItemIndicator, Portal, RadioGroup, RadioItem, Root, Trigger } from "radix-ui/dropdown-menu";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";

const item =
  "flex min-h-8 cursor-default select-none items-center justify-between gap-4 rounded-sm px-2 outline-none data-[highlighted]:bg-accent-wash";

export function Menu({
  label,
  name,
  kind = "quiet",
  side = "bottom",
  children,
}: {
  label: ReactNode;
  /** Accessible name, where the label is not one. */
  name?: string;
  kind?: "plain" | "quiet";
  side?: "bottom" | "top";
  children: ReactNode;
}) {
  return (
    <Root modal={false}>
      <Trigger asChild>
        <Button kind={kind} aria-label={name}>
          {label}
        </Button>
      </Trigger>
      <Portal>
        <Content
          align="end"
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 rounded-md border border-line bg-surface p-1 shadow-float"
        >
          {children}
        </Content>
      </Portal>
    </Root>
  );
}

export function MenuCommand({ onSelect, children }: { onSelect: () => void; children: ReactNode }) {
  return (
    <Item onSelect={onSelect} className={item}>
      {children}
    </Item>
  );
}

export function MenuChoice({
  value,
  onChange,
  options,
  name,
}: {
  value: string;
  onChange: (value: string) => void;
  options: { value: string; label: string }[];
  name: string;
}) {
  return (
    <RadioGroup value={value} onValueChange={onChange} aria-label={name}>
      {options.map((option) => (
        <RadioItem key={option.value} value={option.value} className={item}>
          {option.label}
          <ItemIndicator>✓</ItemIndicator>
        </RadioItem>
      ))}
    </RadioGroup>
  );
}
