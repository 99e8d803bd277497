/** `node mercurius-server.js FILE`: the rows of the file through Mercurius with JIT. Prints where it listens. */
import fastify from 'fastify';
import mercurius from 'mercurius';
import { resolvers, typeDefs } from './rows.js';

const app = fastify();
await app.register(mercurius, { schema: typeDefs, resolvers, jit: 1 });
console.log(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
