// Parquet, the native form for SQL over millions of events: how it is told. What reads it is loaded only then: 30 ms.

import type { LazyFormat } from './format.js';

export const parquet: LazyFormat = {
  name: 'parquet',
  detect: (head) => head.toString('latin1', 0, 4) === 'PAR1',
  load: async () => (await import('./parquet/read.js')).parquetFile,
};
