"""What nbclient with a real kernel stores for a list of cells."""
import importlib.util
import os
import sys

KERNEL = [sys.executable, '-Xfrozen_modules=off', '-m', 'ipykernel_launcher', '-f', '{connection_file}']


def available():
    return all(importlib.util.find_spec(name) for name in ('ipykernel', 'nbclient'))


def run(sources, directory):
    """[(outputs, status is ok)] of the cells, run in one kernel; streams merged as a frontend merges them."""
    import nbformat.v4 as v4
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    os.environ['PYDEVD_DISABLE_FILE_VALIDATION'] = '1'
    manager = AsyncKernelManager()
    manager._kernel_spec = KernelSpec(argv=KERNEL, language='python', display_name='oracle')
    notebook = v4.new_notebook(cells=[v4.new_code_cell(s) for s in sources])
    replies = {}

    def executed(cell, cell_index, execute_reply, **kwargs):
        replies[cell_index] = execute_reply['content']['status']
    NotebookClient(notebook, km=manager, allow_errors=True, timeout=120, resources={'metadata': {'path': directory}},
                   on_cell_executed=executed, record_timing=False).execute()
    result = []
    for index, cell in enumerate(notebook.cells):
        outputs = []
        for output in cell.outputs:
            output = dict(output)
            if output['output_type'] == 'stream' and outputs and outputs[-1].get('name') == output['name']:
                outputs[-1]['text'] += output['text']
            else:
                outputs.append(output)
        result.append((outputs, replies.get(index)))
    return result
