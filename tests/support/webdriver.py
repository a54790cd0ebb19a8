"""The little of WebDriver (W3C) that test_html.py needs, with chromedriver.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


class Browser:
    """A headless Chromium. Use it as a context manager."""

    def __init__(self):
        self.driver = find('chromedriver')
        self.chromium = find('chromium', 'chromium-browser', 'google-chrome')

    def available(self):
        return bool(self.driver and self.chromium)

    def __enter__(self):
        self.profile = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen([self.driver, '--port=0'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True)
        for line in self.process.stdout:
            started = re.search(r'started successfully on port (\d+)', line)
            if started:
                break
        self.base = 'http://127.0.0.1:%s/session' % started.group(1)
        arguments = ['--headless=new', '--disable-gpu', '--user-data-dir=' + self.profile.name]
        if os.geteuid() == 0:
            arguments.append('--no-sandbox')
        answer = self.call('POST', '', {'capabilities': {'alwaysMatch': {
            'goog:chromeOptions': {'binary': self.chromium, 'args': arguments},
            'goog:loggingPrefs': {'performance': 'ALL', 'browser': 'ALL'}}}})
        self.base += '/' + answer['sessionId']
        return self

    def __exit__(self, *_):
        try:
            self.call('DELETE', '')
        finally:
            self.process.terminate()
            self.process.wait()
            self.process.stdout.close()
            self.profile.cleanup()

    def call(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == 'POST' else None
        request = urllib.request.Request(self.base + path, data, {'Content-Type': 'application/json'}, method=method)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=120) as f:
                return json.load(f)['value']
        except urllib.error.HTTPError as error:
            raise RuntimeError('%s: %s' % (path, json.load(error)['value']['message'])) from None

    def open(self, path):
        self.log('performance')
        self.log('browser')
        self.call('POST', '/url', {'url': 'file://' + path})

    def run(self, script, *arguments):
        """the value that the script returns"""
        return self.call('POST', '/execute/sync', {'script': script, 'args': list(arguments)})

    def log(self, kind):
        return self.call('POST', '/se/log', {'type': kind})

    def command(self, name, **parameters):
        return self.call('POST', '/goog/cdp/execute', {'cmd': name, 'params': parameters})

    def size(self, width, height):
        self.command('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        self.command('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': name}])

    def mouse(self, kind, x, y, **more):
        self.command('Input.dispatchMouseEvent', type=kind, x=x, y=y, **more)

    def requests(self):
        """URLs that were asked for since open()"""
        messages = [json.loads(entry['message'])['message'] for entry in self.log('performance')]
        return [m['params']['request']['url'] for m in messages if m['method'] == 'Network.requestWillBeSent']

    def errors(self):
        return [entry['message'] for entry in self.log('browser') if entry['level'] in ('SEVERE', 'WARNING')]
