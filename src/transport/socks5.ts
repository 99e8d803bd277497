/** The numbers of SOCKS5: RFC 1928, and RFC 1929 for the password. */
export const VERSION = 5;
export const NO_AUTHENTICATION = 0;
export const PASSWORD = 2;
export const NO_METHOD = 0xff;
export const CONNECT = 1;
export const IPV4 = 1;
export const NAME = 3;
export const IPV6 = 4;

/** Section 6: what a reply's number says. */
export const REPLIES: readonly string[] = [
  'succeeded',
  'general failure',
  'not allowed by its rules',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'time to live expired',
  'command not supported',
  'address type not supported',
];
