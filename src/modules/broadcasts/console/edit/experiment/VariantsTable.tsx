import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, Button, InputNumber, Table, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../../console/clock.ts'
import { useFormat } from '../../../../../console/format.ts'
import { BeijingTime } from '../../../../../console/ui/BeijingTime.tsx'
import { letterOf } from '../../../rules/tests.ts'
import { MOST_VARIANTS, WHOLE } from '../../../schema.ts'
import {
  earliestRestOf,
  isUneven,
  restShare,
  type TestForm,
  timeProblemOf,
  type VariantForm,
  withVariant,
} from './test-form.ts'

type Props = { test: TestForm; onChange: (part: Partial<TestForm>) => void }
type Row = VariantForm & { place: number }

/** The test groups: share, time and articles of each, and what is left for the better one. */
export function VariantsTable({ test, onChange }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const set = (place: number, part: Partial<VariantForm>) =>
    onChange({ variants: test.variants.map((one, at) => (at === place ? { ...one, ...part } : one)) })
  const rest = restShare(test)
  const full = test.variants.length >= MOST_VARIANTS
  return (
    <>
      <Table<Row>
        size="small"
        pagination={false}
        rowKey="key"
        dataSource={test.variants.map((variant, place) => ({ ...variant, place }))}
        scroll={{ x: 720 }}
        columns={[
          {
            title: t('massTests.variant'),
            width: 80,
            render: (_, { place }) => <b>{letterOf(place)}</b>,
          },
          {
            title: t('massTests.share'),
            width: 150,
            render: (_, { place, share }) => (
              <InputNumber<number>
                min={0.01}
                max={99.99}
                precision={2}
                step={1}
                suffix="%"
                value={share === null ? null : share / 100}
                status={share === null ? 'error' : ''}
                aria-label={t('massTests.shareOf', { label: letterOf(place) })}
                onChange={(percent) =>
                  set(place, { share: percent === null ? null : Math.round(percent * 100) })
                }
              />
            ),
          },
          {
            title: t('massGroups.sendAt'),
            width: 220,
            render: (_, { place, sendAt }) => (
              <BeijingTime
                value={sendAt}
                label={t('massTests.timeOf', { label: letterOf(place) })}
                onChange={(at) => set(place, { sendAt: at })}
              />
            ),
          },
          {
            title: t('massTests.articles'),
            render: (_, { articles }) =>
              articles[0] === undefined ? (
                <span className="w-faint">{t('massTests.noArticles')}</span>
              ) : (
                articles[0].title
              ),
          },
          {
            key: 'actions',
            className: 'w-right',
            width: 60,
            render: (_, { place }) => (
              <Tooltip title={t('massTests.removeVariant')}>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  disabled={test.variants.length <= 2}
                  aria-label={t('massTests.removeVariant')}
                  onClick={() => onChange({ variants: test.variants.filter((_, at) => at !== place) })}
                />
              </Tooltip>
            ),
          },
        ]}
      />
      <div className="w-row" style={{ marginTop: 12 }}>
        <Tooltip title={full ? t('massTests.most', { count: MOST_VARIANTS }) : undefined}>
          <Button icon={<PlusOutlined />} disabled={full} onClick={() => onChange(withVariant(test))}>
            {t('massTests.addVariant')}
          </Button>
        </Tooltip>
        <span className="w-soft" style={rest > 0 ? undefined : { color: 'var(--w-bad)' }}>
          {rest > 0
            ? t('massTests.restShare', { share: format.percent(rest / WHOLE) })
            : t('errors.test_leaves_nobody')}
        </span>
      </div>
      <div className="w-row" style={{ marginTop: 16 }}>
        <span>{t('massTests.restAt')}</span>
        <BeijingTime
          value={test.restAt}
          label={t('massTests.restAt')}
          onChange={(restAt) => onChange({ restAt })}
        />
        <span className="w-faint w-small">
          {t('massTests.restAtHint', { at: format.instant(earliestRestOf(test)) })}
        </span>
      </div>
      <TimesCheck test={test} />
    </>
  )
}

/** What the server would say about the times, at this minute. */
function TimesCheck({ test }: { test: TestForm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  const problem = timeProblemOf(test, new Date(now))
  return (
    <>
      {problem !== null && (
        <Alert
          type="error"
          showIcon
          style={{ marginTop: 12 }}
          title={t(`reasons.${problem.reason}`, { earliest: format.instant(problem.earliest) })}
        />
      )}
      {isUneven(test) && (
        <Alert type="warning" showIcon style={{ marginTop: 12 }} title={t('massTests.uneven')} />
      )}
    </>
  )
}
