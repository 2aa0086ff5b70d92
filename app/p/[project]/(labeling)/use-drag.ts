"use client";
// Dragging (cards of the board, examples of a prompt) with mouse, pen and finger. What follows the pointer, and what it
// is over, change without React: nothing is drawn anew until the card is let go, so nine long answers cost no frame.
import {
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { listenToKeys } from "../../../ui/on-key.ts";

/** A mouse drags after this many pixels; a finger after so long without moving more than that: at once, it scrolls. */
const distance = 4;
const holdMs = 160;
const holdDistance = 8;
/** This near to its edge, a board that is wider than the window scrolls. */
const edge = 48;
const scrollStep = 12;

export interface Grab {
  label: string;
  /** Of what was taken, for what follows the pointer. */
  width: number;
}

export interface Drag {
  dragged: Grab | null;
  /** What follows the pointer. */
  follower: RefObject<HTMLDivElement | null>;
  /** For `onPointerDown` of a card's header. */
  grab: (event: ReactPointerEvent<HTMLElement>, label: string) => void;
}

/**
 * Places to drop it are elements with `data-rank`; the one under the pointer has `data-over` meanwhile.
 * @param board what scrolls sideways; null where it does not
 */
export function useDrag(board: RefObject<HTMLElement | null>, onDrop: (label: string, rank: number) => void): Drag {
  const [dragged, setDragged] = useState<Grab | null>(null);
  const follower = useRef<HTMLDivElement>(null);
  const stop = useRef<() => void>(() => undefined);
  useEffect(() => () => stop.current(), []);

  const grab = useCallback(
    ({ nativeEvent: start, currentTarget: handle }: ReactPointerEvent<HTMLElement>, label: string) => {
      const isOnButton = start.target instanceof Element && start.target.closest("button") !== null;
      if (start.button !== 0 || !start.isPrimary || isOnButton) return;
      stop.current();
      const isTouch = start.pointerType === "touch";
      const ended = new AbortController();
      const { signal } = ended;
      const from = handle.getBoundingClientRect();
      let at: PointerEvent = start;
      let over: HTMLElement | null = null;
      let isDragging = false;
      let frame = 0;

      const begin = () => {
        isDragging = true;
        setDragged({ label, width: from.width });
        frame = requestAnimationFrame(follow);
      };
      const hold = isTouch ? setTimeout(begin, holdMs) : undefined;
      const follow = () => {
        // Also called when the card is let go: the frame already asked for must not outlive the one asked for here.
        cancelAnimationFrame(frame);
        frame = requestAnimationFrame(follow);
        const { clientX: x, clientY: y } = at;
        if (follower.current) {
          const [left, top] = [from.left + x - start.clientX, from.top + y - start.clientY];
          follower.current.style.transform = `translate(${left}px, ${top}px)`;
        }
        scrollAtEdge(board.current, x);
        const under = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-rank]") ?? null;
        if (under === over) return;
        over?.removeAttribute("data-over");
        under?.setAttribute("data-over", "");
        over = under;
      };
      const end = () => {
        ended.abort();
        clearTimeout(hold);
        cancelAnimationFrame(frame);
        over?.removeAttribute("data-over");
        setDragged(null);
      };
      stop.current = end;

      const onMove = (event: PointerEvent) => {
        if (event.pointerId !== start.pointerId) return;
        at = event;
        const moved = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY);
        if (isDragging) return;
        if (isTouch && moved > holdDistance) end();
        if (!isTouch && moved >= distance) begin();
      };
      const onUp = (event: PointerEvent) => {
        if (event.pointerId !== start.pointerId) return;
        at = event;
        if (isDragging) follow();
        const rank = isDragging ? over?.dataset.rank : undefined;
        end();
        if (rank !== undefined) onDrop(label, Number(rank));
      };
      const keepStill = (event: Event) => {
        if (isDragging) event.preventDefault();
      };
      window.addEventListener("pointermove", onMove, { signal });
      window.addEventListener("pointerup", onUp, { signal });
      window.addEventListener("pointercancel", end, { signal });
      listenToKeys(window, ({ key }) => key === "Escape" && isDragging && end(), signal);
      // A finger that drags must neither scroll nor open the browser's menu.
      window.addEventListener("touchmove", keepStill, { signal, passive: false });
      window.addEventListener("contextmenu", keepStill, { signal });
    },
    [board, onDrop],
  );
  return { dragged, follower, grab };
}

function scrollAtEdge(board: HTMLElement | null, x: number): void {
  if (!board || board.scrollWidth <= board.clientWidth) return;
  const { left, right } = board.getBoundingClientRect();
  if (x > right - edge) board.scrollLeft += scrollStep;
  else if (x < left + edge) board.scrollLeft -= scrollStep;
}
