// rankloop user add: an account, made by whoever may touch the data directory.
import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import { result } from "../output.ts";
import { type Role, roles } from "../vocabulary/labeling.ts";
import { newAccount } from "../vocabulary/shapes.ts";
import { InputError } from "./input.ts";

interface Options {
  name?: string;
  role: Role;
  password?: string;
  json?: boolean;
}

export function addUser(program: Command): void {
  program
    .command("user")
    .description("People who may sign in.")
    .command("add")
    .description("Add an account.")
    .argument("<username>", "what they sign in with")
    .option("--name <name>", "what others see (default: the user name)")
    .addOption(new Option("--role <role>", "what they may do").choices([...roles]).default("labeler"))
    .option("--password <password>", "drawn at random and printed where absent; - reads it from stdin")
    .option("--json", "one JSON object on stdout")
    .action(add);
}

async function add(username: string, options: Options): Promise<void> {
  const { role, json, name = username } = options;
  const given = options.password === "-" ? await firstLineOfStdin() : options.password;
  const password = given ?? randomBytes(12).toString("base64url");
  const account = newAccount.safeParse({ username, name, password });
  if (!account.success) throw new InputError(account.error.issues[0]?.message ?? "This is no account.");
  const { existingDatabase } = await import("./database.ts");
  const { addAccount } = await import("../project/accounts.ts");
  const user = await addAccount(existingDatabase(), { ...account.data, role });
  const made = given === undefined ? { ...user, password } : user;
  result(json, made, () => {
    const secret = given === undefined ? `, password ${password}` : "";
    return `Added ${user.username} (${user.role})${secret}.`;
  });
}

async function firstLineOfStdin(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  return text.split(/\r?\n/, 1)[0] ?? "";
}
