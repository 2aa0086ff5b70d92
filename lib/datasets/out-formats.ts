// Which set goes out in which formats, what each is for, and how its trainer is told of it. Pure: the screen, the shell and the
// download read it.
import type { OutFormatName, OutSet } from "./choices.ts";
import type { FormatName } from "./formats/format.ts";

export interface OutFormat {
  title: string;
  codec: FormatName;
  /** Prompts and answers are one text each, in place of turns. */
  texts?: true;
  /** It has a place for ids, people and times; others say nothing but turns, answers and their order. */
  facts?: true;
  /** Its reader refuses fields that it does not know: no label of a tie. */
  closed?: true;
  /** Its rows are trees, which have no columns: no Parquet. */
  trees?: true;
  /** The better answer of a pair is now on one side and now on the other: its rows say which it is. */
  mixed?: true;
  /** Why some lines stay out: "they have …". */
  refuses?: string;
  /** What it is for, as a sentence. */
  purpose: string;
  /** How a trainer reads it: its command, and what stands in its settings. */
  use?: (file: string) => { command: string; settings?: { name: string; text: string } };
}

const trl = (verb: string) => () => ({
  command: `trl ${verb} --model_name_or_path MODEL --dataset_name FOLDER`,
});
const rankloop = (verb: string) => (file: string) => ({
  command: `rankloop train ${verb} --data ${file} --model MODEL --out OUT`,
});
const openai = (method: string) => (file: string) => ({
  command: `curl https://api.openai.com/v1/files -H "Authorization: Bearer $OPENAI_API_KEY" -F purpose=fine-tune -F file=@${file}`,
  settings: {
    name: "the job",
    text: JSON.stringify({ model: "MODEL", training_file: "FILE-ID", method: { type: method } }),
  },
});
const axolotl = (kind: string, rl: string) => (file: string) => ({
  command: "axolotl train config.yml",
  settings: {
    name: "config.yml",
    text: `${rl}datasets:\n  - path: ${file}\n    ds_type: json\n    split: train\n    type: ${kind}`,
  },
});
const llamaFactory = (columns: Record<string, string>, more: object, stage: string) => (file: string) => ({
  command: `llamafactory-cli train --stage ${stage} --do_train --model_name_or_path MODEL --dataset rankloop --dataset_dir FOLDER --template TEMPLATE --output_dir OUT`,
  settings: {
    name: "dataset_info.json",
    text: JSON.stringify({ rankloop: { file_name: file, formatting: "sharegpt", ...more, columns } }, null, 2),
  },
});
const sharegpt = { messages: "conversations", system: "system" };

