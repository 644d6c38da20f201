import { Alert, Table, type TableColumnsType, Tabs } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../../console/format.ts'
import { useEndpoint } from '../../../../../console/hooks.ts'
import { StateTag, type Tone } from '../../../../../console/ui/StateTag.tsx'
import {
  type ArticleResult,
  type BroadcastFigures,
  broadcastFiguresEndpoint,
  type FiguresState,
} from '../../../schema/figures.ts'
import type { Arm, Broadcast } from '../../../schema.ts'
import { useFigureColumns } from '../../records/columns.tsx'
import { armName } from '../../words.tsx'
import { FiguresByDay } from './FiguresByDay.tsx'

const TONES: Record<FiguresState, Tone> = { none: 'idle', waiting: 'busy', counting: 'busy', final: 'good' }

/** As many cards are read one below the other; of more, one is chosen. */
const MOST_CARDS = 3

/** 图文数据 of each record. */
export function FiguresCards({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<number>()
  const all = broadcast.groups.flatMap((group) => group.arms.map((arm) => ({ group, arm })))
  const sent = all.filter(
    ({ arm }) => arm.contentKind === 'articles' && arm.totals.delivered + arm.totals.uncounted > 0,
  )
  const nameOf = ({ group, arm }: (typeof all)[number]) => (all.length > 1 ? armName(t, group, arm) : null)
  const shown = sent.find(({ arm }) => arm.number === chosen) ?? sent[0]
  if (sent.length <= MOST_CARDS || shown === undefined)
    return sent.map((one) => (
      <FiguresCard key={one.arm.number} broadcast={broadcast} arm={one.arm} name={nameOf(one)} />
    ))
  return (
    <div>
      <Tabs
        activeKey={String(shown.arm.number)}
        onChange={(key) => setChosen(Number(key))}
        items={sent.map((one) => ({ key: String(one.arm.number), label: nameOf(one) }))}
      />
      <FiguresCard broadcast={broadcast} arm={shown.arm} name={nameOf(shown)} />
    </div>
  )
}

/** What people did with each article, as of when, and what each day added. */
function FiguresCard({ broadcast, arm, name }: { broadcast: Broadcast; arm: Arm; name: string | null }) {
  const { accountId, id } = broadcast
  const query = useEndpoint(
    broadcastFiguresEndpoint,
    { params: { accountId, broadcastId: id }, query: { arm: arm.number } },
    { every: 10_000 },
  )
  const figures = query.data
  if (figures === undefined || figures.state === 'none') return null
  const commentsOf = ({ place }: ArticleResult) =>
    `/accounts/${accountId}/broadcasts/${id}?tab=comments&arm=${arm.number}&article=${place}`
  return <Card figures={figures} name={name} commentsOf={commentsOf} />
}

type CommentsOf = (article: ArticleResult) => string

function Card({
  figures,
  name,
  commentsOf,
}: {
  figures: BroadcastFigures
  name: string | null
  commentsOf: CommentsOf
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { state, problem, readAt, nextAt, articles, days } = figures
  const asOf = articles.flatMap((article) => article.figures?.asOf ?? []).sort()[0]
  const said = [
    asOf !== undefined && t('massRecords.asOf', { day: asOf }),
    readAt !== null && t('massRecords.readAt', { at: format.instant(readAt) }),
    nextAt !== null && state === 'counting' && t('massRecords.nextAt', { at: format.instant(nextAt) }),
  ].filter(Boolean)
  return (
    <section className="w-panel">
      <h2>
        {t('massRecords.figures')} {name !== null && `· ${name}`}{' '}
        <StateTag tone={TONES[state]} hint={state === 'final' ? t('massRecords.finalHint') : undefined}>
          {t(`massRecords.state.${state}`)}
        </StateTag>
      </h2>
      <div className="w-stack">
        <DeliveredLine delivered={figures.delivered} />
        {state === 'waiting' && problem === null && nextAt !== null && (
          <Alert type="info" showIcon title={t('massRecords.waitingHint', { at: format.instant(nextAt) })} />
        )}
        {problem !== null && nextAt !== null && (
          <Alert
            type="warning"
            showIcon
            title={t(`massRecords.problem.${problem}`, { at: format.instant(nextAt) })}
          />
        )}
        <ArticlesTable articles={articles} commentsOf={commentsOf} />
        <div className="w-faint w-small">{[...said, t('massRecords.figuresHint')].join(' · ')}</div>
        {days.length > 0 && <FiguresByDay days={days} articles={articles} />}
      </div>
    </section>
  )
}

function DeliveredLine({ delivered }: { delivered: BroadcastFigures['delivered'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { people, isFinal, finalAt, uncounted } = delivered
  const mark = isFinal
    ? t('massRecords.final')
    : finalAt === null
      ? t('massRecords.notFinal')
      : t('massRecords.finalAt', { at: format.instant(finalAt) })
  return (
    <div>
      {t('massRecords.delivered')} <strong>{format.number(people)}</strong>{' '}
      <span className="w-faint">{mark}</span>
      {uncounted > 0 && (
        <span className="w-faint"> · {t('massRecords.uncounted', { number: format.number(uncounted) })}</span>
      )}
    </div>
  )
}

const itself = (article: ArticleResult) => article

function ArticlesTable({
  articles,
  commentsOf,
}: {
  articles: readonly ArticleResult[]
  commentsOf: CommentsOf
}) {
  const { t } = useTranslation()
  const columns: TableColumnsType<ArticleResult> = [
    {
      key: 'article',
      title: t('massRecords.article'),
      render: (_, { place, title, url }) => (
        <>
          {url === null ? (
            title
          ) : (
            <a href={url} target="_blank" rel="noreferrer">
              {title}
            </a>
          )}
          <div className="w-faint w-small">{t('massRecords.place', { place })}</div>
        </>
      ),
    },
    ...useFigureColumns<ArticleResult>(itself, { commentsOf }),
  ]
  return (
    <Table<ArticleResult>
      size="small"
      rowKey="place"
      columns={columns}
      dataSource={[...articles]}
      pagination={false}
      scroll={{ x: 820 }}
    />
  )
}
