import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** One measured thing beside what the same machine can do at most in the same run. */
export type Figure = {
  name: string
  value: number
  unit: 's' | 'ms' | '/s' | 'MB' | '×'
  /** What the ceiling is, and its value in the same unit. */
  ceiling?: { what: string; value: number } | undefined
  /** Said where the issue sets one. */
  goal?: { says: string; met: boolean } | undefined
}

export type CaseResult = {
  figures: Figure[]
  /** Sizes, how cores are shared, what a reader needs to judge the figures. */
  notes: string[]
}

/** The share of the ceiling that is reached: 1 is as fast, or as small, as the bare thing. */
export const shareOfCeiling = ({ value, unit, ceiling }: Figure): number | undefined =>
  ceiling && (unit === '/s' ? value / ceiling.value : ceiling.value / value)

const HEADS = ['', 'measured', 'ceiling in the same run', 'ratio', 'goal']

function cells(figure: Figure): string[] {
  const { name, value, unit, ceiling, goal } = figure
  const ratio = shareOfCeiling(figure)
  return [
    name,
    `${show(value)} ${unit}`,
    ceiling ? `${show(ceiling.value)} ${unit} (${ceiling.what})` : '',
    ratio === undefined ? '' : ratio.toFixed(2),
    goal ? `${goal.says}: ${goal.met ? 'met' : 'MISSED'}` : '',
  ]
}

const show = (value: number): string =>
  value >= 1_000
    ? Math.round(value).toLocaleString('en')
    : Math.abs(value) >= 100
      ? value.toFixed(0)
      : Math.abs(value) >= 10
        ? value.toFixed(1)
        : value.toFixed(2)

/** For the terminal. */
export function printFigures(figures: readonly Figure[]): void {
  const rows = [HEADS, ...figures.map(cells)]
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows)
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}

const INTRODUCTION = `# Benchmarks

Written by \`npm run bench -- --write\`: a development tool that sets figures beside ceilings; nothing is asserted here.
Each ceiling is the bare form of the same work, measured in the same run on the same machine. The ratio is the share of the
ceiling that is reached: 1 is as fast, or as small, as the bare thing. PostgreSQL is the embedded one with the settings of
the product: \`fsync\` and synchronous commit are on. A part of it: \`npm run bench -- freeze preflight\`; smaller:
\`npm run bench -- --fans 100000\`. How each is measured is at the top of its file in \`scripts/bench/cases\`.
`

/** Replaces the sections of the cases that ran; those of other runs stay, each with its own date and machine. */
export function writeReport(
  file: string,
  results: ReadonlyMap<string, CaseResult & { title: string }>,
  { machine, command, order }: { machine: string; command: string; order: readonly string[] },
): void {
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const sections = order.flatMap((name) => {
    const result = results.get(name)
    const written = result ? section(result, { machine, command }) : keptSection(kept, name)
    return written ? [`<!-- ${name} -->\n${written.trim()}\n<!-- /${name} -->`] : []
  })
  writeFileSync(file, `${INTRODUCTION}\n${sections.join('\n\n')}\n`)
}

const keptSection = (text: string, name: string): string | undefined =>
  text.split(`<!-- ${name} -->\n`)[1]?.split(`\n<!-- /${name} -->`)[0]

function section(result: CaseResult & { title: string }, run: { machine: string; command: string }): string {
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ')
  return [
    `## ${result.title}`,
    '',
    line(HEADS),
    line(HEADS.map(() => '---')),
    ...result.figures.map((figure) => line(cells(figure))),
    '',
    ...result.notes.map((note) => `- ${note}`),
    `- ${date} UTC, \`${run.command}\`, ${run.machine}`,
    '',
  ].join('\n')
}
