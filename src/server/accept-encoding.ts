import type { IncomingHttpHeaders } from 'node:http';

/** Which forms of an answer a client takes (RFC 9110, 12.5.3). */
export interface AcceptedEncodings {
  readonly takesGzip: boolean;
  /** False: it would rather have anything else than the plain bytes. */
  readonly takesPlain: boolean;
}

const PLAIN_ONLY: AcceptedEncodings = { takesGzip: false, takesPlain: true };

/** Gzip only for who names it, or a wildcard, and does not like the plain bytes better. */
export function acceptedEncodings({ 'accept-encoding': header }: IncomingHttpHeaders): AcceptedEncodings {
  if (typeof header !== 'string') return PLAIN_ONLY;
  const weights = new Map(header.toLowerCase().split(',').map(weightOf));
  const wildcard = weights.get('*');
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? wildcard ?? 0;
  // Who says nothing of the plain bytes takes them if there is nothing else.
  const plain = weights.get('identity') ?? (wildcard === 0 ? 0 : undefined);
  return { takesGzip: gzip > 0 && gzip >= (plain ?? 0), takesPlain: plain !== 0 };
}

/** The name of a coding and how much it is liked, from 0 for not at all to 1. */
function weightOf(coding: string): [string, number] {
  const [name = '', ...parameters] = coding.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length);
  const weight = quality === undefined ? 1 : Number(quality);
  return [name, weight >= 0 && weight <= 1 ? weight : 0];
}
