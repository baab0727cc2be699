// Where a project's irqreplay.config.json is found, and errors in it told in a sentence.

import { existsSync } from 'node:fs';
import type { Config } from '../config.js';
import type { Analysis } from '../finding.js';
import { nearestHint } from '../import/nearest.js';
import { factsOf, type Profile } from '../profiles.js';
import { RULES } from '../rules/index.js';
import { nsOf } from './offset.js';
import { writeText } from './output.js';
import { readWhole } from './read-whole.js';
import { UsageError } from './usage.js';

const NAME = 'irqreplay.config.json';

export interface FoundConfig {
  /** The file; where one would be written if there is none. */
  readonly file: string;
  readonly config: Config;
}

/** The facts about the machine that hold: of a profile, of the configuration, and given, in this order. */
export function settingsOf(config: Config, { profile = config.profile, set }: { readonly profile?: Profile | undefined; readonly set: readonly string[] }): string[] {
  const times = Object.entries({ deadlineNs: config.deadlineWindow, clockNs: config.clockUncertainty });
  const facts = [
    ...(profile === undefined ? [] : factsOf(profile)),
    ...times.flatMap(([name, time]) => (time === undefined ? [] : [`${name}=${nsOf(time)}`])),
    ...Object.entries(config.set ?? {}).map(([name, value]) => `${name}=${value}`),
    ...set,
  ];
  const nameOf = (fact: string): string => fact.slice(0, fact.indexOf('='));
  // a name that --set gives twice is its own mistake
  return facts.filter((fact, at) => at >= facts.length - set.length || !facts.slice(at + 1).some((later) => nameOf(later) === nameOf(fact)));
}

/** What the configuration knows of is left out; a project without one costs nothing. */
export async function known(analysis: Analysis, config: Config): Promise<{ analysis: Analysis; errors: readonly string[] }> {
  if (config.suppress === undefined && config.severity === undefined) return { analysis, errors: [] };
  return (await import('../config.js')).applyConfig(analysis, config, today());
}

/** `given`: the file of --config, false for --no-config; otherwise the one of the working folder, if there is one. `isWritten`: the one of --config may still have to be made. */
export async function findConfig(given: string | false | undefined, isWritten = false): Promise<FoundConfig> {
  const file = given === false || given === undefined ? NAME : given;
  if (given === false || ((given === undefined || isWritten) && !existsSync(file))) return { file, config: {} };
  const { Config } = await import('../config.js');
  const parsed = Config.safeParse(readJson(file));
  if (!parsed.success) throw new UsageError(`${file}: ${parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`).join('; ')}`);
  for (const id of [...Object.keys(parsed.data.severity ?? {}), ...(parsed.data.suppress ?? []).map(({ rule }) => rule)]) {
    const ids = RULES.map((rule) => rule.id);
    if (!ids.some((each) => each === id)) throw new UsageError(`${file}: there is no rule ${id}${nearestHint(id, ids)}`);
  }
  return { file, config: parsed.data };
}

function readJson(file: string): unknown {
  const text = readWhole(file, '--config').toString();
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export const configText = (config: Config): string => `${JSON.stringify(config, null, 2)}\n`;

export const writeConfig = ({ file, config }: FoundConfig): void => writeText(file, configText(config), '--write-baseline');

/** The local day, `2026-11-28`. */
export function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}
