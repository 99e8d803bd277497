import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { openThroughSocks5 } from './http-socks5.ts';
import type { OpenStream } from './http-stream.ts';

/**
 * Streams through a proxy: http: and https: by the method CONNECT (RFC 9110, section 9.3.6), socks5: by RFC 1928, the
 * name resolved by the proxy. User and password may stand in the URL. Throws a TypeError for any other URL, without
 * quoting it.
 */
export function openThroughProxy(address: string): OpenStream {
  const url = URL.parse(address);
  if (url?.protocol === 'socks5:') return openThroughSocks5(url);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return openThroughHttpProxy(url);
  throw new TypeError('received a text that is no http:, https: or socks5: URL of a proxy');
}

function openThroughHttpProxy(proxy: URL): OpenStream {
  const { request } = proxy.protocol === 'https:' ? https : http;
  const credentials = credentialsOf(proxy);
  return async ({ hostname, port }, signal) => {
    const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
    const asking = request({
      method: 'CONNECT',
      protocol: proxy.protocol,
      hostname: proxy.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: proxy.port,
      path: authority,
      headers: { host: authority, ...(credentials === undefined ? {} : { 'proxy-authorization': credentials }) },
      agent: false,
      signal,
    });
    // Stays for good: what was aborted may fail again.
    asking.on('error', () => undefined);
    asking.end();
    // Node's event 'connect', for any status: the answer, the stream, and what came behind the answer.
    const event = await once(asking, 'connect', { signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
    const [answer, stream, head] = event as [IncomingMessage, Duplex, Buffer];
    stream.on('error', () => undefined);
    if (answer.statusCode === undefined || answer.statusCode < 200 || answer.statusCode > 299) {
      stream.destroy();
      throw new Error(`the proxy answered with status ${answer.statusCode}`);
    }
    if (head.length > 0) stream.unshift(head);
    return stream;
  };
}

function credentialsOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}
