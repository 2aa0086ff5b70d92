// The HTTP API as types: what the screens and other programs may ask. Errors carry a code and one sentence for a person.
import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";
import { choices, tally } from "../datasets/choices-schema.ts";
import { formatNames } from "../datasets/formats/format.ts";
import { ancestor, metricPoint, modelName, newTraining, trainingData, trainingRun } from "../training/shapes.ts";
import { message } from "../vocabulary/conversation.ts";
import {
  answeringBits,
  demonstrationStates,
  guidelineTopics,
  listOrders,
  rankingVerdicts,
  roles,
  skipReasons,
  useCases,
} from "../vocabulary/labeling.ts";
import { limits } from "../vocabulary/limits.ts";
import {
  account,
  addressSettings,
  apiToken,
  assignment,
  comparison,
  comparisonHead,
  dataSource,
  demonstration,
  dispute,
  draft,
  draftContent,
  draftSeen,
  draftSubject,
  drawing,
  editedPrompt,
  event,
  eventFilter,
  generationSettings,
  guidelines,
  id,
  importedRows,
  importPreview,
  member,
  model,
  name,
  newAccount,
  newPassword,
  newPrompt,
  page,
  project,
  projectName,
  projectSettings,
  prompt,
  promptContent,
  promptFilter,
  promptShown,
  rankingStored,
  remark,
  review,
  scenario,
  shot,
  shownAddress,
  signedInSession,
  skippedComparison,
  submission,
  submittedRanking,
  text,
  time,
  trial,
  triedAddress,
  user,
} from "../vocabulary/shapes.ts";

const base = oc.errors({
  BAD_REQUEST: { status: 400 },
  UNAUTHORIZED: { status: 401 },
  FORBIDDEN: { status: 403 },
  NOT_FOUND: { status: 404 },
  CONFLICT: { status: 409 },
  TOO_MANY_REQUESTS: { status: 429 },
});
const ok = z.object({ ok: z.literal(true) });
const byId = z.object({ id });
const somePrompts = z.object({ ids: z.array(id).min(1).max(limits.promptsAtOnce) });
/** Prompts that were left as they are, each with the sentence that says why. */
const leftPrompts = z.array(z.object({ id, reason: z.string() }));
/** Rows of a file: values of JSON, or texts where it has lines of text. */
const importedLines = z
  .array(z.unknown())
  .min(1, "There is no row in this.")
  .max(
    limits.importedRows,
    `A request brings at most ${limits.importedRows.toLocaleString("en")} rows: send them one after the other.`,
  );

/** Calls that are about no project. */
const ofInstallation = {
  setup: {
    status: base.route({ method: "GET", path: "/setup" }).output(
      z.object({
        needed: z.boolean(),
        /** `asksCode`: the one who asks must give the code that was printed when Rankloop started. */
        asksCode: z.boolean(),
      }),
    ),
    createAdmin: base
      .route({ method: "POST", path: "/setup" })
      .input(newAccount.extend({ code: z.string().max(100).optional() }))
      .output(user),
  },
  accounts: {
    me: base.route({ method: "GET", path: "/me" }).output(user.nullable()),
    /** Lists everyone's accounts, for admins of the installation. */
    list: base.route({ method: "GET", path: "/accounts" }).output(z.array(account)),
    /**
     * Makes someone an admin of the installation or takes that back; closes the account (its sessions end at once, its work
     * stays) or opens it again. One admin stays.
     */
    update: base
      .route({ method: "POST", path: "/accounts/{id}" })
      .input(byId.extend({ isAdmin: z.boolean().optional(), active: z.boolean().optional() }))
      .output(account),
    /** Makes a link with which this person sets a new password, once; the link before it is worth nothing from now on. */
    resetPassword: base
      .route({ method: "POST", path: "/accounts/{id}/password-reset" })
      .input(byId)
      .output(z.object({ username: z.string(), path: z.string(), expiresAt: time })),
    /** Sets a password by the token of such a link, signed out. Every session of the person ends. */
    setPassword: base
      .route({ method: "POST", path: "/password-reset" })
      .input(z.object({ token: z.string().max(100), password: newPassword }))
      .output(z.object({ username: z.string() })),
    /** Lists one's own sessions, or as an admin another person's. */
    sessions: base
      .route({ method: "GET", path: "/sessions" })
      .input(z.object({ personId: id.optional() }))
      .output(z.array(signedInSession)),
    /** Ends one of one's own sessions, or as an admin anyone's. */
    endSession: base.route({ method: "POST", path: "/sessions/{id}/end" }).input(byId).output(ok),
    /** Ends all of one's own sessions but this one, or as an admin all of another person's. */
    endSessions: base
      .route({ method: "POST", path: "/sessions/end" })
      .input(z.object({ personId: id.optional() }).default({}))
      .output(z.object({ ended: z.int() })),
  },
  projects: {
    /** Lists the projects that the one who asks is in; for admins of the installation all. */
    list: base.route({ method: "GET", path: "/projects" }).output(z.array(project)),
    /** Lists the language models that every project may use. */
    models: base
      .route({ method: "GET", path: "/projects/models" })
      .output(z.array(model.pick({ id: true, name: true, parameters: true }))),
    /** Makes a project without any work in it, whose maker is its admin. */
    create: base
      .route({ method: "POST", path: "/projects" })
      .input(
        z.object({
          name: projectName,
          /** The model that answers; null is the first one that comes with Rankloop. */
          modelId: projectSettings.shape.modelId.default(null),
          k: projectSettings.shape.k.default(limits.k.default),
          rateFirst: projectSettings.shape.rateFirst.default(true),
          people: z
            .array(z.object({ id, role: z.enum(roles) }))
            .max(1_000)
            .default([]),
        }),
      )
      .output(byId),
  },
};

