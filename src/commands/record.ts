// `irqreplay record`: prints how to record a machine's interrupts, and changes nothing unless it is asked to perform it (--run).

import { parseKernel, type Kernel } from '../record/kernel.js';
import { qemuRecipe } from '../record/qemu-recipe.js';
import { recipeFor, type Target } from '../record/recipe.js';
import { shellScript, type KernelTool } from '../record/shell.js';
import { print } from './output.js';
import { UsageError } from './usage.js';

export interface RecordArguments {
  readonly target: Target;
  /** trace-cmd if absent; of a kernel's trace only. */
  readonly tool: KernelTool | undefined;
  readonly kernel: string | undefined;
  readonly buffer: number;
  readonly run: boolean;
  readonly tracefs: string;
  readonly output: string;
  /** What to run while recording: the words behind `--`. */
  readonly command: readonly string[];
}

const GROUP = 'irqreplay';

export function kernelOf(text: string): Kernel {
  const kernel = parseKernel(text);
  if (kernel === undefined) throw new UsageError(`--kernel ${text}: expected a version of Linux as uname -r prints it (6.1)`);
  return kernel;
}

function recipeText({ target, tool, kernel, buffer }: RecordArguments): string {
  if (target === 'qemu') {
    if (tool !== undefined) throw new UsageError(`--tool ${tool}: QEMU logs itself, which needs no tool`);
    return qemuRecipe();
  }
  const recipe = recipeFor(target, kernel === undefined ? undefined : kernelOf(kernel), GROUP);
  return shellScript(recipe, { tool: tool ?? 'trace-cmd', buffer, group: GROUP });
}

export async function record(args: RecordArguments): Promise<number> {
  if (args.run) return (await import('./record-run.js')).recordRun(args);
  if (args.command.length > 0) throw new UsageError('a command is run only with --run');
  print(recipeText(args));
  return 0;
}
