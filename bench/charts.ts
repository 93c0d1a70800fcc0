import { init } from 'echarts';
import type { Chart } from './result.ts';
import { stillPicture } from './still-picture.ts';

const width = 900;
/** Told apart by colour-blind people as well (Okabe and Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#e69f00'];

/** Draws a chart as SVG. */
export function drawChart({ title, kind, x, y, series }: Chart): string {
  const isBars = kind === 'bars';
  const height = isBars ? 110 + 42 * x.values.length : 480;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const values = {
    type: 'log',
    name: isBars ? y : '',
    nameLocation: 'middle',
    nameGap: 32,
    logBase: 10,
  } as const;
  const names = { type: 'category', data: [...x.values].map(String), inverse: true } as const;
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: colours,
    textStyle: { fontFamily: 'sans-serif' },
    title: { text: title, left: 20, top: 12, textStyle: { fontSize: 16 } },
    legend: isBars ? { show: false } : { top: 44, left: 20 },
    grid: isBars
      ? { left: 260, right: 90, top: 52, bottom: 50 }
      : { left: 70, right: 40, top: 90, bottom: 60 },
    xAxis: isBars ? values : { type: 'log', name: x.name, nameLocation: 'middle', nameGap: 32 },
    yAxis: isBars ? names : values,
    series: series.map(({ name, values: figures }) =>
      isBars
        ? {
            type: 'bar',
            name,
            data: figures.map((value) => Number(value.toPrecision(3))),
            label: { show: true, position: 'right' },
            barWidth: 22,
          }
        : {
            type: 'line',
            name,
            symbolSize: 8,
            data: figures.map((value, index) => [Number(x.values[index]), Number(value.toPrecision(3))]),
            label: {
              show: true,
              position: 'top',
              formatter: ({ data }: { data: number[] }) => String(data[1]),
            },
          },
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${stillPicture(svg)}\n`;
}
