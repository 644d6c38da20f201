import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ButtonChange, MenuChange } from '../schema.ts'
import { useButtonWords, useMatchWords } from './words.ts'

const COLOURS = { added: 'green', removed: 'red', changed: 'blue', moved: 'default' } as const

/** 差异: menu by menu, what publishing changes for its fans. */
export function Changes({ changes }: { changes: readonly MenuChange[] }) {
  const { t } = useTranslation()
  const forWhom = useMatchWords()
  return (
    <div>
      {changes.map((change, index) => (
        <section key={index} className="w-menu-change">
          <h3 className="w-row">
            <Tag color={COLOURS[change.what]}>{t(`menus.what.${change.what}`)}</Tag>
            {change.what === 'removed' && change.match === null
              ? t('menus.unknownMatch')
              : forWhom(change.match)}
          </h3>
          <ul>
            {change.buttons.map((one, at) => (
              <li key={at}>
                <Change change={one} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function Change({ change: { what, before, after } }: { change: ButtonChange }) {
  const { t } = useTranslation()
  const say = useButtonWords()
  if (what === 'changed' && before !== null && after !== null)
    return (
      <span>
        {t('menus.changedTo', {
          before: t('menus.named', { name: before.name, what: say(before) }),
          after: t('menus.named', { name: after.name, what: say(after) }),
        })}
      </span>
    )
  const button = after ?? before
  return (
    <span>
      {t(`menus.what.${what}`)} {button && t('menus.named', { name: button.name, what: say(button) })}
    </span>
  )
}
