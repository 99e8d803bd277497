import type { AttemptReport } from './rest-attempts.ts';
import type { RestRequest, RestResponse } from './rest-exchange.ts';
import type { SecretMask } from './secret-mask.ts';

const SHOWN_CHARACTERS = 1000;
/** More than are shown, so that no secret is cut where it would not be known any more. */
const MASKED_CHARACTERS = 4000;

/** What a request came to, as a text dump calls it. */
export type RequestStatus = 'success' | 'failed' | 'error';

export interface RequestDump {
  readonly attempt: AttemptReport;
  readonly sent: RestRequest;
  /** Undefined: none came. */
  readonly response: RestResponse | undefined;
}

/** A status of 2xx is a success as far as the way there is concerned; an error is a request without an answer. */
export function requestStatus({ status }: Pick<AttemptReport, 'status'>): RequestStatus {
  if (status === null) return 'error';
  return status >= 200 && status < 300 ? 'success' : 'failed';
}

/** A request for people to read: all of it, without secrets, body and answer at most 1,000 characters each. */
export function requestText({ attempt, sent, response }: RequestDump, mask: SecretMask): string {
  const [path, query = ''] = sent.target.split('?', 2);
  const shown = (text: string): string => mask.text(text.slice(0, MASKED_CHARACTERS)).slice(0, SHOWN_CHARACTERS);
  const headers = Object.entries(sent.headers).map(([name, value]) => [name, mask.header(name, value)]);
  return [
    `request: ${sent.method} ${mask.text(path ?? '')} ${requestStatus(attempt)} because ${attempt.status ?? 'terminated'}`,
    `attempt: ${attempt.attempt}, ${attempt.latencyMs} ms${attempt.failure === null ? '' : `, ${attempt.failure}`}`,
    `headers: ${JSON.stringify(Object.fromEntries(headers))}`,
    `params: ${shown(query)}`,
    `body: ${shown(sent.body)}`,
    `response: ${shown(response?.text ?? '')}`,
  ].join('\n');
}
