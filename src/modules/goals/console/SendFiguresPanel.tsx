import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { getSendFiguresEndpoint } from '../schema.ts'
import { FigureDays } from './FigureDays.tsx'
import { FigureVersions } from './FigureVersions.tsx'

/** What came of a send, by people, day and version. Reads all of its messages, so it looks twice a minute. */
export function SendFiguresPanel({ accountId, sendId }: { accountId: string; sendId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useEndpoint(
    getSendFiguresEndpoint,
    { params: { accountId, sendId } },
    { every: 30_000, keepPrevious: true },
  )
  return (
    <Loaded query={query} rows={4}>
      {({ total, people, days, versions }) =>
        total.sent === 0 ? (
          <EmptyState compact title={t('goals.nothingSent')} />
        ) : (
          <div className="w-stack">
            <StatRow>
              <NumberStat label={t('goals.peopleSent')} value={format.number(people.sent)} />
              <NumberStat label={t('goals.peopleClicked')} value={format.number(people.clicked)} />
              <NumberStat label={t('goals.peopleConverted')} value={format.number(people.converted)} />
            </StatRow>
            <FigureDays days={days} />
            {versions.length > 1 && <FigureVersions versions={versions} />}
          </div>
        )
      }
    </Loaded>
  )
}
