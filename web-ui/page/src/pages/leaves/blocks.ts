// A policy's text in its blocks: every table with what belongs to it. Nothing is interpreted that is not shown, and a
// text that was taken apart and put together again is the same, comments and all.

export interface Block {
  /** `summary.doors`, `audience.alexa_home`, `audience.alexa_home.read`; empty for what stands before the first table. */
  header: string;
  /** The lines as they are, with the header's. */
  text: string;
  /** Single values by their key. */
  fields: Record<string, string>;
}

const HEADER = /^\s*\[\[?([^\]]+)\]\]?\s*(#.*)?$/;
const FIELD = /^\s*([A-Za-z_]+)\s*=\s*(.+?)\s*$/;

export function apart(text: string): Block[] {
  const blocks: Block[] = [{ header: "", text: "", fields: {} }];
  for (const line of text.split(/(?<=\n)/)) {
    const header = HEADER.exec(line)?.[1];
    if (header !== undefined) blocks.push({ header: header.trim(), text: "", fields: {} });
    const block = blocks.at(-1);
    if (!block) continue;
    block.text += line;
    const field = FIELD.exec(line);
    if (field?.[1] && field[2] && header === undefined) block.fields[field[1]] = field[2].replace(/^"(.*)"$/, "$1");
  }
  return blocks;
}

export const together = (blocks: Block[]): string => blocks.map((block) => block.text).join("");

/** The text without one of its blocks; without an audience go its grants, too. */
export function without(text: string, doomed: Block): string {
  const kept = apart(text).filter((block) => {
    if (block.text === doomed.text && block.header === doomed.header) return false;
    return !(isAudience(doomed) && block.header.startsWith(`${doomed.header}.`));
  });
  return together(kept);
}

export const isSummary = (block: Block): boolean => block.header.startsWith("summary.");
export const isAudience = (block: Block): boolean => /^audience\.[^.]+$/.test(block.header);
export const isGrant = (block: Block): boolean => /^audience\.[^.]+\.(read|control)$/.test(block.header);
/** The name of a summary, or of the audience that a block belongs to. */
export const nameOf = (block: Block): string => block.header.split(".")[1] ?? "";

/** The strings in a list such as `["lock.front.bolt", "lock.back.bolt"]`, or a single one. */
export const strings = (value: string | undefined): string[] => {
  const quoted = [...(value ?? "").matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
  return quoted.length > 0 ? quoted : value ? [value] : [];
};

/** `front` of `lock.front.bolt`. */
export const deviceOf = (source: string): string => source.split(".").slice(1, source.startsWith("lock.") && source.split(".").length === 2 ? undefined : -1).join(".") || source;

/** A name for a block that no other has. */
export function fresh(text: string, wanted: string): string {
  const taken = new Set(apart(text).filter(isSummary).map(nameOf));
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted}_${i}`;
    if (!taken.has(name)) return name;
  }
}

/** A text as TOML writes it. */
export const quote = (text: string): string => JSON.stringify(text);
