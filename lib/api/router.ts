// The contract, implemented: each procedure calls one verb. Rules live in the verbs, errors in errors.ts.
import { implement } from "@orpc/server";
import type { Database } from "../../db/client.ts";
import { type Context, inProject, type VisitorContext } from "../context.ts";
import * as imports from "../datasets/imports.ts";
import { countExport, previewExport } from "../datasets/preview.ts";
import * as accounts from "../project/accounts.ts";
import * as tokens from "../project/api-tokens.ts";
import { listEvents } from "../project/events.ts";
import * as guidelines from "../project/guidelines.ts";
import * as members from "../project/members.ts";
import { overview } from "../project/overview.ts";
import { resetPassword, setPassword } from "../project/password-reset.ts";
import * as projects from "../project/projects.ts";
import * as sessions from "../project/sessions.ts";
import { getSettings, updateSettings } from "../project/settings.ts";
import { setUp } from "../project/setup.ts";
import * as assignments from "../ranking/assignments.ts";
import * as disputes from "../ranking/disputes.ts";
import * as generate from "../ranking/generate.ts";
import { listOwnRankings } from "../ranking/own-rankings.ts";
import { judgeStatus } from "../ranking/project-model.ts";
import { scoreComparison } from "../ranking/score.ts";
import * as skips from "../ranking/skips.ts";
import { submitRanking } from "../ranking/submit.ts";
import { viewComparison, watchComparison } from "../ranking/view.ts";
import * as addresses from "../training/addresses.ts";
import { measureBits } from "../training/bits-cost.ts";
import { countTokens } from "../training/count-tokens.ts";
import * as hub from "../training/hub.ts";
import { getModel } from "../training/lineage.ts";
import * as modelChanges from "../training/model-changes.ts";
import { listModels } from "../training/models.ts";
import * as training from "../training/runs.ts";
import { startTraining, trainingSources } from "../training/start.ts";
import * as demonstrations from "../writing/demonstrations.ts";
import * as drafts from "../writing/drafts.ts";
import * as promptChanges from "../writing/prompt-changes.ts";
import * as prompts from "../writing/prompts.ts";
import { resamplePrompt } from "../writing/resample.ts";
import * as scenarios from "../writing/scenarios.ts";
import * as trials from "../writing/trials.ts";
import { actorOf } from "./auth.ts";
import { contract, isOfProject } from "./contract.ts";
import { isWrite, noSuchCall, refuseArchived, refuseOthers } from "./project-door.ts";
import { requestKeyOf } from "./request-key.ts";
import { asksSetupCode, checkSetupCode } from "./setup-code.ts";
import { events } from "./streams.ts";

/** What a mount passes in with each request. */
export interface RequestContext {
  db: Database;
  /** The id of the project in the address; null: it is the installation's. */
  project: string | null;
  headers: Headers;
  /** Fires when the visitor leaves. */
  left: AbortSignal;
}

const os = implement(contract)
  .$context<RequestContext>()
  .use(async ({ context, next, path, procedure }, input) => {
    const { db, headers, project } = context;
    const [group] = path;
    if (isOfProject(group) !== (project !== null)) throw noSuchCall();
    const actor = await actorOf(headers, db);
    const call = project === null ? path : [project, ...path];
    const request = requestKeyOf(headers, { actorId: actor?.id ?? "", call, input });
    const visitor: VisitorContext = { db, actor, ...(request && { request }) };
    const isSignedIn = async () => (await actorOf(headers, db))?.id === actor?.id;
    // Of calls about the installation nobody reads it.
    let verb: Context = { ...visitor, actor: null, project: "" };
    if (project !== null) {
      const entered = await inProject(visitor, project);
      await refuseOthers(entered, path.join("."), input);
      if (isWrite(path, procedure["~orpc"].route.method)) refuseArchived(entered);
      verb = entered;
    }
    return next({ context: { visitor, verb, isSignedIn } });
  });

