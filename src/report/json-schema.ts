// The forms of JSON reports, for schemas/report.schema.json and schemas/info.schema.json. Loaded by the build step and the tests only: the command does without zod.

import { z } from 'zod';
import { EventRecord } from '../event.js';
import { KINDS } from '../kinds.js';
import { REPORT_VERSION } from './json.js';

const count = z.int().min(0);
const severity = z.enum(['violation', 'suspicious', 'info']);

const Finding = z.strictObject({
  rule: z.string().describe('Id of the rule, component/defect.'),
  severity,
  entity: z.string().describe('What it happened to: pin:ioapic/10, gsi:24, vector:0x41@cpu0.'),
  sentence: z.string(),
  clause: z.string().describe('Specification clause, or kernel or QEMU function.'),
  state: z.record(z.string(), z.string()).describe('The state it was judged against: variable to value.'),
  count: count.describe('How often it happened to this entity, the first included.'),
  at: EventRecord.describe('The event that proves the first of them.'),
  because: z.array(EventRecord).max(8).describe('Earlier events that led there, oldest first.'),
  last: EventRecord.describe('The event that proves the latest of them.'),
});

const Rule = z.strictObject({
  rule: z.string(),
  verdict: z.enum(['violated', 'held', 'undecided']),
  breaches: count,
  held: count,
  undecided: count.describe('Judgements that could not be made.'),
  reasons: z.record(z.string(), count).describe('Unknown variables, with the number of judgements each spoiled.'),
  missing: z.array(z.array(z.enum(Object.keys(KINDS)))).describe('Kinds of event the rule needs that the recording never showed; several where one of them would do.'),
});

const Stream = z.strictObject({
  file: z.string(),
  format: z.string(),
  recorder: z.string(),
  about: z.string().optional().describe('Of a binary recording: version, kernel, clock, CPUs, trace buffers.'),
  clock: z.enum(['seconds', 'integer', 'ns', 'none']),
  base: z.string().regex(/^-?\d+$/).describe('Absolute time of the first event in ns, decimal.'),
  lines: count,
  losses: z.array(z.strictObject({ line: count, n: count.optional(), what: z.string() })).describe('The first 1,000 of them.'),
  lossMarks: count.describe('Places where the recorder lost events or a line could not be read.'),
  lostEvents: count.describe('Lost events as far as the recorder counts them.'),
  offset: z
    .strictObject({ ns: z.string().regex(/^-?\d+$/).describe('Added to its times, ns.'), uncertainty: z.number().min(0).describe('How many ns that may be wrong.') })
    .optional()
    .describe('Its clock is not that of the other streams.'),
});

export const Report = z.strictObject({
  report: z.literal(REPORT_VERSION).describe('Version of this form.'),
  verdict: z.enum(['violated', 'suspicious', 'held', 'undecided']),
  events: count,
  span: z.number().min(0).describe('From the first to the last event, in ns (in the recorder\'s unit for clock "integer").'),
  complete: z.boolean().describe('False if the run was cut short.'),
  blind: z.string().optional().describe('Why nothing could be judged at all.'),
  suppressed: count.optional().describe('Findings left out because irqreplay.config.json knows of them.'),
  findings: z.array(Finding),
  rules: z.array(Rule),
  streams: z.array(Stream),
});

const counts = z.record(z.string(), count);

export const Info = z.array(
  z.strictObject({
    stream: Stream,
    begin: z
      .string()
      .optional()
      .describe('When the first event to replay happened, as the recorder\'s clock has it: seconds (1275.154609), the date of a wall clock (2026-11-21T00:05:20.413904Z), ticks of clock "integer"; absent without times.'),
    span: z.number().describe('From the first to the last event, in ns (in the recorder\'s unit for clock "integer").'),
    recorded: counts.describe('Events of the recorder by its own names.'),
    unread: z.array(z.string()).describe('Names among them that no reader uses.'),
    kinds: counts.describe('Events replayed, by kind.'),
    cpus: counts.describe('The same by the CPU that recorded them.'),
    vms: counts.describe('The same by virtual machine, where the recorder tells.'),
    machines: z
      .array(
        z.strictObject({
          vm: z.string().optional().describe("KVM's pointer, or the process; absent for threads of which it is not known."),
          processes: z.array(z.int()),
          threads: z.array(z.strictObject({ tid: z.int(), vcpus: z.array(z.int()) })),
          records: z.int(),
        }),
      )
      .describe('Virtual machines that a trace of their host tells apart.'),
    mixedVms: z.boolean().describe('It holds events of several virtual machines.'),
  }),
);
