import { parentPort, workerData } from 'node:worker_threads';
import { type DropTask, DropTasks, openDropDatabase } from './drop-tasks.ts';

// What runs in a worker that SqliteAccountDrops starts: one task, so that years of an account hold up nobody's answer.
const { path, task } = workerData as { path: string; task: DropTask };
const tasks = openDropDatabase(path, (database) => new DropTasks(database));
try {
  parentPort?.postMessage(tasks.run(task));
} finally {
  tasks.close();
}
