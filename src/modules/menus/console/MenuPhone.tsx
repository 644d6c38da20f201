import { PlusOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { useAccount } from '../../../console/session.ts'
import { Phone } from '../../../console/ui/phone/Phone.tsx'
import { MENU_LIMITS } from '../../../wechat/rules/menu-limits.ts'
import { PhoneMessage } from '../../messages/console/index.ts'
import type { MenuDraft, MenuProblem } from '../schema.ts'
import { buttonAt, type Place } from './draft.ts'
import './menus.css'

type Props = {
  menu: MenuDraft
  place: Place | null
  problems: readonly MenuProblem[]
  readOnly: boolean
  onChoose: (place: Place) => void
  onAdd: (top: number | null) => void
}

/** The phone as the editor: a tap chooses a button, a plus adds one. */
export function MenuPhone({ menu, place, problems, readOnly, onChoose, onAdd }: Props) {
  const { t } = useTranslation()
  const account = useAccount()
  const chosen = buttonAt(menu, place)
  const isChosen = (...at: number[]) => place !== null && at.join('.') === place.join('.')
  const hasProblem = (...at: number[]) =>
    problems.some((one) => one.place.slice(0, at.length).join('.') === at.join('.'))
  const name = (at: number[], text: string) => (
    <>
      {text || t('menus.unnamed')}
      {hasProblem(...at) && <i className="w-menu-wrong" role="img" aria-label={t('menus.hasProblem')} />}
    </>
  )
  const bar = (
    <div className="w-menu-bar" role="group" aria-label={t('menus.bar')}>
      <span className="w-phone-key" aria-hidden="true" />
      {menu.buttons.map((button, top) => (
        <div key={button.id} className="w-menu-slot">
          {place?.[0] === top && (button.below.length > 0 || !readOnly) && (
            <div className="w-menu-list">
              {!readOnly && button.below.length < MENU_LIMITS.below && (
                <button
                  type="button"
                  className="w-menu-add"
                  aria-label={t('menus.addBelow')}
                  onClick={() => onAdd(top)}
                >
                  <PlusOutlined />
                </button>
              )}
              {button.below.map((one, below) => (
                <button
                  key={one.id}
                  type="button"
                  aria-pressed={isChosen(top, below)}
                  onClick={() => onChoose([top, below])}
                >
                  {name([top, below], one.name)}
                </button>
              ))}
            </div>
          )}
          <button type="button" aria-pressed={isChosen(top)} onClick={() => onChoose([top])}>
            {button.below.length > 0 && '≡ '}
            {name([top], button.name)}
          </button>
        </div>
      ))}
      {!readOnly && menu.buttons.length < MENU_LIMITS.buttons && (
        <div className="w-menu-slot">
          <button
            type="button"
            className="w-menu-add"
            aria-label={t('menus.addButton')}
            onClick={() => onAdd(null)}
          >
            <PlusOutlined />
          </button>
        </div>
      )}
    </div>
  )
  return (
    <Phone name={account?.name ?? ''} foot={bar} empty={t('menus.phoneHint')}>
      {chosen?.type === 'click' && chosen.answer !== null && chosen.answer.replies.length > 0
        ? chosen.answer.replies.map(({ content }, index) => (
            <div key={index} className="w-menu-answer">
              <PhoneMessage content={content} />
            </div>
          ))
        : undefined}
    </Phone>
  )
}
