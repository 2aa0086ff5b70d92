// Chat templates as attackers: whatever one does, it costs little and ends in one sentence. Real ones are rendered as the
// library itself renders them.
import { Template } from "@huggingface/jinja";
import { expect, test } from "vitest";
import { ChatTemplate, TemplateError } from "./chat-template.ts";

const turns = (count: number, content = "Tell me a story about a fox.") =>
  Array.from({ length: count }, (_, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content }));
const values = (messages = turns(3)) => ({
  messages,
  add_generation_prompt: true,
  bos_token: "<s>",
  eos_token: "</s>",
});

const chatMl =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n'}}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
const llama2 =
  "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = " +
  "messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}" +
  "{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}" +
  "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}" +
  "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + message['content'].strip() + ' [/INST]' }}" +
  "{% else %}{{ ' ' + message['content'] | trim + ' ' + eos_token }}{% endif %}{% endfor %}";
const namespaces =
  "{%- set ns = namespace(found=false, last='') -%}{%- for m in messages[::-1] -%}{%- if m.role == 'user' and not " +
  "ns.found -%}{%- set ns.found = true -%}{%- set ns.last = m.content.replace('fox', 'owl').split(' ')|join('_') -%}" +
  "{%- endif -%}{%- endfor -%}{{ ns.last }}{{ messages|length }}{{ messages[0]|tojson(indent=2) }}" +
  "{%- for i in range(3) -%}{{ i }}{%- endfor -%}{{ strftime_now('%Y') }}{{ none }}{{ True }}";

test.each([
  ["ChatML", chatMl],
  ["Llama 2's", llama2],
  ["one with a namespace, filters and functions", namespaces],
])("%s is rendered as by the library", (_, source) => {
  expect(new ChatTemplate(source).render(values())).toBe(new Template(source).render(values()));
});

test("a long conversation is within the limits", () => {
  const long = values(turns(2_001, "word ".repeat(400)));
  for (const source of [chatMl, llama2]) {
    expect(new ChatTemplate(source).render(long)).toBe(new Template(source).render(long));
  }
});

const doubling = (start: string, twice: string) =>
  `{% set ns = namespace(x=${start}) %}{% for i in range(60) %}{% set ns.x = ${twice} %}{% endfor %}{{ ns.x }}`;

test.each([
  ["loops in loops", "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}", "steps"],
  ["empty loops in loops", "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}", "steps"],
  [
    "sorting over and over",
    "{% set x = range(9999) %}{% for i in range(9999) %}{{ x|sort|first }}{% endfor %}",
    "steps",
  ],
  ["a count to a billion", "{% for i in range(1000000000) %}x{% endfor %}", "it counts to 1000000000"],
  ["an endless count", "{{ range(0, 9, 0)|length }}", "it counts to"],
  ["a text that doubles", doubling("'abcdefgh'", "ns.x ~ ns.x"), "more than"],
  ["a list that doubles", doubling("[1]", "ns.x + ns.x"), "more than"],
  ["a tree of itself", doubling("[1]", "[ns.x, ns.x]"), "more than"],
  ["an object of itself", doubling("{'a': 1}", "{'a': ns.x, 'b': ns.x}"), "more than"],
  ["a namespace in itself", "{% set ns = namespace(x=1) %}{% set ns.x = ns %}{{ ns.x|tojson }}", "namespace"],
  ["a namespace in a list", "{% set ns = namespace(x=1) %}{% set ns.x = [ns, ns] %}{{ ns.x|tojson }}", "namespace"],
  ["a long replacement", `{{ '${"a".repeat(999)}'.replace('a', '${"b".repeat(999)}') }}`, "too long a text"],
  ["a replacement behind a name", "{% set f = 'a'.replace %}{{ f('a', 'b') }}", "by its name"],
  ["a replacement behind a word", "{% set n = 'replace' %}{{ 'a'[n]('a', 'b') }}", "by its name"],
  ["a replacement spread out", "{{ 'a'.replace(*['a', 'b']) }}", "it spreads the arguments of replace"],
  ["a long joint", `{{ range(9999)|join('${"b".repeat(999)}') }}`, "too long a text"],
  ["wide indenting", "{{ 'a\nb'|indent(1000000000) }}", "too long a text"],
  ["wide JSON", "{{ messages|tojson(indent=1000000000) }}", "too long a text"],
  ["a macro that calls itself", "{% macro a() %}{{ a() }}{{ b }}{% endmacro %}{% set b = a %}{{ a() }}", ""],
  ["too long a template", " ".repeat(200_001), "it has 200001 characters"],
  ["no template", "{% if %}", "Unexpected token"],
  ["deep brackets", `{{ ${"(".repeat(50_000)} }}`, ""],
])("%s is refused", (_, source, why) => {
  const render = () => new ChatTemplate(source).render(values());
  expect(render).toThrow(why);
  if (why) expect(render).toThrow(TemplateError);
});
