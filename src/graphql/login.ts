import type { Viewer } from '../domain/viewer.ts';
import { builder } from './builder.ts';
import { errorType } from './errors.ts';
import { resultUnion } from './result-union.ts';
import { unavailable } from './unavailable.ts';
import { ViewerType } from './viewer.ts';

const LoginInput = builder.inputType('LoginInput', {
  description: 'Who wants to log in.',
  fields: (t) => ({
    username: t.string({ required: true, description: 'As the configuration lists the user.' }),
    password: t.string({ required: true, description: 'In plain text; it is never logged or kept.' }),
  }),
});

/** A login that succeeded. */
interface LoginShape {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly viewer: Viewer;
}

const LoginSuccess = builder.objectRef<LoginShape>('LoginSuccess').implement({
  description: 'A token, and whom it stands for.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'A JWT: send it as `Authorization: Bearer TOKEN`, or as `authorization` in connection_init. Keep it secret.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the token ends, and with it what was subscribed by it.',
    }),
    viewer: t.expose('viewer', { type: ViewerType, description: 'Whom the token stands for.' }),
  }),
});

const LoginRefused = errorType(
  'LoginRefused',
  'Username and password do not fit, or there were too many attempts. It never tells which of the two was wrong.',
);

const LoginResult = resultUnion('LoginResult', {
  description: 'A token, or why there is none.',
  success: LoginSuccess,
  refusals: [LoginRefused],
});

builder.mutationField('login', (t) =>
  t.field({
    type: LoginResult,
    nullable: true,
    description: 'Exchanges username and password for a token. Needs no role.',
    args: { input: t.arg({ type: LoginInput, required: true, description: 'Who wants to log in.' }) },
    resolve: unavailable('logging in'),
  }),
);
