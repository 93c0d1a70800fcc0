import { init } from 'echarts';
import type { VendorEvent } from '../../simulators/pointsharp/device-store.ts';
import { type HabitKind, habitKinds } from '../../simulators/pointsharp/habits.ts';
import { stillPicture } from '../still-picture.ts';
import type { Lapse } from './lapse.ts';
import { kindTitles } from './tables.ts';
import { countWeeks, sum, totalWeeks, type WeekCounts } from './weeks.ts';

const width = 1100;
const height = 680;

/** Told apart by colour-blind people as well (Okabe and Ito). */
const colours: Readonly<Record<HabitKind, string>> = {
  daily: '#0072b2',
  weekly: '#56b4e9',
  holiday: '#e69f00',
  leaver: '#d55e00',
  replaced: '#888888',
};

interface Panel {
  readonly title: string;
  readonly counts: WeekCounts;
  /** Of the row: what is beside each other is measured alike. */
  readonly most: number;
  readonly left: number;
  readonly top: number;
}

/** Draws both worlds, notifications above time-outs, per week and kind of person. The same lapses, the same SVG. */
export function drawLapses(without: Lapse, withCaretaker: Lapse): string {
  const panels = [
    ...rowOfPanels('notification', 'notifications sent', without, withCaretaker, 90),
    ...rowOfPanels('timeout', 'devices timed out', without, withCaretaker, 390),
  ];
  const { users, days } = without.setting;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'sans-serif' },
    title: [
      {
        text: `${users} people, ${days} days, the same twice: without and with caretaker`,
        left: 60,
        top: 10,
        textStyle: { fontSize: 17 },
      },
      ...panels.map(({ title, left, top }) => ({
        text: title,
        left,
        top: top - 34,
        textStyle: { fontSize: 14 },
      })),
    ],
    legend: {
      left: 60,
      top: 36,
      data: habitKinds.map((kind) => kindTitles[kind]),
      icon: 'rect',
      itemGap: 28,
    },
    grid: panels.map(({ left, top }) => ({ left, top: top + 4, width: 450, height: 215 })),
    xAxis: panels.map(({ counts }, gridIndex) => ({
      gridIndex,
      type: 'category',
      name: 'week',
      nameLocation: 'middle',
      nameGap: 24,
      axisTick: { show: false },
      data: counts.daily.map((_, week) => String(week + 1)),
    })),
    yAxis: panels.map(({ most }, gridIndex) => ({
      gridIndex,
      type: 'value',
      min: 0,
      max: most,
      interval: most / 5,
    })),
    series: panels.flatMap(({ counts }, panel) =>
      habitKinds.map((kind) => ({
        type: 'bar',
        name: kindTitles[kind],
        stack: `panel ${panel}`,
        xAxisIndex: panel,
        yAxisIndex: panel,
        itemStyle: { color: colours[kind] },
        data: [...counts[kind]],
      })),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${stillPicture(svg)}\n`;
}

function rowOfPanels(
  kind: VendorEvent['kind'],
  what: string,
  without: Lapse,
  withCaretaker: Lapse,
  top: number,
): Panel[] {
  const before = countWeeks(without, kind);
  const after = countWeeks(withCaretaker, kind);
  const most = Math.ceil(Math.max(...totalWeeks(before), ...totalWeeks(after), 1) / 50) * 50;
  return [
    { title: `without: ${sum(totalWeeks(before))} ${what}`, counts: before, most, left: 60, top: top + 30 },
    { title: `with: ${sum(totalWeeks(after))} ${what}`, counts: after, most, left: 590, top: top + 30 },
  ];
}
