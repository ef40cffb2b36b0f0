// The drawing of a chart (uPlot), which comes only with the first one.

import type uPlot from "uplot";

export interface Drawing {
  /** Seconds since 1970. */
  from: number;
  to: number;
  times: number[];
  measured: (number | null)[];
  target: (number | null)[];
  heating: boolean[];
  names: { time: string; measured: string; target: string };
  unit: string;
  language: string;
}

export async function draw(place: HTMLElement, drawing: Drawing): Promise<{ destroy: () => void }> {
  const [{ default: UPlot }] = await Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]);
  const style = getComputedStyle(place);
  const color = (name: string) => style.getPropertyValue(name).trim();
  // Colours of custom properties come as they are written; a canvas takes only those that were worked out.
  const worked = (name: string) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    place.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value || color(name);
  };
  const [accent, soft, line, tint] = ["--accent", "--soft", "--line", "--tint"].map(worked) as [string, string, string, string];
  const days = (drawing.to - drawing.from) / 86_400;
  const stamp = new Intl.DateTimeFormat(drawing.language, days > 1.5 ? { day: "numeric", month: "numeric" } : { hour: "2-digit", minute: "2-digit" });
  const number = new Intl.NumberFormat(drawing.language, { maximumFractionDigits: 1 });
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font };

  const options: uPlot.Options = {
    width: place.clientWidth,
    height: 240,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: true, range: [drawing.from, drawing.to] }, y: { range: (_, min, max) => [Math.floor((min ?? 15) - 1), Math.ceil((max ?? 25) + 1)] } },
    axes: [
      { ...axis, space: 70, values: (_, splits) => splits.map((at) => stamp.format(at * 1000)) },
      { ...axis, size: 46, values: (_, splits) => splits.map((value) => `${number.format(value)}°`) },
    ],
    series: [
      { label: drawing.names.time },
      { label: drawing.names.measured, stroke: accent, width: 2, points: { show: false }, spanGaps: true },
      { label: drawing.names.target, stroke: soft, width: 1.5, dash: [5, 4], points: { show: false }, spanGaps: true, paths: UPlot.paths.stepped?.({ align: 1 }) },
    ],
    hooks: { drawClear: [(chart) => shade(chart, drawing, tint)] },
  };
  const data: uPlot.AlignedData = [drawing.times, drawing.measured, drawing.target];
  const chart = new UPlot(options, data, place);
  const observer = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: 240 }));
  observer.observe(place);
  return {
    destroy: () => {
      observer.disconnect();
      chart.destroy();
    },
  };
}

/** The times in which it heated, behind the lines. */
function shade(chart: uPlot, drawing: Drawing, color: string) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = color;
  drawing.times.forEach((time, i) => {
    if (!drawing.heating[i]) return;
    const left = chart.valToPos(time, "x", true);
    const right = chart.valToPos(drawing.times[i + 1] ?? drawing.to, "x", true);
    ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
  });
  ctx.restore();
}
