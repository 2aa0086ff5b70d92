"use client";
// The import of this screen: its step, and what leads to the next one.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useReducer, useRef } from "react";
import { orpc, sentenceOf } from "../../../../../lib/api/client.ts";
import type { FormatName } from "../../../../../lib/datasets/formats/format.ts";
import type { UseCase } from "../../../../../lib/vocabulary/labeling.ts";
import { firstStep, nextStep } from "./steps.ts";

export interface Terms {
  name: string;
  revision: string;
  licence: string;
  useCase: UseCase;
}

export function useImport() {
  const [step, dispatch] = useReducer(nextStep, firstStep);
  const stop = useRef(new AbortController());
  const queries = useQueryClient();
  // Whoever leaves the page stops it: what came in stays.
  useEffect(() => () => stop.current.abort(), []);

  /** Runs a part of it until it is stopped; another part that was under way ends. */
  async function run(part: (signal: AbortSignal, onRows: (rows: number) => void) => Promise<void>) {
    stop.current.abort();
    const mine = new AbortController();
    stop.current = mine;
    const { signal } = mine;
    try {
      await part(signal, (rows) => {
        if (!signal.aborted) dispatch({ act: "progress", rows });
      });
    } catch (error) {
      // Another part has taken its place.
      if (stop.current !== mine) return;
      if (signal.aborted) dispatch({ act: "stopped" });
      else dispatch({ act: "failed", problem: wordsOf(error) });
    }
  }

  const read = (file: File, format?: FormatName) => {
    dispatch({ act: "read", file });
    return run(async (signal, onRows) => {
      const { surveyFile } = await import("../../../../../lib/datasets/import-file.ts");
      const { fileInPage } = await import("./in-page.ts");
      const surveyed = await surveyFile(fileInPage(file), { format, signal, onRows });
      signal.throwIfAborted();
      dispatch({ act: "looked", surveyed });
    });
  };

  const start = (terms: Terms) => {
    if (step.at !== "looked") return;
    const { file, surveyed } = step;
    dispatch({ act: "import" });
    return run(async (signal, onRows) => {
      const { importFile } = await import("../../../../../lib/datasets/import-file.ts");
      const { doorOfPage, fileInPage } = await import("./in-page.ts");
      try {
        const report = await importFile(doorOfPage, fileInPage(file), surveyed, { ...terms, signal, onRows });
        dispatch({ act: "done", report });
      } finally {
        // Also of what came in before a stop.
        void queries.invalidateQueries({ queryKey: orpc.imports.key() });
        void queries.invalidateQueries({ queryKey: orpc.prompts.key() });
      }
    });
  };

  return { step, read, start, stop: () => stop.current.abort(), again: () => dispatch({ act: "again" }) };
}

function wordsOf(error: unknown): string {
  if (error instanceof DOMException) return "The file cannot be read any more: choose it again.";
  // Our own words about the file.
  if (error instanceof Error && error.name === "FileRefused") return error.message;
  return sentenceOf(error);
}
