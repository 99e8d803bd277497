/// <reference lib="dom" />

import { type Figure, makeFigures } from './figure-list.ts';
import { formatNumber, formatPercent, formatSigned, formatSignedPercent, trendOf } from './figures.ts';
import { createLineChart } from './line-chart.ts';
import { labelled, make, setText } from './markup.ts';
import type { Desk, DeskFacts, Operation, Panel } from './panel.ts';

export const ETF_PREMIUM = `query EtfPremium($code: String!, $start: Date) {
  etfPremium(code: $code, start: $start) {
    code
    latestDate
    latestPremium
    navAsOf
    stale
    stats { count mean std p05 p95 zScore percentile }
    columns { date premium }
  }
}`;

interface Stats {
  readonly count: number;
  readonly mean: number;
  readonly std: number | null;
  readonly p05: number;
  readonly p95: number;
  readonly zScore: number | null;
  readonly percentile: number | null;
}

interface EtfPremium {
  readonly latestDate: string | null;
  readonly latestPremium: number | null;
  readonly navAsOf: string | null;
  readonly stale: boolean;
  readonly stats: Stats | null;
  readonly columns: { readonly date: string[]; readonly premium: number[] } | null;
}

const DEFAULT_CODE = '510300.SH';

/** How far a fund has traded above or below its net asset value in the last year. */
export function createPremiumPanel(_facts: DeskFacts): Panel {
  let code = DEFAULT_CODE;
  const operation = (): Operation => ({ query: ETF_PREMIUM, variables: { code, start: aYearBefore(new Date()) } });
  return {
    title: 'ETF premium',
    operation,
    mount: (body, desk) => {
      const input = make('input', {
        name: 'code',
        value: code,
        required: true,
        autocomplete: 'off',
        spellcheck: 'false',
      });
      const submit = make('button', { type: 'submit' }, 'Show');
      const form = make('form', { class: 'controls' }, labelled('Fund', input), submit);
      const view = createView(desk);
      body.append(form, ...view.elements);
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        code = input.value.trim().toUpperCase();
        input.value = code;
        void view.show(operation());
      });
      void view.show(operation());
    },
  };
}

interface View {
  readonly elements: readonly HTMLElement[];
  show(operation: Operation): Promise<void>;
}

function createView(desk: Desk): View {
  const figures = make('div', { 'aria-live': 'polite' });
  const note = make('p', { class: 'note', role: 'status' });
  const chart = createLineChart({
    name: 'Premium of the fund by day, with its mean and the band that nine days of ten lie in',
    heightPixels: 300,
    lines: [
      { label: 'Premium', colour: '--accent' },
      { label: 'Mean', colour: '--quiet', width: 1, isDashed: true },
      { label: '95 %', colour: '--line-strong', width: 1 },
      { label: '5 %', colour: '--line-strong', width: 1 },
    ],
    band: [2, 3],
    format: (ratio) => formatSignedPercent(ratio, 3),
    formatAxis: (ratio) => formatSignedPercent(ratio, 2),
  });
  let asked = 0;
  return {
    elements: [figures, chart.element, note],
    show: async (operation) => {
      const turn = ++asked;
      setText(note, 'Loading …');
      try {
        const { etfPremium } = await desk.ask<{ etfPremium: EtfPremium }>(operation);
        // A later question has been asked meanwhile.
        if (turn !== asked) return;
        const { stats, columns } = etfPremium;
        figures.replaceChildren(makeFigures(figuresOf(etfPremium)));
        chart.element.hidden = stats === null;
        setText(note, noteOf(etfPremium));
        if (stats !== null && columns !== null) await chart.show(...linesOf(columns, stats));
      } catch (problem) {
        if (turn !== asked) return;
        figures.replaceChildren();
        chart.element.hidden = true;
        setText(note, problem instanceof Error ? problem.message : String(problem));
      }
    },
  };
}

function figuresOf({ latestPremium, stats }: EtfPremium): readonly Figure[] {
  return [
    { name: 'Latest', text: formatSignedPercent(latestPremium, 3), trend: trendOf(latestPremium) },
    { name: 'z-score', text: formatSigned(stats?.zScore, 2), meaning: 'Deviations that the latest lies from the mean' },
    {
      name: 'Percentile',
      text: formatPercent(stats?.percentile, 0),
      meaning: 'Share of the days at or below the latest',
    },
    { name: 'Mean', text: formatSignedPercent(stats?.mean, 3) },
    { name: 'Deviation', text: formatPercent(stats?.std, 3), meaning: 'Sample deviation of the year' },
    { name: 'Days', text: formatNumber(stats?.count, 0) },
  ];
}

function noteOf({ latestDate, navAsOf, stale, stats }: EtfPremium): string {
  if (stats === null) return 'There is no premium in the last year.';
  const isLate = stale ? ' The source could not be asked: this is the last good history.' : '';
  return `Latest of ${latestDate ?? 'no day'}, net asset value of ${navAsOf ?? 'no day'}.${isLate}`;
}

type Lines = [days: string[], values: (number | null)[][]];

function linesOf({ date, premium }: NonNullable<EtfPremium['columns']>, { mean, p05, p95 }: Stats): Lines {
  const level = (value: number): number[] => date.map(() => value);
  return [date, [premium, level(mean), level(p95), level(p05)]];
}

function aYearBefore(today: Date): string {
  const day = new Date(Date.UTC(today.getFullYear() - 1, today.getMonth(), today.getDate()));
  return day.toISOString().slice(0, 10);
}
