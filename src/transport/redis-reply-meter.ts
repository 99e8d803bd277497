/** No reply to a command of ours has a list in a list in a list. */
const DEEPEST = 2;
/** A page of keys has a hundredth of it. */
const MOST_ELEMENTS = 100_000;
/** Of statuses, errors, numbers and lengths; texts of any content have their length before them. */
const LONGEST_LINE = 65_536;
const LINE_FEED = 10;
/** Of all texts together: as much as the largest entry of a cache has. */
const MOST_REPLY_BYTES = 64 * 1024 * 1024;

/**
 * Measures the replies of a Redis while they arrive, and keeps none of them: RESP2, as far as it says how large something
 * is. A reply is measured before it is read, since the parser of ioredis allocates whatever it is told, and runs out of
 * stack in lists that are nested.
 */
export class RedisReplyMeter {
  /** A line without its end yet. */
  #line = '';
  /** Bytes of a text that are still to come, its line end included. */
  #textBytes = 0;
  /** Elements still to come of the lists that are open, the outer first. */
  readonly #lists: number[] = [];
  /** Of all texts in the reply that is arriving. */
  #replyBytes = 0;

  /** The next bytes. Throws an Error when they are no reply that can be wanted. */
  measure(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#textBytes > 0) {
        const passed = Math.min(this.#textBytes, bytes.length - at);
        at += passed;
        this.#textBytes -= passed;
        if (this.#textBytes === 0) this.#endElement();
        continue;
      }
      const end = bytes.indexOf(LINE_FEED, at);
      const until = end === -1 ? bytes.length : end;
      if (this.#line.length + until - at > LONGEST_LINE) {
        throw unwanted(`a line of more than ${LONGEST_LINE} characters`, 'a reply of Redis');
      }
      this.#line += bytes.toString('latin1', at, until);
      if (end === -1) return;
      at = end + 1;
      this.#takeLine(this.#line);
      this.#line = '';
    }
  }

  #takeLine(line: string): void {
    // The parser takes any return for the end of a line.
    if (line.indexOf('\r') !== line.length - 1) throw unwanted('a line that ends otherwise', 'a reply of Redis');
    const rest = line.slice(1, -1);
    if (line.startsWith('$')) this.#beginText(lengthOf(rest));
    else if (line.startsWith('*')) this.#beginList(lengthOf(rest));
    else this.#endElement();
  }

  #beginText(length: number): void {
    if (length === -1) {
      this.#endElement();
      return;
    }
    this.#replyBytes += length;
    if (this.#replyBytes > MOST_REPLY_BYTES) {
      throw unwanted(`a reply of ${this.#replyBytes} bytes`, `at most ${MOST_REPLY_BYTES}`);
    }
    this.#textBytes = length + 2;
  }

  #beginList(length: number): void {
    if (length > MOST_ELEMENTS) throw unwanted(`a list of ${length}`, `at most ${MOST_ELEMENTS}`);
    if (this.#lists.length === DEEPEST) throw unwanted('a list in a list in a list', 'a reply of Redis');
    if (length < 1) this.#endElement();
    else this.#lists.push(length);
  }

  #endElement(): void {
    for (let left = this.#lists.pop(); left !== undefined; left = this.#lists.pop()) {
      if (left === 1) continue;
      this.#lists.push(left - 1);
      return;
    }
    this.#replyBytes = 0;
  }
}

/** -1 stands for nothing. */
function lengthOf(text: string): number {
  if (!/^(?:-1|\d{1,15})$/.test(text)) throw unwanted('a length that is none', 'a reply of Redis');
  return Number(text);
}

function unwanted(received: string, wanted: string): Error {
  return new Error(`received ${received}, wanted ${wanted}`);
}
