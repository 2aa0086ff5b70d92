// Events: one is stored with every change. Each verb is named noun.verb, after what it is about; beside it stands what a screen
// says between who did it and what it was done to.
import { type Role, roles } from "./labeling.ts";

export const verbs = {
  "candidate.drawAgain": "drew again, as another answer had the same text, an answer",
  "candidate.regenerate": "had an answer written anew",
  "comparison.askScores": "asked a reward model for scores of a comparison",
  "comparison.create": "asked for answers, a comparison",
  "comparison.handOut": "handed out again a comparison",
  "comparison.score": "scored a comparison",
  "comparison.skip": "skipped a comparison",
  "comparison.unskip": "took back the skip of a comparison",
  "database.restore": "put a backup in the place of the database",
  "dataSource.addRows": "imported rows of the file",
  "dataSource.create": "began to import the file",
  "dataSource.delete": "deleted what came in from the file",
  "dataSource.finish": "imported to its end the file",
  "demonstration.create": "wrote a demonstration",
  "demonstration.review": "reviewed a demonstration",
  "demonstration.revise": "revised a demonstration",
  "guidelines.publish": "published the guidelines on",
  "guidelines.read": "read the guidelines on",
  "job.askStop": "asked for the end of a job",
  "job.fail": "failed at a job",
  "job.finish": "finished a job",
  "job.stop": "stopped a job",
  "member.add": "brought into the project",
  "member.changeRole": "changed the role of",
  "member.remove": "took out of the project",
  "model.add": "added a model",
  "model.archive": "archived a model",
  "model.change": "changed how a model is asked",
  "model.create": "trained a model",
  "model.delete": "deleted a model",
  "model.ship": "brought a model along",
  "model.fetch": "had a model fetched again",
  "model.measure": "measured what fewer bits cost a model",
  "model.rename": "renamed a model",
  "model.restore": "brought back a model",
  "person.activate": "opened the account of",
  "person.changePassword": "changed the password of",
  "person.changeRole": "changed the role of the account of",
  "person.create": "added",
  "person.deactivate": "closed the account of",
  "person.endSessions": "ended sessions of",
  "person.resetPassword": "made a link to a new password for",
  "person.setPassword": "set a new password by a link",
  // Of earlier versions: no verb is ever taken out, or the history of a database that holds it could not be read.
  "project.addPrompts": "added the prompts that come with Rankloop to",
  "project.addScenarios": "added the use-case descriptions that come with Rankloop to",
  "project.archive": "archived the project",
  "project.archivePrompts": "archived several prompts of",
  "project.changeSettings": "changed the settings of",
  "project.create": "made the project",
  "project.delete": "deleted a project",
  "project.deletePrompts": "deleted several prompts of",
  "project.rename": "renamed the project",
  "project.restore": "brought back the project",
  "project.restorePrompts": "brought back several prompts of",
  "prompt.archive": "archived a prompt",
  "prompt.create": "wrote a prompt",
  "prompt.delete": "deleted a prompt",
  "prompt.edit": "changed a prompt",
  "prompt.resample": "drew further prompts from a prompt",
  "prompt.restore": "brought back a prompt",
  "prompt.revise": "wrote a new version of a prompt",
  "ranking.keep": "looked again and kept a ranking",
  "ranking.review": "reviewed a ranking",
  "ranking.revise": "changed a ranking",
  "ranking.submit": "submitted a ranking",
  "run.delete": "deleted a training run",
  "run.noteData": "wrote out the data of a training run",
  "run.resume": "resumed a training run",
  "run.start": "started a training run",
  "scenario.create": "added a use-case description",
  "scenario.restore": "put back a use-case description",
  "scenario.retire": "retired a use-case description",
  "token.create": "made an API token",
  "token.revoke": "revoked an API token",
} as const;

export type Verb = keyof typeof verbs;
export const verbNames = Object.keys(verbs) as [Verb, ...Verb[]];

/** SubjectKind is the kind of thing an event is about: the noun of its verb. */
export type SubjectKind = Verb extends infer V ? (V extends `${infer Noun}.${string}` ? Noun : never) : never;

/** subjectKindOf("prompt.create") → "prompt" */
export const subjectKindOf = (verb: Verb): SubjectKind => verb.split(".")[0] as SubjectKind;

export const subjectKinds = [...new Set(verbNames.map(subjectKindOf))] as [SubjectKind, ...SubjectKind[]];

/**
 * In what capacity something is done: a person's role in the project then; a person with their own account; a worker; or
 * Rankloop itself, by its launcher or the shell.
 */
export const capacities = [...roles, "account", "worker", "system"] as const;
export type Capacity = Role | "account" | "worker" | "system";
