/** An event of a text/event-stream. */
export interface ServerSentEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** The events of an answer, one by one, until it ends. Comments are left out. */
export async function* readEvents(response: Response): AsyncGenerator<ServerSentEvent, void, undefined> {
  if (response.body === null) return;
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event !== undefined) yield event;
    }
  }
}

function parseEvent(block: string): ServerSentEvent | undefined {
  const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
  const field = (name: string): string | undefined => fields.find((each) => each?.[1] === name)?.[2];
  const event = field('event');
  return event === undefined ? undefined : { event, id: field('id'), data: field('data') ?? '' };
}
