import { HolderOutlined } from '@ant-design/icons'
import { useDraggable, useDroppable } from '@dnd-kit/core'
import { Segmented, Tag } from 'antd'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { type Condition, isGroup, type Rule } from '../../schema/rule.ts'
import { type Group, nameOf, type Path, pathKey, samePath, switchKind } from '../rule/tree.ts'
import { conditionInWords } from '../words/rule-in-words.ts'
import { AddCondition } from './AddCondition.tsx'
import { ClauseNumbers } from './ClauseNumbers.tsx'
import { ConditionSentence } from './ConditionSentence.tsx'
import { useBuilder } from './context.ts'
import { NodeActions } from './NodeActions.tsx'

/** A node at its place. A 非 has no row of its own: it is told with what it turns round. */
export function NodeView({ node, path }: { node: Rule; path: Path }) {
  let inner = node
  let innerPath = path
  let denials = 0
  while (inner.kind === 'not') {
    inner = inner.of
    innerPath = [...innerPath, 0]
    denials += 1
  }
  const shared = { outer: path, path: innerPath, denials }
  return isGroup(inner) ? <GroupView group={inner} {...shared} /> : <ConditionView node={inner} {...shared} />
}

type Shared = {
  /** Where the node stands with the 非 around it: what is moved, removed and counted. */
  outer: Path
  path: Path
  denials: number
}

function GroupView({ group, outer, path, denials }: Shared & { group: Group }) {
  const { t } = useTranslation()
  const { edit, readOnly, problems } = useBuilder()
  const isRoot = path.length === 0
  const problem = problems.get(pathKey(path)) ?? problems.get(pathKey(outer))
  return (
    <div
      className={`w-rule-group w-rule-${group.kind}${denials % 2 === 1 ? ' w-rule-denied' : ''}${isRoot ? ' w-rule-root' : ''}`}
    >
      <div className="w-rule-head">
        {!isRoot && <Handle path={outer} />}
        <Denials count={denials} />
        {readOnly ? (
          <b>{t(group.kind === 'and' ? 'segments.all' : 'segments.any')}</b>
        ) : (
          <Segmented
            size="small"
            value={group.kind}
            onChange={() => edit((rule) => switchKind(rule, path))}
            options={[
              { value: 'and', label: t('segments.all') },
              { value: 'or', label: t('segments.any') },
            ]}
          />
        )}
        {!isRoot && <span className="w-rule-fill" />}
        {!isRoot && <ClauseNumbers path={outer} />}
        {isRoot && <span className="w-rule-fill" />}
        <NodeActions path={path} outer={outer} isGroup />
      </div>
      <div className="w-rule-children">
        {group.of.map((child, index) => (
          <Fragment key={nameOf(child)}>
            <Gap group={path} index={index} kind={index === 0 ? undefined : group.kind} />
            <NodeView node={child} path={[...path, index]} />
          </Fragment>
        ))}
        <Gap group={path} index={group.of.length} kind={undefined} />
        {problem !== undefined && <div className="w-rule-problem">{problem}</div>}
        {!readOnly && <AddCondition path={path} />}
      </div>
    </div>
  )
}

function ConditionView({
  node,
  outer,
  path,
  denials,
}: Shared & { node: Exclude<Rule, Group | { kind: 'not' }> }) {
  const { problems, dragged, readOnly } = useBuilder()
  const problem = problems.get(pathKey(path))
  const isDragged = dragged !== undefined && samePath(dragged, outer)
  const classes = ['w-rule-row', problem !== undefined && 'w-rule-wrong', isDragged && 'w-rule-dragged']
  return (
    <div className={classes.filter(Boolean).join(' ')} data-path={pathKey(path)}>
      {outer.length > 0 && <Handle path={outer} />}
      <div className="w-rule-body">
        <div className="w-rule-sentence">
          <Denials count={denials} />
          {readOnly ? (
            <ConditionWords condition={node} />
          ) : (
            <ConditionSentence condition={node} path={path} />
          )}
        </div>
        {problem !== undefined && <div className="w-rule-problem">{problem}</div>}
      </div>
      <ClauseNumbers path={outer} />
      <NodeActions path={path} outer={outer} />
      {outer.length === 0 && !readOnly && <AddCondition path={path} />}
    </div>
  )
}

function ConditionWords({ condition }: { condition: Condition }) {
  const { i18n } = useTranslation()
  const { catalogue } = useBuilder()
  return <span>{conditionInWords(condition, catalogue.names, i18n.language === 'en' ? 'en' : 'zh-CN')}</span>
}

function Denials({ count }: { count: number }) {
  const { t } = useTranslation()
  return Array.from({ length: count }, (_, index) => (
    <Tag key={index} color="error" className="w-rule-not">
      {t('segments.not')}
    </Tag>
  ))
}

function Handle({ path }: { path: Path }) {
  const { t } = useTranslation()
  const { readOnly } = useBuilder()
  const { setNodeRef, listeners } = useDraggable({ id: `node:${pathKey(path)}`, data: { path } })
  if (readOnly) return null
  return (
    <span ref={setNodeRef} {...listeners} className="w-rule-handle" title={t('segments.drag')}>
      <HolderOutlined />
    </span>
  )
}

/** Between two nodes: says how they are joined, and takes what is dropped. */
function Gap({ group, index, kind }: { group: Path; index: number; kind: 'and' | 'or' | undefined }) {
  const { t } = useTranslation()
  const { dragged } = useBuilder()
  const { setNodeRef, isOver } = useDroppable({
    id: `gap:${pathKey(group)}:${index}`,
    data: { group, index },
  })
  return (
    <div
      ref={setNodeRef}
      className={`w-rule-gap${dragged ? ' w-rule-open' : ''}${isOver ? ' w-rule-over' : ''}`}
    >
      {kind !== undefined && <span>{t(kind === 'and' ? 'segmentWords.and' : 'segmentWords.or')}</span>}
    </div>
  )
}
