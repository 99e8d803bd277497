/// <reference lib="dom" />

/** Candles. Loaded when a panel first asks for it; the server puts its own address for the name of the package. */
export function loadLightweightCharts(): Promise<typeof import('lightweight-charts')> {
  return import('lightweight-charts');
}

/** Lines over time; the style that goes with it is part of the page. */
export async function loadUPlot(): Promise<typeof import('uplot')> {
  const { default: uPlot } = await import('uplot');
  return uPlot;
}
