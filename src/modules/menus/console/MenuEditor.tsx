import { App } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MenuButton, MenuDraft, MenuProblem, MenusView } from '../schema.ts'
import { ButtonForm } from './ButtonForm.tsx'
import {
  buttonAt,
  copyMenu,
  moveButton,
  newButton,
  newLeaf,
  newMenu,
  type Place,
  withButton,
} from './draft.ts'
import { MatchForm } from './MatchForm.tsx'
import { MenuPhone } from './MenuPhone.tsx'
import { MenuSets } from './MenuSets.tsx'

type Props = {
  menus: readonly MenuDraft[]
  problems: readonly MenuProblem[]
  /** Of what is saved. */
  answerProblems: MenusView['answerProblems']
  readOnly: boolean
  onChange: (menus: MenuDraft[]) => void
}

/** The menus at the left, one of them on the phone, and beside it the button that was tapped there. */
export function MenuEditor({ menus, problems, answerProblems, readOnly, onChange }: Props) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const [chosen, setChosen] = useState(0)
  const [place, setPlace] = useState<Place | null>(null)
  const index = Math.min(chosen, menus.length - 1)
  const menu = menus[index]
  if (menu === undefined) return null
  const ofMenu = problems.filter((one) => one.menu === index)
  const put = (next: MenuDraft) => onChange(menus.map((one, at) => (at === index ? next : one)))
  const choose = (at: number) => {
    setChosen(at)
    setPlace(null)
  }
  const add = (top: number | null) => {
    if (top === null) {
      put({ ...menu, buttons: [...menu.buttons, newButton(t('menus.newButton'))] })
      setPlace([menu.buttons.length])
      return
    }
    const parent = menu.buttons[top]
    if (parent === undefined) return
    // what it did itself goes on below it
    const first = parent.below.length === 0 && doesSomething(parent) ? [asLeaf(parent)] : []
    const below = [...parent.below, ...first, newLeaf(t('menus.newButton'))]
    put({ ...menu, buttons: menu.buttons.map((one, at) => (at === top ? opener(one, below) : one)) })
    setPlace([top, below.length - 1])
  }
  const remove = (at: Place) => {
    const below = at[1] === undefined ? (menu.buttons[at[0]]?.below.length ?? 0) : 0
    const go = () => {
      put(withButton(menu, at, () => undefined))
      setPlace(null)
    }
    if (below === 0) return go()
    modal.confirm({
      title: t('menus.removeWithBelow', { count: below }),
      okText: t('common.delete'),
      okButtonProps: { danger: true },
      onOk: go,
    })
  }
  return (
    <div className="w-menu-page">
      <MenuSets
        menus={menus}
        chosen={index}
        problems={problems}
        readOnly={readOnly}
        onChoose={choose}
        onAdd={() => {
          onChange([...menus, newMenu(t('menus.newSet'), { tagId: null, system: null }, [])])
          choose(menus.length)
        }}
        onCopy={(at) => {
          const source = menus[at]
          if (source === undefined) return
          onChange([...menus, copyMenu(source, t('menus.copyOf', { name: source.name }).slice(0, 30))])
          choose(menus.length)
        }}
        onMove={(at, by) => {
          const next = [...menus]
          const [one] = next.splice(at, 1)
          if (one !== undefined) next.splice(at + by, 0, one)
          onChange(next)
          choose(at + by)
        }}
        onRemove={(at) =>
          modal.confirm({
            title: t('menus.removeSetAsk', { name: menus[at]?.name }),
            content: t('menus.removeSetHint'),
            okText: t('common.delete'),
            okButtonProps: { danger: true },
            onOk: () => {
              onChange(menus.filter((_one, other) => other !== at))
              choose(0)
            },
          })
        }
      />
      <MenuPhone
        menu={menu}
        place={place}
        problems={ofMenu}
        readOnly={readOnly}
        onChoose={setPlace}
        onAdd={add}
      />
      <div>
        <MatchForm
          menu={menu}
          problems={ofMenu}
          readOnly={readOnly}
          onChange={(part) => put({ ...menu, ...part })}
        />
        {place !== null && buttonAt(menu, place) !== undefined ? (
          <ButtonForm
            key={buttonAt(menu, place)?.id}
            menu={menu}
            place={place}
            problems={ofMenu}
            answerProblems={answerProblems}
            readOnly={readOnly}
            onChange={(part) => put(withButton(menu, place, (one) => ({ ...one, ...part })))}
            onMove={(by) => {
              const moved = moveButton(menu, place, by)
              put(moved.menu)
              setPlace(moved.place)
            }}
            onRemove={() => remove(place)}
          />
        ) : (
          <p className="w-soft">{t('menus.tapToEdit')}</p>
        )}
      </div>
    </div>
  )
}

const doesSomething = (button: MenuButton): boolean =>
  button.answer !== null ||
  [button.key, button.url, button.mediaId, button.articleId].some((text) => text !== '') ||
  button.mediaAssetId !== null ||
  button.articleSetId !== null

const asLeaf = ({ below: _below, ...leaf }: MenuButton) => leaf

/** What only opens others; its own id moved on with what it did. */
const opener = (button: MenuButton, below: MenuButton['below']): MenuButton => {
  const moved = below.some(({ id }) => id === button.id)
  return moved ? { ...newButton(button.name), below } : { ...button, below }
}
