"""The oracle: what Jupyter (nbclient, a fresh kernel) makes of a case. Kept in a cache, since a kernel takes a second."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

# Part of the cache's key: raise it when this file changes what the oracle does.
REVISION = 5


def versions():
    from importlib.metadata import version
    parts = ['python=' + sys.version.split()[0]]
    for package in ('ipython', 'ipykernel', 'nbclient', 'nbformat', 'numpy', 'pandas', 'matplotlib'):
        try:
            parts.append('%s=%s' % (package, version(package)))
        except Exception:
            parts.append(package + '=none')
    return ' '.join(parts)


def environment(home):
    """A kernel's environment without what the caller's shell happens to hold."""
    env = {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': home, 'LANG': 'C.UTF-8', 'SHELL': '/bin/bash', 'USER': 'cell', 'LOGNAME': 'cell',
           'TZ': os.environ.get('TZ', 'UTC')}
    for threads in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS'):
        env[threads] = '1'
    return env


def golden(case, cache, key):
    """{'notebook', 'raised', 'root', 'home'} of a case; runs the kernel when the cache lacks it."""
    import hashlib
    name = hashlib.sha256(('%d %s %s' % (REVISION, key, case.digest())).encode()).hexdigest()[:32]
    path = os.path.join(cache, name + '.json')
    try:
        with open(path, encoding='utf-8') as f:
            return json.load(f)
    except (OSError, ValueError):
        pass
    for attempt in range(3):
        try:
            result = execute(case, cache)
            break
        except RuntimeError:    # two kernels that start at once may have drawn the same port, and then neither answers
            if attempt == 2:
                raise
    os.makedirs(cache, exist_ok=True)
    temporary = '%s.%d' % (path, os.getpid())
    with open(temporary, 'w', encoding='utf-8') as f:
        json.dump(result, f, ensure_ascii=True)
    os.replace(temporary, path)
    return result


def execute(case, cache):
    import warnings
    warnings.simplefilter('ignore')
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    top = tempfile.mkdtemp(prefix='cb-oracle-')
    root, home = os.path.join(top, 'work'), os.path.join(top, 'home')
    os.makedirs(home)
    fonts = os.path.join(cache, 'matplotlib')  # else every kernel lists the fonts anew, and says so
    os.makedirs(fonts, exist_ok=True)
    try:
        notebook = nbformat.read(case.write(root, for_oracle=True), as_version=4)
        raised = None
        client = NotebookClient(notebook, timeout=120, kernel_name='python3', allow_errors='--allow-errors' in case.args,
                                resources={'metadata': {'path': root}})
        try:
            client.execute(env=dict(environment(home), MPLCONFIGDIR=fonts), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except CellExecutionError as error:
            raised = error.ename or 'error'
        return {'notebook': json.loads(nbformat.writes(notebook)), 'raised': raised, 'root': root, 'home': home}
    finally:
        shutil.rmtree(top, ignore_errors=True)
