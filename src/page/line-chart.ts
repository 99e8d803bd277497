/// <reference lib="dom" />
import type uPlot from 'uplot';
import { loadUPlot } from './charting.ts';
import { onThemeChange, themeColour } from './theme.ts';

export interface ChartLine {
  readonly label: string;
  /** A variable of the style sheet. */
  readonly colour: string;
  readonly width?: number;
  readonly isDashed?: boolean;
  /** Whether the room below it is filled, faintly. */
  readonly isFilled?: boolean;
}

export interface LineChartOptions {
  /** What it shows, for those who do not see it. */
  readonly name: string;
  /** Without the legend. */
  readonly heightPixels: number;
  readonly lines: readonly ChartLine[];
  /** Numbers of two lines between which the room is filled: the upper one first. */
  readonly band?: readonly [number, number];
  /** For the axis and the legend. */
  readonly format: (value: number) => string;
  readonly formatAxis: (value: number) => string;
}

/** Lines over calendar days, with a crosshair that tells the values. */
export interface LineChart {
  readonly element: HTMLElement;
  /** One list of values a line, each as long as the days; days as ISO text, ascending. */
  show(days: readonly string[], values: readonly (readonly (number | null)[])[]): Promise<void>;
}

/** Kept free, so that nothing moves when the chart comes. */
const LEGEND_HEIGHT = 26;
const FONT = '11px system-ui, sans-serif';

export function createLineChart(options: LineChartOptions): LineChart {
  const element = document.createElement('div');
  element.className = 'line-chart';
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', options.name);
  element.style.minHeight = `${options.heightPixels + LEGEND_HEIGHT}px`;
  let plot: uPlot | undefined;
  let shown = '';

  const resize = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: options.heightPixels }));
  resize.observe(element);

  const draw = async (data: uPlot.AlignedData): Promise<void> => {
    const UPlot = await loadUPlot();
    plot?.destroy();
    plot = new UPlot(
      { ...chartOptions(options), width: element.clientWidth, height: options.heightPixels },
      data,
      element,
    );
    showLast(plot);
  };
  // Colours of the legend are set once, when it is made.
  onThemeChange(() => plot !== undefined && draw(plot.data));

  return {
    element,
    show: async (days, values) => {
      const present = JSON.stringify([days, values]);
      // What is the same stays as it is, with the range that somebody has zoomed into.
      if (present === shown) return;
      shown = present;
      await draw([days.map((day) => Date.parse(day) / 1000), ...values.map((each) => [...each])]);
    },
  };
}

function chartOptions({ lines, band, format, formatAxis }: LineChartOptions): Omit<uPlot.Options, 'width' | 'height'> {
  const [text, grid, fill] = [themeColour('--quiet'), themeColour('--line'), themeColour('--band')];
  const axis: uPlot.Axis = { stroke: text, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return {
    tzDate: (seconds) => inUTC(seconds),
    padding: [8, 8, 0, 0],
    legend: { live: true, markers: { width: 2 } },
    cursor: { y: false, drag: { x: true, y: false }, points: { size: 6 } },
    hooks: { setCursor: [(plot) => plot.cursor.idx === null && showLast(plot)] },
    scales: { x: { time: true } },
    axes: [
      { ...axis, size: 38, gap: 4 },
      { ...axis, size: 64, gap: 6, values: (_plot, splits) => splits.map((each) => formatAxis(each)) },
    ],
    series: [
      { label: 'Day', value: (_plot, seconds) => (seconds === null ? '' : isoDay(seconds)) },
      ...lines.map(({ label, colour, width = 1.5, isDashed = false, isFilled = false }) => ({
        label,
        stroke: themeColour(colour),
        width,
        ...(isDashed ? { dash: [4, 4] } : {}),
        ...(isFilled ? { fill } : {}),
        points: { show: false },
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : format(value)),
      })),
    ],
    // The numbers of lines count from 0, those of the library's series have the days in front.
    ...(band === undefined ? {} : { bands: [{ series: [band[0] + 1, band[1] + 1], fill }] }),
  };
}

/** Without a crosshair the legend tells the newest values. */
function showLast(plot: uPlot): void {
  plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

function isoDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** A date whose local fields read as the day in UTC, as the library asks for. */
function inUTC(seconds: number): Date {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() + date.getTimezoneOffset() * 60_000);
}
