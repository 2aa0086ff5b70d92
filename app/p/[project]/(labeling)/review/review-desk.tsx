"use client";
// A demonstration beside its prompt, and the review below: rating, comment, accept or send back.
import { ORPCError } from "@orpc/client";
import { useRef, useState } from "react";
import { api } from "../../../../../lib/api/client.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import type { Demonstration } from "../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Button } from "../../../../ui/button.tsx";
import { TextArea } from "../../../../ui/field.tsx";
import { moment } from "../../../../ui/figures.ts";
import { Person } from "../../../../ui/person.tsx";
import { Problem } from "../../../../ui/states.tsx";
import { useKeptText } from "../../../../ui/use-kept-text.ts";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { useConfirmKey, useShortcut } from "../../../../ui/use-shortcut.ts";
import { lengthOf } from "../../../../ui/written.ts";
import { Conversation } from "../conversation.tsx";
import { EarlierVersions } from "../earlier-versions.tsx";
import { kindNames } from "../prompt-words.ts";
import { RatingScale, ratings } from "../rating-scale.tsx";
import type { Reviewable } from "./use-reviews.ts";

interface ReviewDeskProps {
  demonstration: Reviewable;
  onReviewed: (result: Demonstration) => void;
  /** Absent: nothing else waits. */
  onLater?: () => void;
  /** It cannot be reviewed any more. */
  onGone: () => void;
}

const returnedNeedsComment = "Say what to change: the author reads it.";

export function ReviewDesk({ demonstration, onReviewed, onLater, onGone }: ReviewDeskProps) {
  const { id, prompt, text, author, version, createdAt, review } = demonstration;
  const root = useRef<HTMLDivElement>(null);
  const [keptRating, keepRating, forgetRating] = useKeptText(`review-rating.${id}`);
  const rating = keptRating ? Number(keptRating) : (review?.rating ?? null);
  const [kept, keep, forget] = useKeptText(`review.${id}`);
  const [typed, setTyped] = useState<string | null>(null);
  const comment = typed ?? (kept || (review?.comment ?? ""));
  /** What Ctrl+Enter does. */
  const [isReturning, setReturning] = useState(false);
  const [missing, setMissing] = useState<"rating" | "comment" | null>(null);

  const save = useMutation({
    mutationFn: (input: { rating: number; returned: boolean }) => api.demonstrations.review({ id, comment, ...input }),
    onSuccess: (result) => {
      forget();
      forgetRating();
      onReviewed(result);
    },
  });
  const isBusy = save.isPending || save.isSuccess;
  const isGone = save.error instanceof ORPCError && ["NOT_FOUND", "CONFLICT", "FORBIDDEN"].includes(save.error.code);

  function judge(returned: boolean) {
    if (isBusy) return;
    setReturning(returned);
    const lacks = returned && comment.trim() === "" ? "comment" : rating === null ? "rating" : null;
    setMissing(lacks);
    if (lacks === "comment") return root.current?.querySelector("textarea")?.focus();
    if (rating === null) return root.current?.querySelector<HTMLElement>("input[type=radio]")?.focus();
    save.mutate({ rating, returned });
  }
  function rate(value: number) {
    keepRating(String(value));
    setMissing(null);
  }
  useShortcut(ratings.map(String), (key) => rate(Number(key)));
  useShortcut("a", () => judge(false));
  useShortcut("s", () => judge(true));
  useShortcut("n", () => onLater?.());
  useConfirmKey(() => judge(isReturning));

  return (
    <div ref={root} className="flex flex-col gap-4">
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <article aria-label="Prompt" className="min-w-0 rounded-md border border-line bg-surface">
          <p className="flex flex-wrap justify-between gap-x-4 border-line border-b px-4 py-1.5 text-muted text-sm">
            <span>Prompt</span>
            <span>
              {kindNames[prompt.kind]} · {prompt.useCase}
            </span>
          </p>
          <div className="px-4 py-3">
            <Conversation messages={prompt.messages} />
          </div>
        </article>
        <article aria-label="Demonstration" className="min-w-0 rounded-md border border-line bg-surface">
          <p className="flex flex-wrap justify-between gap-x-4 border-line border-b px-4 py-1.5 text-muted text-sm">
            <span>Demonstration{version > 1 ? `, version ${version}` : ""}</span>
            <span>
              <Person username={author} /> · {moment(createdAt)} · {lengthOf(text)}
            </span>
          </p>
          <AsWritten text={text} className="max-w-[80ch] px-4 py-3" />
          <EarlierVersions demonstration={demonstration} open />
        </article>
      </div>
      <section
        aria-label="Your review"
        className="-mx-4 flex flex-wrap items-start gap-x-6 gap-y-3 border-line border-t bg-page px-4 py-3 lg:[@media(min-height:40rem)]:sticky lg:[@media(min-height:40rem)]:bottom-0 lg:[@media(min-height:40rem)]:z-20"
      >
        <RatingScale
          label="How good is it?"
          rating={rating}
          onRate={rate}
          error={missing === "rating" ? "Rate it first: 1 is worst, 7 is best." : null}
        />
        <TextArea
          label={isReturning ? "Comment" : "Comment (optional)"}
          value={comment}
          onChange={(event) => {
            setTyped(event.target.value);
            keep(event.target.value);
            setMissing(null);
          }}
          rows={2}
          maxLength={limits.noteCharacters}
          error={missing === "comment" ? returnedNeedsComment : null}
          className="min-w-0 flex-1 basis-72"
        />
        <div className="flex flex-wrap gap-2 self-end">
          {onLater ? (
            <Button kind="quiet" aria-keyshortcuts="n" onClick={onLater}>
              Later
            </Button>
          ) : null}
          <Button
            kind={isReturning ? "primary" : "plain"}
            busy={isBusy}
            aria-keyshortcuts="s"
            onClick={() => judge(true)}
          >
            Send back
          </Button>
          <Button
            kind={isReturning ? "plain" : "primary"}
            busy={isBusy}
            aria-keyshortcuts="a"
            onClick={() => judge(false)}
          >
            Accept
          </Button>
        </div>
        {save.error ? (
          <div className="flex basis-full flex-wrap items-center gap-3">
            <Problem error={save.error} />
            {isGone ? <Button onClick={onGone}>Go on with the next</Button> : null}
          </div>
        ) : null}
      </section>
    </div>
  );
}