export const outFormats: Record<OutSet, Partial<Record<OutFormatName, OutFormat>>> = {
  comparisons: {
    text: {
      title: "Texts, with ids",
      codec: "rankloop-pairs",
      texts: true,
      facts: true,
      purpose:
        "Each pair with its ids, ranks and labeler, for tables and for models without turns: the texts hold no marks of turns.",
      use: rankloop("reward"),
    },
    conversational: {
      title: "Turns, with ids",
      codec: "rankloop-pairs",
      facts: true,
      purpose: "Each pair with its ids, ranks and labeler. The models here learn from turns, by their chat template.",
      use: rankloop("reward"),
    },
    trl: {
      title: "TRL, explicit prompt",
      codec: "trl-preference",
      purpose: "DPO with TRL, and whatever else reads prompt, chosen and rejected as turns.",
      use: trl("dpo"),
    },
    "trl-text": {
      title: "TRL, as texts",
      codec: "trl-preference",
      texts: true,
      purpose: "DPO and reward models with TRL for models without a chat template; a table of three columns.",
      use: trl("dpo"),
    },
    "trl-implicit": {
      title: "TRL, prompt in the answers",
      codec: "trl-implicit",
      purpose: "Reward models with TRL, which wants whole conversations.",
      use: trl("reward"),
    },
    openai: {
      title: "OpenAI preference",
      codec: "openai-preference",
      closed: true,
      purpose: "DPO at OpenAI, Azure, Together and Fireworks.",
      use: openai("dpo"),
    },
    "hh-rlhf": {
      title: "HH-RLHF",
      codec: "hh-rlhf",
      refuses: "a system message, white space around a turn, or text that would read as another turn",
      purpose: "Whatever was made for Anthropic's data: two dialogues as text.",
    },
    "llama-factory": {
      title: "LLaMA-Factory",
      codec: "llama-factory",
      purpose: "DPO and reward models with LLaMA-Factory.",
      use: llamaFactory({ ...sharegpt, chosen: "chosen", rejected: "rejected" }, { ranking: true }, "dpo"),
    },
    axolotl: {
      title: "axolotl",
      codec: "axolotl",
      purpose: "DPO with axolotl.",
      use: axolotl("chat_template.default", "rl: dpo\n"),
    },
    "axolotl-reward": {
      title: "axolotl, reward model",
      codec: "axolotl-reward",
      refuses: "earlier turns",
      purpose: "Reward models with axolotl.",
      use: axolotl("bradley_terry.chat_template", "model_type: AutoModelForTokenClassification\nreward_model: true\n"),
    },
    "nemo-rl": {
      title: "NeMo RL",
      codec: "nemo-rl",
      purpose: "DPO and reward models with NeMo RL: two completions a line.",
      use: (file) => ({ command: `uv run examples/run_dpo.py data.train.data_path=${file}` }),
    },
    arena: {
      title: "Chatbot Arena",
      codec: "arena",
      closed: true,
      mixed: true,
      refuses: "a system message",
      purpose: "Whatever was made for the votes of Chatbot Arena: two answers a line, and which one won.",
    },
  },
  rankings: {
    conversational: {
      title: "Whole rankings",
      codec: "rankloop-rankings",
      facts: true,
      purpose: "Everything that is known of a ranking in one record: tiers, ratings, flags, notes, warnings, settings.",
      use: rankloop("reward"),
    },
    nectar: {
      title: "Nectar",
      codec: "nectar",
      refuses: "a system message, white space around a turn, or text that would read as another turn",
      purpose: "All answers with their ranks, 1 = best, as in Nectar.",
      use: axolotl("zephyr.nectar", "rl: dpo\n"),
    },
    "nemo-rl": {
      title: "NeMo RL",
      codec: "nemo-rl",
      purpose: "All answers with their ranks, 0 = best, as NeMo RL has them.",
    },
    oasst: {
      title: "Open Assistant",
      codec: "oasst",
      trees: true,
      refuses: "a system message",
      purpose: "Whatever reads the trees of Open Assistant: one for each ranking, its answers with their ranks.",
    },
  },
  demonstrations: {
    text: {
      title: "Texts, with ids",
      codec: "rankloop",
      texts: true,
      facts: true,
      purpose:
        "Each with its ids and its writer, for tables and for models without turns: the texts hold no marks of turns.",
      use: rankloop("sft"),
    },
    conversational: {
      title: "Turns, with ids",
      codec: "rankloop",
      facts: true,
      purpose: "Each with its ids and its writer. The models here learn from turns, by their chat template.",
      use: rankloop("sft"),
    },
    trl: {
      title: "TRL",
      codec: "trl-completion",
      purpose: "SFT with TRL, on the answers alone.",
      use: trl("sft"),
    },
    "trl-text": {
      title: "TRL, as texts",
      codec: "trl-completion",
      texts: true,
      purpose: "SFT with TRL for models without a chat template; a table of two columns.",
      use: trl("sft"),
    },
    openai: {
      title: "OpenAI chat",
      codec: "openai-chat",
      closed: true,
      purpose: "Fine-tuning at OpenAI, Azure, Together and Fireworks; TRL reads it, too.",
      use: openai("supervised"),
    },
    "llama-factory": {
      title: "LLaMA-Factory",
      codec: "llama-factory",
      purpose: "SFT with LLaMA-Factory.",
      use: llamaFactory(sharegpt, {}, "sft"),
    },
    axolotl: {
      title: "axolotl",
      codec: "openai-chat",
      purpose: "SFT with axolotl, by the model's chat template.",
      use: axolotl("chat_template", ""),
    },
    alpaca: {
      title: "Alpaca",
      codec: "alpaca",
      refuses: "a system message or earlier turns",
      purpose: "Whatever reads instruction, input and output.",
    },
  },
  prompts: {
    text: {
      title: "Texts, with ids",
      codec: "rankloop",
      texts: true,
      facts: true,
      purpose: "Each with its id and use case, for tables and for models without turns.",
    },
    conversational: {
      title: "Turns, with ids",
      codec: "rankloop",
      facts: true,
      purpose: "Each with its id and use case. The models here practise on turns.",
      use: (file) => ({
        command: `rankloop train ppo --prompts ${file} --model MODEL --reward-model REWARD --out OUT`,
      }),
    },
    trl: {
      title: "TRL, prompts alone",
      codec: "trl-completion",
      purpose: "GRPO and RLOO with TRL.",
      use: trl("grpo"),
    },
    "trl-text": {
      title: "TRL, prompts alone, as texts",
      codec: "trl-completion",
      texts: true,
      purpose: "GRPO and RLOO with TRL for models without a chat template; a table of one column.",
      use: trl("grpo"),
    },
    verl: {
      title: "verl",
      codec: "verl",
      facts: true,
      purpose: "PPO and GRPO with verl, which reads Parquet: choose it as the kind of file.",
      use: (file) => ({
        command: `python3 -m verl.trainer.main_ppo data.train_files=${file} data.val_files=${file} actor_rollout_ref.model.path=MODEL reward_model.enable=True reward_model.model.path=REWARD`,
      }),
    },
  },
  ratings: {
    text: {
      title: "Texts, with ids",
      codec: "rankloop-ratings",
      texts: true,
      facts: true,
      purpose: "Each answer with what one labeler said of it alone, for tables.",
    },
    conversational: {
      title: "Turns, with ids",
      codec: "rankloop-ratings",
      facts: true,
      purpose: "Each answer with what one labeler said of it alone, with turns.",
    },
    kto: {
      title: "TRL unpaired (KTO)",
      codec: "trl-unpaired",
      refuses: "a rating in the middle of the scale and no flag",
      purpose: "KTO with TRL. An answer is good above the middle of the scale, bad below it or with a flag against it.",
      use: trl("kto"),
    },
  },
  skips: {
    text: {
      title: "Texts, with ids",
      codec: "rankloop-skips",
      texts: true,
      facts: true,
      purpose: "What was skipped, by whom and why, for tables.",
    },
    conversational: {
      title: "Turns, with ids",
      codec: "rankloop-skips",
      facts: true,
      purpose: "What was skipped, by whom and why, with turns.",
    },
  },
};

/** The names of the formats that a set goes out in, its first one first. */
export const formatsOf = (dataset: OutSet): OutFormatName[] => Object.keys(outFormats[dataset]) as OutFormatName[];
