"use client";
// How a model at an address is asked: shown to whoever trains, changed by admins of the installation.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type * as z from "zod";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import type { AddressSettings, shownAddress } from "../../../../../../lib/vocabulary/shapes.ts";
import { useUser } from "../../../../../shell/user-context.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { counted } from "../../../../../ui/figures.ts";
import { Section } from "../../../../../ui/frame.tsx";
import { AddressForm } from "../address-form.tsx";

interface HowAskedProps {
  id: string;
  address: z.infer<typeof shownAddress>;
  context: number | null;
}

const ways: Record<AddressSettings["asks"], string> = {
  chat: "by chat",
  completion: "by plain completion",
  classify: "for scores, as vLLM’s /classify",
  get_reward: "for scores, as OpenRLHF’s /get_reward",
};

export function HowAsked({ id, address, context }: HowAskedProps) {
  const user = useUser();
  const queryClient = useQueryClient();
  const [isChanging, setChanging] = useState(false);
  const keep = async (settings: AddressSettings) => {
    await api.models.changeAddress({ id, ...settings });
    await queryClient.invalidateQueries({ queryKey: orpc.models.key() });
    setChanging(false);
  };
  const change = user?.isAdmin ? (
    <Button onClick={() => setChanging(!isChanging)}>{isChanging ? "Leave it as it is" : "Change …"}</Button>
  ) : null;
  return (
    <Section title="How it is asked" action={change}>
      {isChanging ? (
        <AddressForm id={id} before={{ ...address, context }} keep={keep} action="Save" />
      ) : (
        <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[max-content_1fr]">
          {factsOf(address).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="wrap-anywhere">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Section>
  );
}

function factsOf(address: HowAskedProps["address"]): [name: string, value: string][] {
  const { baseUrl, serverModel, asks, severalPerCall, extra, price, parallel, timeLimitS, template, key } = address;
  const keys = { none: "none", kept: "kept sealed", variable: key.kind === "variable" ? `in ${key.variable}` : "" };
  const facts: [string, string][] = [
    ["Address", baseUrl],
    ["Way", `${ways[asks]}${severalPerCall ? ", several answers in a call" : ""}`],
    ["Key", keys[key.kind]],
    ["At once", `${counted(parallel, "call")}, each of at most ${counted(timeLimitS, "second")}`],
  ];
  if (serverModel !== "") facts.splice(1, 0, ["Its name there", serverModel]);
  if (price) {
    const prices = [`of prompt ${price.prompt ?? "not known"}`, `of answer ${price.answer ?? "not known"}`];
    facts.push(["Price of a million tokens", prices.join(", ")]);
  }
  if (Object.keys(extra).length > 0) facts.push(["Further fields", JSON.stringify(extra)]);
  if (template !== null) facts.push(["Text to be scored", template]);
  return facts;
}
