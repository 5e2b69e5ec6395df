# Logging levels, handlers and formats set once.
# %%
import logging, sys
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format='%(levelname)s:%(name)s:%(message)s')
log = logging.getLogger('trap')
# %%
log.info('info'); log.debug('debug')
# %%
log.setLevel(logging.DEBUG)
# %%
log.debug('now seen')
# %%
logging.getLogger('trap').level, logging.getLogger('trap') is log, len(logging.getLogger().handlers)
# %%
logging.warning('root')
# %%
logging.disable(logging.WARNING)
# %%
log.warning('silenced'); log.error('not silenced')
