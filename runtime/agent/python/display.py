"""Results, displays and clear_output as frames: what ipykernel's displayhook and display publisher send as messages."""
import json
import math
import numbers
import threading
import uuid
import warnings
from binascii import b2a_base64
from collections.abc import Iterable
from datetime import datetime

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher

from .borrow import borrow, source, source_path
from .streams import flush_all


def _default(value):
    """jupyter_client's json_default."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            value = value.astimezone()
        return value.isoformat().replace('+00:00', 'Z')
    if isinstance(value, bytes):
        return b2a_base64(value).decode('ascii')
    if isinstance(value, Iterable):
        return list(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError('%r is not JSON serializable' % value)


def _clean(value):
    """jupyter_client's json_clean, its fallback for what JSON does not have."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return repr(value) if math.isnan(value) or math.isinf(value) else float(value)
    if isinstance(value, bytes):
        return b2a_base64(value).decode('ascii')
    if isinstance(value, (tuple, set)) or (hasattr(value, '__iter__') and hasattr(value, '__next__')):
        value = list(value)
    if isinstance(value, list):
        return [_clean(v) for v in value]
    if isinstance(value, dict):
        if len(value) != len(set(map(str, value))):
            raise ValueError('dict cannot be safely converted to JSON: key collision would lead to dropped values')
        return {str(k): _clean(v) for k, v in value.items()}
    if isinstance(value, datetime):
        return value.strftime('%Y-%m-%dT%H:%M:%S.%f')
    raise ValueError("Can't clean for JSON: %r" % value)


def plain(value):
    """`value` made of JSON's own types, and the complaint of jupyter_client where it had to be bent (else None)."""
    if type(value) is dict and all(type(k) is str and type(v) is str for k, v in value.items()):
        return value, None
    try:
        return json.loads(json.dumps(value, default=_default, ensure_ascii=False, allow_nan=False)), None
    except (TypeError, ValueError) as e:
        text = json.dumps(_clean(value), default=_default, ensure_ascii=False, allow_nan=False)
        return json.loads(text), str(e)


def _complain(reason):
    path, line = source_path('jupyter_client.session') or 'jupyter_client/session.py', 1
    for number, text in enumerate(source('jupyter_client.session').splitlines(), 1):
        if text.strip() == 'content = self.pack(content)':
            line = number
            break
    warnings.warn_explicit('Message serialization failed with:\n%s\nSupporting this message is deprecated in jupyter-client 7, '
                           'please make sure your message is JSON-compliant' % reason, UserWarning, path, line)


def send(shell, frame):
    """Send a frame of outputs; all text printed before it is in the pipes already."""
    complaints = []
    for key in ('data', 'metadata'):
        frame[key], complaint = plain(frame[key] or {})
        complaints += [complaint] if complaint else []
    flush_all()
    if shell.link is not None:
        shell.link.call(frame)
    for complaint in complaints[:1]:
        _complain(complaint)


class ZMQShellDisplayHook(DisplayHook):
    topic = b'execute_result'
    msg = None

    def set_parent(self, parent):
        self.parent_header = parent

    def start_displayhook(self):
        self.msg = {'op': 'result', 'data': {}, 'metadata': {}, 'display_id': None}

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.msg['data'], self.msg['metadata'] = format_dict, md_dict

    def finish_displayhook(self):
        if self.msg['data']:
            send(self.shell, self.msg)
        else:
            flush_all()
        self.msg = None


class ZMQDisplayPublisher(DisplayPublisher):
    topic = b'display_data'

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._thread_local = threading.local()

    def set_parent(self, parent):
        self.parent_header = parent

    def _flush_streams(self):
        flush_all()

    @property
    def _hooks(self):
        if not hasattr(self._thread_local, 'hooks'):
            self._thread_local.hooks = []
        return self._thread_local.hooks

    def publish(self, data, metadata=None, transient=None, update=False):
        metadata, transient = metadata or {}, transient or {}
        if not isinstance(data, dict) or not isinstance(metadata, dict):
            refuse = borrow('ipykernel.zmqshell', 'ZMQDisplayPublisher', 'publish')
            if refuse:
                refuse(self, data, metadata, transient, update)
            self._validate_data(data, metadata)
        kind = 'update_display_data' if update else 'display_data'
        content = {'data': data, 'metadata': metadata, 'transient': transient}
        message = content
        if self._hooks:
            header = {'msg_id': uuid.uuid4().hex, 'msg_type': kind, 'version': '5.3'}
            message = {'header': header, 'msg_id': header['msg_id'], 'msg_type': kind, 'parent_header': {}, 'content': content,
                       'metadata': {}}
            for hook in self._hooks:
                message = hook(message)
                if message is None:
                    return
            kind, message = message.get('msg_type', kind), message['content']
        send(self.shell, {'op': 'display', 'data': message['data'], 'metadata': message['metadata'],
                          'display_id': (message.get('transient') or {}).get('display_id'),
                          'update': kind == 'update_display_data'})

    def clear_output(self, wait=False):
        flush_all()
        if self.shell.link is not None:
            self.shell.link.call({'op': 'clear', 'wait': bool(wait)})

    def register_hook(self, hook):
        self._hooks.append(hook)

    def unregister_hook(self, hook):
        try:
            self._hooks.remove(hook)
            return True
        except ValueError:
            return False


ZMQShellDisplayHook.__module__ = 'ipykernel.displayhook'
ZMQDisplayPublisher.__module__ = 'ipykernel.zmqshell'
