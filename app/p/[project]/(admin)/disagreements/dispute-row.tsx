"use client";
// One ranking with the reward model's order under it, and what a reviewer says of it.
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import { may } from "../../../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import type { Dispute } from "../../../../../lib/vocabulary/shapes.ts";
import { useUser } from "../../../../shell/user-context.tsx";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Button } from "../../../../ui/button.tsx";
import { TextArea } from "../../../../ui/field.tsx";
import { counted, moment } from "../../../../ui/figures.ts";
import { textOf } from "../../../../ui/form.ts";
import { Link } from "../../../../ui/link.tsx";
import { Person, useNameOf } from "../../../../ui/person.tsx";
import { Problem } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { shown } from "../../../../ui/written.ts";
import { ModelOrderLine } from "../../(labeling)/model-order-line.tsx";

export function DisputeRow({ dispute }: { dispute: Dispute }) {
  const user = useUser();
  const nameOf = useNameOf();
  const { id, comparisonId, promptText, useCase, split, labeler, notation, version, submittedAt, modelOrder } = dispute;
  const start = shown(promptText.slice(0, 300));
  const isOwn = dispute.source === null && user?.username === labeler;
  const whom = dispute.source === null || labeler === null ? nameOf(labeler ?? "a labeler elsewhere") : labeler;
  return (
    <li
      aria-label={`${notation} by ${whom}`}
      className="flex flex-col gap-2 border-line border-t px-4 py-3 first:border-t-0"
    >
      <Link
        href={`/comparisons/${comparisonId}`}
        prefetch={false}
        dir="auto"
        className="wrap-anywhere line-clamp-2 w-fit text-read"
      >
        {start}
      </Link>
      <div>
        <p className="flex flex-wrap gap-x-4 text-muted text-sm">
          <span>
            <span className="font-mono font-semibold text-ink">{notation}</span> by{" "}
            {dispute.source === null && labeler !== null ? <Person username={labeler} /> : <bdi>{shown(whom)}</bdi>}
          </span>
          {dispute.source === null ? null : (
            <span className="wrap-anywhere">Imported from {shown(dispute.source)}</span>
          )}
          <span>{moment(submittedAt)}</span>
          {version > 1 ? <span>version {version}</span> : null}
          <span>{useCase}</span>
          {split === "train" ? null : <span className="text-caution">Held out</span>}
        </p>
        <ModelOrderLine modelOrder={modelOrder} whom={whom} />
      </div>
      {dispute.review ? <ReviewLine review={dispute.review} /> : null}
      {dispute.earlierReviews.length > 0 ? (
        <details className="text-sm">
          <summary className="w-fit rounded-sm text-muted">
            {counted(dispute.earlierReviews.length, "earlier review")}
          </summary>
          <div className="flex flex-col gap-2 pt-1">
            {dispute.earlierReviews.map((review) => (
              <ReviewLine key={review.createdAt} review={review} />
            ))}
          </div>
        </details>
      ) : null}
      {user && may(user.role, "review") ? (
        isOwn ? (
          <p className="text-muted text-sm">Your own: someone else looks at it.</p>
        ) : (
          <ReviewForm
            key={dispute.review?.createdAt}
            id={id}
            said={start.slice(0, 60)}
            stands={dispute.review?.verdict === "stands"}
            isHere={dispute.source === null}
          />
        )
      ) : null}
    </li>
  );
}

function ReviewLine({
  review: { verdict, comment, reviewer, createdAt, answeredAt },
}: {
  review: NonNullable<Dispute["review"]>;
}) {
  const said = verdict === "stands" ? "lets it stand" : "asks to look again";
  return (
    <div className="text-sm">
      <p className="text-muted">
        <Person username={reviewer} /> {said}, {moment(createdAt)}
        {answeredAt === null ? "" : `. Looked at again and left as it is, ${moment(answeredAt)}`}
      </p>
      {comment ? <AsWritten text={comment} /> : null}
    </div>
  );
}

interface ReviewFormProps {
  id: string;
  said: string;
  /** It was let stand already. */
  stands: boolean;
  /** Its labeler is, and can be asked. */
  isHere: boolean;
}

function ReviewForm({ id, said, stands, isHere }: ReviewFormProps) {
  const [asks, setAsks] = useState(false);
  const [isEmpty, setEmpty] = useState(false);
  const queryClient = useQueryClient();
  const review = useMutation({
    mutationFn: (input: { verdict: "stands" | "again"; comment?: string }) => api.judge.review({ id, ...input }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.judge.disputes.key() }),
  });
  function ask(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const comment = textOf(new FormData(event.currentTarget), "comment");
    setEmpty(comment.trim() === "");
    if (comment.trim() !== "") review.mutate({ verdict: "again", comment });
  }
  if (asks) {
    return (
      <form noValidate className="flex max-w-3xl flex-col items-start gap-2" onSubmit={ask}>
        <TextArea
          label="What to look at again"
          name="comment"
          rows={2}
          error={isEmpty ? "Say what the labeler should look at again." : null}
          autoFocus
          maxLength={limits.noteCharacters}
          className="w-full"
          hint="Its labeler reads this, and not what the reward model thinks."
        />
        <Problem error={review.error} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" busy={review.isPending}>
            Ask the labeler
          </Button>
          <Button kind="quiet" onClick={() => setAsks(false)}>
            Cancel
          </Button>
        </div>
      </form>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      {stands ? null : (
        <Button busy={review.isPending} onClick={() => review.mutate({ verdict: "stands" })}>
          Let it stand
          <span className="sr-only">: {said}</span>
        </Button>
      )}
      {isHere ? (
        <Button kind={stands ? "plain" : "quiet"} onClick={() => setAsks(true)}>
          Ask to look again …<span className="sr-only">: {said}</span>
        </Button>
      ) : null}
      <Problem error={review.error} />
    </div>
  );
}
