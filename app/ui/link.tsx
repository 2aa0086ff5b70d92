"use client";
// A link to another page, as screens name it: "/prompts/abc" is of the project that the page is of.
import NextLink from "next/link";
import type { ComponentProps } from "react";
import { usePlaces } from "../shell/user-context.tsx";

export type LinkProps = Omit<ComponentProps<typeof NextLink>, "href"> & { href: string };

export function Link({ href, ...rest }: LinkProps) {
  return <NextLink {...rest} href={usePlaces()(href)} />;
}
