// Limits of length and number, which the contract checks and the screens show. Without zod, so that a page pays nothing.

/** Seeds go from 0 to one less than this. */
export const seeds = 2 ** 32;

export const limits = {
  projectNameCharacters: 60,
  promptCharacters: 20_000,
  answerCharacters: 50_000,
  /** The length of a note on an answer, or of a comment on a demonstration. */
  noteCharacters: 5_000,
  guidelineCharacters: 50_000,
  scenarioCharacters: 2_000,
  tokenNameCharacters: 100,
  /** The length of what is said of a data source: its name, its revision, its licence. */
  sourceCharacters: 200,
  /** How many rows of a file one request may bring. */
  importedRows: 1_000,
  /** How many prompts one request may archive, bring back or delete. */
  promptsAtOnce: 200,
  /** The JSON of a draft. */
  draftCharacters: 600_000,
  /** How many comparisons one person may have generating or waiting for it; leads have no such limit. */
  comparisonsUnderWay: 50,
  turns: 40,
  shots: { min: 1, max: 20 },
  k: { min: 2, max: 9, default: 4 },
  /** How many rankings of one comparison may be wanted, each by another person. */
  rankingsWanted: { min: 1, max: 20, default: 1 },
  /** How many answers of one comparison people may write when they ask for the others. */
  writtenAnswers: 3,
  /** How often an answer is drawn again that has the same text as another of its comparison. */
  redraws: 3,
  temperature: { min: 0, max: 2, default: 0.7 },
  topP: { min: 0.01, max: 1, default: 1 },
  maxTokens: { min: 1, max: 1_024, default: 128 },
} as const;
