import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { OutsideSend } from '../../schema.ts'

/** How an outside send is spoken of. */
export function useOutsideWords() {
  const { t } = useTranslation()
  const format = useFormat()
  return {
    nameOf: ({ name }: Pick<OutsideSend, 'name'>): string => (name === '' ? t('massOutside.unnamed') : name),
    timeOf: ({ at, dayOnly }: Pick<OutsideSend, 'at' | 'dayOnly'>): string =>
      dayOnly ? t('massOutside.dayOnly', { day: format.day(at) }) : format.instant(at),
    peopleOf: ({ people }: Pick<OutsideSend, 'people'>): string =>
      people === null
        ? t('massOutside.peopleUnknown')
        : t('massOutside.peopleOf', { number: format.number(people) }),
  }
}
