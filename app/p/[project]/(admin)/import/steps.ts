// The steps of an import on its screen: a file is chosen, looked into, imported, and reported on. Pure.
import type { FileSurvey } from "../../../../../lib/datasets/import-file.ts";
import type { ImportReport } from "../../../../../lib/datasets/import-report.ts";

export type Step =
  | { at: "choose"; problem: string | null }
  | { at: "reading"; file: File; rows: number }
  | { at: "looked"; file: File; surveyed: FileSurvey; problem: string | null; stoppedAfter: number | null }
  | { at: "importing"; file: File; surveyed: FileSurvey; rows: number }
  | { at: "done"; name: string; report: ImportReport };

export type Act =
  | { act: "read"; file: File }
  | { act: "progress"; rows: number }
  | { act: "looked"; surveyed: FileSurvey }
  | { act: "import" }
  | { act: "stopped" }
  | { act: "failed"; problem: string }
  | { act: "done"; report: ImportReport }
  | { act: "again" };

export const firstStep: Step = { at: "choose", problem: null };

/** What comes late, of a file that is no longer looked at, changes nothing. */
export function nextStep(step: Step, act: Act): Step {
  switch (act.act) {
    case "read":
      return step.at === "importing" ? step : { at: "reading", file: act.file, rows: 0 };
    case "progress":
      return step.at === "reading" || step.at === "importing" ? { ...step, rows: act.rows } : step;
    case "looked":
      if (step.at !== "reading") return step;
      return { at: "looked", file: step.file, surveyed: act.surveyed, problem: null, stoppedAfter: null };
    case "import":
      if (step.at !== "looked" || step.surveyed.survey.refusal !== null) return step;
      return { at: "importing", file: step.file, surveyed: step.surveyed, rows: 0 };
    case "stopped":
      if (step.at === "reading") return firstStep;
      return step.at === "importing" ? lookedAgain(step, { problem: null, stoppedAfter: step.rows }) : step;
    case "failed":
      if (step.at === "reading") return { at: "choose", problem: act.problem };
      return step.at === "importing" ? lookedAgain(step, { problem: act.problem, stoppedAfter: step.rows }) : step;
    case "done":
      return step.at === "importing" ? { at: "done", name: step.file.name, report: act.report } : step;
    case "again":
      return step.at === "importing" || step.at === "reading" ? step : firstStep;
  }
}

const lookedAgain = (
  { file, surveyed }: Extract<Step, { at: "importing" }>,
  why: { problem: string | null; stoppedAfter: number },
): Step => ({ at: "looked", file, surveyed, ...why });
