import { createTapeTopic } from '../../../src/bus/memory/tape-topic.ts';
import { openedInProcess } from '../reading.ts';
import { describeTapeTopic } from '../tape-topic.contract.ts';

describeTapeTopic('createTapeTopic', (options) => openedInProcess(createTapeTopic(options)));
