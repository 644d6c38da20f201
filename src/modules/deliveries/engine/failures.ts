/** Classes of PostgreSQL: connection, cut off while idle in a transaction, resources, operator intervention (shutting down), system. */
const DOWN = /^(08|25P03|53|57P|58)/

/** Whether an error says that the database can't be reached, rather than that something is wrong with the rows. */
export function isDatabaseDown(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && DOWN.test(code)) return true
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return true
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after/i.test(
    String(message ?? ''),
  )
}

/** Two that wait for each other, or changed the same: nobody's fault. */
export const isCollision = (error: unknown): boolean =>
  ['40001', '40P01', '55P03'].includes(String((error as { code?: unknown }).code))
