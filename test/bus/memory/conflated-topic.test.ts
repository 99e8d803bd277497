import { createConflatedTopic } from '../../../src/bus/memory/conflated-topic.ts';
import { describeConflatedTopic } from '../conflated-topic.contract.ts';
import { openedInProcess } from '../reading.ts';

describeConflatedTopic('createConflatedTopic', (options) => openedInProcess(createConflatedTopic(options)));
