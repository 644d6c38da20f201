import { conflict } from '../kernel/errors.ts'

/** What PostgreSQL says where a unique index refuses. */
const UNIQUE = '23505'

/** Does work that writes a name; refused as a conflict of this reason, with the name, where somebody else has it. */
export async function orNameTaken<T>(reason: string, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE) throw error
    throw conflict(reason, 'the name is taken', { name })
  }
}
