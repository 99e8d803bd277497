import { gunzipSync } from 'node:zlib';
import { execute, type GraphQLSchema } from 'graphql';
import { expect } from 'vitest';
import type { BlockRoom } from '../../src/execution/block-room.ts';
import { createExecution, type Execution } from '../../src/execution/execution.ts';
import { gzipAnswer } from '../../src/execution/gzip-answer.ts';

export interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly contextOf?: () => object;
  /** Several fields fail at about the same time: then graphql's own way may tell of another one first. */
  readonly isRace?: boolean;
}

export interface AnsweredBothWays {
  readonly text: string;
  readonly pieces: readonly Buffer[];
  /** Whether a list was written past the executor. */
  readonly isSpliced: boolean;
}

/**
 * Asks a schema in the product's way, with and without writing rows past the executor, and one that nobody has touched
 * in graphql's own; the bytes have to be the same.
 */
export class BothWays {
  readonly #plain: GraphQLSchema;
  readonly execution: Execution;

  constructor(schemaOf: () => GraphQLSchema, blockRoom?: BlockRoom) {
    this.#plain = schemaOf();
    this.execution = createExecution({ schema: schemaOf(), ...(blockRoom && { blockRoom }) });
  }

  async ask({
    query,
    variables = {},
    operationName,
    contextOf = () => ({}),
    isRace = false,
  }: Asked): Promise<AnsweredBothWays> {
    const document = this.execution.parse(query);
    expect(this.execution.validate(document)).toEqual([]);
    const args = { document, variableValues: variables, ...(operationName !== undefined && { operationName }) };
    const plain = await this.execution.execute({ ...args, contextValue: contextOf() });
    const untouched = await execute({ ...args, schema: this.#plain, contextValue: contextOf() });
    if (isRace) expect(JSON.stringify(plain.data)).toBe(JSON.stringify(untouched.data));
    else expect(JSON.stringify({ ...plain, extensions: undefined })).toBe(JSON.stringify(untouched));
    const contextValue = contextOf();
    const { result, hasWrittenLists } = await this.execution.answer({ ...args, contextValue });
    const written = this.execution.write(result);
    const pieces = written.map(({ bytes }) => bytes);
    this.execution.release(contextValue);
    const text = Buffer.concat(pieces).toString('utf8');
    expect(text).toBe(JSON.stringify(plain));
    expect(gunzipSync(Buffer.concat(await gzipAnswer(written))).toString('utf8')).toBe(text);
    // Whatever writes it in another way gets no less.
    expect(JSON.parse(JSON.stringify(result))).toEqual(JSON.parse(text));
    return { text, pieces, isSpliced: hasWrittenLists };
  }
}
