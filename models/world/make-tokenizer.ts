// Makes the tokenizer of a model of the small world: node models/world/make-tokenizer.ts <directory> [tokens] [context]
import { trainBpe, writeTokenizer } from "../gpt/bpe.ts";
import { documents } from "./documents.ts";

const [directory, tokens = "2048", context = "512"] = process.argv.slice(2);
if (directory === undefined) {
  console.error("Say where to write: node models/world/make-tokenizer.ts <directory> [tokens] [context]");
  process.exit(2);
}
// 20 MB: from twice as many documents, 1,721 of the 1,791 merges of a vocabulary of 2,048 are the same.
const tokenizer = trainBpe(documents(1, "train").take(100_000), Number(tokens));
await writeTokenizer(directory, tokenizer, Number(context));
console.log(`${directory} has a tokenizer of ${Object.keys(tokenizer.model.vocab).length} tokens.`);
