// A model's chat template: Jinja from a file that somebody else wrote, so rendered within limits. What it may cost is
// counted, not timed: the same template is refused on every machine, and no single step can take much time or memory.
import { Environment, Interpreter, parse, Template, tokenize } from "@huggingface/jinja";

/** A chat template that cannot be read, or that costs too much; the message is a part of a sentence. */
export class TemplateError extends Error {
  override name = "TemplateError";
}

/** The longest template in use has some 30,000 characters. */
const mostSource = 200_000;
/** Nodes evaluated, large values counting more. A conversation of 100 turns takes some 5,000. */
const mostSteps = 500_000;
/** Characters of a text, or of all that is in a list, beside twice those of the prompt. */
const mostCharacters = 1_000_000;
/**
 * Functions that put an argument in at every place of a text: so many characters, or spaces, at most, and the result is
 * not much longer than the text.
 */
const inserting = new Set(["replace", "join", "indent", "tojson"]);
const mostInserted = 100;
const mostSpaces = 16;
const mostCounted = 10_000;

type Node = NonNullable<Parameters<Interpreter["evaluate"]>[0]>;
type Value = ReturnType<Interpreter["evaluate"]>;

export class ChatTemplate {
  private readonly program: Template["parsed"];
  private readonly calls = new Calls();

  /** @throws TemplateError when it is no template. */
  constructor(source: string) {
    if (source.length > mostSource) {
      throw new TemplateError(`it has ${source.length} characters, and ${mostSource} are read at most`);
    }
    try {
      this.program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
    } catch (cause) {
      throw new TemplateError(partOfSentence(cause), { cause });
    }
    for (const node of nodesOf(this.program)) this.calls.note(node);
  }

  /**
   * @param values of the template's variables.
   * @throws TemplateError when it exceeds a limit; the template's own error when it refuses.
   */
  render(values: Record<string, unknown>): string {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals, ...values })) environment.set(name, value);
    const interpreter = new BoundedInterpreter(environment, this.calls, JSON.stringify(values).length);
    try {
      return String(interpreter.run(this.program).value);
    } catch (error) {
      // Macros that call themselves, or a text of half a billion characters.
      if (error instanceof RangeError) throw new TemplateError("it goes too deep, or makes too long a text");
      throw error;
    }
  }
}

/** What the library's own `Template` declares, with a `range` that has an end. */
const globals: Record<string, unknown> = {
  ...Object.fromEntries(["true", "True", "false", "False"].map((name) => [name, name.toLowerCase() === "true"])),
  none: null,
  None: null,
  raise_exception: (why: string) => {
    throw new Error(why);
  },
  range: (first: number, end?: number, step = 1): number[] => {
    const [from, to] = end === undefined ? [0, first] : [first, end];
    const length = Math.max(0, Math.ceil((to - from) / step));
    if (!(length <= mostCounted)) throw new TemplateError(`it counts to ${length}`);
    return Array.from({ length }, (_, i) => from + i * step);
  },
  strftime_now: (format: string): string => new Template("{{ strftime_now(format) }}").render({ format }),
};

class BoundedInterpreter extends Interpreter {
  private readonly calls: Calls;
  private readonly longest: number;
  private steps = 0;
  private readonly sizes = new WeakMap<object, number>();

  constructor(environment: Environment, calls: Calls, given: number) {
    super(environment);
    this.calls = calls;
    this.longest = mostCharacters + 2 * given;
  }

  override evaluate(node: Node | undefined, environment: Environment): Value {
    const value = super.evaluate(node, environment);
    const size = this.sizeOf(value);
    this.steps += 1 + this.workOf(node, value);
    if (this.steps > mostSteps) throw new TemplateError(`it does not end within ${mostSteps} steps`);
    if (this.calls.inserted.has(node)) {
      const { value: content } = value as { value: unknown };
      if (size > mostInserted || (typeof content === "number" && content > mostSpaces)) {
        throw new TemplateError("it puts too long a text into another");
      }
    }
    if (node?.type === "MemberExpression" && value.type === "FunctionValue" && !this.calls.named.has(node)) {
      throw new TemplateError("it uses a function without calling it by its name");
    }
    return value;
  }

  /** What is done with a value, in steps beside its own. A list that is gone through, or came about so, costs for each item. */
  private workOf(node: Node | undefined, value: Value): number {
    const content: unknown = value.value;
    if (typeof content === "string") return content.length / 256;
    if (!Array.isArray(content)) return 0;
    const isMade = node?.type === "FilterExpression" || node?.type === "CallExpression";
    return content.length * (isMade || this.calls.iterated.has(node) ? 4 : 1 / 4);
  }

  /** Characters and items of a value, with all that is in it as often as it is in there: the work that it can make. */
  private sizeOf(value: Value): number {
    const content: unknown = value.value;
    let size = 1;
    if (typeof content === "string") size = content.length;
    else if (content instanceof Map || Array.isArray(content)) size = this.sizeOfAll(value, content.values());
    if (size > this.longest)
      throw new TemplateError(`it makes a text or a list of more than ${this.longest} characters`);
    return size;
  }

  private sizeOfAll(of: Value, items: Iterable<Value>): number {
    const known = this.sizes.get(of);
    if (known !== undefined) return known;
    let size = 1;
    for (const item of items) {
      if (item.type === "NamespaceValue") throw new TemplateError("it keeps a namespace in another value");
      size += 1 + this.sizeOf(item);
    }
    // Lists and objects are made once; a namespace changes.
    if (of.type !== "NamespaceValue") this.sizes.set(of, size);
    return size;
  }
}

/** The calls of a template, by their nodes. */
class Calls {
  /** Arguments of `inserting` functions. */
  readonly inserted = new Set<unknown>();
  /** Methods that are called by a name which stands in the template. */
  readonly named = new Set<unknown>();

  /** What loops go through. */
  readonly iterated = new Set<unknown>();

  note(node: Record<string, unknown>): void {
    if (node.type === "For") {
      const { iterable } = node as { iterable: Record<string, unknown> };
      this.iterated.add(iterable.type === "SelectExpression" ? iterable.lhs : iterable);
    }
    if (node.type !== "CallExpression") return;
    const { callee, args } = node as { callee: Record<string, unknown>; args: Record<string, unknown>[] };
    if (callee.type === "MemberExpression" && !callee.computed) this.named.add(callee);
    const name = ((callee.property ?? callee) as { value?: unknown }).value;
    if (typeof name !== "string" || !inserting.has(name)) return;
    for (const argument of args) {
      if (/SpreadExpression$/.test(String(argument.type))) {
        throw new TemplateError(`it spreads the arguments of ${name}`);
      }
      this.inserted.add(argument.type === "KeywordArgumentExpression" ? argument.value : argument);
    }
  }
}

/** All nodes of a parsed template. */
function* nodesOf(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof Map) {
    for (const [key, inside] of value) {
      yield* nodesOf(key);
      yield* nodesOf(inside);
    }
    return;
  }
  if ("type" in value) yield value as Record<string, unknown>;
  for (const inside of Object.values(value)) yield* nodesOf(inside);
}

/** What the library says, as a part of a sentence: "Unexpected token: CloseStatement" */
export function partOfSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0]!.trim().replace(/\.$/, "") || "it ends before it has begun";
}
