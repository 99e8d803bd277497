import type { ArgBuilder } from '@pothos/core';
import type { DeskgraphTypes } from './builder.ts';

/** What names the symbols of one gateway, to be spread into a field's arguments. */
export function symbolArguments(arg: ArgBuilder<DeskgraphTypes>) {
  return {
    gateway: arg.string({ required: true, description: 'Name of a gateway, as configured.' }),
    symbols: arg.stringList({ required: true, description: "The venue's own names, such as BTC-USDT at okx." }),
  };
}
