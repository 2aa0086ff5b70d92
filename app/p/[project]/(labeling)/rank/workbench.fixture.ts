// For property tests: any moves on any bench.
import fc from "fast-check";
import { labelsOf } from "../../../../../lib/preference/ranking.ts";
import { answerFlagNames, promptFlagNames } from "../../../../../lib/vocabulary/labeling.ts";
import { type Move, openWorkbench, reduce, type Workbench } from "./workbench.ts";

export const play = (bench: Workbench, ...moves: Move[]) => moves.reduce(reduce, bench);

/** One move with K answers: mostly sensible, now and then for an answer or a rank that is not there. */
export const anyMove = (k: number): fc.Arbitrary<Move> => {
  const label = fc.constantFrom(...labelsOf(k), ...labelsOf(k), "Z");
  const by = fc.constantFrom(-1 as const, 1 as const);
  const notation = fc
    .array(fc.constantFrom(...labelsOf(k), ">", "=", " ", "x"), { maxLength: 2 * k })
    .map((signs) => signs.join(""));
  const of = <T extends string>(...type: T[]) => fc.constantFrom(...type);
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: of("rate"), label, likert: fc.option(fc.integer({ min: 0, max: 8 })) }) },
    fc.record({ type: of("flag"), label, flag: fc.constantFrom(...answerFlagNames) }),
    fc.record({ type: of("note"), label, text: fc.string({ unit: fc.constantFrom("a", " ", "🦊"), maxLength: 5 }) }),
    fc.record({ type: of("flag-prompt"), flag: fc.constantFrom(...promptFlagNames) }),
    fc.record({ type: of("go", "pin"), label }),
    fc.record({ type: of("step"), by }),
    {
      weight: 3,
      arbitrary: fc.record({ type: of("put"), label, rank: fc.integer({ min: -1, max: k + 1 }), goOn: fc.boolean() }),
    },
    fc.record({ type: of("shift"), label, by }),
    fc.record({ type: of("tie"), labels: fc.uniqueArray(label, { maxLength: 3 }) }),
    fc.record({ type: of("type"), text: notation }),
    { weight: 3, arbitrary: fc.record({ type: of("undo", "redo", "on", "to-board", "unpin") }) },
  );
};

/** A new bench, with or without a stage one, and moves to make on it. */
export const anyGame: fc.Arbitrary<[Workbench, Move[]]> = fc
  .tuple(fc.integer({ min: 2, max: 9 }), fc.boolean())
  .chain(([k, rateFirst]) =>
    fc.tuple(fc.constant(openWorkbench(labelsOf(k), rateFirst)), fc.array(anyMove(k), { maxLength: 40 })),
  );

export const anyBench: fc.Arbitrary<Workbench> = anyGame.map(([bench, moves]) => play(bench, ...moves));
