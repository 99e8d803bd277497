import type { ArgBuilder } from '@pothos/core';
import type { DeskgraphTypes } from './builder.ts';

/** The account whose live orders, positions or balances are asked for. */
export function accountArgument(arg: ArgBuilder<DeskgraphTypes>) {
  return arg.string({
    required: true,
    description: 'Exact name of the account. One that is not yours answers like one that is not there.',
  });
}
