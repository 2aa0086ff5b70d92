// What tells which model wrote an answer: its text, its length in tokens, its settings. Whoever knows them is not blind. Pure.

/** What models call themselves, by the word that their names have in common. */
const families: Record<string, readonly string[]> = {
  gpt: ["GPT", "ChatGPT"],
  claude: ["Claude"],
  llama: ["Llama", "LLaMA"],
  mistral: ["Mistral"],
  mixtral: ["Mixtral"],
  gemma: ["Gemma"],
  gemini: ["Gemini"],
  qwen: ["Qwen"],
  deepseek: ["DeepSeek"],
  phi: ["Phi"],
  olmo: ["OLMo"],
  smollm: ["SmolLM"],
  zephyr: ["Zephyr"],
  vicuna: ["Vicuna"],
  grok: ["Grok"],
};

/**
 * By the model's own name, the last part of its path, or the name of its family, as words of their own.
 * namesItsModel("Qwen/Qwen2.5-7B-Instruct", "I am Qwen, made by …") → true
 */
export function namesItsModel(modelName: string, text: string): boolean {
  const names = [modelName, modelName.split("/").at(-1) ?? ""];
  // "fox" is a word like others; "fox-2" is nobody's but the model's.
  const isNamed = names.some((name) => /[\d_/-]/.test(name) && name.length > 2 && asWord(name, "iu").test(text));
  const parts = modelName.toLowerCase().match(/[a-z]+/g) ?? [];
  return isNamed || parts.some((part) => families[part]?.some((name) => asWord(name, "u").test(text)));
}

const asWord = (name: string, flags: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\p{L})`, flags);

/**
 * Were all of these drawn from one model with the same settings? Else the settings, and a length in the tokens of a model, would
 * tell the answers of one model from those of another, or of a person.
 */
export function isOneSource(
  answers: readonly { modelId: string | null; temperature: number | null; topP: number | null }[],
): boolean {
  const [first] = answers;
  return answers.every(
    ({ modelId, temperature, topP }) =>
      modelId !== null && modelId === first?.modelId && temperature === first.temperature && topP === first.topP,
  );
}