export const router = os.router({
  setup: {
    status: os.setup.status.handler(async ({ context }) => ({
      needed: await accounts.setupNeeded(context.visitor),
      asksCode: asksSetupCode(context.headers),
    })),
    createAdmin: os.setup.createAdmin.handler(async ({ context, input: { code, ...account } }) => {
      if (await accounts.setupNeeded(context.visitor)) checkSetupCode(context.headers, code);
      return setUp(context.visitor, account);
    }),
  },
  accounts: {
    me: os.accounts.me.handler(({ context }) => accounts.me(context.visitor)),
    list: os.accounts.list.handler(({ context }) => accounts.listAccounts(context.visitor)),
    update: os.accounts.update.handler(({ context, input }) => accounts.updateAccount(context.visitor, input)),
    resetPassword: os.accounts.resetPassword.handler(({ context, input }) => resetPassword(context.visitor, input)),
    setPassword: os.accounts.setPassword.handler(({ context, input }) => setPassword(context.visitor, input)),
    sessions: os.accounts.sessions.handler(({ context, input }) => sessions.listSessions(context.visitor, input)),
    endSession: os.accounts.endSession.handler(({ context, input }) => sessions.endSession(context.visitor, input)),
    endSessions: os.accounts.endSessions.handler(({ context, input }) => sessions.endSessions(context.visitor, input)),
  },
  projects: {
    list: os.projects.list.handler(({ context }) => projects.listProjects(context.visitor)),
    models: os.projects.models.handler(({ context }) => projects.installedModels(context.visitor)),
    create: os.projects.create.handler(({ context, input }) => projects.createProject(context.visitor, input)),
  },
  project: {
    rename: os.project.rename.handler(({ context, input }) => projects.renameProject(context.verb, input)),
    clone: os.project.clone.handler(({ context, input }) => projects.cloneProject(context.verb, input)),
    archive: os.project.archive.handler(({ context, input }) => projects.archiveProject(context.verb, input)),
    contents: os.project.contents.handler(({ context }) => projects.projectContents(context.verb)),
    remove: os.project.remove.handler(({ context, input }) => projects.removeProject(context.verb, input)),
  },
  members: {
    list: os.members.list.handler(({ context }) => members.listMembers(context.verb)),
    names: os.members.names.handler(({ context }) => members.listNames(context.verb)),
    add: os.members.add.handler(({ context, input }) => members.addMember(context.verb, input)),
    addAccount: os.members.addAccount.handler(({ context, input }) => members.addPerson(context.verb, input)),
    update: os.members.update.handler(({ context, input }) => members.updateMember(context.verb, input)),
    remove: os.members.remove.handler(({ context, input }) => members.removeMember(context.verb, input)),
  },
  progress: {
    overview: os.progress.overview.handler(({ context }) => overview(context.verb)),
  },
  settings: {
    get: os.settings.get.handler(({ context }) => getSettings(context.verb)),
    update: os.settings.update.handler(({ context, input }) => updateSettings(context.verb, input)),
  },
  guidelines: {
    get: os.guidelines.get.handler(({ context, input }) => guidelines.getGuidelines(context.verb, input)),
    history: os.guidelines.history.handler(({ context, input }) => guidelines.guidelinesHistory(context.verb, input)),
    markRead: os.guidelines.markRead.handler(({ context, input }) =>
      guidelines.markGuidelinesRead(context.verb, input),
    ),
    publish: os.guidelines.publish.handler(({ context, input }) => guidelines.publishGuidelines(context.verb, input)),
  },
  prompts: {
    count: os.prompts.count.handler(({ context, input }) => prompts.countPrompts(context.verb, input)),
    list: os.prompts.list.handler(({ context, input }) => prompts.listPrompts(context.verb, input)),
    get: os.prompts.get.handler(({ context, input }) => prompts.getPrompt(context.verb, input)),
    create: os.prompts.create.handler(({ context, input }) => prompts.createPrompt(context.verb, input)),
    edit: os.prompts.edit.handler(({ context, input }) => promptChanges.editPrompt(context.verb, input)),
    archive: os.prompts.archive.handler(({ context, input }) => promptChanges.archivePrompt(context.verb, input)),
    remove: os.prompts.remove.handler(({ context, input }) => promptChanges.removePrompt(context.verb, input)),
    archiveMany: os.prompts.archiveMany.handler(({ context, input }) =>
      promptChanges.archivePrompts(context.verb, input),
    ),
    removeMany: os.prompts.removeMany.handler(({ context, input }) => promptChanges.removePrompts(context.verb, input)),
    resample: os.prompts.resample.handler(({ context, input }) => resamplePrompt(context.verb, input)),
  },
  demonstrations: {
    create: os.demonstrations.create.handler(({ context, input }) =>
      demonstrations.createDemonstration(context.verb, input),
    ),
    revise: os.demonstrations.revise.handler(({ context, input }) =>
      demonstrations.reviseDemonstration(context.verb, input),
    ),
    list: os.demonstrations.list.handler(({ context, input }) =>
      demonstrations.listDemonstrations(context.verb, input),
    ),
    review: os.demonstrations.review.handler(({ context, input }) =>
      demonstrations.reviewDemonstration(context.verb, input),
    ),
  },
  scenarios: {
    list: os.scenarios.list.handler(({ context }) => scenarios.listScenarios(context.verb)),
    add: os.scenarios.add.handler(({ context, input }) => scenarios.addScenario(context.verb, input)),
    restore: os.scenarios.restore.handler(({ context, input }) => scenarios.restoreScenario(context.verb, input)),
    retire: os.scenarios.retire.handler(({ context, input }) => scenarios.retireScenario(context.verb, input)),
  },
  tokens: {
    list: os.tokens.list.handler(({ context }) => tokens.listApiTokens(context.verb)),
    create: os.tokens.create.handler(({ context, input }) => tokens.createApiToken(context.verb, input)),
    revoke: os.tokens.revoke.handler(({ context, input }) => tokens.revokeApiToken(context.verb, input)),
  },
  models: {
    list: os.models.list.handler(({ context }) => listModels(context.verb)),
    get: os.models.get.handler(({ context, input }) => getModel(context.verb, input)),
    addAddress: os.models.addAddress.handler(({ context, input }) => addresses.addAddress(context.verb, input)),
    changeAddress: os.models.changeAddress.handler(({ context, input }) =>
      addresses.changeAddress(context.verb, input),
    ),
    tryAddress: os.models.tryAddress.handler(({ context, input }) =>
      addresses.tryAddress(context.verb, input, context.left),
    ),
    addFolder: os.models.addFolder.handler(({ context, input }) => modelChanges.addFolder(context.verb, input)),
    addFromHub: os.models.addFromHub.handler(({ context, input }) => hub.addFromHub(context.verb, input)),
    fetchAgain: os.models.fetchAgain.handler(({ context, input }) => hub.fetchModelAgain(context.verb, input)),
    stopFetching: os.models.stopFetching.handler(({ context, input }) => hub.stopFetching(context.verb, input)),
    archive: os.models.archive.handler(({ context, input }) => modelChanges.archiveModel(context.verb, input)),
    setBits: os.models.setBits.handler(({ context, input }) => modelChanges.setModelBits(context.verb, input)),
    measureBits: os.models.measureBits.handler(({ context, input }) => measureBits(context.verb, input, context.left)),
    rename: os.models.rename.handler(({ context, input }) => modelChanges.renameModel(context.verb, input)),
    remove: os.models.remove.handler(({ context, input }) => modelChanges.removeModel(context.verb, input)),
    countTokens: os.models.countTokens.handler(({ context, input }) => countTokens(context.verb, input)),
  },
  trials: {
    start: os.trials.start.handler(({ context, input }) => trials.startTrial(context.verb, input)),
    watch: os.trials.watch.handler(({ context, input }) =>
      events(context, (ended) => trials.watchTrial(context.verb, input, ended)),
    ),
    stop: os.trials.stop.handler(({ context, input }) => trials.stopTrial(context.verb, input)),
  },
  comparisons: {
    create: os.comparisons.create.handler(({ context, input }) => generate.createComparison(context.verb, input)),
    get: os.comparisons.get.handler(({ context, input }) => viewComparison(context.verb, input)),
    watch: os.comparisons.watch.handler(({ context, input }) =>
      events(context, (ended) => watchComparison(context.verb, input, ended)),
    ),
    stop: os.comparisons.stop.handler(({ context, input }) => generate.stopComparison(context.verb, input)),
    regenerate: os.comparisons.regenerate.handler(({ context, input }) =>
      generate.regenerateCandidate(context.verb, input),
    ),
    score: os.comparisons.score.handler(({ context, input }) => scoreComparison(context.verb, input)),
  },
  assignments: {
    next: os.assignments.next.handler(({ context, input }) => assignments.nextAssignment(context.verb, input)),
    get: os.assignments.get.handler(({ context, input }) => assignments.getAssignment(context.verb, input)),
    renew: os.assignments.renew.handler(({ context, input }) => assignments.renewAssignment(context.verb, input)),
    release: os.assignments.release.handler(({ context, input }) => assignments.releaseAssignment(context.verb, input)),
    skip: os.assignments.skip.handler(({ context, input }) => assignments.skipAssignment(context.verb, input)),
    unskip: os.assignments.unskip.handler(({ context, input }) => assignments.unskipAssignment(context.verb, input)),
  },
  skips: {
    list: os.skips.list.handler(({ context, input }) => skips.listSkipped(context.verb, input)),
    naming: os.skips.naming.handler(({ context }) => skips.listNaming(context.verb)),
    handOut: os.skips.handOut.handler(({ context, input }) => skips.handOutAgain(context.verb, input)),
  },
  rankings: {
    submit: os.rankings.submit.handler(({ context, input }) => submitRanking(context.verb, input)),
    mine: os.rankings.mine.handler(({ context, input }) => listOwnRankings(context.verb, input)),
  },
  drafts: {
    get: os.drafts.get.handler(({ context, input }) => drafts.getDraft(context.verb, input)),
    save: os.drafts.save.handler(({ context, input }) => drafts.saveDraft(context.verb, input)),
    discard: os.drafts.discard.handler(({ context, input }) => drafts.discardDraft(context.verb, input)),
  },
  judge: {
    status: os.judge.status.handler(({ context }) => judgeStatus(context.verb)),
    disputes: os.judge.disputes.handler(({ context, input }) => disputes.listDisputes(context.verb, input)),
    review: os.judge.review.handler(({ context, input }) => disputes.reviewRanking(context.verb, input)),
  },
  imports: {
    list: os.imports.list.handler(({ context }) => imports.listImports(context.verb)),
    preview: os.imports.preview.handler(({ context, input }) => imports.previewRows(context.verb, input)),
    create: os.imports.create.handler(({ context, input }) => imports.beginImport(context.verb, input)),
    addRows: os.imports.addRows.handler(({ context, input }) => imports.importRows(context.verb, input)),
    remove: os.imports.remove.handler(({ context, input }) => imports.removeImport(context.verb, input)),
    finish: os.imports.finish.handler(({ context, input }) => imports.finishImport(context.verb, input)),
  },
  exports: {
    preview: os.exports.preview.handler(({ context, input }) => previewExport(context.verb, input)),
    count: os.exports.count.handler(({ context, input, signal }) => countExport(context.verb, input, signal)),
  },
  events: {
    list: os.events.list.handler(({ context, input }) => listEvents(context.verb, input)),
  },
  training: {
    list: os.training.list.handler(({ context }) => training.listTrainingRuns(context.verb)),
    get: os.training.get.handler(({ context, input }) => training.getTrainingRun(context.verb, input)),
    sources: os.training.sources.handler(({ context }) => trainingSources(context.verb)),
    start: os.training.start.handler(({ context, input }) => startTraining(context.verb, input)),
    watch: os.training.watch.handler(({ context, input }) =>
      events(context, (ended) => training.watchTraining(context.verb, input, ended)),
    ),
    remove: os.training.remove.handler(({ context, input }) => modelChanges.removeRun(context.verb, input)),
    stop: os.training.stop.handler(({ context, input }) => training.stopTraining(context.verb, input)),
    resume: os.training.resume.handler(({ context, input }) => training.resumeTraining(context.verb, input)),
  },
});