/** Calls that are about a project: under /projects/{project}, for whoever is in it. */
const ofProject = {
  project: {
    rename: base
      .route({ method: "POST", path: "/rename" })
      .input(z.object({ name: projectName }))
      .output(ok),
    /** Makes another project with this one's settings, guidelines, use-case descriptions and people, and none of its work. */
    clone: base
      .route({ method: "POST", path: "/clone" })
      .input(z.object({ name: projectName }))
      .output(byId),
    /** Makes it read-only and takes it out of the lists, or brings it back. */
    archive: base
      .route({ method: "POST", path: "/archive" })
      .input(z.object({ archived: z.boolean() }))
      .output(ok),
    /** Counts what would go with it. */
    contents: base.route({ method: "GET", path: "/contents" }).output(
      z.object({
        prompts: z.int(),
        demonstrations: z.int(),
        comparisons: z.int(),
        rankings: z.int(),
        runs: z.int(),
        models: z.int(),
        members: z.int(),
      }),
    ),
    /** Deletes it with everything in it. @param name the project's, typed, so that it is this one that is meant */
    remove: base
      .route({ method: "POST", path: "/delete" })
      .input(z.object({ name: z.string().max(200) }))
      .output(ok),
  },
  members: {
    list: base.route({ method: "GET", path: "/members" }).output(z.array(member)),
    /** Lists what everyone is called, for showing beside what they wrote. */
    names: base
      .route({ method: "GET", path: "/members/names" })
      .output(z.array(user.pick({ username: true, name: true }))),
    /** Takes in somebody who has an account. */
    add: base
      .route({ method: "POST", path: "/members" })
      .input(z.object({ username: z.string().trim().min(1).max(30), role: z.enum(roles) }))
      .output(member),
    /** Takes in somebody new, with an account: by an admin of the installation. */
    addAccount: base
      .route({ method: "POST", path: "/members/accounts" })
      .input(newAccount.extend({ role: z.enum(roles) }))
      .output(user.extend({ role: z.enum(roles) })),
    /** Gives someone another role. One admin stays. */
    update: base
      .route({ method: "POST", path: "/members/{id}" })
      .input(byId.extend({ role: z.enum(roles) }))
      .output(member),
    /** Takes someone out: what they hold goes back, what they have done stays. */
    remove: base.route({ method: "POST", path: "/members/{id}/remove" }).input(byId).output(ok),
  },
  progress: {
    /** Counts how far the project is and what waits for the one who asks. */
    overview: base.route({ method: "GET", path: "/progress" }).output(
      z.object({
        prompts: z.int(),
        demonstrations: z.int(),
        /** Demonstrations that the one who asks may review. */
        demonstrationsToReview: z.int(),
        /** Their demonstrations that were sent back. */
        demonstrationsReturned: z.int(),
        /** Their rankings that a reviewer asks them to look at again. */
        rankingsAskedAgain: z.int(),
        /** Comparisons that lack rankings, without those set aside, and how many rankings they lack in all. */
        comparisonsLeft: z.int(),
        rankingsLeft: z.int(),
        /** Comparisons with as many rankings as were wanted. */
        comparisonsComplete: z.int(),
        rankings: z.int(),
        pairs: z.int(),
        /** Pairs that no training run has read or is reading. */
        newPairs: z.int(),
        waitingForMe: z.int(),
        /** Comparisons that as many others rank just now as rankings are wanted: they come back if they are left. */
        rankedByOthers: z.int(),
        /** Comparisons that two people skipped: they are handed out no more, and are not among those that are left. */
        setAside: z.int(),
        myRankings: z.int(),
        myDemonstrations: z.int(),
        /** Rankings of the last seven days, for a forecast. */
        rankingsLastWeek: z.int(),
        /** Days of the last seven since the first ranking in them; at least one. */
        daysRanked: z.number(),
      }),
    ),
  },
  settings: {
    get: base.route({ method: "GET", path: "/settings" }).output(projectSettings),
    update: base.route({ method: "POST", path: "/settings" }).input(projectSettings.partial()).output(projectSettings),
  },
  guidelines: {
    /** Returns the guidelines in force, and the version that the one who asks has read last (null: none yet). */
    get: base
      .route({ method: "GET", path: "/guidelines/{topic}" })
      .input(guidelines.pick({ topic: true }))
      .output(guidelines.extend({ read: guidelines.pick({ version: true, text: true }).nullable() })),
    /** Lists all versions, newest first. */
    history: base
      .route({ method: "GET", path: "/guidelines/{topic}/history" })
      .input(guidelines.pick({ topic: true }))
      .output(z.array(guidelines)),
    markRead: base
      .route({ method: "POST", path: "/guidelines/{topic}/read" })
      .input(guidelines.pick({ topic: true, version: true }))
      .output(ok),
    /** Puts a new version in force. @param basedOn the version that was edited: another one in force by now is a CONFLICT */
    publish: base
      .route({ method: "POST", path: "/guidelines/{topic}" })
      .input(
        z.object({
          topic: z.enum(guidelineTopics),
          text: text("The guidelines", limits.guidelineCharacters),
          basedOn: z.int(),
        }),
      )
      .output(guidelines),
  },
  scenarios: {
    /** Lists those in use, oldest first. */
    list: base.route({ method: "GET", path: "/scenarios" }).output(z.array(scenario)),
    add: base
      .route({ method: "POST", path: "/scenarios" })
      .input(z.object({ text: text("The description", limits.scenarioCharacters) }))
      .output(scenario),
    /** Takes it off the list; prompts written from it keep it. */
    retire: base.route({ method: "POST", path: "/scenarios/{id}/retire" }).input(byId).output(ok),
    /** Puts one that was taken off the list back into its place. */
    restore: base.route({ method: "POST", path: "/scenarios/{id}/restore" }).input(byId).output(ok),
  },
  tokens: {
    /** Lists the tokens that work, oldest first. */
    list: base.route({ method: "GET", path: "/tokens" }).output(z.array(apiToken)),
    /** Makes a token that opens the models at /v1, and shows it this once. */
    create: base
      .route({ method: "POST", path: "/tokens" })
      .input(z.object({ name: text("The name", limits.tokenNameCharacters) }))
      .output(apiToken.extend({ token: z.string() })),
    /** Ends a token: from then on no request with it is answered. */
    revoke: base.route({ method: "POST", path: "/tokens/{id}/revoke" }).input(byId).output(ok),
  },
  drafts: {
    get: base
      .route({ method: "GET", path: "/drafts/{subject}" })
      .input(z.object({ subject: draftSubject }))
      .output(draft.nullable()),
    /**
     * Keeps a draft if it follows the one the writer has seen: `basedOn` is that one's revision, 0 for none.
     * A writer never conflicts with itself. On a conflict nothing is changed and `draft` is the other window's.
     */
    save: base
      .route({ method: "POST", path: "/drafts/{subject}" })
      .input(
        z.object({
          subject: draftSubject,
          ...draftSeen,
          content: draftContent,
        }),
      )
      .output(
        z.object({
          outcome: z.enum(["saved", "conflict"]),
          draft: draft.omit({ content: true }),
          other: draft.nullable(),
        }),
      ),
    /** Throws away what the writer has seen; what another window has saved since stays, and is no error. */
    discard: base
      .route({ method: "POST", path: "/drafts/{subject}/discard" })
      .input(z.object({ subject: draftSubject, ...draftSeen }))
      .output(ok),
  },
  prompts: {
    list: base
      .route({ method: "GET", path: "/prompts" })
      .input(page.extend({ ...promptFilter.shape, order: z.enum(listOrders).default("newest") }))
      .output(z.object({ items: z.array(prompt), next: id.nullable() })),
    /** Counts them, up to 10,000; `more`: there are more than that. */
    count: base
      .route({ method: "GET", path: "/prompts/count" })
      .input(promptFilter)
      .output(z.object({ count: z.int(), more: z.boolean() })),
    get: base
      .route({ method: "GET", path: "/prompts/{id}" })
      .input(byId)
      .output(
        prompt.extend({
          fewShot: z.object({ instruction: z.string(), shots: z.array(shot), query: z.string() }).nullable(),
          scenario: scenario.nullable(),
          /** The few-shot prompt whose examples it was drawn from. */
          resampledFrom: id.nullable(),
          /** The version before, which is archived with its answers, and the one after. */
          revises: id.nullable(),
          revisedBy: id.nullable(),
          /** Rankings of all its answers. */
          rankings: z.int(),
          /** `mayChange`: the one who asks is its author, or leads. */
          mayChange: z.boolean(),
          demonstrationList: z.array(demonstration),
          comparisonList: z.array(comparisonHead),
        }),
      ),
    create: base.route({ method: "POST", path: "/prompts" }).input(newPrompt).output(prompt),
    /**
     * Keeps other words. As long as nobody else has answered the prompt they take the place of those before; then they are a
     * new version, with an id of its own, and the one before is archived with its answers.
     */
    edit: base.route({ method: "POST", path: "/prompts/{id}/edit" }).input(editedPrompt).output(prompt),
    /** Puts it out of the way, or brings it back. */
    archive: base
      .route({ method: "POST", path: "/prompts/{id}/archive" })
      .input(byId.extend({ archived: z.boolean() }))
      .output(ok),
    /** Deletes it with its demonstrations, answers and rankings. One that was answered can only be deleted by a lead. */
    remove: base.route({ method: "POST", path: "/prompts/{id}/delete" }).input(byId).output(ok),
    /** Archives many, or brings them back. Those that are not there are passed over. */
    archiveMany: base
      .route({ method: "POST", path: "/prompts/archive" })
      .input(somePrompts.extend({ archived: z.boolean() }))
      .output(z.object({ done: z.int(), left: leftPrompts })),
    /**
     * Deletes many with the answers of models to them. Those on which people have built, by a ranking or by a demonstration of
     * somebody else's prompt, are archived instead. Those that are not there are passed over.
     */
    removeMany: base
      .route({ method: "POST", path: "/prompts/delete" })
      .input(somePrompts)
      .output(z.object({ deleted: z.int(), archived: z.int(), left: leftPrompts })),
    /**
     * Makes further prompts from a few-shot one, as InstructGPT drew them: each example in turn becomes the input to answer,
     * with its output as the demonstration and the other examples, shuffled, before it. Those there already are not
     * made again.
     */
    resample: base
      .route({ method: "POST", path: "/prompts/{id}/resample" })
      .input(byId)
      .output(z.object({ items: z.array(prompt) })),
  },
  demonstrations: {
    create: base
      .route({ method: "POST", path: "/prompts/{promptId}/demonstrations" })
      .input(z.object({ promptId: id, text: text("The demonstration", limits.answerCharacters) }))
      .output(demonstration),
    /** Keeps the author's new version, such as of one that was sent back. */
    revise: base
      .route({ method: "POST", path: "/demonstrations/{id}/revise" })
      .input(byId.extend({ text: text("The demonstration", limits.answerCharacters) }))
      .output(demonstration),
    /** Lists the latest versions with their prompts, oldest first. `of: "others"` leaves out one's own. */
    list: base
      .route({ method: "GET", path: "/demonstrations" })
      .input(
        page.extend({
          state: z.enum(demonstrationStates).optional(),
          of: z.enum(["all", "me", "others"]).default("all"),
        }),
      )
      .output(z.object({ items: z.array(demonstration.extend({ prompt: promptShown })), next: id.nullable() })),
    /** Keeps a reviewer's verdict, who is not the author. One that sends it back needs a comment. */
    review: base
      .route({ method: "POST", path: "/demonstrations/{id}/review" })
      .input(
        byId.extend({
          rating: review.shape.rating,
          returned: z.boolean(),
          comment: remark("A comment", limits.noteCharacters).default(""),
        }),
      )
      .output(demonstration),
  },
  models: {
    list: base.route({ method: "GET", path: "/models" }).output(z.array(model)),
    /** Returns a model with what it was made from, up to the shipped ones, and what was made from it. */
    get: base
      .route({ method: "GET", path: "/models/{id}" })
      .input(byId)
      .output(
        model.extend({
          /** The time since which its files are gone. */
          deletedAt: time.nullable(),
          /** Bits of a weight in memory while it answers. */
          bits: z.literal(answeringBits),
          /** How a model at an address is asked; null for others. */
          address: shownAddress.nullable(),
          /** Where its files come from: a hub's name for it, or for admins of the installation a folder. */
          source: z.string().nullable(),
          /** Counts of what names it: answers it wrote or is writing, answers it scored, runs that begin with it. */
          dependents: z.object({ answers: z.int(), underWay: z.int(), scores: z.int(), runs: z.int() }),
          /** The models it came from, itself first; each one once. */
          lineage: z.array(ancestor),
          /** Runs that start from it or are rewarded by it, oldest first. */
          children: z.array(trainingRun),
        }),
      ),
    /** Adds a model behind an API like OpenAI's, or a reward model behind vLLM's or OpenRLHF's. By admins of the installation. */
    addAddress: base
      .route({ method: "POST", path: "/models/addresses" })
      .input(addressSettings.extend({ name: modelName }))
      .output(byId),
    /** Asks it in another way from now on. */
    changeAddress: base
      .route({ method: "POST", path: "/models/{id}/address" })
      .input(addressSettings.extend({ id }))
      .output(ok),
    /** Asks such a model once; nothing is kept. @param id of the model whose kept key is to be used */
    tryAddress: base
      .route({ method: "POST", path: "/models/addresses/try" })
      .input(addressSettings.extend({ id: id.optional() }))
      .output(triedAddress),
    /** Adds a model whose files are in a folder of the server, where they stay. By admins of the installation. */
    addFolder: base
      .route({ method: "POST", path: "/models/folders" })
      .input(z.object({ name: modelName, folder: text("The folder", 1_000) }))
      .output(byId),
    /** Adds a model of the hub (RANKLOOP_HUB), which is fetched in the background. By admins of the installation. */
    addFromHub: base
      .route({ method: "POST", path: "/models/fetched" })
      .input(
        z.object({
          name: modelName,
          /** Such as "Qwen/Qwen2-0.5B". */
          repository: z
            .string()
            .trim()
            .regex(/^[\w.-]{1,96}\/[\w.-]{1,96}$/, "A model of a hub is named owner/name, such as Qwen/Qwen2-0.5B."),
          /** A branch, a tag or a commit. */
          revision: z
            .string()
            .trim()
            .regex(/^[\w./-]{1,200}$/, "A revision is a branch, a tag or a commit, such as main.")
            .default("main"),
        }),
      )
      .output(byId),
    /** Goes on with a fetch that was stopped or failed. */
    fetchAgain: base.route({ method: "POST", path: "/models/{id}/fetch" }).input(byId).output(ok),
    /** Stops a fetch; what is here stays for another try. */
    stopFetching: base.route({ method: "POST", path: "/models/{id}/fetch/stop" }).input(byId).output(ok),
    /** Takes it out of what is offered, or brings it back. What it has made stays. */
    archive: base
      .route({ method: "POST", path: "/models/{id}/archive" })
      .input(byId.extend({ archived: z.boolean() }))
      .output(ok),
    /** Sets the bits of a weight in memory while it answers: fewer take less memory and cost some likelihood. */
    setBits: base
      .route({ method: "POST", path: "/models/{id}/bits" })
      .input(byId.extend({ bits: z.literal(answeringBits) }))
      .output(ok),
    /**
     * Measures what 8 and 4 bits cost it: nats a token by which its own answers become less likely. Takes as long as answering
     * does, three times, and is kept among its figures.
     */
    measureBits: base
      .route({ method: "POST", path: "/models/{id}/bits/measure" })
      .input(byId)
      .output(z.object({ 8: z.number(), 4: z.number() })),
    /** Gives a model another name, and the run that made it the same. By the id of either. */
    rename: base
      .route({ method: "POST", path: "/models/{id}/rename" })
      .input(byId.extend({ name: modelName }))
      .output(ok),
    /** Takes it off the list and deletes its files, but for those in a folder. Answers and runs keep its name. */
    remove: base.route({ method: "POST", path: "/models/{id}/delete" }).input(byId).output(ok),
    /** Counts the tokens of a prompt (with the model's template) and of an answer to it; both may be unfinished. */
    countTokens: base
      .route({ method: "POST", path: "/models/tokens" })
      .input(
        z.object({
          /** The model whose tokens they are; absent, it is the project's. */
          modelId: id.optional(),
          messages: z
            .array(z.object({ role: message.shape.role, content: z.string().max(limits.promptCharacters) }))
            .max(limits.turns),
          answer: z.string().max(limits.answerCharacters).optional(),
        }),
      )
      .output(z.object({ modelName: z.string(), prompt: z.int(), answer: z.int(), context: z.int() })),
  },
  trials: {
    /** Asks the project's model for one answer to a prompt that need not be saved; it arrives through `watch`. */
    start: base
      .route({ method: "POST", path: "/trials" })
      .input(
        z.object({
          prompt: promptContent,
          modelId: id.optional(),
          temperature: drawing.temperature,
          topP: drawing.topP,
          maxTokens: drawing.maxTokens,
        }),
      )
      .output(trial),
    watch: base.route({ method: "GET", path: "/trials/{id}/watch" }).input(byId).output(eventIterator(trial)),
    stop: base.route({ method: "POST", path: "/trials/{id}/stop" }).input(byId).output(ok),
  },
  comparisons: {
    /**
     * Starts the generation of K candidates, of one model or of several, and of people; they arrive through `watch`. One with the
     * same text as another is drawn again a few times.
     */
    create: base
      .route({ method: "POST", path: "/prompts/{promptId}/comparisons" })
      .input(generationSettings.extend({ promptId: id }))
      .output(comparison),
    get: base.route({ method: "GET", path: "/comparisons/{id}" }).input(byId).output(comparison),
    /** Sends the whole comparison at once, then again at every change, until its generation ends. */
    watch: base.route({ method: "GET", path: "/comparisons/{id}/watch" }).input(byId).output(eventIterator(comparison)),
    stop: base.route({ method: "POST", path: "/comparisons/{id}/stop" }).input(byId).output(ok),
    regenerate: base.route({ method: "POST", path: "/candidates/{id}/regenerate" }).input(byId).output(ok),
    /** Scores every candidate with a reward model, once all rankings are there (a job; `watch` shows the result). */
    score: base
      .route({ method: "POST", path: "/comparisons/{id}/score" })
      .input(byId.extend({ modelId: id }))
      .output(ok),
  },
  assignments: {
    /**
     * Returns the assignment this person holds, or a newly claimed one; null when nothing waits.
     * @param after the one on the screen: answers the one to work on after it, so that it can be fetched ahead.
     *   A person holds at most these two.
     * @param comparisonId claims this one, or says in a CONFLICT why not
     */
    next: base
      .route({ method: "POST", path: "/assignments/next" })
      .input(z.object({ after: id.optional(), comparisonId: id.optional() }).default({}))
      .output(assignment.nullable()),
    /** Returns one's own assignment, held, submitted, or run out and to be finished late: for a reload, and to reopen it. */
    get: base.route({ method: "GET", path: "/assignments/{id}" }).input(byId).output(assignment),
    /** Prolongs the lease, and that of the one fetched ahead. */
    renew: base
      .route({ method: "POST", path: "/assignments/{id}/renew" })
      .input(byId)
      .output(z.object({ leaseUntil: time })),
    release: base.route({ method: "POST", path: "/assignments/{id}/release" }).input(byId).output(ok),
    skip: base
      .route({ method: "POST", path: "/assignments/{id}/skip" })
      .input(byId.extend({ reason: z.enum(skipReasons) }))
      .output(ok),
    /** Takes a skip back: the assignment is this person's again, with its draft. */
    unskip: base.route({ method: "POST", path: "/assignments/{id}/unskip" }).input(byId).output(ok),
  },
  skips: {
    /** Lists comparisons that were skipped, newest first: set aside (by two people), or still handed out to others. */
    list: base
      .route({ method: "GET", path: "/skips" })
      .input(page.extend({ setAside: z.boolean().default(true) }))
      .output(z.object({ items: z.array(skippedComparison), next: id.nullable() })),
    /** Lists comparisons that wait to be ranked and of which answers name their model, by their labels; of the newest 500. */
    naming: base
      .route({ method: "GET", path: "/skips/naming" })
      .output(z.array(z.object({ id, promptText: z.string(), labels: z.array(z.string()) }))),
    /** Hands a comparison out again, also to those who skipped it. */
    handOut: base.route({ method: "POST", path: "/comparisons/{id}/hand-out" }).input(byId).output(ok),
  },
  rankings: {
    /**
     * Keeps a ranking, and its draft goes. Submitting the same again is the same ranking, not a second. Where the time ran
     * out and others took the place (`isLate`), the ranking is kept as a further one, and counts.
     * @param revises the version that was reopened: a new one is kept beside it, and counts from now on
     */
    submit: base
      .route({ method: "POST", path: "/assignments/{id}/ranking" })
      .input(submission.extend({ id, revises: z.int().optional() }))
      .output(rankingStored),
    /** Lists one's own rankings, the latest version of each, newest first. */
    mine: base
      .route({ method: "GET", path: "/rankings/mine" })
      .input(page)
      .output(z.object({ items: z.array(submittedRanking), next: id.nullable() })),
  },
  judge: {
    /** Returns the project's reward model, and how many comparisons it has scored. */
    status: base.route({ method: "GET", path: "/judge" }).output(
      z.object({
        model: model
          .pick({ id: true, name: true })
          /** Heads of its ensemble, by which it says how unsure it is; 0 where it has none. */
          .extend({ heads: z.int() })
          .nullable(),
        /** A sentence on why it does not judge: the one chosen cannot be used, or its last try failed. */
        problem: z.string().nullable(),
        /** A sentence on why labelers do not see what it thinks; null where they do. */
        hidden: z.string().nullable(),
        /** Comparisons whose answers are all there. */
        comparisons: z.int(),
        scored: z.int(),
      }),
    ),
    /** Lists rankings that count, those the project's reward model disagrees with most first. */
    disputes: base
      .route({ method: "GET", path: "/judge/disputes" })
      .input(
        page.extend({
          /** `open`: nobody has looked at it, or its labeler has looked again and left it. */
          state: z.enum(["open", "reviewed"]).default("open"),
        }),
      )
      .output(z.object({ items: z.array(dispute), next: id.nullable() })),
    /**
     * Keeps a reviewer's verdict, who is not the labeler: the ranking stands, or its labeler is asked to look again, which needs
     * a comment.
     */
    review: base
      .route({ method: "POST", path: "/rankings/{id}/review" })
      .input(
        byId.extend({
          verdict: z.enum(rankingVerdicts),
          comment: remark("A comment", limits.noteCharacters).default(""),
        }),
      )
      .output(ok),
  },
  imports: {
    /** The files that came in, newest first. */
    list: base.route({ method: "GET", path: "/imports" }).output(z.array(dataSource)),
    /** What some rows of a file say, in what format, and which cannot be read. Nothing is stored. */
    preview: base
      .route({ method: "POST", path: "/imports/preview" })
      .input(z.object({ rows: importedLines, format: z.enum(formatNames).optional() }))
      .output(importPreview),
    /** Begins an import; a file that came in before by the same format is begun again, and adds what is not there yet. */
    create: base
      .route({ method: "POST", path: "/imports" })
      .input(
        z.object({
          name: name("The name", limits.sourceCharacters),
          revision: remark("The revision", limits.sourceCharacters).default(""),
          licence: remark("The licence", limits.sourceCharacters).default(""),
          hash: z.string().regex(/^[0-9a-f]{64}$/, "The hash is the SHA-256 of the file, as 64 hexadecimal digits."),
          format: z.enum(formatNames),
        }),
      )
      .output(dataSource),
    /** Stores what some of its rows say, all of it or nothing. */
    addRows: base
      .route({ method: "POST", path: "/imports/{id}/rows" })
      .input(
        byId.extend({
          rows: importedLines,
          /** Of prompts whose rows do not say theirs. */
          useCase: z.enum(useCases).default("other"),
          /** Or else one row that cannot be read refuses all. */
          leaveOutBad: z.boolean().default(false),
        }),
      )
      .output(importedRows),
    /** Says that all of it has come in. */
    finish: base
      .route({ method: "POST", path: "/imports/{id}/finish" })
      .input(byId.extend({ rows: z.int().min(0), leftOut: z.int().min(0) }))
      .output(dataSource),
    /** Deletes all that came in from a file, unless people or other files have built on it. */
    remove: base.route({ method: "POST", path: "/imports/{id}/delete" }).input(byId).output(ok),
  },
  exports: {
    /** Returns the first rows of a download as they stand in the file, and its name. */
    preview: base
      .route({ method: "GET", path: "/exports/{dataset}/preview" })
      .input(choices)
      .output(z.object({ rows: z.array(z.record(z.string(), z.json())), file: z.string() })),
    /** Reads all of a download, and counts what is in it, and what was changed or left out. */
    count: base.route({ method: "GET", path: "/exports/{dataset}/count" }).input(choices).output(tally),
  },
  events: {
    /** Lists what was done, by whom and to what, newest first; of all of it, or of what a filter leaves. */
    list: base
      .route({ method: "GET", path: "/events" })
      .input(
        page.extend(eventFilter.shape).extend({
          cursor: z
            .string()
            .regex(/^\d{1,15}$/)
            .optional(),
        }),
      )
      .output(z.object({ items: z.array(event), next: id.nullable() })),
  },
  training: {
    list: base.route({ method: "GET", path: "/training" }).output(z.array(trainingRun)),
    get: base
      .route({ method: "GET", path: "/training/{id}" })
      .input(byId)
      .output(trainingRun.extend({ points: z.array(metricPoint) })),
    /** Lists what there is to learn from just now. */
    sources: base.route({ method: "GET", path: "/training/sources" }).output(
      z.object({
        data: z.array(trainingData.pick({ dataset: true, items: true, lines: true })),
        /** Texts for PPO-ptx: the small world, and the .jsonl files in the folder `texts` of the data directory. */
        texts: z.array(z.string()),
      }),
    ),
    start: base.route({ method: "POST", path: "/training" }).input(newTraining).output(trainingRun),
    /** Sends the run and the points that are new since the last event. */
    watch: base
      .route({ method: "GET", path: "/training/{id}/watch" })
      .input(byId)
      .output(eventIterator(z.object({ run: trainingRun, points: z.array(metricPoint) }))),
    /** Deletes a run that has ended, with its curves, settings and files. The model it made stays. */
    remove: base.route({ method: "POST", path: "/training/{id}/delete" }).input(byId).output(ok),
    stop: base.route({ method: "POST", path: "/training/{id}/stop" }).input(byId).output(ok),
    resume: base.route({ method: "POST", path: "/training/{id}/resume" }).input(byId).output(ok),
  },
};

export const contract = { ...ofInstallation, ...ofProject };

/** InstallationGroup is a group of calls that are about no project. */
export type InstallationGroup = keyof typeof ofInstallation;

/** Is this group of calls about a project, and under its address? */
export const isOfProject = (group: string | undefined): boolean => group !== undefined && group in ofProject;
