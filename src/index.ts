// The library: check a recording, or feed events to the replay yourself.

export { Replay } from './analyze.js';
export { checkRecording, type CheckOptions } from './commands/run.js';
export type { Event } from './event.js';
export { verdictOf, type Analysis, type Finding } from './finding.js';
export { TraceError } from './import/format.js';
export { formatEvent } from './import/irq-write.js';
export { parseIrq } from './import/irq.js';
export { RULES } from './rules/index.js';
export type { Rule } from './rules/rule.js';
