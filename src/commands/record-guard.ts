// A process beside a recording: when the recorder is gone, however it ended (SIGKILL lets it put back nothing), it removes what that set up in tracefs.
// Run as `record-guard.js TRACEFS PID`, with a pipe whose other end the recorder holds as standard input.

import { traceFiles } from './trace-files.js';
import { removeOf } from './trace-session.js';

const [root = '', pid = ''] = process.argv.slice(2);
process.stdin.on('end', () => removeOf(traceFiles(root), Number(pid))).resume();
