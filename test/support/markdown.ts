/** The text below a heading of a page, up to the next. Throws when there is no such heading. */
export function sectionOf(page: string, heading: string): string {
  const [, text] = page.split(`## ${heading}\n`);
  if (text === undefined) throw new Error(`there is no section ${heading}`);
  return text.split('\n## ', 1)[0] ?? '';
}

/** The cells of the first table of a text, row by row, without its head. */
export function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands between backticks. */
export function codesOf(text = ''): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The lines of the blocks of code, which are indented. */
export function codeLinesOf(text: string): string[] {
  return [...text.matchAll(/^ {4}(.+)$/gm)].map(([, line = '']) => line);
}
