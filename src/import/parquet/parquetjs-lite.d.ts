// What is used of parquetjs-lite 0.8.7, which has no types of its own. It throws texts, not errors.

declare module 'parquetjs-lite' {
  export interface ColumnData {
    /** 1 for a value, 0 for null, per row; none of a required column. */
    dlevels: number[];
    rlevels: number[];
    values: (number | string | ArrayBuffer)[];
    distinct_values: Set<unknown>;
    count: number;
  }

  /** A page that has been encoded. */
  interface Page {
    page: Buffer;
    num_values: number;
  }

  /** Rows in columns, as its shredder makes them of row after row. */
  export interface RowBuffer {
    rowCount: number;
    pageRowCount: number;
    columnData: Record<string, ColumnData>;
    pages: Record<string, Page[]>;
  }

  interface FieldDefinition {
    type: 'INT64' | 'UTF8';
    optional: boolean;
    compression: 'SNAPPY';
    statistics: false;
  }

  interface ParquetSchema {
    readonly fieldList: readonly unknown[];
  }

  export interface ParquetEnvelopeWriter {
    readonly schema: ParquetSchema;
    setPageSize(rows: number): void;
    writeRowGroup(group: RowBuffer): void;
  }

  export interface ParquetWriter {
    rowBuffer: RowBuffer | object;
    setMetadata(key: string, value: string): void;
    appendRow(row: Record<string, unknown>): Promise<void>;
    close(): Promise<void>;
  }

  export interface Library {
    ParquetSchema: new (fields: Record<string, FieldDefinition>) => ParquetSchema;
    ParquetEnvelopeWriter: new (
      schema: ParquetSchema,
      write: (bytes: Buffer) => void,
      close: () => void,
      offset: number,
      options: { pageIndex: false },
    ) => ParquetEnvelopeWriter;
    ParquetWriter: new (schema: ParquetSchema, envelope: ParquetEnvelopeWriter, options: { rowGroupSize: number }) => ParquetWriter;
  }

  const parquet: Library;
  export { parquet as default };
}
