import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../../console/format.ts'
import type { PreflightGroup } from '../../../schema.ts'
import { ArmMark } from './ArmMark.tsx'

/** How many people each part of a tested group has, when it goes, and how many are left without. */
export function ArmsReport({ group: { arms, heldOut } }: { group: PreflightGroup }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (arms.length === 1 && heldOut === 0) return null
  return (
    <ul className="w-test-arms">
      {arms.length > 1 &&
        arms.map((arm) => (
          <li key={arm.number}>
            <ArmMark arm={arm} />
            <b>{t('massTests.people', { number: format.number(arm.reached) })}</b>
            <span className="w-soft">{format.instant(arm.sendAt)}</span>
          </li>
        ))}
      {heldOut > 0 && (
        <li>
          {t('massTests.holdout')} <b>{t('massTests.people', { number: format.number(heldOut) })}</b>
        </li>
      )}
    </ul>
  )
}
