// What a right answer must satisfy, as data: a task carries it, judge.ts reads it. No functions, so that it can be stored.

/** The kinds of values the world knows; domains.ts lists the values of each. */
export type Domain =
  | "age"
  | "animal"
  | "being"
  | "colour"
  | "day"
  | "does"
  | "feeling"
  | "food"
  | "happens"
  | "hobby"
  | "home"
  | "kind"
  | "known for"
  | "lies"
  | "likes"
  | "material"
  | "meal"
  | "name"
  | "number"
  | "opposite"
  | "pet"
  | "place"
  | "plural"
  | "profession"
  | "season"
  | "sight"
  | "size"
  | "sound"
  | "taste"
  | "thing"
  | "tool"
  | "town"
  | "use"
  | "weather"
  | "workplace"
  | "young";

/**
 * One thing is to be said. Each entry of `right` must occur, in one of its wordings ("14|fourteen" or "yes|can swim");
 * `rivals` are what would be wrong instead: a domain, or words.
 */
export interface ValueWant {
  kind: "value";
  right: readonly string[];
  rivals: Domain | readonly string[];
  /** Which comes first decides: yes or no, the bigger of two. */
  first?: boolean;
  /** Whom or what it is asked about, in the words of the table; an answer about another one is no answer. */
  about?: string;
  /** It stands in the prompt's text: what the world says does not count. */
  given?: boolean;
}

/** Several things are to be named, as a list of any shape. */
export interface ItemsWant {
  kind: "items";
  /** What may be named; an entry may have wordings ("an owl|owls"). */
  of: readonly string[];
  /** What somebody might name wrongly: the others of the kind. */
  rivals: Domain | readonly string[];
  /** How many were asked for; where absent, from two to six are fine. */
  count?: number;
  /** All of `of` belong in the list (extraction), not just some. */
  all?: boolean;
  /** Free inventions are fine, too: one capital word as a name, or a title with the word. */
  free?: { shape: "name" } | { shape: "title"; word: string };
}

/** A certain sentence is to come out: a rewriting, a sequence. */
export interface TargetWant {
  kind: "target";
  /** The right results; the nearest counts. */
  to: readonly string[];
  /** What was given: saying it again is no answer. */
  from?: string;
}

/** A text of some form, in which certain words must occur. */
export interface TextWant {
  kind: "text";
  form: Form;
  /** Of each group one wording must occur. */
  groups: readonly (readonly string[])[];
  /** Sensible numbers of sentences. */
  sentences: readonly [least: number, most: number];
  /** So many words at least (a text that was to become longer), or at most (a summary). */
  leastWords?: number;
  mostWords?: number;
  /** So many true statements about this animal, person or town. */
  facts?: { about: string; least: number };
  /** The answer must keep to what the prompt says: names and things from elsewhere are made up. */
  given?: boolean;
  /** Every sentence should have one of these: the pieces of advice that fit. */
  on?: readonly string[];
  /** The beginning was given: it goes on and does not begin again. */
  continues?: boolean;
  /** The answer to a riddle: the text must not name it. */
  secret?: string;
}

export type Form =
  | "advice"
  | "description"
  | "dialogue"
  | "letter"
  | "line"
  | "poem"
  | "reply"
  | "riddle"
  | "steps"
  | "story"
  | "summary";

export type Want = ValueWant | ItemsWant | TargetWant | TextWant;

/** What the prompt or the system message demands of the answer's outside. */
export type Constraint =
  | { kind: "sentences"; exactly: number }
  | { kind: "words"; most: number }
  | { kind: "mention"; word: string }
  | { kind: "avoid"; word: string }
  | { kind: "begin"; text: string }
  | { kind: "end"; text: string }
  | { kind: "list"; mark: "1." | "-" };
