"use client";
// react-query's useMutation, which knows at once that it was pressed: `isPending` is what was drawn last, and on a busy
// page two presses may come between two drawings.
import {
  type DefaultError,
  type UseMutationOptions,
  type UseMutationResult,
  useMutation as useQueryMutation,
} from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";

/** A press is dropped from the first one until its outcome has been drawn; the screen then says what may be pressed. */
export function useMutation<Data, Failure = DefaultError, Variables = void, Before = unknown>(
  options: UseMutationOptions<Data, Failure, Variables, Before>,
): UseMutationResult<Data, Failure, Variables, Before> {
  const mutation = useQueryMutation(options);
  const isPressed = useRef(false);
  const { mutate, isPending } = mutation;
  useEffect(() => {
    if (!isPending) isPressed.current = false;
  });
  const once = useCallback<typeof mutate>(
    (...press) => {
      if (isPressed.current) return;
      isPressed.current = true;
      mutate(...press);
    },
    [mutate],
  );
  return { ...mutation, mutate: once };
}
