#!/usr/bin/env node
// The command line: yargs in, exit code out. 0 nothing found, 1 findings, 2 the job could not be done. The only place that catches.

import yargs, { type Argv } from 'yargs';
import { cutOptions } from './commands/cut-options.js';
import { diffOptions } from './commands/diff-options.js';
import { keepHeapSmall } from './commands/heap.js';
import { checkOptions, convertOptions, guarded, minimiseOptions, reportOptions, testOptions, whyOptions } from './commands/options.js';
import { WriteError } from './commands/output.js';
import { coverageOptions, explainOptions, followOptions, infoOptions, rulesOptions, statsOptions } from './commands/plain-options.js';
import { recordOptions } from './commands/record-options.js';
import { stateOptions } from './commands/state-options.js';
import { UsageError } from './commands/usage.js';
import { version } from './commands/version.js';
import { TraceError } from './import/format.js';
import { ReadError } from './import/read-error.js';
import { printable } from './report/text.js';

const UNABLE = 2;

/** What one asks of a recording at one's desk. */
function deskCommands(argv: Argv, done: (code: number) => void): Argv {
  return argv
    .command('check [files..]', 'replay a recording and report every breach', checkOptions, async (args) => {
      done(await (await import('./commands/check.js')).check(args));
    })
    .command('coverage [files..]', 'show which hops of an interrupt\'s way a recording shows', coverageOptions, async (args) => {
      done(await (await import('./commands/coverage.js')).coverage(args));
    })
    .command('follow [files..]', 'show the way of a thing\'s interrupts, hop by hop; the last word names it: gsi:10', followOptions, async (args) => {
      done(await (await import('./commands/follow.js')).follow(args));
    })
    .command('stats [files..]', 'show how long interrupts take from hop to hop, and what merged or vanished', statsOptions, async (args) => {
      done(await (await import('./commands/stats.js')).stats(args));
    })
    .command('state [files..]', 'show the machine at a moment, or what changed', stateOptions, async (args) => {
      done(await (await import('./commands/state.js')).state(args));
    })
    .command('why [files..]', 'explain a finding step by step', whyOptions, async (args) => {
      done(await (await import('./commands/why.js')).why(args));
    })
    .command('info [files..]', 'show what recordings consist of', infoOptions, async (args) => {
      done(await (await import('./commands/info.js')).info(args));
    });
}

/** What bug reports, CI and other tools are served with, and what tells about the rules. */
function otherCommands(argv: Argv, done: (code: number) => void): Argv {
  return argv
    .command('minimise [files..]', 'find the fewest events that still show a finding', minimiseOptions, async (args) => {
      done(await (await import('./commands/minimise.js')).minimiseFinding(args));
    })
    .command('test [paths..]', 'replay recordings and compare their findings with what is expected', testOptions, async (args) => {
      done(await (await import('./commands/test.js')).test(args));
    })
    .command('diff [files..]', 'compare two recordings or two JSON reports', diffOptions, async (args) => {
      done(await (await import('./commands/diff.js')).diff(args));
    })
    .command('report [files..]', 'write a bug report about a finding', reportOptions, async (args) => {
      done(await (await import('./commands/report.js')).report(args));
    })
    .command('convert [files..]', 'write recordings in a native form', convertOptions, async (args) => {
      done(await (await import('./commands/convert.js')).convert(args));
    })
    .command('cut [files..]', 'write a part of recordings: of their time, or of one thing', cutOptions, async (args) => {
      done(await (await import('./commands/cut.js')).cut(args));
    })
    .command('record', 'print how to record a machine\'s interrupts, or do it (--run -- COMMAND)', recordOptions, async (args) => {
      done(await (await import('./commands/record.js')).record(args));
    })
    .command('rules', 'list the rules', rulesOptions, async (args) => {
      done((await import('./commands/rules.js')).rules(args.format));
    })
    .command(
      'explain <rule>',
      'print the page of a rule',
      explainOptions,
      async (args) => {
        done((await import('./commands/explain.js')).explain(args.rule));
      },
    );
}

/** Runs one command and gives its exit code; 0 for --help and --version. */
async function run(words: readonly string[]): Promise<number> {
  return words[0] === '--get-yargs-completions' ? complete(words) : command(words);
}

/** Half-typed words are no mistakes: nothing is said about them. */
async function complete(words: readonly string[]): Promise<number> {
  const { asked, completeRules } = await import('./commands/completion.js');
  if (!completeRules(words)) await command(asked(words)).catch(() => {});
  return 0;
}

async function command(words: readonly string[]): Promise<number> {
  let code = 0;
  const done = (given: number): void => {
    code = given;
  };
  const usage = '$0 COMMAND\n\nFinds out from a recording what went wrong with a virtual machine\'s interrupts.';
  await otherCommands(deskCommands(yargs().scriptName('irqreplay').locale('en').usage(usage), done), done)
    .completion('completion', 'print a completion script for bash or zsh: source it in your shell')
    .demandCommand(1, 'no command given')
    .alias('help', 'h')
    .strict()
    .strictCommands()
    .version(version())
    .epilogue('Exit code: 0 no finding at or above --fail-on, 1 findings, 2 the job could not be done, 130 interrupted.')
    .exitProcess(false)
    // returning from here would let yargs run the command all the same
    .fail((message: string, error: Error | undefined) => {
      const ownWords = error === undefined || error.name === 'YError';
      throw ownWords ? new UsageError(`${message.replace(/\n\s*/g, ' ')}; see irqreplay --help`) : error;
    })
    .parseAsync(guarded(words));
  return code;
}

/** What a person can mend is told in a sentence; anything else is our bug and shows its stack. */
function explainFailure(error: unknown): string {
  if (error instanceof UsageError || error instanceof TraceError || error instanceof ReadError) return printable(error.message);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function fail(error: unknown): void {
  process.stderr.write(`irqreplay: ${explainFailure(error)}\n`);
  process.exitCode = UNABLE;
}

keepHeapSmall();

// the reader of a pipe may leave early (`| head`); what has failed already has been told
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && process.exitCode !== UNABLE) fail(new WriteError('-', error));
});

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  fail(error);
}
// a pipe that was not read to its end would keep the process alive; what was printed goes out first, and what failed is told
process.stdout.write('', () => setImmediate(() => process.exit()));
