import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../../console/format.ts'
import { letterOf } from '../../../rules/tests.ts'
import type { Draft } from '../draft.ts'

/** Tested groups keep the times of their test, whatever is chosen for the others. */
export function TestTimes({ groups }: { groups: readonly Draft[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return groups.map(
    ({ key, name, test }, place) =>
      test !== null && (
        <div key={key} style={{ marginTop: 12 }}>
          <b>
            {place + 1}. {name}
          </b>{' '}
          · {t('massTests.ownTimes')}
          <div className="w-soft w-small">
            {test.variants.map(({ sendAt }, at) => `${letterOf(at)} ${format.instant(sendAt)}`).join(' · ')} ·{' '}
            {t('massTests.rest')} {format.instant(test.restAt)}
          </div>
        </div>
      ),
  )
}
