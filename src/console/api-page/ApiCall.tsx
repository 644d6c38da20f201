import { useTranslation } from 'react-i18next'
import { Copyable } from '../ui/Copyable.tsx'
import { boundsText, type Call, curlOf, type Parameter, type Schema, typeText } from './open-api.ts'

export function ApiCall({ call, server }: { call: Call; server: string }) {
  const { t } = useTranslation()
  const { operation } = call
  const body = operation.requestBody?.content['application/json']?.schema
  const answer = operation.responses['200']?.content?.['application/json']?.schema
  const curl = curlOf(call, server)
  return (
    <div className="w-stack">
      <div className="w-soft">
        {t('apiPage.permission')} <code className="w-mono">{operation['x-permission']}</code>
      </div>
      {operation.parameters.length > 0 && <Parameters parameters={operation.parameters} />}
      {body && (
        <Part title={t('apiPage.body')}>
          <Fields schema={body} />
        </Part>
      )}
      {answer && (
        <Part title={t('apiPage.answer')}>
          <Fields schema={answer} />
        </Part>
      )}
      <Part title={t('apiPage.example')}>
        <pre className="w-api-code">{curl}</pre>
        <Copyable value={curl} label="curl" />
      </Part>
    </div>
  )
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <h3 className="w-section-title" style={{ marginBottom: 6 }}>
        {title}
      </h3>
      {children}
    </div>
  )
}

function Parameters({ parameters }: { parameters: readonly Parameter[] }) {
  const { t } = useTranslation()
  return (
    <Part title={t('apiPage.parameters')}>
      {parameters.map(({ name, in: where, required, schema }) => (
        <Line key={`${where}.${name}`} name={name} required={required} schema={schema} note={where} />
      ))}
    </Part>
  )
}

/** An object's fields, those inside it indented; kinds of a union one after another. */
function Fields({ schema, depth = 0 }: { schema: Schema; depth?: number }) {
  const kinds = schema.oneOf ?? schema.anyOf
  if (kinds) {
    return (
      <>
        {kinds
          .filter(({ type }) => type !== 'null')
          .map((kind, index) => (
            <Fields key={index} schema={kind} depth={depth} />
          ))}
      </>
    )
  }
  if (schema.type === 'array' && schema.items) return <Fields schema={schema.items} depth={depth} />
  const required = schema.required ?? []
  return (
    <div className={depth === 0 ? '' : 'w-api-nested'}>
      {Object.entries(schema.properties ?? {}).map(([name, part]) => (
        <div key={name}>
          <Line name={name} required={required.includes(name)} schema={part} />
          {depth < 4 && hasFields(part) && <Fields schema={part} depth={depth + 1} />}
        </div>
      ))}
    </div>
  )
}

const hasFields = (schema: Schema): boolean =>
  schema.properties !== undefined ||
  (schema.items !== undefined && hasFields(schema.items)) ||
  (schema.oneOf ?? schema.anyOf ?? []).some(hasFields)

function Line({
  name,
  required,
  schema,
  note,
}: {
  name: string
  required: boolean
  schema: Schema
  note?: string
}) {
  return (
    <div className="w-api-line">
      <code className="w-mono">
        {name}
        {required ? '' : '?'}
      </code>
      <span className="w-mono w-soft">{typeText(schema)}</span>
      <span className="w-faint w-small">
        {note} {boundsText(schema)}
      </span>
    </div>
  )
}
