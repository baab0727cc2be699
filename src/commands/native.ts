// Writes events in a native form.

import type { Event } from '../event.js';
import { DamageError } from '../import/chunks.js';
import type { Header } from '../import/header.js';
import { formatEvent, formatHeader } from '../import/irq-write.js';
import { eventToRecord, headerToRecord } from '../import/ndjson-write.js';
import { openDestination, ReaderLeft, type Destination } from './destination.js';
import { keepYoungSpaceSmall } from './heap.js';
import { WriteError } from './output.js';
import type { Recording } from './recording.js';
import type { Form, Target } from './target.js';

/** One native form under way. */
interface Writer {
  /** `files` names the streams. */
  write(events: readonly Event[], files: readonly string[]): Promise<void>;
  end(): Promise<void>;
}

interface TextForm {
  header(header: Header): string;
  event(event: Event, files: readonly string[]): string;
}

const TEXT_FORMS: Readonly<Record<Exclude<Form, 'parquet'>, TextForm>> = {
  irq: { header: formatHeader, event: formatEvent },
  ndjson: {
    header: (header) => JSON.stringify(headerToRecord(header)),
    event: (event, files) => JSON.stringify(eventToRecord(event, files)),
  },
};

function textWriter({ header, event }: TextForm, out: Destination, headerNow: () => Header): Writer {
  let begun = false;
  const begin = async (): Promise<void> => {
    if (!begun) await out.write(`${header(headerNow())}\n`);
    begun = true;
  };
  return {
    write: async (events, files) => {
      await begin();
      let text = '';
      for (const each of events) text += `${event(each, files)}\n`;
      await out.write(text);
    },
    end: begin,
  };
}

async function openWriter(form: Form, out: Destination, headerNow: () => Header): Promise<Writer> {
  if (form !== 'parquet') return textWriter(TEXT_FORMS[form], out, headerNow);
  keepYoungSpaceSmall();
  const { ParquetSink } = await import('../import/parquet/sink.js');
  const sink = await ParquetSink.open((bytes) => out.write(bytes));
  return { write: (events, files) => sink.write(events, files), end: () => sink.end(headerNow()) };
}

/**
 * Writes all events. Of a recording that breaks off, the output has what it held, and the error is passed on;
 * if it held nothing, or a wrong byte somewhere, or could not be written whole, there is no output.
 */
export async function writeNative(recording: Recording, events: AsyncIterable<readonly Event[]>, { path, form, packing }: Target): Promise<void> {
  const out = await openDestination(path, packing);
  const writer = await openWriter(form, out, () => recording.header());
  let written = 0;
  let failure: unknown;
  try {
    for await (const batch of events) {
      if (batch.length === 0) continue;
      await writer.write(batch, recording.files);
      written += batch.length;
    }
  } catch (error) {
    failure = error;
  }
  await finish(out, writer, { failure, written });
}

async function finish(out: Destination, writer: Writer, { failure, written }: { failure: unknown; written: number }): Promise<void> {
  if (failure instanceof ReaderLeft) return;
  if (failure instanceof DamageError || failure instanceof WriteError || (failure !== undefined && written === 0)) {
    out.discard();
    throw failure;
  }
  try {
    await writer.end();
    await out.commit();
  } catch (error) {
    out.discard();
    if (failure !== undefined || !(error instanceof ReaderLeft)) throw failure ?? error;
  }
  if (failure !== undefined) throw failure;
}
